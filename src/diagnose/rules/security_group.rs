//! SG-01: an endpoint's address swallows every SYN.

use super::words;
use crate::diagnose::{Case, Contact, Draft, Host, Need, Rule};
use crate::model::outcome::ConnectOutcome;
use crate::model::{Code, Fix, Role, Stage};

pub static SG_01: Rule = Rule {
    code: Code("SG-01"),
    name: "endpoint-sg-blocks-task",
    page: include_str!("../../../docs/codes/SG-01.md"),
    need: Need::Connections,
    judge,
};

/// An AWS name at an address that AWS does not announce is an endpoint's address: a drop there is
/// the endpoint's group, the task's own, or an ACL, and from inside they look alike.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let silent =
        |contact: &Contact<'_>| matches!(contact.connect.1, ConnectOutcome::TimedOut) && !contact.class.is_public_aws();
    let dead: Vec<(&Host<'_>, Vec<&Contact<'_>>)> = case
        .hosts
        .iter()
        .filter(|host| matches!(host.role(), Role::EcrApi | Role::EcrDkr | Role::S3))
        .map(|host| (host, host.all_failed(silent)))
        .filter(|(_, contacts)| !contacts.is_empty())
        .collect();
    if dead.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<&Host<'_>> = dead.iter().map(|(host, _)| *host).collect();
    let contacts: Vec<&Contact<'_>> = dead.iter().flat_map(|(_, contacts)| contacts.iter().copied()).collect();
    let names = words::hosts(&hosts);
    let count = hosts.len();
    let summary = format!(
        "the {} of {names} {} no connection from this task on port 443",
        words::verb(count, "VPC endpoint", "VPC endpoints"),
        words::verb(count, "accepts", "accept"),
    );
    let region = case.region();
    let services = words::list(hosts.iter().map(|host| service(host.role())));
    let query = hosts
        .iter()
        .map(|host| format!("com.amazonaws.{region}.{}", service(host.role())))
        .collect::<Vec<_>>()
        .join(",");
    vec![
        Draft::error(Stage::Route, names.clone(), summary)
            .likely(format!(
                "the name resolves to {}, which AWS does not announce as public, so an endpoint's; and no SYN was answered",
                words::addresses(&contacts)
            ))
            .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
            .cite(contacts.iter().map(|contact| contact.connect.0))
            .or(&["SG-03", "ACL-01"])
            .fix(Fix::fill_in(
                format!("find the security groups of the {services} endpoint"),
                format!("aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=VPC_ID Name=service-name,Values={query} --query 'VpcEndpoints[].[ServiceName,Groups[].GroupId]' --output text"),
            ))
            .fix(Fix::fill_in(
                "let the task in on port 443 there",
                format!("aws ec2 authorize-security-group-ingress --region {region} --group-id ENDPOINT_SECURITY_GROUP --protocol tcp --port 443 --source-group TASK_SECURITY_GROUP"),
            ))
            .fix(Fix::fill_in(
                "if that is so already, let the task out on port 443 (SG-03)",
                format!("aws ec2 authorize-security-group-egress --region {region} --group-id TASK_SECURITY_GROUP --protocol tcp --port 443 --source-group ENDPOINT_SECURITY_GROUP"),
            )),
    ]
}

/// The last part of the endpoint service's name.
fn service(role: Role) -> &'static str {
    match role {
        Role::EcrApi => "ecr.api",
        Role::EcrDkr => "ecr.dkr",
        _ => "s3",
    }
}
