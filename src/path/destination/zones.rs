//! Private hosted zones and resolver rules: of those that hold a name, the longest decides (Route 53 Developer Guide,
//! "Considerations when working with a private hosted zone"; with equal names a resolver rule comes first).

use std::net::IpAddr;

use super::endpoints;
use super::lead::{Lead, Target};
use crate::account::Seen;
use crate::aws::is_at_or_below;
use crate::model::facts::{HostedZone, ResolverRule, ZoneRecord};
use crate::model::{Check, EvidenceId, HopKind};
use crate::path::network::{Network, Origin};
use crate::path::read::{listed_if_asked, not_read, told};
use crate::path::span::{Addresses, Span};
use crate::path::trail::Trail;
use crate::path::verdict::Which;
use crate::path::{Allowance, Blocker, Extent, Unseen};

/// Where a hand-made zone or a resolver rule leads the name; `None` where none of them holds it. `own` is the zone of an
/// endpoint's private DNS that holds it.
pub(super) fn shadow(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    host: &str,
    own: Option<&str>,
    trail: &mut Trail,
) -> Option<Lead> {
    let vpc = &origin.subnet.vpc_id;
    let zone = match zones(network, vpc) {
        Ok(zones) => {
            zones.into_iter().filter(|(zone, _)| holds(host, &zone.name)).max_by_key(|(zone, _)| zone.name.len())
        }
        Err(unseen) => {
            trail.unknown(HopKind::HostedZone, vpc, unseen, &[]);
            None
        }
    };
    let rule = match rules(network, vpc) {
        Ok(rules) => {
            rules.into_iter().filter(|(rule, _)| holds(host, &rule.domain)).max_by_key(|(rule, _)| rule.domain.len())
        }
        Err(unseen) => {
            trail.unknown(HopKind::ResolverRule, vpc, unseen, &[]);
            None
        }
    };
    let longest = zone.map(|(zone, _)| zone.name.len()).max(own.map(str::len));
    if let Some((rule, observation)) = rule.filter(|(rule, _)| longest.is_none_or(|zone| rule.domain.len() >= zone))
        && matches!(rule.kind.as_str(), "FORWARD" | "DELEGATE")
    {
        trail.unknown(HopKind::ResolverRule, &rule.id, Unseen::Resolver { id: rule.id.clone() }, &[observation]);
        return Some(Lead::Unknown);
    }
    let (zone, observation) = zone.filter(|(zone, _)| own.is_none_or(|own| zone.name.len() >= own.len()))?;
    Some(answer(network, origin, host, (zone, observation), trail))
}

fn holds(host: &str, zone: &str) -> bool {
    is_at_or_below(host, zone.trim_end_matches('.'))
}

/// Those that people have made. An endpoint's own zone is judged with the endpoint.
fn zones<'e>(network: &Network<'e>, vpc: &str) -> Result<Vec<(&'e HostedZone, EvidenceId)>, Unseen> {
    let ids = listed_if_asked(network.account, Check::HostedZone, vpc)?;
    let of = |id: &String| told(network.account.hosted_zone(id), Check::HostedZone, id).there(Check::HostedZone, id);
    let all = ids.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|(zone, _)| zone.owner_service.is_none()).collect())
}

fn rules<'e>(network: &Network<'e>, vpc: &str) -> Result<Vec<(&'e ResolverRule, EvidenceId)>, Unseen> {
    let ids = listed_if_asked(network.account, Check::ResolverRule, vpc)?;
    let of =
        |id: &String| told(network.account.resolver_rule(id), Check::ResolverRule, id).there(Check::ResolverRule, id);
    ids.iter().map(of).collect()
}

/// What the zone's records say.
fn answer(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    host: &str,
    (zone, observation): (&HostedZone, EvidenceId),
    trail: &mut Trail,
) -> Lead {
    let Some(records) = &zone.records else {
        let unseen = Unseen::Read {
            check: Check::HostedZone,
            subject: zone.id.clone(),
            action: "route53:ListResourceRecordSets".to_owned(),
        };
        trail.unknown(HopKind::HostedZone, &zone.id, unseen, &[observation]);
        return Lead::Unknown;
    };
    let found = records_of(records, host, zone.name.trim_end_matches('.'));
    let values: Vec<&str> = found.iter().flat_map(|record| record.values.iter().map(String::as_str)).collect();
    if values.is_empty() {
        let blocker = Blocker::NoRecord { zone: zone.id.clone(), name: zone.name.clone(), host: host.to_owned() };
        trail.blocks(HopKind::HostedZone, &zone.id, blocker, Extent::Whole, &[observation]);
        return Lead::Nowhere;
    }
    let (mut targets, mut stale, mut cites) = (Vec::new(), Vec::new(), vec![observation]);
    for value in &values {
        match of_value(network, origin, value) {
            Found::Targets(found) => targets.extend(found),
            Found::Stale(empty) => {
                stale.push((*value).to_owned());
                cites.extend(empty);
            }
            Found::Unseen(unseen) => {
                trail.unknown(HopKind::HostedZone, &zone.id, unseen, &[observation]);
                return Lead::Unknown;
            }
        }
    }
    if !stale.is_empty() {
        let (stopped, of) = (stale.len(), values.len());
        let extent = if stopped == of { Extent::Whole } else { Extent::Targets { stopped, of } };
        let blocker = Blocker::StaleRecord { zone: zone.id.clone(), name: found[0].name.clone(), addresses: stale };
        trail.blocks(HopKind::HostedZone, &zone.id, blocker, extent, &cites);
    }
    match targets.first() {
        Some(first) => {
            let by = Allowance::ZoneRecord { name: found[0].name.clone(), endpoint: first.owner.clone() };
            trail.allows(HopKind::HostedZone, &zone.id, by, &[observation]);
            Lead::Interfaces(targets)
        }
        None => Lead::Nowhere,
    }
}

/// The records of a name: its own, else those of the closest wildcard. A name with records of its own, or below it, has
/// no wildcard (RFC 4592, section 2.2.1).
fn records_of<'r>(records: &'r [ZoneRecord], host: &str, zone: &str) -> Vec<&'r ZoneRecord> {
    let is_address = |record: &&ZoneRecord| matches!(record.kind.as_str(), "A" | "AAAA" | "CNAME");
    let named = |name: &str| -> Vec<&ZoneRecord> {
        let own = records.iter().filter(is_address);
        own.filter(|record| record.name.trim_end_matches('.') == name).collect()
    };
    let own = named(host);
    if !own.is_empty() || records.iter().any(|record| is_at_or_below(record.name.trim_end_matches('.'), host)) {
        return own;
    }
    let mut parent = host;
    while let Some((_, rest)) = parent.split_once('.') {
        parent = rest;
        if !is_at_or_below(parent, zone) {
            break;
        }
        let wild = named(&format!("*.{parent}"));
        if !wild.is_empty() {
            return wild;
        }
    }
    Vec::new()
}

enum Found {
    Targets(Vec<Target>),
    Stale(Vec<EvidenceId>),
    Unseen(Unseen),
}

fn of_value(network: &Network<'_>, origin: &Origin<'_, '_>, value: &str) -> Found {
    match value.parse::<IpAddr>() {
        Ok(address) => of_address(network, origin, address, value),
        Err(_) => of_name(network, origin, &value.trim_end_matches('.').to_ascii_lowercase()),
    }
}

/// An alias of an endpoint's own name leads to its interfaces.
fn of_name(network: &Network<'_>, origin: &Origin<'_, '_>, name: &str) -> Found {
    let vpc = origin.subnet.vpc_id.as_str();
    let has = |names: &[String]| names.iter().any(|own| own.trim_end_matches('.').eq_ignore_ascii_case(name));
    let here = network.endpoints(vpc).iter().find(|(endpoint, _)| has(&endpoint.dns_names));
    match here {
        Some((endpoint, observation)) => Found::Targets(endpoints::targets(network, endpoint, *observation)),
        None => Found::Unseen(Unseen::Resolver { id: name.to_owned() }),
    }
}

/// An address of the VPC's that no interface holds is stale. Of other addresses nothing shows.
fn of_address(network: &Network<'_>, origin: &Origin<'_, '_>, address: IpAddr, text: &str) -> Found {
    let vpc = origin.subnet.vpc_id.as_str();
    if let Some((interface, observation)) = network.interface_at(address).filter(|(it, _)| it.vpc_id == vpc) {
        let owner = network.owner(&interface.id).unwrap_or(&interface.id);
        return Found::Targets(vec![Target {
            owner: owner.to_owned(),
            interface: Some(interface.id.clone()),
            vpc: interface.vpc_id.clone(),
            subnet: Some(interface.subnet_id.clone()),
            groups: interface.groups.clone(),
            cites: vec![observation],
            addresses: Some(Addresses::one(address)),
            which: Which::One,
        }]);
    }
    let is_own = network.account.vpc(vpc).known().is_some_and(|vpc| {
        let cidrs = vpc.cidrs.iter().chain(&vpc.ipv6_cidrs).filter_map(|cidr| Span::parse(cidr));
        cidrs.into_iter().any(|(span, _)| span.and(Span::between(address, address)).is_some())
    });
    match network.account.list(Check::Interface, text) {
        Seen::Known(observation, listing) if is_own && listing.ids.is_empty() => Found::Stale(vec![observation.id]),
        _ if !is_own => Found::Unseen(Unseen::Resolver { id: text.to_owned() }),
        seen => {
            let missing = told(seen, Check::Interface, text).there(Check::Interface, text).err();
            Found::Unseen(missing.unwrap_or_else(|| not_read(Check::Interface, text)))
        }
    }
}
