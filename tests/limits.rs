//! Bounds in time: nothing hangs, and what was seen is reported whatever ends the check.

use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";

/// A name server that takes every question and answers none.
struct SilentServer(UdpSocket);

impl SilentServer {
    fn start() -> Self {
        SilentServer(UdpSocket::bind("127.0.0.1:0").expect("a port is free"))
    }

    fn address(&self) -> String {
        self.0.local_addr().expect("it is bound").to_string()
    }
}

fn start(server: &SilentServer, more: &[&str], environment: &[(&str, &str)]) -> Child {
    start_for(&[IMAGE.to_owned()], server, more, environment)
}

fn start_for(images: &[String], server: &SilentServer, more: &[&str], environment: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["check", "--output", "json", "--dns-server", &server.address()])
        .args(more)
        .args(images)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// Takes connections into its queue and never says a word.
fn mute() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let at = format!("http://{}", listener.local_addr().expect("it is bound"));
    (listener, at)
}

fn report(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn codes(report: &serde_json::Value) -> Vec<&str> {
    report["diagnoses"].as_array().into_iter().flatten().filter_map(|it| it["code"].as_str()).collect()
}

#[test]
fn with_everything_black_holed_the_report_comes_after_one_time_out() {
    let server = SilentServer::start();
    // Task metadata and credentials hang too.
    let (_mute, at) = mute();
    let environment =
        [("ECS_CONTAINER_METADATA_URI_V4", at.as_str()), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", at.as_str())];
    let began = Instant::now();
    let output = start(&server, &["--timeout", "1s"], &environment).wait_with_output().expect("it ends");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    let report = report(&output);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(codes(&report).contains(&"DNS-15"), "{report}");
    assert_eq!(report["unexplained"], serde_json::json!([]));
}

#[test]
fn the_budget_ends_a_check_and_says_what_was_under_way() {
    let server = SilentServer::start();
    let began = Instant::now();
    let output = start(&server, &["--timeout", "30s", "--budget", "1s"], &[]).wait_with_output().expect("it ends");
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1_100), "{took:?}");
    let report = report(&output);
    assert_eq!(output.status.code(), Some(3), "{report}");
    assert_eq!(report["verdict"], "inconclusive");
    let why = report["cut_short"].as_str().unwrap_or_default();
    assert!(why.contains("budget") && why.contains("resolve"), "{why}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this process has nothing else to do while the probe starts")]
fn a_signal_ends_a_check_at_once_and_what_was_seen_is_reported() {
    for (name, saying) in [("INT", "interrupted"), ("TERM", "terminate")] {
        let server = SilentServer::start();
        let child = start(&server, &["--timeout", "30s"], &[]);
        std::thread::sleep(Duration::from_millis(300));
        let began = Instant::now();
        let killed = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        let output = child.wait_with_output().expect("it ends");
        assert!(began.elapsed() < Duration::from_secs(1), "{name}: {:?}", began.elapsed());
        let report = report(&output);
        assert_eq!(output.status.code(), Some(3), "{name}: {report}");
        assert!(report["cut_short"].as_str().is_some_and(|why| why.contains(saying)), "{name}: {report}");
        assert!(report["evidence"].as_array().is_some_and(|it| !it.is_empty()), "{name}: {report}");
    }
}

#[test]
fn the_budget_counts_from_the_beginning() {
    let server = SilentServer::start();
    let (_mute, at) = mute();
    let began = Instant::now();
    let environment = [("ECS_CONTAINER_METADATA_URI_V4", at.as_str())];
    let output =
        start(&server, &["--timeout", "30s", "--budget", "1s"], &environment).wait_with_output().expect("it ends");
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1_100), "{took:?}");
    let report = report(&output);
    assert_eq!(output.status.code(), Some(3), "{report}");
    assert!(report["evidence"].as_array().is_some_and(|it| !it.is_empty()), "{report}");
}

#[test]
fn a_budget_of_a_moment_and_one_of_a_day_are_kept_to() {
    let server = SilentServer::start();
    for more in [&["--budget", "1ms"][..], &["--budget", "24h", "--timeout", "1ms"]] {
        let began = Instant::now();
        let output = start(&server, more, &[]).wait_with_output().expect("it ends");
        assert!(began.elapsed() < Duration::from_secs(1), "{more:?}: {:?}", began.elapsed());
        assert_eq!(report(&output)["images"][0]["image"], IMAGE, "{more:?}");
    }
}

#[test]
fn a_machine_without_metadata_has_no_credentials_after_a_second() {
    let server = SilentServer::start();
    let (_mute, at) = mute();
    let environment = [("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", at.as_str())];
    let output = start(&server, &["--timeout", "4s"], &environment).wait_with_output().expect("it ends");
    let report = report(&output);
    let credentials = report["evidence"].as_array().into_iter().flatten().find(|it| it["check"] == "credentials");
    let credentials = credentials.expect("they are looked for");
    assert_eq!(credentials["outcome"]["result"], "missing", "{credentials}");
    assert!(credentials["took_ms"].as_f64().is_some_and(|took| took < 2_000.0), "{credentials}");
}

#[test]
fn many_images_do_with_few_sockets() {
    let server = SilentServer::start();
    let images: Vec<String> =
        (0..50).map(|nth| format!("1234567890{nth:02}.dkr.ecr.eu-west-1.amazonaws.com/app:v1")).collect();
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 80 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_ecr-probe")])
        .args(["check", "--output", "json", "--timeout", "200ms", "--dns-server", &server.address()])
        .args(&images)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("the binary starts");
    let report = report(&output);
    let results: Vec<&str> = report["evidence"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|it| it["check"] == "resolve")
        .filter_map(|it| it["outcome"]["result"].as_str())
        .collect();
    assert_eq!(results, ["silent"; 52]);
}

#[test]
fn a_silent_credentials_endpoint_is_not_one_without_credentials() {
    let server = SilentServer::start();
    let (_mute, at) = mute();
    let environment = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", at.as_str())];
    // The SDK gives up by itself after five seconds, before the probe would.
    let output = start(&server, &["--timeout", "8s"], &environment).wait_with_output().expect("it ends");
    let report = report(&output);
    let credentials = report["evidence"].as_array().into_iter().flatten().find(|it| it["check"] == "credentials");
    assert_eq!(credentials.expect("they are looked for")["outcome"]["result"], "timed-out", "{report}");
}

/// Credentials for a host that is neither this machine nor behind TLS are not asked for.
#[test]
fn credentials_are_not_asked_for_over_plain_http_elsewhere() {
    let server = SilentServer::start();
    for at in ["http://198.51.100.7/credentials", "http://localhost.example/credentials"] {
        let environment = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", at), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary")];
        let output = start(&server, &["--timeout", "500ms"], &environment).wait_with_output().expect("it ends");
        let report = report(&output);
        let credentials = report["evidence"].as_array().into_iter().flatten().find(|it| it["check"] == "credentials");
        let result = credentials.map(|it| it["outcome"]["result"].clone()).unwrap_or_default();
        assert!(result == "failed" || result == "missing" || result == "timed-out", "{at}: {result}");
        assert!(!report.to_string().contains("canary"), "{report}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this process has nothing else to do while the probe writes")]
fn a_signal_ends_a_probe_whose_stdout_is_blocked() {
    let server = SilentServer::start();
    // More of a report than a pipe holds.
    let name = "a".repeat(250);
    let images: Vec<String> =
        (0..50).map(|nth| format!("1234567890{nth:02}.dkr.ecr.eu-west-1.amazonaws.com/{name}:v1")).collect();
    let mut child = start_for(&images, &server, &["--timeout", "50ms"], &[]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(child.try_wait().expect("it can be asked").is_none(), "the report fits into a pipe");
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let began = Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait().expect("it can be asked") {
            break ended;
        }
        assert!(began.elapsed() < Duration::from_secs(2), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended.code(), Some(2));
}
