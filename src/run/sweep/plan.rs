//! What a sweep is about.

use std::time::Duration;

use crate::account::Aim;
use crate::config::{FixForm, SweepVia};
use crate::model::Timestamp;
use crate::ranges::Ranges;

/// What is swept, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The service, with Region and account.
    pub aim: Aim,
    /// The caller, as STS names it.
    pub principal: Option<String>,
    /// By the clock here.
    pub started_at: Timestamp,
    /// What the checks are done by; `None` means what is there.
    pub via: Option<SweepVia>,
    /// Functions, in place of those with the tag.
    pub functions: Vec<String>,
    /// The task definition of the probe.
    pub task_definition: String,
    /// How long each task or function is waited for.
    pub budget: Duration,
    /// How long the configuration is read.
    pub reading: Duration,
    /// In which form fixes are.
    pub form: FixForm,
    /// AWS's published address ranges.
    pub ranges: Ranges,
    /// What tells this sweep's tasks from others.
    pub name: String,
}
