//! DNS-13: names without an IPv6 address, in a place without IPv4.

use super::{commands, dns, words};
use crate::aws::{EcrHost, Variant, registry_host};
use crate::diagnose::{Case, Contact, Draft, Host, Need, addresses};
use crate::model::outcome::ConnectOutcome;
use crate::model::{Blank, Command, Fix, Role, Stage};

rule!(DNS_13, "DNS-13", "no-ipv6-address", Need::Connections, judge);

/// Whether IPv6 works here and IPv4 has no route at all: without the former it might be no network at all.
fn is_ipv6_only(case: &Case<'_>) -> bool {
    let (ipv4, ipv6): (Vec<&Contact<'_>>, Vec<_>) =
        case.hosts.iter().flat_map(|host| &host.contacts).partition(|it| it.address.is_ipv4());
    let server_answers = case
        .hosts
        .iter()
        .flat_map(|host| &host.resolves)
        .any(|(it, outcome)| it.address.is_some_and(|server| server.is_ipv6()) && !dns::is_silence(outcome));
    let no_route = |it: &&Contact<'_>| matches!(it.connect.1, ConnectOutcome::NetworkUnreachable);
    !ipv4.is_empty() && ipv4.iter().all(no_route) && (server_answers || ipv6.iter().any(|it| it.connected()))
}

/// Whether the host fails because it has no IPv6 address.
pub fn is_cause(case: &Case<'_>, host: &Host<'_>) -> bool {
    !host.contacts.is_empty() && host.contacts.iter().all(|it| it.address.is_ipv4()) && is_ipv6_only(case)
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let hosts: Vec<&Host<'_>> = case.hosts.iter().filter(|host| is_cause(case, host)).collect();
    if hosts.is_empty() {
        return Vec::new();
    }
    let region = addresses::own_region(case);
    let names = words::hosts(&hosts);
    let have = words::verb(hosts.len(), "has", "have");
    let draft =
        Draft::error(Stage::Dns, names.clone(), format!("{names} {have} no IPv6 address, and there is no IPv4 here"))
            .likely("the kernel has no route to any IPv4 address, while IPv6 works here")
            .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
            .cite(hosts.iter().flat_map(|host| &host.contacts).map(|contact| contact.connect.0))
            .or(&["RTE-14"]);
    let registries: Vec<EcrHost> = hosts.iter().filter_map(|host| EcrHost::parse(&host.target.host)).collect();
    let draft = registries.into_iter().fold(draft, |draft, EcrHost { account, region, fips, .. }| {
        let registry = registry_host(&account, &region, Variant { fips, dual_stack: true });
        draft.fix(Fix::advice(format!(
            "name the image by {registry} in the task definition: it is the same registry, and has IPv6 addresses"
        )))
    });
    let draft = if hosts.iter().any(|host| host.role() == Role::EcrApi) {
        draft.fix(Fix::advice(
            "set AWS_USE_DUALSTACK_ENDPOINT=true for what asks the API with an AWS SDK or the AWS CLI; the ECS agent asks the dual-stack API by itself on an instance that has IPv6 only",
        ))
    } else {
        draft
    };
    vec![
        draft
            .fix(Fix::run(
                "turn DNS64 on for the subnet, so that names with IPv4 addresses only get IPv6 ones",
                &Command::of("aws ec2 modify-subnet-attribute")
                    .region(region)
                    .option("--subnet-id", Blank::SUBNET_ID)
                    .words("--enable-dns64"),
            ))
            .fix(Fix::run(
                "route those addresses to a NAT gateway, which translates them (NAT64); it is in a subnet that has IPv4",
                &commands::route_to_nat(region, "--destination-ipv6-cidr-block", "64:ff9b::/96"),
            )),
    ]
}
