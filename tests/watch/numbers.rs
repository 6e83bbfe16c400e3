//! A watch that tells its numbers: after each report, and to CloudWatch as far as that listens.

use std::time::Duration;

use serde_json::Value;

use super::process::{Watch, until};
use super::sim::CANARIES;
use super::{lab, report, watch_within, world};

/// The simulated CloudWatch stands where that of logs does.
const REACHABLE: &str = "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts', 'logs']";

fn command(lab: &super::Loopback, sink: &str) -> std::process::Command {
    let mut command = watch_within(lab, "300ms", "3s");
    command.args(["--interval", "100ms", "--pull", "none", "--metrics", sink]);
    command
}

#[test]
fn every_report_is_followed_by_its_numbers() {
    let lab = lab(REACHABLE);
    let mut watch = Watch::start(command(&lab, "emf"));
    until("three rounds", || watch.stdout.text().matches("\"schema\"").count() > 3);
    watch.stop();
    let text = watch.stdout.whole();
    let mut rounds = text.split("{\"schema\"").skip(1);
    assert!(rounds.clone().count() >= 3);
    assert!(rounds.all(|round| {
        let mut lines = round.lines();
        report(&format!("{{\"schema\"{}", lines.next().expect("a report")));
        let numbers: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
        numbers.len() > 1 && numbers.iter().all(|it| it["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "ECRProbe")
    }));
}

/// A small probe runs while the large image beside it is pulled.
#[test]
fn the_pull_at_the_start_is_told_once_when_it_is_over() {
    let mut lab = lab(&format!("{REACHABLE}\n[task]\nis_pulling = true"));
    let mut watch = Watch::start(command(&lab, "emf"));
    let told = || watch.stdout.text().matches("\"TaskImagePullTime\":15").count();
    watch.stdout.wait("three rounds", |text| (text.matches("{\"schema\"").count() > 3).then_some(()));
    assert_eq!(told(), 0);
    lab.turn_into(&world(REACHABLE)).expect("the ports are free again");
    until("the pull's time", || told() > 0);
    let rounds = || watch.stdout.text().matches("{\"schema\"").count();
    let before = rounds();
    until("rounds after it", || rounds() >= before + 3);
    assert_eq!(told(), 1);
    watch.stop();
}

/// A server in CloudWatch's place may say again what it was sent.
#[test]
fn what_cloudwatch_echoes_is_no_secret_in_the_log() {
    let lab =
        lab(&format!("{REACHABLE}\n[reply.metrics]\nstatus = 400\nbody = 'you sent {{authorization}} and {{token}}'"));
    let mut watch = Watch::start(command(&lab, "put"));
    watch.wait_logged("metrics not sent: HTTP 400");
    watch.stop();
    let told = watch.stdout.whole() + &watch.stderr.whole();
    assert!(CANARIES.iter().all(|canary| !told.contains(canary)), "{told}");
}

/// It is told once that CloudWatch is away and once that it is back; nothing is lost meanwhile, no round is missing, and
/// the end of the watch does not wait for it.
#[test]
fn cloudwatch_may_come_and_go() {
    let silent = world(&format!("{REACHABLE}\n[reply.metrics]\nfault = 'silent'"));
    let mut lab = lab(REACHABLE);
    lab.turn_into(&silent).expect("the ports are free again");
    let mut watch = Watch::start(command(&lab, "put"));
    let report = watch.round(3);
    assert_eq!(report["verdict"], "healthy", "{report:#}");
    assert_eq!(watch.health().0, 0);
    assert_eq!(watch.logged("metrics not sent: no answer in time").len(), 1, "{}", watch.stderr.text());

    lab.turn_into(&world(REACHABLE)).expect("the ports are free again");
    watch.wait_logged("metrics are sent again");
    let healthy = || lab.services().metrics().iter().filter(|it| it["MetricName"] == "Healthy").count();
    assert!(healthy() >= 3, "{} of the rounds before", healthy());

    lab.turn_into(&silent).expect("the ports are free again");
    until("the second time", || watch.logged("metrics not sent").len() == 2);
    watch.signal("TERM");
    assert_eq!(watch.ended(Duration::from_secs(2)).code(), Some(0), "{}", watch.stderr.text());
    assert_eq!(watch.logged("metrics are sent again").len(), 1, "{}", watch.stderr.text());
}
