//! DNS-07: one name that is an endpoint's and a public one at once.

use std::net::IpAddr;

use super::{commands, words};
use crate::aws::Partition;
use crate::diagnose::{Case, Contact, Draft, Host, Need, addresses};
use crate::model::outcome::ResolveOutcome;
use crate::model::{AddressClass, Fix, Observation, Stage};

rule!(DNS_07, "DNS-07", "answers-mixed", Need::Connections, judge);

/// Where the addresses of an answer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Endpoint,
    Public,
    Both,
}

/// Only IPv4 counts: beside an endpoint that has IPv4 only, public AAAA records are nothing odd. And only what is
/// private for certain: AWS's next range is in no table yet.
fn side_of(address: IpAddr, class: AddressClass) -> Option<Side> {
    let IpAddr::V4(ipv4) = address else { return None };
    let shared = ipv4.octets()[0] == 100 && (64..128).contains(&ipv4.octets()[1]);
    match class {
        AddressClass::Vpc => Some(Side::Endpoint),
        _ if class.is_public_aws() => Some(Side::Public),
        _ => (ipv4.is_private() || shared).then_some(Side::Endpoint),
    }
}

/// Whether the address is in a VPC for certain.
pub fn is_of_endpoint(contact: &Contact<'_>) -> bool {
    side_of(contact.address, contact.class) == Some(Side::Endpoint)
}

fn side(outcome: &ResolveOutcome) -> Option<Side> {
    let sides = outcome.addresses().into_iter().filter_map(|known| side_of(known.address, known.class));
    sides.reduce(|one, other| if one == other { one } else { Side::Both })
}

fn is_mixed(host: &Host<'_>) -> bool {
    (addresses::is_ecr(host) || addresses::is_s3(host))
        && host.answer().and_then(|(_, it)| side(it)) == Some(Side::Both)
}

/// Of a mixed answer, the dead addresses on the side where none lives.
pub fn astray<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    if !is_mixed(host) || !host.connected() {
        return Vec::new();
    }
    let side = |contact: &Contact<'_>| side_of(contact.address, contact.class);
    let lives = |wanted| host.contacts.iter().any(|it| it.connected() && side(it) == wanted);
    host.failed_contacts().filter(|it| side(it).is_some() && !lives(side(it))).collect()
}

/// While no address works, it is told by what the packets meet: RTE-01, SG-01.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let reached = || case.hosts.iter().filter(|host| host.connected());
    let mixed = reached().filter(|host| is_mixed(host)).map(|host| mixed(case, host));
    mixed.chain(reached().filter(|host| !is_mixed(host)).filter_map(|host| at_odds(case, host))).collect()
}

fn mixed(case: &Case<'_>, host: &Host<'_>) -> Draft {
    let of = |wanted| {
        let addresses = host.contacts.iter().filter(|it| side_of(it.address, it.class) == Some(wanted));
        words::addresses(&addresses.collect::<Vec<_>>())
    };
    let summary = format!(
        "{} resolves to an endpoint and to public addresses at once: {} and {}",
        host.target,
        of(Side::Endpoint),
        of(Side::Public),
    );
    let astray = astray(host);
    let is_public = |it: &&Contact<'_>| addresses::is_public(host, it);
    let reason = match (astray.is_empty(), astray.iter().all(is_public)) {
        (true, _) => "one answer holds both, and AWS never gives both for long; each accepts connections from here",
        (false, true) => {
            "one answer holds both, and from here the public ones do not answer: a pull fails when it meets one"
        }
        (false, false) => {
            "one answer holds both, and from here the endpoint's do not answer: a pull fails when it meets one"
        }
    };
    let draft = Draft::warning(Stage::Dns, host.target.to_string(), summary)
        .proven(reason)
        .cite(host.answer().map(|(observation, _)| observation))
        .cite(astray.iter().map(|contact| contact.connect.0))
        .or(&["DNS-04"]);
    let draft = if astray.iter().all(is_public) { draft } else { draft.or(&["DNS-08", "SG-01"]) };
    draft
        .fix(Fix::advice("check again in two minutes: an endpoint that has just been made or changed shows like this until old answers expire"))
        .fix(zones(case))
}

/// Two name servers that send clients to different places.
fn at_odds(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    if !(addresses::is_ecr(host) || addresses::is_s3(host)) {
        return None;
    }
    let said =
        |(observation, outcome): &(&'_ Observation, &ResolveOutcome)| Some((observation.address?, side(outcome)?));
    let answers: Vec<(IpAddr, Side)> = host.resolves.iter().filter_map(said).collect();
    let (first, own) = *answers.first()?;
    let (second, other) = *answers.iter().find(|(_, side)| *side != own)?;
    let place = |side| match side {
        Side::Endpoint => "an endpoint",
        Side::Public => "public addresses",
        Side::Both => "an endpoint and public addresses at once",
    };
    let (own, other) = (place(own), place(other));
    let answers = host.resolves.iter().map(|(observation, _)| *observation);
    if first == second {
        let summary = format!("the name server {first} gives {own} for {}, and at another time {other}", host.target);
        return Some(
            Draft::warning(Stage::Dns, host.target.to_string(), summary)
                .proven("one server was asked again and again; the addresses of its first answer work, and the others were not tried")
                .cite(answers)
                .or(&["DNS-04"])
                .fix(Fix::advice("check again in two minutes: an endpoint that has just been made or changed shows like this until old answers expire"))
                .fix(zones(case)),
        );
    }
    let region = addresses::region_of(case, host);
    let domain = Partition::of_region(region).dns_suffix;
    let summary = format!("the name servers disagree on {}: {first} gives {own}, {second} gives {other}", host.target);
    Some(
        Draft::warning(Stage::Dns, host.target.to_string(), summary)
            .proven("the addresses of the server that is asked first work; those of the other were not tried, and some clients take whichever comes first")
            .cite(answers)
            .or(&["DNS-04"])
            .fix(words::amazon_dns(case))
            .fix(Fix::advice(format!(
                "or let the server that does not know the endpoint forward {domain} to the VPC's resolver; where both are the VPC's own ({first} and {second}), check again in two minutes"
            ))),
    )
}

fn zones(case: &Case<'_>) -> Fix {
    Fix::run(
        "if it stays so, look for a private hosted zone that adds records to the name",
        &commands::hosted_zones(addresses::own_region(case)),
    )
}
