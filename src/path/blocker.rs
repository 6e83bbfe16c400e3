//! What stops packets, typed so that each is one diagnosis.

use crate::model::Code;

/// On whose side of a path a network ACL stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the subnet of the task.
    Task,
    /// Before the subnet of an endpoint's interface.
    Endpoint,
    /// Before the subnet of a NAT gateway.
    NatGateway,
}

/// Which packets, seen from the subnet that a network ACL stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// They leave the subnet.
    Outbound,
    /// They enter it.
    Inbound,
}

/// Whose addresses a public path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Far {
    /// S3's, whose ranges are a prefix list.
    S3,
    /// Other public addresses of AWS's.
    Aws,
    /// Anybody's: a registry that is not AWS's.
    Internet,
    /// An interface of an endpoint.
    Private,
}

/// What stops packets. The ids are those of resources as the account has them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Blocker {
    /// `enableDnsSupport` is off: no name resolves.
    DnsSupportOff {
        /// `vpc-…`
        vpc: String,
    },
    /// `enableDnsHostnames` is off: the endpoint's private DNS does not hold, and the public way is shut.
    DnsHostnamesOff {
        /// `vpc-…`
        vpc: String,
        /// `vpce-…`
        endpoint: String,
    },
    /// The endpoint's private DNS is off, and the public way is shut.
    PrivateDnsOff {
        /// `vpce-…`
        endpoint: String,
    },
    /// S3's private DNS holds for questions from outside the VPC alone, and no gateway endpoint or other way takes the
    /// public addresses.
    OnlyInboundResolver {
        /// `vpce-…`
        endpoint: String,
        /// `rtb-…`
        table: Option<String>,
    },
    /// A private hosted zone has records of the name whose addresses no interface holds.
    StaleRecord {
        /// The hosted zone: `Z…`.
        zone: String,
        /// The record's or zone's name.
        name: String,
        /// Those that no interface holds.
        addresses: Vec<String>,
    },
    /// A private hosted zone holds the name's domain and has no record of the name.
    NoRecord {
        /// The hosted zone: `Z…`.
        zone: String,
        /// The record's or zone's name.
        name: String,
        /// The name that is asked for.
        host: String,
    },
    /// A DNS Firewall rule answers in place of the name.
    DnsFirewall {
        /// The rule group's id.
        group: String,
        /// The rule.
        rule: String,
        /// The name that is asked for.
        host: String,
    },
    /// An endpoint of the service is there and is not available, and the public way is shut.
    EndpointNotAvailable {
        /// `vpce-…`
        endpoint: String,
        /// In lower case.
        state: String,
    },
    /// The endpoint has the name and no interface: nothing answers.
    EndpointWithoutInterfaces {
        /// `vpce-…`
        endpoint: String,
    },
    /// The VPC has an endpoint of the other service of ECR and none of this one, and the public way is shut.
    EndpointMissing {
        /// `com.amazonaws.REGION.ecr.api`
        service: String,
        /// The endpoint of the other service: `vpce-…`.
        sibling: String,
    },
    /// Another VPC that was read has an endpoint of the service, whose names do not hold here.
    EndpointInOtherVpc {
        /// `vpce-…`
        endpoint: String,
        /// `vpc-…`
        vpc: String,
    },
    /// No security group of the task lets out to the endpoint.
    EgressLacksEndpoint {
        /// `sg-…`
        groups: Vec<String>,
        /// `vpce-…`
        endpoint: String,
        /// The endpoint's: `sg-…`.
        endpoint_groups: Vec<String>,
    },
    /// No security group of the task lets out to S3's addresses.
    EgressLacksS3 {
        /// `sg-…`
        groups: Vec<String>,
        /// S3's: `pl-…`.
        prefix_list: Option<String>,
    },
    /// No security group of the task lets out to public addresses.
    EgressLacksPublic {
        /// `sg-…`
        groups: Vec<String>,
    },
    /// No security group of the endpoint lets anything in on port 443, beside itself.
    IngressLacksTask {
        /// `sg-…`
        groups: Vec<String>,
        /// `vpce-…`
        endpoint: String,
        /// The task's: `sg-…`.
        task_groups: Vec<String>,
        /// `subnet-…`
        subnet: String,
    },
    /// The same, of an endpoint that has the VPC's `default` group alone.
    IngressOfDefaultGroup {
        /// `sg-…`
        groups: Vec<String>,
        /// `vpce-…`
        endpoint: String,
        /// The task's: `sg-…`.
        task_groups: Vec<String>,
        /// `subnet-…`
        subnet: String,
    },
    /// The groups of the endpoint let in others on port 443, and not this task, or not all of its subnet.
    IngressListsOthers {
        /// `sg-…`
        groups: Vec<String>,
        /// `vpce-…`
        endpoint: String,
        /// The task's: `sg-…`.
        task_groups: Vec<String>,
        /// `subnet-…`
        subnet: String,
    },
    /// A network ACL.
    Acl {
        /// `acl-…`
        acl: String,
        /// The subnet that it stands before.
        subnet: String,
        /// Whose subnet.
        side: Side,
        /// Of the packets that it stops.
        direction: Direction,
        /// The ports that those go to, first and last.
        ports: (u16, u16),
        /// The first rule that stops them; 32767 is the last, which denies all.
        rule: u32,
        /// A rule with a higher number that would let them pass.
        allowed_later: Option<u32>,
        /// Where the path leads.
        far: Far,
    },
    /// No route of the table holds the address.
    NoRoute {
        /// `rtb-…`
        table: String,
        /// Where the path leads.
        far: Far,
    },
    /// A gateway endpoint of S3 is in the VPC and not in this table, and no other route leads out.
    GatewayNotOnTable {
        /// `vpce-…`
        endpoint: String,
        /// `rtb-…`
        table: String,
    },
    /// A gateway endpoint of S3 is in another VPC, and none in this one.
    GatewayInOtherVpc {
        /// `vpce-…`
        endpoint: String,
        /// `vpc-…`
        vpc: String,
        /// `rtb-…`
        table: String,
    },
    /// A more specific route takes packets from the gateway endpoint's prefix list to where they are stopped.
    MoreSpecificRoute {
        /// `rtb-…`
        table: String,
        /// Of the route.
        destination: String,
        /// Of the route.
        target: String,
        /// `vpce-…`
        endpoint: String,
    },
    /// The target of the route is gone.
    Blackhole {
        /// `rtb-…`
        table: String,
        /// Of the route.
        destination: String,
        /// Of the route.
        target: String,
        /// Where the path leads.
        far: Far,
    },
    /// The route leads to an internet gateway, and the interface has no public IPv4 address.
    NoPublicAddress {
        /// `igw-…`
        gateway: String,
        /// `rtb-…`
        table: String,
    },
    /// The internet gateway of the route is not attached to the VPC.
    GatewayNotAttached {
        /// `igw-…`
        gateway: String,
        /// `rtb-…`
        table: String,
    },
    /// The NAT gateway is not there, or not in the state `available`.
    NatNotAvailable {
        /// `nat-…`
        nat: String,
        /// In lower case.
        state: String,
    },
    /// The NAT gateway is a private one, which reaches no internet.
    NatPrivate {
        /// `nat-…`
        nat: String,
    },
    /// The NAT gateway's own subnet, or its own table, has no route to an attached internet gateway.
    NatHasNoWayOut {
        /// `nat-…`
        nat: String,
        /// `subnet-…`
        subnet: Option<String>,
        /// `rtb-…`
        table: String,
    },
    /// The subnet has IPv6 only, and the name has IPv4 addresses only, which nothing translates.
    NoIpv6 {
        /// `subnet-…`
        subnet: String,
        /// The name that is asked for.
        host: String,
    },
    /// DNS64 translates the name's addresses, and the table has no route for the translated ones.
    NoNat64Route {
        /// `rtb-…`
        table: String,
    },
}

impl Blocker {
    /// Its code in the catalogue, on the way of a pull. Rules that judge the other requests of a task's start give
    /// them codes of their own.
    pub fn code(&self) -> Code {
        Code(match self {
            Blocker::DnsSupportOff { .. } => "DNS-01",
            Blocker::DnsHostnamesOff { .. } => "DNS-02",
            Blocker::PrivateDnsOff { .. } => "DNS-03",
            Blocker::StaleRecord { .. } | Blocker::NoRecord { .. } => "DNS-08",
            Blocker::DnsFirewall { .. } => "DNS-09",
            Blocker::EndpointMissing { .. } => "DNS-11",
            Blocker::NoIpv6 { .. } => "DNS-13",
            Blocker::EndpointInOtherVpc { .. } => "DNS-14",
            Blocker::EndpointNotAvailable { .. } | Blocker::EndpointWithoutInterfaces { .. } => "VPE-07",
            Blocker::IngressLacksTask { .. } => "SG-01",
            Blocker::IngressOfDefaultGroup { .. } => "SG-02",
            Blocker::EgressLacksEndpoint { .. } | Blocker::EgressLacksPublic { .. } => "SG-03",
            Blocker::EgressLacksS3 { .. } => "SG-04",
            Blocker::IngressListsOthers { .. } => "SG-05",
            Blocker::Acl { allowed_later: Some(_), .. } => "ACL-04",
            Blocker::Acl { far: Far::Private, .. } => "ACL-01",
            Blocker::Acl { .. } => "ACL-02",
            Blocker::NoRoute { far: Far::S3, .. } | Blocker::OnlyInboundResolver { .. } => "RTE-03",
            Blocker::NoRoute { .. } | Blocker::GatewayNotAttached { .. } => "RTE-01",
            Blocker::NoPublicAddress { .. } => "RTE-02",
            Blocker::GatewayNotOnTable { .. } => "RTE-04",
            Blocker::MoreSpecificRoute { .. } => "RTE-05",
            Blocker::Blackhole { .. } => "RTE-06",
            Blocker::GatewayInOtherVpc { .. } => "RTE-09",
            Blocker::NoNat64Route { .. } => "RTE-16",
            Blocker::NatNotAvailable { .. } | Blocker::NatPrivate { .. } | Blocker::NatHasNoWayOut { .. } => "RTE-17",
        })
    }
}
