//! The lanes of a check: what was seen of each station from where the probe stands.

use super::configured;
use super::lettering::unbroken;
use super::station::{Lane, Picture, State, Station, Stop};
use crate::diagnose::{Case, Host};
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, LayerBytesOutcome, ResolveOutcome};
use crate::model::{Act, Finding, Mode, Observation, Report, Role, Stage};
use crate::render::evidence::short_digests;
use crate::render::outcome::{class, outcome};
use crate::render::units::{count, milliseconds};

/// The lanes of what a check did.
pub fn picture(report: &Report) -> Picture {
    let case = Case::new(&report.evidence, &report.vantage);
    let hosts: Vec<&Host<'_>> = case.hosts.iter().filter(|host| !host.resolves.is_empty()).collect();
    let mut picture = Picture { from: from(report), ..Picture::default() };
    picture.lanes = hosts.iter().map(|host| lane(host, &case)).collect();
    if let Some(configured) = &report.configured {
        configured::fill(&mut picture, configured);
    }
    for finding in &report.diagnoses {
        let Some(stop) = Stop::of(finding) else {
            picture.blame_the_task(finding);
            continue;
        };
        for (host, lane) in hosts.iter().zip(&mut picture.lanes) {
            if is_about(finding, host, &case) {
                lane.blame(finding, stop);
            }
        }
    }
    for lane in &mut picture.lanes {
        silent(lane);
        lane.end_at_the_break();
    }
    picture
}

/// Two short lines: what it is, and which.
fn from(report: &Report) -> Vec<String> {
    let vantage = &report.vantage;
    let what = match vantage.mode {
        Mode::Task => "task",
        Mode::Lambda => "function",
        Mode::Audit | Mode::Host => "host",
    };
    let task = vantage.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    let which = vantage.function.as_deref().or(task);
    let place = vantage.subnet_id.as_deref().or(vantage.subnet_cidr.as_deref());
    [Some(what), which, place, vantage.az.as_deref()].into_iter().flatten().map(str::to_owned).collect()
}

/// Whether a finding is about a host: it cites what failed there, or else what was done there.
fn is_about(finding: &Finding, host: &Host<'_>, case: &Case<'_>) -> bool {
    let cited = || finding.cites.iter().filter_map(|id| case.whole.get(*id)).filter(|it| it.target.is_some());
    let is_here = |it: &Observation| it.target.as_ref() == Some(host.target);
    if cited().any(Observation::is_symptom) {
        return cited().filter(|it| it.is_symptom()).any(is_here);
    }
    if cited().next().is_some() {
        return cited().any(is_here);
    }
    match finding.stage {
        Stage::Credentials | Stage::AuthToken => host.role() == Role::EcrApi,
        Stage::RegistryAuth | Stage::Manifest | Stage::LayerUrl => host.role() == Role::EcrDkr,
        Stage::LayerBytes => host.role() == Role::S3,
        _ => false,
    }
}

fn lane(host: &Host<'_>, case: &Case<'_>) -> Lane {
    let connected =
        host.contacts.iter().find(|it| it.works()).or_else(|| host.contacts.iter().find(|it| it.connected()));
    let contact = connected.or(host.contacts.first());
    let mut stations = vec![resolver(host)];
    // A host that answers a SYN, if only by a reset, was reached.
    let got_through = |it: &ConnectOutcome| {
        matches!(it, ConnectOutcome::Connected { .. } | ConnectOutcome::Refused | ConnectOutcome::Reset)
    };
    let is_through = host.contacts.iter().any(|it| got_through(it.connect.1));
    let no_route =
        |it: &ConnectOutcome| matches!(it, ConnectOutcome::NetworkUnreachable | ConnectOutcome::HostUnreachable);
    let is_routeless = !host.contacts.is_empty() && host.contacts.iter().all(|it| no_route(it.connect.1));
    let passed = if is_through { State::Passes } else { State::Unknown };
    stations.push(Station::new(Stop::SecurityGroups, passed, "", ""));
    stations.push(Station::new(Stop::NetworkAcls, passed, "", ""));
    stations.push(match contact {
        Some(contact) if is_routeless => Station::new(Stop::Routes, State::Breaks, outcome(&contact.connect.0.act), ""),
        _ => Station::new(Stop::Routes, passed, "", ""),
    });
    let Some(contact) = contact else {
        stations.extend([Stop::Endpoint, Stop::Tls, Stop::Service].map(|it| Station::new(it, State::Unknown, "", "")));
        return Lane { title: host.role().title().to_owned(), host: host.target.to_string(), stations };
    };
    let others = host.contacts.len() - 1;
    let address = match others {
        0 => contact.address.to_string(),
        _ => format!("{} +{others}", contact.address),
    };
    let how = match contact.connect.1 {
        ConnectOutcome::Connected { .. } => {
            let took = unbroken(&milliseconds(contact.connect.0.took_ms));
            [owner(host, contact.address), took].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")
        }
        _ => outcome(&contact.connect.0.act),
    };
    let endpoint = match contact.connect.1 {
        ConnectOutcome::Connected { .. } => State::Passes,
        ConnectOutcome::Refused | ConnectOutcome::Reset | ConnectOutcome::Failed { .. } | ConnectOutcome::Forbidden => {
            State::Breaks
        }
        _ => State::Unknown,
    };
    stations.push(Station::new(Stop::Endpoint, endpoint, address, how));
    stations.push(match contact.handshake {
        Some((observation, HandshakeOutcome::Completed { version, .. })) => Station::new(
            Stop::Tls,
            State::Passes,
            "",
            format!("{}, {}", unbroken(version), unbroken(&milliseconds(observation.took_ms))),
        ),
        Some((observation, _)) => Station::new(Stop::Tls, State::Breaks, outcome(&observation.act), ""),
        None if contact.plain_http => Station::new(Stop::Tls, State::Unknown, "", "none: plain HTTP"),
        None => Station::new(Stop::Tls, State::Unknown, "", ""),
    });
    stations.push(service(host, case));
    Lane { title: host.role().title().to_owned(), host: host.target.to_string(), stations }
}

fn resolver(host: &Host<'_>) -> Station {
    let Some((observation, resolved)) = host.answer().or_else(|| host.resolves.first().copied()) else {
        return Station::new(Stop::Resolver, State::Unknown, "", "");
    };
    if resolved.is_symptom() {
        return Station::new(Stop::Resolver, State::Breaks, outcome(&observation.act), "");
    }
    let found = match resolved {
        ResolveOutcome::Answered(answer) => count(answer.addresses.len(), "address"),
        _ => "an address itself".to_owned(),
    };
    Station::new(
        Stop::Resolver,
        State::Passes,
        "",
        format!("{found}, {}", unbroken(&milliseconds(observation.took_ms))),
    )
}

/// Whose the address is, in a word or two.
fn owner(host: &Host<'_>, address: std::net::IpAddr) -> String {
    let known = host.resolves.iter().find_map(|(_, outcome)| outcome.class_of(address));
    known.map(class).unwrap_or_default()
}

/// The last request to a host that has a name of its own, or the first that failed.
fn service(host: &Host<'_>, case: &Case<'_>) -> Station {
    let is_request = |it: &&Observation| !it.act.is_reach() && it.target.as_ref() == Some(host.target);
    let requests: Vec<&Observation> = case.evidence.iter().filter(is_request).collect();
    let title = |it: &Observation| crate::render::hops::title(it);
    if let Some(failed) = requests.iter().find(|it| it.is_symptom()) {
        let name = title(failed).unwrap_or_else(|| failed.act.check().name());
        let detail = format!("{name}: {}", short_digests(&outcome(&failed.act)));
        return Station::new(Stop::Service, State::Breaks, "", detail);
    }
    let is_verified = |it: &&&Observation| matches!(it.act, Act::LayerBytes(LayerBytesOutcome::Verified { .. }));
    let verified = requests.iter().filter(is_verified).count();
    let named = requests.iter().rev().find_map(|it| Some((title(it)?, it)));
    let (state, detail) = match named {
        _ if verified > 0 => (State::Passes, format!("{} verified", count(verified, "blob"))),
        Some((name, it)) => (State::Passes, format!("{name}: {}", short_digests(&outcome(&it.act)))),
        None if host.works() => (State::Passes, "reached".to_owned()),
        None => (State::Unknown, String::new()),
    };
    Station::new(Stop::Service, state, "", detail)
}

/// Where no finding says why nothing answers, the address that does not is what is wrong.
fn silent(lane: &mut Lane) {
    let is_told = lane.stations.iter().any(|it| it.state == State::Breaks);
    let endpoint = lane.stations.iter_mut().find(|it| it.stop == Stop::Endpoint);
    if let Some(endpoint) = endpoint.filter(|it| !is_told && it.state == State::Unknown && !it.name.is_empty()) {
        endpoint.state = State::Breaks;
    }
}
