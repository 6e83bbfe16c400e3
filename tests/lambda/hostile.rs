//! Events that are none, and a runtime API that does not do what it should: each ends soon, in an error that says why.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::function::{Function, command, command_in, event, pause};
use super::runtime_api::{Given, HANG_UP, RuntimeApi, SILENCE, since_1970};
use super::{HEALTHY, is_report, lab};

/// Refused before anything is done.
const AT_ONCE: Duration = Duration::from_secs(1);

fn function(api: &RuntimeApi) -> Function {
    Function::start(command(&api.address(), &[]))
}

fn stopped() -> Value {
    json!({ "detail-type": "ECS Task State Change", "detail": { "lastStatus": "RUNNING" } })
}

#[test]
fn garbage_gets_an_error_that_says_what_is_taken() {
    let api = RuntimeApi::start();
    let mut function = function(&api);
    let six_megabytes = 6 * 1024 * 1024;
    let events: Vec<(Vec<u8>, &str)> = vec![
        (b"\xff\xfe\x00".to_vec(), "no JSON"),
        (b"{\"images\": [\"a\"".to_vec(), "no JSON"),
        (b"7".to_vec(), "is a number"),
        (b"[{}]".to_vec(), "is a list"),
        (b"\"{}\"".to_vec(), "is a text"),
        (b"{\"imges\": []}".to_vec(), "\"imges\": no such key"),
        (b"{\"timeout\": \"soon\"}".to_vec(), "not a duration"),
        (b"{\"detail-type\": \"EC2 Instance State-change Notification\"}".to_vec(), "EC2 Instance State-change"),
        (b"{\"Records\": [{\"body\": \"x\"}]}".to_vec(), "SNS and SQS"),
        (vec![b'['; six_megabytes], "6291456 bytes"),
        (format!("{{\"images\": [{}1]}}", "1,".repeat(six_megabytes / 2)).into_bytes(), "the longest that is read"),
        (vec![b'['; 1_000_000], "no JSON"),
        (format!("{{\"a\": {}1{}}}", "[".repeat(400_000), "]".repeat(400_000)).into_bytes(), "no JSON"),
        (vec![b'x'; 20_000_000], "longer than 8 MiB"),
    ];
    for (body, holds) in events {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let began = Instant::now();
        api.event(body, Duration::from_secs(60));
        let (kind, message) = api.told().error();
        assert!(began.elapsed() < AT_ONCE, "{shown}: {:?}", began.elapsed());
        assert_eq!(kind, "WrongEvent", "{shown}");
        assert!(message.contains(holds) && message.len() < 1_100, "{shown}: {message}");
    }
    assert!(function.is_running());
    let most = function.kib("VmHWM:");
    println!("{most} KiB at the most, of events of 20 MB");
    assert!(most < 60 * 1024, "{most} KiB");
}

/// A deadline that is over, or too near for anything, is no time to begin; one of another day is none.
#[test]
fn a_deadline_in_the_past_is_told() {
    let lab = lab(HEALTHY);
    let api = RuntimeApi::start();
    let _function = Function::start(command_in(&lab, &api, &[]));
    let at = |deadline: &str| {
        let headers = format!("Lambda-Runtime-Aws-Request-Id: a-1\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n");
        api.give(Given::Event { headers, body: event(&lab, &json!({ "pull": "none" })).to_string().into_bytes() });
        api.told()
    };
    let began = Instant::now();
    for milliseconds in [-60_000_i128, -1, 0, 1_500] {
        let deadline = i128::try_from(since_1970().as_millis()).unwrap() + milliseconds;
        let (kind, message) = at(&deadline.to_string()).error();
        assert!(
            kind == "Late" && message.starts_with("no time for a check") && message.contains("longer timeout"),
            "{message}"
        );
    }
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    for none in ["600000", "0", "-1", "soon", "", "99999999999999999999999", "18446744073709551615"] {
        let report = at(none).result();
        is_report(&report);
        assert_eq!((&report["verdict"], &report["cut_short"]), (&json!("healthy"), &Value::Null), "{none}: {report}");
    }
}

#[test]
fn an_event_may_come_slowly_and_a_result_goes_back_with_its_ids() {
    let api = RuntimeApi::start();
    let mut function = function(&api);
    // Between two invocations a function waits for as long as nobody invokes it.
    pause(1_500);
    assert!(function.is_running());
    let headers = "Lambda-Runtime-Aws-Request-Id: b-2\r\nLambda-Runtime-Invocation-Id: c/3\r\n".to_owned();
    api.give(Given::Event { headers, body: stopped().to_string().into_bytes() });
    let told = api.told();
    assert_eq!(told.path, "/2018-06-01/runtime/invocation/b-2/response");
    assert!(told.head.to_lowercase().contains("lambda-runtime-invocation-id: c/3"), "{}", told.head);
}

#[test]
fn a_connection_that_breaks_is_tried_again_and_not_for_ever() {
    let api = RuntimeApi::start();
    let mut function = function(&api);
    for broken in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Le", b"SSH-2.0-OpenSSH_9.2\r\n"] {
        api.give(Given::Raw(broken.to_vec()));
    }
    assert_eq!(api.invoke(&stopped()).result()["schema"], "ecr-probe.explanations/1");
    for _ in 0..5 {
        api.give(Given::Raw(Vec::new()));
    }
    let (status, stderr) = function.ended(Duration::from_secs(10));
    assert_eq!(status.code(), Some(2));
    assert!(stderr.contains("invocation/next") && stderr.contains("connection closed"), "{stderr}");
}

#[test]
fn what_no_runtime_api_says_ends_the_function() {
    for (raw, says) in [
        ("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "HTTP 500"),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "without an id"),
        ("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: ../../x\r\nContent-Length: 2\r\n\r\n{}", "without an id"),
    ] {
        let api = RuntimeApi::start();
        let mut function = function(&api);
        api.give(Given::Raw(raw.into()));
        let (status, stderr) = function.ended(Duration::from_secs(5));
        assert_eq!(status.code(), Some(2), "{raw}");
        assert!(stderr.contains(says), "{raw}: {stderr}");
        assert!(api.has_told_all(), "{raw}");
    }
}

#[test]
fn a_result_that_is_too_large_is_an_error_that_says_so() {
    let api = RuntimeApi::start();
    let mut function = function(&api);
    api.takes.store(413, Ordering::Relaxed);
    api.event(stopped().to_string(), Duration::from_secs(60));
    assert!(api.told().path.ends_with("/response"));
    let (kind, message) = api.told().error();
    assert!(kind == "TooLong" && message.contains("does not take a result of"), "{kind}: {message}");
    // The invocation was over: the next one is another.
    for over in [400, 403, 410] {
        api.takes.store(over, Ordering::Relaxed);
        assert!(api.invoke(&stopped()).path.ends_with("/response"));
    }
    api.takes.store(202, Ordering::Relaxed);
    assert!(api.invoke(&stopped()).path.ends_with("/response"));
    function.says("HTTP 410");
    assert!(function.is_running());
}

#[test]
fn a_runtime_api_that_takes_no_result_ends_the_function() {
    for (takes, says) in [(500, "HTTP 500"), (SILENCE, "no answer in time"), (HANG_UP, "connection closed")] {
        let api = RuntimeApi::start();
        let mut function = function(&api);
        api.takes.store(takes, Ordering::Relaxed);
        api.takes_errors.store(takes, Ordering::Relaxed);
        assert!(api.invoke(&stopped()).path.ends_with("/response"));
        let (status, stderr) = function.ended(Duration::from_secs(12));
        assert_eq!(status.code(), Some(2), "{takes}");
        assert!(stderr.contains("invocation/response") && stderr.contains(says), "{takes}: {stderr}");
    }
}

#[test]
fn a_function_that_cannot_begin_says_so() {
    let api = RuntimeApi::start();
    let mut function = Function::start(command(&api.address(), &[("ECR_PROBE_LOG", "loud")]));
    let told = api.told();
    assert_eq!(told.path, "/2018-06-01/runtime/init/error");
    let (kind, message) = told.error();
    assert!(kind == "WrongEnvironment", "{kind}");
    assert!(message.contains("ECR_PROBE_LOG"), "{message}");
    assert_eq!(function.ended(Duration::from_secs(5)).0.code(), Some(2));
}

#[test]
fn nothing_is_told_to_another_machine() {
    for elsewhere in ["203.0.113.7:9001", "10.0.0.1:9001", "runtime.example:80", "https://127.0.0.1:9001"] {
        let began = Instant::now();
        let mut function = Function::start(command(elsewhere, &[]));
        let (status, stderr) = function.ended(Duration::from_secs(5));
        assert_eq!(status.code(), Some(2), "{elsewhere}");
        assert!(stderr.contains("AWS_LAMBDA_RUNTIME_API") && stderr.contains(elsewhere), "{stderr}");
        assert!(began.elapsed() < Duration::from_secs(2));
    }
}

/// A wrong setting is known at each invocation: the caller gets it in the words of the command line.
#[test]
fn a_wrong_environment_is_told_to_the_caller() {
    let api = RuntimeApi::start();
    let environment = [("ECR_PROBE_IMAGES", "nginx:1"), ("ECR_PROBE_METRICS", "loud")];
    let _function = Function::start(command(&api.address(), &environment));
    let told = api.invoke(&json!({})).error();
    let message = "ECR_PROBE_METRICS \"loud\": take off, emf, put or both";
    assert_eq!(told, ("WrongEnvironment".to_owned(), message.to_owned()));
    for (name, value, starts) in [
        ("ECR_PROBE_IMAGES", "a b", "ECR_PROBE_IMAGES: image reference \"a b\" holds white space"),
        ("AWS_CA_BUNDLE", "/nowhere", "--ca-bundle or AWS_CA_BUNDLE: /nowhere: "),
        ("ECR_PROBE_IP_RANGES", "/nowhere", "--ip-ranges or ECR_PROBE_IP_RANGES: /nowhere: "),
    ] {
        let api = RuntimeApi::start();
        let _function = Function::start(command(&api.address(), &[("ECR_PROBE_IMAGES", "nginx:1"), (name, value)]));
        let (kind, told) = api.invoke(&json!({})).error();
        assert!(kind == "WrongEnvironment" && told.starts_with(starts), "{name}: {kind}: {told}");
        if name == "ECR_PROBE_IP_RANGES" {
            let failed = json!({ "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "stoppedReason": "x" });
            let (kind, _) = api.invoke(&json!({ "detail-type": "ECS Task State Change", "detail": failed })).error();
            assert_eq!(kind, "WrongEnvironment");
        }
    }
}

/// The event and the environment may hold a password, and the log is read by others than who wrote it there.
#[test]
fn a_password_in_a_url_is_not_repeated() {
    let secret = "https://user:canaryPassword@registry.example/app:v1";
    let long = format!("https://user:{}@registry.example", "canaryPassword".repeat(20));
    for (name, value) in [
        ("ECR_PROBE_IMAGES", secret),
        ("ECR_PROBE_METRICS", secret),
        ("ECR_PROBE_SUBNET_ID", secret),
        ("AWS_ENDPOINT_URL", "https://user:canaryPassword@x y"),
        ("ECR_PROBE_IMAGES", &long),
    ] {
        let api = RuntimeApi::start();
        let function = Function::start(command(&api.address(), &[(name, value), ("ECR_PROBE_LOG", "info")]));
        let (kind, message) = api.invoke(&json!({})).error();
        function.says("the invocation failed");
        assert!(kind == "WrongEnvironment" && message.contains(name), "{kind}: {message}");
        for text in [message, function.stderr()] {
            assert!(!text.contains("canary"), "{name}: {text}");
        }
    }
    let api = RuntimeApi::start();
    let function = Function::start(command(&api.address(), &[("ECR_PROBE_LOG", "info")]));
    for event in [
        json!({ "images": [secret] }),
        json!({ "images": [long] }),
        json!({ "connect_to": [secret] }),
        json!({ secret: 1 }),
    ] {
        let (kind, message) = api.invoke(&event).error();
        assert!(kind == "WrongEvent" && message.starts_with("event key "), "{kind}: {message}");
        assert!(!message.contains("canary"), "{message}");
    }
    function.says("the invocation failed");
    assert!(!function.stderr().contains("canary"), "{}", function.stderr());
}
