//! Layouts in which every pull works.

use ecr_probe::model::{Passes, Report, Severity, Verdict};
use proptest::prelude::*;

use super::layouts::{LAYOUTS, healthy_worlds};
use super::sim::World;
use super::support::configuration::audit;
use super::{codes, world};

/// Names of public DNS have no IPv6 addresses but those of the `dual-stack` names: where a world gives them some all the
/// same, AWS would not.
fn is_of_aws(world: &World) -> bool {
    !(world.vpc.ipv6_only && world.vpc.dual_stack)
}

/// What is wrong with an audit that should find nothing wrong. It may not see the end of a way, but it must not blame.
fn complaint(world: &World, report: &Report) -> Option<String> {
    let blames = report.diagnoses.iter().any(|finding| finding.severity > Severity::Info);
    let paths = report.configured.iter().flat_map(|it| &it.paths);
    let stops = paths.clone().any(|path| path.passes == Passes::No);
    let open = paths.clone().all(|path| path.passes == Passes::Yes) && paths.count() > 0;
    let is_well = if open { report.verdict == Verdict::Healthy } else { report.verdict == Verdict::Inconclusive };
    let ill = blames || stops || !is_well || !report.unexplained.is_empty();
    (ill && is_of_aws(world))
        .then(|| format!("{:?} {:?}, unexplained {:?}", report.verdict, codes(report), report.unexplained))
}

/// Ways whose end no configuration shows: a transit gateway's, those of hosts that are not AWS's, and those of dual-stack
/// names beside an endpoint, which a subnet without IPv4 asks for whatever the image's name is (T-21).
fn is_unseen(world: &World, toml: &str) -> bool {
    let is_beside = !world.vpc.interface_endpoints.is_empty();
    let is_elsewhere = toml.contains("hub_network") || toml.contains("external");
    is_elsewhere || is_beside && (world.vpc.ipv6_only || toml.contains(".on.a"))
}

#[test]
fn no_healthy_layout_is_blamed() {
    let mut complaints = Vec::new();
    for (why, toml) in LAYOUTS {
        let world = world(toml);
        let report = audit(&world);
        complaints.extend(complaint(&world, &report).map(|it| format!("{why}: {it}")));
        if report.verdict != Verdict::Healthy && is_of_aws(&world) && !is_unseen(&world, toml) {
            complaints.push(format!("{why}: {:?}", report.verdict));
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_of_healthy_keys_is_blamed(toml in healthy_worlds()) {
        let world = world(&toml);
        let report = audit(&world);
        let complaint = complaint(&world, &report);
        prop_assert!(complaint.is_none(), "{}\n{}", complaint.unwrap_or_default(), toml);
        let is_well = report.verdict == Verdict::Healthy || is_unseen(&world, &toml) || !is_of_aws(&world);
        prop_assert!(is_well, "{:?}\n{}", report.verdict, toml);
    }
}
