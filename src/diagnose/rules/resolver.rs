//! DNS-04: the configured name server does not know the VPC's endpoints, and the VPC's own does.

use super::words;
use crate::aws::Partition;
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::ResolveOutcome;
use crate::model::{Act, Fix, Observation, Stage};

rule!(DNS_04, "DNS-04", "custom-dns-misses-endpoints", Need::VpcResolver, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let found: Vec<(&Host<'_>, &Observation)> =
        case.hosts.iter().filter_map(|host| Some((host, known_to_the_vpc(case, host)?))).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<&Host<'_>> = found.iter().map(|(host, _)| *host).collect();
    let names = words::hosts(&hosts);
    let servers = words::list(
        hosts.iter().flat_map(|host| &host.resolves).filter_map(|(it, _)| it.address).map(|it| it.to_string()),
    );
    let summary = format!(
        "the name server {servers} does not know the VPC's {} for {names}, and the VPC's own resolver does",
        words::verb(hosts.len(), "endpoint", "endpoints"),
    );
    let region = addresses::own_region(case);
    let domain = Partition::of_region(region).dns_suffix;
    vec![
        Draft::error(Stage::Dns, format!("name server {servers}"), summary)
            .proven("both were asked: private DNS of an endpoint is known to the VPC's own resolver only")
            .cite(hosts.iter().flat_map(|host| host.resolves.iter().map(|(it, _)| *it)))
            .cite(found.iter().map(|(_, compared)| *compared))
            .cite(hosts.iter().flat_map(|host| addresses::timed_out(host)).map(|contact| contact.connect.0))
            .fix(Fix::advice(format!(
                "let {servers} forward {domain}, or at least these names, to the VPC's resolver or to a Route 53 Resolver inbound endpoint: {names}"
            )))
            .fix(words::amazon_dns(case)),
    ]
}

/// The comparison, where the host is lost by the server's answer and has an endpoint by the VPC's.
fn known_to_the_vpc<'e>(case: &Case<'e>, host: &Host<'e>) -> Option<&'e Observation> {
    let is_private = |outcome: &ResolveOutcome| {
        let known = outcome.addresses();
        !known.is_empty() && known.iter().all(|it| it.class.is_private())
    };
    let works_otherwise = host.works() || host.answer().is_some_and(|(_, outcome)| is_private(outcome));
    if works_otherwise || host.resolves.is_empty() {
        return None;
    }
    case.evidence.iter().find(|it| {
        it.target.as_ref() == Some(host.target) && matches!(&it.act, Act::VpcResolve(outcome) if is_private(outcome))
    })
}
