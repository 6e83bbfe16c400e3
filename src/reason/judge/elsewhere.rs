//! Failures that are no pull's: said to be so, lest somebody looks for them in the network.

use super::answer::Answer;
use crate::reason::place::Place;
use crate::reason::said::Said;
use crate::reason::sign::Sign;

/// The operations of a pull and of a task's start.
const OPERATIONS: [&str; 13] = [
    "GetAuthorizationToken",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    "GetDownloadUrlForLayer",
    "GetObject",
    "GetSecretValue",
    "GetParameter",
    "GetParameters",
    "Decrypt",
    "CreateLogStream",
    "CreateLogGroup",
    "PutLogEvents",
    "AssumeRole",
];

/// Signs that settle it, with what they mean.
const SETTLED: [(Sign, &str); 9] = [
    (Sign::OutOfMemory, "a container used more memory than it may"),
    (Sign::Placement, "no container instance fits the task"),
    (Sign::Capacity, "there is no capacity for the task at this time"),
    (Sign::HealthCheck, "the task ran, and failed its health checks"),
    (Sign::NetworkInterface, "the task's network interface was not attached in time"),
    (Sign::CreateTimedOut, "the container runtime was too slow to create the container"),
    (Sign::AgentChannel, "the ECS agent lost its own channel to ECS"),
    (Sign::Push, "an image was pushed, and not pulled"),
    (Sign::Stopped, "the task was stopped from outside"),
];

/// Words that only a pull or a task's start has.
const OF_A_PULL: [Sign; 12] = [
    Sign::RegistryAuth,
    Sign::AsmSecret,
    Sign::AsmRegistryAuth,
    Sign::SsmSecret,
    Sign::Logger,
    Sign::EnvFiles,
    Sign::Resolve,
    Sign::Copy,
    Sign::ManifestPath,
    Sign::NoBasicAuth,
    Sign::TokenExpired,
    Sign::CannotAssumeRole,
];

pub fn judge(said: &Said) -> Option<Answer> {
    if said.has(Sign::EfsVolume) {
        return Some(
            Answer::no_pull("an EFS volume could not be mounted; the image is not to blame")
                .likely("INIT-10", "the message is of EFS' mount helper"),
        );
    }
    let of_a_pull = said.any(&OF_A_PULL);
    if let Some((_, means)) = SETTLED.iter().find(|(sign, _)| said.has(*sign)).filter(|_| !of_a_pull) {
        return Some(Answer::no_pull(*means));
    }
    if let Some(operation) = said.operation.as_deref().filter(|it| !is_needed(it)) {
        return Some(Answer::no_pull(format!(
            "the call that failed is {operation}, which no pull and no task's start makes"
        )));
    }
    if let Some(denial) = said.denial.as_ref().filter(|it| !of_a_pull && !it.action.contains('<')) {
        let operation = denial.action.split_once(':').map_or("", |(_, operation)| operation);
        if !is_needed(operation) {
            return Some(Answer::no_pull(format!(
                "{} was denied, which no pull and no task's start needs",
                denial.action
            )));
        }
    }
    if said.any(&[Sign::ContainerRuntime, Sign::NoExecutable])
        && !of_a_pull
        && !said.any(&[Sign::ExecFormat, Sign::NoSpace, Sign::NoRoute])
    {
        return Some(Answer::no_pull("the image was pulled, and its program could not be started"));
    }
    let only_other_services = !said.hosts.is_empty() && said.hosts.iter().all(|host| host.place == Place::OtherService);
    if only_other_services && !of_a_pull {
        let name = said.hosts.first().map(|host| host.name.as_str()).unwrap_or_default();
        return Some(Answer::no_pull(format!("the host is {name}, which no pull and no task's start needs")));
    }
    let exited = said.has(Sign::Exited)
        && !of_a_pull
        && !said.any(&[
            Sign::Pull,
            Sign::NotStarted,
            Sign::ExecFormat,
            Sign::NoSpace,
            Sign::NameUnknown,
            Sign::AccessDenied,
        ]);
    exited.then(|| Answer::no_pull("the container ran and ended by itself"))
}

/// Whether a pull or a task's start makes this call, whose name may be cut.
fn is_needed(operation: &str) -> bool {
    OPERATIONS.iter().any(|known| known.starts_with(operation))
}
