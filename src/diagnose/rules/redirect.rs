//! LYR-05: a redirect that a client must not follow, or that leads back to where it came from.

use super::commands;
use super::layer::{digest_of, host, one_repository};
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::{LayerBytesOutcome, LayerUrlOutcome};
use crate::model::{Act, Command, Fix, Observation, Role, Stage, Word};

rule!(LYR_05, "LYR-05", "redirect-misbehaves", Need::LayerUrl, judge);

/// Whether a blob was asked of the registry's own host, where a redirect of the registry led. A client comes there
/// without its login, and so does the probe.
pub(super) fn is_back_at_registry(case: &Case<'_>, bytes: &Observation) -> bool {
    let Some(target) = bytes.target.as_ref().filter(|target| target.role == Role::S3) else { return false };
    case.hosts_of(Role::EcrDkr).any(|it| it.target.host == target.host && it.target.port == target.port)
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let mut odd: Vec<(&Observation, &str)> = case.acts(|act| match act {
        Act::LayerUrl(LayerUrlOutcome::BadRedirect { reason })
        | Act::LayerBytes(LayerBytesOutcome::BadRedirect { reason }) => Some(reason.as_str()),
        _ => None,
    });
    let turned_down = case.acts(|act| matches!(act, Act::LayerBytes(LayerBytesOutcome::Rejected(_))).then_some(()));
    odd.extend(
        turned_down
            .into_iter()
            .filter(|(it, ())| is_back_at_registry(case, it))
            .map(|(it, ())| (it, "it leads to another URL of the registry itself, which refuses it")),
    );
    odd.sort_by_key(|(observation, _)| observation.id);
    let Some((first, reason)) = odd.first() else { return Vec::new() };
    let host = host(&odd);
    let of_registry = matches!(first.act, Act::LayerUrl(_)) || is_back_at_registry(case, first);
    let draft = Draft::error(
        if of_registry { Stage::LayerUrl } else { Stage::LayerBytes },
        host.clone(),
        format!("{host} redirects in a way that must not be followed: {reason}"),
    )
    .proven("a registry redirects once, to an https URL on its layer store")
    .cite_samples(odd.iter().map(|(observation, _)| *observation));
    let draft = if of_registry && !first.is_elsewhere() { draft.fix(redirect_of(case, first)) } else { draft };
    vec![draft.fix(Fix::advice(format!(
        "find the mirror or proxy that answers in the place of {host}, and correct its external URL or take it out of the path"
    )))]
}

/// How to see where the registry sends clients for a blob. The password goes to no host but a registry of ECR's.
fn redirect_of(case: &Case<'_>, observation: &Observation) -> Fix {
    let does = "see where it leads, without the query, which is a credential";
    let registry = observation.target.as_ref().and_then(|it| Some((it, commands::password_of(&it.host)?)));
    let Some((target, login)) = registry else { return Fix::advice(does) };
    let [_, repository] = one_repository(case);
    let digest = digest_of(observation);
    let url = Word::from(format!("https://{target}/v2/")).then(repository).then("/blobs/").then(digest);
    Fix::run(
        does,
        &Command::of("curl -s -o /dev/null -w %{redirect_url}")
            .option("-u", login)
            .operand(url)
            .pipe(Command::of("cut -d").word("?").words("-f1")),
    )
}
