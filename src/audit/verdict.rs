//! The one word for an audit.

use super::Said;
use crate::diagnose::Diagnosis;
use crate::diagnose::configured::{Configuration, unknown};
use crate::model::{Finding, Passes, Severity, Strength, Verdict};
use crate::policy::Answer;

/// A fault is a fault whatever is not seen; without one, what is needed and not known leaves it open. The second is what
/// leaves it open, in a few words each; empty where the verdict says it.
pub fn verdict(
    configuration: &Configuration<'_>,
    diagnosis: &Diagnosis,
    said: Said,
    complete: bool,
) -> (Verdict, Vec<String>) {
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let mut errors = diagnosis.findings.iter().filter(is_error);
    let is_proven = |finding: &Finding| finding.strength == Strength::Proven || !said.is_unexplained;
    if errors.clone().any(is_proven) {
        return (Verdict::Unhealthy, Vec::new());
    }
    let mut open = open(configuration, diagnosis, said, complete);
    if errors.next().is_some() {
        open.push("what ECS said proves no fault by itself".to_owned());
    }
    let worst = diagnosis.findings.iter().map(|finding| finding.severity).max();
    let verdict = match worst {
        _ if !open.is_empty() => Verdict::Inconclusive,
        Some(Severity::Warning) => Verdict::Degraded,
        _ => Verdict::Healthy,
    };
    (verdict, open)
}

/// What leaves the verdict open.
fn open(configuration: &Configuration<'_>, diagnosis: &Diagnosis, said: Said, complete: bool) -> Vec<String> {
    let mut open = unknown(configuration);
    open.extend(has_failed(configuration));
    if said.is_unexplained {
        open.push("ECS tells of a failure that the configuration does not show".to_owned());
    }
    if !diagnosis.unexplained.is_empty() {
        open.push("no diagnosis accounts for a failure".to_owned());
    }
    open.extend(not_judged(configuration));
    if !complete && open.is_empty() {
        open.push("not everything was read".to_owned());
    }
    open
}

/// What there is nothing to judge of: without a path or without an image nothing is known to be sound.
fn not_judged(configuration: &Configuration<'_>) -> Option<String> {
    let (account, aim) = (&configuration.account, &configuration.aim);
    let what = if account.image_texts(aim).is_empty() {
        "no image is known"
    } else if configuration.walks.is_empty() {
        "no subnet of the tasks is known"
    } else if !account.ecr_images(aim).is_empty() && configuration.requests.is_empty() {
        "the role that pulls is not known"
    } else {
        return None;
    };
    Some(what.to_owned())
}

/// What is known to fail: without a finding for it, that is no health.
fn has_failed(configuration: &Configuration<'_>) -> Option<String> {
    let walk = configuration.walks.iter().find(|walk| walk.walked.passes == Passes::No);
    let path = walk.map(|walk| format!("nothing passes from {} to {}", walk.site.subnet, walk.needed.host));
    let denied = || configuration.requests.iter().find(|asked| asked.decision.answer == Answer::Deny);
    path.or_else(|| denied().map(|asked| format!("{} on {} is denied", asked.request.action(), asked.resource)))
}
