//! What the ECS API remembers of stopped tasks.

use serde::Deserialize;

/// Every key of `[ecs]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ecs {
    /// How many tasks of the cluster have stopped within the hour.
    pub stopped: usize,
    /// How many it lists on a page, where it is asked for as many.
    pub page: usize,
    /// How many calls are throttled before one is answered.
    pub throttled: usize,
    /// After how many more it throttles for good.
    pub answers: usize,
}

impl Default for Ecs {
    fn default() -> Self {
        Ecs { stopped: 1, page: 100, throttled: 0, answers: usize::MAX }
    }
}
