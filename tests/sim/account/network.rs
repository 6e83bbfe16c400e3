//! Subnets, route tables, and what routes lead to.

use std::net::{IpAddr, Ipv4Addr};

use ecr_probe::model::facts::{
    InternetGateway, NatGateway, PrefixList, Route, RouteState, RouteTable, Subnet, TransitAttachment, Vpc as VpcFact,
};

use super::super::aws;
use super::super::world::{ACCOUNT, Network, Service, Vpc, World};
use super::*;

/// The addresses of the VPC for IPv6: those of the subnet and of the endpoints are among them.
const VPC_V6: &str = "2a05:d018:1::/56";
/// Where NAT gateways are: the last of the /24s.
const NAT_OCTET: u8 = 250;
/// Where DNS64 puts IPv4 addresses.
const TRANSLATED: &str = "64:ff9b::/96";

pub(super) fn add(account: &mut Account, world: &World) {
    let vpc = &world.vpc;
    let owner = world.account.vpc_owner.clone().unwrap_or_else(|| ACCOUNT.to_owned());
    let has_v6 = vpc.dual_stack || vpc.ipv6_only || vpc.ipv6_route;
    account.vpcs.push(VpcFact {
        id: VPC.to_owned(),
        cidrs: vec![vpc.cidr().to_string()],
        ipv6_cidrs: has_v6.then(|| VPC_V6.to_owned()).into_iter().collect(),
        dhcp_options_id: DHCP_OPTIONS.to_owned(),
        owner: owner.clone(),
    });
    for (id, zone, network) in networks(world) {
        let is_task = TASK_SUBNETS.contains(&id);
        account.subnets.push(Subnet {
            id: id.to_owned(),
            vpc_id: VPC.to_owned(),
            az: format!("{}{}", world.region(), ['a', 'b'][zone]),
            az_id: zone_id(world.region(), zone),
            cidr: network.map(|network| network.to_string()),
            ipv6_cidrs: (has_v6 && is_task).then(|| format!("2a05:d018:1:{}::/64", zone + 1)).into_iter().collect(),
            owner: owner.clone(),
            dns64: vpc.dns64 && is_task,
        });
    }
    add_gateways(account, world);
    add_tables(account, world, has_v6);
}

/// `euw1-az1` for the first zone of `eu-west-1`.
fn zone_id(region: &str, zone: usize) -> String {
    let short: String = region.split('-').map(|part| if part.len() <= 2 { part } else { &part[..1] }).collect();
    format!("{short}-az{}", zone + 1)
}

/// The subnets of the VPC, each with its zone, and its IPv4 addresses if it has any.
pub(super) fn networks(world: &World) -> Vec<(&'static str, usize, Option<Network>)> {
    let vpc = &world.vpc;
    let first = vpc.subnet();
    // With IPv4: the task's first subnet, the endpoints' two, the task's second, that of NAT gateways.
    let mut found: Vec<(&'static str, usize, Network)> = Vec::new();
    if !vpc.ipv6_only {
        found.push((TASK_SUBNETS[0], 0, first));
    }
    // Where nothing else is said, the endpoints are in the task's own subnets.
    let shared = vpc.task_subnet.is_none() && !vpc.ipv6_only && vpc.hub_network.is_none();
    for (zone, address) in local_addresses(world, Service::EcrApi).into_iter().enumerate() {
        let id = if shared { TASK_SUBNETS[zone] } else { ENDPOINT_SUBNETS[zone] };
        if !found.iter().any(|(_, _, network)| network.holds(address)) {
            found.push((id, zone, block(address)));
        }
    }
    if !vpc.ipv6_only && !found.iter().any(|(id, _, _)| *id == TASK_SUBNETS[1]) {
        let is_free = |network: &Network| {
            let overlaps = |own: &Network| own.holds(network.base.into()) || network.holds(own.base.into());
            vpc.cidr().holds(network.base.into()) && !found.iter().any(|(_, _, own)| overlaps(own))
        };
        let size = 1_u32 << (32 - u32::from(first.length)).min(31);
        let next = |nth: u32| Some(Ipv4Addr::from(first.base.to_bits().checked_add(size.checked_mul(nth)?)?));
        let mut others = (1..64).filter_map(next).map(|base| Network { base, length: first.length });
        let second = others.find(is_free);
        found.extend(second.map(|network| (TASK_SUBNETS[1], 1, network)));
    }
    if needs_nat(world) {
        let [a, b, ..] = vpc.cidr().base.octets();
        found.push((NAT_SUBNET, 0, Network { base: Ipv4Addr::new(a, b, NAT_OCTET, 0), length: 24 }));
    }
    let without: &[&str] = if vpc.ipv6_only { &TASK_SUBNETS } else { &[] };
    let without = without.iter().enumerate().map(|(zone, id)| (*id, zone, None));
    without.chain(found.into_iter().map(|(id, zone, network)| (id, zone, Some(network)))).collect()
}

/// The addresses that an endpoint in this VPC has, or would have beside those of a hub.
pub(super) fn local_addresses(world: &World, service: Service) -> [IpAddr; 2] {
    Vpc { hub_network: None, ..world.vpc.clone() }.endpoint_addresses(service)
}

/// The subnet that holds an address of the VPC.
pub(super) fn subnet_of(world: &World, address: IpAddr) -> Option<(&'static str, usize)> {
    let holds = |network: Option<Network>| network.is_some_and(|network| network.holds(address));
    networks(world).into_iter().find(|(_, _, network)| holds(*network)).map(|(id, zone, _)| (id, zone))
}

/// The /24 of an address.
fn block(address: IpAddr) -> Network {
    let IpAddr::V4(address) = address else { unreachable!("endpoints have IPv4 addresses") };
    let [a, b, c, _] = address.octets();
    Network { base: Ipv4Addr::new(a, b, c, 0), length: 24 }
}

fn needs_nat(world: &World) -> bool {
    (world.vpc.nat && !world.vpc.nat_blackhole) || world.vpc.nat64
}

fn add_gateways(account: &mut Account, world: &World) {
    let vpc = &world.vpc;
    if needs_nat(world) {
        account.nat_gateways.push(NatGateway {
            id: NAT.to_owned(),
            vpc_id: VPC.to_owned(),
            subnet_id: Some(NAT_SUBNET.to_owned()),
            route_table_id: None,
            state: "available".to_owned(),
            public: true,
            public_ips: vec!["198.51.100.7".to_owned()],
        });
    }
    if needs_nat(world) || vpc.internet_gateway {
        account.internet_gateways.push(InternetGateway { id: INTERNET_GATEWAY.to_owned(), vpcs: vec![VPC.to_owned()] });
    }
    if vpc.ipv6_route && !vpc.internet_gateway {
        account
            .internet_gateways
            .push(InternetGateway { id: EGRESS_ONLY_GATEWAY.to_owned(), vpcs: vec![VPC.to_owned()] });
    }
    if vpc.hub_network.is_some() {
        account.transit_attachments.push(TransitAttachment {
            id: TRANSIT_ATTACHMENT.to_owned(),
            transit_gateway_id: TRANSIT_GATEWAY.to_owned(),
            state: "available".to_owned(),
            subnets: TASK_SUBNETS.map(str::to_owned).to_vec(),
        });
    }
    account.prefix_lists.push(PrefixList {
        id: S3_LIST.to_owned(),
        name: endpoint_service(Service::S3, world.region()),
        cidrs: aws::s3_ranges(world.region()).into_iter().map(str::to_owned).collect(),
    });
}

fn route(destination: &str, target: &str) -> Route {
    Route {
        destination: destination.to_owned(),
        target: target.to_owned(),
        state: RouteState::Active,
        propagated: false,
    }
}

fn add_tables(account: &mut Account, world: &World, has_v6: bool) {
    let vpc = &world.vpc;
    let mut local = vec![route(&vpc.cidr().to_string(), "local")];
    local.extend(has_v6.then(|| route(VPC_V6, "local")));
    let mut task = local.clone();
    task.extend(vpc.hub_cidr().map(|hub| route(&hub.to_string(), TRANSIT_GATEWAY)));
    if vpc.s3_gateway && vpc.s3_gateway_in_route_table {
        task.push(route(S3_LIST, S3_GATEWAY));
    }
    if vpc.s3_route_overridden {
        let state = if world.account.appliance_is_gone { RouteState::Blackhole } else { RouteState::Active };
        task.extend(overriding(world).iter().map(|it| Route { state, ..route(it, APPLIANCE) }));
    }
    task.extend(default_route(world));
    if vpc.ipv6_route {
        let gateway = if vpc.internet_gateway { INTERNET_GATEWAY } else { EGRESS_ONLY_GATEWAY };
        task.push(route("::/0", gateway));
    }
    task.extend(vpc.nat64.then(|| route(TRANSLATED, NAT)));

    let table = |id: &str, main: bool, subnets: Vec<String>, routes: Vec<Route>| RouteTable {
        id: id.to_owned(),
        vpc_id: VPC.to_owned(),
        main,
        subnets,
        routes,
    };
    let of_task: Vec<String> = account.subnets.iter().map(|it| it.id.clone()).filter(|id| is_task(id)).collect();
    account.route_tables.push(table(MAIN_TABLE, true, Vec::new(), {
        let mut main = local.clone();
        main.extend((vpc.s3_gateway && !vpc.s3_gateway_in_route_table).then(|| route(S3_LIST, S3_GATEWAY)));
        main
    }));
    account.route_tables.push(table(TASK_TABLE, false, of_task, task));
    if needs_nat(world) {
        let mut routes = local;
        routes.extend(vpc.nat_way_out.then(|| route("0.0.0.0/0", INTERNET_GATEWAY)));
        account.route_tables.push(table(NAT_TABLE, false, vec![NAT_SUBNET.to_owned()], routes));
    }
}

fn is_task(subnet: &str) -> bool {
    TASK_SUBNETS.contains(&subnet)
}

/// A table has one default route for IPv4: of two gateways that a world has, the one that works.
fn default_route(world: &World) -> Option<Route> {
    let vpc = &world.vpc;
    let by_internet = vpc.internet_gateway.then(|| route("0.0.0.0/0", INTERNET_GATEWAY));
    let gone = || Route { state: RouteState::Blackhole, ..route("0.0.0.0/0", NAT) };
    match (vpc.nat, vpc.nat_blackhole) {
        (true, false) if !vpc.nat_way_out && vpc.internet_gateway && vpc.public_ip => by_internet,
        (true, false) => Some(route("0.0.0.0/0", NAT)),
        (_, true) if !(vpc.internet_gateway && vpc.public_ip) => Some(gone()),
        _ => by_internet,
    }
}

/// The /24s around the layer store's addresses: narrower than any block of the prefix list.
fn overriding(world: &World) -> Vec<String> {
    let store = aws::host(world, &aws::layer_host(world, world.region()));
    let mut blocks: Vec<String> =
        aws::public_addresses(&store).into_iter().map(|address| block(address).to_string()).collect();
    blocks.dedup();
    blocks
}
