//! What task metadata tells of the task, and what is made of it.

use ecr_probe::diagnose::{Case, diagnose};
use ecr_probe::model::outcome::{DiskOutcome, ManifestOutcome};
use ecr_probe::model::{Act, Finding, Report, Severity, Strength, Verdict};

use super::{support, world};

const MIB: u64 = 1 << 20;

/// Three layers, in a task that runs another image.
const OTHER: &str = "[task]\nimage = 'ecr-probe:v1'";

fn findings(report: &Report) -> Vec<Finding> {
    diagnose(&Case::new(&report.evidence, &report.vantage)).findings
}

/// What is found in the world, with the disk and the compressed layers changed as said.
fn with_sizes(reserved: u64, compressed: u64) -> Option<(Severity, Strength)> {
    let mut report = support::check(world(OTHER));
    for observation in &mut report.evidence.observations {
        match &mut observation.act {
            Act::Disk(DiskOutcome::Measured { reserved_mib, .. }) => *reserved_mib = reserved,
            Act::Manifest(ManifestOutcome::Image { bytes, .. }) => *bytes = compressed,
            _ => {}
        }
    }
    let found = findings(&report);
    assert!(found.iter().all(|it| it.code.id() == "DSK-01"), "{found:#?}");
    found.first().map(|it| (it.severity, it.strength))
}

#[test]
fn a_disk_is_too_small_for_what_is_larger() {
    let (likely, proven) = (Some((Severity::Error, Strength::Likely)), Some((Severity::Error, Strength::Proven)));
    for mib in [1, 20_496, 102_400] {
        let room = mib * MIB;
        // What goes in exactly is not said to be too large.
        assert_eq!(with_sizes(mib, room / 2), None, "{mib}");
        assert_eq!(with_sizes(mib, room / 2 + 1), likely, "{mib}");
        assert_eq!(with_sizes(mib, room), likely, "{mib}");
        assert_eq!(with_sizes(mib, room + 1), proven, "{mib}");
    }
}

#[test]
fn numbers_that_make_no_sense_blame_nobody() {
    for (mib, bytes) in
        [(0, 10_000), (1, 0), (u64::MAX, u64::MAX), (u64::MAX, 1), (20_496, u64::MAX), (1, 3 * 52_000 * MIB + 1)]
    {
        assert_eq!(with_sizes(mib, bytes), None, "{mib} MiB, {bytes} bytes");
    }
}

/// Under whichever of its names.
#[test]
fn an_image_that_the_task_runs_is_never_blamed() {
    let healthy = support::check(world(""));
    let (digest, index) = (healthy.images[0].digest.clone(), healthy.images[0].index_digest.clone());
    let (digest, index) = (digest.expect("a manifest"), index.expect("an index"));
    let blames = |own: &str| {
        let mut report = support::check(world("[task]\ndisk_mib = 1"));
        for observation in &mut report.evidence.observations {
            match &mut observation.act {
                Act::Disk(DiskOutcome::Measured { holds, .. }) => *holds = vec!["!".into(), own.into()],
                Act::Manifest(ManifestOutcome::Image { bytes, .. }) => *bytes = 2 * MIB,
                _ => {}
            }
        }
        !findings(&report).is_empty()
    };
    let registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    for own in [
        format!("{registry}/scheduled-file-writer:v1"),
        format!("{registry}/scheduled-file-writer@{digest}"),
        format!("{registry}/scheduled-file-writer@{index}"),
        format!("{registry}/scheduled-file-writer:v0@{index}"),
        // The same registry by its other name, and a copy elsewhere.
        "123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1".into(),
        format!("210987654321.dkr.ecr.us-east-1.amazonaws.com/mirror@{digest}"),
    ] {
        assert!(!blames(&own), "{own}");
    }
    for own in [
        format!("{registry}/scheduled-file-writer"),
        format!("{registry}/scheduled-file-writer:v10"),
        format!("{registry}/other:v1"),
        format!("{registry}/scheduled-file-writer:v1@sha256:{}", "0".repeat(64)),
    ] {
        assert!(blames(&own), "{own}");
    }
}

/// The reason of CLK-01, and whether the observation of the clock is cited.
fn clock(toml: &str) -> (Severity, String, bool) {
    let report = support::check(world(toml));
    let found = report.diagnoses.iter().find(|it| it.code.id() == "CLK-01").unwrap_or_else(|| panic!("{toml}"));
    let cited = found.cites.iter().filter_map(|id| report.evidence.get(*id));
    (found.severity, found.reason.clone(), cited.into_iter().any(|it| matches!(it.act, Act::Clock(_))))
}

#[test]
fn a_skew_is_held_against_what_the_host_says() {
    // AWS refuses the signature; without credentials nothing is signed, and only the Dates show it.
    let by_date = "[credentials]\nkind = 'none'\n";
    for (toml, says) in [
        ("[clock]\nskew_s = -900\nsynchronized = false".to_owned(), "metadata agrees"),
        ("[clock]\nskew_s = -900".to_owned(), "still calls the host's clock synchronized"),
        (format!("{by_date}[clock]\nskew_s = 900\nsynchronized = false"), "metadata agrees"),
        (format!("{by_date}[clock]\nskew_s = 900"), "serves cached Date headers"),
    ] {
        let (severity, reason, cited) = clock(&toml);
        assert!(severity == Severity::Error && cited && reason.contains(says), "{toml}: {reason}");
    }
    let (_, reason, cited) = clock("mode = 'host'\n[clock]\nskew_s = 900\nsynchronized = false");
    assert!(!cited && !reason.contains("metadata"), "{reason}");
}

#[test]
fn a_clock_that_nobody_keeps_is_a_warning_once_it_may_be_too_far_off() {
    let unseen = "[dns]\nall = 'servfail'\n[clock]\nsynchronized = false\nerror_bound_ms = 300001.0";
    let (severity, reason, cited) = clock(unseen);
    assert!(severity == Severity::Warning && cited && reason.contains("no answer of AWS's tells"), "{reason}");
    // What the Dates of answers confirm is right, whatever may have been.
    let seen = "[clock]\nsynchronized = false\nerror_bound_ms = 300001.0";
    assert_eq!(super::codes(&support::check(world(seen))), [""; 0]);
}

#[test]
fn a_dead_address_is_in_the_task_s_zone_or_in_another_subnet() {
    let summary = |toml: &str| {
        let report = support::check(world(toml));
        let found = report.diagnoses.iter().find(|it| it.code.id() == "RTE-07");
        found.unwrap_or_else(|| panic!("{toml}")).summary.clone()
    };
    let own = ", in this task's own zone eu-west-1a, subnet 10.0.1.0/24";
    for (toml, end) in [
        ("[vpc]\ndead_endpoint_addresses = ['ecr-dkr/1']", format!("10.0.1.20{own}")),
        ("[vpc]\ndead_endpoint_addresses = ['ecr-dkr/2']", "10.0.2.20, in another subnet than this task's".into()),
        (
            "[vpc]\ntask_subnet = '10.0.11.0/24'\ndead_endpoint_addresses = ['ecr-dkr/1']",
            "10.0.1.20, in another subnet than this task's".into(),
        ),
        // Nothing is known of where a host stands.
        ("mode = 'host'\n[vpc]\ndead_endpoint_addresses = ['ecr-dkr/1']", "is dead: 10.0.1.20".into()),
        // No subnet is told of what is not private for certain.
        (
            "[vpc]\nendpoint_network = '20.10.0'\ntask_subnet = '20.10.77.0/24'\ndead_endpoint_addresses = ['ecr-dkr/1']",
            "is dead: 20.10.0.20".into(),
        ),
    ] {
        let summary = summary(toml);
        assert!(summary.ends_with(&end), "{toml}: {summary}");
    }
}

#[test]
fn a_task_whose_own_pull_took_too_long_is_told_so() {
    let check = |seconds: u32, more: &str| support::check(world(&format!("{more}\n[task]\npull_s = {seconds}")));
    for seconds in [0, 15, 300] {
        assert_eq!(super::codes(&check(seconds, "")), [""; 0], "{seconds}");
    }
    for seconds in [301, 412, 86_400] {
        let report = check(seconds, "");
        let [found] = &report.diagnoses[..] else { panic!("{:?}", super::codes(&report)) };
        assert_eq!((found.code.id(), found.strength, report.verdict), ("SLOW-01", Strength::Proven, Verdict::Degraded));
        assert!(found.summary.contains(&format!("took {seconds} s")), "{}", found.summary);
        let cited = found.cites.iter().filter_map(|id| report.evidence.get(*id));
        assert!(cited.into_iter().all(|it| matches!(it.act, Act::TaskPull(_))), "{:?}", found.cites);
    }
    // Longer than a day is no measure, and a host has no pull of its own.
    assert_eq!(super::codes(&check(86_401, "")), [""; 0]);
    assert_eq!(super::codes(&check(412, "mode = 'host'")), [""; 0]);
    // Slow then and slow now are one finding.
    let now = "[image]\nlayer_sizes = [3000000]\n[layer]\nbytes_per_second = 9000";
    let both = check(412, now);
    assert_eq!(super::codes(&both), ["warning[SLOW-01]"]);
    assert!(both.diagnoses[0].reason.contains("412 s when it started"), "{}", both.diagnoses[0].reason);
}
