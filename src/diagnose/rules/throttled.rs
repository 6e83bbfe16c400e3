//! Too many requests: THR-01 at the API, THR-02 at the registry, THR-03 at the layer store.

use super::registry::rejection;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{LayerBytesOutcome, Rejection};
use crate::model::{Act, Code, Fix, Observation, Stage};

pub static THR_01: Rule = Rule {
    code: Code("THR-01"),
    name: "token-api-throttled",
    page: include_str!("../../../docs/codes/THR-01.md"),
    need: Need::TokenReply,
    judge: |case| throttled(case, "the ECR API", Stage::AuthToken, at_api(case)),
};

pub static THR_02: Rule = Rule {
    code: Code("THR-02"),
    name: "registry-throttled",
    page: include_str!("../../../docs/codes/THR-02.md"),
    need: Need::RegistryReply,
    judge: |case| throttled(case, "the registry", Stage::Manifest, at_registry(case)),
};

pub static THR_03: Rule = Rule {
    code: Code("THR-03"),
    name: "layer-store-throttled",
    page: include_str!("../../../docs/codes/THR-03.md"),
    need: Need::LayerReply,
    judge: |case| throttled(case, "the layer store", Stage::LayerBytes, at_store(case)),
};

/// S3 throttles with 503 and not with 429 (S3 User Guide, "Error responses").
pub(super) fn is_slow_down(rejection: &Rejection) -> bool {
    matches!(rejection.code.as_deref(), Some("SlowDown" | "ServiceUnavailable" | "RequestLimitExceeded"))
        || rejection.status == 429
}

fn is_throttle(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    rejection.status == 429 || code.contains("Throttling") || code == "TOOMANYREQUESTS"
}

fn at_api<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e Rejection)> {
    case.acts(|act| match act {
        Act::Token(_) => rejection(act).filter(|it| is_throttle(it)),
        _ => None,
    })
}

fn at_registry<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e Rejection)> {
    case.acts(|act| match act {
        Act::Token(_) => None,
        other => rejection(other).filter(|it| is_throttle(it)),
    })
}

fn at_store<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e Rejection)> {
    case.acts(|act| match act {
        Act::LayerBytes(LayerBytesOutcome::Rejected(it)) if is_slow_down(it) => Some(it),
        _ => None,
    })
}

fn throttled(case: &Case<'_>, who: &str, stage: Stage, found: Vec<(&Observation, &Rejection)>) -> Vec<Draft> {
    let Some((observation, first)) = found.first() else { return Vec::new() };
    let host = observation.target.as_ref().map_or_else(|| who.to_owned(), ToString::to_string);
    let said = first.code.as_deref().unwrap_or("too many requests");
    let draft = Draft::error(stage, host, format!("{who} throttles: HTTP {} {said}", first.status))
        .proven("it answered, and said that there are too many requests")
        .cite(found.iter().map(|(observation, _)| *observation))
        .fix(Fix::advice(
            "spread task starts over time: fewer tasks at once, jitter in schedules, a slower deployment",
        ));
    vec![match stage {
        Stage::LayerBytes => draft,
        _ => draft.fix(Fix::ready(
            "see the account's quotas for ECR, and ask for more where that is the cause",
            format!("aws service-quotas list-service-quotas --region {} --service-code ecr --query 'Quotas[].[QuotaName,Value]' --output table", case.region()),
        )),
    }]
}
