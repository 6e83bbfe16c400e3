//! The binary's command line: what is wrong is said in one line, at once, with exit code 2.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs the binary in an environment that holds nothing of the machine's.
fn probe<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(arguments)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Exit code 2, one line on stderr that holds `saying`, nothing on stdout, and no waiting.
fn is_usage_error(arguments: &[&str], environment: &[(&str, &str)], saying: &str) {
    let began = Instant::now();
    let output = probe(arguments, environment);
    let took = began.elapsed();
    let (error, shown) = (stderr(&output), &arguments.iter().map(|it| &it[..it.len().min(60)]).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(2), "{shown:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{shown:?}: {error}");
    assert!(error.starts_with("ecr-probe: "), "{shown:?}: {error}");
    assert!(error.len() < 2_000, "{shown:?}: {} bytes", error.len());
    assert!(error.contains(saying), "{shown:?}: {error}");
    assert!(output.stdout.is_empty(), "{shown:?}");
    assert!(took < Duration::from_millis(200), "{shown:?} took {took:?}");
}

#[test]
fn what_is_no_image_is_bad_usage() {
    let long = "a".repeat(10_000);
    let short_digest = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:abc";
    let cases: [(&str, &str); 10] = [
        ("", "empty"),
        ("https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/app", "URL"),
        (".dkr.ecr.eu-west-1.amazonaws.com/app:v1", "account"),
        ("app image", "app image"),
        ("\u{1f600}", "\u{1f600}"),
        ("a/b/c:\u{7}", "\\u{7}"),
        (&long, "aaaa"),
        (short_digest, "sha256"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/App:v1", "App"),
        ("::::", "::::"),
    ];
    for (image, saying) in cases {
        is_usage_error(&["check", image], &[], saying);
    }
}

#[test]
fn what_is_no_option_is_bad_usage() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    is_usage_error(&["check", "--frobnicate", image], &[], "--frobnicate");
    is_usage_error(&["check", "--timeot", "5s", image], &[], "--timeout");
    is_usage_error(&["chekc", image], &[], "chekc");
    is_usage_error(&[], &[], "--help");
    is_usage_error(&["check"], &[], "ECR_PROBE_IMAGES");
    is_usage_error(&["check", "--timeout", "soon", image], &[], "\"soon\"");
    is_usage_error(&["check", "--budget", "0", image], &[], "\"0\"");
    is_usage_error(&["check", "--platform", "pdp11", image], &[], "pdp11");
    is_usage_error(&["check", "--pull", "half", image], &[], "half");
    is_usage_error(&["check", "--output", "yaml", image], &[], "yaml");
    is_usage_error(&["check", "--metrics", "graphite", image], &[], "off, emf, put or both");
    is_usage_error(&["check", "--dns-server", "resolver.example", image], &[], "resolver.example");
    is_usage_error(&["check", "--connect-to", "nowhere", image], &[], "nowhere");
    is_usage_error(&["check", "--ca-bundle", "/no/such/file", image], &[], "/no/such/file");
    is_usage_error(&["check", "--ip-ranges", "/no/such/file", image], &[], "/no/such/file");
    is_usage_error(&["explain", "SG-99"], &[], "SG-99");
    is_usage_error(&["judge", "/no/such/file"], &[], "/no/such/file");
}

#[test]
fn settings_of_the_environment_are_named() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    is_usage_error(&["check", image], &[("AWS_ENDPOINT_URL_ECR", "nonsense")], "AWS_ENDPOINT_URL_ECR");
    is_usage_error(&["check", image], &[("ECR_PROBE_OUTPUT", "yaml")], "yaml");
    is_usage_error(&["check", image], &[("ECR_PROBE_METRICS", "graphite")], "graphite");
    is_usage_error(&["check", image], &[("ECR_PROBE_LOG", "loud")], "loud");
    is_usage_error(&["check", "--also", "logs,sqs", image], &[], "sqs");
    is_usage_error(&["check"], &[("ECR_PROBE_IMAGES", "fine:v1,not fine")], "not fine");
    is_usage_error(&["check", image], &[("AWS_CA_BUNDLE", "/no/such/file")], "/no/such/file");
}

#[test]
fn a_task_without_metadata_and_without_an_image_is_bad_usage() {
    // Nothing listens there.
    let nobody = [("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:9/v4/x")];
    is_usage_error(&["check"], &nobody, "task metadata");
}

#[test]
fn bytes_that_are_no_text_are_bad_usage() {
    use std::os::unix::ffi::OsStrExt;
    let output = probe([OsStr::new("check"), OsStr::from_bytes(b"\xff\xfe")], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
}

#[test]
fn help_and_version_go_to_stdout() {
    for arguments in [&["--help"][..], &["check", "--help"], &["explain", "--help"], &["--version"]] {
        let output = probe(arguments, &[]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("ecr-probe"), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn explain_prints_every_page_and_points_to_related_ones() {
    for rule in ecr_probe::diagnose::rules::all() {
        let output = probe(["explain", &rule.code.id().to_lowercase()], &[]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains(rule.name), "{}", rule.code);
    }
    is_usage_error(&["explain", "DNS-99"], &[], "DNS-15");
}

#[test]
fn plan_sends_nothing_and_prints_hosts_and_policy() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1";
    let text = stdout(&probe(["plan", image], &[]));
    for host in
        ["api.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "starport-layer-bucket"]
    {
        assert!(text.contains(host), "{text}");
    }
    let policy: serde_json::Value =
        serde_json::from_str(&stdout(&probe(["plan", "--policy", image], &[]))).expect("the policy is JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    assert_eq!(policy["Statement"][1]["Resource"][0], "arn:aws:ecr:eu-west-1:123456789012:repository/team/app");
    assert_eq!(policy["Statement"].as_array().map(Vec::len), Some(2));
    for (arguments, environment) in [(vec!["--metrics", "put"], vec![]), (vec![], vec![("ECR_PROBE_METRICS", "both")])]
    {
        let output = probe([&["plan", "--policy", image][..], &arguments].concat(), &environment);
        let policy: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("the policy is JSON");
        assert_eq!(policy["Statement"][2]["Action"], "cloudwatch:PutMetricData");
        assert_eq!(policy["Statement"][2]["Condition"]["StringEquals"]["cloudwatch:namespace"], "ECRProbe");
    }
    let china = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app";
    assert!(stdout(&probe(["plan", "--policy", china], &[])).contains("arn:aws-cn:ecr:cn-north-1:"));
}

#[test]
fn a_mistyped_domain_is_a_diagnosis_before_any_packet() {
    // A name server that would never answer: nobody may ask it.
    let arguments = [
        "check",
        "--dns-server",
        "127.0.0.1:9",
        "--output",
        "json",
        "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1",
    ];
    let output = probe(arguments, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is one JSON object");
    assert_eq!(report["diagnoses"][0]["code"], "DNS-06");
    let checks: Vec<&str> =
        report["evidence"].as_array().into_iter().flatten().filter_map(|it| it["check"].as_str()).collect();
    assert_eq!(checks, ["reference"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["explain", "SG-01"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn judge_reads_from_stdin_what_check_prints() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1";
    let report = probe(["check", "--output", "json", image], &[]).stdout;
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["judge", "--output", "json", "-"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("it is piped").write_all(&report).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, report);
}

#[test]
fn nobody_need_read_stderr() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .arg("chekc")
        .env_clear()
        .stderr(writer)
        .status()
        .expect("the binary starts");
    assert_eq!(output.code(), Some(2), "{output}");
}

#[test]
fn a_report_that_cannot_be_saved_is_printed_all_the_same() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1";
    let output = probe(["check", "--output", "json", "--save", "/no/such/folder/report", image], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("/no/such/folder/report"), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is one JSON object");
    assert_eq!(report["diagnoses"][0]["code"], "DNS-06");
}
