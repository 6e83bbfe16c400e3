//! What task metadata v4 says of the task's disk, its clock and its own pull (ECS Developer Guide, "Amazon ECS task metadata v4
//! response for tasks on Fargate").
//!
//! It adorns the check, and no pull depends on it: what is missing or makes no sense is not there, and the rest of the
//! metadata is read on its own.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::outcome::{ClockOutcome, DiskOutcome, TaskPullOutcome};
use crate::model::{Act, to_thousandths};

/// A pebibyte, which no disk of a task has: Fargate gives 200 GiB at most.
const MOST_MIB: u64 = 1 << 30;

/// A century, by which no clock is unsure of itself.
const MOST_MS: f64 = 100.0 * 365.0 * 86_400e3;

/// A day, which no pull takes: ECS gives up long before.
const LONGEST_PULL_S: f64 = 86_400.0;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Facts {
    ephemeral_storage_metrics: Value,
    clock_drift: Value,
    pull_started_at: Value,
    pull_stopped_at: Value,
}

/// The disk, the clock and the pull, each where the document has it. `holds` are the task's own images.
pub fn read(document: &[u8], holds: Vec<String>) -> Vec<Act> {
    let facts: Facts = serde_json::from_slice(document).unwrap_or_default();
    let disk = disk(&facts.ephemeral_storage_metrics, holds.clone()).map(Act::Disk);
    let clock = clock(&facts.clock_drift).map(Act::Clock);
    let pull = pull(&facts.pull_started_at, &facts.pull_stopped_at, holds).map(Act::TaskPull);
    disk.into_iter().chain(clock).chain(pull).collect()
}

fn disk(metrics: &Value, holds: Vec<String>) -> Option<DiskOutcome> {
    let mebibytes = |name| metrics[name].as_u64().filter(|mib| *mib <= MOST_MIB);
    let reserved_mib = mebibytes("Reserved").filter(|mib| *mib > 0)?;
    Some(DiskOutcome::Measured { reserved_mib, utilized_mib: mebibytes("Utilized"), holds })
}

fn clock(drift: &Value) -> Option<ClockOutcome> {
    let error_bound_ms = drift["ClockErrorBound"].as_f64().filter(|bound| (0.0..=MOST_MS).contains(bound));
    match drift["ClockSynchronizationStatus"].as_str()? {
        "SYNCHRONIZED" => Some(ClockOutcome::Synchronized { error_bound_ms }),
        "NOT_SYNCHRONIZED" => Some(ClockOutcome::NotSynchronized { error_bound_ms }),
        _ => None,
    }
}

/// Other containers of the task may still be pulled. On Fargate the end is not there until then; the EC2 agent moves it on
/// with each image (amazon-ecs-agent, `pullContainer`).
fn pull(started: &Value, stopped: &Value, holds: Vec<String>) -> Option<TaskPullOutcome> {
    // Go's zero time, the year 1, stands for "not yet" in some agents.
    let at = |time: &Value| OffsetDateTime::parse(time.as_str()?, &Rfc3339).ok().filter(|at| at.unix_timestamp() > 0);
    let seconds = (at(stopped)? - at(started)?).as_seconds_f64();
    let seconds = to_thousandths(seconds);
    (0.0..=LONGEST_PULL_S).contains(&seconds).then_some(TaskPullOutcome::Measured { seconds, holds })
}
