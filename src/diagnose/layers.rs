//! Which of the blobs that came are layers.

use std::collections::BTreeSet;

use crate::model::outcome::LayerBytesOutcome;
use crate::model::{Act, Observation};

/// The digests of the configurations that came. Each is a blob like the layers, and no layer.
pub fn configurations<'e>(observations: impl Iterator<Item = &'e Observation>) -> BTreeSet<&'e str> {
    let read = observations.filter(|it| matches!(it.act, Act::Config(_)));
    read.filter_map(|it| it.subject.as_deref()).collect()
}

/// What came of the layers, and of configurations that did not come: of those one cannot tell.
pub fn layer_bytes<'e>(
    observations: impl Iterator<Item = &'e Observation> + Clone,
) -> impl Iterator<Item = (&'e Observation, &'e LayerBytesOutcome)> {
    let configurations = configurations(observations.clone());
    observations.filter_map(move |observation| match &observation.act {
        Act::LayerBytes(outcome) => {
            let of_layer = !observation.subject.as_deref().is_some_and(|digest| configurations.contains(digest));
            of_layer.then_some((observation, outcome))
        }
        _ => None,
    })
}
