//! NAT gateways: their state, and their own way out (VPC User Guide, "NAT gateways").

use super::acl::Packets;
use super::gateway::attached;
use super::network::{Network, Origin};
use super::read::{Told, told};
use super::routes::{Hop, Table};
use super::span::Addresses;
use super::trail::Trail;
use super::verdict::{Which, has_aws};
use super::{Allowance, Blocker, Direction, Extent, Far, Side, Unseen};
use crate::model::facts::{NatGateway, Route, RouteState};
use crate::model::{Check, EvidenceId, HopKind};

/// The ports that a NAT gateway sends from (VPC User Guide, "Network ACLs", ephemeral ports).
const PORTS: (u16, u16) = (1024, 65535);

/// Packets that go through a NAT gateway.
#[derive(Debug, Clone, Copy)]
pub(super) struct Through<'p> {
    /// The IPv4 addresses that they go to.
    pub to: &'p Addresses,
    pub which: Which,
    pub far: Far,
    pub port: u16,
    /// What they are called, where one of them is meant.
    pub name: &'p str,
    /// Those of the task, of the family that its own packets have.
    pub from: &'p Addresses,
}

/// What becomes of packets at a NAT gateway and behind it.
pub(super) fn walk(network: &Network<'_>, origin: &Origin<'_, '_>, id: &str, through: Through<'_>) -> Trail {
    let mut trail = Trail::default();
    let kind = HopKind::NatGateway;
    let (nat, seen) = match told(network.account.nat_gateway(id), Check::NatGateway, id) {
        Told::There(nat, seen) => (nat, seen),
        Told::Gone(seen) => {
            let blocker = Blocker::NatNotAvailable { nat: id.to_owned(), state: "deleted".to_owned() };
            trail.blocks(kind, id, blocker, Extent::Whole, &[seen]);
            return trail;
        }
        Told::Unseen(unseen) => {
            trail.unknown(kind, id, unseen, &[]);
            return trail;
        }
    };
    if !nat.state.eq_ignore_ascii_case("available") {
        let blocker = Blocker::NatNotAvailable { nat: id.to_owned(), state: nat.state.clone() };
        trail.blocks(kind, id, blocker, Extent::Whole, &[seen]);
        return trail;
    }
    let part = border(network, origin, nat, &mut trail, through, (Direction::Inbound, Direction::Outbound));
    let through = Through { to: part.as_ref().unwrap_or(through.to), ..through };
    match own_table(network, nat) {
        Ok(table) => way_out(network, nat, seen, table, through, &mut trail),
        Err(unseen) => trail.unknown(kind, id, unseen, &[seen]),
    }
    trail
}

/// The table that a NAT gateway's packets go by: its subnet's, or a regional one's own.
fn own_table<'n, 'e>(network: &'n Network<'e>, nat: &NatGateway) -> Result<&'n Table<'e>, Unseen> {
    match (&nat.subnet_id, &nat.route_table_id) {
        (Some(subnet), _) => network.tables.used_by(subnet, &nat.vpc_id),
        (None, Some(table)) => network.tables.get(table),
        (None, None) => Err(Unseen::Malformed { subject: nat.id.clone() }),
    }
}

fn way_out(
    network: &Network<'_>,
    nat: &NatGateway,
    seen: EvidenceId,
    table: &Table<'_>,
    through: Through<'_>,
    trail: &mut Trail,
) {
    let (kind, id) = (HopKind::NatGateway, nat.id.as_str());
    let mut cites = vec![seen, table.observation];
    let (mut by, mut lost, mut beyond) = (None, 0.0, None);
    let pieces = table.pieces(through.to);
    let matters = |addresses: &Addresses| through.which != Which::OnePublic || has_aws(addresses);
    let is_one = matches!(through.which, Which::One | Which::OnePublic);
    let is_own = |route: &Route| is_one && Hop::of(&route.target) == Hop::Local;
    let pieces: Vec<_> =
        pieces.into_iter().filter(|piece| matters(&piece.addresses) && !piece.route.is_some_and(is_own)).collect();
    if pieces.is_empty() {
        return trail.unknown(kind, id, Unseen::Address { of: through.name.to_owned() }, &cites);
    }
    let all: f64 = pieces.iter().map(|piece| piece.addresses.size()).sum();
    let of_customer = table.unseen.iter().find(|(route, _)| Hop::of(&route.target) != Hop::Endpoint);
    beyond = of_customer.map(|(_, unseen)| unseen.clone()).or(beyond);
    for piece in &pieces {
        let route = piece.route.filter(|route| route.state != RouteState::Blackhole);
        let Some(route) = route else {
            lost += piece.addresses.size();
            continue;
        };
        match Hop::of(&route.target) {
            // What it sends has a private address.
            _ if route.state == RouteState::Other => beyond = Some(beyond_of(route)),
            Hop::InternetGateway if !nat.public => lost += piece.addresses.size(),
            Hop::InternetGateway => match attached(network, &route.target, &nat.vpc_id) {
                Ok((true, seen)) => {
                    cites.push(seen);
                    by = Some(route.target.clone());
                }
                Ok((false, seen)) => {
                    cites.push(seen);
                    lost += piece.addresses.size();
                }
                Err(unseen) => beyond = Some(unseen),
            },
            // S3's gateway endpoint in the table of the NAT gateway's subnet takes its packets too.
            Hop::Endpoint if nat.public && is_gateway(network, &route.target) => by = by.or(Some(route.target.clone())),
            Hop::Local | Hop::Nat | Hop::EgressOnly => lost += piece.addresses.size(),
            _ => beyond = Some(beyond_of(route)),
        }
    }
    let stands = nat.subnet_id.clone();
    let no_way = || {
        let nat_id = id.to_owned();
        if nat.public {
            Blocker::NatHasNoWayOut { nat: nat_id, subnet: stands, table: table.fact.id.clone() }
        } else {
            Blocker::NatPrivate { nat: nat_id }
        }
    };
    let is_whole = lost >= all;
    if is_whole || (lost > 0.0 && through.which == Which::EachFar) {
        let extent = if is_whole { Extent::Whole } else { Extent::Addresses { share: lost / all } };
        trail.blocks(kind, id, no_way(), extent, &cites);
    } else if let Some(unseen) = beyond {
        trail.unknown(kind, id, unseen, &cites);
    } else if lost > 0.0 {
        trail.unknown(kind, id, Unseen::Address { of: through.name.to_owned() }, &cites);
    } else {
        trail.allows(kind, id, Allowance::WayOut { by: by.unwrap_or_default() }, &cites);
    }
}

fn beyond_of(route: &Route) -> Unseen {
    Unseen::Beyond { target: route.target.clone(), destination: route.destination.clone() }
}

fn is_gateway(network: &Network<'_>, endpoint: &str) -> bool {
    let known = network.account.endpoint(endpoint).known();
    known.is_some_and(|endpoint| endpoint.kind == crate::model::facts::EndpointKind::Gateway)
}

/// The network ACL of the NAT gateway's subnet, for packets on both sides of it.
fn border(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    nat: &NatGateway,
    trail: &mut Trail,
    through: Through<'_>,
    (inbound, outbound): (Direction, Direction),
) -> Option<Addresses> {
    let subnet = nat.subnet_id.as_deref()?;
    let far = |direction, ports| Packets {
        direction,
        addresses: Some(through.to),
        which: through.which,
        ports,
        to_client: false,
        of: through.name,
    };
    let near = |direction, ports| Packets {
        direction,
        addresses: Some(through.from),
        which: Which::EachNear,
        ports,
        to_client: direction == outbound,
        of: &origin.place.subnet,
    };
    let https = (through.port, through.port);
    let mut packets = vec![far(outbound, https), far(inbound, PORTS)];
    if subnet != origin.place.subnet {
        packets.insert(0, near(inbound, https));
        packets.push(near(outbound, origin.place.sender.ports()));
    }
    super::border::cross(network, subnet, Side::NatGateway, through.far, &packets, trail)
}
