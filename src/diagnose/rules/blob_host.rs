//! LYR-07: a registry that is not AWS's and not Docker Hub answers, and the host that it sends clients to for layers
//! does not, or has no name here.

use super::{dns, other_registry, words};
use crate::diagnose::addresses::{self, Side};
use crate::diagnose::{Case, Contact, Draft, Host, Need};
use crate::model::outcome::LayerUrlOutcome;
use crate::model::{Act, Fix, Observation, Role, Stage};

rule!(LYR_07, "LYR-07", "blob-host-unreachable", Need::LayerUrl, judge);

/// PUB-01 and HUB-02 judge the stores of public ECR and Docker Hub, PTC-03 those behind a pull-through cache.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let stores = case.hosts.iter().filter(|host| host.role() == Role::Cdn && !other_registry::serves(case, host));
    stores.filter_map(|store| draft(case, store)).collect()
}

fn draft(case: &Case<'_>, store: &Host<'_>) -> Option<Draft> {
    let redirect = redirect_to(case, store)?;
    let registry = &redirect.target.as_ref()?.host;
    let is_from_there = |it: &&Observation| {
        let image = it.subject.as_deref().and_then(|image| image.strip_prefix(registry.as_str()));
        matches!(it.act, Act::Reference(_)) && image.is_some_and(|rest| rest.starts_with(['/', ':']))
    };
    let image = case.evidence.iter().find(is_from_there).and_then(|it| it.subject.as_deref());
    let sends = format!("{registry} sends clients to {} for layers", store.target);
    let draft = unnamed(store, &sends).or_else(|| silent(store, &sends))?;
    Some(draft.cite([redirect]).fix(other_registry::copied_into_ecr(case, image)))
}

/// The name server says that there is no such name.
fn unnamed(store: &Host<'_>, sends: &str) -> Option<Draft> {
    let denials = || store.resolves.iter().filter(|(_, outcome)| dns::is_denial(outcome));
    if store.answer().is_some() || denials().next().is_none() {
        return None;
    }
    let summary = format!("{sends}, and the name server here has no address for that name");
    Some(
        Draft::error(Stage::LayerUrl, store.target.to_string(), summary)
            .likely("the registry gave the name out a moment ago, and its own name resolves here")
            .or(&["DNS-09"])
            .cite(denials().map(|(observation, _)| *observation))
            .fix(Fix::advice(format!(
                "let the name server answer for {}: a DNS firewall, a forwarder or a zone of your own blocks the name",
                store.target.host
            ))),
    )
}

/// No address of the store answers a SYN.
fn silent(store: &Host<'_>, sends: &str) -> Option<Draft> {
    let lost = addresses::timed_out(store);
    // RTE-16 judges addresses that DNS64 made.
    let is_translated = |contact: &&Contact<'_>| addresses::side(store, contact) == Side::Translated;
    if lost.is_empty() || lost.iter().any(is_translated) {
        return None;
    }
    let them = if lost.len() == 1 { "its address does" } else { "its addresses do" };
    let summary = format!("{sends}, and {them} not answer: something on the way blocks that host");
    Some(
        Draft::error(Stage::LayerUrl, store.target.to_string(), summary)
            .likely(format!(
                "no SYN to {} was answered, and the registry's own host answers from here",
                words::addresses(&lost)
            ))
            .or(&["ACL-02"])
            .cite(store.answer().map(|(observation, _)| observation))
            .cite(lost.iter().map(|contact| contact.connect.0))
            .fix(Fix::advice(format!(
                "allow TCP 443 to {} in the firewall, network ACL or security group that blocks it: the layers are there",
                store.target.host
            ))),
    )
}

fn redirect_to<'e>(case: &Case<'e>, store: &Host<'_>) -> Option<&'e Observation> {
    case.evidence.iter().find(|it| {
        matches!(&it.act, Act::LayerUrl(LayerUrlOutcome::Redirected { host, port, .. })
            if *host == store.target.host && *port == store.target.port)
    })
}
