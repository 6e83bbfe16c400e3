//! Foreign text in Markdown: it stays text, whatever it is.

use crate::model::shown;

/// Text within a line, also in a cell of a table. Line ends become blanks; what Markdown and HTML would read as theirs is
/// escaped (CommonMark 0.31, section 2.4), and so is what GitHub makes links and mentions of.
pub fn inline(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let characters: Vec<char> = line.chars().map(shown).collect();
    let mut escaped = String::with_capacity(line.len());
    for (at, &it) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at)).copied();
        let after = characters.get(at + 1).copied();
        let is_in_word = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        match it {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A mention tells people who have nothing to do with it.
            '@' if !is_in_word(before) => escaped.push_str("@<!-- -->"),
            '_' if is_in_word(before) && is_in_word(after) => escaped.push('_'),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '$' | '!' | '^' => {
                escaped.extend(['\\', it]);
            }
            // `https://` and `www.` would be links.
            ':' if after == Some('/') => escaped.push_str("\\:"),
            '.' if characters[..at].iter().rev().take_while(|it| it.eq_ignore_ascii_case(&'w')).count() >= 3 => {
                escaped.push_str("\\.");
            }
            // A list, or the line below a heading.
            '-' | '+' | '=' if at == 0 => escaped.extend(['\\', it]),
            '.' | ')'
                if after.is_none_or(|it| it == ' ') && at > 0 && characters[..at].iter().all(char::is_ascii_digit) =>
            {
                escaped.extend(['\\', it]);
            }
            _ => escaped.push(it),
        }
    }
    escaped
}

/// Text in a span of code, where nothing is read as Markdown. Not for cells of tables.
pub fn code(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(shown).collect();
    let mark = "`".repeat(longest_run(&line) + 1);
    let blank = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{mark}{blank}{line}{blank}{mark}")
}

/// Lines in a block of code, each after `indent`; the fence is longer than any run of backticks in them.
pub fn fenced(text: &str, info: &str, indent: &str) -> String {
    let mark = "`".repeat(longest_run(text).max(2) + 1);
    let lines = text.lines().map(|line| format!("{indent}{}\n", line.chars().map(shown).collect::<String>()));
    format!("{indent}{mark}{info}\n{}{indent}{mark}\n", lines.collect::<String>())
}

fn longest_run(text: &str) -> usize {
    text.split(|it| it != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_would_read_is_escaped() {
        assert_eq!(inline("a_b *c* [d](e) <f> & `g`"), "a_b \\*c\\* \\[d\\](e) &lt;f&gt; &amp; \\`g\\`");
        assert_eq!(inline("1. one\n# two"), "1\\. one \\# two");
        assert_eq!(inline("- @team app@sha256:ab"), "\\- @<!-- -->team app@sha256:ab");
        assert_eq!(inline("see https://www.example.com"), "see https\\://www\\.example.com");
        assert_eq!(inline("10.0.1.10:443 rtb-1 \u{202e}"), "10.0.1.10:443 rtb-1 \u{fffd}");
    }

    #[test]
    fn a_fence_is_longer_than_what_is_in_it() {
        assert_eq!(fenced("a ```` b", "sh", "  "), "  `````sh\n  a ```` b\n  `````\n");
        assert_eq!(fenced("aws", "sh", ""), "```sh\naws\n```\n");
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("`` b"), "``` `` b ```");
    }
}
