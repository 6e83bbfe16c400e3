//! Addresses of the host itself: where credentials come from, and what never leaves it.

use std::net::IpAddr;

use super::answer::Answer;
use super::hop::Hop;
use crate::model::Stage;
use crate::reason::hosts::is_port_of_path;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// The instance's metadata (EC2 User Guide, "Instance metadata").
const METADATA: [&str; 2] = ["169.254.169.254", "[fd00:ec2::254]"];

/// Where ECS and EKS give a container its role's credentials (ECS Developer Guide, "Task IAM role"; EKS User Guide, "EKS
/// Pod Identity").
const CREDENTIALS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

/// The host itself, as URLs have it.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether packets to the address stay on the host: loopback and link-local.
pub fn is_own(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => four.is_loopback() || four.is_link_local() || four.is_unspecified(),
        IpAddr::V6(six) => {
            let gives_credentials =
                [METADATA[1], CREDENTIALS[2]].iter().any(|it| it[1..it.len() - 1] == six.to_string());
            six.is_loopback() || six.is_unicast_link_local() || six.is_unspecified() || gives_credentials
        }
    }
}

/// Whether the last request of the text is one for an image or a container to the container runtime of the host, by its
/// socket or pipe: Docker's and Podman's clients print these for a host, and Docker's image has the name `docker`.
pub fn asks_runtime(parsed: &Parsed) -> bool {
    let Some((_, url)) = parsed.plain.line.rsplit_once("://") else { return false };
    let url = url.split([' ', '"']).next().unwrap_or_default().to_ascii_lowercase();
    let Some((host, path)) = url.split_once('/') else { return false };
    let is_local = host.ends_with(".sock") || host.contains("%2fpipe%2f") || host.starts_with("docker:237");
    // What only lists images or containers is of no pull and no start.
    let (path, _) = path.split_once('?').unwrap_or((path.trim_end_matches(':'), ""));
    let is_needed = path.contains("/images/") || path.contains("/containers/create") || path.ends_with("/start");
    is_local && is_needed && !path.ends_with("/images/json")
}

/// Whether the text names an image of a registry on the host itself: `localhost:5000/app`.
pub fn names_registry(parsed: &Parsed) -> bool {
    LOOPBACK.iter().any(|host| parsed.plain.line.split(host).skip(1).any(is_port_of_path))
}

/// A connection to such an address that did not come about: no security group and no route is to blame.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if asks_runtime(parsed) {
        let answer = Answer::at(Stage::TaskStart, "the host's container runtime does not answer its client");
        return Some(answer.likely("HOST-01", "the request went to its socket or pipe, and to no registry"));
    }
    let hop = Hop::of(parsed, None).filter(|hop| *hop != Hop::Logs)?;
    let asks = |hosts: &[&str]| hosts.iter().any(|it| is_last_asked(it, parsed));
    let answer = |who: &str| {
        Answer::at(Stage::Credentials, format!("{who} gave no answer, and with it no credentials to ask ECR with"))
    };
    if asks(&METADATA) {
        let answer = answer("the instance's metadata service");
        return Some(
            answer
                .likely("IAM-13", "credentials were asked of the instance, and it gave none")
                .possible("IAM-08", "on ECS and EKS they come from another address, which was not told to the client"),
        );
    }
    if asks(&CREDENTIALS) {
        let answer = answer("the endpoint that gives a task its role's credentials");
        return Some(
            answer
                .likely("IAM-08", "credentials were asked of the host's agent, and it gave none")
                .possible("IAM-13", "nothing else in the credential chain gave any"),
        );
    }
    let address = parsed.address.as_ref().map(|known| known.address).filter(|it| is_own(*it));
    // `localhost:5000/app` is a registry on the host.
    if parsed.hosts.is_empty() {
        let is_asked = address.is_some()
            || parsed.plain.line.contains("/v2/") && LOOPBACK.iter().any(|it| is_last_asked(it, parsed));
        let is_silent = parsed.has(Sign::TimedOut) && !parsed.has(Sign::Refused);
        return (is_asked && is_silent).then(|| {
            let means = "a registry, a mirror or a proxy on the host itself did not answer";
            Answer::unrecognised(Some(Stage::Route), means).or(&[
                ("ECR-03", "it took the connection, or was about to, and gave no answer in time"),
                ("PRX-01", "it is a proxy that is set for what pulls"),
            ])
        });
    }
    let address = address?;
    let means = format!("{address} is the host's own address, where {} is not", hop.title());
    if parsed.has(Sign::Refused) && address.to_canonical().is_loopback() {
        let answer = Answer::at(Stage::Route, means);
        return Some(answer.likely("RTE-13", "nothing listens there").or(&[
            ("DNS-08", "the hosts file or a stale record leads there"),
            ("DNS-09", "a DNS firewall answers with such an address"),
            ("PRX-01", "a proxy or a mirror on the host is set for what pulls, and is down"),
        ]));
    }
    Some(Answer::unrecognised(Some(Stage::Route), means).or(&[
        ("PRX-01", "a proxy or a mirror on the host is set for what pulls, and does not answer"),
        ("DNS-08", "the hosts file or a stale record leads there"),
        ("DNS-09", "a DNS firewall answers with such an address"),
    ]))
}

/// Whether the connection that failed was to this address: dialled, or in the last URL.
fn is_last_asked(host: &str, parsed: &Parsed) -> bool {
    if let Some(known) = &parsed.address {
        return known.address.to_string() == host.trim_matches(['[', ']']);
    }
    let last = parsed.plain.line.rsplit_once("://").and_then(|(_, url)| url.strip_prefix(host));
    last.is_some_and(|rest| !rest.starts_with(|it: char| it.is_ascii_digit()))
}
