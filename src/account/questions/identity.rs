//! Of IAM: the role that pulls, its boundary and all of its policies.

use crate::account::{Account, Aim};
use crate::model::Check;
use crate::model::facts::Question;

/// What the roles of the placement lead to: their policies and boundaries.
pub fn questions(account: &Account<'_>, aim: &Aim) -> Vec<Question> {
    let placement = account.placement(aim);
    let mut questions = Vec::new();
    if let Some(arn) = &placement.execution_role_arn {
        questions.extend(of_role(account, arn));
    }
    // Permissions to pull are often given to the task role, which does not pull.
    let task_role = placement.task_role_arn.filter(|arn| Some(arn) != placement.execution_role_arn.as_ref());
    questions.extend(task_role.iter().flat_map(|arn| of_role(account, arn)));
    questions
}

fn of_role(account: &Account<'_>, arn: &str) -> Vec<Question> {
    let role = || arn.to_owned();
    let mut questions = vec![
        Question::Role { arn: role() },
        Question::AttachedPolicies { role: role() },
        Question::InlinePolicies { role: role() },
    ];
    let managed = |arn: &String, boundary| Question::ManagedPolicy { role: role(), arn: arn.clone(), boundary };
    if let Some(attached) = account.list(Check::Policy, arn).known() {
        questions.extend(attached.ids.iter().map(|arn| managed(arn, false)));
    }
    if let Some(inline) = account.list(Check::Policy, &format!("{arn} inline")).known() {
        questions.extend(inline.ids.iter().map(|name| Question::InlinePolicy { role: role(), name: name.clone() }));
    }
    let boundary = account.role(arn).known().and_then(|role| role.boundary_arn.as_ref());
    questions.extend(boundary.map(|arn| managed(arn, true)));
    questions
}
