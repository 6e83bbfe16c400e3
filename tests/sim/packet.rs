//! What becomes of a SYN that leaves the task: the VPC, walked by cause.
//!
//! Written without any path code of the probe.

use std::net::IpAddr;

use super::world::{EndpointGroup, Mode, Service, TcpFault, World, strikes, untranslated};
use super::{aws, names};

/// How the network answers a SYN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A SYN-ACK comes back.
    Open,
    /// Nothing comes back.
    Dropped,
    Refused,
    HostUnreachable,
    NetUnreachable,
}

impl Fate {
    fn passes(open: bool) -> Fate {
        if open { Fate::Open } else { Fate::Dropped }
    }
}

/// The fate of the first SYN from the task to `port` of `address`.
pub fn fate(world: &World, address: IpAddr, port: u16) -> Fate {
    fate_in_turn(world, address, port, 0)
}

/// The same of one before which `turn` others went to the address.
pub fn fate_in_turn(world: &World, address: IpAddr, port: u16, turn: u32) -> Fate {
    if world.elsewhere.token_services_lost && aws::TOKEN_SERVICES.contains(&address.to_string().as_str()) {
        return Fate::Dropped;
    }
    // Whatever the network does: nothing is sent.
    if world.vpc.ipv6_only && address.is_ipv4() {
        return Fate::NetUnreachable;
    }
    let stated = names::owner(world, address).and_then(|role| world.tcp.of(role));
    match stated.filter(|_| strikes(world.times.tcp, turn)) {
        Some(TcpFault::Drop) => return Fate::Dropped,
        Some(TcpFault::Flaky) if turn % 4 == 3 => return Fate::Dropped,
        Some(TcpFault::Refuse) => return Fate::Refused,
        Some(TcpFault::HostUnreachable) => return Fate::HostUnreachable,
        Some(TcpFault::NetUnreachable) => return Fate::NetUnreachable,
        Some(TcpFault::Flaky) | None => {}
    }
    let behind = untranslated(address);
    if behind != address {
        // The gateway is in a subnet with IPv4: its own routes and groups are not the task's.
        let vpc = &world.vpc;
        let local = vpc.endpoint_at(behind).map(|(service, nth)| endpoint_answers(world, service, nth, port));
        let beyond = vpc.task_sg_allows_internet && !vpc.cidr().holds(behind) && (port == 443 || port == 80);
        let returns = vpc.acl_allows_return && !vpc.acl_denies_return_first && vpc.acl_allows_public;
        Fate::passes(vpc.nat64 && returns && local.unwrap_or(beyond))
    } else if has_no_address_of_the_family(world, address) {
        Fate::NetUnreachable
    } else {
        let from = source_port(world, address, turn);
        Fate::passes(acl_lets_pass(world, address, from) && reaches(world, address, port))
    }
}

/// The task's own kernel has nothing to send from.
fn has_no_address_of_the_family(world: &World, address: IpAddr) -> bool {
    let local = world.vpc.endpoint_at(address).is_some();
    match address {
        IpAddr::V4(_) => world.vpc.ipv6_only,
        IpAddr::V6(_) if world.mode == Mode::Lambda && !world.function.ipv6 => true,
        IpAddr::V6(_) => !local && !world.vpc.ipv6_route,
    }
}

/// Where a packet leaves from: Linux has a range of its own, and a Lambda function's network takes any port from 1024 on.
fn source_port(world: &World, address: IpAddr, turn: u32) -> u16 {
    let (first, last) = if world.mode == Mode::Lambda { (1024u64, 65535) } else { (32768, 60999) };
    // As good as drawn at random, and the same in every run (SplitMix64).
    let digits = address.to_string().bytes().fold(u64::from(turn), |sum, byte| sum.wrapping_mul(257) + u64::from(byte));
    let mut drawn = digits.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    drawn ^= drawn >> 31;
    (first + drawn % (last - first + 1)) as u16
}

/// Network ACLs stand at the border of a subnet and have no say within it.
fn acl_lets_pass(world: &World, address: IpAddr, from: u16) -> bool {
    let vpc = &world.vpc;
    let leaves_subnet = !vpc.subnet().holds(address);
    let leaves_vpc = !vpc.cidr().holds(address) && vpc.endpoint_at(address).is_none();
    let narrow = vpc.acl_returns_to_linux_only && !(32768..=60999).contains(&from);
    let returns = vpc.acl_allows_return && !vpc.acl_denies_return_first && !narrow;
    (!leaves_subnet || returns) && (!leaves_vpc || vpc.acl_allows_public)
}

/// The most specific route decides: the VPC's own, S3's prefix list, the default.
fn reaches(world: &World, address: IpAddr, port: u16) -> bool {
    let vpc = &world.vpc;
    if let Some((service, nth)) = vpc.endpoint_at(address) {
        return endpoint_answers(world, service, nth, port);
    }
    if vpc.cidr().holds(address) {
        return false;
    }
    let to_s3 = aws::in_s3_prefix_list(world.region(), address);
    let sg = if to_s3 { vpc.task_sg_allows_s3 } else { vpc.task_sg_allows_internet };
    let by_gateway = to_s3 && vpc.s3_gateway && vpc.s3_gateway_in_route_table;
    let routed = if to_s3 && vpc.s3_route_overridden { false } else { by_gateway || default_route(world, address) };
    sg && routed && (port == 443 || port == 80)
}

fn endpoint_answers(world: &World, service: Service, nth: usize, port: u16) -> bool {
    let vpc = &world.vpc;
    let is_listed = matches!(vpc.endpoint_sg, EndpointGroup::Own | EndpointGroup::FirstSubnet);
    let lets_in = is_listed && vpc.endpoint_sg_allows_task.has(service);
    let way_back = vpc.hub_network.is_none() || vpc.hub_route_back;
    vpc.task_sg_allows_endpoints && lets_in && way_back && port == 443 && !vpc.is_dead(service, nth)
}

fn default_route(world: &World, address: IpAddr) -> bool {
    let vpc = &world.vpc;
    let nat = vpc.nat && !vpc.nat_blackhole && vpc.nat_way_out;
    // A function never has a public address.
    let internet = vpc.internet_gateway && vpc.public_ip && world.mode != Mode::Lambda;
    match address {
        IpAddr::V4(_) => nat || internet,
        IpAddr::V6(_) => vpc.ipv6_route,
    }
}
