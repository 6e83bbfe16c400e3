//! Which findings hold where, and the verdict of all subnets together.

use serde::Serialize;

use super::place::Place;
use crate::model::{Blame, Finding, Verdict};

/// A finding, with the subnets that it was made in. Its `where` is `None` where it holds in every subnet that was checked;
/// what it cites is in the report of `shown_in`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shared {
    /// As the place where it is surest tells it.
    #[serde(flatten)]
    pub finding: Finding,
    /// The subnets that it was made in.
    pub subnets: Vec<String>,
    /// How many subnets would show it: those with a report or an explanation.
    pub of: usize,
    /// The subnet whose report or explanation it is taken from.
    pub shown_in: String,
}

impl Shared {
    /// Whether some of the subnets that were checked do not show it.
    pub fn is_partial(&self) -> bool {
        self.subnets.len() < self.of
    }
}

/// Each fault once: the gravest first, then by the step of the pull, then by how many subnets have it.
pub fn compare(places: &[Place]) -> Vec<Shared> {
    let of = places.iter().filter(|place| place.shows_findings()).count();
    let mut shared: Vec<Shared> = Vec::new();
    for place in places {
        for finding in place.findings() {
            match shared.iter_mut().find(|it| is_same(&it.finding, finding)) {
                Some(it) => {
                    if it.subnets.last() != Some(&place.subnet) {
                        it.subnets.push(place.subnet.clone());
                    }
                    if finding.strength > it.finding.strength {
                        (it.finding, it.shown_in) = (finding.clone(), place.subnet.clone());
                    }
                }
                None => shared.push(Shared {
                    finding: finding.clone(),
                    subnets: vec![place.subnet.clone()],
                    of,
                    shown_in: place.subnet.clone(),
                }),
            }
        }
    }
    for it in &mut shared {
        let subnets = it.is_partial().then(|| it.subnets.clone());
        let resources = it.finding.blame.take().map(|blame| blame.resources).unwrap_or_default();
        it.finding.blame = Some(Blame { resources, subnets, hosts: Vec::new() });
    }
    // The order of the places and of their reports holds among equals.
    shared.sort_by_key(|it| {
        (std::cmp::Reverse(it.finding.severity), it.finding.stage, std::cmp::Reverse(it.subnets.len()))
    });
    shared
}

/// One fault: of the same resources, where the configuration names them, or about the same thing.
fn is_same(one: &Finding, other: &Finding) -> bool {
    let resources = |finding: &Finding| match &finding.blame {
        Some(Blame { resources, .. }) if !resources.is_empty() => Some(resources.clone()),
        _ => None,
    };
    one.code == other.code
        && one.severity == other.severity
        && match (resources(one), resources(other)) {
            (Some(one), Some(other)) => one == other,
            _ => one.subject == other.subject,
        }
}

/// The worst of all: a fault counts more than what is not known, and that more than what will bite later. Nothing checked
/// is nothing known.
pub fn worst(places: &[Place]) -> Verdict {
    let rank = |verdict: Verdict| match verdict {
        Verdict::Healthy => 0,
        Verdict::Degraded => 1,
        Verdict::Inconclusive => 2,
        Verdict::Unhealthy => 3,
    };
    let all = places.iter().map(|place| place.verdict);
    all.max_by_key(|verdict| rank(*verdict)).unwrap_or(Verdict::Inconclusive)
}
