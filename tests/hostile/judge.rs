//! A saved report that somebody changed, and whole checks among servers that answer nonsense.

use std::process::Command;
use std::sync::LazyLock;

use ecr_probe::config::FixForm;
use ecr_probe::model::Report;
use ecr_probe::render::{self, Style};
use ecr_probe::run::{Observed, judge, judge_for};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::input::{Dice, SHAPES, long};
use super::sim::World;
use super::sim::world::{Call, Forced};
use super::support;

/// Bytes of the text that is made of a check in which one server is hostile.
const LONGEST_REPORT: usize = 48 * 1024;

const CALLS: [Call; 11] = [
    Call::Token,
    Call::Caller,
    Call::Registry,
    Call::RegistryToken,
    Call::RegistryAuth,
    Call::Manifest,
    Call::Blob,
    Call::ApiManifest,
    Call::ApiLayerUrl,
    Call::Layer,
    Call::LayerStore,
];

/// Worlds whose accounts have more of what an audit reads.
const AUDITED: [&str; 5] = [
    "[vpc]\nnat = true\nnat_way_out = false",
    "[vpc]\nacl_allows_return = false\ns3_gateway_in_route_table = false",
    "[vpc]\ntask_sg_allows_s3 = false\nendpoint_sg = 'for-another-task'\ndns_support = false",
    "[account]\nstopped = ['CannotPullContainerError: 10.0.1.10:443: i/o timeout']\ngranted_to = 'task-role'",
    "[account]\nsecrets = ['/a', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-1a2b3c:key::']",
];

/// Reports with as many kinds of outcomes as a few worlds have.
static REPORTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let worlds = [
        "",
        "[vpc]\nendpoint_sg_allows_task = false",
        "[tls]\nall = 'intercepted'",
        "[deny]\n'ecr:BatchGetImage' = 'identity'",
        "[deny]\n's3:GetObject' = 'vpc-endpoint'",
        "[dns]\nall = 'nxdomain'",
        "[image]\nplatforms = ['linux/arm64']",
        "[clock]\nskew_s = 4000",
        "[vpc]\nnat = true\n[image]\nsidecars = ['nginx', 'docker.io/team/app']",
    ];
    let report = |toml: &&str| support::check(World::from_toml(toml).unwrap_or_else(|why| panic!("{toml}: {why}")));
    let audits = worlds.iter().chain(&AUDITED).map(|toml| {
        support::configuration::audit(&World::from_toml(toml).unwrap_or_else(|why| panic!("{toml}: {why}")))
    });
    let reports = worlds.iter().map(report).chain(audits);
    reports.map(|report| serde_json::from_str(&render::json(&report)).expect("a report is JSON")).collect()
});

fn extremes(dice: &mut Dice) -> Value {
    match dice.below(16) {
        0 => json!(0),
        1 => json!(-1),
        2 => json!(u64::MAX),
        3 => json!(i64::MIN),
        4 => json!(1e308),
        5 => json!(f64::MIN_POSITIVE),
        6 => json!(""),
        7 => Value::Null,
        8 => json!([]),
        9 => json!({}),
        10 => json!("9999-12-31T23:59:59Z"),
        11 => json!("0000-01-01T00:00:00Z"),
        12 => json!("::"),
        13 => json!("255.255.255.255"),
        _ => json!(String::from_utf8_lossy(&long("", SHAPES[dice.below(SHAPES.len())], 1 << dice.below(10)))),
    }
}

/// Changes one value somewhere below.
fn change(value: &mut Value, dice: &mut Dice) {
    let inner: Vec<&mut Value> = match value {
        Value::Array(values) => {
            let length = values.len();
            match dice.below(12) {
                0 if length > 0 => drop(values.remove(dice.below(length))),
                1 if length > 0 => values.push(values[dice.below(length)].clone()),
                2 if length > 1 => values.swap(dice.below(length), dice.below(length)),
                _ => return values.iter_mut().collect::<Vec<_>>().descend(dice),
            }
            return;
        }
        Value::Object(fields) => fields.values_mut().collect(),
        leaf => {
            *leaf = extremes(dice);
            return;
        }
    };
    inner.descend(dice);
}

trait Descend {
    fn descend(self, dice: &mut Dice);
}

impl Descend for Vec<&mut Value> {
    fn descend(mut self, dice: &mut Dice) {
        let at = dice.below(self.len());
        if let Some(value) = self.get_mut(at) {
            change(value, dice);
        }
    }
}

/// What a reader is shown of it is in proportion to what there was.
fn check_bounds(report: &Report) -> Result<(), TestCaseError> {
    let evidence = serde_json::to_string(&(&report.evidence, &report.vantage, &report.images)).expect("it is JSON");
    let text = render::text(report, Style::Plain);
    let json = render::json(report);
    for rendered in [&text, &json] {
        prop_assert!(rendered.len() <= 8 * evidence.len() + 32 * 1024, "{} of {}", rendered.len(), evidence.len());
    }
    prop_assert_eq!(json.lines().count(), 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_report_is_judged_or_refused(seeds in proptest::collection::vec(any::<u64>(), 1..8), which in 0usize..23) {
        let mut report = REPORTS[which].clone();
        for seed in seeds {
            let mut dice = Dice(seed);
            // Mostly the evidence, which is what is judged.
            let part = match dice.below(8) {
                0 | 1 => Some(&mut report),
                2 if report.get("placement").is_some() => report.get_mut("placement"),
                _ => report.get_mut("evidence"),
            };
            part.into_iter().for_each(|part| change(part, &mut dice));
        }
        let Ok(observed) = serde_json::from_value::<Observed>(report) else { return Ok(()) };
        check_bounds(&judge(observed.clone()))?;
        for form in [FixForm::Terraform, FixForm::CloudFormation] {
            judge_for(observed.clone(), form);
        }
    }
}

/// Each call of the pull is answered with half of the shapes, each with some status.
#[test]
fn a_check_among_servers_that_answer_nonsense_is_short() {
    let mut wrong = Vec::new();
    for (number, call) in CALLS.into_iter().enumerate() {
        for (index, shape) in SHAPES.iter().enumerate().skip(number % 2).step_by(2) {
            let status = [200, 307, 400, 403, 404, 500][(number + index / 2) % 6];
            let beginning = ["", "<Error><Message>", "<html><title>", "https://"][index / 2 % 4];
            let body = String::from_utf8_lossy(&long(beginning, shape, 60_000)).into_owned();
            let header: String = body.chars().filter(|c| !c.is_control()).take(4_000).collect();
            let names = ["location", "server", "www-authenticate", "docker-content-digest"];
            // Every registry that is not ECR is asked as well.
            let mut world = World::from_toml("[vpc]\nnat = true\n[image]\nsidecars = ['nginx']").expect("a world");
            let forced = Forced {
                status: Some(status),
                body: Some(body),
                content_type: Some("text/plain".to_owned()),
                headers: names.map(|name| (name.to_owned(), header.clone())).into_iter().collect(),
                ..Forced::default()
            };
            world.reply.insert(call, forced);
            let text = render::text(&support::check(world), Style::Plain);
            if text.len() > LONGEST_REPORT || text.chars().any(|c| c.is_control() && c != '\n') {
                wrong.push(format!("{call:?} {status} {}: {} bytes", beginning, text.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What the binary says of a file that is no report is one short line, whatever the file quotes.
#[test]
fn a_refusal_is_short() {
    let report = &REPORTS[1];
    for (pointer, value) in [
        ("/evidence/0/check", json!("x".repeat(100_000))),
        ("/evidence/0/check", json!("\u{1b}]0;title\u{7}")),
        ("/started_at", json!("y".repeat(100_000))),
        ("/vantage/mode", json!("z".repeat(100_000))),
        ("/schema", json!("s".repeat(100_000))),
        ("/evidence", json!("e".repeat(100_000))),
    ] {
        let mut report = report.clone();
        *report.pointer_mut(pointer).expect("it is there") = value;
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), report.to_string()).expect("it can be written");
        let output = Command::new(env!("CARGO_BIN_EXE_ecr-probe")).arg("judge").arg(file.path()).env_clear().output();
        let output = output.expect("the binary starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{pointer}: {error}");
        assert!(output.stdout.is_empty() && error.len() < 600, "{pointer}: {error:.600}");
        assert!(!error.trim_end().contains(char::is_control), "{pointer}: {error:?}");
    }
}
