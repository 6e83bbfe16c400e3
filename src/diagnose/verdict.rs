//! The one word for it all.

use super::{Case, Diagnosis};
use crate::model::outcome::{ManifestOutcome, ReferenceOutcome};
use crate::model::{Act, Severity, Verdict};

/// `complete` tells whether the walk came to its end.
pub fn verdict(case: &Case<'_>, diagnosis: &Diagnosis, complete: bool) -> Verdict {
    let worst = diagnosis.findings.iter().map(|finding| finding.severity).max();
    if worst == Some(Severity::Error) {
        Verdict::Unhealthy
    } else if !complete || !diagnosis.unexplained.is_empty() || !is_proven(case) {
        Verdict::Inconclusive
    } else if worst == Some(Severity::Warning) {
        Verdict::Degraded
    } else {
        Verdict::Healthy
    }
}

/// Whether a manifest was pulled for every image. Without it a sound network proves no pull.
fn is_proven(case: &Case<'_>) -> bool {
    let images = case.evidence.iter().filter(|it| matches!(it.act, Act::Reference(_))).count();
    let other = case.evidence.iter().any(|it| match &it.act {
        Act::Reference(outcome) => !matches!(outcome, ReferenceOutcome::Ecr { .. }),
        _ => false,
    });
    let manifests =
        case.evidence.iter().filter(|it| matches!(it.act, Act::Manifest(ManifestOutcome::Image { .. }))).count();
    images > 0 && !other && manifests >= images
}
