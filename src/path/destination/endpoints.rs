//! Interface endpoints: whether their private DNS holds a name, and where their interfaces are (AWS PrivateLink Guide,
//! "Access an AWS service using an interface VPC endpoint").

use super::lead::{Bypass, Target};
use crate::aws::{Service, ServiceHost, is_at_or_below};
use crate::model::facts::{Endpoint, EndpointKind, Interface, VpcDns};
use crate::model::{Check, EvidenceId};
use crate::path::Blocker;
use crate::path::network::{Network, addresses};
use crate::path::read::told;
use crate::path::span::{Addresses, Span};
use crate::path::verdict::Which;

/// What the endpoints of a VPC are to a name.
#[derive(Debug, Default)]
pub(super) struct Standing<'e> {
    /// Their private DNS holds it.
    pub holding: Vec<(&'e Endpoint, EvidenceId)>,
    /// They are of the service, and it does not.
    pub bypassed: Vec<Bypass>,
    /// It may hold it: a dual-stack name, of which AWS's pages disagree.
    pub perhaps: Option<(&'e Endpoint, EvidenceId)>,
}

/// What the endpoints of a VPC are to a host of a service.
pub(super) fn standing<'e>(
    network: &Network<'e>,
    vpc: &str,
    host: &str,
    asked: &ServiceHost,
    (dns, told_by): (VpcDns, &[EvidenceId]),
) -> Standing<'e> {
    let mut standing = Standing::default();
    let Some(region) = asked.region.as_deref() else { return standing };
    for (endpoint, observation) in network.endpoints(vpc).iter().copied() {
        if !is_for(endpoint, asked.service, region) {
            continue;
        }
        let listed = endpoint.dns_names.iter().any(|name| names(name, host));
        if !asked.in_private_dns && !listed {
            let may = asked.variant.dual_stack && !asked.variant.fips && endpoint.private_dns;
            if may && is_available(endpoint) {
                standing.perhaps = Some((endpoint, observation));
            }
            continue;
        }
        match wrong(endpoint, vpc, dns) {
            None => standing.holding.push((endpoint, observation)),
            Some(blocker) => {
                let targets = if is_available(endpoint) { targets(network, endpoint, observation) } else { Vec::new() };
                let mut cites = vec![observation];
                if matches!(blocker, Blocker::DnsHostnamesOff { .. } | Blocker::DnsSupportOff { .. }) {
                    cites.extend(told_by);
                }
                standing.bypassed.push(Bypass { endpoint: endpoint.id.clone(), blocker, cites, targets });
            }
        }
    }
    standing
}

/// Whether it is an interface endpoint of the service in that Region.
pub(super) fn is_for(endpoint: &Endpoint, service: Service, region: &str) -> bool {
    endpoint.kind == EndpointKind::Interface
        && service.is_endpoint_service(&endpoint.service, region)
        && endpoint.service_region.as_deref().is_none_or(|own| own == region)
}

fn is_available(endpoint: &Endpoint) -> bool {
    endpoint.state.eq_ignore_ascii_case("available")
}

/// Why its private DNS does not hold.
fn wrong(endpoint: &Endpoint, vpc: &str, dns: VpcDns) -> Option<Blocker> {
    let id = || endpoint.id.clone();
    if !is_available(endpoint) {
        Some(Blocker::EndpointNotAvailable { endpoint: id(), state: endpoint.state.clone() })
    } else if !endpoint.private_dns {
        Some(Blocker::PrivateDnsOff { endpoint: id() })
    } else if endpoint.only_inbound_resolver {
        Some(Blocker::OnlyInboundResolver { endpoint: id(), table: None })
    } else if !dns.support {
        Some(Blocker::DnsSupportOff { vpc: vpc.to_owned() })
    } else if !dns.hostnames {
        Some(Blocker::DnsHostnamesOff { vpc: vpc.to_owned(), endpoint: id() })
    } else {
        None
    }
}

/// Whether a name of the endpoint's, perhaps with a wildcard, is the host's.
fn names(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(zone) => host != zone && is_at_or_below(host, zone),
        None => host.eq_ignore_ascii_case(name),
    }
}

/// Its interfaces; where they were not read, its subnets, in each of which it has one.
pub(super) fn targets(network: &Network<'_>, endpoint: &Endpoint, observation: EvidenceId) -> Vec<Target> {
    let read = |id: &String| network.account.interface(id).known().zip(network.account.interface(id).id());
    let interfaces: Option<Vec<_>> = endpoint.interfaces.iter().map(read).collect();
    if let Some(interfaces) = interfaces.filter(|interfaces| !interfaces.is_empty()) {
        let target = |(interface, seen): (&Interface, EvidenceId)| Target {
            owner: endpoint.id.clone(),
            interface: Some(interface.id.clone()),
            vpc: endpoint.vpc_id.clone(),
            subnet: Some(interface.subnet_id.clone()),
            // AWS gives the interfaces the endpoint's groups; an emulator may not.
            groups: if endpoint.groups.is_empty() { interface.groups.clone() } else { endpoint.groups.clone() },
            cites: vec![observation, seen],
            addresses: own_addresses(network, interface),
            which: Which::One,
        };
        return interfaces.into_iter().map(target).collect();
    }
    let target = |id: &String| {
        let subnet = told(network.account.subnet(id), Check::Subnet, id).there(Check::Subnet, id).ok();
        let cidrs = subnet.map(|(subnet, _)| addresses(subnet.cidr.iter().map(String::as_str)));
        Target {
            owner: endpoint.id.clone(),
            interface: None,
            vpc: endpoint.vpc_id.clone(),
            subnet: Some(id.clone()),
            groups: endpoint.groups.clone(),
            cites: [observation].into_iter().chain(subnet.map(|(_, seen)| seen)).collect(),
            addresses: cidrs.filter(|cidrs| !cidrs.is_empty()),
            which: Which::One,
        }
    };
    endpoint.subnets.iter().map(target).collect()
}

/// An interface has addresses of its subnet. Where it is told to have others, as by an emulator, it is one of them.
fn own_addresses(network: &Network<'_>, interface: &Interface) -> Option<Addresses> {
    let own = Addresses::of(interface.addresses.iter().map(|address| Span::between(*address, *address)));
    let subnet = network.account.subnet(&interface.subnet_id).known();
    let range = subnet.map(|subnet| addresses(subnet.cidr.iter().chain(&subnet.ipv6_cidrs).map(String::as_str)));
    let all = match range {
        Some(range) if !own.spans().iter().all(|span| range.spans().iter().any(|it| it.and(*span) == Some(*span))) => {
            addresses(subnet?.cidr.iter().map(String::as_str))
        }
        _ => own,
    };
    Some(all).filter(|all| !all.is_empty())
}
