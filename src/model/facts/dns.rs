//! What decides which addresses a name has inside a VPC.

use serde::{Deserialize, Serialize};

/// The two DNS attributes of a VPC (EC2 `DescribeVpcAttribute`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VpcDns {
    /// `enableDnsSupport`: whether Amazon's resolver answers at all.
    pub support: bool,
    /// `enableDnsHostnames`: private DNS of endpoints needs it too.
    pub hostnames: bool,
}

/// A set of DHCP options (EC2 `DescribeDhcpOptions`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DhcpOptions {
    /// `dopt-…`
    pub id: String,
    /// `AmazonProvidedDNS`, or addresses; empty where the set names none.
    pub name_servers: Vec<String>,
}

/// A private hosted zone that the VPC's resolver answers from (Route 53 `ListHostedZonesByVPC`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostedZone {
    /// `Z…`
    pub id: String,
    /// Without the last dot, in lower case.
    pub name: String,
    /// The account that owns it, where it is a customer's.
    pub owner_account: Option<String>,
    /// The AWS service that owns it, where an endpoint made it.
    pub owner_service: Option<String>,
    /// The records at and below ECR's and S3's names; `None` where they were not or cannot be read.
    pub records: Option<Vec<ZoneRecord>>,
}

/// A record of a private hosted zone (Route 53 `ListResourceRecordSets`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoneRecord {
    /// Without the last dot, in lower case; `*` for a wildcard.
    pub name: String,
    /// `A`, `AAAA`, `CNAME`.
    pub kind: String,
    /// Addresses, or the name that it is an alias or a CNAME of.
    pub values: Vec<String>,
}

/// A Route 53 Resolver rule that is associated with the VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResolverRule {
    /// `rslvr-rr-…`
    pub id: String,
    /// Without the last dot, in lower case; empty for all names.
    pub domain: String,
    /// `FORWARD`, `SYSTEM`, `RECURSIVE`, `DELEGATE`.
    pub kind: String,
    /// Addresses that it forwards to.
    pub targets: Vec<String>,
}

/// A rule of a DNS Firewall rule group that is associated with the VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FirewallRule {
    /// The rule group's id.
    pub group_id: String,
    /// Its name in the group.
    pub name: String,
    /// The group's priority in the VPC, then the rule's in the group: the lowest that fits decides.
    pub priority: (i64, i64),
    /// `ALLOW`, `BLOCK`, `ALERT`.
    pub action: String,
    /// `None` where AWS does not show them, as those of its own lists.
    pub domains: Option<Vec<String>>,
}
