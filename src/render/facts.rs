//! What the configuration says, in a few words.

use crate::model::facts::{
    AclEntry, CacheRules, ContainerInstance, DhcpOptions, Endpoint, EndpointKind, Fact, FirewallRule, Hidden,
    HostedZone, IamRole, ImageFact, ImageStatus, Instance, InstanceProfile, Interface, InternetGateway, KmsKey,
    Listing, LogGroup, NatGateway, NetworkAcl, Parameter, Permission, Policy, PolicyKind, PrefixList, Repository,
    RepositoryPolicy, ResolverRule, Route, RouteState, RouteTable, Secret, SecurityGroup, Service, StoppedTask, Subnet,
    TaskDefinition, TransitAttachment, Vpc, VpcDns, Why,
};
use crate::model::outcome::NoAnswer;
use crate::model::{Act, Unseen};

use super::no_answer::no_answer;
use super::units::count;

/// The fact, lower case, what matters first.
pub fn outcome(act: &Act) -> String {
    match act {
        Act::List(fact) => told(fact, list),
        Act::Service(fact) => told(fact, service),
        Act::TaskDefinition(fact) => told(fact, task_definition),
        Act::StoppedTask(fact) => told(fact, stopped_task),
        Act::ContainerInstance(fact) => told(fact, container_instance),
        Act::Instance(fact) => told(fact, instance),
        Act::Subnet(fact) => told(fact, subnet),
        Act::Vpc(fact) => told(fact, vpc),
        Act::VpcDns(fact) => told(fact, vpc_dns),
        Act::DhcpOptions(fact) => told(fact, dhcp_options),
        Act::RouteTable(fact) => told(fact, route_table),
        Act::NetworkAcl(fact) => told(fact, network_acl),
        Act::SecurityGroup(fact) => told(fact, security_group),
        Act::Endpoint(fact) => told(fact, endpoint),
        Act::Interface(fact) => told(fact, interface),
        Act::PrefixList(fact) => told(fact, prefix_list),
        Act::NatGateway(fact) => told(fact, nat_gateway),
        Act::InternetGateway(fact) => told(fact, internet_gateway),
        Act::TransitAttachment(fact) => told(fact, transit_attachment),
        Act::HostedZone(fact) => told(fact, hosted_zone),
        Act::ResolverRule(fact) => told(fact, resolver_rule),
        Act::FirewallRule(fact) => told(fact, firewall_rule),
        Act::Role(fact) => told(fact, role),
        Act::Policy(fact) => told(fact, policy),
        Act::InstanceProfile(fact) => told(fact, instance_profile),
        Act::Repository(fact) => told(fact, repository),
        Act::RepositoryPolicy(fact) => told(fact, repository_policy),
        Act::Image(fact) => told(fact, image),
        Act::CacheRules(fact) => told(fact, cache_rules),
        Act::LogGroup(fact) => told(fact, log_group),
        Act::Secret(fact) => told(fact, secret),
        Act::Parameter(fact) => told(fact, parameter),
        Act::KmsKey(fact) => told(fact, kms_key),
        // Acts of a pull have their own words.
        _ => String::new(),
    }
}

/// A line of what could not be seen.
pub fn unseen(unseen: &Unseen) -> String {
    format!("{}: {} ({})", unseen.what, unseen.why, unseen.action)
}

fn told<T>(fact: &Fact<T>, known: fn(&T) -> String) -> String {
    match fact {
        Fact::Known(it) => known(it),
        Fact::Absent => "does not exist".to_owned(),
        Fact::Hidden(Hidden { action, why }) => format!("not seen: {action}: {}", why_hidden(why)),
    }
}

/// Why a read told nothing.
pub fn why_hidden(why: &Why) -> String {
    match why {
        Why::Refused { code, status, .. } if code.is_empty() => format!("HTTP {status}"),
        Why::Refused { code, .. } => code.clone(),
        Why::NoAnswer { how: NoAnswer::TimedOut } => "timed out".to_owned(),
        Why::NoAnswer { how } => no_answer(how),
        Why::OfAnotherAccount { owner } => format!("belongs to account {owner}, which does not show it"),
        Why::NotAsked => "not asked: the time was over".to_owned(),
    }
}

fn ids(ids: &[String]) -> String {
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}

fn list(list: &Listing) -> String {
    match list.ids.len() {
        0..=4 => ids(&list.ids),
        many => format!("{many}: {}, …", list.ids[..3].join(", ")),
    }
}

fn service(it: &Service) -> String {
    let public = if it.assign_public_ip { ", public addresses" } else { "" };
    format!("in {} with {}{public}; {} of {} run", ids(&it.subnets), ids(&it.groups), it.running, it.desired)
}

fn task_definition(it: &TaskDefinition) -> String {
    let role = it.execution_role_arn.as_deref().unwrap_or("no role");
    format!("{}, pulled as {role}", count(it.containers.len(), "container"))
}

fn stopped_task(it: &StoppedTask) -> String {
    let of_container = it.containers.iter().find_map(|container| container.reason.as_deref());
    let words = it.reason.as_deref().or(of_container).unwrap_or("no reason given");
    words.chars().take(160).collect()
}

fn container_instance(it: &ContainerInstance) -> String {
    let agent = if it.agent_connected { "agent connected" } else { "agent not connected" };
    format!("{}, {agent}", it.instance_id)
}

fn instance(it: &Instance) -> String {
    format!("in {} with {}", it.subnet_id, ids(&it.groups))
}

fn subnet(it: &Subnet) -> String {
    let cidr = it.cidr.as_deref().or(it.ipv6_cidrs.first().map(String::as_str)).unwrap_or("no CIDR");
    format!("{cidr} in {}, {}", it.az, it.vpc_id)
}

fn vpc(it: &Vpc) -> String {
    format!("{}, {}", ids(&it.cidrs), it.dhcp_options_id)
}

fn vpc_dns(it: &VpcDns) -> String {
    let on = |on: bool| if on { "on" } else { "off" };
    format!("enableDnsSupport {}, enableDnsHostnames {}", on(it.support), on(it.hostnames))
}

fn dhcp_options(it: &DhcpOptions) -> String {
    format!("name servers: {}", ids(&it.name_servers))
}

fn route_table(it: &RouteTable) -> String {
    let main = if it.main { "main; " } else { "" };
    let routes: Vec<String> = it.routes.iter().take(6).map(route).collect();
    let more = if it.routes.len() > 6 { ", …" } else { "" };
    format!("{main}{}{more}", routes.join(", "))
}

fn route(it: &Route) -> String {
    let state = match it.state {
        RouteState::Active => "",
        RouteState::Blackhole => " (blackhole)",
        RouteState::Other => " (not active)",
    };
    format!("{} → {}{state}", it.destination, it.target)
}

fn network_acl(it: &NetworkAcl) -> String {
    let side = |egress: bool| {
        let entries = it.entries.iter().filter(|entry| entry.egress == egress);
        entries.map(acl_entry).collect::<Vec<_>>().join(", ")
    };
    format!("in: {}; out: {}", side(false), side(true))
}

fn acl_entry(it: &AclEntry) -> String {
    let does = if it.allow { "allow" } else { "deny" };
    format!("{} {does} {} {}", it.number, ports(&it.protocol, it.ports), it.cidr)
}

fn ports(protocol: &str, ports: Option<(u16, u16)>) -> String {
    let protocol = match protocol {
        "-1" => return "all".to_owned(),
        "6" => "tcp",
        "17" => "udp",
        other => other,
    };
    match ports {
        None => protocol.to_owned(),
        Some((first, last)) if first == last => format!("{protocol} {first}"),
        Some((first, last)) => format!("{protocol} {first}-{last}"),
    }
}

fn security_group(it: &SecurityGroup) -> String {
    let side = |permissions: &[Permission]| {
        let texts: Vec<String> = permissions.iter().take(5).map(permission).collect();
        let more = if permissions.len() > 5 { ", …" } else { "" };
        if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") + more }
    };
    format!("in: {}; out: {}", side(&it.ingress), side(&it.egress))
}

fn permission(it: &Permission) -> String {
    let groups = it.groups.iter().map(|group| &group.id);
    let all: Vec<&str> = it.cidrs.iter().chain(&it.prefix_lists).chain(groups).map(String::as_str).collect();
    format!("{} {}", ports(&it.protocol, it.ports), all.join(" "))
}

fn endpoint(it: &Endpoint) -> String {
    let kind = match it.kind {
        EndpointKind::Interface => "interface",
        EndpointKind::Gateway => "gateway",
        EndpointKind::GatewayLoadBalancer => "gateway load balancer",
        EndpointKind::Other => "other",
    };
    let rest = match it.kind {
        EndpointKind::Gateway => format!("on {}", ids(&it.route_tables)),
        _ => format!("private DNS {}, {}", if it.private_dns { "on" } else { "off" }, ids(&it.groups)),
    };
    format!("{} {kind}, {}, {rest}", it.service, it.state)
}

fn interface(it: &Interface) -> String {
    let addresses: Vec<String> = it.addresses.iter().map(ToString::to_string).collect();
    format!("{} in {} with {}", addresses.join(", "), it.subnet_id, ids(&it.groups))
}

fn prefix_list(it: &PrefixList) -> String {
    format!("{}: {}", it.name, count(it.cidrs.len(), "CIDR"))
}

fn nat_gateway(it: &NatGateway) -> String {
    let kind = if it.public { "public" } else { "private" };
    format!("{kind}, {}, in {}", it.state, it.subnet_id.as_deref().unwrap_or("every zone of the VPC"))
}

fn internet_gateway(it: &InternetGateway) -> String {
    format!("attached to {}", ids(&it.vpcs))
}

fn transit_attachment(it: &TransitAttachment) -> String {
    format!("{}, {}, in {}", it.transit_gateway_id, it.state, ids(&it.subnets))
}

fn hosted_zone(it: &HostedZone) -> String {
    let owner = it.owner_service.as_deref().or(it.owner_account.as_deref()).unwrap_or("unknown");
    let records = it.records.iter().flatten();
    let records: Vec<String> =
        records.take(3).map(|record| format!("{} {} {}", record.name, record.kind, record.values.join(" "))).collect();
    let records = if records.is_empty() { String::new() } else { format!(": {}", records.join(", ")) };
    format!("{} of {owner}{records}", it.name)
}

fn resolver_rule(it: &ResolverRule) -> String {
    let domain = if it.domain.is_empty() { "." } else { &it.domain };
    format!("{} {domain} to {}", it.kind, ids(&it.targets))
}

fn firewall_rule(it: &FirewallRule) -> String {
    let domains = match it.domains.as_deref() {
        None => "domains of a list that AWS does not show".to_owned(),
        Some(domains) if domains.len() > 3 => format!("{}, …", domains[..3].join(", ")),
        Some(domains) => ids(domains),
    };
    format!("{} {domains}", it.action)
}

fn role(it: &IamRole) -> String {
    let boundary = it.boundary_arn.as_ref().map(|arn| format!(", boundary {arn}")).unwrap_or_default();
    format!("read{boundary}")
}

fn policy(it: &Policy) -> String {
    match it.kind {
        PolicyKind::Attached => "attached".to_owned(),
        PolicyKind::Inline => "inline".to_owned(),
        PolicyKind::Boundary => "permissions boundary".to_owned(),
    }
}

fn instance_profile(it: &InstanceProfile) -> String {
    ids(&it.roles)
}

fn repository(it: &Repository) -> String {
    match &it.kms_key {
        Some(key) => format!("encrypted with {key}"),
        None => "there".to_owned(),
    }
}

fn repository_policy(it: &RepositoryPolicy) -> String {
    if it.document.is_some() { "read" } else { "none" }.to_owned()
}

fn image(it: &ImageFact) -> String {
    let status = match it.status {
        ImageStatus::Active => "",
        ImageStatus::Archived => "archived, ",
        ImageStatus::Activating => "being restored, ",
    };
    let platforms = match it.platforms.as_deref() {
        Some(platforms) => ids(platforms),
        None => "platforms not read".to_owned(),
    };
    format!("{status}{}, {platforms}", it.digest)
}

fn cache_rules(it: &CacheRules) -> String {
    let rules: Vec<String> = it.rules.iter().map(|rule| format!("{} → {}", rule.prefix, rule.upstream)).collect();
    ids(&rules)
}

fn log_group(it: &LogGroup) -> String {
    format!("{} is there", it.name)
}

fn secret(it: &Secret) -> String {
    if it.deleted { "scheduled for deletion" } else { "there" }.to_owned()
}

fn parameter(it: &Parameter) -> String {
    it.kind.clone()
}

fn kms_key(it: &KmsKey) -> String {
    it.state.clone()
}
