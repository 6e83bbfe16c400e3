//! What the start needs beside the images: the role itself, log groups, secrets and parameters.

use super::{Configuration, secret};
use crate::account::{LogTarget, Seen};
use crate::diagnose::{Draft, Rule, rules};
use crate::model::{Fix, LaunchType, Role, Stage};
use crate::repair::Repair;

/// A finding for each thing that is not there.
pub fn drafts(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let mut found: Vec<(&'static str, Draft)> = Vec::new();
    found.extend(role(configuration));
    if let Some((_, definition)) = configuration.account.judged_definition(&configuration.aim) {
        for container in &definition.containers {
            found.extend(
                LogTarget::of(container, &configuration.aim.region).and_then(|it| log_group(configuration, &it)),
            );
            for named in &container.secrets {
                found.extend(secret::draft(configuration, &named.value_from, &container.name, "INIT-04"));
            }
            if let Some(login) = &container.repository_credentials {
                found.extend(secret::draft(configuration, login, &container.name, "IAM-12"));
            }
        }
    }
    let mut drafts: Vec<(&'static Rule, Draft)> = Vec::new();
    for (code, draft) in found {
        let is_new = !drafts.iter().any(|(rule, known)| rule.code.id() == code && known.subject == draft.subject);
        drafts.extend(rules::of(code).filter(|_| is_new).map(|rule| (rule, draft)));
    }
    drafts
}

fn role(configuration: &Configuration<'_>) -> Option<(&'static str, Draft)> {
    let images = configuration.account.image_texts(&configuration.aim);
    let Some(arn) = &configuration.placement.execution_role_arn else {
        let (observation, definition) = configuration.account.judged_definition(&configuration.aim)?;
        let needs_one = configuration.placement.launch_type == Some(LaunchType::Fargate)
            && !configuration.account.ecr_images(&configuration.aim).is_empty();
        if !needs_one {
            return None;
        }
        let code = if configuration.task_role_would_do() { "IAM-07" } else { "IAM-01" };
        let draft = Draft::error(
            Stage::AuthToken,
            definition.arn.clone(),
            "the task definition has no execution role: nobody asks ECR for a token",
        )
        .proven("on Fargate the execution role pulls from ECR, and the task role never does")
        .cite([observation])
        .fix(Fix::advice(
            "name an execution role with AmazonECSTaskExecutionRolePolicy in a new revision of the task definition",
        ));
        return Some((code, of(draft, images, &definition.arn)));
    };
    let Seen::Absent(observation) = configuration.account.role(arn) else { return None };
    let draft = Draft::error(Stage::Credentials, arn.clone(), format!("the execution role {arn} does not exist"))
        .proven("IAM says NoSuchEntity")
        .cite([observation])
        .fix(Fix::advice("create the role, or name one that exists in a new revision of the task definition"));
    Some(("IAM-06", of(draft, images, arn)))
}

fn of(mut draft: Draft, images: Vec<String>, resource: &str) -> Draft {
    draft.images = Some(images);
    draft.blame(vec![resource.to_owned()], None)
}

fn log_group(configuration: &Configuration<'_>, log: &LogTarget) -> Option<(&'static str, Draft)> {
    let Seen::Absent(observation) = configuration.account.log_group(&log.subject()) else { return None };
    let summary = format!("the log group {} does not exist in {}", log.group, log.region);
    let repair = Repair::CreateLogGroup { region: log.region.clone(), name: log.group.clone() };
    let draft = Draft::error(Stage::TaskStart, log.group.clone(), summary)
        .proven("the awslogs driver has no awslogs-create-group, and a container does not start without its log group")
        .cite([observation])
        .fix(Fix::repair("create the log group", &repair, configuration.form, &log.region));
    let mut draft = of(draft, Vec::new(), &log.group);
    draft.roles = vec![Role::Logs];
    Some(("INIT-06", draft))
}
