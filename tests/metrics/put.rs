//! The binary with `--metrics`, and CloudWatch on loopback.

use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ecr_probe::edge::{Live, NotSent};
use ecr_probe::metrics::{Datum, Dimension, Metric, Queue};
use ecr_probe::model::Timestamp as Moment;
use serde_json::{Value, json};

use super::apart;
use super::sim::{CANARIES, Loopback};
use super::{WITH_LOGS, world};

struct Ran {
    output: Output,
    took: Duration,
}

impl Ran {
    fn stdout(&self) -> Vec<Value> {
        let text = String::from_utf8_lossy(&self.output.stdout);
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// What a reader of the report goes by.
    fn verdict(&self) -> (Option<i32>, Value) {
        (self.output.status.code(), self.stdout()[0]["verdict"].clone())
    }
}

fn check(loopback: &Loopback, more: &[&str]) -> Ran {
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["check", &loopback.world().reference(), "--output", "json", "--platform", "linux/amd64"])
        // Of the rules for connections the first that fits is taken.
        .args(more)
        .args(["--timeout", "700ms"].iter().filter(|_| !more.contains(&"--timeout")))
        .args(loopback.arguments())
        .env_clear()
        .envs(loopback.environment())
        .output()
        .expect("the binary starts");
    let ran = Ran { output, took: began.elapsed() };
    for canary in CANARIES {
        assert!(!String::from_utf8_lossy(&ran.output.stdout).contains(canary), "{canary}");
        assert!(!ran.stderr().contains(canary), "{canary}: {}", ran.stderr());
    }
    ran
}

fn loopback(toml: &str) -> Loopback {
    Loopback::start(world(&format!("{WITH_LOGS}{toml}"))).expect("the simulated AWS starts")
}

#[test]
fn lines_follow_the_report() {
    let loopback = loopback("");
    let ran = check(&loopback, &["--metrics", "emf"]);
    let lines = ran.stdout();
    assert_eq!(lines[0]["schema"], "ecr-probe.report/1");
    assert_eq!(lines.len(), 5, "one of the check, and one of each endpoint but logs: {lines:?}");
    assert!(lines[1..].iter().all(|line| line["_aws"].is_object() && line["schema"].is_null()));
    assert!(ran.output.stderr.is_empty(), "{}", ran.stderr());
    assert!(loopback.services().metrics().is_empty());

    let text = check_text(&loopback);
    assert_eq!(text.lines().filter(|line| line.starts_with("{\"AvailabilityZone\"")).count(), 4, "{text}");
    assert!(text.contains("\nhealthy: "), "{text}");
    assert_eq!(check(&loopback, &[]).stdout().len(), 1, "nothing but the report where nothing was asked for");
}

fn check_text(loopback: &Loopback) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["check", &loopback.world().reference(), "--platform", "linux/amd64"])
        .args(loopback.arguments())
        .env_clear()
        .env("ECR_PROBE_METRICS", "emf")
        .envs(loopback.environment())
        .output();
    String::from_utf8(ran.expect("the binary starts").stdout).expect("text")
}

#[test]
fn cloudwatch_gets_what_the_lines_say() {
    let loopback = loopback("");
    let ran = check(&loopback, &["--metrics", "both"]);
    assert!(ran.output.stderr.is_empty(), "{}", ran.stderr());
    let requests = loopback.services().metric_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["Namespace"], "ECRProbe");
    let lines = ran.stdout();
    let mut told = 0;
    for line in &lines[1..] {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        for definition in directive["Metrics"].as_array().expect("a list") {
            told += 1;
            let is_it = |datum: &&Value| {
                let dimensions = datum["Dimensions"].as_array().expect("a list");
                let endpoint = dimensions.iter().find(|it| it["Name"] == "Endpoint").map(|it| &it["Value"]);
                datum["MetricName"] == definition["Name"] && endpoint == line.get("Endpoint")
            };
            let data = loopback.services().metrics();
            let datum = data.iter().find(is_it).unwrap_or_else(|| panic!("{definition}"));
            assert_eq!(datum["Unit"], definition["Unit"]);
            assert_eq!(datum["Value"].as_f64(), line[definition["Name"].as_str().expect("a name")].as_f64());
            let milliseconds = datum["Timestamp"].as_f64().map(|seconds| seconds * 1e3);
            assert_eq!(milliseconds, line["_aws"]["Timestamp"].as_f64());
        }
    }
    assert_eq!(loopback.services().metrics().len(), told);
}

#[test]
fn cloudwatch_is_told_the_cluster_where_it_is_asked_for() {
    let loopback = loopback("");
    let ran = check(&loopback, &["--metrics", "both", "--metrics-by", "cluster"]);
    let cluster = &ran.stdout()[1]["ClusterName"];
    assert!(cluster.as_str().is_some_and(|name| !name.contains('/')), "{cluster}");
    let data = loopback.services().metrics();
    assert!(!data.is_empty());
    for datum in data {
        let dimensions = datum["Dimensions"].as_array().expect("a list");
        assert!(dimensions.iter().any(|it| it["Name"] == "ClusterName" && it["Value"] == *cluster), "{datum}");
    }
}

/// One address of each endpoint is dead: the first of its answers, whichever the name server gives first.
#[test]
fn a_dead_address_keeps_no_numbers_back() {
    for dead in ["1", "2"] {
        let toml = format!(
            "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'logs', 'sts']\n\
             dead_endpoint_addresses = ['logs/{dead}', 'sts/{dead}']"
        );
        let loopback = Loopback::start(world(&toml)).expect("the simulated AWS starts");
        let ran = check(&loopback, &["--metrics", "put"]);
        assert!(ran.output.stderr.is_empty(), "{dead}: {}", ran.stderr());
        assert!(!loopback.services().metrics().is_empty(), "{dead}");
    }
}

/// Whatever CloudWatch says or does not say, the check says the same, in time.
#[test]
fn a_sink_that_fails_changes_no_verdict() {
    let broken = "[tcp]\ns3 = 'refuse'\n";
    let (healthy, unhealthy) = (check(&loopback(""), &[]), check(&loopback(broken), &[]));
    assert_ne!(healthy.verdict(), unhealthy.verdict());
    for (plain, toml, sink, saying) in [
        (&healthy, "", "fault = 'silent'", "no answer in time"),
        (&healthy, "", "fault = 'reset'", "was cut"),
        (&healthy, "", "fault = 'garbage'", "cannot be read"),
        (&healthy, "", "fault = 'huge'", "cannot be read"),
        (&healthy, "", "status = 503\nbody = 'unavailable'", "HTTP 503"),
        (&healthy, "", "code = 'AccessDenied'\nmessage = 'not authorized to perform'", "not authorized"),
        (&healthy, "", "code = 'Throttling'\nmessage = 'Rate exceeded'", "Rate exceeded"),
        (&healthy, "", "code = 'InvalidParameterValueException'", "22 data are refused"),
        (&healthy, "", "status = 400\nbody = 'you sent {authorization} and {token}'", "HTTP 400"),
        (&unhealthy, broken, "fault = 'silent'", "no answer in time"),
        (&unhealthy, broken, "code = 'AccessDenied'", "AccessDenied"),
    ] {
        let loopback = loopback(&format!("{toml}[reply.metrics]\n{sink}"));
        let ran = check(&loopback, &["--metrics", "put"]);
        let stderr = ran.stderr();
        assert_eq!((ran.verdict(), ran.stdout().len()), (plain.verdict(), 1), "{sink}");
        assert_eq!(stderr.lines().count(), 1, "{sink}: {stderr}");
        assert!(stderr.starts_with("ecr-probe: metrics not sent: ") && stderr.contains(saying), "{sink}: {stderr}");
        // Three tries of two acts each, and what is between them.
        assert!(ran.took < plain.took + Duration::from_secs(6), "{sink}: {:?}", ran.took);
    }
}

#[test]
fn cloudwatch_that_cannot_be_reached_costs_no_more_than_is_left() {
    let with = loopback("");
    let without = Loopback::start(world("")).expect("the simulated AWS starts");
    let plain = check(&with, &[]);
    // Nothing listens there; and where CloudWatch has no endpoint, nothing answers.
    for (loopback, rule, saying) in [
        (&with, "monitoring.eu-west-1.amazonaws.com:443:127.0.0.1:9", "connection refused"),
        (&without, "other.example:443:127.0.0.1:9", "timed out"),
    ] {
        let ran = check(loopback, &["--metrics", "put", "--connect-to", rule]);
        let stderr = ran.stderr();
        assert_eq!(ran.verdict(), plain.verdict(), "{saying}");
        assert!(stderr.contains(&format!("metrics not sent: no connection: {saying}")), "{stderr}");
        assert!(ran.took < plain.took + Duration::from_secs(4), "{saying}: {:?}", ran.took);
    }
    // A check that has used its time up leaves none.
    let stalled = loopback("[reply.token]\nfault = 'silent'\n[reply.metrics]\nfault = 'silent'");
    let ran = check(&stalled, &["--metrics", "put", "--timeout", "30s", "--budget", "1s"]);
    assert!(ran.took < Duration::from_millis(1_500), "{:?}", ran.took);
    assert_eq!(ran.stdout()[0]["verdict"], "inconclusive");
    assert!(ran.stderr().contains("metrics not sent"), "{}", ran.stderr());
}

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

/// One a second, from then on.
fn data(from: i64, count: usize) -> impl Iterator<Item = Datum> {
    let long = "x".repeat(255);
    let dimensions: Arc<[Dimension]> = Arc::new([
        Dimension { name: "Service", value: long.clone() },
        Dimension { name: "AvailabilityZone", value: long },
        Dimension { name: "Endpoint", value: "ecr-api".into() },
    ]);
    (0..count).map(move |nth| Datum {
        metric: Metric::HandshakeTime,
        dimensions: dimensions.clone(),
        at: Moment(from + nth as i64),
        value: nth as f64,
    })
}

/// Runs one of the tests below as a process in this simulated AWS.
fn succeeds(loopback: &Loopback, test: &str) {
    let arguments: Vec<String> =
        loopback.arguments().into_iter().map(|it| it.into_string().expect("a path in UTF-8")).collect();
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.env_clear().envs(loopback.environment());
    let output = apart::again(command, test, &json!(arguments));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// What waited is sent in as many requests as it takes, in its order and with its own times.
#[test]
fn a_long_queue_goes_in_several_requests() {
    let loopback = loopback("");
    succeeds(&loopback, "put::sends_a_long_queue");
    let sizes = |requests: &[Value]| -> Vec<usize> {
        requests.iter().map(|it| it["MetricData"].as_array().map_or(0, Vec::len)).collect()
    };
    assert_eq!(sizes(&loopback.services().metric_requests()), [500, 500, 200]);
    let values: Vec<Option<f64>> = loopback.services().metrics().iter().map(|it| it["Value"].as_f64()).collect();
    assert_eq!(values, (0..1_200).map(|nth| Some(f64::from(nth))).collect::<Vec<_>>());
    let times: Vec<f64> = loopback.services().metrics().iter().filter_map(|it| it["Timestamp"].as_f64()).collect();
    assert_eq!(times[1_199] - times[0], 1_199.0);
}

/// Data that waited for two weeks are refused with all that is in their request: no more are given up than one check has.
#[test]
fn what_waited_too_long_takes_little_along() {
    let loopback = loopback("");
    succeeds(&loopback, "put::sends_what_waited_too_long");
    let sent = loopback.services().metrics().len();
    assert!((1_000 - 32..1_000).contains(&sent), "{sent}");
}

#[test]
fn sends_what_waited_too_long() {
    let Some(arguments) = apart::asked() else { return };
    let live = Live::new(&apart::settings(&arguments)).expect("it can be made");
    let mut queue = Queue::default();
    queue.add(data(now() - 15 * 86_400, 22));
    queue.add(data(now() - 1_000, 978));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let sent = runtime.block_on(live.cloudwatch(Some("eu-west-1")).send(&mut queue, Duration::from_secs(20)));
    let why = sent.expect_err("some are refused").to_string();
    assert!(why.contains("data are refused") && why.contains("two weeks"), "{why}");
    assert!(queue.is_empty() && (22..=32).contains(&queue.take_dropped()));
}

#[test]
fn sends_a_long_queue() {
    let Some(arguments) = apart::asked() else { return };
    let cloudwatch = |more: &[&str]| {
        // Of the rules for connections the first that fits is taken.
        let given = arguments.as_array().into_iter().flatten().cloned();
        let all = ["--timeout", "2s"].iter().chain(more).map(|it| json!(it)).chain(given);
        let live = Live::new(&apart::settings(&all.collect())).expect("it can be made");
        live.cloudwatch(Some("eu-west-1"))
    };
    let mut queue = Queue::default();
    let from = now() - 1_200;
    queue.add(data(from, 700));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let within = Duration::from_secs(20);
        // Nothing listens there: all of it waits for a better time.
        let closed = cloudwatch(&["--connect-to", ":443:127.0.0.1:9"]);
        assert_eq!(
            closed.send(&mut queue, within).await,
            Err(NotSent::Failed { why: "no connection: connection refused".to_owned() })
        );
        assert_eq!(closed.send(&mut queue, Duration::ZERO).await, Err(NotSent::OutOfTime));
        assert_eq!(queue.len(), 700);
        queue.add(data(from, 1_200).skip(700));
        assert_eq!(cloudwatch(&[]).send(&mut queue, within).await, Ok(()));
        assert!(queue.is_empty());
    });
}

/// What is wrong with a file is no reason to keep numbers back.
#[test]
fn a_report_that_cannot_be_saved_is_counted_all_the_same() {
    let loopback = loopback("");
    let ran = check(&loopback, &["--metrics", "both", "--save", "/no/such/folder/report"]);
    assert_eq!((ran.output.status.code(), ran.stdout().len()), (Some(2), 5), "{}", ran.stderr());
    assert!(!loopback.services().metrics().is_empty());
}
