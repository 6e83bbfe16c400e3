//! The worlds of the pages and the healthy layouts, as a Lambda function in the task's subnet sees them: what it says of the
//! task is what the task says, but for what a function cannot tell, and each such difference has its reason here.

mod sim;
mod support;

#[path = "from_function/asked.rs"]
mod asked;
#[path = "from_function/doubts.rs"]
mod doubts;
#[path = "healthy/layouts.rs"]
mod layouts;
#[path = "from_function/pages.rs"]
mod pages;
#[path = "from_function/told.rs"]
mod told;

use ecr_probe::model::{Finding, Report, Severity, Verdict};
use proptest::prelude::*;

use layouts::{LAYOUTS, healthy_worlds};
use sim::World;
use sim::world::Mode;

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

/// The same world with the probe in a function of its own; `None` where Lambda makes none: it takes no subnet that has
/// IPv6 only.
fn as_function(world: World) -> Option<World> {
    (!world.vpc.ipv6_only).then_some(World { mode: Mode::Lambda, ..world })
}

/// What a function sees there.
fn seen(toml: &str) -> Report {
    support::check(as_function(world(toml)).expect("no subnet with IPv6 only"))
}

fn codes(report: &Report) -> Vec<String> {
    report.diagnoses.iter().map(|finding| format!("{}[{}]", finding.severity.name(), finding.code)).collect()
}

fn found<'r>(report: &'r Report, code: &str) -> &'r Finding {
    let found = report.diagnoses.iter().find(|it| it.code.id() == code);
    found.unwrap_or_else(|| panic!("no {code} among {:?}", codes(report)))
}

/// Healthy layouts in which a function cannot pull: their tasks have a public address, and it has none.
fn takes_a_public_address(world: &World) -> bool {
    let vpc = &world.vpc;
    vpc.internet_gateway && vpc.public_ip && !(vpc.nat && !vpc.nat_blackhole && vpc.nat_way_out)
}

#[test]
fn no_healthy_layout_is_blamed() {
    let (mut wrong, mut without_function, mut open) = (Vec::new(), 0, 0);
    for (why, toml) in LAYOUTS {
        let Some(world) = as_function(world(toml)) else {
            without_function += 1;
            continue;
        };
        let excused = takes_a_public_address(&world);
        open += usize::from(excused);
        let report = support::check(world);
        let expected = if excused { Verdict::Inconclusive } else { Verdict::Healthy };
        let blamed = report.diagnoses.iter().any(|it| it.severity == Severity::Error);
        if blamed || report.verdict != expected || !report.unexplained.is_empty() {
            wrong.push(format!("{why}: {:?} {:?}", report.verdict, codes(&report)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        without_function < 15 && open > 0,
        "{without_function} layouts without a function, {open} by public address"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_of_healthy_keys_is_blamed(toml in healthy_worlds()) {
        if let Some(world) = as_function(world(&toml)) {
            let excused = takes_a_public_address(&world);
            let report = support::check(world);
            let worst = report.diagnoses.iter().map(|finding| finding.severity).max();
            let fine = if excused { worst <= Some(Severity::Warning) } else { report.verdict == Verdict::Healthy };
            prop_assert!(fine, "{:?} {:?}\n{}", report.verdict, codes(&report), toml);
        }
    }
}
