//! What an audit is about.

use crate::model::{Act, Evidence, LaunchType, Observation, Placement, Vantage};

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
    /// Whether every service of the cluster is looked at: then its stopped tasks are listed together.
    pub with_others: bool,
}

impl Aim {
    /// The aim that led to a placement, of what a saved report has of it.
    pub fn of(placement: &Placement, vantage: &Vantage, evidence: &Evidence) -> Self {
        let image = |observation: &Observation| match observation.act {
            Act::Reference(_) => observation.subject.clone(),
            _ => None,
        };
        Aim {
            region: vantage.region.clone().unwrap_or_default(),
            account: vantage.account.clone(),
            cluster: placement.cluster.clone(),
            service: placement.service.clone(),
            task: vantage.task_arn.clone(),
            task_definition: placement.task_definition.clone(),
            subnets: placement.subnets.clone(),
            security_groups: placement.security_groups.clone(),
            assign_public_ip: placement.assign_public_ip,
            launch_type: placement.launch_type,
            execution_role: placement.execution_role_arn.clone(),
            images: evidence.iter().filter_map(image).collect(),
            with_others: false,
        }
    }
}
