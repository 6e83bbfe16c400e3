//! Without a command the binary says which one fits which situation.

use super::{is_usage_error, probe, stderr, stdout};

#[test]
fn without_a_command_it_says_which_one_fits() {
    let output = probe::<&str>([], &[]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(stdout(&output), "");
    assert!(said.starts_with("ecr-probe: no command"), "{said}");
    assert!(said.lines().count() <= 15, "{said}");
    for command in ["audit", "explain", "check", "sweep", "watch"] {
        assert!(said.contains(&format!("ecr-probe {command} ")), "{command}: {said}");
    }
    for way in ["deploy/lambda.yaml", "cargo run --example lab", "ecr-probe --help"] {
        assert!(said.contains(way), "{way}: {said}");
    }
}

/// The command of a container is `check`, and an option is not a command.
#[test]
fn an_option_alone_is_no_request_for_help() {
    let output = probe(["--output", "json"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
}

/// What people know from other programs, or take from a document.
#[test]
fn what_people_write_instead_is_answered() {
    is_usage_error(&["audit", "--profile", "work"], &[], "AWS_PROFILE=NAME");
    is_usage_error(&["check", "--json", "nginx"], &[], "--output json");
    is_usage_error(&["plan", "--policy", "Cargo.toml"], &[], "Cargo.toml is a file");
    is_usage_error(&["plan", "--policy", "IMAGE"], &[], "is a placeholder");
    is_usage_error(&["watch"], &[], "no image to check");
}

/// The policy alone is on stdout, and whose it is on stderr.
#[test]
fn plan_says_whose_policy_it_prints() {
    let output = probe(["plan", "--policy", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1"], &[]);
    assert!(serde_json::from_str::<serde_json::Value>(&stdout(&output)).is_ok(), "{}", stdout(&output));
    assert!(stderr(&output).contains("the role that the probe runs as"), "{}", stderr(&output));
}
