//! Too many requests: THR-01 at the API, THR-02 at the registry, THR-03 at the layer store; PUB-02 at
//! public ECR, HUB-01 at Docker Hub.

use super::other_registry::{is_docker_hub, is_public_ecr};
use super::{commands, words};
use serde::Serialize;

use crate::diagnose::answers::{is_html, is_made_up_for, is_slow_down, is_throttle, rejection, stage_of};
use crate::diagnose::{Case, Draft, Need, addresses};
use crate::model::outcome::{LayerBytesOutcome, Rejection};
use crate::model::{Act, Blank, Command, Fix, Observation, Role, Word};

rule!(THR_01, "THR-01", "token-api-throttled", Need::TokenReply, |case| throttled(case, &at_api(case)));
rule!(THR_02, "THR-02", "registry-throttled", Need::RegistryReply, |case| {
    let others = |host: &str| !is_public_ecr(host) && !is_docker_hub(host);
    let ecr = throttled(case, &at_registry(case, Role::EcrDkr, |_| true));
    ecr.into_iter().chain(throttled(case, &at_registry(case, Role::Registry, others))).collect()
});

rule!(THR_03, "THR-03", "layer-store-throttled", Need::LayerReply, |case| throttled(case, &at_store(case)));
rule!(PUB_02, "PUB-02", "public-ecr-throttled", Need::RegistryReply, |case| throttled(
    case,
    &at_registry(case, Role::Registry, is_public_ecr)
));

rule!(HUB_01, "HUB-01", "docker-hub-throttled", Need::RegistryReply, |case| throttled(
    case,
    &at_registry(case, Role::Registry, is_docker_hub)
));

type Found<'e> = Vec<(&'e Observation, &'e Rejection)>;

fn at_api<'e>(case: &Case<'e>) -> Found<'e> {
    case.acts(|act| match act {
        Act::Token(_) => rejection(act).filter(|it| is_throttle(it)),
        _ => None,
    })
}

fn at_registry<'e>(case: &Case<'e>, role: Role, is_there: impl Fn(&str) -> bool) -> Found<'e> {
    let mut found = case.acts(|act| match act {
        Act::Token(_) => None,
        other => rejection(other).filter(|it| is_throttle(it)),
    });
    found.retain(|(it, _)| it.target.as_ref().is_some_and(|target| target.role == role && is_there(&target.host)));
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
    let draft = if passed {
        let count = found.len();
        let requests = words::verb(count, "request", "requests");
        Draft::warning(stage, host.clone(), format!("{host} throttles: {how} to {count} {requests} while others pass"))
            .proven("it says so; a runtime tries again, so that a pull takes longer and only fails when this goes on")
    } else {
        Draft::error(stage, host.clone(), format!("{host} throttles: {how}"))
            .proven("it answered, and said that there are too many requests")
    };
    let draft = draft.cite_samples(found.iter().map(|(observation, _)| *observation));
    vec![match targets.first() {
        Some(target) if target.role == Role::Registry => elsewhere(case, draft, &target.host),
        target => {
            let draft = draft.fix(Fix::advice(
                "wait a minute and check again; then spread task starts over time: fewer at once, jitter in schedules, a slower deployment",
            ));
            match target.map(|target| target.role) {
                Some(Role::S3 | Role::Cdn) => draft,
                _ => draft.fix(Fix::run(
                    "see the account's quotas for ECR, and ask for more where the rate is meant to be that high",
                    &Command::of("aws service-quotas list-service-quotas")
                        .region(addresses::region_for(case, observation))
                        .words("--service-code ecr")
                        .query("Quotas[].[QuotaName,Value]")
                        .table(),
                )),
            }
        }
    }]
}

/// What a pull-through cache rule's secret holds (ECR User Guide, "Storing your upstream repository credentials").
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    username: &'static str,
    access_token: &'static str,
}

/// What helps where ECR's quotas have no say.
fn elsewhere(case: &Case<'_>, draft: Draft, host: &str) -> Draft {
    let region = addresses::own_region(case);
    if is_public_ecr(host) {
        return draft
            .fix(Fix::run(
                "let ECR fetch and keep it: a pull-through cache rule, whose first pull of an image needs a way out once",
                &commands::create_public_ecr_rule(region),
            ))
            .fix(Fix::run(
                "where a client of your own pulls, log in: public ECR allows more requests after a login; a task cannot log in",
                &Command::of("aws ecr-public get-login-password --region us-east-1").pipe(commands::login("public.ecr.aws")),
            ));
    }
    if is_docker_hub(host) {
        let account = Account { username: Blank::USER_NAME.name(), access_token: Blank::ACCESS_TOKEN.name() };
        return draft
            .fix(Fix::run(
                "keep a user name and an access token of Docker Hub in a secret",
                &Command::of("aws secretsmanager create-secret")
                    .region(region)
                    .words("--name ecr-pullthroughcache/docker-hub")
                    .option("--secret-string", Word::json(&account, &[Blank::USER_NAME, Blank::ACCESS_TOKEN])),
            ))
            .fix(Fix::run(
                "let ECR fetch and keep the images with it, by a pull-through cache rule",
                &commands::create_docker_hub_rule(region),
            ))
            .fix(Fix::advice("or name a secret with the user name and the token in repositoryCredentials of the container definition: the limit then counts by user and not by address"));
    }
    draft
        .fix(Fix::advice("pull with credentials: the limit for anonymous pulls counts by address, and everybody behind a NAT gateway shares one"))
        .fix(Fix::advice("or keep a copy in private ECR, by a pull-through cache rule or by pushing it there"))
}
