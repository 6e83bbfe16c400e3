//! Name servers that are not the VPC's own.

use std::net::IpAddr;

use super::configuration::Configuration;
use super::words::list;
use crate::aws::may_be_vpc_resolver;
use crate::diagnose::{Draft, Rule, rules};
use crate::model::facts::{EndpointKind, RouteTable};
use crate::model::{Command, EvidenceId, Fix, Role, Stage};
use crate::ranges::Cidr;

/// The name that DHCP options give to the VPC's own.
const AMAZON: &str = "AmazonProvidedDNS";

/// A finding where the VPC has endpoints with private DNS and its tasks ask other name servers. One in the VPC or a network
/// beyond may pass the question on, as most do; one on the internet cannot know the endpoints.
pub fn drafts(configuration: &Configuration<'_>) -> Option<(&'static Rule, Draft)> {
    let account = &configuration.account;
    let vpc = account.vpc(configuration.vpc()?).known()?;
    let options = account.dhcp_options(&vpc.dhcp_options_id);
    let (observation, known) = (options.observation()?, options.known()?);
    let others: Vec<&String> = known.name_servers.iter().filter(|server| !is_amazon(server)).collect();
    let services = account.endpoint_services(&configuration.aim);
    let mut endpoints = account.endpoints().filter(|(_, it)| {
        it.vpc_id == vpc.id && it.kind == EndpointKind::Interface && it.private_dns && services.contains(&it.service)
    });
    if others.is_empty() || others.len() < known.name_servers.len() || endpoints.next().is_none() {
        return None;
    }
    let servers = list(others.iter().map(|server| server.as_str()));
    let draft = if others.iter().any(|server| is_public(server)) {
        let summary = format!(
            "the VPC's DHCP options name {servers}, on the internet: names of its endpoints resolve to public addresses"
        );
        match way_out(configuration) {
            Some(false) => Draft::error(Stage::Dns, known.id.clone(), summary)
                .proven("private DNS of an endpoint is known to the VPC's own resolver alone, and the subnet has no way to public addresses"),
            _ => Draft::warning(Stage::Dns, known.id.clone(), summary)
                .proven("private DNS of an endpoint is known to the VPC's own resolver alone"),
        }
    } else {
        let summary = format!("the VPC's DHCP options name {servers}, which are not Amazon's");
        Draft::info(Stage::Dns, known.id.clone(), summary)
            .strength(crate::model::Strength::Possible, "they are taken to ask the VPC's own resolver: where they do not, names of endpoints resolve to public addresses")
    };
    let mut draft = draft
        .fix(Fix::run(
            "make a set of DHCP options with the VPC's own resolver, or let the name servers forward AWS's domains to it",
            &Command::of("aws ec2 create-dhcp-options")
                .region(&configuration.aim.region)
                .words("--dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS"),
        ))
        .blame(vec![known.id.clone(), vpc.id.clone()], None);
    draft.cites = cites(observation.id, account.vpc(&vpc.id).id());
    draft.roles = vec![Role::EcrApi, Role::EcrDkr];
    draft.images = Some(account.image_texts(&configuration.aim));
    Some((rules::of("DNS-04")?, draft))
}

fn cites(options: EvidenceId, vpc: Option<EvidenceId>) -> Vec<EvidenceId> {
    [options].into_iter().chain(vpc).collect()
}

fn is_amazon(server: &str) -> bool {
    server.eq_ignore_ascii_case(AMAZON) || server.parse().is_ok_and(may_be_vpc_resolver)
}

/// Whether it is no address that only a private network has (RFC 1918, RFC 6598, RFC 3927, RFC 4193).
fn is_public(server: &str) -> bool {
    const PRIVATE: [&str; 7] =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"];
    let Ok(address) = server.parse::<IpAddr>() else { return false };
    !PRIVATE.iter().filter_map(|range| Cidr::parse(range).ok()).any(|range| range.contains(address))
}

/// Whether some default route leads out of a subnet of the placement; `None` where its table is not known.
fn way_out(configuration: &Configuration<'_>) -> Option<bool> {
    let account = &configuration.account;
    let mut any = false;
    for subnet in &configuration.placement.subnets {
        any |= leads_out(account.route_table_of(subnet)?);
    }
    Some(any)
}

fn leads_out(table: &RouteTable) -> bool {
    table.routes.iter().any(|route| matches!(route.destination.as_str(), "0.0.0.0/0" | "::/0"))
}
