//! What a task's start needs beside the pull, and cannot reach: INIT-01 Secrets Manager, INIT-02
//! Parameter Store, INIT-05 CloudWatch Logs, SG-06 KMS.

use super::{commands, words};
use crate::aws::Service;
use crate::diagnose::addresses::{self, Side};
use crate::diagnose::{Case, Contact, Draft, Host, Need};
use crate::model::outcome::ConnectOutcome;
use crate::model::{Fix, Role, Stage};

rule!(INIT_01, "INIT-01", "secrets-manager-unreachable", Need::Service(Role::SecretsManager), |case| of(
    case,
    Role::SecretsManager
));
rule!(INIT_02, "INIT-02", "parameter-store-unreachable", Need::Service(Role::Ssm), |case| of(case, Role::Ssm));
rule!(INIT_05, "INIT-05", "logs-unreachable", Need::Service(Role::Logs), |case| of(case, Role::Logs));
rule!(SG_06, "SG-06", "kms-unreachable", Need::Service(Role::Kms), |case| of(case, Role::Kms));

fn of(case: &Case<'_>, role: Role) -> Vec<Draft> {
    case.hosts_of(role).filter_map(|host| unreachable(case, host)).collect()
}

/// Lost SYNs only: what answers in another way has a code of its own, whatever the service.
fn unreachable(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let is_lost = |contact: &Contact<'_>| matches!(contact.connect.1, ConnectOutcome::TimedOut);
    let contacts = host.unreached(is_lost);
    let all = |side| contacts.iter().all(|contact| addresses::side(host, contact) == side);
    let (public, private) = (all(Side::Public), all(Side::Private));
    let first = contacts.first()?;
    let (title, region) = (host.role().title(), addresses::region_of(case, host));
    let service = Service::of(host.role())?;
    let summary = if public {
        format!("{title} cannot be reached: {} is at public addresses, and nothing answers there", host.target)
    } else if !private {
        format!("{title} cannot be reached: nothing answers at the addresses of {}", host.target)
    } else {
        let this = words::this(case);
        format!("{title} cannot be reached: the endpoint of {} accepts no connection from {this}", host.target)
    };
    let reason =
        format!("no SYN to {} was answered; the pull does not need it, the start of the task does", first.address);
    let draft = Draft::error(Stage::TaskStart, host.target.to_string(), summary)
        .likely(reason)
        .cite(host.answer().map(|(observation, _)| observation))
        .cite(contacts.iter().map(|contact| contact.connect.0))
        .fix(Fix::run(
            format!("see whether the VPC has an endpoint for {title}, and with which security groups"),
            &commands::endpoints_of(region, [service])
                .query("VpcEndpoints[].[VpcEndpointId,State,PrivateDnsEnabled,Groups[].GroupId]")
                .text(),
        ));
    Some(if !private {
        draft.or(&["DNS-02", "DNS-03", "RTE-02", "ACL-01"]).fix(Fix::run(
            "create it, with private DNS, or give the subnet a NAT gateway",
            &commands::create_interface_endpoint(region, service),
        ))
    } else {
        draft
            .or(&["SG-03", "ACL-01"])
            .fix(Fix::run("let the task in on port 443 at the endpoint's security group", &commands::let_in(region)))
    })
}
