//! `ecr-probe health`: what the container health check runs.

use super::{Exit, lookup, print};
use crate::config::{HealthArguments, health_state};
use crate::edge::state_file;

/// Says nothing on stderr: ECS takes a word there for a failure.
pub fn health(arguments: &HealthArguments) -> Exit {
    let path = health_state(arguments, &lookup);
    let vouched = state_file::read(&path).and_then(|state| {
        state.vouches(state_file::now())?;
        Ok(format!("{} at {}", state.verdict.name(), state.at))
    });
    let (line, exit) = match vouched {
        Ok(line) => (line, Exit::Healthy),
        Err(why) => (why, Exit::Diagnosed),
    };
    let _ = print(&format!("{line}\n"));
    exit
}
