//! The pull in numbers, from the evidence alone.

use crate::model::outcome::{LayerBytesOutcome, ManifestOutcome};
use crate::model::{Act, Evidence, Observation, PULL_BUDGET_SECONDS, Pull};

/// Fewer bytes in less time than this measure the round trip and not the bandwidth.
const LEAST_BYTES_FOR_AN_ESTIMATE: u64 = 1024 * 1024;
const LEAST_SECONDS_FOR_AN_ESTIMATE: f64 = 10.0;

/// A saved report may hold any number; a year is longer than any check.
const LONGEST_SECONDS: f64 = 365.0 * 86_400.0;

/// `None` when no byte was asked of a layer store.
pub fn measure(evidence: &Evidence) -> Option<Pull> {
    let blobs: Vec<(&Observation, &LayerBytesOutcome)> = evidence
        .iter()
        .filter_map(|observation| match &observation.act {
            Act::LayerBytes(outcome) => Some((observation, outcome)),
            _ => None,
        })
        .collect();
    if blobs.is_empty() {
        return None;
    }
    // The configuration is a blob like the layers, and no layer.
    let configs: Vec<&str> =
        evidence.iter().filter(|it| matches!(it.act, Act::Config(_))).filter_map(|it| it.subject.as_deref()).collect();
    let layers = || blobs.iter().filter(|(it, _)| !it.subject.as_deref().is_some_and(|it| configs.contains(&it)));

    let (mut layers_total, mut whole) = (0usize, 0u64);
    for observation in evidence.iter() {
        if let Act::Manifest(ManifestOutcome::Image { layers, bytes, .. })
        | Act::ApiManifest(ManifestOutcome::Image { layers, bytes, .. }) = &observation.act
        {
            layers_total = layers_total.saturating_add(*layers);
            whole = whole.saturating_add(*bytes);
        }
    }
    let bytes = blobs.iter().fold(0u64, |sum, (_, outcome)| sum.saturating_add(outcome.received()));
    let began = blobs.iter().map(|(it, _)| it.began_ms).fold(f64::INFINITY, f64::min);
    let ended = blobs.iter().map(|(it, _)| it.began_ms + it.took_ms).fold(0.0, f64::max);
    let seconds = ((ended - began) / 1e3).clamp(0.0, LONGEST_SECONDS);
    let bytes_per_second = (seconds > 0.0 && bytes > 0).then(|| (bytes as f64 / seconds).round().max(1.0));
    let layers_verified = layers().filter(|(_, outcome)| matches!(outcome, LayerBytesOutcome::Verified { .. })).count();
    let all_verified = layers().count() > 0 && layers().count() == layers_verified;
    let estimated_full_seconds = match bytes_per_second {
        _ if all_verified => Some(seconds),
        Some(rate) if bytes >= LEAST_BYTES_FOR_AN_ESTIMATE || seconds >= LEAST_SECONDS_FOR_AN_ESTIMATE => {
            Some(whole as f64 / rate)
        }
        _ => None,
    };
    Some(Pull {
        bytes,
        seconds: rounded(seconds),
        bytes_per_second,
        layers_verified,
        layers_total,
        estimated_full_seconds: estimated_full_seconds.map(rounded),
        budget_seconds: PULL_BUDGET_SECONDS,
        within_budget: estimated_full_seconds.map(|seconds| seconds <= PULL_BUDGET_SECONDS),
    })
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}
