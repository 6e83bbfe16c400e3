//! The registry and the API: errors of their own (ECR-02), no answer (ECR-03).

use super::{image_failure, words};
use crate::diagnose::answers::{has_answered, is_html, is_made_up_for, is_throttle, rejection, stage_of};
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::NoAnswer;
use crate::model::{Act, Fix, Observation};

rule!(ECR_02, "ECR-02", "registry-5xx", Need::RegistryReply, server_error);
rule!(ECR_03, "ECR-03", "no-http-answer", Need::Handshakes, no_answer);

fn hosts<T>(found: &[(&Observation, T)]) -> String {
    words::list(found.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string))
}

fn server_error(case: &Case<'_>) -> Vec<Draft> {
    let mut errors = case.acts(|act| rejection(act).filter(|it| it.status >= 500 && !is_throttle(it)));
    errors.retain(|(observation, _)| !image_failure::is_named_by_api(case, observation));
    let Some((observation, first)) = errors.first() else { return Vec::new() };
    let host = hosts(&errors);
    let id = first.request_id.as_deref().map(|id| format!(" (request id {id})")).unwrap_or_default();
    let stage = stage_of(&observation.act);
    // Only what no layer and no manifest depends on: a runtime does not wait for the base endpoint.
    let passed = errors
        .iter()
        .all(|(it, _)| matches!(it.act, Act::RegistryPing(_) | Act::RegistryAuth(_)) && is_made_up_for(case, it));
    let draft = if passed {
        Draft::warning(
            stage,
            host.clone(),
            format!("{host} answered HTTP {}{id} at first, and the manifest after that", first.status),
        )
    } else {
        Draft::error(stage, host.clone(), format!("{host} answers HTTP {}{id}", first.status))
    };
    let draft = draft.cite_samples(errors.iter().map(|(observation, _)| *observation));
    let aws = observation.target.as_ref().is_some_and(|target| target.role.is_aws());
    let name = if first.request_id.is_some() { "the request id" } else { "the host and the time" };
    let wait = if aws {
        format!(
            "wait and check again; if it stays, look at the AWS Health Dashboard for ECR in this Region, and give AWS Support {name}"
        )
    } else {
        "wait and check again; if it stays, look at the status page of that registry".to_owned()
    };
    let by_api = case.evidence.iter().any(|it| matches!(&it.act, Act::ApiManifest(outcome) if !outcome.is_symptom()));
    let draft = if is_html(first) {
        let by = first.server.as_deref().map(|server| format!(" ({server})")).unwrap_or_default();
        draft
            .likely(format!(
                "the answer is a web page{by}, and a registry answers JSON: something in between may have made it"
            ))
            .or(&["PRX-02"])
            .fix(Fix::advice("if a proxy or a gateway stands in between, look at its log first"))
    } else if by_api {
        draft.likely(
            "the network, TLS and the request are good, and the registry itself fails: ECR's API gives the same image",
        )
    } else {
        draft.likely("the network, TLS and the request are good, and the service itself fails")
    };
    vec![draft.fix(Fix::advice(wait))]
}

fn no_answer(case: &Case<'_>) -> Vec<Draft> {
    let silent = case.acts(|act| {
        act.no_answer().filter(|why| {
            matches!(why, NoAnswer::TimedOut | NoAnswer::Reset | NoAnswer::Closed | NoAnswer::Malformed { .. })
        })
    });
    let Some((observation, why)) = silent.first() else { return Vec::new() };
    let host = hosts(&silent);
    let how = match why {
        NoAnswer::TimedOut => {
            let timed_out = silent.iter().filter(|(_, why)| **why == NoAnswer::TimedOut);
            let longest_ms = timed_out.map(|(it, _)| it.took_ms).fold(0.0, f64::max);
            format!("takes the request and sends no answer within {}", words::seconds(longest_ms))
        }
        NoAnswer::Reset => "resets the connection in place of an answer".to_owned(),
        NoAnswer::Malformed { .. } => "answers with something that is not HTTP".to_owned(),
        _ => "closes the connection in place of an answer".to_owned(),
    };
    let small_ones_pass = case.evidence.iter().any(|it| it.target == observation.target && has_answered(&it.act));
    let reason = match (why, small_ones_pass) {
        (NoAnswer::Malformed { .. }, _) => {
            "the handshake passed, so what answers holds the certificate and serves something else there"
        }
        (NoAnswer::TimedOut, true) => {
            "other answers of the same host arrive: large packets are lost on the way, or an appliance swallows this one"
        }
        (NoAnswer::TimedOut, false) => {
            "the handshake passed on the same path: an appliance swallows what follows, or large packets are lost"
        }
        _ => "the handshake passed on the same path, and what follows is ended by an appliance or an overloaded proxy",
    };
    let alternatives: &[&str] = match why {
        NoAnswer::Malformed { .. } => &["CFG-03", "PRX-02"],
        NoAnswer::TimedOut => &["MTU-01"],
        _ => &["PRX-02"],
    };
    let stage = stage_of(&observation.act);
    // Only what no layer and no manifest depends on: a runtime does not wait for the base endpoint.
    let passed = silent
        .iter()
        .all(|(it, _)| matches!(it.act, Act::RegistryPing(_) | Act::RegistryAuth(_)) && is_made_up_for(case, it));
    let draft = if passed {
        Draft::warning(stage, host.clone(), format!("{host} {how} at first, and gives the manifest after that"))
    } else {
        Draft::error(stage, host.clone(), format!("{host} {how}, although TCP and TLS are up"))
    };
    let draft = draft.likely(reason).cite_samples(silent.iter().map(|(observation, _)| *observation)).or(alternatives);
    let appliance = Fix::advice(
        "look for a proxy, firewall or NAT on the path that limits idle time, size or rate, and at its log",
    );
    vec![match why {
        NoAnswer::Malformed { .. } => draft.fix(Fix::advice(
            "find the mirror or proxy that answers in the host's place, and correct the record, the port or its backend",
        )),
        NoAnswer::TimedOut => draft.fix(appliance).fix(Fix::advice(
            "look for a place where large packets are lost (MTU-01): clamp the MSS on the transit gateway, VPN or appliance, or let ICMP type 3 code 4 through",
        )),
        _ => draft.fix(appliance),
    }]
}
