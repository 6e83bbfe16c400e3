//! What is sent to each subnet, and what comes back.

use std::time::Duration;

use futures_util::future::{LocalBoxFuture, Shared};
use serde_json::{Map, Value};

use crate::model::facts::Hidden;
use crate::sweep::{LogStream, Obstacle, TaskOrder, Via};

/// Resolves when the sweep is to stop, with the reason.
pub type Stop = Shared<LocalBoxFuture<'static, String>>;

/// What is sent to each subnet.
#[derive(Debug, Clone, Default)]
pub struct Errand {
    /// The event of a function.
    pub event: Map<String, Value>,
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
        /// Why not.
        log: NoReport,
    },
    /// ECS made no task, or the task never ran; this is ECS's answer.
    NotStarted(Obstacle, Value),
    /// There is no result.
    Not(Obstacle),
}

/// Why a task's log has no report.
#[derive(Debug, Clone, PartialEq)]
pub enum NoReport {
    /// Its container does not log to CloudWatch, as far as its task definition says.
    NotLogged,
    /// There is no such log stream.
    NoStream,
    /// It was read, and no report is in it.
    NotInIt,
    /// It may not be read, or nothing answered.
    Hidden(Hidden),
    /// The sweep was stopped before it was read.
    Interrupted,
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
    /// How a check ended, with what is known of every one.
    pub fn new(subnet: &str, via: Option<Via>, end: End) -> Self {
        Came { subnet: subnet.to_owned(), via, by: None, took_ms: 0.0, exit_code: None, end, not_stopped: None }
    }
}
