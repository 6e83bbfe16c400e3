//! Marks that stand at the edges of lines and are not of the text: a quotation's, a frame's, a comment's, a listing's.

use memchr::memchr;

/// Characters that terminals and tools draw frames with: Terraform, Rich, PowerShell.
const FRAME: [char; 12] = ['│', '┃', '║', '¦', '╷', '╵', '╎', '╭', '╰', '┌', '└', '▏'];

/// Marks of quotations and comments, where every line has them.
const QUOTES: [&str; 4] = ["> ", "# ", "// ", "; "];

/// The text without such marks; `None` where it has none.
///
/// | text | without |
/// |---|---|
/// | `│ Error: token has⏎│ expired` | `Error: token has⏎expired` |
/// | `> denied: token has⏎> expired` | `denied: token has⏎expired` |
/// | `# docker pull a⏎denied` | the same: a prompt |
/// | `7HEAD https://a:⏎8401 Unauthorized` | `HEAD https://a:⏎401 Unauthorized` |
pub fn without(text: &str) -> Option<String> {
    if !text.contains('\n') {
        return None;
    }
    let is_frame = |it: char| FRAME.contains(&it);
    if !text.is_ascii() && text.contains(is_frame) {
        return Some(stripped(text, |line| line.trim_start_matches(is_frame).trim_end_matches(is_frame).trim()));
    }
    let mut cells = text.lines().map(str::trim).filter(|line| !line.is_empty());
    if cells.clone().all(|line| line.starts_with('|') && line.ends_with('|')) && cells.nth(1).is_some() {
        return Some(stripped(text, |line| line.trim_matches('|').trim()));
    }
    if let Some(unnumbered) = unnumbered(text) {
        return Some(unnumbered);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_quoted = |mark: &&&str| lines.clone().all(|line| line.starts_with(**mark) || line == mark.trim());
    let mark = QUOTES.iter().find(is_quoted)?;
    lines.nth(1)?;
    Some(stripped(text, |line| line.strip_prefix(mark).unwrap_or_default()))
}

const MOST_DIGITS: usize = 9;

/// The lines without the numbers that a page gives them, where each has the next.
fn unnumbered(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let digits: String = lines.next()?.chars().take_while(char::is_ascii_digit).collect();
    // More digits than a page has lines.
    let first: u32 = digits.parse().ok().filter(|_| digits.len() < MOST_DIGITS)?;
    let mut whole = String::with_capacity(text.len());
    for (number, line) in (first..).zip(text.lines().map(str::trim).filter(|line| !line.is_empty())) {
        let bare = line.strip_prefix(&number.to_string())?;
        if number > first {
            whole.push('\n');
        }
        whole.push_str(bare.trim_start());
    }
    (whole.lines().count() > 1).then_some(whole)
}

/// The text with one line where a shell has several: the last sign of a line that goes on is a backslash, behind a blank.
/// `None` where there is none.
pub fn continued(text: &str) -> Option<String> {
    memchr(b'\\', text.as_bytes())?;
    let goes_on = |line: &str| line.trim_end().ends_with(" \\");
    if !text.lines().any(goes_on) {
        return None;
    }
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        if goes_on(line) {
            whole.push_str(line.trim_end().trim_end_matches('\\').trim_end());
            whole.push(' ');
        } else {
            whole.push_str(line);
            whole.push('\n');
        }
    }
    Some(whole)
}

/// The lines, each without what surrounds it and without what `bare` takes off.
fn stripped<'t>(text: &'t str, bare: impl Fn(&'t str) -> &'t str) -> String {
    let mut whole = String::with_capacity(text.len());
    for (nth, line) in text.lines().enumerate() {
        if nth > 0 {
            whole.push('\n');
        }
        whole.push_str(bare(line.trim()));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_none_of_the_text() {
        for (text, bare) in [
            ("╷\n│ Error: has\n│ expired\n╵", Some("\nError: has\nexpired\n")),
            ("│ a b │\n│ c   │", Some("a b\nc")),
            ("| a us- |\n| east  |", Some("a us-\neast")),
            ("> denied: token has\n>\n> expired", Some("denied: token has\n\nexpired")),
            ("# docker pull a\ndenied", None),
            ("> one line", None),
            ("7HEAD https://a:\n8401 Unauthorized", Some("HEAD https://a:\n401 Unauthorized")),
            ("9 a\n10 b\n\n11", Some("a\nb\n")),
            ("1 a\n3 b", None),
            ("403 Forbidden", None),
            ("4294967295 a\n4294967296 b", None),
            ("a\nb", None),
            ("", None),
        ] {
            assert_eq!(without(text).as_deref(), bare, "{text}");
        }
    }

    #[test]
    fn a_line_that_goes_on_is_one() {
        for (text, whole) in [
            ("HEAD https://a: \\\n  401 Unauthorized", Some("HEAD https://a:   401 Unauthorized\n")),
            ("cd C:\\a\\\nb", None),
            ("a\nb", None),
        ] {
            assert_eq!(continued(text).as_deref(), whole, "{text}");
        }
    }
}
