//! The one word for an audit.

use super::Said;
use crate::diagnose::Diagnosis;
use crate::diagnose::configured::{Configuration, unknown};
use crate::model::{Passes, Severity, Verdict};
use crate::policy::Answer;

/// A fault is a fault whatever is not seen; without one, what is needed and not known leaves it open.
pub fn verdict(configuration: &Configuration<'_>, diagnosis: &Diagnosis, said: Said, complete: bool) -> Verdict {
    let is_error = |finding: &&crate::model::Finding| finding.severity == Severity::Error;
    let errors = diagnosis.findings.iter().filter(is_error).count();
    let proven = diagnosis
        .findings
        .iter()
        .filter(is_error)
        .any(|finding| finding.strength == crate::model::Strength::Proven || !said.is_unexplained);
    let worst = diagnosis.findings.iter().map(|finding| finding.severity).max();
    if errors > 0 && proven {
        Verdict::Unhealthy
    } else if errors > 0
        || !complete
        || has_failed(configuration)
        || said.is_unexplained
        || !diagnosis.unexplained.is_empty()
        || !unknown(configuration).is_empty()
        || !judged(configuration)
    {
        Verdict::Inconclusive
    } else if worst == Some(Severity::Warning) {
        Verdict::Degraded
    } else {
        Verdict::Healthy
    }
}

/// Whether there was anything to judge: without a path or without an image nothing is known to be sound.
fn judged(configuration: &Configuration<'_>) -> bool {
    let has_images = !configuration.account.image_texts(&configuration.aim).is_empty();
    let role_is_known =
        configuration.account.ecr_images(&configuration.aim).is_empty() || !configuration.requests.is_empty();
    has_images && !configuration.walks.is_empty() && role_is_known
}

/// Whether anything is known to fail: without a finding for it, that is no health.
fn has_failed(configuration: &Configuration<'_>) -> bool {
    configuration.walks.iter().any(|walk| walk.walked.passes == Passes::No)
        || configuration.requests.iter().any(|asked| asked.decision.answer == Answer::Deny)
}
