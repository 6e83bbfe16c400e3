//! A packet's way by the facts alone, held against the packets of the same world: what a world's keys mean to both.

use std::net::{IpAddr, Ipv4Addr};

use ecr_probe::model::facts::{NetworkAcl, Permission, RouteState, RouteTable};
use ipnet::IpNet;
use proptest::prelude::*;

use super::sim::account::{APPLIANCE, INTERNET_GATEWAY, NAT, S3_GATEWAY, TASK_GROUP, TASK_SUBNETS, TRANSIT_GATEWAY};
use super::sim::packet::{Fate, fate};
use super::sim::world::Service;
use super::sim::{Account, World, aws};

const HTTPS: u16 = 443;
/// A port that answers come back to.
const EPHEMERAL: u16 = 50_000;

fn holds(cidr: &str, address: IpAddr) -> bool {
    cidr.parse().is_ok_and(|network: IpNet| network.contains(&address))
}

fn list_holds(account: &Account, id: &str, address: IpAddr) -> bool {
    account.prefix_lists.iter().any(|it| it.id == id && it.cidrs.iter().any(|cidr| holds(cidr, address)))
}

/// The groups of whatever has the address.
fn groups_at(account: &Account, address: IpAddr) -> Vec<String> {
    let at = account.interfaces.iter().filter(|it| it.addresses.contains(&address));
    at.flat_map(|it| it.groups.clone()).collect()
}

fn allows(account: &Account, rules: &[Permission], other: IpAddr, groups: &[String]) -> bool {
    rules.iter().any(|rule| {
        let port = rule.protocol == "-1" || rule.ports.is_none_or(|(first, last)| (first..=last).contains(&HTTPS));
        let peer = rule.cidrs.iter().any(|cidr| holds(cidr, other))
            || rule.groups.iter().any(|it| groups.contains(&it.id))
            || rule.prefix_lists.iter().any(|id| list_holds(account, id, other));
        port && peer
    })
}

fn acl_passes(acl: &NetworkAcl, egress: bool, other: IpAddr, port: u16) -> bool {
    let mut entries: Vec<_> = acl.entries.iter().filter(|it| it.egress == egress).collect();
    entries.sort_by_key(|it| it.number);
    let fits = |it: &&&ecr_probe::model::facts::AclEntry| {
        let protocol = it.protocol == "-1" || it.protocol == "6";
        let ports = it.ports.is_none_or(|(first, last)| (first..=last).contains(&port));
        protocol && ports && holds(&it.cidr, other)
    };
    entries.iter().find(fits).is_some_and(|it| it.allow)
}

fn acl_of<'a>(account: &'a Account, subnet: &str) -> &'a NetworkAcl {
    account.network_acls.iter().find(|it| it.subnets.iter().any(|id| id == subnet)).expect("every subnet has one")
}

fn table_of<'a>(account: &'a Account, subnet: &str) -> &'a RouteTable {
    let own = account.route_tables.iter().find(|it| it.subnets.iter().any(|id| id == subnet));
    own.or_else(|| account.route_tables.iter().find(|it| it.main)).expect("there is a main table")
}

/// Where the longest prefix leads; nothing where it leads nowhere.
fn target<'a>(account: &'a Account, table: &'a RouteTable, address: IpAddr) -> Option<&'a str> {
    let length = |cidr: &str| cidr.parse().ok().filter(|it: &IpNet| it.contains(&address)).map(|it| it.prefix_len());
    let of_list = |id: &str| {
        let list = account.prefix_lists.iter().find(|it| it.id == id)?;
        list.cidrs.iter().filter_map(|cidr| length(cidr)).max()
    };
    let routes = table.routes.iter().filter_map(|route| {
        let length = length(&route.destination).or_else(|| of_list(&route.destination))?;
        Some((length, route))
    });
    let (_, route) = routes.max_by_key(|(length, _)| *length)?;
    (route.state == RouteState::Active).then_some(route.target.as_str())
}

/// Whether a connection comes about; `None` where the facts end.
fn passes(account: &Account, to: IpAddr) -> Option<bool> {
    let subnet = account.subnets.iter().find(|it| it.id == TASK_SUBNETS[0])?;
    let own: IpNet = subnet.cidr.as_deref()?.parse().ok()?;
    let IpAddr::V4(base) = own.network() else { return None };
    let from: IpAddr = Ipv4Addr::from(base.to_bits() + 50).into();
    let group = |id: &str| account.security_groups.iter().find(|it| it.id == id);
    if !allows(account, &group(TASK_GROUP)?.egress, to, &groups_at(account, to)) {
        return Some(false);
    }
    let acl = acl_of(account, &subnet.id);
    let both_ways = acl_passes(acl, true, to, HTTPS) && acl_passes(acl, false, to, EPHEMERAL);
    if !own.contains(&to) && !both_ways {
        return Some(false);
    }
    match target(account, table_of(account, &subnet.id), to) {
        Some("local") => {
            let Some(interface) = account.interfaces.iter().find(|it| it.addresses.contains(&to)) else {
                return Some(false);
            };
            let at = acl_of(account, &interface.subnet_id);
            let same = interface.subnet_id == subnet.id;
            let crosses = same || acl_passes(at, false, from, HTTPS) && acl_passes(at, true, from, EPHEMERAL);
            let ingress: Vec<Permission> =
                interface.groups.iter().filter_map(|id| group(id)).flat_map(|it| it.ingress.clone()).collect();
            Some(crosses && allows(account, &ingress, from, &[TASK_GROUP.to_owned()]))
        }
        Some(S3_GATEWAY) => Some(true),
        Some(APPLIANCE) => Some(false),
        Some(INTERNET_GATEWAY) => Some(account.services[0].assign_public_ip),
        Some(NAT) => {
            let nat = account.nat_gateways.iter().find(|it| it.id == NAT)?;
            let next = target(account, table_of(account, nat.subnet_id.as_deref()?), to);
            Some(next == Some(INTERNET_GATEWAY))
        }
        Some(TRANSIT_GATEWAY) => None,
        Some(other) => panic!("a route leads to {other}"),
        None => Some(false),
    }
}

/// Keys that facts and packets both know, each with values that break something and others.
fn network() -> impl Strategy<Value = String> {
    let keys = [
        "task_sg_allows_endpoints = false",
        "task_sg_allows_s3 = false",
        "task_sg_allows_internet = false",
        "endpoint_sg = 'default'",
        "endpoint_sg = 'first-subnet'",
        "endpoint_sg_allows_task = ['ecr.api', 's3']",
        "s3_gateway = false",
        "s3_gateway_in_route_table = false",
        "s3_route_overridden = true",
        "acl_allows_return = false",
        "acl_denies_return_first = true",
        "acl_allows_public = false",
        "acl_allows_icmp = false",
        "nat = true",
        "nat_blackhole = true",
        "nat_way_out = false",
        "internet_gateway = true",
        "public_ip = true",
        "interface_endpoints = ['ecr.api', 'ecr.dkr', 's3']",
        "task_subnet = '10.0.11.0/24'",
        "hub_network = '10.50.1'",
        "region = 'cn-north-1'",
    ];
    proptest::sample::subsequence(keys.to_vec(), 0..6).prop_filter_map("a key twice", |lines| {
        let twice = lines.iter().filter(|line| line.starts_with("endpoint_sg = ")).count() > 1;
        (!twice).then(|| format!("[vpc]\n{}", lines.join("\n")))
    })
}

/// Addresses that a pull may go to.
fn addresses(world: &World) -> Vec<IpAddr> {
    let region = world.region();
    let public = aws::all_hosts(world).filter(|host| host.region.as_deref() == Some(region));
    let public = public.flat_map(|host| aws::public_addresses(&host));
    let endpoints = world.vpc.interface_endpoints.iter().flat_map(|it: &Service| world.vpc.endpoint_addresses(*it));
    public.chain(endpoints).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facts_and_packets_of_a_world_agree(toml in network()) {
        let world = World::from_toml(&toml).expect("it is a world");
        let account = Account::of(&world);
        let mut compared = 0;
        for address in addresses(&world) {
            let open = fate(&world, address, HTTPS) == Fate::Open;
            if let Some(passes) = passes(&account, address) {
                compared += 1;
                prop_assert_eq!(passes, open, "to {} in\n{}", address, toml);
            }
        }
        prop_assert!(compared > 3, "{}", compared);
    }
}
