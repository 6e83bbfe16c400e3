//! Policies as repairs put them: what there is, kept as it is, and one statement more.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::aws::{Arn, ECS_TASKS, Partition, Statement, layer_bucket};

/// A policy with one statement more. Every other member and statement stays as it is, and a `Statement` that is one object
/// becomes a list. `None` where the text is no policy, or not JSON.
///
/// The text is the whole policy of the resource: what is missing in it is taken away from the resource.
pub fn add_statement(policy: &str, statement: &Statement) -> Option<Value> {
    let mut policy: Map<String, Value> = serde_json::from_str(policy).ok()?;
    let statement = serde_json::to_value(statement).ok()?;
    let statements = match policy.remove("Statement") {
        Some(Value::Array(mut statements)) => {
            statements.push(statement);
            statements
        }
        Some(Value::Object(one)) => vec![Value::Object(one), statement],
        Some(_) => return None,
        None => vec![statement],
    };
    policy.insert("Statement".to_owned(), Value::Array(statements));
    Some(Value::Object(policy))
}

/// A new policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Policy<'a> {
    version: &'static str,
    statement: &'a [Statement],
}

/// A new policy of these statements.
pub(super) fn policy_of(statements: &[Statement]) -> Policy<'_> {
    Policy { version: "2012-10-17", statement: statements }
}

/// The same as JSON.
pub(super) fn value_of(statements: &[Statement]) -> Option<Value> {
    serde_json::to_value(policy_of(statements)).ok()
}

/// What the policy of an S3 endpoint needs so that layers pass: `s3:GetObject` on the Region's layer bucket. `None` in a
/// partition for which AWS does not document the bucket's name.
///
/// It carries no condition on an account, an organisation or a principal, and its name says why: the URL of a layer is
/// signed by a role of ECR's, in an account of AWS's (AWS data perimeter policy examples, service-owned resources).
pub fn layer_statement(region: &str) -> Option<Statement> {
    let partition = Partition::of_region(region);
    let allow = || {
        Statement::allow(&["s3:GetObject"])
            .named("EcrLayersAreReadByARoleOfAwsSoNoAccountCondition")
            .to_anybody()
            .on(Arn::objects(partition.name, &layer_bucket(region)))
    };
    partition.layer_store_known.then(allow)
}

/// What the policy of an `ecr.api` endpoint needs for the token: this action knows no resource.
pub fn token_statement() -> Statement {
    Statement::allow(&["ecr:GetAuthorizationToken"]).named("EcrToken").to_anybody().on("*")
}

/// What the policy of an `ecr.dkr` endpoint needs for a pull.
pub fn pull_statement() -> Statement {
    Statement::allow(&["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]).named("EcrPull").to_anybody().on("*")
}

/// What the trust policy of a role needs so that ECS starts tasks with it (Amazon ECS Developer Guide, "Amazon ECS task
/// execution IAM role").
pub fn trust_statement() -> Statement {
    Statement::allow(&["sts:AssumeRole"]).named("EcsTasks").to_service(ECS_TASKS)
}
