//! Columns that fit a width: names are cut in the middle, since both their ends tell them apart, and words at their end.
//! A number, such as an address, is never cut.

/// No name is cut to fewer characters: so many has the id of a subnet.
const SHORTEST_NAME: usize = 24;
/// No words are cut to fewer characters.
const SHORTEST_WORDS: usize = 18;

/// How wide a column of names and one of words may be that have so many characters together.
pub(super) fn shares(names: usize, words: usize, together: usize) -> (usize, usize) {
    if names + words <= together {
        return (names, words);
    }
    let names = names.min(together.saturating_sub(words).max(SHORTEST_NAME));
    (names, words.min(together.saturating_sub(names).max(SHORTEST_WORDS)))
}

/// The name in so many characters.
pub(super) fn name(text: &str, width: usize) -> String {
    let long = text.chars().count();
    let is_address = text.chars().all(|it| it.is_ascii_hexdigit() || matches!(it, '.' | ':' | '[' | ']'));
    if long <= width || is_address || width < 3 {
        return text.to_owned();
    }
    let tail = (width - 1) / 2;
    let head: String = text.chars().take(width - 1 - tail).collect();
    let tail: String = text.chars().skip(long - tail).collect();
    format!("{head}…{tail}")
}

/// The words in so many characters: they end with a whole word.
pub(super) fn words(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let at = text.char_indices().nth(width.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let kept = &text[..at];
    let whole = kept.rfind(' ').filter(|space| *space > at / 2).map_or(kept, |space| &kept[..space]);
    format!("{}…", whole.trim_end_matches([' ', ',', ':', ';', '·']))
}

/// The text in about so many characters, of which the last third is its end: the cause stands there, in ECS's messages.
/// Only whole words are left.
pub(super) fn middle(text: &str, width: usize) -> String {
    let long = text.chars().count();
    if long <= width {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(long - width / 3).collect();
    let tail = tail.split_once(' ').map_or(tail.as_str(), |(_, whole)| whole);
    format!("{} {tail}", words(text, width - width / 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_both_their_ends() {
        assert_eq!(name("api.ecr.eu-west-1.amazonaws.com", 20), "api.ecr.eu…onaws.com");
        assert_eq!(name("short", 20), "short");
        assert_eq!(name("[2001:db8:0:1:1:1:1:1]:443", 20), "[2001:db8:0:1:1:1:1:1]:443");
        assert_eq!(name("203.0.113.254:443", 8), "203.0.113.254:443");
        assert_eq!(name("123456789012.dkr.ecr.eu-west-1.amazonaws.com", 21), "1234567890…zonaws.com");
        assert_eq!(name("éééééééé", 5), "éé…éé");
    }

    #[test]
    fn words_end_with_a_whole_one() {
        assert_eq!(words("10.0.1.10, 10.0.2.10 (private)", 22), "10.0.1.10, 10.0.2.10…");
        assert_eq!(words("timed out", 9), "timed out");
        assert_eq!(words("éééééééé", 5), "éééé…");
    }

    #[test]
    fn what_is_left_of_a_text_is_its_beginning_and_its_end() {
        let text = "CannotPullContainerError: one two three four five six seven: i/o timeout";
        assert_eq!(middle(text, 48), "CannotPullContainerError: one… i/o timeout");
        assert_eq!(middle(text, 80), text);
    }

    #[test]
    fn a_line_gives_its_room_to_words_first() {
        assert_eq!(shares(10, 20, 40), (10, 20));
        assert_eq!(shares(60, 20, 50), (30, 20));
        assert_eq!(shares(60, 90, 50), (24, 26));
        assert_eq!(shares(60, 90, 10), (24, 18));
    }
}
