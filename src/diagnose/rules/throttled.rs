//! Too many requests: THR-01 at the API, THR-02 at the registry, THR-03 at the layer store.

use super::registry::{is_html, is_made_up_for, rejection, stage_of};
use super::words;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{LayerBytesOutcome, Rejection};
use crate::model::{Act, Code, Fix, Observation, Role};

pub static THR_01: Rule = Rule {
    code: Code("THR-01"),
    name: "token-api-throttled",
    page: include_str!("../../../docs/codes/THR-01.md"),
    need: Need::TokenReply,
    judge: |case| throttled(case, &at_api(case)),
};

pub static THR_02: Rule = Rule {
    code: Code("THR-02"),
    name: "registry-throttled",
    page: include_str!("../../../docs/codes/THR-02.md"),
    need: Need::RegistryReply,
    judge: |case| {
        [Role::EcrDkr, Role::Registry].into_iter().flat_map(|role| throttled(case, &at_registry(case, role))).collect()
    },
};

pub static THR_03: Rule = Rule {
    code: Code("THR-03"),
    name: "layer-store-throttled",
    page: include_str!("../../../docs/codes/THR-03.md"),
    need: Need::LayerReply,
    judge: |case| throttled(case, &at_store(case)),
};

/// S3 throttles with 503 and not with 429 (S3 User Guide, "Error responses").
pub(super) fn is_slow_down(rejection: &Rejection) -> bool {
    matches!(rejection.code.as_deref(), Some("SlowDown" | "ServiceUnavailable" | "RequestLimitExceeded"))
        || rejection.status == 429
}

/// How the API (`ThrottlingException`, `LimitExceededException`) and the registry (`TOOMANYREQUESTS`) put it.
pub(super) fn is_throttle(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let named = ["TOOMANYREQUESTS", "TooManyRequestsException", "RequestLimitExceeded", "LimitExceededException"];
    // A proxy's page of that status is the proxy's own.
    !is_html(rejection) && (rejection.status == 429 || code.contains("Throttling") || named.contains(&code))
}

type Found<'e> = Vec<(&'e Observation, &'e Rejection)>;

fn at_api<'e>(case: &Case<'e>) -> Found<'e> {
    case.acts(|act| match act {
        Act::Token(_) => rejection(act).filter(|it| is_throttle(it)),
        _ => None,
    })
}

fn at_registry<'e>(case: &Case<'e>, role: Role) -> Found<'e> {
    let mut found = case.acts(|act| match act {
        Act::Token(_) => None,
        other => rejection(other).filter(|it| is_throttle(it)),
    });
    found.retain(|(it, _)| it.target.as_ref().is_some_and(|target| target.role == role));
    found
}

fn at_store<'e>(case: &Case<'e>) -> Found<'e> {
    case.acts(|act| match act {
        Act::LayerBytes(LayerBytesOutcome::Rejected(it)) if is_slow_down(it) && !is_html(it) => Some(it),
        _ => None,
    })
}

fn throttled(case: &Case<'_>, found: &[(&Observation, &Rejection)]) -> Vec<Draft> {
    let Some((observation, first)) = found.first() else { return Vec::new() };
    let targets: Vec<_> = found.iter().filter_map(|(it, _)| it.target.as_ref()).collect();
    let host = words::list(targets.iter().map(ToString::to_string));
    let said = first.code.as_deref().unwrap_or("too many requests");
    let how = format!("HTTP {} {said}", first.status);
    let stage = stage_of(&observation.act);
    // Runtimes try again after a throttle; what was given beside it shows that this would do.
    let passed = found.iter().all(|(it, _)| is_made_up_for(case, it));
    let draft = match passed {
        true => {
            let count = found.len();
            let requests = words::verb(count, "request", "requests");
            Draft::warning(
                stage,
                host.clone(),
                format!("{host} throttles: {how} to {count} {requests} while others pass"),
            )
            .proven("it says so; a runtime tries again, so that a pull takes longer and only fails when this goes on")
        }
        false => Draft::error(stage, host.clone(), format!("{host} throttles: {how}"))
            .proven("it answered, and said that there are too many requests"),
    };
    let draft = draft.cite_samples(found.iter().map(|(observation, _)| *observation));
    vec![match targets.first().map(|target| target.role) {
        Some(Role::Registry) => draft
            .or(match targets.iter().any(|target| ["public.ecr.aws", "ecr-public.aws.com"].contains(&target.host.as_str())) {
                true => &["PUB-02"],
                false if targets.iter().any(|target| target.host.ends_with("docker.io")) => &["HUB-01"],
                false => &[],
            })
            .fix(Fix::advice("pull with credentials: the limit for anonymous pulls counts by address, and everybody behind a NAT gateway shares one"))
            .fix(Fix::advice("or keep a copy in private ECR, by a pull-through cache rule or by pushing it there")),
        role => {
            let draft = draft.fix(Fix::advice(
                "wait a minute and check again; then spread task starts over time: fewer at once, jitter in schedules, a slower deployment",
            ));
            match role {
                Some(Role::S3) => draft,
                _ => draft.fix(Fix::ready(
                    "see the account's quotas for ECR, and ask for more where the rate is meant to be that high",
                    format!("aws service-quotas list-service-quotas --region {} --service-code ecr --query 'Quotas[].[QuotaName,Value]' --output table", case.region()),
                )),
            }
        }
    }]
}
