//! Name servers that fail for every name: DNS-01 when they answer with errors, DNS-15 when they
//! do not answer.

use std::net::IpAddr;

use super::words::list;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::ResolveOutcome;
use crate::model::{Code, Fix, Observation, Stage};

pub static DNS_01: Rule = Rule {
    code: Code("DNS-01"),
    name: "vpc-dns-support-off",
    page: include_str!("../../../docs/codes/DNS-01.md"),
    need: Need::Names,
    judge: errors_for_everything,
};

pub static DNS_15: Rule = Rule {
    code: Code("DNS-15"),
    name: "local-resolver-down",
    page: include_str!("../../../docs/codes/DNS-15.md"),
    need: Need::Names,
    judge: no_answer_at_all,
};

/// All that was asked, when no name server had an address for any name.
fn nothing_resolved<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e ResolveOutcome)> {
    let asked: Vec<_> = case.hosts.iter().flat_map(|host| host.resolves.iter().copied()).collect();
    match asked.iter().all(|(_, outcome)| outcome.is_symptom()) {
        true => asked,
        false => Vec::new(),
    }
}

/// Whether the server did not answer, as against answering with an error.
fn is_silence(outcome: &ResolveOutcome) -> bool {
    matches!(
        outcome,
        ResolveOutcome::Silent
            | ResolveOutcome::PortClosed
            | ResolveOutcome::Unreachable { .. }
            | ResolveOutcome::NoServers
    )
}

fn errors_for_everything(case: &Case<'_>) -> Vec<Draft> {
    let asked = nothing_resolved(case);
    let is_error = |outcome: &ResolveOutcome| {
        matches!(
            outcome,
            ResolveOutcome::ServerFailure
                | ResolveOutcome::Refused
                | ResolveOutcome::OtherError { .. }
                | ResolveOutcome::Malformed { .. }
        )
    };
    // A second server that is silent beside one that answers with errors changes nothing.
    if !asked.iter().any(|(_, outcome)| is_error(outcome))
        || !asked.iter().all(|(_, outcome)| is_error(outcome) || is_silence(outcome))
    {
        return Vec::new();
    }
    let servers = servers(&asked);
    let draft = Draft::error(
        Stage::Dns,
        format!("name server {servers}"),
        format!("the name server {servers} answers every name with an error"),
    )
    .likely("every name failed, with an error and not with NXDOMAIN, so the fault is the server's and not a name's")
    .cite(asked.iter().map(|(observation, _)| *observation))
    .or(&["DNS-04"])
    .fix(Fix::fill_in(
        "turn DNS resolution on for the VPC, if the server is the VPC's own (the second address of its CIDR, or 169.254.169.253)",
        "aws ec2 modify-vpc-attribute --vpc-id VPC_ID --enable-dns-support '{\"Value\":true}'",
    ))
    .fix(Fix::advice("if the server is your own, mend its forwarding: it must forward amazonaws.com to the VPC's resolver"));
    vec![draft]
}

fn no_answer_at_all(case: &Case<'_>) -> Vec<Draft> {
    let asked = nothing_resolved(case);
    if asked.is_empty() || !asked.iter().all(|(_, outcome)| is_silence(outcome)) {
        return Vec::new();
    }
    let servers = servers(&asked);
    let (subject, summary) = match servers.is_empty() {
        true => ("name servers".to_owned(), "no name server is configured here".to_owned()),
        false => (
            format!("name server {servers}"),
            format!("the name server {servers} does not answer, so no name resolves"),
        ),
    };
    let draft = Draft::error(Stage::Dns, subject, summary)
        .proven("not one query to it was answered, neither with an address nor with an error")
        .cite(asked.iter().map(|(observation, _)| *observation))
        .fix(Fix::advice(
            "use the VPC's own resolver: set domain-name-servers=AmazonProvidedDNS in the VPC's DHCP option set",
        ))
        .fix(Fix::fill_in(
            "if the server is meant to be used, let the task reach it: UDP and TCP 53 out of the task's security group and in at the server's",
            format!(
                "aws ec2 authorize-security-group-egress --region {} --group-id TASK_SECURITY_GROUP --ip-permissions IpProtocol=udp,FromPort=53,ToPort=53,IpRanges='[{{CidrIp={}/32}}]'",
                case.region(),
                first_server(&asked)
            ),
        ));
    vec![draft]
}

fn servers(asked: &[(&Observation, &ResolveOutcome)]) -> String {
    list(asked.iter().filter_map(|(observation, _)| observation.address).map(|address: IpAddr| address.to_string()))
}

fn first_server(asked: &[(&Observation, &ResolveOutcome)]) -> String {
    let first = asked.iter().find_map(|(observation, _)| observation.address);
    first.map_or_else(|| "DNS_SERVER".to_owned(), |address| address.to_string())
}
