//! DNS-10: a name server that answers one question and is silent at the next. Silence for every
//! name is DNS-15.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{dns, words};
use crate::diagnose::{Case, Draft, Host, Need};
use crate::model::outcome::{ResolveOutcome, Samples};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage};

rule!(DNS_10, "DNS-10", "resolver-drops-queries", Need::Names, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let mut by_server: BTreeMap<IpAddr, Vec<(&Observation, &Samples<ResolveOutcome>)>> = BTreeMap::new();
    for (observation, samples) in case.acts(|act| match act {
        Act::ResolveSamples(samples) if samples.is_symptom() => Some(samples),
        _ => None,
    }) {
        if let Some(server) = observation.address {
            by_server.entry(server).or_default().push((observation, samples));
        }
    }
    by_server.iter().map(|(server, lossy)| at_times(*server, lossy)).chain(some_names(case)).collect()
}

/// By samples: the same question, answered at one time and not at another.
fn at_times(server: IpAddr, lossy: &[(&Observation, &Samples<ResolveOutcome>)]) -> Draft {
    let failed: u64 = lossy.iter().map(|(_, samples)| u64::from(samples.failed)).sum();
    let tries: u64 = lossy.iter().map(|(_, samples)| u64::from(samples.tries)).sum();
    let silent = lossy.iter().any(|(_, samples)| samples.failure.as_ref().is_some_and(dns::is_silence));
    let (did, codes) = if silent {
        ("did not answer", ["DNS-15", "DNS-04"])
    } else {
        ("answered with an error", ["DNS-01", "DNS-04"])
    };
    let summary = format!("the name server {server} {did} {failed} of {tries} queries");
    let draft = Draft::warning(Stage::Dns, format!("name server {server}"), summary)
        .proven("the same server answers the same query at one time and not at another")
        .cite(lossy.iter().map(|(observation, _)| *observation))
        .or(&codes);
    with_fixes(draft)
}

/// Without samples: names that a server left unanswered, while it answered others.
fn some_names(case: &Case<'_>) -> Option<Draft> {
    let asked = || case.hosts.iter().flat_map(|host| host.resolves.iter().map(move |(it, said)| (host, *it, *said)));
    let speaks =
        |server| asked().any(|(_, it, said)| it.address == server && (dns::is_word(said) || dns::is_error(said)));
    let is_lost = |host: &Host<'_>, it: &Observation, said| {
        matches!(said, &ResolveOutcome::TimedOut) && host.answer().is_none() && speaks(it.address)
    };
    let lost: Vec<_> = asked().filter(|(host, it, said)| is_lost(host, it, said)).collect();
    let servers = words::list(lost.iter().filter_map(|(_, it, _)| it.address).map(|it| it.to_string()));
    let mut hosts: Vec<&Host<'_>> = lost.iter().map(|(host, ..)| *host).collect();
    hosts.dedup_by_key(|host| host.target);
    if hosts.is_empty() {
        return None;
    }
    let names = words::hosts(&hosts);
    let summary = format!("the name server {servers} answers for other names and is silent for {names}");
    let draft = Draft::error(Stage::Dns, names, summary)
        .likely("every query was sent three times without an answer, while the same server answered others")
        .cite(lost.iter().map(|(_, observation, _)| *observation))
        // Another server that fails in another way changes nothing.
        .cover(hosts.iter().flat_map(|host| &host.resolves).map(|(observation, _)| *observation))
        .or(&["DNS-09", "DNS-15", "DNS-04"]);
    Some(with_fixes(draft))
}

fn with_fixes(draft: Draft) -> Draft {
    draft
        .fix(Fix::advice("look for a program that sends too many queries: the VPC's resolver takes 1,024 packets a second from a network interface and drops the rest; put a DNS cache in the task or on its host (dnsmasq, systemd-resolved)"))
        .fix(Fix::run(
            "on an EC2 instance, see whether packets to the resolver were dropped; INTERFACE is its interface, such as ens5",
            &Command::of("ethtool -S").operand(Blank::INTERFACE).pipe(Command::of("grep linklocal_allowance_exceeded")),
        ))
        .fix(Fix::advice("if the server is your own, see its log and load, and whether the server that it forwards to answers"))
}
