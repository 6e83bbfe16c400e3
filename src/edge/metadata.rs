//! ECS task metadata endpoint v4: where we are, without any permission.
//!
//! Fields may be absent, and unknown ones are passed over
//! (ECS Developer Guide, "Task metadata available for Amazon ECS tasks").

use std::collections::BTreeMap;

use serde::Deserialize;

use super::facts;
use super::http::{ERROR_LIMIT, Peer, Want, fetch, get, no_body};
use super::network::Network;
use crate::model::Act;

/// Metadata of a task with many containers and labels is larger than an error body.
const LIMIT: usize = 8 * ERROR_LIMIT;

/// A task has at most ten containers of its own, and the agent adds a few.
const MOST_IMAGES: usize = 50;

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
    /// The task's containers, the agent's own among them.
    pub containers: Vec<Container>,
    /// What is evidence: the disk, the clock and the task's own pull, where the task reports them.
    #[serde(skip)]
    pub facts: Vec<Act>,
}

/// A container of the task, as far as the probe uses it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Container {
    pub image: Option<String>,
    pub log_driver: Option<String>,
    pub log_options: BTreeMap<String, String>,
    pub networks: Vec<NetworkInterface>,
}

/// A network interface of a container.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkInterface {
    #[serde(rename = "IPv4SubnetCIDRBlock")]
    pub ipv4_subnet: Option<String>,
}

impl TaskMetadata {
    /// Reads the body of the answer; `None` where it is not task metadata.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let metadata: TaskMetadata = serde_json::from_slice(body).ok()?;
        let holds = metadata.images().into_iter().map(str::to_owned).collect();
        Some(TaskMetadata { facts: facts::read(body, holds), ..metadata })
    }

    /// Every container's image, each once and no more than a check takes; also of containers that have not started.
    pub fn images(&self) -> Vec<&str> {
        let mut images: Vec<&str> = Vec::new();
        for image in self.containers.iter().filter_map(|container| container.image.as_deref()) {
            // The agent adds a pause container to awsvpc tasks; it comes with the host.
            let pause = image.starts_with("amazon/amazon-ecs-pause");
            if !pause && images.len() < MOST_IMAGES && !images.contains(&image) {
                images.push(image);
            }
        }
        images
    }

    /// The IPv4 CIDR of the subnet of the first container that tells it.
    pub fn subnet_cidr(&self) -> Option<&str> {
        self.containers.iter().flat_map(|container| &container.networks).find_map(|net| net.ipv4_subnet.as_deref())
    }

    /// The Region whose CloudWatch Logs a container of the task writes to with the awslogs driver.
    pub fn logs_region(&self) -> Option<&str> {
        let logs = self.containers.iter().find(|container| container.log_driver.as_deref() == Some("awslogs"))?;
        logs.log_options.get("awslogs-region").map(String::as_str).or_else(|| self.region())
    }

    /// The fourth part of the task's ARN: `arn:partition:ecs:region:account:task/…`.
    pub fn region(&self) -> Option<&str> {
        self.task_arn.as_deref()?.split(':').nth(3).filter(|part| !part.is_empty())
    }

    /// The fifth part of the task's ARN: twelve digits.
    pub fn account(&self) -> Option<&str> {
        self.task_arn.as_deref()?.split(':').nth(4).filter(|part| !part.is_empty())
    }
}

/// Reads the task's metadata.
///
/// # Errors
///
/// In a few words, why there is none.
pub async fn read(network: &Network, base: &str) -> Result<TaskMetadata, String> {
    let uri: http::Uri = base.parse().map_err(|_| "its address cannot be read".to_owned())?;
    let host = uri.host().ok_or("its address has no host")?.to_owned();
    let port = uri.port_u16().unwrap_or(80);
    let address = network.first_address(&host, port).await.map_err(|_| "its host does not resolve".to_owned())?;
    let peer = Peer { host: &host, address, tls: None };
    let url = format!("{}/task", base.trim_end_matches('/'));
    let request = get(&url).and_then(no_body).map_err(|_| "its address cannot be read".to_owned())?;
    let reply = fetch(&peer, request, Want::Whole(LIMIT), network.timeout)
        .await
        .map_err(|_| "it does not answer".to_owned())?;
    if reply.status != 200 {
        return Err(format!("it answers HTTP {}", reply.status));
    }
    TaskMetadata::parse(&reply.body).ok_or_else(|| "it answers something that is not task metadata".to_owned())
}

#[cfg(test)]
mod tests;
