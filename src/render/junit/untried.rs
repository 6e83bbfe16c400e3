//! The steps of a pull that a check did not come to, because one before them failed.

use crate::diagnose::Case;
use crate::model::outcome::RegistryTokenOutcome;
use crate::model::{Act, Check, Observation, Report, Severity};
use crate::render::hops;

/// Their names and why they were not tried, in the order of a pull. Nothing where no failure shows.
pub fn untried(report: &Report) -> Vec<(String, String)> {
    let case = Case::new(&report.evidence, &report.vantage);
    // What is left out of the report was tried.
    let Some(why) = why(report, &case).filter(|_| report.trimmed.is_none()) else { return Vec::new() };
    let was_tried = |checks: &[Check]| report.evidence.iter().any(|it| checks.contains(&it.act.check()));
    let mut names = Vec::new();
    if case.has_ecr_image() && !was_tried(&[Check::Token]) {
        names.push("token".to_owned());
    }
    if !was_tried(&[Check::RegistryPing]) {
        names.push("registry".to_owned());
    }
    if case.has_ecr_image() && !was_tried(&[Check::RegistryAuth]) {
        names.push("registry login".to_owned());
    }
    let images = report.images.iter().map(|it| it.image.as_str());
    let lacking: Vec<&str> = images.filter(|image| !has_manifest(report, image)).collect();
    names.extend(lacking.iter().map(|image| format!("manifest {image}")));
    // Without --pull the layers of a manifest are not asked for.
    let urls = || report.evidence.iter().filter(|it| matches!(it.act.check(), Check::LayerUrl | Check::ApiLayerUrl));
    let are_next = !lacking.is_empty() || urls().next().is_some();
    if are_next && !was_tried(&[Check::LayerBytes]) && !urls().any(Observation::is_symptom) {
        names.push("layers".to_owned());
    }
    names.into_iter().map(|name| (name, why.clone())).collect()
}

/// Whether an image's manifest was asked for, or cannot be: its registry takes credentials that the probe does not have.
fn has_manifest(report: &Report, image: &str) -> bool {
    report.evidence.iter().filter(|it| it.image.as_deref() == Some(image)).any(|it| match &it.act {
        Act::Manifest(_) | Act::ApiManifest(_) => true,
        Act::RegistryToken(outcome) => matches!(outcome, RegistryTokenOutcome::NeedsCredentials { .. }),
        _ => false,
    })
}

/// The root cause by its code, or else what ended the check or failed first.
fn why(report: &Report, case: &Case<'_>) -> Option<String> {
    let error = report.diagnoses.iter().find(|it| it.severity == Severity::Error);
    let failed = || hops::lines(case).into_iter().find(|line| !line.works);
    Some(match (error, &report.cut_short) {
        (Some(error), _) => format!("not tried because of {}", error.code),
        (None, Some(why)) => format!("not tried, cut short: {why}"),
        (None, None) => format!("not tried because {} failed", failed()?.hop),
    })
}
