//! What a function answers when all is well with its runtime API: reports, numbers, and how soon it is there.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::function::{Function, command, command_in, event, pause};
use super::runtime_api::RuntimeApi;
use super::sim::CANARIES;
use super::{HEALTHY, is_report, lab};

const PLACE: [(&str, &str); 2] =
    [("ECR_PROBE_SUBNET_ID", "subnet-0a1b2c3d4e5f60718"), ("ECR_PROBE_SECURITY_GROUP_IDS", "sg-0a1,sg-0b2")];

/// From the start to the first request for an invocation.
const COLD_START: Duration = Duration::from_millis(30);

/// What a pull may take of memory, at the most. The pages of the program count, and a debug build has ten times as many.
fn most_kib() -> u64 {
    let is_shipped = std::env::var_os("ECR_PROBE_STATIC").is_some();
    if is_shipped { 40 * 1024 } else { 56 * 1024 }
}

#[test]
fn an_empty_event_is_a_check_of_what_the_environment_names() {
    let lab = lab(HEALTHY);
    let api = RuntimeApi::start();
    let function = Function::start(command_in(&lab, &api, &PLACE));
    let report = api.invoke(&event(&lab, &json!({}))).result();
    is_report(&report);
    assert_eq!(report["verdict"], "healthy", "{report}");
    let vantage = &report["vantage"];
    assert_eq!((&vantage["mode"], &vantage["function"]), (&json!("lambda"), &json!("ecr-probe-a")));
    assert_eq!(vantage["subnet_id"], "subnet-0a1b2c3d4e5f60718");
    assert_eq!(vantage["security_groups"], json!(["sg-0a1", "sg-0b2"]));
    assert_eq!(report["pull"]["layers_verified"], 3, "every byte, as a check does: {report}");
    // A schedule has no reader of the result: it is in the log, too.
    assert_eq!(serde_json::from_str::<Value>(&function.line()).expect("a line is JSON"), report);
    assert_eq!(function.stderr(), "");
}

#[test]
fn a_broken_world_is_diagnosed_and_the_next_event_may_ask_for_less() {
    let lab = lab("mode = 'host'\n[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']\n[tcp]\ns3 = 'drop'");
    let api = RuntimeApi::start();
    let _function = Function::start(command_in(&lab, &api, &PLACE));
    let report = api.invoke(&event(&lab, &json!({ "timeout": "500ms", "assign_public_ip": false }))).result();
    is_report(&report);
    assert_eq!(
        (&report["verdict"], &report["diagnoses"][0]["code"]),
        (&json!("unhealthy"), &json!("RTE-03")),
        "{report}"
    );
    let report = api.invoke(&event(&lab, &json!({ "pull": "none", "samples": 3, "timeout": "500ms" }))).result();
    assert!(report["evidence"].as_array().is_some_and(|it| it.iter().any(|it| it["check"] == "connect-samples")));
    assert_eq!(report["pull"], Value::Null, "{report}");
}

#[test]
fn numbers_are_lines_on_stdout_or_sent() {
    let lab = lab("mode = 'host'\n[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts', 'logs']");
    for (sink, lines, calls) in [("emf", true, false), ("both", true, true), ("put", false, true)] {
        let before = lab.services().metric_requests().len();
        let api = RuntimeApi::start();
        let function = Function::start(command_in(&lab, &api, &[("ECR_PROBE_METRICS", sink)]));
        assert_eq!(api.invoke(&event(&lab, &json!({}))).result()["verdict"], "healthy");
        let of_function = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "ECRProbe" && line["FunctionName"] == "ecr-probe-a"
        };
        // They come after the report, and before the result is told.
        function.line();
        pause(50);
        assert_eq!(function.stdout().lines().any(of_function), lines, "{sink}: {}", function.stdout());
        assert_eq!(lab.services().metric_requests().len() > before, calls, "{sink}: {}", function.stderr());
    }
}

/// Numbers that come late are of no use: they are given up before the report is.
#[test]
fn numbers_that_cannot_be_sent_cost_no_report() {
    let lab = lab("mode = 'host'\n[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']");
    let api = RuntimeApi::start();
    let function = Function::start(command_in(&lab, &api, &[("ECR_PROBE_METRICS", "put")]));
    let began = Instant::now();
    api.event(event(&lab, &json!({})).to_string(), Duration::from_secs(5));
    let report = api.told().result();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(report["verdict"], "healthy", "{report}");
    function.says("metrics not sent");
}

#[test]
fn the_budget_ends_two_seconds_before_the_function() {
    let lab = lab("mode = 'host'\n[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']\n[tcp]\necr-dkr = 'drop'");
    let api = RuntimeApi::start();
    let mut function = Function::start(command_in(&lab, &api, &[]));
    let began = Instant::now();
    api.event(event(&lab, &json!({ "timeout": "30s" })).to_string(), Duration::from_millis(3_200));
    let report = api.told().result();
    let took = began.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_millis(2_000)).contains(&took), "{took:?}");
    assert!(report["cut_short"].as_str().is_some_and(|why| why.contains("budget")), "{report}");
    assert!(function.is_running());
}

/// The quickest of several starts: the others waited for the machine.
#[test]
fn it_asks_for_its_first_event_at_once() {
    let starts = (0..8).map(|_| {
        let api = RuntimeApi::start();
        let began = Instant::now();
        let _function = Function::start(command(&api.address(), &[]));
        api.asked() - began
    });
    let quickest = starts.min().expect("there are some");
    println!("{quickest:.1?} from the start to the first request");
    assert!(quickest < COLD_START, "{quickest:?}");
}

/// At the highest verbosity, and where layers are large: their bytes are read, and not kept.
#[test]
fn a_pull_takes_little_memory_and_shows_no_secret() {
    let lab = lab(&format!("{HEALTHY}\n[image]\nlayer_sizes = [30_000_000, 20_000_000, 14_000_000]"));
    let api = RuntimeApi::start();
    let function =
        Function::start(command_in(&lab, &api, &[("ECR_PROBE_LOG", "trace"), ("ECR_PROBE_METRICS", "both")]));
    let told = api.invoke(&event(&lab, &json!({})));
    assert!(
        told.result()["pull"]["bytes"].as_u64().is_some_and(|bytes| bytes >= 64_000_000),
        "{:?}",
        told.result()["pull"]
    );
    let most = function.kib("VmHWM:");
    println!("{most} KiB at the most, of a pull of 64 MB");
    assert!(most <= most_kib(), "{most} KiB");
    let stderr = function.stderr();
    assert!(!stderr.is_empty(), "nothing was logged, so nothing was tested");
    for (name, text) in [
        ("the result", String::from_utf8_lossy(&told.body).as_ref()),
        ("stdout", &function.stdout()),
        ("stderr", &stderr),
    ] {
        let shown: Vec<_> = CANARIES.iter().filter(|canary| text.contains(**canary)).collect();
        assert!(shown.is_empty(), "{shown:?} in {name}");
    }
}
