//! VPC endpoints and network interfaces.

use std::net::IpAddr;

use serde::Deserialize;

use super::{ById, Unknown, all, filter, lower, page};
use crate::edge::api::asking::{Asking, Facts, listed};
use crate::edge::api::xml::{flag, items, text};
use crate::model::facts::{self, EndpointKind, Hidden, Question};
use crate::model::{Act, Check};
use crate::wire::{policy_excerpt, scrub};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints {
    #[serde(deserialize_with = "items")]
    vpc_endpoint_set: Vec<Endpoint>,
    next_token: Option<String>,
}
page!(Endpoints: vpc_endpoint_set of Endpoint);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Endpoint {
    vpc_endpoint_id: String,
    vpc_endpoint_type: String,
    vpc_id: String,
    service_name: String,
    #[serde(deserialize_with = "text")]
    service_region: Option<String>,
    state: String,
    #[serde(deserialize_with = "text")]
    policy_document: Option<String>,
    #[serde(deserialize_with = "items")]
    route_table_id_set: Vec<String>,
    #[serde(deserialize_with = "items")]
    subnet_id_set: Vec<String>,
    #[serde(deserialize_with = "items")]
    group_set: Vec<Group>,
    dns_options: DnsOptions,
    #[serde(deserialize_with = "flag")]
    private_dns_enabled: Option<bool>,
    #[serde(deserialize_with = "items")]
    network_interface_id_set: Vec<String>,
    #[serde(deserialize_with = "items")]
    dns_entry_set: Vec<DnsEntry>,
    owner_id: String,
    last_error: LastError,
    #[serde(deserialize_with = "text")]
    failure_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    group_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DnsOptions {
    #[serde(deserialize_with = "flag")]
    private_dns_only_for_inbound_resolver_endpoint: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DnsEntry {
    #[serde(deserialize_with = "text")]
    dns_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LastError {
    #[serde(deserialize_with = "text")]
    message: Option<String>,
    #[serde(deserialize_with = "text")]
    code: Option<String>,
}

impl Endpoint {
    fn fact(self) -> facts::Endpoint {
        let kind = match lower(&self.vpc_endpoint_type).as_str() {
            "interface" => EndpointKind::Interface,
            // What came before there were other kinds.
            "gateway" | "" => EndpointKind::Gateway,
            "gatewayloadbalancer" => EndpointKind::GatewayLoadBalancer,
            _ => EndpointKind::Other,
        };
        let said = [self.last_error.code, self.last_error.message, self.failure_reason];
        let said: Vec<String> = said.into_iter().flatten().collect();
        facts::Endpoint {
            id: self.vpc_endpoint_id,
            vpc_id: self.vpc_id,
            kind,
            service: self.service_name,
            service_region: self.service_region,
            state: lower(&self.state).replace(' ', ""),
            last_error: (!said.is_empty()).then(|| scrub(&said.join(": "))),
            policy: self.policy_document.as_deref().map(policy_excerpt::whole),
            // A gateway endpoint has no names, whatever an answer says of it.
            private_dns: kind != EndpointKind::Gateway && self.private_dns_enabled.unwrap_or_default(),
            only_inbound_resolver: self.dns_options.private_dns_only_for_inbound_resolver_endpoint.unwrap_or_default(),
            subnets: self.subnet_id_set,
            groups: self.group_set.into_iter().map(|it| it.group_id).collect(),
            interfaces: self.network_interface_id_set,
            route_tables: self.route_table_id_set,
            owner: self.owner_id,
            dns_names: self.dns_entry_set.into_iter().filter_map(|it| it.dns_name).collect(),
        }
    }
}

/// `ec2:DescribeVpcEndpoints` of a VPC.
pub async fn endpoints(asking: &Asking<'_>, vpc: &str) -> Facts {
    described(asking, vpc, &filter(1, "vpc-id", &[vpc])).await
}

/// `ec2:DescribeVpcEndpoints` of these services, in every VPC of the account.
pub async fn endpoints_elsewhere(asking: &Asking<'_>, services: &[String]) -> Facts {
    let services: Vec<&str> = services.iter().map(String::as_str).collect();
    described(asking, Question::ELSEWHERE, &filter(1, "service-name", &services)).await
}

async fn described(asking: &Asking<'_>, owner: &str, parameters: &[(String, String)]) -> Facts {
    let found = all::<Endpoints>(asking, "DescribeVpcEndpoints", parameters, Some(200)).await;
    let known = found.map(|them| them.into_iter().map(|it| (it.vpc_endpoint_id.clone(), it.fact())));
    listed(owner, Check::Endpoint, known.map(Iterator::collect), Act::Endpoint)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Interfaces {
    #[serde(deserialize_with = "items")]
    network_interface_set: Vec<Interface>,
    next_token: Option<String>,
}
page!(Interfaces: network_interface_set of Interface);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Interface {
    network_interface_id: String,
    vpc_id: String,
    subnet_id: String,
    availability_zone: String,
    private_ip_address: Option<IpAddr>,
    #[serde(deserialize_with = "items")]
    private_ip_addresses_set: Vec<Private>,
    #[serde(deserialize_with = "items")]
    ipv6_addresses_set: Vec<Ipv6>,
    #[serde(deserialize_with = "items")]
    group_set: Vec<Group>,
    interface_type: String,
    status: String,
    association: Public,
    description: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Private {
    private_ip_address: Option<IpAddr>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ipv6 {
    ipv6_address: Option<IpAddr>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Public {
    #[serde(deserialize_with = "text")]
    public_ip: Option<String>,
}

impl Interface {
    fn fact(self) -> facts::Interface {
        let mut addresses: Vec<IpAddr> = self.private_ip_address.into_iter().collect();
        let more = self.private_ip_addresses_set.into_iter().filter_map(|it| it.private_ip_address);
        for address in more.chain(self.ipv6_addresses_set.into_iter().filter_map(|it| it.ipv6_address)) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        facts::Interface {
            id: self.network_interface_id,
            vpc_id: self.vpc_id,
            subnet_id: self.subnet_id,
            az: self.availability_zone,
            addresses,
            groups: self.group_set.into_iter().map(|it| it.group_id).collect(),
            kind: self.interface_type,
            status: self.status,
            public_ip: self.association.public_ip,
            description: scrub(&self.description),
        }
    }
}

/// `ec2:DescribeNetworkInterfaces` by id. One of another account is not shown.
pub async fn interfaces(asking: &Asking<'_>, ids: &[String]) -> Facts {
    let by_id = ById {
        operation: "DescribeNetworkInterfaces",
        parameter: "NetworkInterfaceId",
        unknown: Unknown::Hidden,
        act: Act::Interface,
    };
    by_id.facts::<Interfaces>(asking, ids, |it| (it.network_interface_id.clone(), it.fact())).await
}

/// `ec2:DescribeNetworkInterfaces` by private address: a list for each address.
pub async fn interfaces_at(asking: &Asking<'_>, vpc: &str, addresses: &[String]) -> Facts {
    let mut told = Facts::new();
    for some in addresses.chunks(super::IDS) {
        found_at(asking, vpc, some, &mut told).await;
    }
    told
}

async fn found_at(asking: &Asking<'_>, vpc: &str, addresses: &[String], told: &mut Facts) {
    let found = held_by(asking, vpc, addresses).await;
    for address in addresses {
        let has = |it: &&facts::Interface| address.parse().is_ok_and(|address: IpAddr| it.addresses.contains(&address));
        let held = found
            .as_ref()
            .map_err(Clone::clone)
            .map(|found| found.iter().filter(has).map(|it| (it.id.clone(), it.clone())).collect());
        told.extend(listed(address, Check::Interface, held, Act::Interface));
    }
}

async fn held_by(asking: &Asking<'_>, vpc: &str, addresses: &[String]) -> Result<Vec<facts::Interface>, Hidden> {
    let (wanted6, wanted4): (Vec<&str>, Vec<&str>) =
        addresses.iter().map(String::as_str).partition(|address| address.contains(':'));
    let mut found = Vec::new();
    for (name, values) in [("addresses.private-ip-address", wanted4), ("ipv6-addresses.ipv6-address", wanted6)] {
        if !values.is_empty() {
            let parameters = [filter(1, "vpc-id", &[vpc]), filter(2, name, &values)].concat();
            let more = all::<Interfaces>(asking, "DescribeNetworkInterfaces", &parameters, Some(1000)).await?;
            found.extend(more.into_iter().map(Interface::fact));
        }
    }
    Ok(found)
}
