//! What task metadata tells of the task beside its place: its disk, its clock and its own pull.

use serde::{Deserialize, Serialize};

/// The task's ephemeral storage, which images and containers share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum DiskOutcome {
    /// Task metadata tells its size.
    Measured {
        /// What the task has of it.
        reserved_mib: u64,
        /// What is used of it, in MiB.
        utilized_mib: Option<u64>,
        /// The task's own images. It runs, so that it has pulled them and they fit.
        holds: Vec<String>,
    },
}

/// Whether the clock of the task's host is synchronized, as the host itself says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ClockOutcome {
    /// The host keeps it in step.
    Synchronized {
        /// How far off it may be at most.
        error_bound_ms: Option<f64>,
    },
    /// The host does not.
    NotSynchronized {
        /// How far off it may be at most, in milliseconds.
        error_bound_ms: Option<f64>,
    },
}

/// How long the task's own images took to pull when it started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum TaskPullOutcome {
    /// Task metadata tells when the pulls began and ended.
    Measured {
        /// From the begin of the first container's pull to the end of the last one's.
        seconds: f64,
        /// The images that were pulled.
        holds: Vec<String>,
    },
}
