//! RTE-15: connections to one address that work at one time and not at another, as samples show it,
//! or a request that met no connection where there had been one.

use std::collections::BTreeSet;

use super::{commands, mixed_answers, words};
use crate::diagnose::{Case, Contact, Draft, Host, Need, Step, addresses};
use crate::model::outcome::{NoAnswer, Samples};
use crate::model::{Act, Blank, Command, Fix, Observation, Role, Stage};

rule!(RTE_15, "RTE-15", "connections-unstable", Need::Connections, judge);

/// One lost segment in twenty tries is the Internet; from here on it is a path to fix.
const MUCH_LOSS_PERCENT: u64 = 10;

/// What is unstable at one host.
#[derive(Default)]
struct Loss<'e> {
    cites: Vec<&'e Observation>,
    words: Vec<String>,
    /// Some tries failed, as against packets that were lost and sent again.
    fails: bool,
    /// Requests that met no connection in any of their tries: that stops the pull.
    requests: BTreeSet<Step<'e>>,
    tries: usize,
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    case.hosts.iter().filter(|host| host.works()).filter_map(|host| unstable(case, host)).collect()
}

fn unstable(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let loss = Loss::of(case, host);
    if loss.cites.is_empty() {
        return None;
    }
    let region = addresses::own_region(case);
    let summary = format!("the way to {} is unstable: {}", host.target, loss.words.join(", "));
    let is_lossy = |address| loss.cites.iter().any(|it| it.address == Some(address));
    let steady = host.contacts.iter().filter(|it| it.works() && !is_lossy(it.address)).map(|it| it.address.to_string());
    let elsewhere = match words::list(steady) {
        none if none.is_empty() => String::new(),
        steady => format!("; {steady} of the same name lost nothing"),
    };
    let reason = if loss.fails {
        "the same act at the same address works at one time and fails at another"
    } else {
        "the kernel had to send segments again, so packets are lost on the way"
    };
    let subject = host.target.to_string();
    let draft = if !loss.requests.is_empty() {
        Draft::error(Stage::Route, subject, summary)
    } else {
        Draft::warning(Stage::Route, subject, summary)
    };
    let draft = draft.proven(format!("{reason}{elsewhere}")).cite(loss.cites);
    // No endpoint leads to a registry that is not ECR, nor to where its layers are.
    let is_outside = |it: &Contact<'_>| match host.role() {
        Role::Registry | Role::Cdn => it.address.is_ipv6() || !mixed_answers::is_of_endpoint(it),
        _ => addresses::is_public(host, it),
    };
    let draft = if host.contacts.iter().any(is_outside) {
        draft.or(&["LYR-04"]).fix(Fix::run(
            "if a NAT gateway is on the way, see whether it is out of ports (the times are such as 2026-11-23T14:00:00Z)",
            &commands::nat_ports(region),
        ))
    } else {
        draft.or(&["RTE-08"])
    };
    let paths = "look for two paths that take turns, of which one is broken: appliances in several zones behind one route, a firewall whose flow table is full, a tunnel that flaps";
    Some(draft.fix(Fix::advice(paths)).fix(Fix::run(
        "find the packets that get no answer in the VPC's flow logs: REJECT names a group or an ACL; ACCEPT without a way back, the path beyond",
        &Command::of("aws logs filter-log-events")
            .region(region)
            .option("--log-group-name", Blank::FLOW_LOG_GROUP)
            .option("--filter-pattern", Blank::NETWORK_INTERFACE_ID),
    )))
}

impl<'e> Loss<'e> {
    fn of(case: &Case<'e>, host: &Host<'e>) -> Self {
        let mut loss = Loss::default();
        for observation in case.evidence.iter().filter(|it| it.target.as_ref() == Some(host.target)) {
            match &observation.act {
                Act::ConnectSamples(samples) => loss.sampled(observation, samples, "connections"),
                Act::HandshakeSamples(samples) => loss.sampled(observation, samples, "handshakes"),
                act => {
                    let no_connection =
                        matches!(act.no_answer(), Some(NoAnswer::Connect { .. } | NoAnswer::Handshake { .. }));
                    if no_connection {
                        loss.requests.insert(Step::of(observation));
                        loss.tries += 1;
                        loss.cites.push(observation);
                    }
                }
            }
        }
        if !loss.requests.is_empty() {
            loss.fails = true;
            let (requests, tries) = (loss.requests.len(), loss.tries);
            let (request, attempt) = (words::verb(requests, "request", "requests"), words::verb(tries, "try", "tries"));
            loss.words
                .push(format!("{requests} {request} met no connection in {tries} {attempt}, where there had been one"));
        }
        loss
    }

    fn sampled<Outcome>(&mut self, observation: &'e Observation, samples: &Samples<Outcome>, noun: &str) {
        let Samples { tries, failed, resent, .. } = samples;
        let percent = u64::from(*resent) * 100 / u64::from(*tries).max(1);
        let much = *resent > 1 && percent >= MUCH_LOSS_PERCENT;
        let words = if samples.is_symptom() {
            format!("{failed} of {tries} {noun} failed")
        } else if much && failed < tries {
            format!("{resent} of {tries} {noun} lost packets")
        } else {
            return;
        };
        let address = observation.address.map(|it| format!(" at {it}")).unwrap_or_default();
        self.words.push(format!("{words}{address}"));
        self.fails |= samples.is_symptom();
        self.cites.push(observation);
    }
}
