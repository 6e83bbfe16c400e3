//! Security groups and network ACLs.

use serde::{Deserialize, Serialize};

/// A security group (EC2 `DescribeSecurityGroups`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityGroup {
    /// `sg-…`
    pub id: String,
    /// `default` for the one that a VPC begins with.
    pub name: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// The account that owns it.
    pub owner: String,
    /// What it lets in.
    pub ingress: Vec<Permission>,
    /// What it lets out.
    pub egress: Vec<Permission>,
}

/// What a security group allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permission {
    /// `-1` for all, else a name such as `tcp` or a protocol number.
    pub protocol: String,
    /// First and last; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// IPv4 and IPv6.
    pub cidrs: Vec<String>,
    /// `pl-…`
    pub prefix_lists: Vec<String>,
    /// Groups that stand for the private addresses of the interfaces which carry them.
    pub groups: Vec<GroupReference>,
}

/// A security group that a rule names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupReference {
    /// `sg-…`
    pub id: String,
    /// The account that owns it; `None` once it is gone.
    pub owner: Option<String>,
    /// Of a peering over which it is referenced, such as `active` or `deleted`.
    pub peering_status: Option<String>,
}

/// A network ACL (EC2 `DescribeNetworkAcls`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkAcl {
    /// `acl-…`
    pub id: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// The subnets that it stands before.
    pub subnets: Vec<String>,
    /// In AWS's order; the numbers decide.
    pub entries: Vec<AclEntry>,
}

/// A rule of a network ACL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclEntry {
    /// The lowest that fits decides; 32767 is the last rule, which denies.
    pub number: u32,
    /// Whether it is about packets that leave the subnet.
    pub egress: bool,
    /// Whether it lets them pass.
    pub allow: bool,
    /// A protocol number as text; `-1` for all.
    pub protocol: String,
    /// IPv4 or IPv6.
    pub cidr: String,
    /// First and last; `None` for all.
    pub ports: Option<(u16, u16)>,
}
