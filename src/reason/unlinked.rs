//! Links that an editor made of what looks like an address, in the midst of a host's name too: of Markdown and of Slack.

use memchr::memchr2;

/// Longer words are no address.
const LONGEST: usize = 512;

/// The text with the words of such links alone, or `None` where it has none. What leads elsewhere than its words say stays.
///
/// | text | without links |
/// |---|---|
/// | `https://1.dkr.ecr.eu-west-1.[amazonaws.com/v2/](http://amazonaws.com/v2/)": EOF` | `https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/": EOF` |
/// | `lookup <http://ghcr.io|ghcr.io> on` | `lookup ghcr.io on` |
pub fn without(text: &str) -> Option<String> {
    // Most texts have neither sign, and that is soon known.
    memchr2(b']', b'<', text.as_bytes())?;
    let has_any = ["](http", "<http"].iter().any(|it| text.contains(it));
    has_any.then(|| of_slack(&of_markdown(text)))
}

fn of_markdown(text: &str) -> String {
    replaced(text, "](", |before, behind| {
        let words = before.rsplit_once('[')?.1;
        let target = &behind[..behind.find(')')?];
        is_same(words, target).then_some((words.len() + 1, words, target.len() + 1))
    })
}

fn of_slack(text: &str) -> String {
    replaced(text, "<", |_, behind| {
        let (target, words) = behind[..behind.find('>')?].split_once('|')?;
        is_same(words, target).then_some((0, words, target.len() + words.len() + 2))
    })
}

/// The text where each link is replaced. What knows one is given what stands before and behind its mark, and gives how much of
/// the first belongs to it, its words, and how much of the second.
fn replaced<'t>(
    text: &'t str,
    mark: &str,
    known: impl Fn(&'t str, &'t str) -> Option<(usize, &'t str, usize)>,
) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, _) in text.match_indices(mark).filter(|(at, _)| text[at + mark.len()..].starts_with("http")) {
        let behind = &text[at + mark.len()..];
        let near = &text[text.ceil_char_boundary(at.saturating_sub(LONGEST)).max(kept)..at.max(kept)];
        let link = known(near, &behind[..behind.floor_char_boundary(LONGEST)]);
        if let Some((before, words, length)) = link {
            clean.push_str(&text[kept..at - before]);
            clean.push_str(words);
            kept = at + mark.len() + length;
        }
    }
    clean + &text[kept..]
}

/// Whether the words of a link are the address that it leads to, or its end from a separator on, but for the scheme.
fn is_same(words: &str, target: &str) -> bool {
    let (words, target) = (bare(words), bare(target));
    let is_end =
        || target.strip_suffix(words).is_some_and(|before| before.is_empty() || before.ends_with(['.', '/', ':', '=']));
    !words.is_empty() && !words.contains([' ', '\n', '"']) && is_end()
}

fn bare(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/')
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
            ("x.<http://y.example|y.example>/a:1 and <https://z.example/|z.example>", "x.y.example/a:1 and z.example"),
            ("[https://x.example/v2/](https://x.example/v2/): EOF", "https://x.example/v2/: EOF"),
            ("Get [here](https://x.example/v2/): EOF", "Get [here](https://x.example/v2/): EOF"),
            ("Get [x.example](https://y.x.example): EOF", "Get x.example: EOF"),
            ("Get [x.example](https://evil-x.example): EOF", "Get [x.example](https://evil-x.example): EOF"),
            (
                "![a](https://x.example/a.png) ](http [ x](http://y)",
                "![a](https://x.example/a.png) ](http [ x](http://y)",
            ),
            ("[x](http://y", "[x](http://y"),
            ("](http", "](http"),
            ("<https://x.example>", "<https://x.example>"),
        ] {
            assert_eq!(without(text).as_deref(), Some(clean));
        }
        assert_eq!(without("[x] (http://y)"), None);
    }
}
