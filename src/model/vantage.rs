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
    /// Nowhere on the way: the account's configuration is read, from anywhere.
    Audit,
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
            Mode::Audit => "audit",
            Mode::Host => "host",
        }
    }
}

/// The infrastructure that ECS runs the task on: it decides who pulls the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchType {
    /// The images come in over the task's own network interface.
    Fargate,
    /// The instance's agent and container runtime pull.
    Ec2,
    /// ECS Anywhere: a machine outside AWS pulls.
    External,
    /// ECS Managed Instances: AWS documents subnets and security groups of the instances, apart from the tasks'.
    ManagedInstances,
}

impl LaunchType {
    /// As AWS's documents write it.
    pub fn title(self) -> &'static str {
        match self {
            LaunchType::Fargate => "Fargate",
            LaunchType::Ec2 => "EC2",
            LaunchType::External => "ECS Anywhere",
            LaunchType::ManagedInstances => "ECS Managed Instances",
        }
    }

    /// The machine that pulls in the task's place, as the subject of a sentence.
    pub fn host(self) -> Option<&'static str> {
        match self {
            LaunchType::Fargate => None,
            LaunchType::Ec2 => Some("the EC2 instance"),
            LaunchType::External => Some("the external instance"),
            LaunchType::ManagedInstances => Some("the managed instance"),
        }
    }
}

/// How the task's containers are connected to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkMode {
    /// A network interface of the task's own.
    Awsvpc,
    /// Docker's bridge, which translates to the host's address.
    Bridge,
    /// The host's network stack itself.
    Host,
}

impl NetworkMode {
    /// As a task definition writes it.
    pub fn name(self) -> &'static str {
        match self {
            NetworkMode::Awsvpc => "awsvpc",
            NetworkMode::Bridge => "bridge",
            NetworkMode::Host => "host",
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
    /// What the task runs on.
    pub launch_type: Option<LaunchType>,
    /// How its containers are connected.
    pub network_mode: Option<NetworkMode>,
    /// Images of the task's containers, as its task definition names them; none outside a task.
    pub task_images: Vec<String>,
    /// The role that pulls, a name or an ARN, where the settings name it: no container can see it.
    pub execution_role: Option<String>,
    /// The Lambda function, by name.
    pub function: Option<String>,
    /// Availability Zone, such as `eu-west-1a`.
    pub az: Option<String>,
    /// The subnet's id, where something tells it.
    pub subnet_id: Option<String>,
    /// Ids of the security groups, where something tells them; empty otherwise.
    pub security_groups: Vec<String>,
    /// The IPv4 CIDR of the task's subnet, from task metadata.
    pub subnet_cidr: Option<String>,
    /// The IPv6 CIDR of the task's subnet, from task metadata.
    pub ipv6_subnet_cidr: Option<String>,
    /// The name servers that are asked, in order.
    pub dns_servers: Vec<SocketAddr>,
    /// What could not be learnt, and why, in a few words each.
    pub unknown: Vec<String>,
}

impl Vantage {
    /// The machine that pulls the task's images in its place; `None` where that is the task itself, or not known.
    pub fn host(&self) -> Option<&'static str> {
        self.launch_type.and_then(LaunchType::host)
    }

    /// Whether the probe's packets leave by the same network stack as those of a pull.
    pub fn shares_the_network_of_the_pull(&self) -> bool {
        self.host().is_none() || self.network_mode == Some(NetworkMode::Host)
    }
}
