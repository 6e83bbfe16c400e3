//! What task metadata says of the task itself.

use serde::Deserialize;

/// Every key of `[task]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Task {
    /// The image that the task runs; by default the one that is checked.
    pub image: Option<String>,
    /// What the task has of its ephemeral storage; 0 where metadata does not say, as on EC2.
    pub disk_mib: u64,
    /// How long its own images took to pull.
    pub pull_s: u32,
    /// They are still being pulled.
    pub is_pulling: bool,
}

impl Default for Task {
    fn default() -> Self {
        // Fargate reports a little more than the 20 GiB of a task definition that asks for nothing.
        Task { image: None, disk_mib: 20_496, pull_s: 15, is_pulling: false }
    }
}
