//! Every id that is named exists, every group in use is described, and every address is where it can be.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ecr_probe::model::facts::{RouteState, Subnet};
use ipnet::IpNet;

use super::sim::Account;
use super::sim::account::{TRANSIT_GATEWAY, VPC};

struct Checker {
    wrong: Vec<String>,
}

impl Checker {
    fn holds(&mut self, is: bool, what: impl FnOnce() -> String) {
        if !is {
            self.wrong.push(what());
        }
    }

    /// Each of the ids is among those that there are.
    fn exist<'a>(&mut self, who: &str, named: impl IntoIterator<Item = &'a String>, all: &BTreeSet<String>) {
        for id in named {
            self.holds(all.contains(id), || format!("{who} names {id}"));
        }
    }
}

fn ids<T>(all: &[T], id: impl Fn(&T) -> &String) -> BTreeSet<String> {
    all.iter().map(|it| id(it).clone()).collect()
}

fn holds(subnet: &Subnet, address: IpAddr) -> bool {
    let mut cidrs = subnet.cidr.iter().chain(&subnet.ipv6_cidrs);
    cidrs.any(|cidr| cidr.parse().is_ok_and(|network: IpNet| network.contains(&address)))
}

/// What is wrong with an account.
pub fn wrong(account: &Account) -> Vec<String> {
    let mut check = Checker { wrong: Vec::new() };
    network(account, &mut check);
    endpoints(account, &mut check);
    security(account, &mut check);
    service(account, &mut check);
    permissions(account, &mut check);
    shapes(account, &mut check);
    check.wrong
}

/// AWS's ids have seventeen digits.
fn shapes(account: &Account, check: &mut Checker) {
    let all = ids(&account.subnets, |it| &it.id)
        .into_iter()
        .chain(ids(&account.security_groups, |it| &it.id))
        .chain(ids(&account.network_acls, |it| &it.id))
        .chain(ids(&account.route_tables, |it| &it.id))
        .chain(ids(&account.endpoints, |it| &it.id))
        .chain(ids(&account.interfaces, |it| &it.id))
        .chain(ids(&account.nat_gateways, |it| &it.id));
    for id in all {
        let digits = id.rsplit('-').next().unwrap_or_default();
        let is = digits.len() == 17 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        check.holds(is, || format!("{id} has other digits"));
    }
}

fn network(account: &Account, check: &mut Checker) {
    let subnets = ids(&account.subnets, |it| &it.id);
    check.holds(subnets.len() == account.subnets.len(), || "a subnet is there twice".to_owned());
    check.holds(account.vpcs.len() == 1, || "there is one VPC".to_owned());
    let vpc = &account.vpcs[0];
    check.exist("the VPC", [&vpc.dhcp_options_id], &ids(&account.dhcp_options, |it| &it.id));
    let cidrs: Vec<IpNet> = vpc.cidrs.iter().chain(&vpc.ipv6_cidrs).filter_map(|cidr| cidr.parse().ok()).collect();
    let mut seen: Vec<(String, IpNet)> = Vec::new();
    for subnet in &account.subnets {
        check.holds(subnet.vpc_id == vpc.id && subnet.owner == vpc.owner, || format!("{} is of another", subnet.id));
        for cidr in subnet.cidr.iter().chain(&subnet.ipv6_cidrs) {
            let Ok(network) = cidr.parse::<IpNet>() else {
                check.wrong.push(format!("{cidr} is no network"));
                continue;
            };
            check.holds(cidrs.iter().any(|own| own.contains(&network)), || format!("{cidr} is outside the VPC"));
            for (other, own) in &seen {
                let apart = !own.contains(&network) && !network.contains(own);
                check.holds(apart, || format!("{} overlaps {other}", subnet.id));
            }
            seen.push((subnet.id.clone(), network));
        }
        let tables = account.route_tables.iter().filter(|it| it.subnets.contains(&subnet.id)).count();
        let acls = account.network_acls.iter().filter(|it| it.subnets.contains(&subnet.id)).count();
        check.holds(tables <= 1 && acls == 1, || format!("{} has {tables} tables, {acls} ACLs", subnet.id));
    }
    check.holds(account.route_tables.iter().filter(|it| it.main).count() == 1, || "one table is main".to_owned());

    let mut targets = ids(&account.nat_gateways, |it| &it.id);
    targets.extend(ids(&account.internet_gateways, |it| &it.id));
    targets.extend(ids(&account.interfaces, |it| &it.id));
    targets.extend(ids(&account.endpoints, |it| &it.id));
    targets.extend((!account.transit_attachments.is_empty()).then(|| TRANSIT_GATEWAY.to_owned()));
    targets.insert("local".to_owned());
    let lists = ids(&account.prefix_lists, |it| &it.id);
    for table in &account.route_tables {
        check.exist(&table.id, &table.subnets, &subnets);
        let destinations: BTreeSet<&String> = table.routes.iter().map(|it| &it.destination).collect();
        check.holds(destinations.len() == table.routes.len(), || format!("{} has a destination twice", table.id));
        for route in &table.routes {
            let gone = route.state == RouteState::Blackhole;
            let there = targets.contains(&route.target);
            check.holds(there != gone, || format!("{}: {route:?}: its target is there: {there}", table.id));
            let is_list = lists.contains(&route.destination);
            let is_network = route.destination.parse::<IpNet>().is_ok();
            check.holds(is_list || is_network, || format!("{}: {route:?} leads nowhere", table.id));
        }
    }
    for acl in &account.network_acls {
        check.exist(&acl.id, &acl.subnets, &subnets);
        let numbers: BTreeSet<_> = acl.entries.iter().map(|it| (it.egress, it.number)).collect();
        check.holds(numbers.len() == acl.entries.len(), || format!("{} has a number twice", acl.id));
        let parse = acl.entries.iter().all(|it| it.cidr.parse::<IpNet>().is_ok());
        check.holds(parse, || format!("{} has no CIDR somewhere", acl.id));
    }
    for nat in &account.nat_gateways {
        check.exist(&nat.id, &nat.subnet_id, &subnets);
    }
    for attachment in &account.transit_attachments {
        check.exist(&attachment.id, &attachment.subnets, &subnets);
    }
}

fn endpoints(account: &Account, check: &mut Checker) {
    let interfaces = ids(&account.interfaces, |it| &it.id);
    check.holds(interfaces.len() == account.interfaces.len(), || "an interface is there twice".to_owned());
    let groups = ids(&account.security_groups, |it| &it.id);
    let subnets = ids(&account.subnets, |it| &it.id);
    let tables = ids(&account.route_tables, |it| &it.id);
    let own = ids(&account.endpoints, |it| &it.id);
    check.holds(own.len() == account.endpoints.len(), || "an endpoint is there twice".to_owned());
    for endpoint in &account.endpoints {
        check.exist(&endpoint.id, &endpoint.interfaces, &interfaces);
        check.exist(&endpoint.id, &endpoint.groups, &groups);
        check.exist(&endpoint.id, &endpoint.subnets, &subnets);
        check.exist(&endpoint.id, &endpoint.route_tables, &tables);
        for interface in account.interfaces.iter().filter(|it| endpoint.interfaces.contains(&it.id)) {
            let fits = endpoint.subnets.contains(&interface.subnet_id) && endpoint.groups == interface.groups;
            check.holds(fits, || format!("{} is not as {} says", interface.id, endpoint.id));
        }
        is_document(&endpoint.id, &endpoint.policy, check);
    }
    for interface in &account.interfaces {
        check.exist(&interface.id, &interface.groups, &groups);
        let subnet = account.subnets.iter().find(|it| it.id == interface.subnet_id);
        let Some(subnet) = subnet else {
            check.wrong.push(format!("{} is in no subnet", interface.id));
            continue;
        };
        check.holds(subnet.az == interface.az, || format!("{} is in another zone", interface.id));
        // The simulated AWS has IPv6 addresses of endpoints in a /64 of the task's, wherever their subnet is.
        let v4 = interface.addresses.iter().filter(|it| it.is_ipv4());
        for address in v4 {
            check.holds(holds(subnet, *address), || format!("{address} is outside {}", subnet.id));
        }
    }
    let zones = ids(&account.hosted_zones, |it| &it.id);
    check.holds(zones.len() == account.hosted_zones.len(), || "a zone is there twice".to_owned());
}

fn security(account: &Account, check: &mut Checker) {
    let groups = ids(&account.security_groups, |it| &it.id);
    let lists = ids(&account.prefix_lists, |it| &it.id);
    for group in &account.security_groups {
        check.holds(group.vpc_id == VPC, || format!("{} is of another VPC", group.id));
        for rule in group.ingress.iter().chain(&group.egress) {
            check.exist(&group.id, rule.groups.iter().map(|it| &it.id), &groups);
            check.exist(&group.id, &rule.prefix_lists, &lists);
            let parse = rule.cidrs.iter().all(|cidr| cidr.parse::<IpNet>().is_ok());
            check.holds(parse, || format!("{}: {:?}", group.id, rule.cidrs));
            let names = rule.cidrs.len() + rule.groups.len() + rule.prefix_lists.len();
            check.holds(names > 0, || format!("{} has a rule for nothing", group.id));
        }
    }
}

fn service(account: &Account, check: &mut Checker) {
    let subnets = ids(&account.subnets, |it| &it.id);
    let groups = ids(&account.security_groups, |it| &it.id);
    let definitions = ids(&account.task_definitions, |it| &it.arn);
    for service in &account.services {
        check.exist(&service.name, &service.subnets, &subnets);
        check.exist(&service.name, &service.groups, &groups);
        check.exist(&service.name, [&service.task_definition], &definitions);
        check.holds(service.subnets.is_empty() == service.groups.is_empty(), || "it is half placed".to_owned());
    }
    let instances = ids(&account.container_instances, |it| &it.arn);
    for task in &account.tasks {
        check.exist(&task.arn, [&task.task_definition], &definitions);
        check.exist(&task.arn, &task.subnet_id, &subnets);
        check.exist(&task.arn, &task.container_instance, &instances);
    }
    let own = ids(&account.instances, |it| &it.id);
    check.exist("a container instance", account.container_instances.iter().map(|it| &it.instance_id), &own);
    let profiles = ids(&account.instance_profiles, |it| &it.arn);
    for instance in &account.instances {
        check.exist(&instance.id, [&instance.subnet_id], &subnets);
        check.exist(&instance.id, &instance.groups, &groups);
        check.exist(&instance.id, &instance.profile_arn, &profiles);
    }
}

fn permissions(account: &Account, check: &mut Checker) {
    let roles = ids(&account.roles, |it| &it.arn);
    check.holds(roles.len() == account.roles.len(), || "a role is there twice".to_owned());
    let policies = ids(&account.policies, |it| &it.name);
    for role in &account.roles {
        is_document(&role.arn, &Some(role.trust.clone()), check);
        check.exist(&role.arn, &role.boundary_arn, &policies);
    }
    for policy in &account.policies {
        check.exist(&policy.name, [&policy.role], &roles);
        is_document(&policy.name, &Some(policy.document.clone()), check);
    }
    for profile in &account.instance_profiles {
        check.exist(&profile.arn, &profile.roles, &roles);
    }
    let repositories = ids(&account.repositories, |it| &it.arn);
    check.exist("a policy", account.repository_policies.iter().map(|(arn, _)| arn), &repositories);
    for (arn, policy) in &account.repository_policies {
        is_document(arn, &policy.document, check);
    }
    let keys = ids(&account.kms_keys, |it| &it.arn);
    check.exist("a repository", account.repositories.iter().filter_map(|it| it.kms_key.as_ref()), &keys);
}

fn is_document(who: &str, document: &Option<String>, check: &mut Checker) {
    let statements = |text: &String| {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        value.get("Statement").cloned()
    };
    let is = document.as_ref().is_none_or(|text| statements(text).is_some());
    check.holds(is, || format!("{who}: {document:?} is no policy"));
}
