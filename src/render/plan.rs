//! The plan as text: hosts, ports and IAM actions, before anything is sent.

use super::style::Style;
use crate::account::ACTIONS;
use crate::image::Registry;
use crate::plan::Plan;
use crate::sweep;

/// What `ecr-probe plan --audit` prints.
pub fn plan_of_an_audit() -> String {
    let mut text = String::from("IAM actions, all read-only\n");
    for (what_for, actions) in ACTIONS {
        for action in actions {
            text.push_str(&format!("  {action:<52}  {}\n", what_for.to_lowercase()));
        }
    }
    text.push_str(&format!("  {:<52}  needs no permission\n", "sts:GetCallerIdentity"));
    text
}

/// What `ecr-probe plan --sweep` prints.
pub fn plan_of_a_sweep() -> String {
    let mut text = plan_of_an_audit();
    text.push_str("IAM actions that run the probe elsewhere\n");
    for (what_for, actions) in sweep::ACTIONS {
        for action in actions {
            text.push_str(&format!("  {action:<52}  {}\n", what_for.to_lowercase()));
        }
    }
    text.push_str(&format!("  {:<52}  run-task: on both roles of the probe's task definition\n", "iam:PassRole"));
    text.push_str("note: IAM has no condition key for the subnets of ecs:RunTask: a caller who may run the task may run it in any subnet\n");
    text
}

/// What `ecr-probe plan` prints.
pub fn plan(plan: &Plan) -> String {
    let mut text = String::from("hosts\n");
    let targets = plan.targets();
    let width = targets.iter().map(|target| target.host.len()).max().unwrap_or(0);
    for target in &targets {
        let line = format!("  {:<width$}  TCP {:<5}  {}", target.host, target.port, target.role.title());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for image in &plan.images {
        if image.registry.is_none() {
            text.push_str(&format!("  nothing for {}: its host is no registry's\n", image.reference.text));
        }
        if image.reference.registry == Registry::Other {
            text.push_str(&format!(
                "  and the token service of {}, which the registry names, or none\n",
                image.reference.text
            ));
        }
        if image.registry.is_some() && image.ecr.as_ref().is_none_or(|ecr| ecr.store.is_none()) {
            text.push_str(&format!("  and the layer store of {}, which only a redirect names\n", image.reference.text));
        }
    }
    text.push_str("  and the name servers, UDP and TCP 53\n");
    if plan.images.iter().any(|image| image.ecr.is_some()) {
        text.push_str("IAM actions\n");
        text.push_str("  ecr:GetAuthorizationToken    on *\n");
        text.push_str("  ecr:BatchGetImage            on each repository (manifests)\n");
        text.push_str("  ecr:GetDownloadUrlForLayer   on each repository (layers)\n");
        text.push_str("  sts:GetCallerIdentity        needs no permission, and no check depends on it\n");
    }
    Style::Plain.finished(text)
}
