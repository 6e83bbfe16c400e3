//! What is asked of the user: arguments, tools and credentials.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::peers::process::{clean, run, run_well};
use crate::peers::tools;
use crate::script::{self, IMAGE, Said, holds_none};

const LIMIT: Duration = Duration::from_secs(60);
const SECRET: &str = "canarySecretKey/9dKq2vXw7Zr4Lm1TnB8cYhUe";
/// At this port nobody listens.
const NOWHERE: &str = "http://127.0.0.1:1";

/// The script where Python is the only program, but for an `aws` that the shell runs.
fn with_aws(folder: &Path, aws: Option<&str>) -> Command {
    let programs = folder.join("programs");
    std::fs::create_dir_all(&programs).expect("a folder of ours");
    let mut command = clean(tools::find("python3").expect("checked before"), folder);
    command.args(["-c", "import os, sys; print(os.path.realpath(sys.executable))"]);
    // The second run of a test finds the link.
    let _ = symlink(run_well(command, LIMIT).trim(), programs.join("python3"));
    if let Some(text) = aws {
        let file = programs.join("aws");
        std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).expect("a program of ours");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).expect("it is ours");
    }
    let mut command = script::command(folder);
    command.env("PATH", &programs).env("AWS_SECRET_ACCESS_KEY", SECRET).arg(IMAGE);
    command
}

#[test]
fn arguments_that_are_none_end_with_2() {
    if !script::can_run() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let token = script::token(folder.path(), "token", "cGFzc3dvcmQgb2Ygbm9ib2R5");
    let empty = script::token(folder.path(), "empty", "");
    let two = script::token(folder.path(), "two", "one\r\nX-Injected: two");
    let [token, empty, two] = [&token, &empty, &two].map(|file| file.to_str().expect("a path in UTF-8"));
    let of = |file| vec![IMAGE, "--registry-url", NOWHERE, "--token-file", file];
    for (arguments, says) in [
        (vec![], "required: IMAGE"),
        (vec!["nginx:latest", "--token-file", token], "not an image of private ECR"),
        (vec!["123456789012.dkr.ecr.eu-west-1.attacker.example/app:v1", "--token-file", token], "no domain of ECR"),
        (vec!["123456789012.dkr.ecr.cn-north-1.amazonaws.com/app:v1", "--token-file", token], "no domain of ECR"),
        (vec!["123456789012.dkr.ecr.eu-west-1.amazonaws.com/App:v1", "--token-file", token], "not an image"),
        (
            vec![IMAGE, "--registry-url", "http://registry.example:5000"],
            "--registry-url: not http or https of this machine",
        ),
        (
            vec![IMAGE, "--endpoint-url", "https://attacker.example"],
            "--endpoint-url: not http or https of this machine",
        ),
        (vec![IMAGE, "--endpoint-url", "http://127.0.0.1@attacker.example"], "--endpoint-url: not http"),
        (vec![IMAGE, "--registry-url", "http://127.0.0.1:5000/path"], "--registry-url: not http"),
        (vec![IMAGE, "--registry-url", NOWHERE], "takes --token-file"),
        (vec![IMAGE, "--timeout", "nan"], "--timeout"),
        (vec![IMAGE, "--timeout", "1e9"], "--timeout"),
        (vec![IMAGE, "--connect-to", "nonsense"], "--connect-to"),
        (vec![IMAGE, "--kms-repository", "../x"], "--kms-repository"),
        (of("/nonexistent"), "cannot be read"),
        (of(empty), "does not hold"),
        (of(two), "does not hold"),
    ] {
        let mut command = script::command(folder.path());
        command.args(&arguments);
        let ran = run(command, LIMIT);
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}

#[test]
fn the_help_says_that_it_only_reads() {
    if !script::can_run() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = script::command(folder.path());
    command.arg("--help");
    let help = run_well(command, LIMIT);
    for says in ["Read-only. Over HTTP it sends GET and HEAD", "GetAuthorizationToken, BatchGetImage,", "exit codes:"] {
        assert!(help.contains(says), "{help}");
    }
}

#[test]
fn without_credentials_it_ends_with_2() {
    if !script::can_run() {
        return;
    }
    for (aws, says) in [
        (None, "no credentials: install the AWS CLI"),
        (Some("echo 'Unable to locate credentials. You can configure credentials' >&2; exit 255"), "Unable to locate"),
        // What the CLI says may hold anything.
        (Some("echo \"An error occurred: ${AWS_SECRET_ACCESS_KEY}\" >&2; exit 254"), "An error occurred: [hidden]"),
        (Some("echo '{\"authorizationData\": []}'"), "gave no token"),
        (
            Some("echo '{\"authorizationData\": [{\"authorizationToken\": \"QVdTOmEKYg==\"}]}'"),
            "no token of ECR's form",
        ),
        (Some("echo nonsense"), "printed no JSON"),
        (Some("exec /usr/bin/yes endless"), "printed more than"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = with_aws(folder.path(), aws);
        command.args(["--endpoint-url", NOWHERE]);
        let ran = run(command, LIMIT);
        assert_eq!(ran.status.code(), Some(2), "{says}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.starts_with("compare-with-aws: ") && ran.stderr.contains(says), "{says}: {}", ran.stderr);
        assert_eq!((ran.stderr.lines().count(), ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
        holds_none(&ran.stderr, &[SECRET]);
    }
}

#[test]
fn where_nothing_answers_it_ends_with_3() {
    if !script::can_run() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let unreachable = "echo 'Could not connect to the endpoint URL' >&2; exit 255";
    let mut command = with_aws(folder.path(), Some(unreachable));
    command.args(["--endpoint-url", NOWHERE, "--registry-url", NOWHERE]);
    let said = Said::by(command);
    assert_eq!((said.exit(), said.rows("not compared").len()), (3, 50), "{}", said.lines());
    assert!(said.reason("v2-bare").contains("no connection"), "{}", said.lines());
    assert!(said.reason("v2-token").contains("Could not connect"), "{}", said.lines());
}
