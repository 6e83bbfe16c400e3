//! What lets packets pass: security groups and network ACLs.

use serde::Deserialize;

use super::{ById, Unknown, all, filter, page, ports};
use crate::edge::api::asking::{Asking, Facts, listed};
use crate::edge::api::xml::{flag, items, text};
use crate::model::facts;
use crate::model::{Act, Check};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    #[serde(deserialize_with = "items")]
    security_group_info: Vec<Group>,
    next_token: Option<String>,
}
page!(Groups: security_group_info of Group);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    group_id: String,
    group_name: String,
    vpc_id: String,
    owner_id: String,
    #[serde(deserialize_with = "items")]
    ip_permissions: Vec<Permission>,
    #[serde(deserialize_with = "items")]
    ip_permissions_egress: Vec<Permission>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    ip_protocol: String,
    from_port: Option<i64>,
    to_port: Option<i64>,
    #[serde(default, deserialize_with = "items")]
    groups: Vec<Reference>,
    #[serde(default, deserialize_with = "items")]
    ip_ranges: Vec<Range>,
    #[serde(default, deserialize_with = "items")]
    ipv6_ranges: Vec<Range6>,
    #[serde(default, deserialize_with = "items")]
    prefix_list_ids: Vec<ListId>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reference {
    group_id: String,
    #[serde(deserialize_with = "text")]
    user_id: Option<String>,
    #[serde(deserialize_with = "text")]
    peering_status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Range {
    cidr_ip: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Range6 {
    cidr_ipv6: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ListId {
    prefix_list_id: String,
}

impl Permission {
    fn fact(self) -> facts::Permission {
        let ranges = self.ip_ranges.into_iter().map(|it| it.cidr_ip);
        facts::Permission {
            ports: ports(self.from_port, self.to_port).filter(|_| self.ip_protocol != "-1"),
            protocol: self.ip_protocol,
            cidrs: ranges.chain(self.ipv6_ranges.into_iter().map(|it| it.cidr_ipv6)).collect(),
            prefix_lists: self.prefix_list_ids.into_iter().map(|it| it.prefix_list_id).collect(),
            groups: self
                .groups
                .into_iter()
                .map(|it| facts::GroupReference {
                    id: it.group_id,
                    owner: it.user_id,
                    peering_status: it.peering_status,
                })
                .collect(),
        }
    }
}

/// `ec2:DescribeSecurityGroups`. Of another account's groups EC2 says that they do not exist.
pub async fn security_groups(asking: &Asking<'_>, ids: &[String]) -> Facts {
    let by_id = ById {
        operation: "DescribeSecurityGroups",
        parameter: "GroupId",
        unknown: Unknown::Hidden,
        act: Act::SecurityGroup,
    };
    by_id
        .facts::<Groups>(asking, ids, |it| {
            let group = facts::SecurityGroup {
                id: it.group_id.clone(),
                name: it.group_name,
                vpc_id: it.vpc_id,
                owner: it.owner_id,
                ingress: it.ip_permissions.into_iter().map(Permission::fact).collect(),
                egress: it.ip_permissions_egress.into_iter().map(Permission::fact).collect(),
            };
            (it.group_id, group)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Acls {
    #[serde(deserialize_with = "items")]
    network_acl_set: Vec<Acl>,
    next_token: Option<String>,
}
page!(Acls: network_acl_set of Acl);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Acl {
    network_acl_id: String,
    vpc_id: String,
    #[serde(deserialize_with = "items")]
    association_set: Vec<Association>,
    #[serde(deserialize_with = "items")]
    entry_set: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Association {
    #[serde(deserialize_with = "text")]
    subnet_id: Option<String>,
}

/// What decides is there, or the answer cannot be read: a rule must not become another one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    rule_number: u32,
    #[serde(deserialize_with = "flag")]
    egress: Option<bool>,
    rule_action: String,
    protocol: String,
    #[serde(default)]
    cidr_block: String,
    #[serde(default)]
    ipv6_cidr_block: String,
    #[serde(default)]
    port_range: PortRange,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PortRange {
    from: Option<i64>,
    to: Option<i64>,
}

impl Entry {
    fn fact(self) -> facts::AclEntry {
        facts::AclEntry {
            number: self.rule_number,
            egress: self.egress.unwrap_or_default(),
            allow: self.rule_action.eq_ignore_ascii_case("allow"),
            ports: ports(self.port_range.from, self.port_range.to).filter(|_| self.protocol != "-1"),
            protocol: self.protocol,
            cidr: if self.cidr_block.is_empty() { self.ipv6_cidr_block } else { self.cidr_block },
        }
    }
}

/// `ec2:DescribeNetworkAcls` of a VPC.
pub async fn network_acls(asking: &Asking<'_>, vpc: &str) -> Facts {
    let found = all::<Acls>(asking, "DescribeNetworkAcls", &filter(1, "vpc-id", &[vpc]), Some(100)).await;
    let known = found.map(|acls| {
        acls.into_iter().map(|it| {
            let acl = facts::NetworkAcl {
                id: it.network_acl_id.clone(),
                vpc_id: it.vpc_id,
                subnets: it.association_set.into_iter().filter_map(|it| it.subnet_id).collect(),
                entries: it.entry_set.into_iter().map(Entry::fact).collect(),
            };
            (it.network_acl_id, acl)
        })
    });
    listed(vpc, Check::NetworkAcl, known.map(Iterator::collect), Act::NetworkAcl)
}
