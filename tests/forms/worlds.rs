//! What is rendered: the reports of all worlds, sweeps of several, and explanations of messages.

use std::path::Path;
use std::sync::LazyLock;

use ecr_probe::model::{Report, Timestamp, Unseen};
use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, Explanation, explain};
use ecr_probe::sweep::{Difference, DifferenceKind, Obstacle, Place, SCHEMA, Sweep, Via, compare, worst};

use crate::sim::{Page, World};
use crate::support;
use crate::support::configuration::audit;

static REPORTS: LazyLock<Vec<(String, Report)>> = LazyLock::new(|| {
    let mut reports = vec![("healthy".to_owned(), healthy()), ("healthy-audit".to_owned(), audit(&World::healthy()))];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    for page in Page::all(&folder).unwrap_or_else(|why| panic!("{why}")) {
        if let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) {
            reports.push((page.code.clone(), support::check(world)));
        }
        if let Some((broken, _)) = page.audit_worlds().unwrap_or_else(|why| panic!("{why}")) {
            reports.push((format!("{}-audit", page.code), audit(&broken)));
        }
    }
    reports
});

/// The reports of all worlds, by name.
pub fn reports() -> Vec<(String, Report)> {
    REPORTS.clone()
}

pub fn healthy() -> Report {
    support::check(World::healthy())
}

pub fn report(code: &str) -> Report {
    let (_, report) = REPORTS.iter().find(|(name, _)| name == code).unwrap_or_else(|| panic!("no world of {code}"));
    report.clone()
}

fn explained(words: &str) -> Explanation {
    explain(words, &Context { ranges: Ranges::embedded(), vpc: Vec::new() })
}

pub fn explanations() -> Vec<Explanation> {
    [
        "CannotPullContainerError: failed to do request: Head \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/v1\": dial tcp 10.0.1.10:443: i/o timeout",
        "CannotPullContainerError: failed to do request: Head \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/v1\": dial tcp: lookup 123456789012.dkr.ecr.eu-west-1.amazonaws.com: no such host",
        "CannotPullContainerError: httpReadSeeker: failed open: failed to do request: Get https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/: dial tcp 52.218.36.24:443: i/o timeout",
        "CannotPullContainerError: failed to do request: x509: certificate signed by unknown authority",
        "OutOfMemoryError: Container killed due to memory usage",
        "something that nobody has ever said",
    ]
    .map(explained)
    .to_vec()
}

fn sweep_of(places: Vec<Place>) -> Sweep {
    let fails: Vec<String> = places.iter().filter(|it| it.fails()).map(|it| it.subnet.clone()).collect();
    let works: Vec<String> = places.iter().filter(|it| it.works()).map(|it| it.subnet.clone()).collect();
    let difference = Difference {
        kind: DifferenceKind::RouteTable,
        code: None,
        fails: fails.clone(),
        works: works.clone(),
        failing: vec!["rtb-0c27ba6cd94dc59f9".to_owned()],
        working: vec!["rtb-016b9bf2e236cc0d3".to_owned()],
        lines: vec!["only in rtb-016b9bf2e236cc0d3: pl-6da54004 → vpce-0381524f2426277b2".to_owned()],
        unread: Vec::new(),
    };
    let hidden = Unseen {
        what: "network ACLs".to_owned(),
        action: "ec2:DescribeNetworkAcls".to_owned(),
        why: "AccessDenied".to_owned(),
    };
    Sweep {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        started_at: Timestamp(1_795_442_400),
        duration_ms: 9_300.0,
        verdict: worst(&places),
        cut_short: None,
        region: "eu-west-1".to_owned(),
        account: Some("123456789012".to_owned()),
        cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/main".to_owned(),
        service: "scheduled-file-writer".to_owned(),
        diagnoses: compare(&places),
        differs: if fails.is_empty() || works.is_empty() { Vec::new() } else { vec![difference] },
        places,
        configured: report("SG-03-audit").diagnoses,
        unseen: vec![hidden],
        notes: vec!["no function has the tag of subnet-05484251ce314f097".to_owned()],
    }
}

fn place(subnet: &str, zone: &str) -> Place {
    Place {
        az: Some(format!("eu-west-1{zone}")),
        az_id: Some(format!("euw1-az{}", zone.len())),
        via: Some(Via::Lambda),
        took_ms: 5_400.0,
        ..Place::new(subnet)
    }
}

/// Sweeps of three subnets that fare differently, and of one.
pub fn sweeps() -> Vec<(String, Sweep)> {
    let [one, two, three, four] = [
        ("01004a9b15a4c0fd5", "a"),
        ("05484251ce314f096", "b"),
        ("05484251ce314f097", "c"),
        ("05484251ce314f098", "a"),
    ]
    .map(|(id, zone)| place(&format!("subnet-{id}"), zone));
    let words = "CannotPullContainerError: dial tcp 10.0.1.10:443: i/o timeout";
    let mixed = vec![
        one.clone().reported(healthy()),
        two.clone().reported(report("RTE-03")),
        three.clone().obstructed(Obstacle::NoFunction),
        four.clone().explained(explained(words)).obstructed(Obstacle::NeverRan),
    ];
    let faults = vec![one.clone().reported(report("RTE-03")), two.clone().reported(report("RTE-07"))];
    let calm = vec![one.reported(healthy()), two.reported(healthy()), three.reported(healthy())];
    let lone = vec![four.explained(explained(words)).obstructed(Obstacle::NeverRan)];
    [("sweep", mixed), ("sweep-faults", faults), ("sweep-healthy", calm), ("sweep-lone", lone)]
        .map(|(name, places)| (name.to_owned(), sweep_of(places)))
        .to_vec()
}
