//! Proxies: set where the pull does not see them (PRX-01), or answering in AWS's place (PRX-02).

use super::words;
use crate::diagnose::answers::{is_html, is_made_up_for, stage_of};
use crate::diagnose::{Case, Draft, Host, Need};
use crate::model::outcome::{EnvironmentOutcome, Rejection};
use crate::model::{Act, Fix, Mode, Stage};

rule!(PRX_01, "PRX-01", "proxy-not-used-by-pull", Need::Nothing, variables);
rule!(PRX_02, "PRX-02", "html-in-place-of-registry", Need::RegistryReply, html);

fn variables(case: &Case<'_>) -> Vec<Draft> {
    let found = case.evidence.iter().find_map(|it| match &it.act {
        Act::Environment(EnvironmentOutcome::ProxyVariables { names }) => Some((it, names.join(", "))),
        _ => None,
    });
    let Some((observation, names)) = found else { return Vec::new() };
    // Where a proxy is the only way out, names often do not even resolve.
    let blocked: Vec<&Host<'_>> = case.hosts.iter().filter(|host| !host.works()).collect();
    let are = words::verb(names.split(", ").count(), "is", "are");
    let draft = if blocked.is_empty() {
        Draft::info(
            Stage::Route,
            names.clone(),
            format!("{names} {are} set here, and neither the probe nor what pulls the image goes through it"),
        )
        .proven("the direct path works, and it is the one that a pull takes")
    } else {
        Draft::warning(
            Stage::Route,
            names.clone(),
            format!(
                "{names} {are} set here: what works through that proxy does not work for the pull, which goes directly"
            ),
        )
        .likely(format!(
            "directly, {} cannot be reached; {}",
            words::hosts(&blocked),
            if case.vantage.mode == Mode::Lambda {
                "the function's environment is not that of whatever pulls a task's image"
            } else {
                "the container's environment is not that of whatever pulls its image"
            },
        ))
    };
    vec![draft.cite([observation]).fix(Fix::advice(
        "on Fargate give the pull a path of its own: VPC endpoints for ecr.api, ecr.dkr and S3, or a NAT gateway",
    )).fix(Fix::advice(
        "on EC2 and external hosts set the proxy for the ECS agent and for the container runtime themselves, with NO_PROXY for 169.254.169.254, 169.254.170.2 and /var/run/docker.sock",
    ))]
}

/// An answer that is no service's: a page, or a proxy's demand to log in.
fn is_proxys(rejection: &Rejection) -> bool {
    // A 5xx page may be the service's own load balancer: ECR-02 and LYR-06 speak of those.
    rejection.status == 407 || is_html(rejection) && rejection.status < 500
}

fn html(case: &Case<'_>) -> Vec<Draft> {
    let pages = case.acts(|act| act.rejection().filter(|it| is_proxys(it)));
    let Some((observation, first)) = pages.first() else { return Vec::new() };
    let hosts = words::list(pages.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string));
    let what = if is_html(first) { "a web page" } else { "a proxy's demand to log in" };
    let title = first.message.as_deref().map(|title| format!(" \"{title}\"")).unwrap_or_default();
    let by = first.server.as_deref().map(|server| format!(" from {server}")).unwrap_or_default();
    let (stage, status) = (stage_of(&observation.act), first.status);
    // Only what no layer and no manifest depends on: a runtime does not wait for the base endpoint.
    let passed = pages
        .iter()
        .all(|(it, _)| matches!(it.act, Act::RegistryPing(_) | Act::RegistryAuth(_)) && is_made_up_for(case, it));
    let draft = if passed {
        Draft::warning(
            stage,
            hosts.clone(),
            format!("{what}{by} comes in place of {hosts} at first, and the manifest after that: HTTP {status}{title}"),
        )
    } else {
        Draft::error(stage, hosts.clone(), format!("{what}{by} comes in place of {hosts}: HTTP {status}{title}"))
    };
    let draft = draft.cite_samples(pages.iter().map(|(observation, _)| *observation)).or(&["CFG-05"]);
    if pages.iter().all(|(it, _)| it.is_elsewhere()) {
        return vec![
            draft
                .likely(
                    "a registry answers in JSON; an authenticating proxy, a captive portal or a mirror answers in HTML",
                )
                .fix(Fix::advice(
                    "let that name pass the proxy without authentication and TLS interception, or take it out of its path",
                ))
                .fix(Fix::advice(
                    "or keep a copy of the image in private ECR, to which VPC endpoints lead past the proxy",
                )),
        ];
    }
    vec![
        draft
            .likely("AWS's services answer in JSON or XML; an authenticating proxy, a captive portal or a mirror answers in HTML")
            .fix(Fix::advice(
                "let the ECR and S3 names pass the proxy without authentication and TLS interception, or take it out of their path",
            ))
            .fix(Fix::advice("on Fargate lead the pull past it: VPC endpoints for ecr.api, ecr.dkr and S3")),
    ]
}
