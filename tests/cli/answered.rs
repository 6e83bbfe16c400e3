//! Pipes at both ends of `explain`: each line is answered before the next is waited for, and a reader may go away.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::{NO_LOGIN, stderr};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn an_answer_does_not_wait_for_the_next_line() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(["explain", "-", "--output", "json"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let (mut input, output) = (child.stdin.take().expect("stdin"), child.stdout.take().expect("stdout"));
    let (answers, answered) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| answers.send(line)).ok();
    });
    for (reason, code) in [
        (NO_LOGIN, "TOK-03"),
        ("CannotPullContainerError: no space left on device", "DSK-01"),
        ("no basic auth credentials", "TOK-03"),
    ] {
        let line = serde_json::json!({ "stoppedReason": reason });
        writeln!(input, "{line}").expect("it reads");
        let answer = answered.recv_timeout(PATIENCE);
        if answer.is_err() {
            child.kill().expect("it is ours");
        }
        let answer: serde_json::Value = serde_json::from_str(&answer.expect("an answer")).expect("it is JSON");
        assert_eq!(answer["diagnoses"][0]["code"], code, "{answer}");
    }
    drop(input);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    reader.join().expect("all was read");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    goes_away(&["explain", "SG-01"]);
    goes_away(&["explain", NO_LOGIN]);
}

fn goes_away(arguments: &[&str]) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .args(arguments)
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
