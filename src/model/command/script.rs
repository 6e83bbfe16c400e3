//! A line of shell as a code's page has it.

use std::borrow::Cow;

use super::Blank;

/// A line of shell that stands in the source, and where in it the words are that the reader fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    line: &'static str,
    /// In the order of the line, with the byte at which each begins.
    blanks: Vec<(usize, Blank)>,
}

/// A line, and the blanks that are left in it.
pub type Filled = (Cow<'static, str>, Vec<Blank>);

impl Script {
    /// The line, of which `is_blank` tells the words that the reader fills in: those of letters, digits and `_`.
    pub fn of(line: &'static str, is_blank: impl Fn(&str) -> bool) -> Self {
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let mut blanks = Vec::new();
        let mut rest = line;
        while !rest.is_empty() {
            let (word, after) = rest.split_at(rest.find(|it| !is_part(it)).unwrap_or(rest.len()));
            if is_blank(word) {
                blanks.push((line.len() - rest.len(), Blank::of(word)));
            }
            rest = after.trim_start_matches(|it| !is_part(it));
        }
        Script { line, blanks }
    }

    /// As the page has it.
    pub fn line(&self) -> &'static str {
        self.line
    }

    /// What the reader fills in, in the order of the line.
    pub fn blanks(&self) -> impl Iterator<Item = Blank> {
        self.blanks.iter().map(|(_, blank)| *blank)
    }

    /// The line with values in the places of its blanks, and the blanks that are left, each once. A value that is not
    /// the same within quotes and outside of them is left out.
    pub fn filled<'v>(&self, value: impl Fn(Blank) -> Option<&'v str>) -> Filled {
        let (mut line, mut left) = (String::new(), Vec::new());
        let mut from = 0;
        for (at, blank) in &self.blanks {
            if let Some(value) = value(*blank).filter(|it| is_plain(it)) {
                line.push_str(&self.line[from..*at]);
                line.push_str(value);
                from = at + blank.name().len();
            } else if !left.contains(blank) {
                left.push(*blank);
            }
        }
        if from == 0 {
            return (Cow::Borrowed(self.line), left);
        }
        line.push_str(&self.line[from..]);
        (Cow::Owned(line), left)
    }
}

/// Whether it is one word, and the same in quotes, outside of them and in a JSON document: names, ARNs and images are.
/// It may begin an argument: it is no option, and nothing that the AWS CLI would read, such as `file://NAME`.
fn is_plain(value: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@".contains(&byte);
    let begins_well = value.starts_with(|first: char| first.is_ascii_alphanumeric());
    begins_well && !value.contains("://") && value.bytes().all(is_safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_by_whole_words() {
        let is_blank = |word: &str| word.len() > 3 && word.bytes().all(|it| it.is_ascii_uppercase() || it == b'_');
        let script = Script::of("aws --region REGION --to LOGS_REGION '{\"REGION\"}'", is_blank);
        let region = |value| script.filled(|blank| (blank == Blank::REGION).then_some(value));
        let filled = "aws --region eu-west-1 --to LOGS_REGION '{\"eu-west-1\"}'";
        assert_eq!(region("eu-west-1"), (filled.into(), vec![Blank::of("LOGS_REGION")]));
        let as_it_is = (Cow::Borrowed(script.line), vec![Blank::REGION, Blank::of("LOGS_REGION")]);
        assert_eq!(script.filled(|_| None), as_it_is);
        for hostile in [
            "x;reboot",
            "$(reboot)",
            "a b",
            "'",
            "\"",
            "-x",
            "",
            "a\nb",
            "`id`",
            "{a,b}",
            "*",
            "~",
            "é",
            "file://x",
            "@x",
            "..",
        ] {
            assert_eq!(region(hostile), as_it_is, "{hostile}");
        }
    }
}
