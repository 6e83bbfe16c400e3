//! Has the check done in every subnet, side by side, by functions that stand there or by tasks that are run there.

mod function;
mod task;

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, Shared};
use serde_json::Value;

use super::side_by_side::side_by_side;
use crate::edge::Remote;
use crate::model::facts::{Fact, Hidden};
use crate::sweep::{Assigned, Assignment, Candidate, LogStream, Obstacle, TaskOrder, Via};

/// Resolves when the sweep is to stop, with the reason.
pub type Stop = Shared<LocalBoxFuture<'static, String>>;

/// What is sent to each subnet.
#[derive(Debug, Clone, Default)]
pub struct Errand {
    /// The event of a function: JSON.
    pub event: String,
    /// The task, but for its subnet, what it was started by and its token.
    pub task: TaskOrder,
    /// Where the task's container logs, where it does so to CloudWatch.
    pub log: Option<LogStream>,
    /// What the tasks of this sweep are found by.
    pub name: String,
    /// How long a task, or a function, is waited for.
    pub budget: Duration,
}

/// How a check elsewhere ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// With what may be a report: foreign text.
    Report(Vec<u8>),
    /// With an exit code, and no report in the log.
    Exited {
        /// Why the log tells nothing, where that is known.
        log: Option<Hidden>,
    },
    /// ECS made no task, or the task never ran; this is ECS's answer.
    NotStarted(Obstacle, Value),
    /// There is no result.
    Not(Obstacle),
}

/// What came of one subnet.
#[derive(Debug, Clone, PartialEq)]
pub struct Came {
    /// `subnet-…`
    pub subnet: String,
    /// What it was done by; `None` where nothing was done.
    pub via: Option<Via>,
    /// The ARN of the function or the task.
    pub by: Option<String>,
    /// Milliseconds.
    pub took_ms: f64,
    /// Of the probe's container in a task.
    pub exit_code: Option<i64>,
    /// How it ended.
    pub end: End,
    /// A task that was to be stopped and may go on.
    pub not_stopped: Option<Hidden>,
}

impl Came {
    fn not(subnet: &str, obstacle: Obstacle) -> Self {
        Came {
            subnet: subnet.to_owned(),
            via: None,
            by: None,
            took_ms: 0.0,
            exit_code: None,
            end: End::Not(obstacle),
            not_stopped: None,
        }
    }
}

/// Finds the functions that may stand in the subnets: those that are named, or else those with the tag. `Hidden` where the
/// tags cannot be read.
pub async fn candidates<M: Remote>(remote: &M, subnets: &[String], named: &[String]) -> Fact<Vec<Candidate>> {
    if !named.is_empty() {
        let all = side_by_side(
            named.iter().map(async |name| Candidate { subnet: None, function: remote.function(name).await }),
        );
        return Fact::Known(all.await);
    }
    match remote.tagged(subnets).await {
        Fact::Known(tagged) => {
            let all = side_by_side(tagged.iter().map(async |it| Candidate {
                subnet: Some(it.subnet.clone()),
                function: remote.function(&it.arn).await,
            }));
            Fact::Known(all.await)
        }
        Fact::Hidden(hidden) => Fact::Hidden(hidden),
        Fact::Absent => Fact::Absent,
    }
}

/// Carries out every assignment, side by side; `done` counts those that have ended.
pub async fn carry_out<M: Remote>(
    remote: &M,
    assignments: &[Assignment],
    errand: &Errand,
    done: &Cell<usize>,
    stop: &Stop,
) -> Vec<Came> {
    let all = assignments.iter().enumerate().map(async |(nth, assignment)| {
        let began_ms = remote.elapsed_ms();
        let subnet = &assignment.subnet;
        let came = match &assignment.to {
            Assigned::Nothing(obstacle) => Came::not(subnet, obstacle.clone()),
            Assigned::Function(function) => function::ask(remote, function, subnet, errand, stop.clone()).await,
            Assigned::Task => task::run(remote, &order(errand, subnet, nth), errand, stop.clone()).await,
        };
        done.set(done.get() + 1);
        Came { took_ms: ((remote.elapsed_ms() - began_ms) * 1e3).round() / 1e3, ..came }
    });
    side_by_side(all).await
}

/// The task of one subnet. Its token is its own, so that the same request again starts no other task.
fn order(errand: &Errand, subnet: &str, nth: usize) -> TaskOrder {
    let name = format!("{}-{nth}", errand.name);
    TaskOrder { subnet: subnet.to_owned(), started_by: name.clone(), token: name, ..errand.task.clone() }
}
