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
    /// As reports write it.
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
    /// The kind of place.
    pub mode: Mode,
    /// The AWS Region, such as `eu-west-1`.
    pub region: Option<String>,
    /// The AWS account of the task, or else of the credentials: twelve digits.
    pub account: Option<String>,
    /// Who the credentials belong to, as STS names it.
    pub principal_arn: Option<String>,
    /// From task metadata.
    pub task_arn: Option<String>,
    /// The ECS cluster, by name or ARN as task metadata has it.
    pub cluster: Option<String>,
    /// The family of the task definition.
    pub family: Option<String>,
    /// The ECS service that the task belongs to.
    pub service: Option<String>,
    /// Availability Zone, such as `eu-west-1a`.
    pub az: Option<String>,
    /// The subnet's id, where something tells it.
    pub subnet_id: Option<String>,
    /// The IPv4 CIDR of the task's subnet, from task metadata.
    pub subnet_cidr: Option<String>,
    /// The name servers that are asked, in order.
    pub dns_servers: Vec<SocketAddr>,
    /// What could not be learnt, and why, in a few words each.
    pub unknown: Vec<String>,
}
