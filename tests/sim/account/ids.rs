//! What the things of the simulated account are called.

use super::super::aws::partition;
use super::super::world::{ACCOUNT, Service};

pub const CLUSTER: &str = "batch";
pub const SERVICE: &str = "scheduled-file-writer";
pub const FAMILY: &str = "scheduled-file-writer";
pub const LOG_GROUP: &str = "/ecs/scheduled-file-writer";

pub const VPC: &str = "vpc-0f11e0000000000a1";
/// The VPC at the other side of the transit gateway.
pub const HUB_VPC: &str = "vpc-0b0b00000000000a1";
/// The service's subnets, in the first zone and in the second.
pub const TASK_SUBNETS: [&str; 2] = ["subnet-0f11e0000000000a1", "subnet-0f11e0000000000b2"];
/// Those of the endpoints, where they are others.
pub const ENDPOINT_SUBNETS: [&str; 2] = ["subnet-0e0d00000000000a1", "subnet-0e0d00000000000b2"];
/// Where NAT gateways stand.
pub const NAT_SUBNET: &str = "subnet-0a7000000000000a1";
pub const TASK_TABLE: &str = "rtb-0f11e0000000000a1";
pub const MAIN_TABLE: &str = "rtb-0a1100000000000f0";
pub const NAT_TABLE: &str = "rtb-0a7000000000000a1";
pub const TASK_ACL: &str = "acl-0f11e0000000000a1";
pub const DEFAULT_ACL: &str = "acl-0a1100000000000f0";
pub const TASK_GROUP: &str = "sg-0f11e0000000000a1";
pub const OTHER_TASK_GROUP: &str = "sg-0c0ffee00000000a1";
pub const DEFAULT_GROUP: &str = "sg-0a1100000000000f0";
pub const ENDPOINT_GROUP: &str = "sg-0e0d00000000000a1";
/// The group of endpoints that let nobody in.
pub const CLOSED_GROUP: &str = "sg-0c105ed00000000a1";
pub const S3_LIST: &str = "pl-6da54004";
pub const NAT: &str = "nat-0a7000000000000a1";
pub const INTERNET_GATEWAY: &str = "igw-0a7000000000000a1";
pub const EGRESS_ONLY_GATEWAY: &str = "eigw-0a7000000000000a1";
pub const TRANSIT_GATEWAY: &str = "tgw-0b0b00000000000a1";
pub const TRANSIT_ATTACHMENT: &str = "tgw-attach-0b0b00000000000a1";
/// The appliance that takes S3's packets.
pub const APPLIANCE: &str = "eni-0f1ee0000000000a1";
pub const DHCP_OPTIONS: &str = "dopt-0f11e0000000000a1";
pub const S3_GATEWAY: &str = "vpce-053000000000000a1";
/// That of the hub.
pub const HUB_S3_GATEWAY: &str = "vpce-0b053000000000a1b";
pub const INSTANCE: &str = "i-0f11e0000000000a1";
pub const CONTAINER_INSTANCE_ID: &str = "5a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// AWS's policy for task execution.
pub const EXECUTION_POLICY: &str = "service-role/AmazonECSTaskExecutionRolePolicy";

/// The label of a service in names of endpoints and in ids.
pub fn label(service: Service) -> &'static str {
    match service {
        Service::EcrApi => "ecr.api",
        Service::EcrDkr => "ecr.dkr",
        Service::S3 => "s3",
        Service::Sts => "sts",
        Service::Logs => "logs",
        Service::SecretsManager => "secretsmanager",
        Service::Ssm => "ssm",
        Service::Kms => "kms",
    }
}

/// Some digits that are the service's own.
fn digits(service: Service) -> String {
    let nth = Service::ALL.iter().position(|it| *it == service).unwrap_or_default();
    format!("0e0d{nth:013x}")
}

pub fn endpoint_id(service: Service) -> String {
    format!("vpce-{}", digits(service))
}

/// The endpoint of a hub.
pub fn hub_endpoint(service: Service) -> String {
    format!("vpce-0b0b{}", &digits(service)[4..])
}

/// The endpoint's interface in the first or second zone.
pub fn endpoint_interface(service: Service, zone: usize) -> String {
    format!("eni-{}{zone}", &digits(service)[1..])
}

/// AWS's name for the service behind endpoints. In China and in the sovereign cloud those of ECR begin with another
/// domain (botocore's partitions; AWS's lists of endpoint services).
pub fn endpoint_service(service: Service, region: &str) -> String {
    let is_ecr = matches!(service, Service::EcrApi | Service::EcrDkr);
    let prefix = match (partition(region), is_ecr, service) {
        ("aws-cn", true, _) | ("aws-cn", _, Service::Sts) => "cn.com.amazonaws",
        ("aws-eusc", true, _) => "eu.amazonaws",
        _ => "com.amazonaws",
    };
    format!("{prefix}.{region}.{}", label(service))
}

pub fn arn(region: &str, service: &str, resource: &str) -> String {
    let place = if service == "iam" { "" } else { region };
    format!("arn:{}:{service}:{place}:{ACCOUNT}:{resource}", partition(region))
}

pub fn cluster_arn(region: &str) -> String {
    arn(region, "ecs", &format!("cluster/{CLUSTER}"))
}

/// A policy that AWS manages.
pub fn aws_policy(region: &str, name: &str) -> String {
    format!("arn:{}:iam::aws:policy/{name}", partition(region))
}
