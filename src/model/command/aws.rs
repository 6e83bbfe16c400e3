//! The options that calls of the AWS CLI have in common.

use super::{Blank, Command, Word};

/// What a filter lets through: one value, or any of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(Word);

impl Values {
    /// A list of values of which any will do, as filters of the AWS CLI take it.
    /// Any of these values.
    pub fn any_of<W: Into<Word>>(values: impl IntoIterator<Item = W>) -> Self {
        let values = values.into_iter().enumerate();
        Values(values.fold(Word::default(), |all, (index, value)| {
            all.then(if index == 0 { "" } else { "," }).then(value.into().in_shorthand())
        }))
    }
}

impl<W: Into<Word>> From<W> for Values {
    fn from(value: W) -> Self {
        Values::any_of([value])
    }
}

impl Command {
    /// `--region`; the placeholder where no Region is known.
    pub fn region(self, region: &str) -> Self {
        self.option("--region", Word::region(region))
    }

    /// `--filters Name=NAME,Values=VALUE …`.
    pub fn filters<const N: usize>(self, filters: [(&'static str, Values); N]) -> Self {
        self.options(
            "--filters",
            filters.map(|(name, values)| Word::from("Name=").then(name).then(",Values=").then(values.0)),
        )
    }

    /// `--query`, in JMESPath.
    pub fn query(self, query: &'static str) -> Self {
        self.words("--query").word(query)
    }

    /// `--output text`: one row a line, columns between tabs.
    /// `--output text`.
    pub fn text(self) -> Self {
        self.words("--output text")
    }

    /// `--output table`, for people.
    /// `--output table`.
    pub fn table(self) -> Self {
        self.words("--output table")
    }
}

impl Word {
    /// A Region's name; the placeholder for what is none, which is also what a rule has that knows none.
    pub fn region(region: &str) -> Self {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if region.bytes().all(is_part) && region.starts_with(|first: char| first.is_ascii_lowercase()) {
            region.into()
        } else {
            Blank::REGION.into()
        }
    }
}
