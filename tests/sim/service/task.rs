//! What stands at the task's own address: task metadata v4 and container credentials.

use std::net::IpAddr;

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;
use serde_json::{Value, json};

use super::super::aws::partition;
use super::super::secrets;
use super::super::world::{ACCOUNT, CredentialKind, LaunchType, Network, NetworkMode, Task, World};
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

/// What the agent tells of the network in the task's mode: `docker0` of a host begins with 172.17.0.2.
fn networks(world: &World, place: &Place) -> Value {
    let subnet = place.subnet;
    match world.task.network_mode {
        NetworkMode::Awsvpc => json!([{
            "NetworkMode": "awsvpc",
            "IPv4Addresses": [address_in(subnet.base)],
            "AttachmentIndex": 0,
            "MACAddress": "0e:10:e2:01:bd:91",
            "IPv4SubnetCIDRBlock": subnet.to_string(),
            "DomainNameServers": place.name_servers,
            "PrivateDNSName": "ip-10-0-1-50.eu-west-1.compute.internal",
            "SubnetGatewayIpv4Address": subnet.to_string(),
            "IPv6SubnetCIDRBlock": world.vpc.subnet_v6(),
        }]),
        NetworkMode::Bridge => json!([{ "NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.2"] }]),
        NetworkMode::Host => json!([{ "NetworkMode": "host", "IPv4Addresses": [""] }]),
    }
}

fn container(world: &World, place: &Place, now: i64) -> Value {
    let image = world.task.image.clone().unwrap_or_else(|| world.reference());
    container_of(world, place, now, FAMILY, &image, "NORMAL")
}

fn container_of(world: &World, place: &Place, now: i64, name: &str, image: &str, kind: &str) -> Value {
    let mut container = json!({
        "DockerId": format!("{TASK_ID}-1234567890"),
        "Name": name,
        "DockerName": name,
        "Image": image,
        "ImageID": "",
        "Labels": { "com.amazonaws.ecs.cluster": CLUSTER, "com.amazonaws.ecs.task-arn": task_arn(world) },
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": { "CPU": 256, "Memory": 512 },
        "CreatedAt": clock::iso_date(now - 40),
        "StartedAt": clock::iso_date(now - 40),
        "Type": kind,
        // The awslogs driver needs CloudWatch Logs: a world says when that matters.
        "LogDriver": if world.also.contains(&Role::Logs) { "awslogs" } else { "json-file" },
        "ContainerARN": task_arn(world).replacen(":task/", ":container/", 1) + "/5c1a",
        "Networks": networks(world, place),
    });
    if matches!(world.task.launch_type, LaunchType::Fargate | LaunchType::ManagedInstances) {
        container["Snapshotter"] = json!("overlayfs");
    }
    if world.task.nulls {
        for key in ["LogOptions", "Ports", "Volumes", "Health", "ExitCode"] {
            container[key] = Value::Null;
        }
    }
    if world.task.old_agent {
        container.as_object_mut().expect("it is one").retain(|key, _| !["Type", "LogDriver"].contains(&key.as_str()));
    }
    container
}

/// Those of the task definition; those that the agent adds come first on a host.
fn containers(world: &World, place: &Place, now: i64) -> Vec<Value> {
    let Task { launch_type, network_mode, service_connect, .. } = world.task;
    let by_agent = matches!(launch_type, LaunchType::Ec2 | LaunchType::External);
    let of_aws = |name: &str, image: &str, kind: &str| container_of(world, place, now, name, image, kind);
    let mut containers = Vec::new();
    if by_agent && network_mode == NetworkMode::Awsvpc {
        containers.push(of_aws("~internal~ecs~pause", "amazon/amazon-ecs-pause:0.1.0", "CNI_PAUSE"));
    }
    if by_agent && network_mode == NetworkMode::Bridge && service_connect {
        let name = format!("~internal~ecs~pause-{FAMILY}");
        containers.push(of_aws(&name, "amazon/amazon-ecs-pause:0.1.0", "CNI_PAUSE"));
    }
    let others = world.image.sidecars.iter().zip(1..).map(|(image, nth)| (format!("sidecar-{nth}"), image));
    containers.push(container(world, place, now));
    if world.task.image.is_none() {
        containers.extend(others.map(|(name, image)| container_of(world, place, now, &name, image, "NORMAL")));
    }
    if service_connect {
        let image = if by_agent { "ecs-service-connect-agent:interface-v1" } else { "" };
        containers.push(of_aws("ecs-service-connect-oRK9o", image, "NORMAL"));
    }
    containers
}

/// The task's own address: the fiftieth of its subnet.
fn address_in(base: std::net::Ipv4Addr) -> std::net::Ipv4Addr {
    (base.to_bits() + 50).into()
}

fn task(world: &World, place: &Place, now: i64) -> Value {
    let status = if world.clock.synchronized { "SYNCHRONIZED" } else { "NOT_SYNCHRONIZED" };
    let launch_type = match world.task.launch_type {
        LaunchType::Fargate => "FARGATE",
        LaunchType::Ec2 => "EC2",
        LaunchType::External => "EXTERNAL",
        LaunchType::ManagedInstances => "MANAGED_INSTANCES",
    };
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
        "LaunchType": launch_type,
        "Containers": containers(world, place, now),
        "FaultInjectionEnabled": false,
    });
    // The agent on a host of one's own tells neither its clock nor its disk.
    if matches!(world.task.launch_type, LaunchType::Fargate | LaunchType::ManagedInstances) {
        task["ClockDrift"] = json!({
            "ClockErrorBound": world.clock.error_bound_ms,
            "ReferenceTimestamp": clock::iso_date(now),
            "ClockSynchronizationStatus": status,
        });
    }
    if world.task.launch_type == LaunchType::Fargate && world.task.disk_mib > 0 {
        let used = world.task.disk_mib / 64;
        task["EphemeralStorageMetrics"] = json!({ "Utilized": used, "Reserved": world.task.disk_mib });
    }
    if world.task.launch_type == LaunchType::Ec2 && !world.task.old_agent {
        task["VPCID"] = json!("vpc-1234567890abcdef0");
    }
    if world.task.is_pulling {
        task["PullStoppedAt"] = json!("0001-01-01T00:00:00Z");
    }
    if world.task.nulls {
        for key in ["TaskTags", "ContainerInstanceTags", "ExecutionStoppedAt", "Errors"] {
            task[key] = Value::Null;
        }
    }
    if world.task.old_agent {
        task.as_object_mut().expect("it is one").remove("LaunchType");
    }
    task
}
