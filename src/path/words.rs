//! The words of a hop, and a path as the report shows it.

use super::{Destination, Place, Reason, Walked};
use crate::model::{Hop, Path, Role};

/// By which rule a hop does what it does, in words.
pub fn by(reason: &Reason) -> String {
    format!("{reason:?}")
}

/// A path as the report shows it. `az` is the subnet's.
pub fn path(place: &Place, az: Option<String>, to: Role, destination: &Destination, walked: &Walked) -> Path {
    let hop =
        |step: &super::Step| Hop { kind: step.kind, id: step.id.clone(), does: step.does(), by: by(&step.reason) };
    Path {
        from: place.subnet.clone(),
        az,
        to,
        host: destination.host.clone(),
        via: walked.via.clone(),
        passes: walked.passes,
        hops: walked.hops.iter().map(hop).collect(),
    }
}
