//! What stands at the task's own address: task metadata v4 and container credentials.

use std::net::IpAddr;

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;
use serde_json::{Value, json};

use super::super::aws::partition;
use super::super::secrets;
use super::super::world::{ACCOUNT, CredentialKind, Network, World};
use super::{clock, reply};

pub const TASK_ID: &str = "9f3c51a2e8b74d0fa6b1c2d3e4f50617";
pub const CLUSTER: &str = "batch";
pub const FAMILY: &str = "scheduled-file-writer";

/// The path of `ECS_CONTAINER_METADATA_URI_V4`.
pub const METADATA_PATH: &str = "/v4/9f3c51a2e8b74d0fa6b1c2d3e4f50617-1234567890";

/// What metadata says of the network: the world's own, or what stands for it.
#[derive(Debug, Clone)]
pub struct Place {
    pub subnet: Network,
    pub name_servers: Vec<IpAddr>,
}

pub fn task_arn(world: &World) -> String {
    format!("arn:{}:ecs:{}:{ACCOUNT}:task/{CLUSTER}/{TASK_ID}", partition(world.region()), world.region())
}

pub fn answer(world: &World, path: &str, place: &Place, now: i64) -> Reply {
    match path.strip_prefix(METADATA_PATH) {
        Some("/task") => json_reply(200, &task(world, place, now)),
        Some("") => json_reply(200, &container(world, place, now)),
        None if path == "/credentials" => credentials(world, now),
        _ => json_reply(404, &json!({ "code": "NotFound", "message": "no such path" })),
    }
}

fn json_reply(status: u16, body: &Value) -> Reply {
    reply(status, "application/json", body.to_string())
}

fn credentials(world: &World, now: i64) -> Reply {
    let kind = world.credentials.kind;
    if !kind.exist() {
        let body = json!({ "code": "InvalidIdInRequest", "message": "CredentialsV2Request: no task role" });
        return json_reply(404, &body);
    }
    // Keys that AWS refuses although they are handed out as good for a while.
    let life = if kind == CredentialKind::Expired { 600 } else { 6 * 3600 };
    json_reply(
        200,
        &json!({
            "RoleArn": format!("arn:{}:iam::{ACCOUNT}:role/fileWriterTaskRole", partition(world.region())),
            "AccessKeyId": secrets::access_key(kind),
            "SecretAccessKey": secrets::SECRET_KEY,
            "Token": secrets::SESSION_TOKEN,
            "Expiration": clock::iso_date(now + life),
        }),
    )
}

fn container(world: &World, place: &Place, now: i64) -> Value {
    let subnet = place.subnet;
    json!({
        "DockerId": format!("{TASK_ID}-1234567890"),
        "Name": FAMILY,
        "DockerName": FAMILY,
        "Image": world.task.image.clone().unwrap_or_else(|| world.reference()),
        "ImageID": "",
        "Labels": { "com.amazonaws.ecs.cluster": CLUSTER, "com.amazonaws.ecs.task-arn": task_arn(world) },
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": { "CPU": 256, "Memory": 512 },
        "CreatedAt": clock::iso_date(now - 40),
        "StartedAt": clock::iso_date(now - 40),
        "Type": "NORMAL",
        // The awslogs driver needs CloudWatch Logs: a world says when that matters.
        "LogDriver": if world.also.contains(&Role::Logs) { "awslogs" } else { "json-file" },
        "ContainerARN": task_arn(world).replacen(":task/", ":container/", 1) + "/5c1a",
        "Networks": [{
            "NetworkMode": "awsvpc",
            "IPv4Addresses": [address_in(subnet.base)],
            "AttachmentIndex": 0,
            "IPv4SubnetCIDRBlock": subnet.to_string(),
            "DomainNameServers": place.name_servers,
            "SubnetGatewayIpv4Address": subnet.to_string(),
        }],
        "Snapshotter": "overlayfs",
    })
}

/// The task's own address: the fiftieth of its subnet.
fn address_in(base: std::net::Ipv4Addr) -> std::net::Ipv4Addr {
    (base.to_bits() + 50).into()
}

fn task(world: &World, place: &Place, now: i64) -> Value {
    let status = if world.clock.synchronized { "SYNCHRONIZED" } else { "NOT_SYNCHRONIZED" };
    let mut task = json!({
        "Cluster": CLUSTER,
        "TaskARN": task_arn(world),
        "Family": FAMILY,
        "Revision": "7",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": { "CPU": 0.25, "Memory": 512 },
        "PullStartedAt": clock::iso_date(now - 45 - i64::from(world.task.pull_s)),
        "PullStoppedAt": clock::iso_date(now - 45),
        "AvailabilityZone": format!("{}a", world.region()),
        "LaunchType": "FARGATE",
        "Containers": [container(world, place, now)],
        "ClockDrift": {
            "ClockErrorBound": world.clock.error_bound_ms,
            "ReferenceTimestamp": clock::iso_date(now),
            "ClockSynchronizationStatus": status,
        },
    });
    if world.task.disk_mib > 0 {
        let used = world.task.disk_mib / 64;
        task["EphemeralStorageMetrics"] = json!({ "Utilized": used, "Reserved": world.task.disk_mib });
    }
    if world.task.is_pulling {
        task["PullStoppedAt"] = json!("0001-01-01T00:00:00Z");
    }
    task
}
