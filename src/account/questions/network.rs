//! Of the network: from the subnets of the placement to all that their packets meet.

use std::collections::BTreeSet;

use super::batch::{about, unknown};
use crate::account::{Account, Aim, Seen};
use crate::aws::{Partition, Service};
use crate::model::Check;
use crate::model::facts::{Endpoint, EndpointKind, Question, RouteTable, SecurityGroup};

/// What the subnets of the placement lead to.
pub fn questions(account: &Account<'_>, aim: &Aim) -> Vec<Question> {
    let placement = account.placement(aim);
    let vpcs = vpcs(account, &placement.subnets);
    let mut questions = Vec::new();
    for vpc in &vpcs {
        questions.extend(of_vpc(account, aim, vpc));
    }
    let tables = tables(account, &vpcs);
    questions.extend(about(subnets(account, aim, &placement.subnets, &vpcs), |ids| Question::Subnets { ids }));
    let groups = groups(account, aim, &placement.security_groups, &vpcs);
    questions.extend(about(groups, |ids| Question::SecurityGroups { ids }));
    questions.extend(about(interfaces(account, aim, &vpcs), |ids| Question::Interfaces { ids }));
    questions
        .extend(about(missing(account, aim, &vpcs, &tables), |services| Question::EndpointsElsewhere { services }));
    questions.extend(of_routes(account, &tables, &vpcs));
    questions.extend(prefix_lists(account, &tables).into_iter().map(|id| Question::PrefixList { id }));
    questions.extend(zones(account, aim));
    questions
}

/// The VPCs of the subnets that are known.
fn vpcs(account: &Account<'_>, subnets: &[String]) -> BTreeSet<String> {
    subnets.iter().filter_map(|id| account.subnet(id).known()).map(|subnet| subnet.vpc_id.clone()).collect()
}

fn of_vpc(account: &Account<'_>, aim: &Aim, vpc: &str) -> Vec<Question> {
    let id = || vpc.to_owned();
    let s3 = Service::S3.endpoint_service(&aim.region);
    let mut questions = vec![
        Question::Vpc { id: id() },
        Question::Endpoints { vpc: id() },
        Question::RouteTables { vpc: id() },
        Question::NetworkAcls { vpc: id() },
        Question::VpcDns { vpc: id() },
        Question::AwsPrefixList { name: s3 },
        Question::HostedZones { vpc: id(), region: aim.region.clone() },
        Question::ResolverRules { vpc: id() },
        Question::FirewallRules { vpc: id() },
    ];
    // Without a set, DHCP gives no name server, and there is nothing to ask.
    let options = account.vpc(vpc).known().map(|vpc| vpc.dhcp_options_id.clone());
    let options = options.filter(|id| id.starts_with("dopt-"));
    questions.extend(options.map(|id| Question::DhcpOptions { id }));
    questions
}

/// The tables of the VPCs, as far as they are known.
fn tables<'e>(account: &Account<'e>, vpcs: &BTreeSet<String>) -> Vec<&'e RouteTable> {
    account.route_tables().map(|(_, table)| table).filter(|table| vpcs.contains(&table.vpc_id)).collect()
}

/// The endpoints of the VPCs whose way matters.
fn endpoints<'e>(account: &Account<'e>, aim: &Aim, vpcs: &BTreeSet<String>) -> Vec<&'e Endpoint> {
    let services = account.endpoint_services(aim);
    let all = account.endpoints().map(|(_, endpoint)| endpoint);
    all.filter(|it| services.contains(&it.service) && vpcs.contains(&it.vpc_id)).collect()
}

/// The services that have no endpoint here, where a route leads to other networks: theirs may be in one of those.
fn missing(account: &Account<'_>, aim: &Aim, vpcs: &BTreeSet<String>, tables: &[&RouteTable]) -> Vec<String> {
    let leads_on = |target: &str| target.starts_with("tgw-") || target.starts_with("pcx-");
    let is_read = vpcs.iter().all(|vpc| account.list(Check::Endpoint, vpc).known().is_some());
    let leads_on = tables.iter().any(|table| table.routes.iter().any(|route| leads_on(&route.target)));
    if !leads_on || !is_read {
        return Vec::new();
    }
    let here = endpoints(account, aim, vpcs);
    let services = account.endpoint_services(aim);
    services.into_iter().filter(|service| !here.iter().any(|it| it.service == *service)).collect()
}

/// The interfaces of those endpoints, and of the one task that was asked for.
fn interfaces(account: &Account<'_>, aim: &Aim, vpcs: &BTreeSet<String>) -> Vec<String> {
    let endpoints = endpoints(account, aim, vpcs);
    let there = endpoints.iter().filter(|it| it.kind == EndpointKind::Interface && it.state != "deleted");
    let of_endpoints = there.flat_map(|it| &it.interfaces);
    let task = account.judged_task(aim).and_then(|task| task.interface_id.as_ref());
    unknown(of_endpoints.chain(task), |id| !matches!(account.interface(id), Seen::NotAsked))
}

/// The subnets of the placement, of the endpoints and of the NAT gateways.
fn subnets(account: &Account<'_>, aim: &Aim, own: &[String], vpcs: &BTreeSet<String>) -> Vec<String> {
    let endpoints = endpoints(account, aim, vpcs);
    let of_endpoints = endpoints.iter().flat_map(|it| &it.subnets);
    let of_interfaces = account.interfaces().map(|(_, interface)| &interface.subnet_id);
    let of_gateways = account.nat_gateways().filter_map(|(_, gateway)| gateway.subnet_id.as_ref());
    let all = own.iter().chain(of_endpoints).chain(of_interfaces).chain(of_gateways);
    unknown(all, |id| !matches!(account.subnet(id), Seen::NotAsked))
}

/// The security groups of the placement and of the endpoints.
fn groups(account: &Account<'_>, aim: &Aim, own: &[String], vpcs: &BTreeSet<String>) -> Vec<String> {
    let endpoints = endpoints(account, aim, vpcs);
    let of_endpoints = endpoints.iter().flat_map(|it| &it.groups);
    let of_interfaces = account.interfaces().flat_map(|(_, interface)| &interface.groups);
    unknown(own.iter().chain(of_endpoints).chain(of_interfaces), |id| {
        !matches!(account.security_group(id), Seen::NotAsked)
    })
}

/// What routes lead to.
fn of_routes(account: &Account<'_>, tables: &[&RouteTable], vpcs: &BTreeSet<String>) -> Vec<Question> {
    let targets = || tables.iter().flat_map(|table| table.routes.iter().map(|route| &route.target));
    let has = |prefix: &str| targets().any(|target| target.starts_with(prefix));
    let gateways = targets().filter(|target| target.starts_with("nat-"));
    let gateways = unknown(gateways, |id| !matches!(account.nat_gateway(id), Seen::NotAsked));
    let mut questions: Vec<Question> = about(gateways, |ids| Question::NatGateways { ids }).into_iter().collect();
    for vpc in vpcs {
        if has("igw-") || has("nat-") {
            questions.push(Question::InternetGateways { vpc: vpc.clone() });
        }
        if has("tgw-") {
            questions.push(Question::TransitAttachments { vpc: vpc.clone() });
        }
    }
    questions
}

/// Prefix lists that routes and groups name, and whose CIDRs are not known. AWS's own S3 list is asked for by its name,
/// and is not asked for again while that answer is awaited.
fn prefix_lists(account: &Account<'_>, tables: &[&RouteTable]) -> Vec<String> {
    let asked_by_name = account.facts().any(|it| {
        it.act.check() == Check::List && it.subject.as_deref().is_some_and(|subject| subject.ends_with(" prefix-list"))
    });
    if !asked_by_name {
        return Vec::new();
    }
    let destinations = tables.iter().flat_map(|table| table.routes.iter().map(|route| &route.destination));
    let of_routes = destinations.filter(|destination| destination.starts_with("pl-"));
    let permissions = |group: &'_ SecurityGroup| -> Vec<String> {
        group.ingress.iter().chain(&group.egress).flat_map(|it| it.prefix_lists.clone()).collect()
    };
    let of_groups: Vec<String> = account.security_groups().flat_map(|(_, group)| permissions(group)).collect();
    // Where the list came by its name and without CIDRs, its entries are asked for.
    let without_entries = account.prefix_lists().filter(|(_, list)| list.cidrs.is_empty()).map(|(_, list)| &list.id);
    let mut lists = unknown(of_routes.chain(&of_groups), |id| !matches!(account.prefix_list(id), Seen::NotAsked));
    lists.extend(unknown(without_entries, |id| lists.iter().any(|known| known == id)));
    lists
}

/// Zones of a customer's that names of the pull are in.
fn zones(account: &Account<'_>, aim: &Aim) -> Vec<Question> {
    let needed = account.needed(aim);
    let suffix = Partition::of_region(&aim.region).dns_suffix;
    let is_of_a_name = |zone: &str| {
        zone == suffix || needed.iter().any(|it| it.host == zone || it.host.ends_with(&format!(".{zone}")))
    };
    let zones = account
        .hosted_zones()
        .filter(|(_, zone)| zone.owner_service.is_none() && zone.records.is_none() && is_of_a_name(&zone.name));
    zones.map(|(_, zone)| Question::ZoneRecords { zone: zone.id.clone(), name: zone.name.clone() }).collect()
}
