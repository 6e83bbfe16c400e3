//! One round after another: what is printed of them, and when they begin.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::process::{Watch, until};
use super::sim::CANARIES;
use super::{healthy, report, watch, watch_fully};

/// When rounds ended and how long they took, in milliseconds, by the log.
fn logged(log: &str) -> Vec<(f64, f64)> {
    let of_a_round = log.lines().filter(|line| line.contains("entry::watch") && line.contains("took_ms="));
    of_a_round
        .map(|line| {
            let at =
                OffsetDateTime::parse(line.split(' ').next().unwrap(), &Rfc3339).expect("a line begins with a time");
            let took = line.split("took_ms=").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
            (at.unix_timestamp_nanos() as f64 / 1e6, took.expect("a number"))
        })
        .collect()
}

#[test]
fn each_round_is_one_line_as_the_schema_has_it() {
    const ROUNDS: usize = 10;
    const INTERVAL_MS: f64 = 200.0;
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "200ms"]).env("ECR_PROBE_LOG", "debug");
    let mut watch = Watch::start(command);
    watch.round(ROUNDS);
    watch.stop();

    let stdout = watch.stdout.text();
    assert!(stdout.ends_with('\n'), "a torn line");
    let reports: Vec<Value> = stdout.lines().map(report).collect();
    assert!(reports.iter().all(|it| it["verdict"] == "healthy"), "{}", reports[0]);
    let began: Vec<&str> = reports.iter().filter_map(|it| it["started_at"].as_str()).collect();
    assert!(began.is_sorted(), "{began:?}");

    // The log is written at a round's end, so a round that began before the one before had ended shows.
    let ends = logged(&watch.stderr.text());
    assert_eq!(ends.len(), reports.len(), "{}", watch.stderr.text());
    let mut late = Vec::new();
    for pair in ends.windows(2) {
        let [(before, before_took), (ended, took)] = [pair[0], pair[1]];
        let pause = ended - took - before;
        assert!(pause > INTERVAL_MS / 10.0 - 5.0, "{pause} ms between rounds");
        // A round that took longer than the interval moves the next one.
        let due = (INTERVAL_MS * 1.1 - before_took).max(INTERVAL_MS / 10.0);
        late.push(pause - due);
    }
    // One round may wait for the machine, and not most of them.
    late.sort_by(f64::total_cmp);
    assert!(late[late.len() / 2] < 200.0, "{late:?} ms late");
    let (first, last) = (ends[0], ends[ends.len() - 1]);
    let mean = (last.0 - last.1 - first.0 + first.1) / (ends.len() - 1) as f64;
    assert!(mean > INTERVAL_MS * 0.9 - 5.0, "{mean} ms from round to round");
}

/// With `--pull none` no layer is asked for, so that one which was is a full round's.
#[test]
fn a_round_now_and_then_fetches_every_byte() {
    let lab = healthy();
    let mut command = watch_fully(&lab);
    command.args(["--interval", "50ms", "--verify-every", "1s", "--pull", "none"]);
    let mut watch = Watch::start(command);
    let full = || watch.stdout.text().lines().filter(|line| line.contains("\"layers_verified\":3")).count();
    until("two full rounds", || full() >= 2);
    let full = full();
    assert!(watch.told() > full, "{full} of {}", watch.told());
    watch.stop();
}

/// At the highest verbosity.
#[test]
fn rounds_share_a_token_and_show_it_nowhere() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "50ms", "--pull", "none"]).env("ECR_PROBE_LOG", "trace");
    let mut watch = Watch::start(command);
    let tokens = |number| {
        let report = watch.round(number);
        let evidence = report["evidence"].as_array().expect("a list").clone();
        let of_token = evidence.into_iter().filter(|it| it["check"] == "token");
        of_token.map(|it| it["outcome"]["result"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tokens(1), ["issued"]);
    assert_eq!((tokens(2), tokens(5)), (vec!["reused".to_owned()], vec!["reused".to_owned()]));
    watch.stop();
    let written = [watch.stdout.text(), watch.stderr.text()];
    let leaked = CANARIES.iter().find(|canary| written.iter().any(|text| text.contains(**canary)));
    assert_eq!(leaked, None);
}

#[test]
fn a_watch_of_a_fleet_holds_its_first_round_back_and_says_so() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--start-spread", "24h"]);
    let mut watch = Watch::start(command);
    watch.wait_logged("the first round waits");
    until("a state", || watch.state().exists());
    let (exit, line) = watch.health();
    assert!(exit == 0 && line.contains("--start-spread"), "{exit} {line}");
    watch.stop();
    assert_eq!(watch.told(), 0);
}

#[test]
fn text_is_for_who_asks_for_it() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "100ms", "--output", "text"]);
    let mut watch = Watch::start(command);
    watch.stdout.wait("a second report", |text| (text.matches("can be pulled from here").count() >= 2).then_some(()));
    watch.stop();
}
