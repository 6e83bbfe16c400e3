//! Links that an editor of Markdown made of what looks like an address, in the midst of a host's name too.

/// Longer words are no address.
const LONGEST: usize = 512;

/// The text with the words of such links alone, or `None` where it has none.
///
/// | text | without links |
/// |---|---|
/// | `https://1.dkr.ecr.eu-west-1.[amazonaws.com/v2/](http://amazonaws.com/v2/)": EOF` | `https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/": EOF` |
pub fn without(text: &str) -> Option<String> {
    const MIDST: &str = "](http";
    if !text.contains(MIDST) {
        return None;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once(MIDST) {
        let head = &before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST))..];
        let words = head.rsplit_once('[').map(|(_, words)| words).filter(|it| is_address(it));
        let end = link[..link.floor_char_boundary(LONGEST)].find(')').filter(|at| is_address(&link[..*at]));
        match words.zip(end) {
            Some((words, end)) => {
                clean.push_str(&before[..before.len() - words.len() - 1]);
                clean.push_str(words);
                rest = &link[end + 1..];
            }
            None => {
                clean.push_str(before);
                clean.push_str(MIDST);
                rest = link;
            }
        }
    }
    Some(clean + rest)
}

fn is_address(text: &str) -> bool {
    !text.is_empty() && !text.contains([' ', '\n', '\t', '[', ']', '(', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_link_stay() {
        for (text, clean) in [
            (
                "Get \"https://x.[y.example/v2/](http://y.example/v2/)a/b\": EOF",
                "Get \"https://x.y.example/v2/a/b\": EOF",
            ),
            (
                "lookup [x.example](http://x.example/) on [y.example](https://y.example)",
                "lookup x.example on y.example",
            ),
            (
                "![a chart](https://x.example/a.png) ](http [ x](http://y)",
                "![a chart](https://x.example/a.png) ](http [ x](http://y)",
            ),
            ("[x](http://y", "[x](http://y"),
            ("](http", "](http"),
        ] {
            assert_eq!(without(text).as_deref(), Some(clean));
        }
        assert_eq!(without("[x] (http://y)"), None);
    }
}
