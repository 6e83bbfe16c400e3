//! Where tasks are placed: subnets, the VPC with its DNS, and instances.

use serde::Deserialize;

use super::{ById, Unknown, page, parameters};
use crate::aws::Service;
use crate::edge::api::asking::{Asking, Facts, Page, one};
use crate::edge::api::call::Input;
use crate::edge::api::xml::{flag, items, text};
use crate::model::Act;
use crate::model::facts::{self, Hidden, Why};
use crate::model::outcome::NoAnswer;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subnets {
    #[serde(deserialize_with = "items")]
    subnet_set: Vec<Subnet>,
    next_token: Option<String>,
}
page!(Subnets: subnet_set of Subnet);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Subnet {
    subnet_id: String,
    vpc_id: String,
    availability_zone: String,
    availability_zone_id: String,
    #[serde(deserialize_with = "text")]
    cidr_block: Option<String>,
    #[serde(deserialize_with = "items")]
    ipv6_cidr_block_association_set: Vec<Ipv6Block>,
    owner_id: String,
    #[serde(deserialize_with = "flag")]
    enable_dns64: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ipv6Block {
    ipv6_cidr_block: String,
    ipv6_cidr_block_state: State,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Block {
    cidr_block: String,
    cidr_block_state: State,
}

/// Of an association; no state at all is that of one that holds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    state: String,
}

impl State {
    fn holds(&self) -> bool {
        matches!(self.state.as_str(), "" | "associated")
    }
}

fn ipv6(blocks: Vec<Ipv6Block>) -> Vec<String> {
    blocks.into_iter().filter(|it| it.ipv6_cidr_block_state.holds()).map(|it| it.ipv6_cidr_block).collect()
}

/// `ec2:DescribeSubnets`.
pub async fn subnets(asking: &Asking<'_>, ids: &[String]) -> Facts {
    let by_id =
        ById { operation: "DescribeSubnets", parameter: "SubnetId", unknown: Unknown::Absent, act: Act::Subnet };
    by_id
        .facts::<Subnets>(asking, ids, |it| {
            let subnet = facts::Subnet {
                id: it.subnet_id.clone(),
                vpc_id: it.vpc_id,
                az: it.availability_zone,
                az_id: it.availability_zone_id,
                cidr: it.cidr_block,
                ipv6_cidrs: ipv6(it.ipv6_cidr_block_association_set),
                owner: it.owner_id,
                dns64: it.enable_dns64.unwrap_or_default(),
            };
            (it.subnet_id, subnet)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vpcs {
    #[serde(deserialize_with = "items")]
    vpc_set: Vec<Vpc>,
    next_token: Option<String>,
}
page!(Vpcs: vpc_set of Vpc);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vpc {
    vpc_id: String,
    cidr_block: String,
    #[serde(deserialize_with = "items")]
    cidr_block_association_set: Vec<Block>,
    #[serde(deserialize_with = "items")]
    ipv6_cidr_block_association_set: Vec<Ipv6Block>,
    dhcp_options_id: String,
    owner_id: String,
}

/// `ec2:DescribeVpcs`.
pub async fn vpc(asking: &Asking<'_>, id: &str) -> Facts {
    let by_id = ById { operation: "DescribeVpcs", parameter: "VpcId", unknown: Unknown::Absent, act: Act::Vpc };
    by_id
        .facts::<Vpcs>(asking, &[id.to_owned()], |it| {
            let blocks = it.cidr_block_association_set.into_iter();
            let mut cidrs: Vec<String> =
                blocks.filter(|it| it.cidr_block_state.holds()).map(|it| it.cidr_block).collect();
            if cidrs.is_empty() && !it.cidr_block.is_empty() {
                cidrs.push(it.cidr_block);
            }
            let vpc = facts::Vpc {
                id: it.vpc_id.clone(),
                cidrs,
                ipv6_cidrs: ipv6(it.ipv6_cidr_block_association_set),
                dhcp_options_id: it.dhcp_options_id,
                owner: it.owner_id,
            };
            (it.vpc_id, vpc)
        })
        .await
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Attribute {
    enable_dns_support: Flag,
    enable_dns_hostnames: Flag,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Flag {
    #[serde(deserialize_with = "flag")]
    value: Option<bool>,
}

/// `ec2:DescribeVpcAttribute`, which tells one attribute a call.
pub async fn vpc_dns(asking: &Asking<'_>, vpc: &str) -> Facts {
    let dns = async {
        let support = attribute(asking, vpc, "enableDnsSupport", |it| it.enable_dns_support).await?;
        let hostnames = attribute(asking, vpc, "enableDnsHostnames", |it| it.enable_dns_hostnames).await?;
        Ok(facts::VpcDns { support, hostnames })
    };
    vec![(vpc.to_owned(), Act::VpcDns(one(dns.await, &["InvalidVpcID.NotFound"])))]
}

async fn attribute(asking: &Asking<'_>, vpc: &str, name: &str, of: impl Fn(Attribute) -> Flag) -> Result<bool, Hidden> {
    const OPERATION: &str = "DescribeVpcAttribute";
    let input = Input::Parameters(parameters(&[("VpcId", vpc), ("Attribute", name)]));
    let answer = asking.call(Service::Ec2, asking.region, OPERATION, input).await?;
    of(answer).value.ok_or_else(|| Hidden {
        action: format!("ec2:{OPERATION}"),
        why: Why::NoAnswer { how: NoAnswer::Malformed { reason: "it has no such attribute".to_owned() } },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OptionSets {
    #[serde(deserialize_with = "items")]
    dhcp_options_set: Vec<OptionSet>,
    next_token: Option<String>,
}
page!(OptionSets: dhcp_options_set of OptionSet);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OptionSet {
    dhcp_options_id: String,
    #[serde(deserialize_with = "items")]
    dhcp_configuration_set: Vec<Configuration>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Configuration {
    key: String,
    #[serde(deserialize_with = "items")]
    value_set: Vec<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Value {
    value: String,
}

/// `ec2:DescribeDhcpOptions`. The owner of a shared VPC may keep its set to itself.
pub async fn dhcp_options(asking: &Asking<'_>, id: &str) -> Facts {
    let by_id = ById {
        operation: "DescribeDhcpOptions",
        parameter: "DhcpOptionsId",
        unknown: Unknown::Hidden,
        act: Act::DhcpOptions,
    };
    by_id
        .facts::<OptionSets>(asking, &[id.to_owned()], |it| {
            let servers = it.dhcp_configuration_set.into_iter().filter(|it| it.key == "domain-name-servers");
            let name_servers = servers.flat_map(|it| it.value_set).map(|it| it.value).collect();
            (it.dhcp_options_id.clone(), facts::DhcpOptions { id: it.dhcp_options_id, name_servers })
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservations {
    #[serde(deserialize_with = "items")]
    reservation_set: Vec<Reservation>,
    next_token: Option<String>,
}

impl Page for Reservations {
    type Item = Instance;

    fn turned(self) -> (Vec<Instance>, Option<String>) {
        (self.reservation_set.into_iter().flat_map(|it| it.instances_set).collect(), self.next_token)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reservation {
    #[serde(deserialize_with = "items")]
    instances_set: Vec<Instance>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Instance {
    instance_id: String,
    subnet_id: String,
    vpc_id: String,
    #[serde(deserialize_with = "text")]
    ip_address: Option<String>,
    /// Those of its primary interface.
    #[serde(deserialize_with = "items")]
    group_set: Vec<Group>,
    iam_instance_profile: Profile,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    group_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Profile {
    #[serde(deserialize_with = "text")]
    arn: Option<String>,
}

/// `ec2:DescribeInstances`.
pub async fn instances(asking: &Asking<'_>, ids: &[String]) -> Facts {
    let by_id =
        ById { operation: "DescribeInstances", parameter: "InstanceId", unknown: Unknown::Absent, act: Act::Instance };
    by_id
        .facts::<Reservations>(asking, ids, |it| {
            let instance = facts::Instance {
                id: it.instance_id.clone(),
                subnet_id: it.subnet_id,
                vpc_id: it.vpc_id,
                groups: it.group_set.into_iter().map(|it| it.group_id).collect(),
                public_ip: it.ip_address,
                profile_arn: it.iam_instance_profile.arn,
            };
            (it.instance_id, instance)
        })
        .await
}
