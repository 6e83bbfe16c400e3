//! The way of a request through the account's network, as the report shows it.

use serde::Serialize;

use super::Role;

/// The way from a subnet to a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Path {
    /// The subnet that the packets leave from: `subnet-…`.
    pub from: String,
    /// Its Availability Zone, where the subnet could be read.
    pub az: Option<String>,
    /// The part that the host plays.
    pub to: Role,
    /// A DNS name: it tells two registries apart.
    pub host: String,
    /// What the packets are sent to: `vpce-…`, `nat-…`, `igw-…`; `None` where no name or route leads anywhere, or
    /// nobody can tell.
    pub via: Option<String>,
    /// Whether packets get there and back.
    pub passes: Passes,
    /// What decides it, in the order in which a pull meets it.
    pub hops: Vec<Hop>,
}

/// Whether packets pass a whole path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passes {
    /// Each hop lets them through.
    Yes,
    /// At least one hop stops them.
    No,
    /// No hop is known to stop them, and at least one cannot be seen.
    Unknown,
}

/// One thing on a path that decides about packets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// What kind of thing.
    pub kind: HopKind,
    /// Its id, such as `sg-…`; a name where it has none.
    pub id: String,
    /// What it does to the packets.
    pub does: Does,
    /// By which rule, in words.
    pub by: String,
}

/// What a hop does to packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// It lets them through.
    Allows,
    /// It stops them, or a part of them.
    Blocks,
    /// Nobody can tell: it was not read, or does not show.
    Unknown,
}

/// What kind of thing a hop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HopKind {
    /// A VPC, by its DNS attributes.
    Vpc,
    /// A set of DHCP options.
    DhcpOptions,
    /// A private hosted zone.
    HostedZone,
    /// A rule of Route 53 Resolver.
    ResolverRule,
    /// A rule of DNS Firewall.
    DnsFirewallRule,
    /// A name in public DNS.
    Name,
    /// A subnet.
    Subnet,
    /// A security group.
    SecurityGroup,
    /// A network ACL.
    NetworkAcl,
    /// A route table.
    RouteTable,
    /// A prefix list.
    PrefixList,
    /// A VPC endpoint, of any kind.
    Endpoint,
    /// A NAT gateway.
    NatGateway,
    /// An internet gateway.
    InternetGateway,
    /// An internet gateway for IPv6 that lets out only.
    EgressOnlyInternetGateway,
    /// A transit gateway.
    TransitGateway,
    /// A peering connection of VPCs.
    VpcPeeringConnection,
    /// A virtual private gateway.
    VirtualPrivateGateway,
    /// A network interface that packets are routed through.
    NetworkInterface,
    /// An instance that packets are routed through.
    Instance,
    /// A next hop of another kind: a local gateway, a carrier gateway, a core network.
    Gateway,
}

impl HopKind {
    /// The kind of thing that an id of EC2 is of.
    pub fn of_id(id: &str) -> Self {
        match id.split('-').next().unwrap_or_default() {
            "vpc" => HopKind::Vpc,
            "dopt" => HopKind::DhcpOptions,
            "subnet" => HopKind::Subnet,
            "sg" => HopKind::SecurityGroup,
            "acl" => HopKind::NetworkAcl,
            "rtb" => HopKind::RouteTable,
            "pl" => HopKind::PrefixList,
            "vpce" => HopKind::Endpoint,
            "nat" => HopKind::NatGateway,
            "igw" => HopKind::InternetGateway,
            "tgw" => HopKind::TransitGateway,
            _ if id.starts_with('Z') => HopKind::HostedZone,
            _ => HopKind::Name,
        }
    }
}
