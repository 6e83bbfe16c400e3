//! Who answers for names in a VPC: its DNS attributes and its DHCP options.

use std::net::{IpAddr, Ipv4Addr};

use crate::aws::{VPC_RESOLVER, may_be_vpc_resolver};
use crate::model::facts::VpcDns;
use crate::model::{Check, EvidenceId, HopKind};
use crate::path::network::{Network, Origin};
use crate::path::read::{Told, told};
use crate::path::span::Span;
use crate::path::trail::Trail;
use crate::path::{Allowance, Unseen};

/// Whom the place asks.
#[derive(Debug)]
pub(super) enum Asked {
    /// Amazon's resolver of the VPC.
    Amazon,
    /// Others: they may pass the question on to Amazon's.
    Others { id: String, servers: Vec<String>, observation: EvidenceId },
    /// Nobody can tell.
    Unknown(Unseen),
}

/// Whom the place asks, by the DHCP options of its VPC.
pub(super) fn asked(network: &Network<'_>, origin: &Origin<'_, '_>) -> Asked {
    let id = &origin.subnet.vpc_id;
    let vpc = match told(network.account.vpc(id), Check::Vpc, id).there(Check::Vpc, id) {
        Ok((vpc, _)) => vpc,
        Err(unseen) => return Asked::Unknown(unseen),
    };
    let id = &vpc.dhcp_options_id;
    match told(network.account.dhcp_options(id), Check::DhcpOptions, id) {
        Told::There(options, observation) => {
            let servers = &options.name_servers;
            if servers.is_empty() || servers.iter().any(|server| is_amazons(server, &vpc.cidrs)) {
                return Asked::Amazon;
            }
            Asked::Others { id: id.clone(), servers: servers.clone(), observation }
        }
        Told::Gone(_) => Asked::Amazon,
        Told::Unseen(unseen) => Asked::Unknown(unseen),
    }
}

/// `AmazonProvidedDNS`, the third address of a CIDR of the VPC's, or the resolver's addresses of every VPC (VPC User
/// Guide, "Amazon DNS server").
fn is_amazons(server: &str, cidrs: &[String]) -> bool {
    let Ok(address) = server.parse::<IpAddr>() else { return server.eq_ignore_ascii_case("AmazonProvidedDNS") };
    let third = |cidr: &String| match Span::parse(cidr).map(|(span, _)| span.ends().0) {
        Some(IpAddr::V4(first)) => IpAddr::V4(Ipv4Addr::from_bits(first.to_bits().wrapping_add(2))) == address,
        _ => false,
    };
    match address {
        IpAddr::V4(address) if address == VPC_RESOLVER => true,
        IpAddr::V4(_) => cidrs.iter().any(third),
        IpAddr::V6(_) => may_be_vpc_resolver(address),
    }
}

/// The DNS attributes of the VPC; where they are hidden, a step says so, and both are taken to be on.
pub(super) fn attributes(network: &Network<'_>, vpc: &str, trail: &mut Trail) -> (VpcDns, Vec<EvidenceId>) {
    match told(network.account.vpc_dns(vpc), Check::VpcDns, vpc).there(Check::VpcDns, vpc) {
        Ok((dns, observation)) => (*dns, vec![observation]),
        Err(unseen) => {
            trail.unknown(HopKind::Vpc, vpc, unseen, &[]);
            (VpcDns { support: true, hostnames: true }, Vec::new())
        }
    }
}

/// Writes down that other servers than Amazon's are asked.
pub(super) fn note(asked: &Asked, trail: &mut Trail) {
    if let Asked::Others { id, servers, observation } = asked {
        let by = Allowance::OtherResolver { servers: servers.clone() };
        trail.allows(HopKind::DhcpOptions, id, by, &[*observation]);
    }
}
