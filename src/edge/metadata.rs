//! ECS task metadata endpoint v4: where we are, without any permission.
//!
//! Fields may be absent, and unknown ones are passed over (ECS Developer Guide, "Amazon ECS task metadata V4 JSON
//! response"). The agents are written in Go, whose JSON has `null` for a list or a map that was never made: that is an
//! empty one.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::facts;
use super::http::{ERROR_LIMIT, Peer, Want, fetch, get, no_body};
use super::network::Network;
use crate::model::{Act, LaunchType, NetworkMode, Vantage};
use crate::ranges::Cidr;

/// Metadata of a task with many containers and labels is larger than an error body.
const LIMIT: usize = 8 * ERROR_LIMIT;

/// A task has at most ten containers of its own, and the agent adds a few.
const MOST_IMAGES: usize = 50;

/// Containers that AWS adds to a task, by the beginnings of their names. The agent loads the pause image and the Service
/// Connect agent from the host's disk, and gives the latter the type `NORMAL` (amazon-ecs-agent, `pullContainer` and
/// `ContainerType.String`); a task starts without the GuardDuty agent where its image cannot be pulled (ECS Developer
/// Guide, "Runtime Monitoring Troubleshooting").
const ADDED_BY_AWS: [&str; 3] = ["~internal~ecs~", "ecs-service-connect-", "aws-guardduty-agent-"];

/// The images of such containers, for agents that name them otherwise.
const IMAGES_OF_AWS: [&str; 2] = [PAUSE_IMAGE, "ecs-service-connect-agent:"];

/// What keeps the network interface of a task in awsvpc mode, on a host of one's own.
const PAUSE_IMAGE: &str = "amazon/amazon-ecs-pause";

/// Why there is no task metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    #[error("its address is not a URL")]
    BadAddress,
    #[error("its host does not resolve")]
    Unresolved,
    #[error("it does not answer")]
    NoAnswer,
    #[error("it answers HTTP {0}")]
    Status(u16),
    #[error("it answers something that is not task metadata")]
    NotMetadata,
}

/// What of `${ECS_CONTAINER_METADATA_URI_V4}/task` is used.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TaskMetadata {
    /// The ECS cluster, by name or ARN.
    pub cluster: Option<String>,
    /// The task's ARN.
    #[serde(rename = "TaskARN")]
    pub task_arn: Option<String>,
    /// The family of the task definition.
    pub family: Option<String>,
    /// The ECS service that the task belongs to.
    pub service_name: Option<String>,
    /// Such as `eu-west-1a`.
    pub availability_zone: Option<String>,
    /// In AWS's spelling. Agents before 1.45.0 leave it out.
    pub launch_type: Option<String>,
    /// Only on EC2, of agents from 1.63.1 on.
    #[serde(rename = "VPCID")]
    pub vpc_id: Option<String>,
    /// The task's containers, the agent's own among them.
    #[serde(deserialize_with = "null_as_empty")]
    pub containers: Vec<Container>,
    /// What is evidence: the disk, the clock and the task's own pull, where the task reports them.
    #[serde(skip)]
    pub facts: Vec<Act>,
}

/// One container of the task, also before it has started.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Container {
    /// As the task definition names it.
    pub name: Option<String>,
    /// The reference as the task definition has it.
    pub image: Option<String>,
    /// `NORMAL` for those of the task definition, and some that AWS adds.
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    /// Such as `awslogs`.
    pub log_driver: Option<String>,
    /// Options of that driver.
    #[serde(deserialize_with = "null_as_empty")]
    pub log_options: BTreeMap<String, String>,
    /// The networks that it is attached to.
    #[serde(deserialize_with = "null_as_empty")]
    pub networks: Vec<NetworkInterface>,
}

/// One network that a container is attached to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkInterface {
    /// Such as `awsvpc`, in Docker's spelling.
    pub network_mode: Option<String>,
    /// The CIDR of its subnet; only in awsvpc mode.
    #[serde(rename = "IPv4SubnetCIDRBlock")]
    pub ipv4_subnet: Option<String>,
    /// Where the subnet has IPv6.
    #[serde(rename = "IPv6SubnetCIDRBlock")]
    pub ipv6_subnet: Option<String>,
}

fn null_as_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

impl Container {
    fn is_pause(&self) -> bool {
        self.kind.as_deref() == Some("CNI_PAUSE")
            || self.image.as_deref().is_some_and(|image| image.starts_with(PAUSE_IMAGE))
    }

    /// Whether the task definition names it.
    fn is_of_the_task(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or_default();
        let starts = |text: &Option<String>, with: &[&str]| {
            text.as_deref().is_some_and(|text| with.iter().any(|start| text.starts_with(start)))
        };
        // Older agents give no type.
        matches!(kind, "" | "NORMAL") && !starts(&self.name, &ADDED_BY_AWS) && !starts(&self.image, &IMAGES_OF_AWS)
    }
}

impl TaskMetadata {
    /// Reads the body of the answer; `None` where it is not task metadata.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let metadata: TaskMetadata = serde_json::from_slice(body).ok()?;
        let holds = metadata.images().into_iter().map(str::to_owned).collect();
        Some(TaskMetadata { facts: facts::read(body, holds), ..metadata })
    }

    /// The image of every container that the task definition names, each once and no more than a check takes; also of
    /// containers that have not started.
    pub fn images(&self) -> Vec<&str> {
        let mut images: Vec<&str> = Vec::new();
        let own = self.containers.iter().filter(|container| container.is_of_the_task());
        for image in own.filter_map(|container| container.image.as_deref()) {
            if !image.is_empty() && images.len() < MOST_IMAGES && !images.contains(&image) {
                images.push(image);
            }
        }
        images
    }

    fn networks(&self) -> impl Iterator<Item = &NetworkInterface> {
        self.containers.iter().flat_map(|container| &container.networks)
    }

    /// The IPv4 CIDR of the task's subnet; only in awsvpc mode.
    pub fn subnet_cidr(&self) -> Option<&str> {
        self.networks().find_map(|net| net.ipv4_subnet.as_deref())
    }

    /// The IPv6 CIDR of the task's subnet, where it has one; only in awsvpc mode.
    pub fn ipv6_subnet_cidr(&self) -> Option<&str> {
        self.networks().find_map(|net| net.ipv6_subnet.as_deref())
    }

    /// The ranges of the task's own subnet.
    pub fn own_subnets(&self) -> Vec<Cidr> {
        let texts = [self.subnet_cidr(), self.ipv6_subnet_cidr()];
        texts.into_iter().flatten().filter_map(|text| Cidr::parse(text).ok()).collect()
    }

    /// The network mode, which all containers of a task share. With Service Connect in bridge mode they have the network of
    /// their pause container (`container:ID`), which is in the list too.
    pub fn network_mode(&self) -> Option<NetworkMode> {
        self.networks().find_map(|net| match net.network_mode.as_deref()? {
            "awsvpc" => Some(NetworkMode::Awsvpc),
            "host" => Some(NetworkMode::Host),
            // Windows has `nat` for it, which a task definition calls `default`.
            "bridge" | "nat" | "default" => Some(NetworkMode::Bridge),
            _ => None,
        })
    }

    /// What the task runs on. Where the agent does not say, what there is on EC2 alone tells: metadata v4 on Fargate has
    /// neither a pause container nor another mode than awsvpc, and ECS Anywhere came after agents that say.
    pub fn launch_type(&self) -> Option<LaunchType> {
        match self.launch_type.as_deref().unwrap_or_default() {
            "FARGATE" => Some(LaunchType::Fargate),
            "EC2" => Some(LaunchType::Ec2),
            "EXTERNAL" => Some(LaunchType::External),
            "MANAGED_INSTANCES" => Some(LaunchType::ManagedInstances),
            "" => {
                let pauses = self.containers.iter().any(Container::is_pause);
                let of_the_host = matches!(self.network_mode(), Some(NetworkMode::Bridge | NetworkMode::Host));
                (pauses || of_the_host || self.vpc_id.is_some()).then_some(LaunchType::Ec2)
            }
            _ => None,
        }
    }

    /// Whether a container writes to CloudWatch Logs of the task's own Region, with the awslogs driver: one that writes to
    /// another Region does not use this Region's endpoint.
    pub fn logs_in_own_region(&self) -> bool {
        let logs = self.containers.iter().filter(|container| container.log_driver.as_deref() == Some("awslogs"));
        let mut regions = logs.map(|it| it.log_options.get("awslogs-region").map(String::as_str).or(self.region()));
        regions.any(|region| region.is_some() && region == self.region())
    }

    /// The fourth part of the task's ARN: `arn:partition:ecs:region:account:task/…`.
    pub fn region(&self) -> Option<&str> {
        self.task_arn.as_deref()?.split(':').nth(3).filter(|part| !part.is_empty())
    }

    /// The fifth part of the task's ARN: twelve digits.
    pub fn account(&self) -> Option<&str> {
        self.task_arn.as_deref()?.split(':').nth(4).filter(|part| !part.is_empty())
    }

    /// Says where the probe stands, but for the Region, which the settings may set.
    pub fn describe(&self, vantage: &mut Vantage) {
        let own = |text: Option<&str>| text.map(str::to_owned);
        vantage.account = own(self.account());
        vantage.subnet_cidr = own(self.subnet_cidr());
        vantage.ipv6_subnet_cidr = own(self.ipv6_subnet_cidr());
        vantage.task_arn.clone_from(&self.task_arn);
        vantage.cluster.clone_from(&self.cluster);
        vantage.family.clone_from(&self.family);
        vantage.service.clone_from(&self.service_name);
        vantage.az.clone_from(&self.availability_zone);
        vantage.launch_type = self.launch_type();
        vantage.network_mode = self.network_mode();
        vantage.task_images = self.images().into_iter().map(str::to_owned).collect();
    }
}

/// Reads the task's metadata.
///
/// # Errors
///
/// Why there is none.
pub async fn read(network: &Network, base: &str) -> Result<TaskMetadata, MetadataError> {
    let uri: http::Uri = base.parse().map_err(|_| MetadataError::BadAddress)?;
    let host = uri.host().ok_or(MetadataError::BadAddress)?.to_owned();
    let port = uri.port_u16().unwrap_or(80);
    let addresses = network.addresses(&host, port).await.map_err(|_| MetadataError::Unresolved)?;
    let address = *addresses.first().ok_or(MetadataError::Unresolved)?;
    let peer = Peer { host: &host, address, tls: None };
    let url = format!("{}/task", base.trim_end_matches('/'));
    let request = get(&url).and_then(no_body).map_err(|_| MetadataError::BadAddress)?;
    let reply =
        fetch(&peer, request, Want::Whole(LIMIT), network.timeout).await.map_err(|_| MetadataError::NoAnswer)?;
    if reply.status != 200 {
        return Err(MetadataError::Status(reply.status));
    }
    TaskMetadata::parse(&reply.body).ok_or(MetadataError::NotMetadata)
}

#[cfg(test)]
mod tests;
