//! Layouts in which every pull works, though many a tool finds something wrong with them: not one
//! is blamed.
//!
//! And two properties: no mixture of what is healthy is ill, and of two faults none hides the other.

mod sim;
mod support;

#[path = "healthy/blame.rs"]
mod blame;
#[path = "healthy/facts.rs"]
mod facts;
#[path = "healthy/faults.rs"]
mod faults;
#[path = "healthy/handshakes.rs"]
mod handshakes;
#[path = "healthy/layouts.rs"]
mod layouts;
#[path = "healthy/name_servers.rs"]
mod name_servers;
#[path = "healthy/pairs.rs"]
mod pairs;
#[path = "healthy/pullers.rs"]
mod pullers;
#[path = "healthy/variants.rs"]
mod variants;

use ecr_probe::model::{Report, Severity, Verdict};
use proptest::prelude::*;

use layouts::{LAYOUTS, healthy_worlds};
use sim::World;

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

fn codes(report: &Report) -> Vec<String> {
    report.diagnoses.iter().map(|finding| format!("{}[{}]", finding.severity.name(), finding.code)).collect()
}

/// What is wrong with a report that should find nothing wrong.
fn complaint(report: &Report) -> Option<String> {
    let blamed = report.diagnoses.iter().any(|finding| finding.severity > Severity::Info);
    let ill = blamed || report.verdict != Verdict::Healthy || !report.unexplained.is_empty();
    ill.then(|| format!("{:?} {:?}, unexplained {:?}", report.verdict, codes(report), report.unexplained))
}

#[test]
fn no_healthy_layout_is_blamed() {
    let complaints: Vec<String> = LAYOUTS
        .iter()
        .filter_map(|(why, toml)| Some(format!("{why}: {}", complaint(&support::check(world(toml)))?)))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn a_healthy_layout_says_nothing_but_of_proxies_and_zstd() {
    for (why, toml) in LAYOUTS {
        let expected: &[&str] = match toml {
            _ if toml.contains("proxy_variables") => &["info[PRX-01]"],
            _ if toml.contains("zstd") => &["info[IMG-08]"],
            _ => &[],
        };
        assert_eq!(codes(&support::check(world(toml))), expected, "{why}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_of_healthy_keys_is_blamed(toml in healthy_worlds()) {
        let complaint = complaint(&support::check(world(&toml)));
        prop_assert!(complaint.is_none(), "{}\n{}", complaint.unwrap_or_default(), toml);
    }
}
