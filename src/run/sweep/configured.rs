//! What the configuration says beside the checks: faults that no check from there can meet, such as those of the role that
//! pulls the service's images, since functions and the probe's tasks ask as roles of their own.

use crate::model::{Finding, Report, Severity, Strength};
use crate::sweep::{Place, Shared};

/// The findings of the audit that no place shows. A finding from ECS's words names no resources, so it does not hide the
/// audit's, which does.
pub fn configured(audited: &Report, diagnoses: &[Shared]) -> Vec<Finding> {
    let resources = |finding: &Finding| finding.blame.as_ref().map(|it| it.resources.clone()).unwrap_or_default();
    let is_shown = |finding: &Finding| {
        diagnoses.iter().any(|it| it.finding.code == finding.code && resources(&it.finding) == resources(finding))
    };
    let all = audited.diagnoses.iter().filter(|it| it.severity != Severity::Info && !is_shown(it));
    all.cloned().collect()
}

/// Whether one of them keeps the service's images from being pulled whatever the checks say. Of the path packets know more
/// than the configuration does.
pub fn fails_everywhere(configured: &[Finding], places: &[Place]) -> bool {
    let works = |subnet: &String| places.iter().any(|place| place.subnet == *subnet && place.works());
    let is_contradicted = |finding: &Finding| {
        let subnets = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref());
        let by_all = || places.iter().all(Place::works);
        finding.stage.is_of_the_path() && subnets.map_or_else(by_all, |subnets| subnets.iter().all(works))
    };
    let counts = |it: &&Finding| it.severity == Severity::Error && it.strength == Strength::Proven;
    configured.iter().filter(counts).any(|finding| !is_contradicted(finding))
}
