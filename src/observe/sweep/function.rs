//! The check by a function.

use std::time::Duration;

use super::errand::{Came, End, Errand, Stop};
use crate::edge::Remote;
use crate::sweep::{Function, Invoked, Obstacle, Via};

/// How much longer than the function's own time-out its answer is waited for: Lambda may have to start it first.
const SLACK: Duration = Duration::from_secs(15);

/// Invokes it, and waits for its report.
pub async fn ask<M: Remote>(remote: &M, function: &Function, subnet: &str, errand: &Errand, stop: Stop) -> Came {
    let within = Duration::from_secs(function.timeout_s.into()).saturating_add(SLACK).min(errand.budget);
    let end = tokio::select! {
        biased;
        // It goes on to its end, which costs nobody anything, and nobody hears of it.
        _ = stop => End::Not(Obstacle::Interrupted),
        invoked = remote.invoke(function, &errand.event, within) => match invoked {
            Invoked::Answered(answer) => End::Report(answer),
            Invoked::Failed { kind, error, message } => {
                End::Not(Obstacle::FunctionFailed { error: error.unwrap_or(kind), message })
            }
            Invoked::Not(hidden) => End::Not(Obstacle::of(hidden)),
        },
    };
    Came { via: Some(Via::Lambda), by: Some(function.arn.clone()), end, ..Came::not(subnet, Obstacle::NoFunction) }
}
