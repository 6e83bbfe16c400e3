//! The seam to what a sweep does in the account: functions and tasks that carry out a check elsewhere.

use std::time::Duration;

use crate::model::facts::{Fact, Hidden};
use crate::sweep::{Function, Invoked, LogStream, SeenTask, Tagged, TaskOrder, TaskRun};

/// Has checks done by functions and tasks: AWS, or a stand-in. It is apart from [`super::Reader`], which changes nothing:
/// [`Remote::run_task`] makes a task, [`Remote::stop_task`] ends one, and [`Remote::invoke`] runs a function. Never fails:
/// however an act ends is its outcome.
#[expect(async_fn_in_trait, reason = "one current-thread runtime: no future needs to be Send")]
pub trait Remote {
    /// Milliseconds since the begin of the run.
    fn elapsed_ms(&self) -> f64;

    /// Waits, on the same clock.
    async fn sleep(&self, milliseconds: f64);

    /// The functions whose tag names one of these subnets.
    async fn tagged(&self, subnets: &[String]) -> Fact<Vec<Tagged>>;

    /// A function's configuration, by name or ARN.
    async fn function(&self, name: &str) -> Fact<Function>;

    /// Invokes a function with this event, and waits for its answer as long as that.
    async fn invoke(&self, function: &Function, event: &str, within: Duration) -> Invoked;

    /// Runs a task.
    async fn run_task(&self, order: &TaskOrder) -> TaskRun;

    /// The ARNs of tasks that were started by that and are to run.
    async fn started(&self, cluster: &str, started_by: &str) -> Fact<Vec<String>>;

    /// A task, with the exit code of one of its containers.
    async fn task(&self, cluster: &str, arn: &str, container: &str) -> Fact<SeenTask>;

    /// Stops a task. What kept it from being stopped.
    async fn stop_task(&self, cluster: &str, arn: &str) -> Option<Hidden>;

    /// The events of a task's log, from its beginning.
    async fn log(&self, stream: &LogStream, task: &str) -> Fact<Vec<String>>;
}
