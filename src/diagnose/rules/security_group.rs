//! SG-01: an endpoint's address swallows every SYN.

use super::words;
use crate::aws::Service;
use crate::diagnose::addresses::{self, Lost};
use crate::diagnose::{Case, Draft, Need};
use crate::model::{AddressClass, Fix, Role, Stage};

rule!(SG_01, "SG-01", "endpoint-sg-blocks-task", Need::Connections, judge);

/// An AWS name at an address that AWS does not announce is an endpoint's address: a drop there is
/// the endpoint's group, the task's own, or an ACL, and from inside they look alike.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let of_endpoint = |host| {
        if addresses::is_ecr(host) || addresses::is_s3(host) { addresses::at_endpoint(host) } else { Vec::new() }
    };
    Lost::by_region(case, of_endpoint).map(|lost| sealed(case, &lost)).collect()
}

fn sealed(case: &Case<'_>, lost: &Lost<'_, '_>) -> Draft {
    let region = lost.region;
    let count = lost.hosts.len();
    let names = words::hosts(&lost.hosts);
    let port = lost.at_odd_port().map_or(addresses::HTTPS, |host| host.target.port);
    let summary = format!(
        "the VPC {} of {names} {} not answer on port {port}: {} security group most likely keeps this task out",
        words::verb(count, "endpoint", "endpoints"),
        words::verb(count, "does", "do"),
        words::verb(count, "its", "their"),
    );
    let draft = Draft::error(Stage::Route, names, summary)
        .likely(reason(case, lost))
        .cite(lost.observations())
        .or(&["SG-03", "ACL-01"]);
    let draft = match lost.at_odd_port() {
        Some(host) => draft.or(&["CFG-03"]).fix(words::drop_port(host.target)),
        None => draft,
    };
    let egress = |does| {
        Fix::fill_in(
            does,
            format!(
                "aws ec2 authorize-security-group-egress --region {region} --group-id TASK_SECURITY_GROUP --protocol tcp --port 443 --source-group ENDPOINT_SECURITY_GROUP"
            ),
        )
    };
    let roles = lost.hosts.iter().map(|host| host.role());
    let services = words::list(roles.clone().map(short_name));
    let mut names: Vec<String> =
        roles.filter_map(Service::of).map(|service| service.endpoint_service(region)).collect();
    names.dedup();
    let draft = if nothing_connects(case) {
        draft.fix(Fix::fill_in(
        "nothing at all answers, so look first at what the task's own group lets out",
        format!("aws ec2 describe-security-group-rules --region {region} --filters Name=group-id,Values=TASK_SECURITY_GROUP --query 'SecurityGroupRules[?IsEgress].[IpProtocol,FromPort,ToPort,CidrIpv4,PrefixListId,ReferencedGroupInfo.GroupId]' --output table"),
    ))
    } else {
        draft
    };
    draft
        .fix(Fix::fill_in(
            format!("find the security groups of the {services} {}", words::verb(count, "endpoint", "endpoints")),
            format!("aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=VPC_ID Name=service-name,Values={} --query 'VpcEndpoints[].[ServiceName,VpcEndpointId,State,Groups[].GroupId]' --output json", names.join(",")),
        ))
        .fix(Fix::fill_in(
            "let the task in on port 443 there",
            format!("aws ec2 authorize-security-group-ingress --region {region} --group-id ENDPOINT_SECURITY_GROUP --protocol tcp --port 443 --source-group TASK_SECURITY_GROUP"),
        ))
        .fix(egress("if that is so already, let the task out on port 443 (SG-03)"))
}

/// The evidence, and what beside it speaks for one of the causes.
fn reason(case: &Case<'_>, lost: &Lost<'_, '_>) -> String {
    let count = lost.contacts.len();
    let mut reason = format!(
        "AWS does not announce {}, so {} an endpoint's, and no SYN was answered",
        words::addresses(&lost.contacts),
        words::verb(count, "it is", "they are"),
    );
    let answers = case.hosts.iter().any(|host| {
        addresses::is_ecr(host) && host.contacts.iter().any(|it| it.connected() && !addresses::is_public(host, it))
    });
    if answers {
        reason.push_str("; another endpoint does answer this task");
    } else if nothing_connects(case) {
        reason.push_str("; nothing else answers either, as when the task's own group lets nothing out (SG-03) or the ACL no replies in (ACL-01)");
    } else if lost.contacts.iter().all(|it| it.class == AddressClass::Vpc) {
        reason.push_str("; it is in the task's own subnet, within which no ACL has a say");
    }
    reason
}

/// Every host of the pull was tried, among them one that is no endpoint, and TCP reached none.
fn nothing_connects(case: &Case<'_>) -> bool {
    let mut tried = case.hosts.iter().filter(|host| !host.contacts.is_empty());
    tried.clone().any(|host| !addresses::in_public(host).is_empty()) && tried.all(|host| !host.connected())
}

/// The last part of the endpoint service's name.
fn short_name(role: Role) -> &'static str {
    match role {
        Role::EcrApi => "ecr.api",
        Role::EcrDkr => "ecr.dkr",
        _ => "s3",
    }
}
