//! What settings are made from, and what is wrong with them.

/// Wrong arguments or settings: one line that names the value and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Looks a variable up; an empty value counts as unset.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;
