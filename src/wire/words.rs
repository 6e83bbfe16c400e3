//! The words of a text.

/// What stands between white space and control characters, piece by piece. None is empty.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (word, after) = rest.split_at(end(rest));
            rest = after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
            if !word.is_empty() {
                return Some(word);
            }
        }
        None
    })
}

/// Whether a text is of words of ASCII with one blank between any two: as [`words`] would be joined.
pub fn are_apart(text: &str) -> bool {
    let mut before = b' ';
    let is_in_line = text.bytes().all(|byte| {
        let is_next = matches!(byte, b'!'..=b'~') || byte == b' ' && before != b' ';
        before = byte;
        is_next
    });
    is_in_line && (before != b' ' || text.is_empty())
}

/// Where the first word ends. Most of a text is ASCII, of which a byte tells enough.
fn end(text: &str) -> usize {
    let mut at = 0;
    while let Some(ahead) = text.as_bytes()[at..].iter().position(|byte| *byte <= b' ' || *byte > b'~') {
        at += ahead;
        // The control characters of ASCII and its blank.
        if text.as_bytes()[at].is_ascii() {
            return at;
        }
        match text[at..].chars().next() {
            Some(it) if it.is_whitespace() || it.is_control() => return at,
            it => at += it.map_or(1, char::len_utf8),
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_stands_between_blanks() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            (" \n\t", &[]),
            ("a", &["a"]),
            (" a\u{a0}\u{2003}b\u{7f}\u{1b}c\u{85}", &["a", "b", "c"]),
            ("é ü…\u{200b}x", &["é", "ü…\u{200b}x"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
            let slow: Vec<&str> =
                text.split(|it: char| it.is_whitespace() || it.is_control()).filter(|it| !it.is_empty()).collect();
            assert_eq!(slow, expected);
        }
    }

    #[test]
    fn what_is_apart_is_as_it_would_be_joined() {
        for text in ["", "a", "a b", "a:b @", "\u{7f}", " ", " a", "a ", "a  b", "a\tb", "a\nb", "é"] {
            let joined = words(text).collect::<Vec<_>>().join(" ");
            assert_eq!(are_apart(text), text.is_ascii() && joined == text, "{text:?}");
        }
    }
}
