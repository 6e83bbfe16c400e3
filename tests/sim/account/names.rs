//! Endpoints with their interfaces, and what else decides which addresses a name has.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ecr_probe::model::Role;
use ecr_probe::model::facts::{
    DhcpOptions, Endpoint, EndpointKind, FirewallRule, HostedZone, Interface, VpcDns, ZoneRecord,
};

use super::super::aws;
use super::super::world::{ACCOUNT, DnsFault, DnsTrouble, ROLES, Service, World};
use super::security::{endpoint_group, is_added};
use super::*;

/// The state of an endpoint that is available and has no interface.
const NO_INTERFACES: &str = "no-interfaces";
const AVAILABLE: &str = "available";

pub(super) fn add(account: &mut Account, world: &World) {
    let vpc = &world.vpc;
    account.vpc_dns = VpcDns { support: vpc.dns_support, hostnames: vpc.dns_hostnames };
    let servers = vpc.name_servers.as_ref().map(|servers| servers.iter().map(ToString::to_string).collect());
    account.dhcp_options.push(DhcpOptions {
        id: DHCP_OPTIONS.to_owned(),
        name_servers: servers.unwrap_or_else(|| vec!["AmazonProvidedDNS".to_owned()]),
    });
    add_endpoints(account, world);
    add_zones(account, world);
    add_hub(account, world);
    add_firewall(account, world);
    account.interfaces.extend(appliance(world));
}

/// Where a route takes S3's packets that is narrower than the endpoint's.
fn appliance(world: &World) -> Option<Interface> {
    let [address, _] = network::local_addresses(world, Service::EcrApi).map(|address| match address {
        IpAddr::V4(address) => IpAddr::V4((address.to_bits() | 0x80).into()),
        IpAddr::V6(_) => address,
    });
    let (subnet, zone) = network::subnet_of(world, address)
        .filter(|_| world.vpc.s3_route_overridden && !world.account.appliance_is_gone)?;
    Some(Interface {
        id: APPLIANCE.to_owned(),
        vpc_id: VPC.to_owned(),
        subnet_id: subnet.to_owned(),
        az: zone_name(world, zone),
        addresses: vec![address],
        groups: vec![OTHER_TASK_GROUP.to_owned()],
        kind: "interface".to_owned(),
        status: "in-use".to_owned(),
        public_ip: None,
        description: "firewall".to_owned(),
    })
}

fn zone_name(world: &World, zone: usize) -> String {
    format!("{}{}", world.region(), ['a', 'b'][zone])
}

/// The interface endpoints of this VPC, each with its state.
fn endpoints(world: &World) -> BTreeMap<Service, String> {
    let in_hub = world.vpc.hub_network.is_some();
    let working = world.vpc.interface_endpoints.iter().filter(|_| !in_hub).map(|it| (*it, AVAILABLE.to_owned()));
    // The packets know nothing of these: they have a way of their own where none leads out.
    let started = task::starts_with(world).into_iter().filter(|it| is_added(world, *it) && !leads_out(world));
    let broken = world.account.broken_endpoints.iter().map(|(service, state)| (*service, state.clone()));
    let started = started.map(|service| (service, AVAILABLE.to_owned()));
    started.chain(broken).chain(working).collect()
}

/// Whether what goes to public addresses gets there and back.
fn leads_out(world: &World) -> bool {
    let vpc = &world.vpc;
    let gateway = vpc.nat && !vpc.nat_blackhole && vpc.nat_way_out || vpc.internet_gateway && vpc.public_ip;
    let acl = vpc.acl_allows_public && vpc.acl_allows_return && !vpc.acl_denies_return_first;
    gateway && acl && vpc.task_sg_allows_internet
}

fn add_endpoints(account: &mut Account, world: &World) {
    let region = world.region();
    let policy = |service: Service| permissions::endpoint_policy(world, service);
    let owner = world.account.vpc_owner.clone().unwrap_or_else(|| ACCOUNT.to_owned());
    for (service, state) in endpoints(world) {
        let has_interfaces = state != NO_INTERFACES;
        let interfaces = if has_interfaces { interfaces(world, service) } else { Vec::new() };
        let private_dns = world.vpc.private_dns.has(service) || is_added(world, service);
        let mut subnets: Vec<String> = interfaces.iter().map(|it| it.subnet_id.clone()).collect();
        subnets.dedup();
        account.endpoints.push(Endpoint {
            id: endpoint_id(service),
            vpc_id: VPC.to_owned(),
            kind: EndpointKind::Interface,
            service: endpoint_service(service, region),
            service_region: Some(region.to_owned()),
            state: if has_interfaces { state } else { AVAILABLE.to_owned() },
            last_error: None,
            policy: policy(service),
            private_dns,
            only_inbound_resolver: service == Service::S3 && world.account.s3_only_for_inbound_resolver,
            subnets,
            groups: vec![endpoint_group(world, service).to_owned()],
            interfaces: interfaces.iter().map(|it| it.id.clone()).collect(),
            route_tables: Vec::new(),
            owner: owner.clone(),
            dns_names: vec![format!("{}.{}.{region}.vpce.{}", endpoint_id(service), label(service), domain(region))],
        });
        account.interfaces.extend(interfaces);
    }
    if world.vpc.s3_gateway {
        let table = if world.vpc.s3_gateway_in_route_table { TASK_TABLE } else { MAIN_TABLE };
        account.endpoints.push(Endpoint {
            id: S3_GATEWAY.to_owned(),
            vpc_id: VPC.to_owned(),
            kind: EndpointKind::Gateway,
            service: endpoint_service(Service::S3, region),
            service_region: Some(region.to_owned()),
            state: AVAILABLE.to_owned(),
            policy: policy(Service::S3),
            route_tables: vec![table.to_owned()],
            owner,
            ..Endpoint::default()
        });
    }
}

/// The endpoints of the hub, in subnets that nobody here needs; it has a gateway endpoint of its own.
fn add_hub(account: &mut Account, world: &World) {
    if world.vpc.hub_network.is_none() {
        return;
    }
    let region = world.region();
    let hub = |service: Service, id: String, kind: EndpointKind| Endpoint {
        id,
        vpc_id: HUB_VPC.to_owned(),
        kind,
        service: endpoint_service(service, region),
        service_region: Some(region.to_owned()),
        state: AVAILABLE.to_owned(),
        owner: ACCOUNT.to_owned(),
        ..Endpoint::default()
    };
    let interfaces = world.vpc.interface_endpoints.iter();
    account.endpoints.extend(interfaces.map(|it| hub(*it, hub_endpoint(*it), EndpointKind::Interface)));
    account.endpoints.push(hub(Service::S3, HUB_S3_GATEWAY.to_owned(), EndpointKind::Gateway));
}

fn domain(region: &str) -> &'static str {
    aws::domains(region).ipv4
}

/// One in each zone.
fn interfaces(world: &World, service: Service) -> Vec<Interface> {
    let v4 = network::local_addresses(world, service);
    let v6 = world.vpc.endpoint_addresses_v6(service);
    let interface = |zone: usize| {
        let (subnet, _) = network::subnet_of(world, v4[zone])?;
        let mut addresses = vec![v4[zone]];
        addresses.extend(world.vpc.dual_stack.then_some(v6[zone]));
        Some(Interface {
            id: endpoint_interface(service, zone),
            vpc_id: VPC.to_owned(),
            subnet_id: subnet.to_owned(),
            az: zone_name(world, zone),
            addresses,
            groups: vec![endpoint_group(world, service).to_owned()],
            kind: "vpc_endpoint".to_owned(),
            status: "in-use".to_owned(),
            public_ip: None,
            description: format!("VPC Endpoint Interface {}", endpoint_id(service)),
        })
    };
    (0..2).filter_map(interface).collect()
}

/// The name that a service's private DNS covers.
fn private_name(service: Service, region: &str) -> String {
    let name = match service {
        Service::EcrApi => "api.ecr",
        Service::EcrDkr => "dkr.ecr",
        other => label(other),
    };
    format!("{name}.{region}.{}", domain(region))
}

fn add_zones(account: &mut Account, world: &World) {
    let region = world.region();
    // Those that endpoints made.
    let made: Vec<HostedZone> = account
        .endpoints
        .iter()
        .zip(endpoints(world))
        .filter(|(endpoint, (_, state))| endpoint.private_dns && state == AVAILABLE)
        .map(|(_, (service, _))| HostedZone {
            id: format!("Z0E{:017X}", service as u8),
            name: private_name(service, region),
            owner_service: Some("vpce.amazonaws.com".to_owned()),
            ..HostedZone::default()
        })
        .collect();
    if world.vpc.dns_support && world.vpc.dns_hostnames {
        account.hosted_zones.extend(made);
    }
    // Those of a hub, shared with this VPC, and those that people made.
    let hub = world.vpc.hub_network.is_some() && world.vpc.hub_zone_shared;
    for &service in world.vpc.interface_endpoints.iter().filter(|_| hub) {
        let addresses = world.vpc.endpoint_addresses(service).map(|address| address.to_string());
        account.hosted_zones.push(zone('B', service.role(), &private_name(service, region), addresses.to_vec()));
    }
    for role in stated_roles() {
        let Some(DnsFault::Addresses(addresses)) = world.dns.of(role) else { continue };
        let Some(service) = Service::of(role) else { continue };
        let addresses = addresses.iter().map(ToString::to_string).collect();
        account.hosted_zones.push(zone('C', role, &private_name(service, region), addresses));
    }
}

/// Parts of a pull or of a start that a name server can be told of.
fn stated_roles() -> impl Iterator<Item = Role> {
    ROLES.into_iter().filter(|role| Service::of(*role).is_some())
}

/// A zone of the account's own, with records for the name and all below it.
fn zone(kind: char, role: Role, name: &str, values: Vec<String>) -> HostedZone {
    let (v6, v4): (Vec<String>, Vec<String>) = values.into_iter().partition(|value| value.contains(':'));
    let mut records = Vec::new();
    for (kind, values) in [("A", v4), ("AAAA", v6)] {
        for name in [name.to_owned(), format!("*.{name}")] {
            if !values.is_empty() {
                records.push(ZoneRecord { name, kind: kind.to_owned(), values: values.clone() });
            }
        }
    }
    HostedZone {
        id: format!("Z0{kind}{:017X}", role as u8),
        name: name.to_owned(),
        owner_account: Some(ACCOUNT.to_owned()),
        owner_service: None,
        records: Some(records),
    }
}

/// A name that does not exist although AWS has it, or has no address: DNS Firewall.
fn add_firewall(account: &mut Account, world: &World) {
    let region = world.region();
    for role in stated_roles() {
        let blocked = match world.dns.of(role) {
            Some(DnsFault::Trouble(DnsTrouble::NxDomain | DnsTrouble::Empty | DnsTrouble::BlockedAlias)) => true,
            Some(_) | None => false,
        };
        let Some(service) = Service::of(role).filter(|_| blocked) else { continue };
        let name = private_name(service, region);
        account.firewall_rules.push(FirewallRule {
            group_id: "rslvr-frg-0b10c4ed0000000a1".to_owned(),
            name: format!("block-{}", role.name()),
            priority: (101, 1 + account.firewall_rules.len() as i64),
            action: "BLOCK".to_owned(),
            domains: Some(vec![name.clone(), format!("*.{name}")]),
        });
    }
}
