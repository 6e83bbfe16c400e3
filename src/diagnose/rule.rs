//! What a rule is.

use super::{Case, Draft, Need};
use crate::model::Code;

/// One fault of the catalogue: its page, what it needs to be judged, and its judgement.
#[derive(Debug)]
pub struct Rule {
    /// The fault.
    pub code: Code,
    /// Kebab-case, as in the catalogue.
    pub name: &'static str,
    /// The page in `docs/codes`, as it is built in.
    pub page: &'static str,
    /// What must have been observed for its silence to mean anything.
    pub need: Need,
    /// What it sees; nothing where it sees nothing.
    pub judge: fn(&Case<'_>) -> Vec<Draft>,
}
