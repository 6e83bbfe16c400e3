//! What is told of each endpoint: whether it can be reached, and how long each step to it takes.

use super::catalogue::{Metric, truth};
use crate::diagnose::{Case, Contact, Host};
use crate::model::outcome::{LayerBytesOutcome, LayerStoreOutcome, TokenOutcome};
use crate::model::{Act, Observation, Role};

/// The endpoints that have metrics: those that every task of a private subnet needs.
const ENDPOINTS: [Role; 4] = [Role::EcrApi, Role::EcrDkr, Role::S3, Role::Logs];

/// Data by endpoint. Of several hosts in one role it is the worst that counts: each is needed.
pub fn all(case: &Case<'_>) -> impl Iterator<Item = (Role, Vec<(Metric, f64)>)> {
    ENDPOINTS.into_iter().map(|role| (role, of(case, role)))
}

fn of(case: &Case<'_>, role: Role) -> Vec<(Metric, f64)> {
    let hosts: Vec<&Host<'_>> = case.hosts_of(role).collect();
    let working = || hosts.iter().flat_map(|host| &host.contacts).filter(|contact| contact.works());
    let answers = hosts.iter().filter_map(|host| host.answer()).map(|(it, _)| it.took_ms);
    let connects = working().map(|contact| contact.connect.0.took_ms);
    let handshakes = working().filter_map(|contact| contact.handshake).map(|(it, _)| it.took_ms);
    let requests = hosts.iter().flat_map(|host| {
        let to_it = case.evidence.iter().filter(|it| it.target.as_ref() == Some(host.target));
        to_it.filter_map(answered_after)
    });
    [
        (Metric::Reachable, hosts.iter().filter_map(|host| reachable(host)).map(truth).reduce(f64::min)),
        (Metric::ResolveTime, slowest(answers)),
        (Metric::ConnectTime, slowest(connects)),
        (Metric::HandshakeTime, slowest(handshakes)),
        (Metric::RequestTime, slowest(requests)),
    ]
    .into_iter()
    .filter_map(|(metric, value)| Some((metric, value?)))
    .collect()
}

fn slowest(times: impl Iterator<Item = f64>) -> Option<f64> {
    times.reduce(f64::max)
}

/// `None` where a check was cut short before anything came of it.
fn reachable(host: &Host<'_>) -> Option<bool> {
    let unresolved = !host.resolves.is_empty() && host.answer().is_none();
    let failed = |contact: &Contact<'_>| {
        !contact.connected() || contact.handshake.is_some_and(|(_, outcome)| outcome.is_symptom())
    };
    if host.works() { Some(true) } else { (unresolved || host.contacts.iter().any(failed)).then_some(false) }
}

/// How long a request took to be answered, in whatever words.
fn answered_after(observation: &Observation) -> Option<f64> {
    match &observation.act {
        Act::LayerStore(LayerStoreOutcome::Answered { .. }) => Some(observation.took_ms),
        Act::LayerBytes(
            LayerBytesOutcome::Verified { first_byte_ms, .. } | LayerBytesOutcome::Reached { first_byte_ms, .. },
        ) => Some(*first_byte_ms),
        // It was not asked for.
        Act::Token(TokenOutcome::Reused { .. }) => None,
        Act::Token(_) | Act::RegistryPing(_) | Act::RegistryAuth(_) | Act::Manifest(_) | Act::LayerUrl(_)
            if observation.act.no_answer().is_none() =>
        {
            Some(observation.took_ms)
        }
        _ => None,
    }
}
