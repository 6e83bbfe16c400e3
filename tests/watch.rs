//! `watch` and `health` as processes against the simulated AWS: what they print and leave behind,
//! whatever happens to the network, to their readers and to themselves.

mod sim;

#[path = "watch/appetite.rs"]
mod appetite;
#[path = "watch/cuts.rs"]
mod cuts;
#[path = "watch/numbers.rs"]
mod numbers;
#[path = "watch/pipes.rs"]
mod pipes;
#[path = "watch/process.rs"]
mod process;
#[path = "watch/rounds.rs"]
mod rounds;
#[path = "watch/signals.rs"]
mod signals;
#[path = "watch/states.rs"]
mod states;
#[path = "watch/transitions.rs"]
mod transitions;

use std::process::Command;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use sim::{Loopback, World};

/// Nothing here may take longer, however busy the machine is.
const LONG: std::time::Duration = std::time::Duration::from_secs(30);

/// A healthy subnet with a way to STS, whose answer a round waits for a moment.
const HEALTHY: &str = "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']";

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

fn lab(toml: &str) -> Loopback {
    Loopback::start(world(toml)).expect("the simulated AWS stands")
}

fn healthy() -> Loopback {
    lab(HEALTHY)
}

/// The binary under test: the release's where one is named, else cargo's.
fn binary() -> std::ffi::OsString {
    std::env::var_os("ECR_PROBE_STATIC").unwrap_or_else(|| env!("CARGO_BIN_EXE_ecr-probe").into())
}

/// A watch of the lab's image, with little patience. Its state is to be named yet.
fn watch(lab: &Loopback) -> Command {
    watch_within(lab, "1s", "5s")
}

/// With these bounds of an act and of a round.
fn watch_within(lab: &Loopback, timeout: &str, budget: &str) -> Command {
    let mut command = watch_fully(lab);
    command.args(["--verify-every", "off", "--timeout", timeout, "--budget", budget]);
    command
}

/// With the product's own bounds, and full rounds among the others.
fn watch_fully(lab: &Loopback) -> Command {
    let mut command = Command::new(binary());
    command.arg("watch").args(lab.world().references()).args(lab.arguments()).args(["--platform", "linux/amd64"]);
    command.env_clear().envs(lab.environment());
    command
}

/// Reads the line as a report and holds it to the published schema.
fn report(line: &str) -> Value {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("../docs/report.schema.json")).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
    });
    let report: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("no JSON: {error}: {line}"));
    let wrong: Vec<String> =
        SCHEMA.iter_errors(&report).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "not as docs/report.schema.json has it:\n{}\n{report:#}", wrong.join("\n"));
    report
}
