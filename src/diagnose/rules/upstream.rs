//! PTC-03: the registry sends clients for layers to a host that is not S3.

use super::{commands, words};
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::{ConnectOutcome, LayerBytesOutcome, LayerUrlOutcome, ReferenceOutcome};
use crate::model::{Act, Blank, Command, Fix, Observation, Role, Stage, Word};

rule!(PTC_03, "PTC-03", "layers-from-upstream", Need::LayerUrl, judge);

/// A pull-through cache keeps layers in S3 like any repository; what it has not stored yet it
/// sends the client to the upstream registry's own store for.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    // A redirect back to the registry is told by LYR-05.
    let is_registry = |host: &Host<'_>| case.hosts_of(Role::EcrDkr).any(|it| it.target.host == host.target.host);
    case.hosts
        .iter()
        .filter(|host| host.is_upstream() && !is_registry(host))
        .filter_map(|host| draft(case, host))
        .collect()
}

fn draft(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let target = host.target;
    let mut urls = case.acts(|act| match act {
        Act::LayerUrl(outcome @ LayerUrlOutcome::Redirected { .. })
        | Act::ApiLayerUrl(outcome @ LayerUrlOutcome::Redirected { .. }) => Some(outcome),
        _ => None,
    });
    // Other registries have stores of their own: only ECR's redirects are to lead to S3.
    urls.retain(|(observation, _)| !observation.is_elsewhere());
    let leads_there = |outcome: &LayerUrlOutcome| matches!(outcome, LayerUrlOutcome::Redirected { host, port, .. } if *host == target.host && *port == target.port);
    let redirects: Vec<&Observation> =
        urls.iter().filter(|(_, outcome)| leads_there(outcome)).map(|(observation, _)| *observation).collect();
    let first = redirects.first()?;
    let count = match redirects.len() {
        all if all == urls.len() => "every blob".to_owned(),
        some => format!("{some} of {} blobs", urls.len()),
    };
    // Whatever else is wrong there, the layers would not be asked of it if ECR had them.
    let of_host = |it: &&Observation| it.target.as_ref() == Some(target) && it.is_symptom();
    let failed: Vec<&Observation> = case
        .evidence
        .iter()
        .filter(of_host)
        .filter(|it| match &it.act {
            Act::Resolve(_) | Act::Connect(_) | Act::Handshake(_) => !host.works(),
            Act::LayerBytes(outcome) => matches!(outcome, LayerBytesOutcome::Rejected(_)),
            _ => false,
        })
        .collect();
    let sends = format!("the registry sends the runtime to {target} for {count}, and not to S3");
    let stage = Stage::LayerUrl;
    let cached = "a pull-through cache redirects to the upstream's store while it lacks a layer";
    let draft = match (failed.is_empty(), host.works()) {
        (true, _) => {
            Draft::warning(stage, target.to_string(), format!("{sends}: the pull depends on a host that is not ECR's"))
                .likely(format!("{cached}; no credentials went there, and the bytes count only by their digests"))
        }
        (false, true) => Draft::error(stage, target.to_string(), format!("{sends}: it turns the request down"))
            .likely(format!("{cached}, and the upstream has its own say about who may have it"))
            .or(&["PTC-04"]),
        (false, false) => Draft::error(stage, target.to_string(), format!("{sends}: {}", trouble(host)))
            .likely(format!("{cached}, and no VPC endpoint leads there: it takes a way to the internet")),
    };
    // Silence has no rule of its own at such a host; the rest is told by others, and folds under this.
    let silent = failed.iter().filter(|it| matches!(it.act, Act::Connect(ConnectOutcome::TimedOut)));
    Some(
        draft
            .cite([*first])
            .cite(host.answer().map(|(observation, _)| observation))
            .cite(silent.copied())
            .cover(failed.iter().copied())
            .fix(pull_once(case))
            .fix(Fix::run(
                "see which repositories are pull-through caches, and of what",
                &commands::cache_rules(addresses::region_for(case, first)),
            ))
            .fix(Fix::run(
                "or give the task's subnet a way out",
                &commands::default_route(addresses::own_region(case)),
            )),
    )
}

fn pull_once(case: &Case<'_>) -> Fix {
    let does = "pull the image once from a subnet with a way to the internet (NAT): from then on ECR has its layers";
    let mut images = case.evidence.iter().filter(|it| matches!(it.act, Act::Reference(ReferenceOutcome::Ecr { .. })));
    let image = match (images.next().and_then(|it| it.subject.as_deref()), images.next()) {
        (Some(image), None) => Word::from(image),
        _ => Blank::IMAGE.into(),
    };
    Fix::run(does, &Command::of("docker pull").operand(image))
}

fn trouble(host: &Host<'_>) -> String {
    if host.answer().is_none() {
        return "its name does not resolve here".to_owned();
    }
    let contacts: Vec<_> = host.contacts.iter().collect();
    if host.connected() {
        format!("the TLS handshake with {} fails", words::addresses(&contacts))
    } else {
        format!("{} cannot be reached from here", words::addresses(&contacts))
    }
}
