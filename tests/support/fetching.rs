//! Fetching stopped tasks in a process of its own.

use std::process::Command;
use std::time::Duration;

use ecr_probe::config::Wanted;
use ecr_probe::entry::stopped::{Fetched, LONGEST, fetch};
use serde_json::{Value, json};

use crate::apart;

/// What came of it.
#[derive(Debug)]
pub struct Done {
    pub result: Result<Fetched, String>,
    /// All that it wrote.
    pub output: String,
}

/// Asked are `arguments`, `task` or `cluster`, and `within_ms` where it is not as long as the binary waits.
pub fn fetched(command: Command, asked: &Value) -> Done {
    let output = apart::again(command, "fetching::fetches", asked);
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

#[test]
fn fetches() {
    let Some(asked) = apart::asked() else { return };
    let settings = apart::settings(&asked["arguments"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let within = asked["within_ms"].as_u64().map_or(LONGEST, Duration::from_millis);
    let wanted = Wanted::new(asked["task"].as_str(), asked["cluster"].as_str(), &settings);
    let fetched = wanted.and_then(|wanted| runtime.block_on(fetch(&settings, &wanted, within)));
    println!(
        "\n{}",
        match fetched {
            Ok(Fetched { replies, incomplete }) => json!({ "replies": replies, "incomplete": incomplete }),
            Err(error) => json!({ "error": error.to_string() }),
        }
    );
}
