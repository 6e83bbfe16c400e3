//! The account of the metrics in docs/reference.md is that of the code. `BLESS=1 cargo test --test metrics` writes it anew.

use std::collections::BTreeSet;
use std::path::Path;

use ecr_probe::config::MetricsBy;
use ecr_probe::metrics::{Datum, Metric, Per, emf, gather};
use serde_json::Value;

use super::{WITH_LOGS, support, world};

const BEGIN: &str = "| metric | unit | per | what it says |\n";

fn table() -> String {
    let mut table = format!("{BEGIN}|---|---|---|---|\n");
    for metric in Metric::ALL {
        let per = match metric.per() {
            Per::Check => "",
            Per::Endpoint => "`Endpoint`",
        };
        let (name, unit, meaning) = (metric.name(), metric.unit().name(), metric.meaning());
        table.push_str(&format!("| `{name}` | {unit} | {per} | {meaning} |\n"));
    }
    table
}

#[test]
fn the_table_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let text = std::fs::read_to_string(&path).expect("there is a reference");
    let begin = text.find(BEGIN).expect("docs/reference.md has the table");
    let end = text[begin..].find("\n\n").map_or(text.len(), |length| begin + length + 1);
    if std::env::var_os("BLESS").is_some() {
        let blessed = format!("{}{}{}", &text[..begin], table(), &text[end..]);
        std::fs::write(&path, blessed).expect("the reference can be written");
    } else {
        assert!(text[begin..end] == table(), "docs/reference.md is not up to date: BLESS=1 cargo test --test metrics");
    }
}

/// A custom metric is $0.30 a month, log ingestion $0.50 a GB, a thousand requests $0.01 (us-east-1, first 10,000).
#[test]
fn the_cost_is_that_of_what_is_sent() {
    let report = support::check(world(&format!("also = ['logs']\n{WITH_LOGS}[image]\nlayer_sizes = [3000000]")));
    let data = gather(&report, report.verdict, None, MetricsBy::Service);
    let (base, endpoint): (Vec<&Datum>, Vec<&Datum>) = data.iter().partition(|it| it.metric.per() == Per::Check);
    let identities: BTreeSet<String> = data.iter().map(|it| format!("{:?}{:?}", it.metric, it.dimensions)).collect();
    assert_eq!(identities.len(), data.len());
    let (metrics, zones) = (data.len(), 3);
    let month = format!("{metrics} metrics × {zones} zones × $0.30 = ${:.2}", (metrics * zones) as f64 * 0.30);
    let sum = format!("{} of the check and {} of the endpoints", base.len(), endpoint.len());

    let rounds = 30 * 24 * 60;
    let bytes = emf(&report, report.verdict, &gather(&report, report.verdict, Some(15.0), MetricsBy::Service)).len();
    let kilobytes = format!("{:.1} kB", bytes as f64 / 1e3);
    let ingested = format!("{:.2} GB a month", (bytes * rounds) as f64 / 1e9);
    let requests = format!("{rounds} requests a month, ${:.2}", rounds as f64 / 1e3 * 0.01);
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md")).expect("a reference");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unsaid: Vec<String> =
        [month, sum, kilobytes, ingested, requests].into_iter().filter(|said| !text.contains(said)).collect();
    assert!(unsaid.is_empty(), "docs/reference.md does not say {unsaid:?}");
}

/// The statement for the role, as `plan` prints it.
#[test]
fn the_policy_is_that_of_plan() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md")).expect("a reference");
    let statement = text.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a statement");
    let statement: Value = serde_json::from_str(statement).expect("it is JSON");
    let environment = ecr_probe::config::Environment::read(&|_| None).expect("an empty environment is sound");
    let plan = ecr_probe::plan::Plan::new(&[], &environment);
    assert_eq!(
        plan.policy(ecr_probe::config::MetricsTo::CloudWatch).expect("it has a statement")["Statement"][0],
        statement
    );
}
