//! Shortens a report to a size limit.

use std::collections::BTreeSet;

use crate::model::{Check, EvidenceId, Observation, Report};
use crate::render;

/// The report is too long, also without all the evidence that can be spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the report has {bytes} bytes even without the evidence of successful steps, and the limit is {longest}: name fewer images"
)]
pub struct TooLong {
    /// How long it is, at the least.
    pub bytes: usize,
    /// How long it may be.
    pub longest: usize,
}

/// Done for each layer: the most of a long report. What comes of it is in the figures of the pull.
const OF_EACH_LAYER: [Check; 3] = [Check::LayerUrl, Check::ApiLayerUrl, Check::LayerBytes];

/// What the verdict and the images' figures are made of: never left out.
const OF_THE_IMAGES: [Check; 5] =
    [Check::Reference, Check::Manifest, Check::ApiManifest, Check::Config, Check::RegistryToken];

/// The report as JSON of so many bytes at the most. Where it is longer, observations of what works are left out that no
/// finding cites, and `trimmed` says how many.
///
/// # Errors
///
/// That is not enough.
pub fn fit(mut report: Report, longest: usize) -> Result<String, TooLong> {
    let whole = render::json(&report);
    if whole.len() <= longest {
        return Ok(whole);
    }
    drop(whole);
    let is_of_a_layer = |it: &Observation| OF_EACH_LAYER.contains(&it.act.check());
    let is_of_an_image = |it: &Observation| OF_THE_IMAGES.contains(&it.act.check());
    leave_out(&mut report, is_of_a_layer);
    let shorter = render::json(&report);
    if shorter.len() <= longest {
        return Ok(shorter);
    }
    drop(shorter);
    leave_out(&mut report, |it| !is_of_an_image(it));
    let shortest = render::json(&report);
    if shortest.len() <= longest { Ok(shortest) } else { Err(TooLong { bytes: shortest.len(), longest }) }
}

/// Leaves out what works, is cited by nothing, and of which `can_go` holds.
fn leave_out(report: &mut Report, can_go: impl Fn(&Observation) -> bool) {
    let cited = report.diagnoses.iter().flat_map(|finding| &finding.cites);
    let cited: BTreeSet<EvidenceId> = cited.chain(&report.unexplained).copied().collect();
    let before = report.evidence.observations.len();
    report.evidence.observations.retain(|it| it.is_symptom() || cited.contains(&it.id) || !can_go(it));
    let gone = before - report.evidence.observations.len();
    report.trimmed = Some(report.trimmed.unwrap_or(0) + gone);
}
