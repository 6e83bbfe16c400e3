//! Without a command the binary says which one fits which situation.

use super::{probe, stderr, stdout};

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
