//! The lanes of an audit: what the configuration does to packets on each path.

use super::station::{Lane, Picture, State, Station, Stop};
use crate::model::{Configured, Does, Finding, Hop, HopKind, Passes, Path, Report, Role, Stage};
use crate::render::units::count;

/// A picture for each group of subnets whose paths are alike.
pub fn pictures(report: &Report) -> Vec<Picture> {
    let Some(configured) = &report.configured else { return Vec::new() };
    let mut subnets: Vec<(&str, Option<&str>)> = Vec::new();
    for path in &configured.paths {
        let from = (path.from.as_str(), path.az.as_deref());
        if !subnets.contains(&from) {
            subnets.push(from);
        }
    }
    let mut pictures: Vec<(Picture, Option<&str>)> = Vec::new();
    for (subnet, az) in subnets {
        let paths = configured.paths.iter().filter(|path| path.from == subnet);
        let mut lanes: Vec<Lane> = paths.map(|path| lane(path, &report.diagnoses)).collect();
        lanes.iter_mut().for_each(Lane::end_at_the_break);
        match pictures.iter_mut().find(|(it, _)| are_alike(&it.lanes, &lanes)) {
            Some((alike, _)) => {
                alike.from.push(subnet.to_owned());
                alike.lanes.iter_mut().zip(lanes).for_each(|(one, other)| keep_what_is_common(one, other));
            }
            None => {
                let from = vec![subnet.to_owned()];
                pictures.push((Picture { from, lanes, ..Picture::default() }, az));
            }
        }
    }
    for (picture, zone) in &mut pictures {
        let title = if picture.from.len() == 1 { "subnet".to_owned() } else { count(picture.from.len(), "subnet") };
        picture.from.extend(zone.filter(|_| picture.from.len() == 1).map(str::to_owned));
        picture.from.insert(0, title);
        let of_the_task = report.diagnoses.iter().filter(|finding| Stop::of(finding).is_none());
        of_the_task.for_each(|finding| picture.blame_the_task(finding));
    }
    pictures.into_iter().map(|(picture, _)| picture).collect()
}

/// Whether the same happens on the lanes of two subnets.
fn are_alike(some: &[Lane], others: &[Lane]) -> bool {
    let same =
        |one: &Station, other: &Station| (one.stop, one.state, &one.codes) == (other.stop, other.state, &other.codes);
    some.len() == others.len()
        && some.iter().zip(others).all(|(one, other)| {
            (&one.title, &one.host, one.stations.len()) == (&other.title, &other.host, other.stations.len())
                && one.stations.iter().zip(&other.stations).all(|(one, other)| same(one, other))
        })
}

/// Subnets that fare alike may have tables and gateways of their own.
fn keep_what_is_common(lane: &mut Lane, other: Lane) {
    for (one, other) in lane.stations.iter_mut().zip(other.stations) {
        if one.name != other.name {
            (one.name, one.detail) = (String::new(), "each subnet's own".to_owned());
        } else if one.detail != other.detail {
            one.detail = String::new();
        }
    }
}

/// What the configuration knows of the stations that a check cannot see.
pub fn fill(picture: &mut Picture, configured: &Configured) {
    for lane in &mut picture.lanes {
        let Some(path) = configured.paths.iter().find(|path| path.host == lane.host) else { continue };
        for station in &mut lane.stations {
            let is_network = matches!(station.stop, Stop::SecurityGroups | Stop::NetworkAcls | Stop::Routes);
            if is_network && let Some(known) = of(path, station.stop) {
                // A packet that got through proves more than what was read.
                let state = if station.state == State::Passes { State::Passes } else { known.state };
                *station = Station { state, ..known };
            }
        }
    }
}

fn lane(path: &Path, findings: &[Finding]) -> Lane {
    let stops = [Stop::Resolver, Stop::SecurityGroups, Stop::NetworkAcls, Stop::Routes, Stop::Endpoint];
    let mut stations: Vec<Station> = stops.into_iter().filter_map(|stop| of(path, stop)).collect();
    let state = match path.passes {
        Passes::Yes => State::Passes,
        Passes::No | Passes::Unknown => State::Unknown,
    };
    let detail = if path.passes == Passes::Yes { "packets get there" } else { "" };
    stations.push(Station::new(Stop::Service, state, "", detail));
    let mut lane = Lane { title: path.to.title().to_owned(), host: path.host.clone(), stations };
    for finding in findings {
        if let Some(stop) = Stop::of(finding).filter(|stop| is_about(finding, *stop, path)) {
            lane.blame(finding, stop);
        }
    }
    lane
}

/// Whether a finding is about a path: it blames what stops the packets there, or a request to that service.
fn is_about(finding: &Finding, stop: Stop, path: &Path) -> bool {
    let resources = finding.blame.as_ref().map(|blame| &blame.resources[..]).unwrap_or_default();
    let subnets = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref());
    let hosts = finding.blame.as_ref().map(|blame| &blame.hosts[..]).unwrap_or_default();
    if subnets.is_some_and(|subnets| !subnets.contains(&path.from)) || !hosts.is_empty() && !hosts.contains(&path.host)
    {
        return false;
    }
    let stops_here = path.hops.iter().any(|hop| hop.does == Does::Blocks && resources.contains(&hop.id));
    match finding.stage {
        Stage::Dns | Stage::Route | Stage::Tls => stops_here,
        // A policy of an endpoint is met on the way, and every other one at the service.
        _ if stop == Stop::Endpoint => path.via.as_ref().is_some_and(|via| resources.contains(via)),
        Stage::Credentials | Stage::AuthToken => path.to == Role::EcrApi,
        Stage::RegistryAuth | Stage::Manifest | Stage::LayerUrl => path.to == Role::EcrDkr,
        Stage::LayerBytes => path.to == Role::S3,
        Stage::Reference | Stage::Unpack | Stage::TaskStart => false,
    }
}

/// All hops of one kind of station, as one.
fn of(path: &Path, stop: Stop) -> Option<Station> {
    let hops: Vec<&Hop> = path.hops.iter().filter(|hop| station_of(hop.kind) == stop).collect();
    let first_that = |does: Does| hops.iter().find(|hop| hop.does == does);
    let (hop, state) = match (first_that(Does::Blocks), first_that(Does::Unknown)) {
        (Some(hop), _) => (hop, State::Breaks),
        (None, Some(hop)) => (hop, State::Unknown),
        (None, None) => (hops.first()?, State::Passes),
    };
    let mut others: Vec<&str> = hops.iter().map(|it| it.id.as_str()).filter(|id| *id != hop.id).collect();
    others.sort_unstable();
    others.dedup();
    let name = match others[..] {
        [] => hop.id.clone(),
        [other] => format!("{} {other}", hop.id),
        _ => format!("{} +{}", hop.id, others.len()),
    };
    // Its own id stands above it, and what a route leads to is the next station.
    let to = path.via.as_ref().map(|via| format!(" to {via}")).unwrap_or_default();
    let detail = hop.by.replace(&format!(" of {}", hop.id), "");
    let detail = detail.strip_suffix(&to).filter(|_| stop == Stop::Routes).unwrap_or(&detail).to_owned();
    Some(Station::new(stop, state, name, detail))
}

fn station_of(kind: HopKind) -> Stop {
    match kind {
        HopKind::Vpc
        | HopKind::DhcpOptions
        | HopKind::HostedZone
        | HopKind::ResolverRule
        | HopKind::DnsFirewallRule
        | HopKind::Name => Stop::Resolver,
        HopKind::SecurityGroup => Stop::SecurityGroups,
        HopKind::NetworkAcl => Stop::NetworkAcls,
        HopKind::Subnet | HopKind::RouteTable | HopKind::PrefixList => Stop::Routes,
        HopKind::Endpoint
        | HopKind::NatGateway
        | HopKind::InternetGateway
        | HopKind::EgressOnlyInternetGateway
        | HopKind::TransitGateway
        | HopKind::VpcPeeringConnection
        | HopKind::VirtualPrivateGateway
        | HopKind::NetworkInterface
        | HopKind::Instance
        | HopKind::Gateway => Stop::Endpoint,
    }
}
