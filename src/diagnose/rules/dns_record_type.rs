//! DNS-17: a name server that answers for one type of address records and keeps clients waiting for the other.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::words;
use crate::aws::may_be_vpc_resolver;
use crate::diagnose::{Case, Draft, Host, Need};
use crate::model::outcome::{RecordType, ResolveOutcome, Unanswered};
use crate::model::{Command, Fix, Stage, Word};

rule!(DNS_17, "DNS-17", "dns-record-type-unanswered", Need::Names, judge);

/// Sooner than that an error costs a pull nothing: a client takes what the other question brought.
const LONG_MS: f64 = 1_000.0;

/// A name server, and what it does not answer for.
type Question = (IpAddr, &'static str);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let mut found: BTreeMap<Question, Vec<(&Host<'_>, RecordType)>> = BTreeMap::new();
    for host in &case.hosts {
        if let Some((server, record)) = awaited(host) {
            found.entry((server, record.name())).or_default().push((host, record));
        }
    }
    found.iter().map(|((server, _), hosts)| kept_waiting(case, *server, hosts)).collect()
}

/// What the server of the answer that counts was asked for besides, and the client waits for.
fn awaited(host: &Host<'_>) -> Option<(IpAddr, RecordType)> {
    let (observation, outcome) = host.answer()?;
    let ResolveOutcome::Answered(answer) = outcome else { return None };
    let Unanswered { record, why } = answer.unanswered.as_ref()?;
    let is_long = **why == ResolveOutcome::TimedOut || observation.took_ms >= LONG_MS;
    is_long.then_some((observation.address?, *record))
}

fn kept_waiting(case: &Case<'_>, server: IpAddr, found: &[(&Host<'_>, RecordType)]) -> Draft {
    let hosts: Vec<&Host<'_>> = found.iter().map(|(host, _)| *host).collect();
    let record = found.first().map_or(RecordType::Aaaa, |(_, record)| *record);
    let other = match record {
        RecordType::A => RecordType::Aaaa,
        RecordType::Aaaa => RecordType::A,
    };
    let (record, other) = (record.name(), other.name());
    let summary = format!(
        "the name server {server} answers for {other} records and not for {record}: each look-up of {} waits for both, 5 s or longer",
        words::hosts(&hosts),
    );
    let name = hosts.first().map_or("", |host| host.target.host.as_str());
    let draft = Draft::warning(Stage::Dns, format!("name server {server}"), summary)
        .proven("of two questions for one name, sent at the same time to the same server, one was answered and the other was not; the resolvers of Go and glibc wait for both, 5 s for each try")
        .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
        .or(&["DNS-10"])
        .fix(Fix::run(
            format!("ask for {record} alone: a name without such records has an empty answer (NOERROR), which comes at once"),
            &Command::of("dig +tries=1")
                .operand(Word::from("@").then(server.to_string()))
                .option("-q", name)
                .option("-t", record),
        ))
        .fix(Fix::advice(format!(
            "look for what drops questions or answers of type {record}, on the server, on the one that it forwards to, and in a firewall between: let them pass, or have the server answer them as empty"
        )));
    if may_be_vpc_resolver(server) { draft } else { draft.fix(words::amazon_dns(case)) }
}
