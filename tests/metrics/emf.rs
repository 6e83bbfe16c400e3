//! Lines of the embedded metric format, against its specification.

use std::collections::BTreeSet;

use ecr_probe::config::MetricsBy;
use ecr_probe::metrics::{Metric, emf, gather};
use ecr_probe::model::{Report, Vantage};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::sim::World;
use super::{reports, support};

/// The smallest limit that CloudWatch Logs has had for an event; it takes 1 MB today.
const LARGEST_EVENT: usize = 256 * 1024;

fn validator() -> Validator {
    let schema = serde_json::from_str(include_str!("emf.schema.json")).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
}

fn lines(report: &Report) -> Vec<Value> {
    let text = emf(report, report.verdict, &gather(report, report.verdict, None, MetricsBy::Service));
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// What is wrong with a line.
fn complaints(validator: &Validator, line: &Value) -> Vec<String> {
    let mut wrong: Vec<String> =
        validator.iter_errors(line).map(|error| format!("{error} at {}", error.instance_path())).collect();
    if line.to_string().len() > LARGEST_EVENT {
        wrong.push("too large for an event".into());
    }
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
        for name in directive["Dimensions"].as_array().into_iter().flatten().flat_map(|set| set.as_array()).flatten() {
            let value = &line[name.as_str().unwrap_or_default()];
            if value.as_str().is_none_or(|value| value.is_empty() || value.len() > 1024 || !value.is_ascii()) {
                wrong.push(format!("dimension {name} is {value}"));
            }
        }
        let names: Vec<&str> =
            directive["Metrics"].as_array().into_iter().flatten().filter_map(|it| it["Name"].as_str()).collect();
        wrong.extend(names.iter().filter(|name| !line[**name].is_number()).map(|name| format!("{name} has no number")));
        if names.iter().collect::<BTreeSet<_>>().len() != names.len() {
            wrong.push("a metric is named twice".into());
        }
    }
    wrong
}

fn dimensions(line: &Value) -> &Value {
    &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]
}

#[test]
fn every_line_of_every_page_is_in_the_format() {
    let validator = validator();
    let mut wrong = Vec::new();
    for (name, report) in reports() {
        let lines = lines(&report);
        for line in &lines {
            wrong.extend(complaints(&validator, line).into_iter().map(|why| format!("{name}: {why}\n{line}")));
            let known = |dimension: &Value| {
                ["Service", "Family", "AvailabilityZone", "Endpoint"].iter().any(|known| dimension == known)
            };
            assert!(dimensions(line).as_array().is_some_and(|set| set.iter().all(known)), "{line}");
        }
        // One line for the check, and one for each endpoint.
        let sets: BTreeSet<String> = lines.iter().map(|line| line["Endpoint"].to_string()).collect();
        assert_eq!(sets.len(), lines.len(), "{name}");
        assert!(lines.first().is_some_and(|line| line["Healthy"].is_number() && line["Endpoint"].is_null()), "{name}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_line_says_what_a_query_filters_by() {
    let broken = support::check(super::world("[tcp]\ns3 = 'drop'"));
    for line in lines(&broken) {
        assert_eq!(line["verdict"], broken.verdict.name(), "{line}");
        assert_eq!(line["code"], broken.diagnoses[0].code.id(), "{line}");
        assert_eq!(line["task"], "9f3c51a2e8b74d0fa6b1c2d3e4f50617", "{line}");
        assert_eq!(dimensions(&line)[0], "Family", "{line}");
    }
    let healthy = lines(&support::check(World::healthy()));
    assert!(healthy.iter().all(|line| line["verdict"] == "healthy" && line["code"].is_null()));
    let times = healthy.iter().map(|line| line["_aws"]["Timestamp"].as_i64().unwrap_or_default());
    assert!(times.into_iter().all(|time| time > 1_000_000_000_000), "not in milliseconds");
}

#[test]
fn a_line_has_the_cluster_where_it_is_asked_for() {
    let report = support::check(World::healthy());
    let text = emf(&report, report.verdict, &gather(&report, report.verdict, None, MetricsBy::Cluster));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    for line in &lines {
        assert!(complaints(&validator(), line).is_empty(), "{line}");
        assert_eq!(dimensions(line)[1], "ClusterName", "{line}");
        let cluster = line["ClusterName"].as_str().expect("a name");
        assert!(report.vantage.cluster.as_deref().is_some_and(|known| known.ends_with(cluster)), "{line}");
    }
    assert!(lines.len() > 1);
}

/// A host has no service and no zone: its metrics have no dimension but the endpoint.
#[test]
fn a_dimension_set_may_be_empty() {
    let lines = lines(&support::check(super::world("mode = 'host'")));
    assert_eq!(dimensions(&lines[0]), &json!([]));
    assert_eq!(dimensions(&lines[1]), &json!(["Endpoint"]));
    assert!(lines.iter().all(|line| complaints(&validator(), line).is_empty()));
}

#[test]
fn whatever_metadata_says_is_a_sound_dimension() {
    let mut report = support::check(World::healthy());
    for text in ["caf\u{e9} \u{1f600}\n", &"x".repeat(5_000), "a\"b\\c", "\u{7}"] {
        let (service, az) = (Some(text.to_owned()), Some(text.to_owned()));
        report.vantage = Vantage { service, az, ..report.vantage };
        for line in lines(&report) {
            assert_eq!(complaints(&validator(), &line), [""; 0], "{text:?}");
        }
    }
}

#[test]
fn no_property_is_taken_for_a_metric() {
    for metric in Metric::ALL {
        assert!(
            !["verdict", "code", "task", "Service", "Family", "AvailabilityZone", "Endpoint"].contains(&metric.name())
        );
    }
}
