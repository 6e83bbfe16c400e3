//! What mends a denial: it depends on whose policy it is.

use super::action::{LAYER_URL, MANIFEST, TOKEN, is, repository};
use super::principal::Principal;
use crate::aws::{Arn, Service};
use crate::diagnose::Case;
use crate::model::outcome::{Denial, PolicyLayer};
use crate::model::{Fix, Mode};

/// What a pull does with a repository.
const PULL: &str = "\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\",\"ecr:BatchCheckLayerAvailability\"";

/// What mends the denial that goes by `code`; `counts` tells whether it was denied to whoever pulls.
pub fn fixes(case: &Case<'_>, code: &str, denial: &Denial, principal: &Principal<'_>, counts: bool) -> Vec<Fix> {
    match code {
        "IAM-01" | "IAM-02" | "IAM-03" => {
            [whose(case, counts), Some(grant(case, denial, principal))].into_iter().flatten().collect()
        }
        "VPE-01" => endpoint(case, ["ecr.api", "ecr.dkr"], Service::EcrApi, denial),
        "VPE-02" => endpoint(case, ["ecr.dkr", "ecr.api"], Service::EcrDkr, denial),
        "IAM-09" | "IAM-10" => repository_policy(case, code, denial, principal),
        _ => above(case, denial, principal, counts),
    }
}

/// A task's containers have the task role, and the image is pulled by the execution role. Where the settings name that, there
/// is nothing to find out.
fn whose(case: &Case<'_>, counts: bool) -> Option<Fix> {
    if case.vantage.execution_role.is_some() {
        return None;
    }
    let family = case.vantage.family.as_deref().filter(|_| case.vantage.mode == Mode::Task)?;
    let region = case.vantage.region.as_deref().unwrap_or(case.region());
    Some(Fix::ready(
        if counts {
            "see whether this is the role that pulls, which is the execution role: a container asks as its task role; if they differ, run the probe with the execution role as its taskRoleArn before you change anything"
        } else {
            "see whether the execution role is another: then this denial keeps no image from the task, and the probe needs the policy that ecr-probe plan --policy prints; if both are one role, name it with --execution-role"
        },
        format!(
            "aws ecs describe-task-definition --region {region} --task-definition {family} --query 'taskDefinition.[executionRoleArn,taskRoleArn]' --output text"
        ),
    ))
}

fn grant(case: &Case<'_>, denial: &Denial, principal: &Principal<'_>) -> Fix {
    let partition = case.partition();
    if let Some(user) = principal.user() {
        return Fix::ready(
            "let the user pull",
            format!(
                "aws iam attach-user-policy --user-name {user} --policy-arn {}",
                Arn::aws_policy(partition, "AmazonEC2ContainerRegistryReadOnly")
            ),
        );
    }
    let role = principal.role().unwrap_or("ROLE_NAME");
    let fix = |does: &str, command: String| match principal.role() {
        Some(_) if !command.contains("REPOSITORY_ARN") => Fix::ready(does, command),
        _ => Fix::fill_in(does, command),
    };
    if is(denial, TOKEN) {
        return fix(
            "attach AWS's policy for task execution to the role that pulls (a statement of your own needs Resource \"*\" for this action)",
            format!(
                "aws iam attach-role-policy --role-name {role} --policy-arn {}",
                Arn::aws_policy(partition, "service-role/AmazonECSTaskExecutionRolePolicy")
            ),
        );
    }
    let own = format!("\"{}\"", denial.action);
    let actions = if is(denial, MANIFEST) || is(denial, LAYER_URL) { PULL } else { &own };
    let resource = denial.resource.as_deref().unwrap_or("REPOSITORY_ARN");
    fix(
        "allow it to the role that pulls",
        format!(
            "aws iam put-role-policy --role-name {role} --policy-name pull-from-ecr --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[{actions}],\"Resource\":\"{resource}\"}}]}}'"
        ),
    )
}

fn endpoint(case: &Case<'_>, [title, other]: [&str; 2], service: Service, denial: &Denial) -> Vec<Fix> {
    let region = case.region();
    let statement = if is(denial, TOKEN) {
        format!("{{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"{TOKEN}\",\"Resource\":\"*\"}}")
    } else {
        format!("{{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":[{PULL}],\"Resource\":\"*\"}}")
    };
    let service = service.endpoint_service(region);
    let mend = if denial.explicit {
        "take this action out of the Deny statement that matches".to_owned()
    } else {
        format!("add this statement to it: {statement}")
    };
    vec![
        Fix::fill_in(
            format!("read the policy of the {title} endpoint"),
            format!(
                "aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=VPC_ID Name=service-name,Values={service} --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]' --output text"
            ),
        ),
        Fix::advice(format!("{mend}; then look at the policy of the {other} endpoint, which is another one")),
        Fix::fill_in(
            "put the mended policy in place",
            format!(
                "aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id VPC_ENDPOINT_ID --policy-document file://policy.json"
            ),
        ),
    ]
}

fn repository_policy(case: &Case<'_>, code: &str, denial: &Denial, principal: &Principal<'_>) -> Vec<Fix> {
    let resource = denial.resource.as_deref().and_then(Arn::parse);
    let region = resource.map(|arn| arn.region).filter(|it| !it.is_empty()).unwrap_or(case.region());
    let account = resource.map(|arn| arn.account).filter(|it| !it.is_empty()).unwrap_or("REGISTRY_ACCOUNT");
    let name = repository(denial).unwrap_or("REPOSITORY");
    let which = format!("--region {region} --registry-id {account} --repository-name {name}");
    let (read, write) = (
        format!("aws ecr get-repository-policy {which} --query policyText --output text"),
        format!("aws ecr set-repository-policy {which} --policy-text file://policy.json"),
    );
    let known = account != "REGISTRY_ACCOUNT" && name != "REPOSITORY";
    let command =
        |does: &str, command: String| if known { Fix::ready(does, command) } else { Fix::fill_in(does, command) };
    let mend = match code {
        "IAM-09" => "narrow the Deny statement that matches: one that keys on aws:SourceIp denies whatever comes through a VPC endpoint, whose source is a private address; aws:SourceVpc and aws:SourceVpce are made for that, and ecr.api and ecr.dkr are two endpoints".to_owned(),
        _ => {
            let partition = case.partition();
            let root = Arn::root(partition, principal.account().unwrap_or("CALLER_ACCOUNT"));
            format!("add this statement to it: {{\"Sid\":\"AllowPull\",\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"{root}\"}},\"Action\":[{PULL}]}}; the role's own policy must allow them as well")
        }
    };
    vec![
        command(&format!("read the repository's policy, as its owner (account {account})"), read),
        Fix::advice(mend),
        command("put the mended policy in place, as its owner", write),
    ]
}

fn above(case: &Case<'_>, denial: &Denial, principal: &Principal<'_>, counts: bool) -> Vec<Fix> {
    let arn = denial.policy_arn.as_deref();
    let role = principal.role();
    let action = &denial.action;
    let organizations = |kind: &str| match (arn.and_then(|arn| arn.rsplit('/').next()), principal.account()) {
        (Some(id), _) => Fix::ready(
            "read the policy, from the organization's management account",
            format!("aws organizations describe-policy --policy-id {id} --query Policy.Content --output text"),
        ),
        (None, Some(account)) => Fix::ready(
            "see which policies are attached to the account, from the organization's management account; those of the units above it and of the root apply too",
            format!("aws organizations list-policies-for-target --target-id {account} --filter {kind}"),
        ),
        (None, None) => Fix::advice(
            "look at the policies of the account, the units above it and the root, from the organization's management account",
        ),
    };
    let managed = || {
        arn.map(|arn| {
        Fix::ready(
            "read the policy",
            format!("aws iam get-policy-version --policy-arn {arn} --version-id $(aws iam get-policy --policy-arn {arn} --query Policy.DefaultVersionId --output text)"),
        )
    })
    };
    let of_role = |does: &str, command: &str| match role {
        Some(role) => Fix::ready(does, command.replace("ROLE_NAME", role)),
        None => Fix::fill_in(does, command),
    };
    let (read, place) = match denial.layer {
        PolicyLayer::ServiceControl => (
            organizations("SERVICE_CONTROL_POLICY"),
            "in AWS Organizations, with whoever owns its policies: no policy of the account's own can grant what is denied there",
        ),
        PolicyLayer::ResourceControl => (
            organizations("RESOURCE_CONTROL_POLICY"),
            "in AWS Organizations, with whoever owns its policies: it applies to the account that owns the repository",
        ),
        PolicyLayer::PermissionsBoundary => (
            managed().unwrap_or_else(|| of_role(
                "see which policy is the boundary",
                "aws iam get-role --role-name ROLE_NAME --query Role.PermissionsBoundary.PermissionsBoundaryArn --output text",
            )),
            "in the permissions boundary: a role may do only what both its policies and its boundary allow",
        ),
        PolicyLayer::Session => (
            Fix::advice("find who assumed the role: the session policy was handed in there"),
            "in the session policy: a session may do only what both the role and the session policy allow",
        ),
        _ => (
            managed().unwrap_or_else(|| of_role(
                "list the role's policies, managed and inline, and look for the Deny",
                "aws iam list-attached-role-policies --role-name ROLE_NAME; aws iam list-role-policies --role-name ROLE_NAME",
            )),
            "in the Deny statement and its conditions (aws:SourceVpce, aws:RequestedRegion, tags): it wins over every Allow",
        ),
    };
    let by_role = [PolicyLayer::Identity, PolicyLayer::PermissionsBoundary, PolicyLayer::Session];
    let mut fixes: Vec<Fix> = whose(case, counts).filter(|_| by_role.contains(&denial.layer)).into_iter().collect();
    fixes.extend([
        read,
        Fix::advice(format!("mend it {place}; {action} must pass")),
        Fix::advice("check again afterwards: AWS names only one of several policies that deny"),
    ]);
    fixes
}
