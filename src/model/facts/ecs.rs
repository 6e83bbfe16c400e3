//! Services, task definitions, and what became of tasks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A service (ECS `DescribeServices`), with the network configuration of its primary deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The cluster's ARN.
    pub cluster: String,
    /// `FARGATE`, `EC2`, `EXTERNAL`, `MANAGED_INSTANCES`; `None` where capacity providers decide.
    pub launch_type: Option<String>,
    /// The names of its capacity providers.
    pub capacity_providers: Vec<String>,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// Where tasks with a network interface of their own are placed.
    pub subnets: Vec<String>,
    /// The security groups of those interfaces.
    pub groups: Vec<String>,
    /// Whether those interfaces get a public IPv4 address.
    pub assign_public_ip: bool,
    /// Fargate's.
    pub platform_version: Option<String>,
    /// How many tasks it wants.
    pub desired: i64,
    /// Tasks that run.
    pub running: i64,
    /// The newest first, those that tell of a failure; at most twenty.
    pub events: Vec<String>,
}

/// A task definition (ECS `DescribeTaskDefinition`). Environment values are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskDefinition {
    /// With the revision.
    pub arn: String,
    /// Of the role that pulls.
    pub execution_role_arn: Option<String>,
    /// Of the application.
    pub task_role_arn: Option<String>,
    /// `awsvpc`, `bridge`, `host`, `none`.
    pub network_mode: Option<String>,
    /// `X86_64`, `ARM64`.
    pub cpu_architecture: Option<String>,
    /// `LINUX`, `WINDOWS_SERVER_2022_CORE`.
    pub operating_system: Option<String>,
    /// `FARGATE`, `EC2`.
    pub compatibilities: Vec<String>,
    /// In its order.
    pub containers: Vec<ContainerFact>,
}

/// A container of a task definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerFact {
    /// Its name.
    pub name: String,
    /// As it is written.
    pub image: String,
    /// The secret with the login of another registry.
    pub repository_credentials: Option<String>,
    /// Environment variables and log options that come from Secrets Manager or Parameter Store.
    pub secrets: Vec<SecretReference>,
    /// ARNs of S3 objects.
    pub environment_files: Vec<String>,
    /// `awslogs`, `awsfirelens`, …
    pub log_driver: Option<String>,
    /// Of an awslogs driver: `awslogs-group`, `awslogs-region`, `awslogs-create-group`, `awslogs-stream-prefix`, `mode`.
    pub log_options: BTreeMap<String, String>,
}

/// Where a secret comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecretReference {
    /// The environment variable or log option that gets it.
    pub name: String,
    /// The ARN of a secret or parameter, or the name of a parameter.
    pub value_from: String,
}

/// A task (ECS `DescribeTasks`), as far as it tells why it stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoppedTask {
    /// Its ARN.
    pub arn: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// `service:NAME`, `family:NAME`.
    pub group: Option<String>,
    /// `FARGATE`, `EC2`, …
    pub launch_type: Option<String>,
    /// `RUNNING`, `STOPPED`, …
    pub last_status: String,
    /// `TaskFailedToStart`, …
    pub stop_code: Option<String>,
    /// ECS's words, scrubbed.
    pub reason: Option<String>,
    /// RFC 3339.
    pub stopped_at: Option<String>,
    /// Containers with words of their own.
    pub containers: Vec<StoppedContainer>,
    /// Where its interface was.
    pub subnet_id: Option<String>,
    /// Its interface.
    pub interface_id: Option<String>,
    /// The container instance that it ran on.
    pub container_instance: Option<String>,
}

/// A container of a stopped task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoppedContainer {
    /// Its name.
    pub name: String,
    /// ECS's words, scrubbed.
    pub reason: Option<String>,
}

/// A container instance of a cluster (ECS `DescribeContainerInstances`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerInstance {
    /// Its ARN.
    pub arn: String,
    /// `i-…`; of ECS Anywhere `mi-…`.
    pub instance_id: String,
    /// Whether its agent is connected.
    pub agent_connected: bool,
}

/// An EC2 instance (EC2 `DescribeInstances`), with its primary interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// `i-…`
    pub id: String,
    /// `subnet-…`
    pub subnet_id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// Of its primary interface.
    pub groups: Vec<String>,
    /// Its public IPv4, where it has one.
    pub public_ip: Option<String>,
    /// The ARN of its instance profile.
    pub profile_arn: Option<String>,
}
