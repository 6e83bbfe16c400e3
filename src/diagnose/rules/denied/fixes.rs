//! The fixes of a denial, by the policy that denied.

use super::action::{LAYER_URL, MANIFEST, PULL, TOKEN, is, repository};
use crate::aws::{Arn, Service, Statement};
use crate::diagnose::puller::Whose;
use crate::diagnose::rules::commands;
use crate::diagnose::{Case, Principal, addresses};
use crate::model::outcome::{Denial, PolicyLayer};
use crate::model::{Blank, Command, Fix, Mode, Word};

/// What fixes a denial with this `code`. `region` is the Region of what was asked for, and `whose` says whose request was denied.
pub fn fixes(
    case: &Case<'_>,
    region: &str,
    code: &str,
    denial: &Denial,
    principal: &Principal<'_>,
    whose: Whose,
) -> Vec<Fix> {
    let mut fixes = by_policy(case, region, code, denial, principal, whose);
    if whose == Whose::Function {
        fixes.insert(0, audit(case));
    }
    fixes
}

fn by_policy(
    case: &Case<'_>,
    region: &str,
    code: &str,
    denial: &Denial,
    principal: &Principal<'_>,
    whose: Whose,
) -> Vec<Fix> {
    match code {
        "IAM-01" | "IAM-02" | "IAM-03" => {
            [other_role(case, whose), Some(grant(case, denial, principal, whose))].into_iter().flatten().collect()
        }
        "VPE-01" => endpoint(region, ["ecr.api", "ecr.dkr"], Service::EcrApi, denial),
        "VPE-02" => endpoint(region, ["ecr.dkr", "ecr.api"], Service::EcrDkr, denial),
        "IAM-09" | "IAM-10" => repository_policy(case, region, code, denial, principal),
        _ => above(case, denial, principal, whose),
    }
}

/// A task's containers have the task role, and the image is pulled by the execution role. Where the settings name that, there
/// is nothing to find out.
fn other_role(case: &Case<'_>, whose: Whose) -> Option<Fix> {
    if case.vantage.execution_role.is_some() {
        return None;
    }
    let family = case.vantage.family.as_deref().filter(|_| case.vantage.mode == Mode::Task)?;
    Some(Fix::run(
        if whose == Whose::Puller {
            "see whether this is the role that pulls, which is the execution role: a container asks as its task role; if they differ, run the probe with the execution role as its taskRoleArn before you change anything"
        } else {
            "see whether the execution role is another: then this denial keeps no image from the task, and the probe needs the policy that ecr-probe plan --policy prints; if both are one role, name it with --execution-role"
        },
        &Command::of("aws ecs describe-task-definition")
            .region(addresses::own_region(case))
            .option("--task-definition", family)
            .query("taskDefinition.[executionRoleArn,taskRoleArn]")
            .text(),
    ))
}

/// What tells the permissions of the execution role without being it.
fn audit(case: &Case<'_>) -> Fix {
    Fix::run(
        "see whether the execution role of the service has the permission, and each policy on its way: an audit reads them",
        &Command::of("ecr-probe audit")
            .region(addresses::own_region(case))
            .option("--cluster", Blank::CLUSTER)
            .option("--service", Blank::SERVICE_NAME),
    )
}

fn grant(case: &Case<'_>, denial: &Denial, principal: &Principal<'_>, whose: Whose) -> Fix {
    let partition = case.partition();
    if let Some(user) = principal.user() {
        return Fix::run(
            "let the user pull",
            &Command::of("aws iam attach-user-policy")
                .option("--user-name", user)
                .option("--policy-arn", Arn::aws_policy(partition, "AmazonEC2ContainerRegistryReadOnly")),
        );
    }
    if whose == Whose::Function {
        return Fix::run(
            "let the function's role pull as well, so that its next run proves the rest of the way",
            &Command::of("aws iam attach-role-policy")
                .option("--role-name", role(principal))
                .option("--policy-arn", Arn::aws_policy(partition, "AmazonEC2ContainerRegistryReadOnly")),
        );
    }
    if is(denial, TOKEN) {
        return Fix::run(
            "attach AWS's policy for task execution to the role that pulls (a statement of your own needs Resource \"*\" for this action)",
            &Command::of("aws iam attach-role-policy")
                .option("--role-name", role(principal))
                .option("--policy-arn", Arn::aws_policy(partition, "service-role/AmazonECSTaskExecutionRolePolicy")),
        );
    }
    let does = "allow the role that pulls to read the image";
    let Some(actions) = granted(denial) else { return Fix::advice(does) };
    let resource = denial.resource.as_deref().filter(|resource| is_repository(resource));
    let resource = resource.unwrap_or(Blank::REPOSITORY_ARN.name());
    let policy = Statement::allow(&actions).on(resource).policy();
    Fix::run(
        does,
        &Command::of("aws iam put-role-policy")
            .option("--role-name", role(principal))
            .words("--policy-name pull-from-ecr")
            .option("--policy-document", Word::json(&policy, &[Blank::REPOSITORY_ARN])),
    )
}

fn role(principal: &Principal<'_>) -> Word {
    principal.role().map_or_else(|| Blank::ROLE_NAME.into(), Word::from)
}

/// What is to be allowed. A message is not to be trusted with more than one action of ECR's.
fn granted(denial: &Denial) -> Option<Vec<&str>> {
    if is(denial, MANIFEST) || is(denial, LAYER_URL) {
        return Some(PULL.to_vec());
    }
    let operation = denial.action.strip_prefix("ecr:")?;
    let is_name = !operation.is_empty() && operation.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then(|| vec![denial.action.as_str()])
}

/// Whether it names repositories of ECR's, and not all that there are.
fn is_repository(resource: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name != "*";
    Arn::parse(resource)
        .is_some_and(|arn| arn.service == "ecr" && arn.resource.strip_prefix("repository/").is_some_and(is_name))
}

fn endpoint(region: &str, [title, other]: [&str; 2], service: Service, denial: &Denial) -> Vec<Fix> {
    let statement = if is(denial, TOKEN) { Statement::allow(&[TOKEN]) } else { Statement::allow(&PULL) };
    let statement = statement.to_anybody().on("*");
    let repair = if denial.explicit {
        "take this action out of the Deny statement that matches".to_owned()
    } else {
        format!("add this statement to it: {statement}")
    };
    vec![
        Fix::run(format!("read the policy of the {title} endpoint"), &commands::endpoint_policy(region, service)),
        Fix::advice(format!("{repair}; then look at the policy of the {other} endpoint, which is another one")),
        Fix::run("put the corrected policy in place", &commands::put_endpoint_policy(region)),
    ]
}

fn repository_policy(
    case: &Case<'_>,
    region: &str,
    code: &str,
    denial: &Denial,
    principal: &Principal<'_>,
) -> Vec<Fix> {
    let resource = denial.resource.as_deref().and_then(Arn::parse);
    let region = resource.map(|arn| arn.region).filter(|it| !it.is_empty()).unwrap_or(region);
    let account = resource.map(|arn| arn.account).filter(|it| !it.is_empty());
    let of_repository = |call: &'static str| {
        let name = repository(denial).map_or_else(|| Blank::REPOSITORY.into(), Word::from);
        Command::of(call)
            .region(region)
            .option("--registry-id", account.map_or_else(|| Blank::REGISTRY_ACCOUNT.into(), Word::from))
            .option("--repository-name", name)
    };
    let repair = match code {
        "IAM-09" => "narrow the Deny statement that matches: one that keys on aws:SourceIp denies whatever comes through a VPC endpoint, where requests have no aws:SourceIp; aws:SourceVpc and aws:SourceVpce are made for that, and ecr.api and ecr.dkr are two endpoints".to_owned(),
        _ => {
            let root = Arn::root(case.partition(), principal.account().unwrap_or("CALLER_ACCOUNT"));
            let statement = Statement::allow(&PULL).named("AllowPull").to(root);
            format!("add this statement to it: {statement}; the role's own policy must allow them as well")
        }
    };
    let owner = account.unwrap_or(Blank::REGISTRY_ACCOUNT.name());
    vec![
        Fix::run(
            format!("read the repository's policy, as its owner (account {owner})"),
            &of_repository("aws ecr get-repository-policy").words("--query policyText").text(),
        ),
        Fix::advice(repair),
        Fix::run(
            "put the corrected policy in place, as its owner",
            &of_repository("aws ecr set-repository-policy").option("--policy-text", Word::file("policy.json")),
        ),
    ]
}

fn above(case: &Case<'_>, denial: &Denial, principal: &Principal<'_>, whose: Whose) -> Vec<Fix> {
    let arn = denial.policy_arn.as_deref();
    let action = &denial.action;
    let organizations = |kind: &'static str| match (arn.and_then(|arn| arn.rsplit('/').next()), principal.account()) {
        (Some(id), _) => Fix::run(
            "read the policy, from the organization's management account",
            &Command::of("aws organizations describe-policy")
                .option("--policy-id", id)
                .words("--query Policy.Content")
                .text(),
        ),
        (None, Some(account)) => Fix::run(
            "see which policies are attached to the account, from the organization's management account; those of the units above it and of the root apply too",
            &Command::of("aws organizations list-policies-for-target")
                .option("--target-id", account)
                .option("--filter", kind),
        ),
        (None, None) => Fix::advice(
            "look at the policies of the account, the units above it and the root, from the organization's management account",
        ),
    };
    let managed = || arn.map(|arn| Fix::run("read the policy", &policy(arn)));
    let of_role = |call: &'static str| Command::of(call).option("--role-name", role(principal));
    let (read, place) = match denial.layer {
        PolicyLayer::ServiceControl => (
            organizations("SERVICE_CONTROL_POLICY"),
            "in AWS Organizations, with the owner of its policies: no policy of the account's own can grant what is denied there",
        ),
        PolicyLayer::ResourceControl => (
            organizations("RESOURCE_CONTROL_POLICY"),
            "in AWS Organizations, with the owner of its policies: it applies to the account that owns the repository",
        ),
        PolicyLayer::PermissionsBoundary => (
            managed().unwrap_or_else(|| {
                let boundary = of_role("aws iam get-role").query("Role.PermissionsBoundary.PermissionsBoundaryArn");
                Fix::run("see which policy is the boundary", &boundary.text())
            }),
            "in the permissions boundary: a role may do only what both its policies and its boundary allow",
        ),
        PolicyLayer::Session => (
            Fix::advice("find who assumed the role: the session policy was handed in there"),
            "in the session policy: a session may do only what both the role and the session policy allow",
        ),
        _ => (
            managed().unwrap_or_else(|| {
                let both = of_role("aws iam list-attached-role-policies").then(of_role("aws iam list-role-policies"));
                Fix::run("list the role's policies, managed and inline, and look for the Deny", &both)
            }),
            "in the Deny statement and its conditions (aws:SourceVpce, aws:RequestedRegion, tags): it wins over every Allow",
        ),
    };
    let by_role = [PolicyLayer::Identity, PolicyLayer::PermissionsBoundary, PolicyLayer::Session];
    let mut fixes: Vec<Fix> = other_role(case, whose).filter(|_| by_role.contains(&denial.layer)).into_iter().collect();
    fixes.extend([
        read,
        Fix::advice(format!("fix it {place}; {action} must pass")),
        Fix::advice("check again afterwards: AWS names only one of several policies that deny"),
    ]);
    fixes
}

/// What a managed policy says at present.
fn policy(arn: &str) -> Command {
    let version =
        Command::of("aws iam get-policy").option("--policy-arn", arn).words("--query Policy.DefaultVersionId").text();
    Command::of("aws iam get-policy-version").option("--policy-arn", arn).option("--version-id", version.printed())
}
