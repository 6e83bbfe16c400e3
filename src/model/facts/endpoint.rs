//! VPC endpoints and network interfaces.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What kind of VPC endpoint it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointKind {
    /// Network interfaces in the VPC.
    #[default]
    Interface,
    /// A route by prefix list.
    Gateway,
    /// Of a Gateway Load Balancer or a Network Firewall: a route through an appliance.
    GatewayLoadBalancer,
    /// Any other: a resource, a service network.
    Other,
}

/// A VPC endpoint (EC2 `DescribeVpcEndpoints`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    /// `vpce-…`
    pub id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// Interface, gateway or other.
    pub kind: EndpointKind,
    /// `com.amazonaws.eu-west-1.ecr.api`
    pub service: String,
    /// The Region of the service, where AWS says it.
    pub service_region: Option<String>,
    /// In lower case without blanks: `available`, `pendingacceptance`, `pending`, `deleting`, `rejected`, `failed`.
    pub state: String,
    /// What AWS says of a failure.
    pub last_error: Option<String>,
    /// JSON of the endpoint's policy, whole; `None` where AWS gives none, which allows all, and for endpoints of
    /// services that the tasks do not need.
    pub policy: Option<String>,
    /// Whether the VPC's resolver answers the service's own names with its addresses.
    pub private_dns: bool,
    /// Whether that holds for questions from outside the VPC alone, as S3's endpoints have it.
    pub only_inbound_resolver: bool,
    /// The subnets that it has an interface in.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// `eni-…`
    pub interfaces: Vec<String>,
    /// Of a gateway endpoint: the route tables that it is in.
    pub route_tables: Vec<String>,
    /// The account that owns it.
    pub owner: String,
    /// Its own DNS names.
    pub dns_names: Vec<String>,
}

/// A network interface (EC2 `DescribeNetworkInterfaces`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interface {
    /// `eni-…`
    pub id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// `subnet-…`
    pub subnet_id: String,
    /// Availability Zone.
    pub az: String,
    /// Private IPv4 and IPv6.
    pub addresses: Vec<IpAddr>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// AWS's interface type: `vpc_endpoint`, `interface`, `natGateway`, `lambda`.
    pub kind: String,
    /// `in-use`, `available`.
    pub status: String,
    /// Its public IPv4, where it has one.
    pub public_ip: Option<String>,
    /// AWS's or the owner's words for it: `VPC Endpoint Interface vpce-…`.
    pub description: String,
}
