//! SG-01: an endpoint's address swallows every SYN.

use super::{commands, words};
use crate::aws::Service;
use crate::diagnose::addresses::{self, UnansweredHosts};
use crate::diagnose::{Case, Draft, Need};
use crate::model::{AddressClass, Blank, Command, Fix, Role, Stage};

rule!(SG_01, "SG-01", "endpoint-sg-blocks-task", Need::Connections, judge);

/// An AWS name at an address that AWS does not announce is an endpoint's address: a drop there is
/// the endpoint's group, the task's own, or an ACL, or nobody has the address any more, and from inside they look alike.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let of_endpoint = |host| {
        if addresses::is_ecr(host) || addresses::is_s3(host) { addresses::timed_out_private(host) } else { Vec::new() }
    };
    UnansweredHosts::by_region(case, of_endpoint).map(|lost| sealed(case, &lost)).collect()
}

fn sealed(case: &Case<'_>, lost: &UnansweredHosts<'_, '_>) -> Draft {
    let region = lost.region;
    let count = lost.hosts.len();
    let names = words::hosts(&lost.hosts);
    let port = lost.at_odd_port().map_or(addresses::HTTPS, |host| host.target.port);
    let summary = format!(
        "the VPC {} of {names} {} not answer on port {port}: {} security group most likely keeps {} out",
        words::verb(count, "endpoint", "endpoints"),
        words::verb(count, "does", "do"),
        words::verb(count, "its", "their"),
        words::this(case),
    );
    let draft = Draft::error(Stage::Route, names, summary)
        .likely(reason(case, lost))
        .cite(lost.observations())
        .or(&["SG-03", "ACL-01", "DNS-08"]);
    let draft = match lost.at_odd_port() {
        Some(host) => draft.or(&["CFG-03"]).fix(words::drop_port(host.target)),
        None => draft,
    };
    let roles = lost.hosts.iter().map(|host| host.role());
    let services = words::list(roles.clone().map(short_name));
    let mut endpoints: Vec<Service> = roles.filter_map(Service::of).collect();
    endpoints.dedup();
    let groups = commands::endpoints_of(region, endpoints)
        .query("VpcEndpoints[].[ServiceName,VpcEndpointId,State,Groups[].GroupId]")
        .words("--output json");
    let draft = if nothing_connects(case) {
        draft.fix(Fix::run(
            "nothing at all answers, so look first at what the task's own group lets out",
            &Command::of("aws ec2 describe-security-group-rules")
                .region(region)
                .filters([("group-id", Blank::TASK_SECURITY_GROUP.into())])
                .query(EGRESS)
                .table(),
        ))
    } else {
        draft
    };
    draft
        .fix(Fix::run(
            format!("find the security groups of the {services} {}", words::verb(count, "endpoint", "endpoints")),
            &groups,
        ))
        .fix(words::owner(region, &lost.contacts))
        .fix(Fix::run("let the task in on port 443 there", &commands::let_in(region)))
        .fix(Fix::run(
            "if that is so already, let the task out on port 443 (SG-03)",
            &commands::let_out(region)
                .words("--protocol tcp --port 443")
                .option("--source-group", Blank::ENDPOINT_SECURITY_GROUP),
        ))
}

/// What a security group lets out, and whereto.
const EGRESS: &str =
    "SecurityGroupRules[?IsEgress].[IpProtocol,FromPort,ToPort,CidrIpv4,PrefixListId,ReferencedGroupInfo.GroupId]";

/// The evidence, and what beside it speaks for one of the causes.
fn reason(case: &Case<'_>, lost: &UnansweredHosts<'_, '_>) -> String {
    let count = lost.contacts.len();
    let mut reason = format!(
        "AWS does not announce {}, so {} to a VPC endpoint, or did, and no SYN was answered",
        words::addresses(&lost.contacts),
        words::verb(count, "it belongs", "they belong"),
    );
    let answers = case.hosts.iter().any(|host| {
        addresses::is_ecr(host) && host.contacts.iter().any(|it| it.connected() && addresses::is_private(host, it))
    });
    if answers {
        reason.push_str(&format!("; another endpoint does answer {}", words::this(case)));
    } else if nothing_connects(case) {
        reason.push_str("; nothing else answers either, as when the task's own group lets nothing out (SG-03) or the ACL no replies in (ACL-01)");
    } else if lost.contacts.iter().all(|it| it.class == AddressClass::Vpc) {
        reason.push_str("; it is in the task's own subnet, and network ACLs do not apply within a subnet");
    }
    reason
}

/// Every host of the pull was tried, among them one that is no endpoint, and TCP reached none.
fn nothing_connects(case: &Case<'_>) -> bool {
    let mut tried = case.hosts.iter().filter(|host| !host.contacts.is_empty());
    tried.clone().any(|host| !addresses::timed_out_public(host).is_empty()) && tried.all(|host| !host.connected())
}

/// The last part of the endpoint service's name.
fn short_name(role: Role) -> &'static str {
    match role {
        Role::EcrApi => "ecr.api",
        Role::EcrDkr => "ecr.dkr",
        _ => "s3",
    }
}
