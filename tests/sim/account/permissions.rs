//! Roles and policies: those that a world's denials are said to come from.

use ecr_probe::model::Role;
use ecr_probe::model::facts::{IamRole, Policy, PolicyKind};
use serde_json::{Value, json};

use super::super::aws::{layer_bucket, partition};
use super::super::world::{Action, Granted, Layer, Service, World};
use super::*;

const PULL: [Action; 3] = [Action::GetAuthorizationToken, Action::BatchGetImage, Action::GetDownloadUrlForLayer];
/// What AWS's policy for task execution allows besides.
const LOGS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];
const EXECUTION_ROLE: &str = "fileWriterExecutionRole";
const TASK_ROLE: &str = "fileWriterTaskRole";
const INSTANCE_ROLE: &str = "ecsInstanceRole";
const INSTANCE_PROFILE: &str = "ecsInstanceRole";
/// AWS's policy for container instances.
const INSTANCE_POLICY: &str = "service-role/AmazonEC2ContainerServiceforEC2Role";

/// The ARN of the execution role.
pub(super) fn execution_role(world: &World) -> String {
    let named = world.task.execution_role.as_deref().unwrap_or(EXECUTION_ROLE);
    if named.starts_with("arn:") { named.to_owned() } else { arn(world.region(), "iam", &format!("role/{named}")) }
}

pub(super) fn task_role(world: &World) -> String {
    arn(world.region(), "iam", &format!("role/{TASK_ROLE}"))
}

pub(super) fn instance_profile(world: &World) -> String {
    arn(world.region(), "iam", &format!("instance-profile/{INSTANCE_PROFILE}"))
}

fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn allow(actions: &[&str]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })
}

/// Whether a layer of policies is the one that denies an action, asked for where it is asked first.
fn is_denied_by(world: &World, action: Action, layers: &[Layer]) -> bool {
    let role = match action {
        Action::GetAuthorizationToken => Role::EcrApi,
        Action::GetObject => Role::S3,
        _ => Role::EcrDkr,
    };
    world.deny.by(action, role).is_some_and(|by| layers.contains(&by))
}

/// The actions of a pull that a layer denies.
fn denied_by(world: &World, layer: Layer) -> Vec<&'static str> {
    PULL.into_iter().filter(|action| is_denied_by(world, *action, &[layer])).map(Action::name).collect()
}

pub(super) fn add(account: &mut Account, world: &World) {
    let region = world.region();
    let trusts = |service: &str| {
        let principal = json!({ "Service": service });
        document(&[json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" })])
    };
    let to_tasks = || trusts("ecs-tasks.amazonaws.com");
    let (execution, task) = (execution_role(world), task_role(world));
    if world.account.has_execution_role && world.account.execution_role_exists {
        let denied_by_boundary = !denied_by(world, Layer::Boundary).is_empty();
        let cut_by_boundary = !denied_by(world, Layer::ExplicitBoundary).is_empty();
        let is_bound = world.account.boundary.is_some() || denied_by_boundary || cut_by_boundary;
        let boundary_arn = is_bound.then(|| arn(region, "iam", "policy/boundary"));
        account.roles.push(IamRole {
            arn: execution.clone(),
            trust: world.account.trust.clone().unwrap_or_else(to_tasks),
            boundary_arn: boundary_arn.clone(),
        });
        add_policies(account, world, &execution);
        account.policies.extend(boundary_arn.map(|name| Policy {
            name,
            role: execution.clone(),
            kind: PolicyKind::Boundary,
            document: boundary(world),
        }));
    }
    if execution != task {
        account.roles.push(IamRole { arn: task.clone(), trust: to_tasks(), boundary_arn: None });
        if world.account.granted_to == Granted::TaskRole {
            account.policies.push(attached(region, &task, EXECUTION_POLICY, &all_of_execution()));
        }
    }
    if task::is_on_instances(world) {
        let role = arn(region, "iam", &format!("role/{INSTANCE_ROLE}"));
        account.roles.push(IamRole { arn: role.clone(), trust: trusts("ec2.amazonaws.com"), boundary_arn: None });
        let mut actions = all_of_execution();
        actions.extend(["ecs:Poll", "ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange"]);
        account.policies.push(attached(region, &role, INSTANCE_POLICY, &actions));
        account
            .instance_profiles
            .push(ecr_probe::model::facts::InstanceProfile { arn: instance_profile(world), roles: vec![role] });
    }
}

fn all_of_execution() -> Vec<&'static str> {
    let ecr = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability"];
    ecr.into_iter().chain([PULL[1].name(), PULL[2].name()]).rev().chain(LOGS).collect()
}

fn attached(region: &str, role: &str, policy: &str, actions: &[&str]) -> Policy {
    Policy {
        name: aws_policy(region, policy),
        role: role.to_owned(),
        kind: PolicyKind::Attached,
        document: document(&[allow(actions)]),
    }
}

/// The identity policies of the execution role.
fn add_policies(account: &mut Account, world: &World, role: &str) {
    let region = world.region();
    let inline = |name: &str, document: String| Policy {
        name: name.to_owned(),
        role: role.to_owned(),
        kind: PolicyKind::Inline,
        document,
    };
    let not_granted = denied_by(world, Layer::Identity);
    if world.account.granted_to == Granted::ExecutionRole {
        if not_granted.is_empty() {
            account.policies.push(attached(region, role, EXECUTION_POLICY, &all_of_execution()));
        } else {
            let left: Vec<&str> = all_of_execution().into_iter().filter(|it| !not_granted.contains(it)).collect();
            account.policies.push(inline("pull", document(&[allow(&left)])));
        }
    }
    let denied = denied_by(world, Layer::ExplicitIdentity);
    if !denied.is_empty() {
        let statement = json!({ "Sid": "NoPull", "Effect": "Deny", "Action": denied, "Resource": "*" });
        account.policies.push(inline("guard", document(&[statement])));
    }
    account.policies.extend(world.account.inline_policy.clone().map(|own| inline("own", own)));
    if !world.account.secrets.is_empty() && world.account.inline_policy.is_none() {
        let actions = ["secretsmanager:GetSecretValue", "ssm:GetParameters", "kms:Decrypt"];
        account.policies.push(inline("secrets", document(&[allow(&actions)])));
    }
}

fn boundary(world: &World) -> String {
    if let Some(own) = &world.account.boundary {
        return own.clone();
    }
    let outside = denied_by(world, Layer::Boundary);
    let allowed = if outside.is_empty() {
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })
    } else {
        let left: Vec<&str> = all_of_execution().into_iter().filter(|it| !outside.contains(it)).collect();
        allow(&left)
    };
    let denied = denied_by(world, Layer::ExplicitBoundary);
    let deny = json!({ "Sid": "NoPull", "Effect": "Deny", "Action": denied, "Resource": "*" });
    document(&if denied.is_empty() { vec![allowed] } else { vec![allowed, deny] })
}

/// The policy of an endpoint; `None` for the one that allows all.
pub(super) fn endpoint_policy(world: &World, service: Service) -> Option<String> {
    if let Some(own) = world.account.endpoint_policies.get(&service) {
        return Some(own.clone());
    }
    let asked: &[Action] = match service {
        // The registry's API asks for all three; the endpoint of the registry never sees the token.
        Service::EcrApi => &PULL,
        Service::EcrDkr => &PULL[1..],
        Service::S3 => &[Action::GetObject],
        _ => return None,
    };
    let by = |layer: Layer| -> Vec<&'static str> {
        let here = |action: &&Action| world.deny.by(**action, service.role()) == Some(layer);
        asked.iter().filter(here).map(|action| action.name()).collect()
    };
    let (missing, denied) = (by(Layer::VpcEndpoint), by(Layer::ExplicitVpcEndpoint));
    let statement = |effect: &str, actions: &[&str], resource: String| json!({ "Effect": effect, "Principal": "*", "Action": actions, "Resource": resource });
    let mut statements = Vec::new();
    if missing.is_empty() && denied.is_empty() {
        return None;
    } else if missing.is_empty() {
        statements.push(statement("Allow", &["*"], "*".to_owned()));
    } else if service == Service::S3 {
        // The bucket of the application, and not that of the layers.
        let bucket = format!("arn:{}:s3:::scheduled-files/*", partition(world.region()));
        statements.push(statement("Allow", &["s3:GetObject", "s3:PutObject"], bucket));
    } else {
        let left: Vec<&str> =
            all_of_execution().into_iter().filter(|it| it.starts_with("ecr:") && !missing.contains(it)).collect();
        statements.push(statement("Allow", &left, "*".to_owned()));
    }
    if !denied.is_empty() {
        let resource = match service {
            Service::S3 => {
                format!("arn:{}:s3:::{}/*", partition(world.region()), layer_bucket(world.region()))
            }
            _ => "*".to_owned(),
        };
        statements.push(statement("Deny", &denied, resource));
    }
    Some(document(&statements))
}

/// The policy of the image's repository; `None` where it has none.
pub(super) fn repository_policy(world: &World) -> Option<String> {
    if let Some(own) = &world.account.repository_policy {
        return Some(own.clone());
    }
    let region = world.region();
    let is_foreign = world.image.account != super::super::world::ACCOUNT;
    let missing = denied_by(world, Layer::Resource);
    let denied = denied_by(world, Layer::ExplicitResource);
    let mut statements = Vec::new();
    let pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
    let left: Vec<&str> = pull.into_iter().filter(|action| !missing.contains(action)).collect();
    if is_foreign && !left.is_empty() {
        let root = arn(region, "iam", "root");
        statements.push(json!({ "Effect": "Allow", "Principal": { "AWS": root }, "Action": left }));
    }
    if !denied.is_empty() {
        statements.push(json!({ "Sid": "NoPull", "Effect": "Deny", "Principal": "*", "Action": denied }));
    }
    (!statements.is_empty()).then(|| document(&statements))
}
