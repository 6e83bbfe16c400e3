//! The IAM actions of a sweep, beside those of an audit, and the policy that allows them.

use serde_json::{Value, json};

use crate::account;
use crate::aws::ECS_TASKS;

/// What a sweep does that an audit does not, by what it is for. No policy can say in which subnet a task may be run: IAM
/// has no condition key for the subnets of `RunTask` (Service Authorization Reference, "Amazon ECS").
pub const ACTIONS: [(&str, &[&str]); 2] = [
    ("Functions", &["lambda:GetFunctionConfiguration", "lambda:InvokeFunction", "tag:GetResources"]),
    ("Run-task", &["ecs:DescribeTasks", "ecs:ListTasks", "ecs:RunTask", "ecs:StopTask", "logs:GetLogEvents"]),
];

/// The policy that lets a sweep do all that it may want to. Its `Resource` can be narrowed: to the functions, to the task
/// definition of the probe and its two roles, to the probe's log group.
pub fn policy() -> Value {
    let statement =
        |(sid, actions): &(&str, &[&str])| json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*" });
    let mut policy = account::policy();
    if let Some(statements) = policy["Statement"].as_array_mut() {
        statements.extend(ACTIONS.iter().map(statement));
        statements.push(json!({
            "Sid": "PassRole", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": { "StringEquals": { "iam:PassedToService": ECS_TASKS } }
        }));
    }
    policy
}
