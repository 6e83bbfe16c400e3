//! Subnets, routes, and what routes lead to.

use serde::{Deserialize, Serialize};

/// A subnet (EC2 `DescribeSubnets`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subnet {
    /// `subnet-…`
    pub id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// Availability Zone, such as `eu-west-1a`.
    pub az: String,
    /// `euw1-az1`: the same zone in every account.
    pub az_id: String,
    /// IPv4; `None` in an IPv6-only subnet.
    pub cidr: Option<String>,
    /// IPv6.
    pub ipv6_cidrs: Vec<String>,
    /// The account that owns it: another one's is shared.
    pub owner: String,
    /// Whether the resolver answers IPv4-only names with translated IPv6 addresses (DNS64).
    pub dns64: bool,
}

/// A VPC (EC2 `DescribeVpcs`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vpc {
    /// `vpc-…`
    pub id: String,
    /// IPv4, all that are associated.
    pub cidrs: Vec<String>,
    /// IPv6.
    pub ipv6_cidrs: Vec<String>,
    /// `dopt-…`, or `default`: no set, so that DHCP gives no name server.
    pub dhcp_options_id: String,
    /// The account that owns it.
    pub owner: String,
}

/// A route table (EC2 `DescribeRouteTables`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteTable {
    /// `rtb-…`
    pub id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// Whether subnets without an association of their own use it.
    pub main: bool,
    /// The subnets that are associated with it by name.
    pub subnets: Vec<String>,
    /// In AWS's order, which decides nothing.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// A CIDR, or the id of a prefix list: `pl-…`.
    pub destination: String,
    /// `local`, or the id that the packet goes to: `igw-…`, `nat-…`, `vpce-…`, `tgw-…`, `pcx-…`, `eni-…`, `i-…`,
    /// `vgw-…`, `eigw-…`, `lgw-…`, `cagw-…`, an ARN of a core network; empty where AWS names none.
    pub target: String,
    /// Whether packets get there.
    pub state: RouteState,
    /// Whether a virtual private gateway made it, and no person.
    #[serde(default)]
    pub propagated: bool,
}

/// The state of a route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteState {
    /// It works.
    #[default]
    Active,
    /// Its target is gone: packets are dropped.
    Blackhole,
    /// Any other state.
    Other,
}

/// A prefix list with its CIDRs: AWS's own, such as that of S3, or a customer's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrefixList {
    /// `pl-…`
    pub id: String,
    /// `com.amazonaws.eu-west-1.s3`, or a customer's name.
    pub name: String,
    /// IPv4 and IPv6.
    pub cidrs: Vec<String>,
}

/// A NAT gateway (EC2 `DescribeNatGateways`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NatGateway {
    /// `nat-…`
    pub id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// Where it stands; `None` for a regional one.
    pub subnet_id: Option<String>,
    /// The table of a regional one.
    pub route_table_id: Option<String>,
    /// In lower case: `available`, `pending`, `failed`, `deleting`, `deleted`.
    pub state: String,
    /// Its connectivity type: a private one reaches no internet.
    pub public: bool,
    /// Its public IPv4 addresses.
    pub public_ips: Vec<String>,
}

/// An internet gateway, or one for IPv6 that lets out only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InternetGateway {
    /// `igw-…` or `eigw-…`
    pub id: String,
    /// The VPCs that it is attached to, with an attachment that works.
    pub vpcs: Vec<String>,
}

/// A transit gateway's attachment to the VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransitAttachment {
    /// `tgw-attach-…`
    pub id: String,
    /// `tgw-…`
    pub transit_gateway_id: String,
    /// In lower case: `available`.
    pub state: String,
    /// The subnets that it has an interface in: it serves their zones only.
    pub subnets: Vec<String>,
}
