//! `ecr-probe health`: what the container health check runs.

use super::{Exit, lookup, print};
use crate::config::{HealthArguments, health_state};
use crate::edge::state_file;

/// Says nothing on stderr: ECS takes a word there for a failure.
pub fn health(arguments: &HealthArguments) -> Exit {
    let path = health_state(arguments, &lookup);
    let (line, exit) = match state_file::read(&path) {
        Err(why) => (why.to_string(), Exit::Diagnosed),
        Ok(state) => match state.vouches(state_file::now()) {
            Err(why) => (why.to_string(), Exit::Diagnosed),
            Ok(()) => (format!("{} at {}", state.verdict.name(), state.at), Exit::Healthy),
        },
    };
    let _ = print(&format!("{line}\n"));
    exit
}
