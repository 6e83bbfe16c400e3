//! The comparison by itself, over places that chance puts together.

use std::sync::LazyLock;

use ecr_probe::model::{Report, Severity, Verdict};
use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, explain};
use ecr_probe::sweep::{Obstacle, Place, compare, worst};
use proptest::prelude::*;

use crate::aws::{broken, checked};

/// Reports of several worlds: healthy, degraded, unhealthy by several faults, inconclusive.
static REPORTS: LazyLock<Vec<Report>> = LazyLock::new(|| {
    let pages = ["RTE-03", "RTE-07", "SG-01", "DNS-01", "IMG-02", "IAM-08"].map(broken);
    ["".to_owned()].into_iter().chain(pages).map(|world| checked(&world)).collect()
});

/// A place whose task could not start.
pub fn explained(subnet: &str) -> Place {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let words = "CannotPullContainerError: dial tcp 10.0.1.10:443: i/o timeout";
    Place::new(subnet).explained(explain(words, &context)).obstructed(Obstacle::NeverRan)
}

fn place(nth: usize, kind: usize) -> Place {
    let place = Place::new(&format!("subnet-{nth:02}"));
    match kind {
        0 => place.obstructed(Obstacle::NoFunction),
        1 => explained(&place.subnet),
        2 => place.exited(1),
        3 => place.exited(0),
        report => place.reported(REPORTS[report - 4].clone()),
    }
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    proptest::collection::vec(0..11_usize, 1..9)
        .prop_map(|kinds| kinds.into_iter().enumerate().map(|(nth, kind)| place(nth, kind)).collect())
}

/// From good to bad.
fn rank(verdict: Verdict) -> usize {
    let order = [Verdict::Healthy, Verdict::Degraded, Verdict::Inconclusive, Verdict::Unhealthy];
    order.iter().position(|it| *it == verdict).expect("it is one of them")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_finding_of_every_place_is_told_with_its_subnet(places in places()) {
        let shared = compare(&places);
        let checked: Vec<&Place> = places.iter().filter(|place| place.shows_findings()).collect();
        for place in &places {
            for finding in place.findings() {
                let told = shared.iter().filter(|it| it.finding.code == finding.code && it.subnets.contains(&place.subnet));
                prop_assert!(told.count() >= 1, "{} of {}", finding.code, place.subnet);
            }
        }
        for it in &shared {
            // It is taken from a place that has it, and named once.
            let shown = places.iter().find(|place| place.subnet == it.shown_in).expect("a place");
            prop_assert!(shown.findings().iter().any(|finding| finding.code == it.finding.code));
            let mut subnets = it.subnets.clone();
            subnets.dedup();
            prop_assert_eq!(&subnets, &it.subnets);
            prop_assert_eq!(it.of, checked.len());
            let blame = it.finding.blame.as_ref().expect("it says where");
            prop_assert_eq!(blame.subnets.is_none(), it.subnets.len() == checked.len());
        }
        let severities: Vec<Severity> = shared.iter().map(|it| it.finding.severity).collect();
        prop_assert!(severities.is_sorted_by(|one, next| one >= next), "{:?}", severities);
    }

    #[test]
    fn the_worst_counts(places in places()) {
        let worst = worst(&places);
        prop_assert!(places.iter().any(|place| place.verdict == worst));
        prop_assert!(places.iter().all(|place| rank(place.verdict) <= rank(worst)));
    }
}

#[test]
fn nothing_checked_is_nothing_known() {
    assert_eq!(worst(&[]), Verdict::Inconclusive);
    assert_eq!(worst(&[Place::new("subnet-1").obstructed(Obstacle::NoFunction)]), Verdict::Inconclusive);
}

#[test]
fn one_fault_in_two_subnets_is_one_finding() {
    let (healthy, broken) = (REPORTS[0].clone(), REPORTS[1].clone());
    let three = [("subnet-1", &broken), ("subnet-2", &healthy), ("subnet-3", &broken)];
    let places: Vec<Place> =
        three.iter().map(|(subnet, report)| Place::new(subnet).reported((*report).clone())).collect();
    let shared = compare(&places);
    let codes: Vec<_> = shared.iter().map(|it| it.finding.code.id()).collect();
    assert_eq!(codes, ["RTE-03"]);
    assert_eq!(
        (shared[0].subnets.as_slice(), shared[0].of),
        (["subnet-1".to_owned(), "subnet-3".to_owned()].as_slice(), 3)
    );
}
