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
    Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["check", "--output", "json", "--dns-server", &server.address()])
        .args(more)
        .arg(IMAGE)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
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
    // Accepts into its queue and never answers: task metadata and credentials hang too.
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let mute = format!("http://{}/v4/x", mute.local_addr().expect("it is bound"));
    let environment =
        [("ECS_CONTAINER_METADATA_URI_V4", mute.as_str()), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", mute.as_str())];
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
