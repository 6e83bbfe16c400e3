//! A report that is longer than Lambda takes loses evidence of what works, and says so.

use ecr_probe::model::{Act, Check, Report};
use ecr_probe::run::{Observed, fit, judge};
use serde_json::Value;

use super::sim::World;
use super::{is_report, support};

/// A report whose evidence is repeated so often, with numbers of its own.
fn long(world: &str, times: usize, of: impl Fn(&Act) -> bool) -> Report {
    let mut report = support::check(World::from_toml(world).expect("it is a world"));
    let again: Vec<_> = report.evidence.iter().filter(|it| of(&it.act)).cloned().collect();
    let mut id = report.evidence.iter().map(|it| it.id).max().expect("there is evidence");
    for mut observation in (0..times).flat_map(|_| again.clone()) {
        id += 1;
        observation.id = id;
        report.evidence.observations.push(observation);
    }
    report
}

fn count(report: &Value) -> usize {
    report["evidence"].as_array().expect("a list").len()
}

#[test]
fn a_short_report_is_whole() {
    let report = long("", 0, |_| true);
    let json: Value = serde_json::from_str(&fit(report.clone(), 1_000_000).unwrap()).unwrap();
    assert_eq!((&json["trimmed"], count(&json)), (&Value::Null, report.evidence.observations.len()));
}

#[test]
fn layers_go_first_and_the_figures_stay() {
    let report = long("", 4_000, |act| matches!(act.check(), Check::LayerUrl | Check::LayerBytes));
    let (pull, before) = (serde_json::to_value(&report.pull).unwrap(), report.evidence.observations.len());
    assert!(serde_json::to_string(&report).unwrap().len() > 6_000_000);
    let text = fit(report, 6_000_000).unwrap();
    assert!(text.len() < 100_000);
    let json: Value = serde_json::from_str(&text).unwrap();
    is_report(&json);
    assert_eq!(json["trimmed"].as_u64().unwrap() as usize + count(&json), before);
    assert_eq!((&json["pull"], json["verdict"].as_str()), (&pull, Some("healthy")));
    let checks: Vec<&str> = json["evidence"].as_array().unwrap().iter().filter_map(|it| it["check"].as_str()).collect();
    for kept in ["resolve", "connect", "handshake", "token", "manifest", "config"] {
        assert!(checks.contains(&kept), "{kept} is gone: {checks:?}");
    }
    // Judged again it says the same, and that something is missing.
    let again = judge(Observed::read(text.as_bytes()).expect("it is a report"));
    assert_eq!(serde_json::to_value(&again.pull).unwrap(), pull);
    assert_eq!(again.trimmed, json["trimmed"].as_u64().map(|it| it as usize));
    let shown = ecr_probe::render::text(&again, ecr_probe::render::Style::Plain);
    assert!(shown.contains("trimmed: ") && shown.contains(" observations of successful steps left out"), "{shown}");
}

#[test]
fn what_a_finding_cites_stays() {
    let broken = "[tcp]\ns3 = 'drop'";
    let report = long(broken, 9_000, |act| act.check() == Check::Resolve && !act.is_symptom());
    let cited: Vec<u32> = report.diagnoses.iter().flat_map(|finding| finding.cites.clone()).collect();
    assert!(!cited.is_empty());
    let json: Value = serde_json::from_str(&fit(report, 6_000_000).unwrap()).unwrap();
    is_report(&json);
    assert_eq!((json["verdict"].as_str(), json["diagnoses"][0]["code"].as_str()), (Some("unhealthy"), Some("RTE-03")));
    let left: Vec<u64> = json["evidence"].as_array().unwrap().iter().filter_map(|it| it["id"].as_u64()).collect();
    assert!(cited.iter().all(|id| left.contains(&u64::from(*id))), "{cited:?}, {left:?}");
    assert!(json["trimmed"].as_u64().is_some_and(|gone| gone > 9_000));
    let again = judge(Observed::read(json.to_string().as_bytes()).expect("it is a report"));
    assert_eq!(again.diagnoses[0].code.id(), "RTE-03");
}

#[test]
fn what_is_too_long_all_the_same_is_an_error() {
    let report = long("[tcp]\ns3 = 'drop'", 9_000, Act::is_symptom);
    let error = fit(report, 1_000_000).unwrap_err().to_string();
    assert!(error.contains("1000000") && error.contains("name fewer images"), "{error}");
}
