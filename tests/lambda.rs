//! The binary as a Lambda function: a process that a runtime API gives one event after another, in the simulated AWS.

mod sim;
mod support;

#[path = "lambda/answered.rs"]
mod answered;
#[path = "lambda/emulator.rs"]
mod emulator;
#[path = "lambda/explained.rs"]
mod explained;
#[path = "lambda/flat.rs"]
mod flat;
#[path = "lambda/function.rs"]
mod function;
#[path = "lambda/hostile.rs"]
mod hostile;
#[path = "lambda/runtime_api.rs"]
mod runtime_api;
#[path = "lambda/trimmed.rs"]
mod trimmed;

use std::sync::LazyLock;
use std::time::Duration;

use jsonschema::Validator;
use serde_json::Value;

use sim::{Loopback, World};

/// Nothing here may take longer, however busy the machine is.
const LONG: Duration = Duration::from_secs(30);

fn lab(toml: &str) -> Loopback {
    let world = World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"));
    Loopback::start(world).expect("the simulated AWS stands")
}

/// A function has no task metadata, and its credentials are in its environment.
const HEALTHY: &str = "mode = 'host'\n[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']";

/// The binary under test: the release's where one is named, else cargo's.
fn binary() -> std::ffi::OsString {
    std::env::var_os("ECR_PROBE_STATIC").unwrap_or_else(|| env!("CARGO_BIN_EXE_ecr-probe").into())
}

/// Fails where the report is not as the published schema has it.
fn is_report(report: &Value) {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("../docs/report.schema.json")).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
    });
    let wrong: Vec<String> =
        SCHEMA.iter_errors(report).map(|error| format!("{error:.300} at {}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "not as docs/report.schema.json has it:\n{}\n{report:#.2000}", wrong.join("\n"));
}
