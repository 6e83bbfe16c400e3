//! Where to look after a failure that no pull caused: the reason is in another place than the text.

use super::parsed::Parsed;
use super::sign::Sign;
use crate::model::{Blank, Command, Fix};

/// The container ran: its exit code and its log tell.
const RAN: [Sign; 4] = [Sign::Exited, Sign::OutOfMemory, Sign::HealthCheck, Sign::Stopped];

/// No container ran: the service's events tell what ECS lacks.
const NOT_PLACED: [Sign; 7] = [
    Sign::Placement,
    Sign::Capacity,
    Sign::Quota,
    Sign::Held,
    Sign::HostPort,
    Sign::NetworkInterface,
    Sign::Unscheduled,
];

/// `None` where the text is not of ECS, or where nothing failed.
pub fn next(parsed: &Parsed) -> Option<Fix> {
    let region = parsed.region().unwrap_or_default();
    let of_ecs = |command| Command::of(command).region(region).option("--cluster", Blank::CLUSTER);
    if parsed.any(&NOT_PLACED) {
        return Some(Fix::run(
            "read the service's events, which say what ECS lacks",
            &of_ecs("aws ecs describe-services")
                .option("--services", Blank::SERVICE_NAME)
                .query("services[].events[:10].message"),
        ));
    }
    parsed.any(&RAN).then(|| {
        Fix::run(
            "read the exit codes, and then the log of the container that failed",
            &of_ecs("aws ecs describe-tasks")
                .option("--tasks", Blank::TASK_ID)
                .query("tasks[].containers[].[name,exitCode,reason]"),
        )
    })
}
