//! Which metrics there are of which evidence.

use std::collections::BTreeMap;

use ecr_probe::config::MetricsBy;
use ecr_probe::metrics::{Datum, Metric, Per, gather, is_told};
use ecr_probe::model::{Report, Verdict};

use super::{WITH_LOGS, reports, support, world};

/// By `Endpoint/Name`, or the name alone.
fn numbers(data: &[Datum]) -> BTreeMap<String, f64> {
    let key = |datum: &Datum| {
        let endpoint = datum.dimensions.iter().find(|it| it.name == "Endpoint");
        let place = endpoint.map(|it| format!("{}/", it.value)).unwrap_or_default();
        format!("{place}{}", datum.metric.name())
    };
    let numbers: BTreeMap<String, f64> = data.iter().map(|datum| (key(datum), datum.value)).collect();
    assert_eq!(numbers.len(), data.len(), "a metric is there twice");
    numbers
}

fn of(toml: &str) -> (Report, BTreeMap<String, f64>) {
    let report = support::check(world(toml));
    let numbers = numbers(&gather(&report, report.verdict, None, MetricsBy::Service));
    (report, numbers)
}

#[test]
fn a_healthy_check_tells_all_there_is() {
    let (report, numbers) = of(&format!("also = ['logs']\n{WITH_LOGS}[image]\nlayer_sizes = [3000000]"));
    let names: Vec<&str> = numbers.keys().map(String::as_str).collect();
    let mut expected = Vec::new();
    for metric in Metric::ALL.iter().filter(|metric| **metric != Metric::MetricsDropped) {
        match metric.per() {
            Per::Check => expected.push(metric.name().to_owned()),
            Per::Endpoint => {
                // Nothing is asked of CloudWatch Logs but a handshake.
                let endpoints = ["ecr-api", "ecr-dkr", "s3", "logs"];
                let asked = endpoints.iter().filter(|it| **it != "logs" || *metric != Metric::RequestTime);
                expected.extend(asked.map(|endpoint| format!("{endpoint}/{}", metric.name())));
            }
        }
    }
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!((numbers["Healthy"], numbers["Inconclusive"]), (1.0, 0.0));
    assert_eq!(numbers["CheckDuration"], report.duration_ms / 1e3);
    assert_eq!(numbers["TaskImagePullTime"], 15.0);
    assert_eq!(numbers["ClockOffset"], 0.0);
    let pull = report.pull.expect("layers came");
    assert_eq!(Some(numbers["PullThroughput"]), pull.bytes_per_second);
    assert_eq!(Some(numbers["EstimatedPullTime"]), pull.estimated_full_seconds);
    // As the simulator times them, in milliseconds.
    assert_eq!((numbers["s3/ResolveTime"], numbers["s3/ConnectTime"], numbers["s3/HandshakeTime"]), (1.2, 0.8, 4.1));
    assert!(numbers["ecr-api/RequestTime"] > 10.0, "{numbers:?}");
}

/// An alarm on `Healthy` must not sleep through a check that could not tell.
#[test]
fn healthy_is_there_whatever_the_verdict() {
    let mut verdicts = Vec::new();
    for (name, report) in reports() {
        let numbers = numbers(&gather(&report, report.verdict, None, MetricsBy::Service));
        let told = (numbers["Healthy"], numbers["Inconclusive"]);
        let expected = match report.verdict {
            Verdict::Healthy | Verdict::Degraded => (1.0, 0.0),
            Verdict::Unhealthy => (0.0, 0.0),
            Verdict::Inconclusive => (0.0, 1.0),
        };
        assert_eq!(told, expected, "{name}: {:?}", report.verdict);
        verdicts.push(report.verdict.name());
    }
    for verdict in ["healthy", "degraded", "unhealthy", "inconclusive"] {
        assert!(verdicts.contains(&verdict), "no page is {verdict}");
    }
}

#[test]
fn what_does_not_answer_has_no_time() {
    let (_, numbers) = of("[tcp]\ns3 = 'drop'");
    assert_eq!((numbers["s3/Reachable"], numbers["ecr-dkr/Reachable"], numbers["ecr-api/Reachable"]), (0.0, 1.0, 1.0));
    assert!(numbers.contains_key("s3/ResolveTime") && !numbers.contains_key("s3/ConnectTime"), "{numbers:?}");
    assert!(!numbers.contains_key("PullThroughput") && !numbers.contains_key("s3/RequestTime"), "{numbers:?}");

    let (_, numbers) = of("[dns]\nall = 'silent'");
    for endpoint in ["ecr-api", "ecr-dkr", "s3"] {
        assert_eq!(numbers[&format!("{endpoint}/Reachable")], 0.0);
        assert!(!numbers.contains_key(&format!("{endpoint}/ResolveTime")));
    }
    assert!(!numbers.contains_key("ClockOffset"));
}

/// As long as one address works a pull does.
#[test]
fn one_dead_address_is_not_unreachable() {
    let (report, numbers) = of("[vpc]\ndead_endpoint_addresses = ['ecr-dkr/1']");
    assert_eq!(report.verdict, Verdict::Degraded);
    assert_eq!((numbers["ecr-dkr/Reachable"], numbers["Healthy"]), (1.0, 1.0));
    // The dead one's time-out is no time.
    assert!(numbers["ecr-dkr/ConnectTime"] < 10.0, "{numbers:?}");
}

#[test]
fn the_clock_here_is_off_by_what_the_answers_say() {
    assert_eq!(of("[clock]\nskew_s = -900").1["ClockOffset"], 900.0);
    assert_eq!(of("[clock]\nskew_s = 30").1["ClockOffset"], -30.0);
}

/// Few bytes measure round trips.
#[test]
fn too_few_bytes_have_no_rate() {
    let (report, _) = of("");
    let mut report = report;
    let pull = report.pull.as_mut().expect("layers came");
    (pull.estimated_full_seconds, pull.within_budget) = (None, None);
    let numbers = numbers(&gather(&report, report.verdict, None, MetricsBy::Service));
    assert!(!numbers.contains_key("PullThroughput") && !numbers.contains_key("EstimatedPullTime"), "{numbers:?}");
}

#[test]
fn the_pull_at_the_start_is_told_once() {
    let report = support::check(world(""));
    assert!(numbers(&gather(&report, report.verdict, None, MetricsBy::Service)).contains_key("TaskImagePullTime"));
    assert!(
        !numbers(&gather(&report, report.verdict, Some(15.0), MetricsBy::Service)).contains_key("TaskImagePullTime")
    );
    // The EC2 agent moves the end on with each image.
    assert_eq!(numbers(&gather(&report, report.verdict, Some(4.0), MetricsBy::Service))["TaskImagePullTime"], 15.0);
}

/// What only full rounds of a watch see stands in between.
#[test]
fn a_fault_that_stands_is_no_health() {
    let report = support::check(world(""));
    assert_eq!(numbers(&gather(&report, report.verdict, None, MetricsBy::Service))["Healthy"], 1.0);
    assert_eq!(numbers(&gather(&report, Verdict::Unhealthy, None, MetricsBy::Service))["Healthy"], 0.0);
}

#[test]
fn a_check_that_somebody_ended_is_no_fault() {
    let mut report = support::check(world("[tcp]\ns3 = 'drop'"));
    for (verdict, told) in [
        (Verdict::Unhealthy, true),
        (Verdict::Degraded, true),
        (Verdict::Healthy, true),
        (Verdict::Inconclusive, false),
    ] {
        report.verdict = verdict;
        assert_eq!(is_told(&report, true), told, "{verdict:?}");
        assert!(is_told(&report, false), "{verdict:?}");
    }
}
