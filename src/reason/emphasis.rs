//! Words that Markdown or HTML makes bold: the marks are none of the message.

use memchr::memchr2;

/// The tags of HTML that make words bold.
const TAGS: [&str; 4] = ["<b>", "</b>", "<strong>", "</strong>"];

/// The text without the marks; `None` where it has none. Two stars are a mark, and three or a name's are a mask.
///
/// | text | without |
/// |---|---|
/// | `to perform: **ecr:BatchGetImage** on` | `to perform: ecr:BatchGetImage on` |
/// | `***.dkr.ecr.eu-west-1.amazonaws.com` | the same |
pub fn without(text: &str) -> Option<String> {
    // Most texts have neither sign, and that is soon known.
    memchr2(b'*', b'<', text.as_bytes())?;
    let is_tagged = text.contains("</b>") || text.contains("</strong>");
    let is_bold = text.contains("**") && are_marks(text);
    if !is_tagged && !is_bold {
        return None;
    }
    let mut bare = if is_bold { text.replace("**", "") } else { text.to_owned() };
    if is_tagged {
        for tag in TAGS {
            bare = bare.replace(tag, "");
        }
    }
    Some(bare)
}

/// Whether all the stars that stand together are two by two, and none of a name.
fn are_marks(text: &str) -> bool {
    let mut count = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find("**") {
        let (before, from) = rest.split_at(at);
        let after = from.trim_start_matches('*');
        let is_of_name = after.starts_with(['.', '/']) || before.ends_with(['.', '/']);
        if from.len() - after.len() != 2 || is_of_name {
            return false;
        }
        count += 1;
        rest = after;
    }
    count.is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_none_of_the_words() {
        for (text, bare) in [
            ("is not **authorized** to", Some("is not authorized to")),
            ("**is not authorized to perform:** ecr:X", Some("is not authorized to perform: ecr:X")),
            ("perform: <b>ecr:X</b> on", Some("perform: ecr:X on")),
            ("***.dkr.ecr.eu-west-1.amazonaws.com", None),
            ("**.dkr.ecr.**.amazonaws.com", None),
            ("on resource: * because **a", None),
            ("src/**/a and src/**/b", None),
            ("", None),
        ] {
            assert_eq!(without(text).as_deref(), bare, "{text}");
        }
    }
}
