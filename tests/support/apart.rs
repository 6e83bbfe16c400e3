//! Fetching stopped tasks in a process of its own: the AWS SDK reads its credentials from the process's environment,
//! which a test shares with all others.

use std::process::Command;

use clap::Parser;
use ecr_probe::config::{Arguments, Settings, Wanted};
use ecr_probe::entry::stopped::{Fetched, fetch};
use serde_json::{Value, json};

/// What the process is to fetch, as JSON.
const ASKED: &str = "ECR_PROBE_TEST_ASKED";

/// What came of it.
#[derive(Debug)]
pub struct Done {
    pub result: Result<Fetched, String>,
    /// All that it wrote.
    pub output: String,
}

/// The command that has the environment and may wrap the test's own binary: that becomes its last argument.
pub fn fetched(mut command: Command, arguments: &[String], task: Option<&str>, cluster: Option<&str>) -> Done {
    let asked = json!({ "arguments": arguments, "task": task, "cluster": cluster });
    command.args(["apart::fetches", "--exact", "--nocapture"]).env(ASKED, asked.to_string());
    let output = command.output().expect("the test's binary starts");
    let output = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let line = output.lines().find(|line| line.starts_with("{\"")).unwrap_or_else(|| panic!("no result:\n{output}"));
    let said: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let result = match text(&said["error"]) {
        Some(error) => Err(error),
        None => Ok(Fetched {
            replies: said["replies"].as_array().cloned().unwrap_or_default(),
            incomplete: text(&said["incomplete"]),
        }),
    };
    Done { result, output }
}

/// The other side, which does nothing where it was not asked.
#[test]
#[expect(clippy::disallowed_methods, reason = "this is the look-up that settings are made from")]
fn fetches() {
    let lookup = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(asked) = lookup(ASKED) else { return };
    let asked: Value = serde_json::from_str(&asked).expect("it is JSON");
    let named = asked["arguments"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let Ok(Arguments { command: ecr_probe::config::Command::Check(check) }) =
        Arguments::try_parse_from(["ecr-probe", "check"].into_iter().chain(named))
    else {
        panic!("not arguments: {asked}")
    };
    let settings = Settings::for_check(&check, &lookup).expect("the settings are good");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let wanted = Wanted::new(asked["task"].as_str(), asked["cluster"].as_str(), &settings);
    let fetched = wanted.and_then(|wanted| runtime.block_on(fetch(&settings, &wanted)));
    println!(
        "\n{}",
        match fetched {
            Ok(Fetched { replies, incomplete }) => json!({ "replies": replies, "incomplete": incomplete }),
            Err(error) => json!({ "error": error.to_string() }),
        }
    );
}
