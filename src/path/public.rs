//! The way to public addresses: the task's groups, its subnet's network ACL, and whatever its routes lead to.

use super::acl::Packets;
use super::border::{cross, near_side};
use super::destination::Destination;
use super::gateway::attached;
use super::groups::Peer;
use super::nat::{self, Through};
use super::network::{Network, Origin};
use super::reach::{NoReach, Reach, own_region, reach};
use super::routes::{Hop, Piece, Table};
use super::span::Addresses;
use super::trail::Trail;
use super::verdict::{Which, has_aws};
use super::{Allowance, Blocker, Direction, Extent, Far, Side, Unseen};
use crate::model::facts::{EndpointKind, Route, RouteState};
use crate::model::{Check, EvidenceId, HopKind, Passes};

/// The way to the public addresses of a name.
pub(super) fn walk(network: &Network<'_>, origin: &Origin<'_, '_>, to: &Destination, far: Far) -> Trail {
    let mut trail = Trail::default();
    let subnet = origin.place.subnet.as_str();
    let mut reach = match reach(network, origin, to, far) {
        Ok(reach) => reach,
        Err(NoReach::Ipv6Only) => {
            let blocker = Blocker::NoIpv6 { subnet: subnet.to_owned(), host: to.host.clone() };
            trail.blocks(HopKind::Subnet, subnet, blocker, Extent::Whole, &[origin.observation]);
            return trail;
        }
        Err(NoReach::Unseen(list, unseen)) => {
            trail.unknown(HopKind::PrefixList, &list, unseen, &[]);
            return trail;
        }
    };
    if let Some(part) = egress(network, origin, to, far, &reach, &mut trail) {
        // To the others nothing goes: what stops these stops all.
        reach.to = part;
    }
    let table = match network.tables.used_by(subnet, &origin.subnet.vpc_id) {
        Ok(table) => table,
        Err(unseen) => {
            border(network, origin, to, far, &reach, &mut trail);
            trail.unknown(HopKind::RouteTable, subnet, unseen, &[]);
            return trail;
        }
    };
    let beside = Way { network, origin, to, far, reach: &reach, table }.is_all_by_nat_beside();
    let part = if beside { None } else { border(network, origin, to, far, &reach, &mut trail) };
    reach.to = part.unwrap_or(reach.to);
    Way { network, origin, to, far, reach: &reach, table }.routes(&mut trail);
    trail.settle_ports();
    trail
}

fn egress(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    to: &Destination,
    far: Far,
    reach: &Reach,
    trail: &mut Trail,
) -> Option<Addresses> {
    let groups = &origin.place.groups;
    let peer = Peer { addresses: Some(&reach.to), which: reach.which, groups: &[], name: &to.host, port: to.port };
    let passing = network.groups.pass(network.account, &network.lists, groups, Direction::Outbound, peer);
    let id = passing.by.as_ref().map_or_else(|| groups.join(", "), |(group, _)| group.clone());
    let peer = passing.by.map(|(_, peer)| peer).unwrap_or_default();
    let blocker = || match far {
        Far::S3 => Blocker::EgressLacksS3 { groups: groups.clone(), prefix_list: reach.list.clone() },
        _ => Blocker::EgressLacksPublic { groups: groups.clone() },
    };
    let cites: Vec<EvidenceId> = passing.cites.into_iter().chain(reach.cites.iter().copied()).collect();
    let allowed = || Allowance::GroupRule { direction: Direction::Outbound, peer };
    trail.add((HopKind::SecurityGroup, &id), passing.verdict, allowed, blocker, &cites);
    passing.part
}

fn border(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    to: &Destination,
    far: Far,
    reach: &Reach,
    trail: &mut Trail,
) -> Option<Addresses> {
    let https = Packets {
        direction: Direction::Outbound,
        addresses: Some(&reach.to),
        which: reach.which,
        ports: (to.port, to.port),
        to_client: false,
        of: &to.host,
    };
    let both = near_side(https, origin.place.sender.ports());
    cross(network, &origin.place.subnet, Side::Task, far, &both, trail)
}

struct Way<'w, 'n, 'e> {
    network: &'n Network<'e>,
    origin: &'w Origin<'e, 'w>,
    to: &'w Destination,
    far: Far,
    reach: &'w Reach,
    table: &'n Table<'e>,
}

impl<'e> Way<'_, '_, 'e> {
    /// The routes that the addresses take. Where one address is meant and nobody can tell which, it is none of the VPC's
    /// own, and those that AWS publishes nothing in do not matter.
    fn pieces(&self) -> Vec<Piece<'e>> {
        let which = self.reach.which;
        let mut pieces = self.table.pieces(&self.reach.to);
        if matches!(which, Which::One | Which::OnePublic) {
            pieces.retain(|piece| piece.route.is_none_or(|route| Hop::of(&route.target) != Hop::Local));
            pieces.retain(|piece| which == Which::One || has_aws(&piece.addresses));
        }
        pieces
    }

    /// Whether all goes by a NAT gateway in the task's own subnet: then the border is crossed behind it.
    fn is_all_by_nat_beside(&self) -> bool {
        let pieces = self.pieces();
        !pieces.is_empty()
            && pieces.iter().all(|piece| {
                let nat = piece.route.and_then(|route| self.network.account.nat_gateway(&route.target).known());
                nat.is_some_and(|nat| nat.subnet_id.as_deref() == Some(&self.origin.place.subnet))
            })
    }

    fn routes(&self, trail: &mut Trail) {
        // A list of AWS's own that was not read holds S3's addresses, or DynamoDB's, and no others.
        let unread = self
            .table
            .unseen
            .iter()
            .find(|(route, _)| self.far == Far::S3 || !matches!(Hop::of(&route.target), Hop::Endpoint));
        if let Some((route, unseen)) = unread {
            return trail.unknown(HopKind::PrefixList, &route.destination, unseen.clone(), &[self.table.observation]);
        }
        let pieces = self.pieces();
        if pieces.is_empty() {
            let unseen = Unseen::Address { of: self.to.host.clone() };
            return trail.unknown(HopKind::RouteTable, &self.table.fact.id, unseen, &[self.table.observation]);
        }
        let ways: Vec<(Trail, f64)> = pieces.iter().map(|piece| (self.way(piece), piece.addresses.size())).collect();
        let total: f64 = ways.iter().map(|(_, size)| size).sum();
        let is_mixed = ways.iter().any(|(way, _)| way.passes() != ways[0].0.passes());
        if is_mixed && matches!(self.reach.which, Which::One | Which::OnePublic) {
            let cites = [self.table.observation];
            for (way, _) in ways {
                let passes = way.passes();
                let mut way = way;
                way.faults.clear();
                if passes == Passes::No {
                    way.steps.clear();
                }
                trail.follow(way);
            }
            let unseen = Unseen::Address { of: self.to.host.clone() };
            return trail.unknown(HopKind::RouteTable, &self.table.fact.id, unseen, &cites);
        }
        let mut largest = 0.0;
        for (mut way, size) in ways {
            let share = size / total;
            if share < 1.0 {
                narrow(&mut way, share);
            }
            if way.via.is_some() && size > largest {
                (largest, trail.via) = (size, None);
            }
            trail.follow(way);
        }
    }

    /// The way of addresses that take one route.
    fn way(&self, piece: &Piece<'e>) -> Trail {
        let mut trail = Trail::default();
        let (id, mut cites) = (self.table.fact.id.as_str(), vec![self.table.observation]);
        cites.extend(piece.list);
        let Some(route) = piece.route else {
            let (blocker, more) = self.no_route();
            cites.extend(more);
            trail.blocks(HopKind::RouteTable, id, blocker, Extent::Whole, &cites);
            return trail;
        };
        let (destination, target) = (route.destination.clone(), route.target.clone());
        match route.state {
            RouteState::Blackhole => {
                let table = id.to_owned();
                let blocker = Blocker::Blackhole { table, destination, target, far: self.far };
                trail.blocks(HopKind::RouteTable, id, blocker, Extent::Whole, &cites);
                self.override_of_gateway(route, &mut trail);
            }
            RouteState::Other => {
                trail.unknown(HopKind::RouteTable, id, Unseen::Beyond { target, destination }, &cites);
            }
            RouteState::Active => {
                let by = Allowance::Route { destination, target: target.clone() };
                trail.allows(HopKind::RouteTable, id, by, &cites);
                self.next(route, &piece.addresses, &mut trail);
                self.override_of_gateway(route, &mut trail);
            }
        }
        trail.via = Some(route.target.clone()).filter(|_| route.state == RouteState::Active);
        trail
    }

    /// What the route leads to.
    fn next(&self, route: &Route, addresses: &Addresses, trail: &mut Trail) {
        let target = route.target.as_str();
        let beyond = || Unseen::Beyond { target: target.to_owned(), destination: route.destination.clone() };
        let v6 = addresses.spans().iter().all(|span| span.is_v6());
        let seen = [self.table.observation];
        match Hop::of(target) {
            // DNS64's addresses are translated by NAT gateways alone (VPC User Guide, "DNS64 and NAT64").
            Hop::InternetGateway | Hop::EgressOnly if self.reach.behind.is_some() => {
                let table = self.table.fact.id.clone();
                let blocker = Blocker::NoNat64Route { table: table.clone() };
                trail.blocks(HopKind::RouteTable, &table, blocker, Extent::Whole, &seen);
            }
            Hop::InternetGateway => self.internet(HopKind::InternetGateway, target, v6, trail),
            // It is made for one VPC and cannot be detached: a route to one that is gone is a blackhole (VPC User Guide,
            // "Egress-only internet gateways"). No call that lists internet gateways has it.
            Hop::EgressOnly if v6 => {
                trail.allows(HopKind::EgressOnlyInternetGateway, target, Allowance::Attached, &seen);
            }
            Hop::Nat => self.nat(target, addresses, trail),
            Hop::Endpoint => self.endpoint(target, &beyond, trail),
            Hop::Local | Hop::EgressOnly => {
                let blocker = Blocker::NoRoute { table: self.table.fact.id.clone(), far: self.far };
                trail.blocks(HopKind::RouteTable, &self.table.fact.id, blocker, Extent::Whole, &seen);
            }
            Hop::TransitGateway => trail.unknown(HopKind::TransitGateway, target, beyond(), &seen),
            Hop::Peering => trail.unknown(HopKind::VpcPeeringConnection, target, beyond(), &seen),
            Hop::VirtualPrivateGateway => trail.unknown(HopKind::VirtualPrivateGateway, target, beyond(), &seen),
            Hop::Interface => trail.unknown(HopKind::NetworkInterface, target, beyond(), &seen),
            Hop::Instance => trail.unknown(HopKind::Instance, target, beyond(), &seen),
            Hop::Other => trail.unknown(HopKind::Gateway, target, beyond(), &seen),
        }
    }

    fn internet(&self, kind: HopKind, gateway: &str, v6: bool, trail: &mut Trail) {
        let table = self.table.fact.id.clone();
        match attached(self.network, gateway, &self.origin.subnet.vpc_id) {
            Err(unseen) => trail.unknown(kind, gateway, unseen, &[]),
            Ok((false, seen)) => {
                let blocker = Blocker::GatewayNotAttached { gateway: gateway.to_owned(), table };
                trail.blocks(kind, gateway, blocker, Extent::Whole, &[seen, self.table.observation]);
                return;
            }
            Ok((true, seen)) => trail.allows(kind, gateway, Allowance::Attached, &[seen]),
        }
        if !v6 && !self.origin.place.public_ip {
            let (blocker, more) = match self.gateway_of_s3() {
                Some((endpoint, seen)) => (Blocker::GatewayNotOnTable { endpoint, table }, Some(seen)),
                None => (Blocker::NoPublicAddress { gateway: gateway.to_owned(), table }, None),
            };
            let cites: Vec<EvidenceId> = [self.table.observation].into_iter().chain(more).collect();
            trail.blocks(HopKind::Subnet, &self.origin.place.subnet, blocker, Extent::Whole, &cites);
        }
    }

    fn nat(&self, nat: &str, addresses: &Addresses, trail: &mut Trail) {
        let behind = self.reach.behind.as_ref();
        let through = Through {
            to: behind.unwrap_or(addresses),
            which: self.reach.which,
            far: self.far,
            port: self.to.port,
            name: &self.to.host,
            from: if behind.is_some() { &self.origin.v6 } else { &self.origin.v4 },
        };
        trail.follow(nat::walk(self.network, self.origin, nat, through));
    }

    fn endpoint(&self, id: &str, beyond: &dyn Fn() -> Unseen, trail: &mut Trail) {
        let kind = HopKind::Endpoint;
        let seen = super::read::told(self.network.account.endpoint(id), Check::Endpoint, id);
        match seen.there(Check::Endpoint, id) {
            Err(unseen) => trail.unknown(kind, id, unseen, &[]),
            Ok((endpoint, seen)) if endpoint.kind != EndpointKind::Gateway => {
                trail.unknown(kind, id, beyond(), &[seen]);
            }
            Ok((endpoint, seen)) if endpoint.state.eq_ignore_ascii_case("available") => {
                trail.allows(kind, id, Allowance::Available, &[seen]);
            }
            Ok((endpoint, seen)) => {
                let blocker = Blocker::EndpointNotAvailable { endpoint: id.to_owned(), state: endpoint.state.clone() };
                trail.blocks(kind, id, blocker, Extent::Whole, &[seen]);
            }
        }
    }

    /// Where the table leads to S3's gateway endpoint too, a more specific route that is shut is the fault.
    fn override_of_gateway(&self, route: &Route, trail: &mut Trail) {
        let endpoint = self.table.fact.routes.iter().find_map(|other| {
            let endpoint = self.network.account.endpoint(&other.target).known()?;
            let is_s3 = endpoint.kind == EndpointKind::Gateway && Some(&other.destination) == self.reach.list.as_ref();
            (is_s3 && self.table.overrides(route, other)).then_some(endpoint)
        });
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.id != route.target) else { return };
        if self.far == Far::S3 && trail.passes() == Passes::No {
            let blocker = Blocker::MoreSpecificRoute {
                table: self.table.fact.id.clone(),
                destination: route.destination.clone(),
                target: route.target.clone(),
                endpoint: endpoint.id.clone(),
            };
            let cites: Vec<EvidenceId> = trail.faults.iter().flat_map(|fault| fault.cites.clone()).collect();
            trail.faults.clear();
            trail.fault(blocker, Extent::Whole, &cites);
        }
    }

    /// What it is that no route leads to the addresses.
    fn no_route(&self) -> (Blocker, Vec<EvidenceId>) {
        let table = self.table.fact.id.clone();
        if let Some((endpoint, seen)) = self.gateway_of_s3() {
            return (Blocker::GatewayNotOnTable { endpoint, table }, vec![seen]);
        }
        let own = own_region(&self.origin.subnet.az);
        if let Some(region) = self.to.region.as_deref().filter(|region| !own.is_empty() && *region != own) {
            let (region, own) = (region.to_owned(), own.to_owned());
            return (Blocker::OtherRegion { region, own, table }, Vec::new());
        }
        let leads_out = || {
            let onward = |route: &Route| matches!(Hop::of(&route.target), Hop::TransitGateway | Hop::Peering);
            self.table.fact.routes.iter().any(onward)
        };
        match (&self.to.sibling, &self.to.elsewhere) {
            (Some((sibling, service)), _) => {
                let seen = self.network.account.endpoint(sibling).id().into_iter().collect();
                (Blocker::EndpointMissing { service: service.clone(), sibling: sibling.clone() }, seen)
            }
            (None, Some((endpoint, vpc))) if leads_out() => {
                let seen = self.network.account.endpoint(endpoint).id().into_iter().collect();
                let (endpoint, vpc) = (endpoint.clone(), vpc.clone());
                match self.far {
                    Far::S3 => (Blocker::GatewayInOtherVpc { endpoint, vpc, table }, seen),
                    _ => (Blocker::EndpointInOtherVpc { endpoint, vpc }, seen),
                }
            }
            _ if self.reach.behind.is_some() => (Blocker::NoNat64Route { table }, Vec::new()),
            _ => (Blocker::NoRoute { table, far: self.far }, Vec::new()),
        }
    }

    /// A gateway endpoint for S3 in the VPC that this table has no route to.
    fn gateway_of_s3(&self) -> Option<(String, EvidenceId)> {
        let region = self.to.region.as_deref().filter(|_| self.far == Far::S3)?;
        let is_of = |service: &str| crate::aws::Service::S3.is_endpoint_service(service, region);
        let mut all = self.network.endpoints(&self.origin.subnet.vpc_id).iter();
        let (endpoint, seen) =
            all.find(|(endpoint, _)| endpoint.kind == EndpointKind::Gateway && is_of(&endpoint.service))?;
        let on_table = self.table.fact.routes.iter().any(|route| route.target == endpoint.id);
        (!on_table).then(|| (endpoint.id.clone(), *seen))
    }
}

/// A way that only some of the addresses take.
fn narrow(way: &mut Trail, share: f64) {
    let part = |extent: &mut Extent| {
        if *extent == Extent::Whole {
            *extent = Extent::Addresses { share };
        }
    };
    for fault in &mut way.faults {
        part(&mut fault.extent);
    }
    for step in &mut way.steps {
        if let super::Reason::Blocks(_, extent) = &mut step.reason {
            part(extent);
        }
    }
}
