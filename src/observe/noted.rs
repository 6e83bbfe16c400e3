//! A fact of the account as an observation.

use crate::model::{Act, Evidence, EvidenceId, Observation, to_thousandths};

/// Puts a fact behind all others, with when its reading began and how long it took, in milliseconds.
pub fn push(
    evidence: &mut Evidence,
    subject: Option<String>,
    image: Option<String>,
    (began, took): (f64, f64),
    act: Act,
) {
    let id = EvidenceId::try_from(evidence.observations.len() + 1).unwrap_or(EvidenceId::MAX);
    evidence.observations.push(Observation {
        id,
        target: None,
        address: None,
        subject,
        image,
        region: None,
        began_ms: to_thousandths(began),
        took_ms: to_thousandths(took),
        act,
    });
}
