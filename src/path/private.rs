//! The way to an interface in the VPC: the task's groups, the network ACLs of both subnets, the route, the interface's
//! groups.

use super::acl::Packets;
use super::border::{cross, near_side};
use super::groups::Peer;
use super::network::{Network, Origin};
use super::routes::Hop;
use super::span::Addresses;
use super::trail::Trail;
use super::verdict::{Verdict, Which};
use super::{Allowance, Blocker, Direction, Extent, Far, Fault, Reason, Side, Step, Target, Unseen};
use crate::model::facts::RouteState;
use crate::model::{HopKind, Passes};

/// The way to each of a name's interfaces. It is open where it is to one of them: clients try the others.
pub(super) fn walk(network: &Network<'_>, origin: &Origin<'_, '_>, targets: &[Target], port: u16) -> Trail {
    let mut ways: Vec<Trail> = targets.iter().map(|target| to(network, origin, target, port)).collect();
    let mut merged = Trail { via: targets.first().map(|target| target.owner.clone()), ..Trail::default() };
    let (of, stopped) = (ways.len(), ways.iter().filter(|way| way.passes() == Passes::No).count());
    let open = ways.iter().any(|way| way.passes() == Passes::Yes);
    if stopped > 0 && stopped < of {
        let only = if open { Some(Extent::Targets { stopped, of }) } else { None };
        for way in ways.iter_mut().filter(|way| way.passes() == Passes::No) {
            narrow(way, only);
        }
    }
    if open {
        // What cannot be seen of one interface does not shut the way to another.
        for way in ways.iter_mut().filter(|way| way.passes() == Passes::Unknown) {
            way.steps.retain(|step| !matches!(step.reason, Reason::Unknown(_)));
        }
    }
    // Step by step, as one pull meets them.
    let longest = ways.iter().map(|way| way.steps.len()).max().unwrap_or(0);
    let (mut steps, mut faults): (Vec<Step>, Vec<Fault>) = (Vec::new(), Vec::new());
    for at in 0..longest {
        steps.extend(ways.iter().filter_map(|way| way.steps.get(at)).cloned());
        faults.extend(ways.iter().filter_map(|way| way.faults.get(at)).cloned());
    }
    merged.follow(Trail { steps, faults, via: None });
    merged
}

/// Where other interfaces may serve, a fault of one does not shut the way: some of the addresses fail, or, where nobody
/// can tell of the others, nobody can tell.
fn narrow(way: &mut Trail, only: Option<Extent>) {
    match only {
        Some(extent) => {
            for step in &mut way.steps {
                if let Reason::Blocks(_, whole) = &mut step.reason {
                    *whole = extent;
                }
            }
            for fault in &mut way.faults {
                fault.extent = extent;
            }
        }
        None => {
            way.faults.clear();
            way.steps.retain(|step| !matches!(step.reason, Reason::Blocks(..)));
        }
    }
}

/// The way to one interface.
fn to(network: &Network<'_>, origin: &Origin<'_, '_>, target: &Target, port: u16) -> Trail {
    let mut trail = Trail::default();
    let place = origin.place;
    if target.vpc != origin.subnet.vpc_id {
        let unseen = Unseen::Beyond { target: target.vpc.clone(), destination: target.owner.clone() };
        trail.unknown(HopKind::Endpoint, &target.owner, unseen, &target.cites);
        return trail;
    }
    let Some((near, addresses)) = family(origin, target) else {
        let blocker = Blocker::NoIpv6 { subnet: place.subnet.clone(), host: target.owner.clone() };
        if origin.subnet.dns64 {
            let unseen = Unseen::Address { of: target.owner.clone() };
            trail.unknown(HopKind::Subnet, &place.subnet, unseen, &target.cites);
        } else {
            trail.blocks(HopKind::Subnet, &place.subnet, blocker, Extent::Whole, &target.cites);
        }
        return trail;
    };
    egress(network, origin, target, addresses.as_ref(), port, &mut trail);
    let is_beside = target.subnet.as_deref() == Some(&place.subnet);
    if !is_beside {
        let https = Packets {
            direction: Direction::Outbound,
            addresses: addresses.as_ref(),
            which: target.which,
            ports: (port, port),
            of: &target.owner,
        };
        cross(network, &place.subnet, Side::Task, Far::Private, &near_side(https, place.sender.ports()), &mut trail);
        route(network, origin, target, addresses.as_ref(), &mut trail);
        match target.subnet.as_deref() {
            Some(subnet) => {
                let https = Packets {
                    direction: Direction::Inbound,
                    addresses: Some(near),
                    which: Which::EachNear,
                    ports: (port, port),
                    of: &place.subnet,
                };
                let both = near_side(https, place.sender.ports());
                cross(network, subnet, Side::Endpoint, Far::Private, &both, &mut trail);
            }
            None => {
                let unseen = Unseen::Address { of: target.owner.clone() };
                trail.unknown(HopKind::Endpoint, &target.owner, unseen, &target.cites);
            }
        }
    }
    ingress(network, origin, target, near, port, &mut trail);
    trail
}

/// The addresses of the place and of the interface that speak one family; IPv4 where both have it.
fn family<'o>(origin: &'o Origin<'_, '_>, target: &Target) -> Option<(&'o Addresses, Option<Addresses>)> {
    let of = |v6: bool| -> Option<Addresses> {
        let own = target.addresses.as_ref()?.spans().iter().filter(|span| span.is_v6() == v6);
        Some(Addresses::of(own.copied())).filter(|own| !own.is_empty())
    };
    if target.addresses.is_none() {
        return (!origin.v4.is_empty()).then_some((&origin.v4, None));
    }
    let v4 = of(false).filter(|_| !origin.v4.is_empty()).map(|own| (&origin.v4, Some(own)));
    v4.or_else(|| of(true).filter(|_| !origin.v6.is_empty()).map(|own| (&origin.v6, Some(own))))
}

fn egress(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    target: &Target,
    addresses: Option<&Addresses>,
    port: u16,
    trail: &mut Trail,
) {
    let groups = &origin.place.groups;
    let peer = Peer { addresses, which: target.which, groups: &target.groups, name: &target.owner, port };
    let passing = network.groups.pass(network.account, &network.lists, groups, Direction::Outbound, peer);
    let id = passing.by.as_ref().map_or_else(|| groups.join(", "), |(group, _)| group.clone());
    let peer = passing.by.map(|(_, peer)| peer).unwrap_or_default();
    let mut cites = passing.cites;
    if passing.verdict != Verdict::Allows {
        cites.extend(&target.cites);
    }
    trail.add(
        (HopKind::SecurityGroup, &id),
        passing.verdict,
        || Allowance::GroupRule { direction: Direction::Outbound, peer },
        || Blocker::EgressLacksEndpoint {
            groups: groups.clone(),
            endpoint: target.owner.clone(),
            endpoint_groups: target.groups.clone(),
        },
        &cites,
    );
}

fn ingress(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    target: &Target,
    near: &Addresses,
    port: u16,
    trail: &mut Trail,
) {
    let task_groups = &origin.place.groups;
    let peer =
        Peer { addresses: Some(near), which: Which::EachNear, groups: task_groups, name: &origin.place.subnet, port };
    let groups = &target.groups;
    let passing = network.groups.pass(network.account, &network.lists, groups, Direction::Inbound, peer);
    let id = passing.by.as_ref().map_or_else(|| groups.join(", "), |(group, _)| group.clone());
    let by = passing.by.map(|(_, peer)| peer).unwrap_or_default();
    let mut cites = passing.cites;
    if passing.verdict != Verdict::Allows {
        cites.extend(&target.cites);
        cites.push(origin.observation);
    }
    let (lists_others, is_default) =
        (network.groups.let_others_in(groups, port), groups.iter().all(|id| network.groups.is_default(id)));
    let blocker = || {
        let (groups, endpoint) = (groups.clone(), target.owner.clone());
        let (task_groups, subnet) = (task_groups.clone(), origin.place.subnet.clone());
        if lists_others {
            Blocker::IngressListsOthers { groups, endpoint, task_groups, subnet }
        } else if is_default {
            Blocker::IngressOfDefaultGroup { groups, endpoint, task_groups, subnet }
        } else {
            Blocker::IngressLacksTask { groups, endpoint, task_groups, subnet }
        }
    };
    let allowed = || Allowance::GroupRule { direction: Direction::Inbound, peer: by };
    trail.add((HopKind::SecurityGroup, &id), passing.verdict, allowed, blocker, &cites);
}

/// The route to an interface of the VPC is `local`, which every table has, unless a longer one takes its place.
fn route(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    target: &Target,
    addresses: Option<&Addresses>,
    trail: &mut Trail,
) {
    let table = match network.tables.used_by(&origin.place.subnet, &origin.subnet.vpc_id) {
        Ok(table) => table,
        Err(unseen) => return trail.unknown(HopKind::RouteTable, &origin.place.subnet, unseen, &[]),
    };
    let (id, cites) = (table.fact.id.as_str(), [table.observation]);
    let Some(addresses) = addresses else {
        let unseen = Unseen::Address { of: target.owner.clone() };
        return trail.unknown(HopKind::RouteTable, id, unseen, &cites);
    };
    // Lists of AWS's own hold no address of a VPC; a customer's may.
    let of_customer = table.unseen.iter().find(|(route, _)| Hop::of(&route.target) != Hop::Endpoint);
    if let Some((_, unseen)) = of_customer {
        return trail.unknown(HopKind::RouteTable, id, unseen.clone(), &cites);
    }
    let pieces = table.pieces(addresses);
    let odd = pieces.iter().find_map(|piece| piece.route.filter(|route| is_odd(&route.target, route.state)));
    let Some(odd) = odd else {
        let destination = pieces.iter().find_map(|piece| piece.route).map(|route| route.destination.clone());
        let by = Allowance::Route { destination: destination.unwrap_or_default(), target: "local".to_owned() };
        return trail.allows(HopKind::RouteTable, id, by, &cites);
    };
    let (destination, next) = (odd.destination.clone(), odd.target.clone());
    if odd.state == RouteState::Blackhole && pieces.len() == 1 {
        let table = table.fact.id.clone();
        let blocker = Blocker::Blackhole { table, destination, target: next, far: Far::Private };
        return trail.blocks(HopKind::RouteTable, id, blocker, Extent::Whole, &cites);
    }
    trail.unknown(HopKind::RouteTable, id, Unseen::Beyond { target: next, destination }, &cites);
}

fn is_odd(target: &str, state: RouteState) -> bool {
    state != RouteState::Active || Hop::of(target) != Hop::Local
}
