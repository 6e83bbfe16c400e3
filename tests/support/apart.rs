//! A part of a test in a process of its own: the AWS SDK reads its credentials from the process's environment, which a
//! test shares with all others.

use std::process::{Command, Output};

use clap::Parser;
use ecr_probe::config::{Arguments, Settings};
use serde_json::Value;

/// What the process is asked, as JSON.
const ASKED: &str = "ECR_PROBE_TEST_ASKED";

/// Runs one test of the test's own binary again. The command has the environment and may wrap the binary: that is its
/// last argument, or the program.
pub fn again(mut command: Command, test: &str, asked: &Value) -> Output {
    command.args([test, "--exact", "--nocapture"]).env(ASKED, asked.to_string());
    command.output().expect("the test's binary starts")
}

/// The other side: what was asked. A test that nobody asked has nothing to do.
pub fn asked() -> Option<Value> {
    lookup(ASKED).map(|asked| serde_json::from_str(&asked).expect("it is JSON"))
}

/// The settings of a check with these arguments, and this process's environment.
pub fn settings(arguments: &Value) -> Settings {
    let named = arguments.as_array().into_iter().flatten().filter_map(Value::as_str);
    let Ok(Arguments { command: ecr_probe::config::Command::Check(check) }) =
        Arguments::try_parse_from(["ecr-probe", "check"].into_iter().chain(named))
    else {
        panic!("not arguments: {arguments}")
    };
    Settings::for_check(&check, &lookup).expect("the settings are good")
}

#[expect(clippy::disallowed_methods, reason = "this is the look-up that settings are made from")]
fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
