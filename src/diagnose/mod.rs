//! From evidence to findings: pure, and it cannot fail.
//!
//! Each rule looks at the case on its own and drafts what it sees. Then symptoms are folded
//! under the cause that accounts for them, what is left is ranked, and the failed observations
//! that nothing accounts for are named.

mod case;
mod draft;
mod fold;
mod host;
mod measure;
mod need;
mod predict;
pub mod rules;
mod verdict;

pub use case::Case;
pub use draft::Draft;
pub use host::{Contact, Host};
pub use measure::measure;
pub use need::Need;
pub use rules::clock_offset;
pub use verdict::verdict;

use crate::model::{Code, EvidenceId, Finding, Skipped};

/// One fault of the catalogue: its page, what it needs to be judged, and its judgement.
#[derive(Debug)]
pub struct Rule {
    pub code: Code,
    /// Kebab-case, as in the catalogue.
    pub name: &'static str,
    /// The page in `docs/codes`, as it is built in.
    pub page: &'static str,
    pub need: Need,
    /// What it sees; nothing where it sees nothing.
    pub judge: fn(&Case<'_>) -> Vec<Draft>,
}

/// What the evidence comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// Ranked, the root cause first.
    pub findings: Vec<Finding>,
    /// Failed observations that no finding accounts for.
    pub unexplained: Vec<EvidenceId>,
    /// Without those that no check comes to.
    pub not_judged: Vec<Skipped>,
}

/// Judges a case by every rule.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let mut drafts = Vec::new();
    let mut not_judged = Vec::new();
    for rule in rules::all() {
        let found = (rule.judge)(case);
        if found.is_empty() && rule.need.is_of_a_check() && !rule.need.is_met(case) {
            not_judged.push(Skipped { code: rule.code, needs: rule.need.text().to_owned() });
        }
        drafts.extend(found.into_iter().map(|draft| (rule, draft)));
    }
    let unexplained = case
        .symptoms()
        .map(|observation| observation.id)
        .filter(|id| !drafts.iter().any(|(_, draft)| draft.covers.contains(id)))
        .collect();
    Diagnosis { findings: fold::fold(case, drafts), unexplained, not_judged }
}
