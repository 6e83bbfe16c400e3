//! Words that are nearly right: the way out is in the same line.

use std::process::Command;

use super::{fed, is_usage_error, probe, stderr, stdout};

#[test]
fn a_code_with_a_slip_is_proposed() {
    for (text, saying) in [
        ("SG01", "did you mean SG-01? ecr-probe explain SG-01"),
        ("sg-1", "did you mean SG-01?"),
        ("RTE-3", "did you mean RTE-03?"),
        ("log-group-not-found", "did you mean INIT-06?"),
        ("SG-01 RTE-03", "one code at a time: ecr-probe explain SG-01"),
        ("SG-99", "of SG there are SG-01 SG-02"),
        ("XX-99", "docs/codes.md lists all codes"),
    ] {
        is_usage_error(&["explain", text], &[], saying);
    }
    is_usage_error(&["explain", "SG-01", "RTE-03"], &[], "one code at a time");
}

#[test]
fn a_word_that_is_no_command_names_explain() {
    is_usage_error(&["SG-01"], &[], "ecr-probe explain SG-01");
    is_usage_error(&["sg1"], &[], "ecr-probe explain SG-01");
    is_usage_error(&["CannotPullContainerError: no basic auth credentials"], &[], "ecr-probe explain 'MESSAGE'");
    is_usage_error(&["help", "SG-01"], &[], "ecr-probe explain SG-01");
    is_usage_error(&["audti"], &[], "audit");
}

#[test]
fn help_and_version_are_commands() {
    for (words, as_option) in
        [(&["help"][..], &["--help"][..]), (&["help", "audit"], &["audit", "--help"]), (&["version"], &["--version"])]
    {
        let output = probe(words, &[]);
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{words:?}");
        assert_eq!(stdout(&output), stdout(&probe(as_option, &[])), "{words:?}");
    }
}

#[test]
fn a_wrong_option_points_to_the_help_of_its_command() {
    for command in ["audit", "check", "explain", "judge", "sweep"] {
        is_usage_error(&[command, "--frobnicate"], &[], &format!("(see ecr-probe {command} --help)"));
    }
    is_usage_error(&["--frobnicate"], &[], "(see ecr-probe --help)");
}

#[test]
fn a_cluster_means_its_recent_tasks() {
    is_usage_error(&["explain", "--cluster", "files"], &[], "no Region to ask for cluster files");
    is_usage_error(&["explain", "--cluster", "files", "--recent"], &[], "no Region to ask for cluster files");
    is_usage_error(&["explain", "--cluster", "files", "words"], &[], "--cluster");
}

/// What comes of it on a terminal, where somebody types `typed`; `None` where there is no program to make one.
fn on_a_terminal(line: &str, term: &str, typed: &str) -> Option<String> {
    let line = format!("{} {line}", env!("CARGO_BIN_EXE_ecr-probe"));
    if cfg!(not(target_os = "linux")) || Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no script(1) of util-linux");
        return None;
    }
    let mut command = Command::new("timeout");
    command.args(["20", "script", "-qec", &line, "/dev/null"]).env("TERM", term).env_remove("NO_COLOR");
    Some(stdout(&fed(&mut command, typed.as_bytes())))
}

#[test]
fn a_terminal_is_told_what_is_waited_for_and_gets_what_it_understands() {
    let Some(asked) = on_a_terminal("explain -", "xterm", "no basic auth credentials\n\u{4}") else { return };
    assert!(asked.contains("reading stdin: paste the message, and end it with Ctrl-D"), "{asked:?}");
    assert!(asked.contains("TOK-03"), "{asked:?}");
    let message = "explain 'no basic auth credentials'";
    let coloured = on_a_terminal(message, "xterm", "").expect("a terminal");
    assert!(coloured.contains('\u{1b}') && coloured.contains("TOK-03"), "{coloured:?}");
    let plain = on_a_terminal(message, "dumb", "").expect("a terminal");
    assert!(!plain.contains('\u{1b}') && plain.contains("TOK-03"), "{plain:?}");
}
