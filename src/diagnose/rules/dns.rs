//! Name servers that fail for every name: DNS-01 when they answer with errors, DNS-15 when they
//! do not answer, or not over TCP where they must.

use std::net::IpAddr;

use super::{commands, endpoint_url, words};
use crate::aws::{Partition, may_be_vpc_resolver};
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::ResolveOutcome;
use crate::model::{Blank, Command, Fix, Mode, Observation, Stage};

rule!(DNS_01, "DNS-01", "vpc-dns-support-off", Need::Names, errors_for_everything);
rule!(DNS_15, "DNS-15", "local-resolver-down", Need::Names, |case| {
    no_answer_at_all(case).into_iter().chain(no_whole_answer(case)).collect()
});

/// Questions, and what became of each.
pub type Asked<'e> = Vec<(&'e Observation, &'e ResolveOutcome)>;

/// The hosts that a name server was asked for: what is no name at all is not sent (CFG-01), nor is an address.
fn names<'h, 'e>(case: &'h Case<'e>) -> impl Iterator<Item = &'h Host<'e>> {
    let is_address = |host: &Host<'_>| host.resolves.iter().any(|(_, it)| matches!(it, ResolveOutcome::IpLiteral(_)));
    case.hosts.iter().filter(move |host| !endpoint_url::has_empty_part(host) && !is_address(host))
}

/// All that was asked, when no name server had an address for any name.
fn nothing_resolved<'e>(case: &Case<'e>) -> Asked<'e> {
    let asked: Vec<_> = names(case).flat_map(|host| host.resolves.iter().copied()).collect();
    if asked.iter().all(|(_, outcome)| outcome.is_symptom()) { asked } else { Vec::new() }
}

/// Whether the server did not answer, as against answering with an error.
pub fn is_silence(outcome: &ResolveOutcome) -> bool {
    matches!(
        outcome,
        ResolveOutcome::TimedOut
            | ResolveOutcome::PortClosed
            | ResolveOutcome::Unreachable { .. }
            | ResolveOutcome::NoServers
    )
}

/// Whether the server answered, and said neither where the name is nor that it is not.
pub fn is_error(outcome: &ResolveOutcome) -> bool {
    matches!(
        outcome,
        ResolveOutcome::ServerFailure
            | ResolveOutcome::Refused
            | ResolveOutcome::OtherError { .. }
            | ResolveOutcome::Truncated { .. }
            | ResolveOutcome::Malformed { .. }
    )
}

/// Whether the server said that there is no such name, or no address of it.
pub fn is_denial(outcome: &ResolveOutcome) -> bool {
    matches!(outcome, ResolveOutcome::NxDomain { .. } | ResolveOutcome::NoData { .. })
}

/// Whether the server said where the name is, or that it is not.
pub fn is_word(outcome: &ResolveOutcome) -> bool {
    matches!(outcome, ResolveOutcome::Answered(_) | ResolveOutcome::NoData { .. } | ResolveOutcome::NxDomain { .. })
}

fn is_cut(outcome: &ResolveOutcome) -> bool {
    matches!(outcome, ResolveOutcome::Truncated { .. })
}

/// Whose a name server may be, by its address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    /// In the container or on its host: Docker's 127.0.0.11, systemd's 127.0.0.53.
    Local,
    /// Perhaps the VPC's own.
    MaybeAmazon,
    Own,
}

impl Server {
    fn of(address: IpAddr) -> Self {
        match address {
            it if it.is_loopback() => Server::Local,
            it if may_be_vpc_resolver(it) => Server::MaybeAmazon,
            _ => Server::Own,
        }
    }
}

/// Each once, in the order in which they are asked.
pub fn servers(asked: &Asked<'_>) -> Vec<IpAddr> {
    let mut servers = Vec::new();
    for address in asked.iter().filter_map(|(observation, _)| observation.address) {
        if !servers.contains(&address) {
            servers.push(address);
        }
    }
    servers
}

/// `name server 10.0.0.2`.
pub fn title(servers: &[IpAddr]) -> String {
    let noun = words::verb(servers.len(), "name server", "name servers");
    format!("{noun} {}", words::list(servers.iter().map(ToString::to_string)))
}

fn dns_support(region: &str) -> Fix {
    Fix::run(
        "if it is the VPC's own (the base address of the VPC plus two, or 169.254.169.253), turn DNS resolution on for the VPC",
        &Command::of("aws ec2 modify-vpc-attribute")
            .region(region)
            .option("--vpc-id", Blank::VPC_ID)
            .option("--enable-dns-support", r#"{"Value":true}"#),
    )
}

fn errors_for_everything(case: &Case<'_>) -> Vec<Draft> {
    // Not a name resolves, and not one of these is denied or cut: the one is told by DNS-09, the other by DNS-15.
    let nothing = nothing_resolved(case);
    let is_other = |it: &ResolveOutcome| is_cut(it) || !is_error(it) && !is_silence(it);
    let is_told = |host: &Host<'_>| host.resolves.iter().any(|(_, it)| is_other(it));
    let hosts: Vec<&Host<'_>> = names(case).filter(|host| !host.resolves.is_empty() && !is_told(host)).collect();
    let asked: Asked<'_> = hosts.iter().flat_map(|host| host.resolves.iter().copied()).collect();
    let all = asked.len() == nothing.len();
    // A second server that is silent beside one that answers with errors changes nothing.
    let failing: Asked<'_> = asked.iter().copied().filter(|(_, outcome)| is_error(outcome)).collect();
    if nothing.is_empty() || failing.is_empty() || !all && hosts.len() < 2 {
        return Vec::new();
    }
    let servers = servers(&failing);
    let title = title(&servers);
    let answers = words::verb(servers.len(), "answers", "answer");
    let is_of_failing = |it: &Observation| it.address.is_some_and(|server| servers.contains(&server));
    let silent_too = asked.iter().any(|(it, outcome)| is_silence(outcome) && is_of_failing(it));
    let summary = if silent_too {
        format!("the {title} {answers} no name: some with an error, others not at all")
    } else if all {
        format!("the {title} {answers} every name with an error")
    } else {
        format!("the {title} {answers} {} with an error", words::hosts(&hosts))
    };
    let draft = Draft::error(Stage::Dns, title, summary)
        .likely(if all { "every name failed, with an error and not with NXDOMAIN, so the fault is the server's and not a name's" } else { "no name resolves, and these with an error and not with NXDOMAIN, so the fault is the server's and not a name's" })
        .cite(asked.iter().map(|(observation, _)| *observation))
        .or(if silent_too { &["DNS-15", "DNS-04"] } else { &["DNS-04"] });
    let region = addresses::own_region(case);
    let domain = Partition::of_region(region).dns_suffix;
    let forward = Fix::advice(format!(
        "if the server is your own, fix its forwarding: names under {domain} must go to the VPC's resolver, or to a Route 53 Resolver inbound endpoint"
    ));
    vec![if servers.iter().any(|server| Server::of(*server) == Server::MaybeAmazon) {
        draft.fix(dns_support(region)).fix(forward)
    } else {
        draft.fix(forward).fix(words::amazon_dns(case))
    }]
}

fn no_answer_at_all(case: &Case<'_>) -> Vec<Draft> {
    let asked = nothing_resolved(case);
    if asked.is_empty() || !asked.iter().all(|(_, outcome)| is_silence(outcome)) {
        return Vec::new();
    }
    let servers = servers(&asked);
    let region = addresses::own_region(case);
    if servers.is_empty() {
        return vec![
            Draft::error(Stage::Dns, "name servers", "no name server is configured here, so no name was looked up")
                .likely("/etc/resolv.conf names none, and programs ask 127.0.0.1 then, where a resolver may or may not be")
                .cite(asked.iter().map(|(observation, _)| *observation))
                .fix(Fix::advice(match case.vantage.mode {
                    Mode::Lambda => "look at domain-name-servers in the VPC's DHCP options: a task asks those servers",
                    _ => "look at /etc/resolv.conf in the container; in ECS it comes from the VPC's DHCP options, or from dnsServers in the task definition",
                }))
                .fix(words::amazon_dns(case)),
        ];
    }
    let title = title(&servers);
    let do_not = words::verb(servers.len(), "does not", "do not");
    let closed = asked.iter().all(|(_, outcome)| matches!(outcome, ResolveOutcome::PortClosed));
    let draft = Draft::error(Stage::Dns, title.clone(), format!("the {title} {do_not} answer, so no name resolves"))
        .proven(if closed {
            "the host of the server says that nothing listens on port 53"
        } else {
            "not one query was answered, neither with an address nor with an error"
        })
        .cite(asked.iter().map(|(observation, _)| *observation));
    let is = |wanted| servers.iter().any(|server| Server::of(*server) == wanted);
    let draft = if is(Server::Local) {
        draft.fix(Fix::advice(
        "start the resolver that runs there again (Docker's own is at 127.0.0.11, systemd's at 127.0.0.53; 127.0.0.1 is asked too where /etc/resolv.conf names none), and look at the servers it forwards to",
    ))
    } else {
        draft
    };
    let draft = if is(Server::MaybeAmazon) { draft.or(&["DNS-01"]).fix(dns_support(region)) } else { draft };
    let draft = match servers.iter().find(|server| Server::of(**server) != Server::Local) {
        Some(server) if case.vantage.mode != Mode::Host => draft.fix(let_out(region, *server)),
        _ => draft,
    };
    if is(Server::Own) { vec![draft.fix(words::amazon_dns(case))] } else { vec![draft] }
}

/// Names whose answers are too long for a datagram, and TCP does not work: the way to the server is half open.
fn no_whole_answer(case: &Case<'_>) -> Option<Draft> {
    let is_lost = |host: &Host<'_>| host.answer().is_none() && host.resolves.iter().any(|(_, it)| is_cut(it));
    let hosts: Vec<&Host<'_>> = names(case).filter(|host| is_lost(host)).collect();
    if hosts.is_empty() {
        return None;
    }
    let resolves = hosts.iter().flat_map(|host| host.resolves.iter().copied());
    // A second server that is silent beside one that cuts its answers changes nothing.
    let (cut, silent): (Asked<'_>, Asked<'_>) =
        resolves.filter(|(_, it)| is_cut(it) || is_silence(it)).partition(|(_, it)| is_cut(it));
    let servers = servers(&cut);
    let (title, names) = (title(&servers), words::hosts(&hosts));
    let summary = format!("what the {title} has for {names} is too long for a datagram, and TCP port 53 does not work");
    let draft = Draft::error(Stage::Dns, title, summary)
        .proven("the answer over UDP was cut, and over TCP, where the whole of it is to be had, none came")
        .cite(cut.iter().chain(&silent).map(|(observation, _)| *observation))
        .fix(Fix::advice(
            "open TCP port 53 to it wherever UDP port 53 is let through: security groups, ACLs, firewalls",
        ));
    Some(match servers.iter().find(|server| Server::of(**server) != Server::Local) {
        Some(server) if case.vantage.mode != Mode::Host => draft.fix(let_out(addresses::own_region(case), *server)),
        _ => draft,
    })
}

/// Neither security groups nor network ACLs apply to what goes to the VPC's own resolver.
fn let_out(region: &str, server: IpAddr) -> Fix {
    let range = match server {
        IpAddr::V4(_) => format!("IpRanges=[{{CidrIp={server}/32}}]"),
        IpAddr::V6(_) => format!("Ipv6Ranges=[{{CidrIpv6={server}/128}}]"),
    };
    let rules = ["udp", "tcp"].map(|protocol| format!("IpProtocol={protocol},FromPort=53,ToPort=53,{range}"));
    Fix::run(
        "if it is a server of your own, see that it runs, and let the task reach it: UDP and TCP 53, out of the task's security group and in at the server's",
        &commands::let_out(region).options("--ip-permissions", rules),
    )
}
