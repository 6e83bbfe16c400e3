//! What task metadata says of the task itself.

use serde::Deserialize;

/// What ECS runs the task on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchType {
    #[default]
    Fargate,
    Ec2,
    /// ECS Anywhere.
    External,
    ManagedInstances,
}

/// How its containers are connected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkMode {
    #[default]
    Awsvpc,
    Bridge,
    Host,
}

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
    pub launch_type: LaunchType,
    /// On Fargate it can only be `awsvpc`.
    pub network_mode: NetworkMode,
    /// The containers that AWS adds to a task of a Service Connect service.
    pub service_connect: bool,
    /// The host's agent is an old one, which names neither the launch type nor the containers' types.
    pub old_agent: bool,
    /// Lists and maps without anything in them are `null`, as Go writes them.
    pub nulls: bool,
    /// What the settings say of the role that pulls.
    pub execution_role: Option<String>,
}

impl Default for Task {
    fn default() -> Self {
        // Fargate reports a little more than the 20 GiB of a task definition that asks for nothing.
        Task {
            image: None,
            disk_mib: 20_496,
            pull_s: 15,
            is_pulling: false,
            launch_type: LaunchType::Fargate,
            network_mode: NetworkMode::Awsvpc,
            service_connect: false,
            old_agent: false,
            nulls: false,
            execution_role: None,
        }
    }
}
