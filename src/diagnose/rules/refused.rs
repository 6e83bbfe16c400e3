//! Connects that fail in other ways than silence, and addresses that fail beside others that work.

use super::{commands, ipv6_only, mixed_answers, words};
use crate::aws::{Variant, is_aws_host, registry_host};
use crate::diagnose::{Case, Contact, Draft, Host, Need, addresses};
use crate::model::outcome::ConnectOutcome;
use crate::model::{AddressClass, Fix, Stage, Vantage};
use crate::ranges::Cidr;

rule!(RTE_07, "RTE-07", "some-addresses-dead", Need::Connections, some_dead);
rule!(RTE_13, "RTE-13", "connection-refused", Need::Connections, refused);
rule!(RTE_14, "RTE-14", "rejected-by-icmp", Need::Connections, rejected);

fn some_dead(case: &Case<'_>) -> Vec<Draft> {
    let living = case.hosts.iter().filter(|host| host.connected());
    living.filter_map(|host| dead_beside_living(case, host)).collect()
}

fn dead_beside_living(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let region = addresses::region_of(case, host);
    // Those of another answer that is mixed into this one are told by DNS-07.
    let astray = mixed_answers::astray(host);
    let is_astray = |it: &Contact<'_>| astray.iter().any(|other| other.address == it.address);
    let dead: Vec<&Contact<'_>> = host.failed_contacts().filter(|it| !is_astray(it)).collect();
    if dead.is_empty() {
        return None;
    }
    let addresses = words::addresses(&dead);
    let living = host.contacts.iter().filter(|contact| contact.connected());
    let is_public = |contact: &Contact<'_>| addresses::is_public(host, contact);
    let is_private = |contact: &Contact<'_>| addresses::is_private(host, contact);
    let (some_public, some_private) = (dead.iter().any(|it| is_public(it)), dead.iter().any(|it| is_private(it)));
    // A public address beside an endpoint's: two answers mixed, of which one leads nowhere.
    let mixed = host.role().is_aws()
        && (some_public && living.clone().all(is_private) || some_private && living.clone().all(is_public));
    let summary = format!(
        "{} of the {} addresses of {} {} dead: {addresses}{}",
        dead.len(),
        host.contacts.len(),
        host.target,
        words::verb(dead.len(), "is", "are"),
        placed(case, host, &dead),
    );
    let reason = if host.works() {
        "the other addresses of the same name work, so a pull stalls or fails only when it meets a dead one"
    } else {
        "the other addresses of the same name accept connections"
    };
    let draft = Draft::warning(Stage::Route, format!("{addresses} of {}", host.target), summary)
        .proven(reason)
        .cite(host.answer().map(|(observation, _)| observation))
        .cite(dead.iter().map(|contact| contact.connect.0));
    if mixed {
        return Some(draft.or(&["DNS-07", "DNS-04"]).fix(Fix::advice(
            "the name has public and private addresses at once: ask again in a minute, and if that stays so, look for a second name server, or a private hosted zone, that answers differently",
        )));
    }
    Some(if some_private {
        draft.or(&["DNS-08", "ACL-01"]).fix(words::owner(region, &dead)).fix(Fix::advice(
            "compare the zone of that address with one that works: the route table and ACL of its subnet, and the endpoint's network interface there",
        ))
    } else if dead.iter().all(|it| it.class == AddressClass::S3) {
        draft.or(&["RTE-05", "ACL-02"]).fix(words::routes(case)).fix(Fix::advice(
                "look for what covers a part of S3's ranges only: a more specific route, or an ACL or security group with a list of S3's CIDRs that has grown old",
            ))
    } else {
        draft.or(&["ACL-02"]).fix(words::routes(case))
    })
}

/// Where the dead addresses are, as far as the task's own subnet tells.
fn placed(case: &Case<'_>, host: &Host<'_>, dead: &[&Contact<'_>]) -> String {
    let mut places: Vec<(String, Vec<&Contact<'_>>)> = Vec::new();
    for &contact in dead {
        let Some(place) = place(case.vantage, host, contact) else { continue };
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, of)) => of.push(contact),
            None => places.push((place, vec![contact])),
        }
    }
    match &places[..] {
        [(place, of)] if of.len() == dead.len() => format!(", {place}"),
        _ => places
            .iter()
            .map(|(place, of)| format!("; {} {} {place}", words::addresses(of), words::verb(of.len(), "is", "are")))
            .collect(),
    }
}

/// A subnet lies in one zone. What is not an endpoint's for certain may be in no subnet at all.
fn place(vantage: &Vantage, host: &Host<'_>, contact: &Contact<'_>) -> Option<String> {
    let subnet = Cidr::parse(vantage.subnet_cidr.as_deref()?).ok()?;
    if !is_aws_host(&host.target.host) || !mixed_answers::is_of_endpoint(contact) {
        return None;
    }
    Some(match (subnet.contains(contact.address), &vantage.az) {
        (true, Some(zone)) => format!("in this task's own zone {zone}, subnet {subnet}"),
        (true, None) => format!("in this task's own subnet {subnet}"),
        (false, _) => "in another subnet than this task's".to_owned(),
    })
}

/// Hosts at which TCP reached no address, with the contacts that `fits`.
fn unreached<'h, 'e>(
    case: &'h Case<'e>,
    fits: fn(&ConnectOutcome) -> bool,
) -> Vec<(&'h Host<'e>, Vec<&'h Contact<'e>>)> {
    let failed = case.hosts.iter().map(|host| (host, host.unreached(|contact| fits(contact.connect.1))));
    failed.filter(|(_, contacts)| !contacts.is_empty()).collect()
}

fn refused(case: &Case<'_>) -> Vec<Draft> {
    let found = unreached(case, |outcome| matches!(outcome, ConnectOutcome::Refused | ConnectOutcome::Reset));
    found.iter().map(|(host, contacts)| refused_at(case, host, contacts)).collect()
}

fn refused_at(case: &Case<'_>, host: &Host<'_>, contacts: &[&Contact<'_>]) -> Draft {
    let region = addresses::region_of(case, host);
    let addresses = words::addresses(contacts);
    let port = host.target.port;
    let summary = format!(
        "{} refuses TCP connections to port {port} at {addresses}: the host is up and answers with a reset",
        host.target.host
    );
    let draft = Draft::error(Stage::Route, format!("{addresses} ({})", host.target), summary)
        .cite(host.answer().map(|(observation, _)| observation))
        .cite(contacts.iter().map(|contact| contact.connect.0));
    let firewall = Fix::advice(format!("let TCP {port} to {} through the firewall that rejects it", host.target.host));
    let public = contacts.iter().all(|contact| addresses::is_public(host, contact));
    match (public, host.role().is_aws()) {
        _ if addresses::has_odd_port(host) => draft
            .proven("the connection was refused at once, so the packets arrive and nothing listens on that port")
            .or(&["CFG-03"])
            .fix(words::drop_port(host.target)),
        (true, true) => draft
            .proven("the refusal came at once, and AWS's public addresses refuse nobody on port 443: a firewall on the way rejects in their name")
            .fix(firewall)
            .fix(words::routes(case)),
        (false, true) => draft
            .proven("the connection was refused at once, so the packets arrive; it is the wrong host or a firewall that rejects, since a VPC endpoint accepts or is silent")
            .or(&["DNS-08"])
            .fix(words::owner(region, contacts))
            .fix(Fix::run(
                "see whether a private hosted zone of the VPC leads the name there",
                &commands::hosted_zones(addresses::own_region(case)),
            ))
            .fix(firewall),
        (_, false) => draft
            .proven("the connection was refused at once, so the packets arrive, and the registry does not listen there or a firewall rejects")
            .fix(Fix::advice("correct the host and port in the image reference, or start the registry"))
            .fix(firewall),
    }
}

fn rejected(case: &Case<'_>) -> Vec<Draft> {
    let is_rejection = |outcome: &ConnectOutcome| {
        matches!(
            outcome,
            ConnectOutcome::HostUnreachable | ConnectOutcome::NetworkUnreachable | ConnectOutcome::Forbidden
        )
    };
    let mut found = unreached(case, is_rejection);
    // Where IPv6 works it is told by DNS-13.
    found.retain(|(host, _)| !ipv6_only::is_cause(case, host));
    if found.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<&Host<'_>> = found.iter().map(|(host, _)| *host).collect();
    let contacts: Vec<&Contact<'_>> = found.iter().flat_map(|(_, contacts)| contacts.iter().copied()).collect();
    let names = words::hosts(&hosts);
    let all = |fits: fn(&ConnectOutcome) -> bool| contacts.iter().all(|contact| fits(contact.connect.1));
    let region = addresses::region_of(case, hosts[0]);
    let draft = |why: &str, reason: &str| {
        Draft::error(Stage::Route, names.clone(), format!("{names} cannot be reached: {why}"))
            .proven(reason)
            .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
            .cite(contacts.iter().map(|contact| contact.connect.0))
    };
    let here = Fix::advice(
        "on a host, or in a container with its own network, look at its routing table (ip route) and its firewall",
    );
    let private: Vec<&Contact<'_>> =
        contacts.iter().copied().filter(|it| !it.class.is_public_aws() && it.address.is_ipv4()).collect();
    vec![if all(|it| matches!(it, ConnectOutcome::NetworkUnreachable)) {
        let draft = draft(
            "there is no route to it from here",
            "the kernel has no route, or a router said that the network is unreachable; silence would have been a time-out",
        );
        // Where a whole family has no route, the other may be the one that this subnet is meant to use.
        let ipv4 = contacts[0].address.is_ipv4();
        let of_family = |it: &&Contact<'_>| it.address.is_ipv4() == ipv4;
        let connected = case.hosts.iter().flat_map(|host| &host.contacts).filter(|it| it.connected());
        let registry = |dual_stack| registry_host("ACCOUNT", region, Variant { fips: false, dual_stack });
        let whole_family = contacts.iter().all(&of_family) && !connected.clone().any(|it| of_family(&it));
        match (whole_family, ipv4) {
            (true, true) => draft.or(&["DNS-13"]).fix(Fix::advice(format!(
                "if this subnet has IPv6 only, name the image by its dual-stack registry, {}, or give the subnet DNS64 and NAT64",
                registry(true)
            ))),
            (true, false) => draft.or(&["DNS-12"]).fix(Fix::advice(format!(
                "if this subnet has IPv4 only, name the image by its IPv4 registry, {}, or give the subnet a route for IPv6",
                registry(false)
            ))),
            _ => draft,
        }
        .fix(words::routes(case))
        .fix(here)
    } else if all(|it| matches!(it, ConnectOutcome::Forbidden)) {
        draft(
            "the connection is forbidden",
            "a firewall on this host or on the way said so at once; silence would have been a time-out",
        )
        .fix(Fix::advice("look for the rule that rejects: iptables or nftables on this host, a network policy, a firewall on the way"))
        .fix(words::routes(case))
    } else {
        let draft = draft(
            "the network answers that it is unreachable",
            "a router or firewall said so by ICMP, or nobody holds the address; silence would have been a time-out",
        );
        if private.is_empty() {
            draft.fix(Fix::advice(format!("let TCP 443 to {names} through the firewall or router that rejects it")))
        } else {
            draft.or(&["DNS-08"]).fix(words::owner(region, &private))
        }
        .fix(words::routes(case))
        .fix(here)
    }]
}
