//! The one word for it all.

use super::{Case, Diagnosis, rules};
use crate::model::outcome::{ManifestOutcome, RegistryTokenOutcome};
use crate::model::{Act, Severity, Verdict};

/// `complete` tells whether the walk came to its end.
pub fn verdict(case: &Case<'_>, diagnosis: &Diagnosis, complete: bool) -> Verdict {
    let worst = diagnosis.findings.iter().map(|finding| finding.severity).max();
    if worst == Some(Severity::Error) {
        Verdict::Unhealthy
    } else if diagnosis.of_the_function
        || !diagnosis.unexplained.is_empty()
        || !is_proven(case) && !is_kept_from_the_probe_alone(case, complete)
    {
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

/// Whether policies keep the pull from the role of the probe and not from that of the pull, and nothing else has failed.
fn is_kept_from_the_probe_alone(case: &Case<'_>, complete: bool) -> bool {
    complete && rules::concern_another_role(case)
}

/// Whether a manifest was pulled for every image, but for those of registries that take credentials the probe has
/// none of, where an answer is all that it can get, and those that a watch spares between its full rounds. Without
/// that a sound network proves no pull.
fn is_proven(case: &Case<'_>) -> bool {
    let count = |matches: fn(&Act) -> bool| case.evidence.iter().filter(|it| matches(&it.act)).count();
    let images = count(|act| matches!(act, Act::Reference(outcome) if !outcome.is_symptom()));
    let barred = count(|act| matches!(act, Act::RegistryToken(RegistryTokenOutcome::NeedsCredentials { .. })));
    let manifests = count(|act| matches!(act, Act::Manifest(ManifestOutcome::Image { .. })));
    let spared = count(|act| matches!(act, Act::RegistryToken(RegistryTokenOutcome::Spared)));
    manifests + spared > 0 && manifests + barred + spared >= images
}
