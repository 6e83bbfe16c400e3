//! Proxies: set where the pull does not see them (PRX-01), or answering in AWS's place (PRX-02).

use super::registry::rejection;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{EnvironmentOutcome, LayerBytesOutcome};
use crate::model::{Act, Code, Fix, Stage};

pub static PRX_01: Rule = Rule {
    code: Code("PRX-01"),
    name: "proxy-not-used-by-pull",
    page: include_str!("../../../docs/codes/PRX-01.md"),
    need: Need::Nothing,
    judge: variables,
};

pub static PRX_02: Rule = Rule {
    code: Code("PRX-02"),
    name: "html-in-place-of-registry",
    page: include_str!("../../../docs/codes/PRX-02.md"),
    need: Need::RegistryReply,
    judge: html,
};

fn variables(case: &Case<'_>) -> Vec<Draft> {
    let found = case.evidence.iter().find_map(|it| match &it.act {
        Act::Environment(EnvironmentOutcome::ProxyVariables { names }) => Some((it, names.join(", "))),
        _ => None,
    });
    let Some((observation, names)) = found else { return Vec::new() };
    let blocked = case.hosts.iter().any(|host| host.role().is_aws() && !host.contacts.is_empty() && !host.connected());
    let fixes = |draft: Draft| {
        draft.cite([observation]).fix(Fix::advice(
            "on Fargate use VPC endpoints or a NAT gateway; on EC2 and external hosts set the proxy for the ECS agent and the container runtime themselves, with NO_PROXY for 169.254.169.254 and 169.254.170.2",
        ))
    };
    let summary =
        format!("{names} is set here; whatever pulls the image does not see it, so the probe went directly too");
    vec![match blocked {
        false => fixes(Draft::info(Stage::Route, names, summary).proven("the direct path works without the proxy")),
        true => fixes(Draft::warning(Stage::Route, names, summary).likely(
            "the direct path does not work: if applications do, it is through the proxy, and the pull does not have it",
        )),
    }]
}

fn html(case: &Case<'_>) -> Vec<Draft> {
    let pages = case.acts(|act| {
        let rejection = match act {
            Act::LayerBytes(LayerBytesOutcome::Rejected(it)) => Some(it),
            other => rejection(other),
        };
        // A 5xx page may be the service's own load balancer: ECR-02 speaks of those.
        rejection.filter(|it| it.content_type.as_deref() == Some("text/html") && it.status < 500)
    });
    let Some((observation, first)) = pages.first() else { return Vec::new() };
    let host = observation.target.as_ref().map_or_else(|| "the registry".to_owned(), ToString::to_string);
    let title = first.message.as_deref().map(|title| format!(", \"{title}\"")).unwrap_or_default();
    let by = first.server.as_deref().map(|server| format!(" from {server}")).unwrap_or_default();
    vec![
        Draft::error(
            Stage::RegistryAuth,
            host.clone(),
            format!("a web page{by} comes in place of {host}: HTTP {}{title}", first.status),
        )
        .likely("AWS's services answer JSON or XML; a captive portal, an authenticating proxy or a mirror answers HTML")
        .cite(pages.iter().map(|(observation, _)| *observation))
        .fix(Fix::advice(
            "take the proxy out of the path to ECR and S3, or let these names pass it without authentication",
        )),
    ]
}
