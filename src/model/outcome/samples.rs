//! One act done many times: how often it failed, and how long it took.

use serde::{Deserialize, Serialize};

/// The tries of one act at one address, the first one included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples<Outcome> {
    /// All of them.
    pub tries: u32,
    /// Those that failed.
    pub failed: u32,
    /// Of those that worked, how many had to send a segment again: packets were lost on the way.
    pub resent: u32,
    /// How long those that worked took: the median, in microseconds.
    pub p50_us: u64,
    /// The 95th percentile, in microseconds.
    pub p95_us: u64,
    /// The longest, in microseconds.
    pub max_us: u64,
    /// How the last of those that failed ended.
    pub failure: Option<Outcome>,
}

impl<Outcome> Samples<Outcome> {
    /// Whether it works at one time and not at another: what always fails is seen without samples.
    pub fn is_symptom(&self) -> bool {
        self.failed > 0 && self.failed < self.tries
    }
}
