//! What settings are made from, and what is wrong with them.

/// Wrong arguments or settings: one line that names the value and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError(pub String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// Looks a variable up; an empty value counts as unset.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;
