//! Single packets through plain facts: a SYN with its ports and addresses, and the SYN-ACK that comes back. Written from
//! AWS's documentation and without any path code of the probe: each packet is held against each rule.

use std::net::Ipv4Addr;

use ecr_probe::model::facts::{EndpointKind, RouteState, RouteTable, SecurityGroup};
use ecr_probe::path::Place;
use ipnet::Ipv4Net;

use super::network::Facts;

/// What becomes of one packet and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Answered,
    Lost,
    /// It goes on to where no facts tell.
    Unseen,
}

/// One connection: from where, and to where.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    pub from: Ipv4Addr,
    pub from_port: u16,
    pub to: Ipv4Addr,
    /// The port that a NAT gateway would take.
    pub nat_port: u16,
}

fn in_cidr(cidr: &str, address: Ipv4Addr) -> bool {
    cidr.parse::<Ipv4Net>().is_ok_and(|net| net.contains(&address))
}

fn in_list(facts: &Facts, list: &str, address: Ipv4Addr) -> bool {
    facts.lists.iter().any(|it| it.id == list && it.cidrs.iter().any(|cidr| in_cidr(cidr, address)))
}

/// One group lets the packet pass if one of its rules does.
fn group_lets(facts: &Facts, group: &SecurityGroup, inbound: bool, peer: Ipv4Addr, peer_groups: &[String]) -> bool {
    let rules = if inbound { &group.ingress } else { &group.egress };
    rules.iter().any(|rule| {
        let about = match rule.protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => match rule.ports {
                Some((first, last)) => first <= 443 && 443 <= last,
                None => true,
            },
            _ => false,
        };
        let meant = rule.cidrs.iter().any(|cidr| in_cidr(cidr, peer))
            || rule.prefix_lists.iter().any(|list| in_list(facts, list, peer))
            || rule.groups.iter().any(|it| peer_groups.contains(&it.id));
        about && meant
    })
}

fn groups_let(facts: &Facts, ids: &[String], inbound: bool, peer: Ipv4Addr, peer_groups: &[String]) -> bool {
    let carried = facts.groups.iter().filter(|group| ids.contains(&group.id));
    carried.into_iter().any(|group| group_lets(facts, group, inbound, peer, peer_groups))
}

/// The rule with the lowest number that fits the packet decides.
fn acl_lets(facts: &Facts, subnet: &str, egress: bool, peer: Ipv4Addr, to_port: u16) -> bool {
    let acl = facts.acls.iter().find(|acl| acl.subnets.iter().any(|it| it == subnet)).expect("each has one");
    let mut best: Option<(u32, bool)> = None;
    for entry in acl.entries.iter().filter(|entry| entry.egress == egress) {
        let port_fits = entry.protocol == "-1"
            || (entry.protocol == "6" && entry.ports.is_none_or(|(first, last)| first <= to_port && to_port <= last));
        if port_fits && in_cidr(&entry.cidr, peer) && best.is_none_or(|(number, _)| entry.number < number) {
            best = Some((entry.number, entry.allow));
        }
    }
    best.is_some_and(|(_, allow)| allow)
}

fn table_of<'f>(facts: &'f Facts, subnet: &str) -> &'f RouteTable {
    let own = facts.tables.iter().find(|table| table.subnets.iter().any(|it| it == subnet));
    own.or_else(|| facts.tables.iter().find(|table| table.main)).expect("a VPC has a main table")
}

/// The target of the route with the longest prefix; `None` where there is none, or it is a blackhole.
fn next_hop<'f>(facts: &'f Facts, table: &'f RouteTable, to: Ipv4Addr) -> Option<&'f str> {
    let mut best: Option<(u8, u8, &str, RouteState)> = None;
    for route in &table.routes {
        let (cidrs, kind): (Vec<&str>, u8) = if route.destination.starts_with("pl-") {
            let list = facts.lists.iter().find(|list| list.id == route.destination).expect("it is there");
            (list.cidrs.iter().map(String::as_str).collect(), 1)
        } else {
            (vec![&route.destination], if route.propagated { 0 } else { 2 })
        };
        for cidr in cidrs {
            let net: Ipv4Net = cidr.parse().expect("a CIDR");
            let better = best.is_none_or(|(length, known, ..)| (net.prefix_len(), kind) > (length, known));
            if net.contains(&to) && better {
                best = Some((net.prefix_len(), kind, &route.target, route.state));
            }
        }
    }
    best.filter(|(.., state)| *state == RouteState::Active).map(|(.., target, _)| target)
}

fn is_attached(facts: &Facts, gateway: &str) -> bool {
    facts.gateways.iter().any(|it| it.id == gateway && it.vpcs.iter().any(|vpc| vpc == "vpc-1"))
}

/// What becomes of a connection's first packet and its answer.
pub fn fate(facts: &Facts, place: &Place, it: Attempt) -> Fate {
    let interface = facts.interfaces.iter().find(|interface| interface.addresses.contains(&it.to.into()));
    let their_groups = interface.map_or(&[][..], |interface| &interface.groups);
    if !groups_let(facts, &place.groups, false, it.to, their_groups) {
        return Fate::Lost;
    }
    match interface {
        Some(interface) => {
            let let_in = groups_let(facts, &interface.groups, true, it.from, &place.groups);
            let beside = interface.subnet_id == place.subnet;
            let borders = beside
                || (acl_lets(facts, &place.subnet, true, it.to, 443)
                    && acl_lets(facts, &interface.subnet_id, false, it.from, 443)
                    && acl_lets(facts, &interface.subnet_id, true, it.from, it.from_port)
                    && acl_lets(facts, &place.subnet, false, it.to, it.from_port));
            if let_in && borders { Fate::Answered } else { Fate::Lost }
        }
        None => outside(facts, place, it),
    }
}

fn outside(facts: &Facts, place: &Place, it: Attempt) -> Fate {
    let hop = next_hop(facts, table_of(facts, &place.subnet), it.to);
    let nat = hop.and_then(|hop| facts.nats.iter().find(|nat| nat.id == hop));
    let nat_is_beside = nat.is_some_and(|nat| nat.subnet_id.as_deref() == Some(&place.subnet));
    let own_border = nat_is_beside
        || (acl_lets(facts, &place.subnet, true, it.to, 443)
            && acl_lets(facts, &place.subnet, false, it.to, it.from_port));
    if !own_border {
        return Fate::Lost;
    }
    let Some(hop) = hop else { return Fate::Lost };
    if let Some(nat) = nat {
        return translated(facts, place, it, nat);
    }
    if hop.starts_with("igw-") {
        return if place.public_ip && is_attached(facts, hop) { Fate::Answered } else { Fate::Lost };
    }
    match facts.endpoints.iter().find(|endpoint| endpoint.id == hop) {
        Some(endpoint) if endpoint.kind == EndpointKind::Gateway && endpoint.state == "available" => Fate::Answered,
        Some(endpoint) if endpoint.kind == EndpointKind::Gateway => Fate::Lost,
        _ if hop == "local" || hop.starts_with("nat-") => Fate::Lost,
        _ => Fate::Unseen,
    }
}

fn translated(facts: &Facts, place: &Place, it: Attempt, nat: &ecr_probe::model::facts::NatGateway) -> Fate {
    let subnet = nat.subnet_id.as_deref().expect("a zonal one");
    if nat.state != "available" {
        return Fate::Lost;
    }
    let crosses = subnet != place.subnet;
    let near = !crosses
        || (acl_lets(facts, subnet, false, it.from, 443) && acl_lets(facts, subnet, true, it.from, it.from_port));
    let far = acl_lets(facts, subnet, true, it.to, 443) && acl_lets(facts, subnet, false, it.to, it.nat_port);
    if !near || !far {
        return Fate::Lost;
    }
    match next_hop(facts, table_of(facts, subnet), it.to) {
        Some(hop) if hop.starts_with("igw-") => {
            if nat.public && is_attached(facts, hop) {
                Fate::Answered
            } else {
                Fate::Lost
            }
        }
        // A gateway endpoint in the NAT gateway's own table takes its packets.
        Some(hop) if hop.starts_with("vpce-") => {
            if nat.public {
                Fate::Answered
            } else {
                Fate::Unseen
            }
        }
        Some(hop) if hop.starts_with("nat-") || hop == "local" => Fate::Lost,
        Some(_) => Fate::Unseen,
        None => Fate::Lost,
    }
}

/// Where the name leads: addresses in the VPC, or `None` for its public ones.
pub fn resolve(facts: &Facts, service: &str) -> Result<Option<Vec<Ipv4Addr>>, ()> {
    let (_, dns) = &facts.vpcs[0];
    if !dns.support {
        return Err(());
    }
    let named = |endpoint: &&ecr_probe::model::facts::Endpoint| {
        endpoint.kind == EndpointKind::Interface
            && endpoint.service.ends_with(&format!(".{service}"))
            && endpoint.state == "available"
            && endpoint.private_dns
            && !endpoint.only_inbound_resolver
            && dns.hostnames
    };
    let Some(endpoint) = facts.endpoints.iter().find(named) else { return Ok(None) };
    let addresses: Vec<Ipv4Addr> = facts
        .interfaces
        .iter()
        .filter(|interface| endpoint.interfaces.contains(&interface.id))
        .flat_map(|interface| &interface.addresses)
        .filter_map(|address| match address {
            std::net::IpAddr::V4(address) => Some(*address),
            std::net::IpAddr::V6(_) => None,
        })
        .collect();
    if addresses.is_empty() { Err(()) } else { Ok(Some(addresses)) }
}
