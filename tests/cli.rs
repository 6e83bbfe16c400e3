//! The binary's command line: what is wrong is said in one line, at once, with exit code 2.

#[path = "cli/alone.rs"]
mod alone;
#[path = "cli/answered.rs"]
mod answered;
#[path = "cli/completions.rs"]
mod completions;
#[path = "support/fed.rs"]
mod fed;
#[path = "cli/given.rs"]
mod given;
#[path = "cli/places.rs"]
mod places;
#[path = "cli/slips.rs"]
mod slips;

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use fed::fed;

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

/// The same with `input` on stdin.
fn probe_with(input: &[u8], arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecr-probe"));
    fed(command.args(arguments).env_clear().envs(environment.iter().copied()), input)
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
    let text = stdout(&probe(["plan", "nginx", "registry.example.com/app"], &[]));
    for line in ["registry-1.docker.io", "auth.docker.io", "the token service of registry.example.com/app"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("IAM"), "{text}");
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
fn judge_reads_from_stdin_what_check_prints() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1";
    let report = probe(["check", "--output", "json", image], &[]).stdout;
    let output = probe_with(&report, &["judge", "--output", "json", "-"], &[]);
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

const NO_LOGIN: &str = "Error response from daemon: no basic auth credentials";
const SILENT: &str = "CannotPullContainerError: failed to do request: Head \
     \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/v1\": dial tcp 52.94.1.1:443: i/o timeout";

/// What `explain --output json` prints, a value a line.
fn explained(output: &Output) -> Vec<serde_json::Value> {
    assert!(output.stderr.is_empty(), "{}", stderr(output));
    let lines = stdout(output);
    lines.lines().map(|line| serde_json::from_str(line).expect("a line is one JSON object")).collect()
}

#[test]
fn explain_takes_words_from_the_command_line() {
    let quoted = probe(["explain", NO_LOGIN], &[]);
    assert_eq!(quoted.status.code(), Some(0), "{}", stderr(&quoted));
    assert!(stdout(&quoted).starts_with("error[TOK-03]: "), "{}", stdout(&quoted));
    let unquoted = probe(std::iter::once("explain").chain(NO_LOGIN.split(' ')), &[]);
    assert_eq!(stdout(&unquoted), stdout(&quoted));
}

#[test]
fn explain_reads_stdin_in_every_form() {
    let task = serde_json::json!({ "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3", "group": "service:writer",
        "stoppedReason": "Task failed to start", "containers": [{ "reason": NO_LOGIN }] });
    let event = serde_json::json!({ "detail-type": "ECS Task State Change", "detail": task });
    let called = format!("{:#}", serde_json::json!({ "tasks": [task, task], "failures": [] }));
    let lines = format!("{event}\n\n{NO_LOGIN}\n{event}\n");
    for (input, count, of_task) in
        [(NO_LOGIN, 1, false), (&event.to_string(), 1, true), (&called, 2, true), (&lines, 3, true)]
    {
        for arguments in [&["explain", "--output", "json", "-"][..], &["explain", "--output", "json"]] {
            let output = probe_with(input.as_bytes(), arguments, &[]);
            let found = explained(&output);
            assert_eq!((output.status.code(), found.len()), (Some(0), count), "{input}");
            assert!(found.iter().all(|it| it["diagnoses"][0]["code"] == "TOK-03"), "{input}");
            assert_eq!(found[0]["task_arn"] == task["taskArn"], of_task, "{input}");
        }
    }
    let text = stdout(&probe_with(lines.as_bytes(), &["explain", "-"], &[]));
    assert!(text.starts_with("3 of 3 messages\nerror[TOK-03]"), "{text}");
    assert!(text.contains("  of: task 9f3 · service:writer\n"), "{text}");
}

#[test]
fn explain_exits_by_what_it_recognised() {
    let verdict = |output: &Output| explained(output).pop().expect("it prints one")["verdict"].clone();
    for (text, code, expected) in [
        (NO_LOGIN, 0, "diagnosed"),
        ("Essential container in task exited", 0, "not-a-pull-problem"),
        ("the quick brown fox", 3, "unrecognised"),
    ] {
        let output = probe(["explain", text], &[("ECR_PROBE_OUTPUT", "json")]);
        assert_eq!((output.status.code(), verdict(&output)), (Some(code), expected.into()), "{text}");
    }
    // One of many is enough.
    let output = probe_with(format!("\"the quick brown fox\"\n\"{NO_LOGIN}\"\n").as_bytes(), &["explain"], &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stdout(&output).starts_with("unrecognised: "), "{}", stdout(&output));
}

/// What `aws ecs describe-tasks` prints an hour after the task stopped.
const EXPIRED: &str = r#"{
    "tasks": [],
    "failures": [
        {
            "arn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3c51a2e8b74d0fa6b1c2d3e4f50617",
            "reason": "MISSING"
        }
    ]
}
"#;

#[test]
fn a_task_that_ecs_has_forgotten_is_no_empty_input() {
    let output = probe_with(EXPIRED.as_bytes(), &["explain", "-"], &[]);
    let said = stdout(&output);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(3), ""), "{said}");
    for expected in ["for about an hour", "describe-services --cluster files", "EventBridge", "explain --task"] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // As a pipeline of a monitor: a list of events that has none is no failure.
    let none = "{\n    \"events\": [],\n    \"searchedLogStreams\": []\n}\n";
    let output = probe_with(none.as_bytes(), &["explain", "--output", "json", "-"], &[]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
    assert!(stderr(&output).contains("the input lists no tasks, services or events"), "{}", stderr(&output));
}

#[test]
fn a_record_that_is_too_large_is_skipped_and_said() {
    let large = "x".repeat(1024 * 1024 + 1);
    let output = probe_with(format!("\"{NO_LOGIN}\"\n\"{large}\"\n\"{NO_LOGIN}\"\n").as_bytes(), &["explain"], &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).starts_with("2 of 2 messages\nerror[TOK-03]"), "{}", stdout(&output));
    assert_eq!(stderr(&output), "ecr-probe: line 2 was skipped: it is larger than 1 MiB\n");
}

#[test]
fn what_explain_cannot_read_is_bad_usage() {
    is_usage_error(&["explain"], &[], "nothing to explain");
    is_usage_error(&["explain", "-"], &[], "nothing to explain");
    is_usage_error(&["explain", "--vpc-cidr", "10.0.0.0/40", NO_LOGIN], &[], "10.0.0.0/40");
    is_usage_error(&["explain", "--vpc-cidr", "vpc-1", NO_LOGIN], &[], "vpc-1");
    is_usage_error(&["explain", "--output", "yaml", NO_LOGIN], &[], "yaml");
    is_usage_error(&["explain", NO_LOGIN], &[("ECR_PROBE_OUTPUT", "yaml")], "yaml");
    is_usage_error(&["explain", "--ip-ranges", "/no/such/file", NO_LOGIN], &[], "/no/such/file");
    is_usage_error(&["explain", "--recent"], &[], "--cluster");
    is_usage_error(&["explain", "/no/such/stopped.log"], &[], "does not exist");
    is_usage_error(&["explain", "stopped-tasks.json"], &[], "does not exist");
    is_usage_error(&["explain", "/tmp"], &[], "is a directory");
    let long = probe_with(&vec![b'x'; 2 * 1024 * 1024], &["explain", "-"], &[]);
    assert_eq!(long.status.code(), Some(2));
    assert_eq!(stderr(&long), "ecr-probe: a record is larger than 1 MiB; paste the part with the reason\n");
    assert!(long.stdout.is_empty());
}

#[test]
fn the_range_of_the_vpc_changes_the_answer() {
    let first = |arguments: &[&str]| {
        let output = probe(arguments, &[("ECR_PROBE_OUTPUT", "json")]);
        explained(&output).pop().expect("it prints one")["diagnoses"][0]["code"].clone()
    };
    assert_eq!(first(&["explain", SILENT]), "RTE-01");
    assert_eq!(first(&["explain", "--vpc-cidr", "10.0.0.0/16", "--vpc-cidr", "52.94.0.0/16", SILENT]), "SG-01");
}

#[test]
fn explain_repeats_no_secret() {
    let secrets = ["AQoDYXdzEJrXYZ0123456789", "0123456789abcdef0123456789abcdef", "QVdTOmV5SnNpZ25hdHVyZSI6"];
    let [token, signature, basic] = secrets;
    let text = format!(
        "CannotPullContainerError: failed to copy: httpReadSeeker: failed open: failed to do request: Get \
         \"https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/a/b?X-Amz-Security-Token={token}\
         &X-Amz-Signature={signature}\": dial tcp 52.218.36.24:443: i/o timeout; Authorization: Basic {basic}"
    );
    for form in ["text", "json"] {
        for output in [
            probe(["explain", "--output", form, &text], &[]),
            probe_with(text.as_bytes(), &["explain", "--output", form], &[("ECR_PROBE_LOG", "trace")]),
        ] {
            let said = stdout(&output) + &stderr(&output);
            assert!(said.contains("RTE-03"), "{said}");
            for secret in secrets {
                assert!(!said.contains(&secret[..12]), "{form}: {secret} in {said}");
            }
        }
    }
}
