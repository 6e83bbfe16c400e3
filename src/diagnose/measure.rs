//! The pull in numbers, from the evidence alone.

use std::collections::{BTreeMap, BTreeSet};

use super::layers;
use crate::model::outcome::{LayerBytesOutcome, ManifestOutcome};
use crate::model::{Act, Evidence, Observation, PULL_BUDGET_SECONDS, Pull, to_thousandths};

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
    let configurations = layers::configurations(evidence.iter());
    // A layer that several images or steps share is fetched once, and one that failed in passing twice.
    let layers: BTreeSet<&str> = evidence
        .iter()
        .filter(|it| matches!(it.act, Act::LayerUrl(_) | Act::ApiLayerUrl(_)))
        .filter_map(|it| it.subject.as_deref())
        .filter(|digest| !configurations.contains(digest))
        .collect();
    let verified: BTreeSet<&str> = blobs
        .iter()
        .filter(|(_, outcome)| matches!(outcome, LayerBytesOutcome::Verified { .. }))
        .filter_map(|(it, _)| it.subject.as_deref())
        .filter(|digest| layers.contains(digest))
        .collect();

    let (mut listed, mut whole) = (0usize, 0u64);
    for observation in evidence.iter() {
        if let Act::Manifest(ManifestOutcome::Image { layers, bytes, shared_layers, shared_bytes, .. })
        | Act::ApiManifest(ManifestOutcome::Image { layers, bytes, shared_layers, shared_bytes, .. }) =
            &observation.act
        {
            listed = listed.saturating_add(layers.saturating_sub(*shared_layers));
            whole = whole.saturating_add(bytes.saturating_sub(*shared_bytes));
        }
    }
    // A try that goes on where the last one ended counts what is there by then.
    let mut arrived: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for (observation, outcome) in &blobs {
        let of_blob = arrived.entry(observation.subject.as_deref()).or_default();
        *of_blob = outcome.received().max(*of_blob);
    }
    let bytes = arrived.values().fold(0u64, |sum, of_blob| sum.saturating_add(*of_blob));
    let began = blobs.iter().map(|(it, _)| it.began_ms).fold(f64::INFINITY, f64::min);
    let ended = blobs.iter().map(|(it, _)| it.began_ms + it.took_ms).fold(0.0, f64::max);
    let seconds = ((ended - began) / 1e3).clamp(0.0, LONGEST_SECONDS);
    let bytes_per_second = (seconds > 0.0 && bytes > 0).then(|| (bytes as f64 / seconds).round().max(1.0));
    // Of a configuration that did not come one cannot tell that it is none of the layers.
    let (layers_verified, layers_total) = (verified.len(), layers.len().min(listed));
    let all_verified = layers_total > 0 && layers_verified == layers_total;
    // Of the first bytes of each layer alone, the time is that of the requests.
    let whole_layers =
        layers::layer_bytes(evidence.iter()).all(|(_, it)| !matches!(it, LayerBytesOutcome::Reached { .. }));
    // Waiting for what does not come is no bandwidth.
    let failed = |(it, outcome): &(&Observation, &LayerBytesOutcome)| {
        outcome.is_symptom() && it.subject.as_deref().is_none_or(|digest| !verified.contains(digest))
    };
    let estimated_full_seconds = match bytes_per_second {
        _ if all_verified => Some(seconds),
        _ if !whole_layers || blobs.iter().any(failed) => None,
        Some(rate) if bytes >= LEAST_BYTES_FOR_AN_ESTIMATE || seconds >= LEAST_SECONDS_FOR_AN_ESTIMATE => {
            Some(whole as f64 / rate)
        }
        _ => None,
    };
    Some(Pull {
        bytes,
        seconds: to_thousandths(seconds),
        bytes_per_second,
        layers_verified,
        layers_total,
        estimated_full_seconds: estimated_full_seconds.map(to_thousandths),
        budget_seconds: PULL_BUDGET_SECONDS,
        within_budget: estimated_full_seconds.map(|seconds| seconds <= PULL_BUDGET_SECONDS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::{LayerUrlOutcome, NoAnswer};

    fn seen(subject: &str, began_ms: f64, act: Act) -> Observation {
        Observation {
            id: 0,
            target: None,
            address: None,
            subject: Some(subject.into()),
            image: None,
            region: None,
            began_ms,
            took_ms: 10.0,
            act,
        }
    }

    fn url(digest: &str) -> Observation {
        seen(digest, 0.0, Act::LayerUrl(LayerUrlOutcome::Direct))
    }

    fn bytes(digest: &str, outcome: LayerBytesOutcome) -> Observation {
        seen(digest, 10.0, Act::LayerBytes(outcome))
    }

    fn image(layers: usize) -> Observation {
        let act = ManifestOutcome::Image {
            digest: String::new(),
            media_type: String::new(),
            layers,
            bytes: 200,
            zstd_layers: 0,
            shared_layers: 0,
            shared_bytes: 0,
        };
        seen("app:v1", 0.0, Act::Manifest(act))
    }

    const VERIFIED: LayerBytesOutcome = LayerBytesOutcome::Verified { bytes: 100, first_byte_ms: 1.0 };

    #[test]
    fn a_layer_that_is_listed_twice_is_one() {
        let observations = vec![image(2), image(1), url("a"), bytes("a", VERIFIED)];
        let pull = measure(&Evidence { observations }).unwrap();
        assert_eq!((pull.layers_verified, pull.layers_total, pull.within_budget), (1, 1, Some(true)));
    }

    #[test]
    fn a_layer_that_came_at_the_second_try_is_verified() {
        let failed = LayerBytesOutcome::NoAnswer(NoAnswer::Reset);
        let observations = vec![image(1), url("a"), bytes("a", failed), bytes("a", VERIFIED)];
        let pull = measure(&Evidence { observations }).unwrap();
        assert_eq!((pull.layers_verified, pull.layers_total, pull.within_budget), (1, 1, Some(true)));
    }

    #[test]
    fn first_bytes_of_many_layers_are_no_bandwidth() {
        let part = || LayerBytesOutcome::Reached { bytes: 64 * 1024, first_byte_ms: 40.0 };
        let layers = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"];
        let requests = layers.iter().flat_map(|digest| [url(digest), bytes(digest, part())]);
        let mut observations: Vec<Observation> = [image(18)].into_iter().chain(requests).collect();
        let pull = measure(&Evidence { observations: observations.clone() }).unwrap();
        assert!(pull.bytes > LEAST_BYTES_FOR_AN_ESTIMATE && pull.estimated_full_seconds.is_none(), "{pull:?}");
        // Requests that are slow are slow requests.
        for observation in &mut observations {
            observation.took_ms = 20_000.0;
        }
        assert_eq!(measure(&Evidence { observations }).unwrap().within_budget, None);
    }

    #[test]
    fn a_layer_that_was_asked_for_and_did_not_come_counts() {
        let observations = vec![image(2), url("a"), url("b"), bytes("a", VERIFIED)];
        let pull = measure(&Evidence { observations }).unwrap();
        assert_eq!((pull.layers_verified, pull.layers_total), (1, 2));
    }
}
