//! Prose of a page.

use maud::{Markup, html};

/// Words whose lines do not end within an option, an id or a Region.
pub fn words(text: &str) -> Markup {
    html! {
        @for (nth, word) in text.split(' ').enumerate() {
            @if nth > 0 { " " }
            @if is_whole(word) { span.whole { (word) } } @else { (word) }
        }
    }
}

/// Whether a word is short enough for any screen and no compound of the language: `--cidr`, `vpc-0f1…`, `eu-west-1`.
fn is_whole(word: &str) -> bool {
    const SHORT: usize = 28;
    word.contains('-')
        && word.len() <= SHORT
        && (word.starts_with('-') || word.contains(|it: char| it.is_ascii_digit()) && word.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_ids_stay_on_one_line() {
        let text = |text: &str| words(text).into_string();
        assert_eq!(text("use --cidr here"), "use <span class=\"whole\">--cidr</span> here");
        assert_eq!(text("in eu-west-1: <b>"), "in <span class=\"whole\">eu-west-1:</span> &lt;b&gt;");
        assert_eq!(text("a well-kept way"), "a well-kept way");
        // What a small screen has no room for breaks.
        let host = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";
        assert_eq!(text(host), host);
    }
}
