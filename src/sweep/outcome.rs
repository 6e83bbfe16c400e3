//! What a sweep is told of functions and tasks, and how what it starts ends.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::facts::Hidden;

/// A function with the tag that says which subnet it probes (Resource Groups Tagging API, `GetResources`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Its ARN.
    pub arn: String,
    /// The value of the tag.
    pub subnet: String,
}

/// A Lambda function (`GetFunctionConfiguration`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The subnets that it may send from: any of them, at any time.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// How long one invocation may take, in seconds.
    pub timeout_s: u32,
    /// Whether it can be invoked.
    pub state: FunctionState,
    /// AWS's words for the state.
    pub state_reason: Option<String>,
}

/// What a function's security groups are to those of a service: the fewer doubts, the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Groups {
    /// The same.
    Same,
    /// Lambda does not tell the function's.
    Unknown,
    /// Others, which let other packets through.
    Other,
}

impl Function {
    /// Its security groups beside those of a service.
    pub fn groups_beside(&self, service: &[String]) -> Groups {
        let set = |groups: &[String]| groups.iter().cloned().collect::<BTreeSet<_>>();
        if self.groups.is_empty() {
            Groups::Unknown
        } else if set(&self.groups) == set(service) {
            Groups::Same
        } else {
            Groups::Other
        }
    }
}

/// The state of a function (AWS Lambda API Reference, "FunctionConfiguration").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FunctionState {
    /// It can be invoked. So can one of which AWS tells no state.
    #[default]
    Ready,
    /// Its network interfaces are being made, or its configuration is being changed: an older one may answer.
    Pending,
    /// It was idle so long that its network interfaces are gone; an invocation brings them back, and fails (AWS Lambda
    /// Developer Guide, "Lambda function states").
    Inactive,
    /// It could not be made.
    Failed,
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Invoked {
    /// With an answer of the function's.
    Answered(Vec<u8>),
    /// The function failed: Lambda answers with status 200 and `X-Amz-Function-Error`.
    Failed {
        /// `Unhandled`, `Handled`.
        kind: String,
        /// The function's own name for it, such as `Sandbox.Timedout`.
        error: Option<String>,
        /// Its words, scrubbed.
        message: Option<String>,
    },
    /// It was not invoked, or whether it was is not known.
    Not(Hidden),
}

/// What a task runs on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Launch {
    /// What the cluster's default says.
    #[default]
    Default,
    /// `FARGATE`, `EC2`, …
    Type(String),
    /// A capacity provider.
    Provider(String),
}

/// A task to run once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskOrder {
    /// By name or ARN.
    pub cluster: String,
    /// `FAMILY`, `FAMILY:REVISION` or an ARN.
    pub task_definition: String,
    /// The one subnet.
    pub subnet: String,
    /// The service's security groups.
    pub groups: Vec<String>,
    /// Whether it gets a public IPv4 address.
    pub public_ip: bool,
    /// What it runs on.
    pub launch: Launch,
    /// Fargate's.
    pub platform_version: Option<String>,
    /// The container that gets the environment.
    pub container: String,
    /// Names and values.
    pub environment: Vec<(String, String)>,
    /// What ECS finds it by.
    pub started_by: String,
    /// Equal requests with one token start one task.
    pub token: String,
}

/// How `RunTask` ended.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskRun {
    /// A task with this ARN was made.
    Started(String),
    /// ECS made none: status 200 with `failures`. This is its answer, as `reason` reads it.
    Refused(Value),
    /// The request was refused, or whether it was carried out is not known.
    Not(Hidden),
}

/// A task (`DescribeTasks`).
#[derive(Debug, Clone, PartialEq)]
pub struct SeenTask {
    /// `PROVISIONING`, `PENDING`, `RUNNING`, `STOPPED`, …
    pub last_status: String,
    /// Of the container that was asked about; `None` where it never ran.
    pub exit_code: Option<i64>,
    /// ECS's answer, as `reason` reads it.
    pub told: Value,
}

impl SeenTask {
    /// Whether it has come to its end.
    pub fn has_stopped(&self) -> bool {
        self.last_status == "STOPPED"
    }
}

/// Where a container's log is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogStream {
    /// Of the log group, where it is another than the service's.
    pub region: Option<String>,
    /// The log group.
    pub group: String,
    /// The stream, by its prefix (Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch"): `PREFIX/CONTAINER`,
    /// before the task's id.
    pub prefix: String,
}
