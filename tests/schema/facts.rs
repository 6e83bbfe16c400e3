//! What task metadata tells besides, in every form.

use ecr_probe::model::outcome::{ClockOutcome, DiskOutcome, TaskPullOutcome};

use super::variants::each;

pub fn disks() -> Vec<DiskOutcome> {
    let measured = |utilized_mib| {
        let holds = vec!["scheduled-file-writer:v1".into()];
        each! { DiskOutcome: Measured { reserved_mib: 20_496, utilized_mib, holds } }
    };
    [Some(261), None].into_iter().flat_map(measured).collect()
}

pub fn clocks() -> Vec<ClockOutcome> {
    each! { ClockOutcome:
        Synchronized { error_bound_ms: Some(0.5) },
        NotSynchronized { error_bound_ms: None },
    }
}

pub fn task_pulls() -> Vec<TaskPullOutcome> {
    each! { TaskPullOutcome: Measured { seconds: 3.539, holds: vec!["scheduled-file-writer:v1".into()] } }
}
