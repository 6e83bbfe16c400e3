//! `ecr-probe health`: what the container health check runs.

use std::path::Path;

use super::{Exit, lookup, print};
use crate::config::{HealthArguments, health_state};
use crate::edge::state_file;

/// Says nothing on stderr: ECS takes a word there for a failure.
pub fn health(arguments: &HealthArguments) -> Exit {
    let (line, exit) = match health_state(arguments, &lookup) {
        Err(why) => (why.to_string(), Exit::Diagnosed),
        Ok(path) => look(&path),
    };
    let _ = print(&format!("{line}\n"));
    exit
}

fn look(path: &Path) -> (String, Exit) {
    match state_file::read(path) {
        Err(why) => (why.to_string(), Exit::Diagnosed),
        Ok(state) => match state.vouches(state_file::now()) {
            Err(why) => (why.to_string(), Exit::Diagnosed),
            Ok(()) if !state.in_doubt.is_empty() => {
                let (verdict, codes) = (state.verdict.name(), state.in_doubt.join(", "));
                (format!("{verdict} at {}, after one bad round ({codes})", state.at), Exit::Healthy)
            }
            Ok(()) => {
                let no_round = state.not_begun.map(|why| format!(", and no round since: {why}")).unwrap_or_default();
                (format!("{} at {}{no_round}", state.verdict.name(), state.at), Exit::Healthy)
            }
        },
    }
}
