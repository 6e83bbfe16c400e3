//! The one word for it all.

use super::{Case, Diagnosis, Host};
use crate::model::outcome::{ManifestOutcome, ReferenceOutcome};
use crate::model::{Act, Role, Severity, Verdict};

/// `complete` tells whether the walk came to its end.
pub fn verdict(case: &Case<'_>, diagnosis: &Diagnosis, complete: bool) -> Verdict {
    let worst = diagnosis.findings.iter().map(|finding| finding.severity).max();
    if worst == Some(Severity::Error) {
        Verdict::Unhealthy
    } else if !diagnosis.unexplained.is_empty() || !is_proven(case) {
        Verdict::Inconclusive
    } else if worst == Some(Severity::Warning) {
        // Also of a check that was cut short: what was diagnosed stands.
        Verdict::Degraded
    } else if complete {
        Verdict::Healthy
    } else {
        Verdict::Inconclusive
    }
}

/// Whether a manifest was pulled for every image in private ECR, and every other registry answered.
/// Without that a sound network proves no pull.
fn is_proven(case: &Case<'_>) -> bool {
    let count = |matches: fn(&Act) -> bool| case.evidence.iter().filter(|it| matches(&it.act)).count();
    let images = count(|act| matches!(act, Act::Reference(ReferenceOutcome::Ecr { .. })));
    let manifests = count(|act| matches!(act, Act::Manifest(ManifestOutcome::Image { .. })));
    let answered = |host: &Host<'_>| {
        case.evidence.iter().any(|it| {
            it.target.as_ref() == Some(host.target)
                && matches!(&it.act, Act::RegistryPing(outcome) if outcome.is_answer())
        })
    };
    images > 0 && manifests >= images && case.hosts_of(Role::Registry).all(answered)
}
