//! The words of advice, which may say what a word of the command stands for: `see it; VPC_ID is the task's VPC`.

use std::borrow::Cow;

use crate::model::Blank;

/// The words, cut before each sentence or half of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clauses {
    /// All of it.
    pub text: &'static str,
    /// Where each but the first begins, and the blank that it says the meaning of.
    starts: Vec<(usize, Option<&'static str>)>,
}

impl Clauses {
    /// Cuts a text after each `. ` and `; `; `is_blank` tells the words that a command leaves to the reader.
    pub fn of(text: &'static str, is_blank: fn(&str) -> bool) -> Self {
        let ends = text.match_indices(['.', ';']).map(|(at, _)| at + 1).filter(|end| text[*end..].starts_with(' '));
        let starts = ends.map(|end| (end + 1, defined(&text[end + 1..], is_blank))).collect();
        Clauses { text, starts }
    }

    /// The text without what it says of blanks that are not `left` to the reader.
    pub fn for_blanks(&self, left: &[Blank]) -> Cow<'static, str> {
        let is_left = |blank: &Option<&str>| blank.is_none_or(|it| left.iter().any(|of| of.name() == it));
        if self.starts.iter().all(|(_, blank)| is_left(blank)) {
            return Cow::Borrowed(self.text.trim_end_matches(['.', ';', ' ']));
        }
        let mut kept = String::with_capacity(self.text.len());
        let mut from = (0, true);
        let rest = self.starts.iter().map(|(start, blank)| (*start, is_left(blank)));
        for (start, is_kept) in rest.chain([(self.text.len(), true)]) {
            if from.1 {
                kept.push_str(&self.text[from.0..start]);
            }
            from = (start, is_kept);
        }
        kept.truncate(kept.trim_end_matches(['.', ';', ' ']).len());
        kept.into()
    }
}

/// The blank that a clause says the meaning of: its first word, with `is` or `and` behind it.
fn defined(clause: &str, is_blank: fn(&str) -> bool) -> Option<&str> {
    let mut words = clause.split(' ');
    let name = words.next().filter(|name| !name.is_empty() && is_blank(name))?;
    words.next().filter(|word| ["is", "and"].contains(word)).map(|_| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_defined_only_where_it_is_left() {
        let is_blank = |it: &str| it.len() > 3 && it.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let clauses = |does: &'static str| Clauses::of(does, is_blank);
        let does = clauses("see it. VPC_ID is the task's VPC. ROLE_NAME is its name; FAMILY is the definition's");
        assert_eq!(does.for_blanks(&[Blank::VPC_ID]), "see it. VPC_ID is the task's VPC");
        assert_eq!(does.for_blanks(&[]), "see it");
        assert_eq!(clauses("ROLE_NAME is one; do it. So").for_blanks(&[]), "ROLE_NAME is one; do it. So");
        assert_eq!(clauses("use v1.2; then").for_blanks(&[]), "use v1.2; then");
        assert_eq!(clauses("").for_blanks(&[]), "");
    }
}
