//! Where a task is placed, and as whom its images are pulled.

use serde::{Deserialize, Serialize};

use super::LaunchType;

/// The placement that an audit judges. What is not known is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placement {
    /// What the tasks run on.
    pub launch_type: Option<LaunchType>,
    /// The cluster, by name or ARN.
    pub cluster: Option<String>,
    /// The service's name.
    pub service: Option<String>,
    /// The ARN of the task definition, or as it was given.
    pub task_definition: Option<String>,
    /// The role that pulls; on EC2 without an execution role, that of the instance profile.
    pub execution_role_arn: Option<String>,
    /// The application's role.
    pub task_role_arn: Option<String>,
    /// Where the packets of a pull begin: the tasks' subnets, on EC2 those of the container instances.
    pub subnets: Vec<String>,
    /// The security groups there.
    pub security_groups: Vec<String>,
    /// Whether the tasks' interfaces get a public IPv4 address.
    pub assign_public_ip: bool,
}

/// A read that told nothing, and what is not known for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unseen {
    /// In plain words: `network ACLs of vpc-…`.
    pub what: String,
    /// The IAM action that the read needs.
    pub action: String,
    /// AWS's code, or how the request ended.
    pub why: String,
}
