//! Connects that fail in other ways than silence, and addresses that fail beside others that work.

use super::words;
use crate::diagnose::{Case, Contact, Draft, Host, Need, Rule};
use crate::model::outcome::ConnectOutcome;
use crate::model::{Code, Fix, Stage};

pub static RTE_07: Rule = Rule {
    code: Code("RTE-07"),
    name: "some-addresses-dead",
    page: include_str!("../../../docs/codes/RTE-07.md"),
    need: Need::Connections,
    judge: some_dead,
};

pub static RTE_13: Rule = Rule {
    code: Code("RTE-13"),
    name: "connection-refused",
    page: include_str!("../../../docs/codes/RTE-13.md"),
    need: Need::Connections,
    judge: refused,
};

pub static RTE_14: Rule = Rule {
    code: Code("RTE-14"),
    name: "rejected-by-icmp",
    page: include_str!("../../../docs/codes/RTE-14.md"),
    need: Need::Connections,
    judge: rejected,
};

fn some_dead(case: &Case<'_>) -> Vec<Draft> {
    case.hosts
        .iter()
        .filter(|host| host.connected())
        .filter_map(|host| {
            let dead: Vec<&Contact<'_>> = host.failed_contacts().collect();
            if dead.is_empty() {
                return None;
            }
            let addresses = words::addresses(&dead);
            let summary = format!(
                "{} of the {} addresses of {} {} dead: {addresses}",
                dead.len(),
                host.contacts.len(),
                host.target,
                words::verb(dead.len(), "is", "are"),
            );
            Some(
                Draft::warning(Stage::Route, format!("{addresses} of {}", host.target), summary)
                    .proven("the other addresses of the same name accept connections, so pulls fail only now and then")
                    .cite(host.answer().map(|(observation, _)| observation))
                    .cite(dead.iter().map(|contact| contact.connect.0))
                    .or(&["DNS-08", "SG-05"])
                    .fix(Fix::fill_in(
                        "see whose the address is, in which zone, and with which security groups",
                        format!("aws ec2 describe-network-interfaces --region {} --filters Name=addresses.private-ip-address,Values={} --query 'NetworkInterfaces[].[NetworkInterfaceId,AvailabilityZone,Status,Description,Groups]'", case.region(), dead[0].address),
                    ))
                    .fix(Fix::advice("compare the route table, ACL and endpoint network interface of that zone with those of a zone that works")),
            )
        })
        .collect()
}

/// Hosts at which TCP reached no address, with the contacts that `fits`.
fn unreached<'h, 'e>(
    case: &'h Case<'e>,
    fits: fn(&ConnectOutcome) -> bool,
) -> Vec<(&'h Host<'e>, Vec<&'h Contact<'e>>)> {
    case.hosts
        .iter()
        .filter(|host| !host.connected())
        .map(|host| (host, host.failed_contacts().filter(|contact| fits(contact.connect.1)).collect::<Vec<_>>()))
        .filter(|(_, contacts)| !contacts.is_empty())
        .collect()
}

fn refused(case: &Case<'_>) -> Vec<Draft> {
    let found = unreached(case, |outcome| matches!(outcome, ConnectOutcome::Refused | ConnectOutcome::Reset));
    found
        .into_iter()
        .map(|(host, contacts)| {
            let addresses = words::addresses(&contacts);
            let summary = format!("{} is refused at {addresses}: something answers there and nothing listens on port {}", host.target.host, host.target.port);
            Draft::error(Stage::Route, format!("{addresses} ({})", host.target), summary)
                .proven("the connection was refused at once, so the packets arrive; it is the wrong place or a firewall that rejects")
                .cite(host.answer().map(|(observation, _)| observation))
                .cite(contacts.iter().map(|contact| contact.connect.0))
                .or(&["DNS-08"])
                .fix(Fix::fill_in(
                    "see whose the address is; a stale record or a private hosted zone may point there",
                    format!("aws ec2 describe-network-interfaces --region {} --filters Name=addresses.private-ip-address,Values={}", case.region(), contacts[0].address),
                ))
                .fix(Fix::advice("if a firewall stands in between, let TCP 443 to this host through"))
        })
        .collect()
}

fn rejected(case: &Case<'_>) -> Vec<Draft> {
    let is_rejection = |outcome: &ConnectOutcome| {
        matches!(
            outcome,
            ConnectOutcome::HostUnreachable | ConnectOutcome::NetworkUnreachable | ConnectOutcome::Forbidden
        )
    };
    let found = unreached(case, is_rejection);
    if found.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<&Host<'_>> = found.iter().map(|(host, _)| *host).collect();
    let contacts: Vec<&Contact<'_>> = found.iter().flat_map(|(_, contacts)| contacts.iter().copied()).collect();
    let names = words::hosts(&hosts);
    let no_route = contacts.iter().all(|contact| matches!(contact.connect.1, ConnectOutcome::NetworkUnreachable));
    let why = match no_route {
        true => "there is no route to it from here",
        false => "the packets were turned back on the way",
    };
    let reason = match no_route {
        true => {
            "the kernel has no route, or a router said that the network is unreachable; silence would have been a time-out"
        }
        false => {
            "a router or firewall said so by ICMP, or nobody holds the address; silence would have been a time-out"
        }
    };
    vec![
        Draft::error(Stage::Route, names.clone(), format!("{names} cannot be reached: {why}"))
            .proven(reason)
            .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
            .cite(contacts.iter().map(|contact| contact.connect.0))
            .fix(Fix::fill_in(
                "look at the routes of the task's subnet",
                format!("aws ec2 describe-route-tables --region {} --filters Name=association.subnet-id,Values=SUBNET_ID --query 'RouteTables[].Routes[]' --output table", case.region()),
            ))
            .fix(Fix::advice("on a host or in a container with its own network, look at its routing table (ip route) and its firewall")),
    ]
}
