//! The registry and the API: errors of their own (ECR-02), no answer (ECR-03), a token that is
//! not taken (TOK-02).

use super::words;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{
    LayerBytesOutcome, LayerStoreOutcome, LayerUrlOutcome, ManifestOutcome, NoAnswer, RegistryOutcome, Rejection,
    TokenOutcome,
};
use crate::model::{Act, Code, Fix, Observation, Role, Stage};

pub static ECR_02: Rule = Rule {
    code: Code("ECR-02"),
    name: "registry-5xx",
    page: include_str!("../../../docs/codes/ECR-02.md"),
    need: Need::RegistryReply,
    judge: server_error,
};

pub static ECR_03: Rule = Rule {
    code: Code("ECR-03"),
    name: "no-http-answer",
    page: include_str!("../../../docs/codes/ECR-03.md"),
    need: Need::Handshakes,
    judge: no_answer,
};

pub static TOK_02: Rule = Rule {
    code: Code("TOK-02"),
    name: "token-refused-by-registry",
    page: include_str!("../../../docs/codes/TOK-02.md"),
    need: Need::RegistryReply,
    judge: token_refused,
};

/// What the registry or the API turned down.
pub(super) fn rejection(act: &Act) -> Option<&Rejection> {
    match act {
        Act::Token(TokenOutcome::Rejected(it))
        | Act::RegistryPing(RegistryOutcome::Rejected(it))
        | Act::RegistryAuth(RegistryOutcome::Rejected(it))
        | Act::Manifest(ManifestOutcome::Rejected(it))
        | Act::LayerUrl(LayerUrlOutcome::Rejected(it)) => Some(it),
        _ => None,
    }
}

fn stage_of(act: &Act) -> Stage {
    match act {
        Act::Token(_) => Stage::AuthToken,
        Act::RegistryPing(_) | Act::RegistryAuth(_) => Stage::RegistryAuth,
        Act::Manifest(_) => Stage::Manifest,
        Act::LayerUrl(_) => Stage::LayerUrl,
        _ => Stage::LayerBytes,
    }
}

fn hosts<T>(found: &[(&Observation, T)]) -> String {
    words::list(found.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string))
}

fn server_error(case: &Case<'_>) -> Vec<Draft> {
    let errors = case.acts(|act| rejection(act).filter(|it| it.status >= 500));
    let Some((observation, first)) = errors.first() else { return Vec::new() };
    let host = hosts(&errors);
    let id = first.request_id.as_deref().map(|id| format!(" (request id {id})")).unwrap_or_default();
    let html = first.content_type.as_deref() == Some("text/html");
    let draft = Draft::error(stage_of(&observation.act), host.clone(), format!("{host} answers HTTP {}{id}", first.status))
        .cite(errors.iter().map(|(observation, _)| *observation))
        .fix(Fix::advice("wait and check again; look at the AWS Health Dashboard for ECR in this Region, and give AWS Support the request id"));
    vec![match html {
        true => draft
            .likely("the answer is an HTML page, which ECR never sends: something in between may have made it")
            .or(&["PRX-02"])
            .fix(Fix::advice("if a proxy or gateway stands in between, look at its log")),
        false => draft.likely("the network, TLS and the request are good, and the service itself fails"),
    }]
}

fn no_answer(case: &Case<'_>) -> Vec<Draft> {
    let silent = case.acts(|act| match act {
        Act::Token(TokenOutcome::NoAnswer(why))
        | Act::RegistryPing(RegistryOutcome::NoAnswer(why))
        | Act::RegistryAuth(RegistryOutcome::NoAnswer(why))
        | Act::Manifest(ManifestOutcome::NoAnswer(why))
        | Act::LayerUrl(LayerUrlOutcome::NoAnswer(why))
        | Act::LayerStore(LayerStoreOutcome::NoAnswer(why))
        | Act::LayerBytes(LayerBytesOutcome::NoAnswer(why)) => {
            matches!(why, NoAnswer::TimedOut | NoAnswer::Reset | NoAnswer::Closed).then_some(why)
        }
        Act::LayerBytes(LayerBytesOutcome::Broken { cause, .. }) => {
            matches!(cause, NoAnswer::TimedOut | NoAnswer::Reset).then_some(cause)
        }
        _ => None,
    });
    let Some((observation, why)) = silent.first() else { return Vec::new() };
    let host = hosts(&silent);
    let part_way = matches!(observation.act, Act::LayerBytes(LayerBytesOutcome::Broken { .. }));
    let how = match (why, part_way) {
        (NoAnswer::TimedOut, true) => "stops sending part-way",
        (_, true) => "is cut off part-way",
        (NoAnswer::TimedOut, false) => "takes the request and never answers",
        (NoAnswer::Reset, false) => "resets the connection in place of an answer",
        (_, false) => "closes the connection in place of an answer",
    };
    vec![
        Draft::error(stage_of(&observation.act), host.clone(), format!("{host} {how}, although TCP and TLS are up"))
            .likely("the handshake passed on the same path, so an appliance swallows what follows, or only large packets are lost")
            .cite(silent.iter().map(|(observation, _)| *observation))
            .or(&["MTU-01", "LYR-04"])
            .fix(Fix::advice("look for a proxy, firewall or NAT on the path that limits idle time, size or rate"))
            .fix(Fix::advice("compare the path's MTU: let ICMP type 3 code 4 pass, or clamp the MSS on the appliance")),
    ]
}

fn token_refused(case: &Case<'_>) -> Vec<Draft> {
    let refused: Vec<_> = case
        .evidence
        .iter()
        .filter(|it| it.target.as_ref().is_some_and(|target| target.role == Role::EcrDkr))
        .filter(|it| match &it.act {
            Act::RegistryAuth(RegistryOutcome::Challenged { .. }) => true,
            Act::RegistryAuth(RegistryOutcome::Rejected(why)) | Act::Manifest(ManifestOutcome::Rejected(why)) => {
                let expired = why.message.as_deref().is_some_and(|message| message.contains("token has expired"));
                why.status == 401 || expired || why.status == 400 && why.denial.is_none() && why.code.is_none()
            }
            _ => false,
        })
        .collect();
    let Some(first) = refused.first() else { return Vec::new() };
    let host = words::list(refused.iter().filter_map(|it| it.target.as_ref()).map(ToString::to_string));
    let issued = case.evidence.iter().find(|it| matches!(it.act, Act::Token(TokenOutcome::Issued { .. })));
    vec![
        Draft::error(stage_of(&first.act), host.clone(), format!("{host} does not take the token that the API has just issued"))
            .likely("the token is fresh, so it is for another Region or partition, or something on the way strips or rewrites the header")
            .cite(issued)
            .cite(refused.iter().copied())
            .fix(Fix::advice("compare the registry that the API names with the host of the image: a token is good in its own Region only"))
            .fix(Fix::advice("look for a proxy that removes the Authorization header, and for an AWS_ENDPOINT_URL that leads to another Region")),
    ]
}
