//! The sentences about what IAM denies.

use super::denied::Denied;
use super::words::list;
use super::{Asked, Configuration, Request};
use crate::aws::ECS_TASKS;
use crate::model::outcome::PolicyLayer;
use crate::policy::{By, Failed, Matched};

/// The thing to change: an ARN, or an id.
pub fn resource(configuration: &Configuration<'_>, layer: PolicyLayer, asked: &Asked) -> String {
    let role = || configuration.placement.execution_role_arn.clone().unwrap_or_default();
    let boundary = || configuration.account.role(&role()).known().and_then(|role| role.boundary_arn.clone());
    match layer {
        PolicyLayer::VpcEndpoint => asked.endpoint.clone().unwrap_or_default(),
        PolicyLayer::Resource | PolicyLayer::RoleTrust => asked.resource.clone(),
        PolicyLayer::PermissionsBoundary => boundary().unwrap_or_else(role),
        _ => role(),
    }
}

/// The denial in one sentence.
pub fn summary(configuration: &Configuration<'_>, denied: &Denied<'_>) -> String {
    let Denied { code, layer, asked } = denied;
    let first = asked[0];
    let what = resource(configuration, layer.layer, first);
    let mut actions: Vec<&str> = Vec::new();
    for it in asked {
        if !actions.contains(&it.request.action()) {
            actions.push(it.request.action());
        }
    }
    let actions = list(actions);
    if first.request == Request::Assume {
        return format!("ECS cannot assume {what}: its trust policy does not allow it to {ECS_TASKS}");
    }
    let on = match (first.request, layer.layer) {
        (Request::Token, _) | (_, PolicyLayer::Resource) => String::new(),
        _ => format!(" on {}", first.resource),
    };
    let role = configuration.placement.execution_role_arn.as_deref().unwrap_or("the role");
    match (layer.layer, layer.explicit) {
        (PolicyLayer::VpcEndpoint, true) => format!("the policy of {what} explicitly denies {actions}{on}"),
        (PolicyLayer::VpcEndpoint, false) if layer.only_denies => {
            format!("the policy of {what} has Deny statements and no Allow, so it denies {actions} (implicit deny)")
        }
        (PolicyLayer::VpcEndpoint, false) => {
            format!("the policy of {what} does not allow {actions}{on} (implicit deny)")
        }
        (PolicyLayer::Resource, true) => format!("the policy of {what} explicitly denies {actions} to {role}"),
        (PolicyLayer::Resource, false) => {
            format!(
                "the policy of {what}, which is another account's, does not allow {actions} to {role} (implicit deny)"
            )
        }
        (PolicyLayer::PermissionsBoundary, true) => {
            format!("the permissions boundary {what} explicitly denies {actions} to {role}")
        }
        (PolicyLayer::PermissionsBoundary, false) => {
            format!("the permissions boundary {what} does not allow {actions} to {role} (implicit deny)")
        }
        (PolicyLayer::Identity, true) => format!("a policy of {role} explicitly denies {actions}{on}"),
        (PolicyLayer::Identity, false) if *code == "IAM-07" => {
            let task_role = configuration.placement.task_role_arn.as_deref().unwrap_or("the task role");
            format!("{task_role} may pull, and {role}, which pulls, may not: no policy of it allows {actions}")
        }
        (PolicyLayer::Identity, false) => format!("no policy of {role} allows {actions}{on} (implicit deny)"),
        (other, true) => format!("a {} explicitly denies {actions} to {role}", other.title()),
        (other, false) => format!("no {} allows {actions} to {role} (implicit deny)", other.title()),
    }
}

/// Why: the statement that decides, or the one that comes nearest.
pub fn reason(denied: &Denied<'_>) -> String {
    let layer = denied.layer;
    let asked = denied.asked[0];
    let signer = if asked.request == Request::Layer {
        "; the URL of a layer is signed by a role of ECR's own, in an account of AWS's"
    } else {
        ""
    };
    if let Some(by) = layer.by.as_ref().filter(|_| layer.explicit) {
        let conditions: Vec<String> = layer.matched.iter().map(condition).collect();
        let when = if conditions.is_empty() {
            String::new()
        } else {
            format!(", whose condition holds: {}", list(conditions))
        };
        return format!("{} denies it{when}{signer}", statement(by));
    }
    match &layer.nearest {
        None if layer.empty => "it has no policy at all".to_owned(),
        None => format!("no statement allows it{signer}"),
        Some(nearest) => {
            let by = statement(&nearest.by);
            match &nearest.failed {
                Failed::Action => format!("no statement allows the action{signer}"),
                Failed::Resource => format!("{by} allows the action, and not on this resource{signer}"),
                Failed::Principal => format!("{by} allows it to other principals only{signer}"),
                Failed::Condition(matched) => {
                    format!("{by} would allow it, but its condition does not hold: {}{signer}", condition(matched))
                }
            }
        }
    }
}

/// `statement 2 (Sid "Pull") of POLICY`.
fn statement(by: &By) -> String {
    let sid = by.sid.as_ref().map(|sid| format!(" (Sid {sid})")).unwrap_or_default();
    format!("statement {}{sid} of {}", by.statement + 1, by.policy)
}

fn condition(matched: &Matched) -> String {
    let values: Vec<&str> = matched.wanted.iter().take(3).map(String::as_str).collect();
    let more = if matched.wanted.len() > 3 { ", …" } else { "" };
    format!("{} {} {}{more}", matched.operator, matched.key, values.join(", "))
}
