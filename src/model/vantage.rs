//! Where the probe stands and as whom: no result means anything without it.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The kind of place the probe runs in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// An ECS task: the container metadata variable is set.
    Task,
    /// A Lambda function.
    Lambda,
    /// Anything else: a laptop, a build machine, an EC2 host.
    #[default]
    Host,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Task => "task",
            Mode::Lambda => "lambda",
            Mode::Host => "host",
        }
    }
}

/// Every field is `None` where it could not be learnt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vantage {
    pub mode: Mode,
    pub region: Option<String>,
    pub account: Option<String>,
    pub principal_arn: Option<String>,
    pub task_arn: Option<String>,
    pub cluster: Option<String>,
    pub family: Option<String>,
    pub service: Option<String>,
    /// Availability Zone, such as `eu-west-1a`.
    pub az: Option<String>,
    pub subnet_id: Option<String>,
    /// The IPv4 CIDR of the task's subnet, from task metadata.
    pub subnet_cidr: Option<String>,
    pub dns_servers: Vec<SocketAddr>,
    /// What could not be learnt, and why, in a few words each.
    pub unknown: Vec<String>,
}
