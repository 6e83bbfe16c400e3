//! What an audit is about.

use crate::model::LaunchType;

/// The task or the placement whose pull is judged. What is given here stands before what AWS tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aim {
    /// The Region of the tasks.
    pub region: String,
    /// The account of the credentials that ask; `None` where STS did not tell.
    pub account: Option<String>,
    /// By name or ARN.
    pub cluster: Option<String>,
    /// By name.
    pub service: Option<String>,
    /// By ARN.
    pub task: Option<String>,
    /// `FAMILY`, `FAMILY:REVISION` or an ARN.
    pub task_definition: Option<String>,
    /// `subnet-…`
    pub subnets: Vec<String>,
    /// `sg-…`
    pub security_groups: Vec<String>,
    /// Whether the tasks get public IPv4 addresses.
    pub assign_public_ip: bool,
    /// What the tasks run on.
    pub launch_type: Option<LaunchType>,
    /// By ARN, or by name in the account that asks.
    pub execution_role: Option<String>,
    /// Images, where no task definition names them.
    pub images: Vec<String>,
}

impl Aim {
    /// Whether stopped tasks tell what ECS said.
    pub fn is_of_a_service(&self) -> bool {
        self.service.is_some() && self.cluster.is_some()
    }
}
