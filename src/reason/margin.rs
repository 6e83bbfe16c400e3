//! Marks that stand at the edges of lines and are not of the text: a quotation's, a frame's, a comment's.

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
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_quoted = |mark: &&&str| lines.clone().all(|line| line.starts_with(**mark) || line == mark.trim());
    let mark = QUOTES.iter().find(is_quoted)?;
    lines.nth(1)?;
    Some(stripped(text, |line| line.strip_prefix(mark).unwrap_or_default()))
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
            ("a\nb", None),
            ("", None),
        ] {
            assert_eq!(without(text).as_deref(), bare, "{text}");
        }
    }
}
