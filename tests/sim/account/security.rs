//! Security groups and network ACLs.

use ecr_probe::model::facts::{AclEntry, GroupReference, NetworkAcl, Permission, SecurityGroup};
use ipnet::IpNet;

use super::super::aws;
use super::super::world::{ACCOUNT, EndpointGroup, Service, World};
use super::*;

const ANYWHERE: &str = "0.0.0.0/0";
const ANYWHERE_V6: &str = "::/0";
/// The last rules of every ACL, for IPv4 and for IPv6.
const LAST: u32 = 32767;
const LAST_V6: u32 = 32768;

pub(super) fn add(account: &mut Account, world: &World) {
    add_groups(account, world);
    add_acls(account, world);
}

fn tcp(port: u16) -> Permission {
    Permission { protocol: "tcp".to_owned(), ports: Some((port, port)), ..Permission::default() }
}

fn all_to(cidrs: &[&str]) -> Permission {
    let cidrs = cidrs.iter().map(|cidr| (*cidr).to_owned()).collect();
    Permission { protocol: "-1".to_owned(), cidrs, ..Permission::default() }
}

fn to_groups(permission: Permission, groups: &[&str]) -> Permission {
    let reference =
        |id: &&str| GroupReference { id: (*id).to_owned(), owner: Some(ACCOUNT.to_owned()), peering_status: None };
    Permission { groups: groups.iter().map(reference).collect(), ..permission }
}

/// The group that an endpoint of this VPC has. Those that the world says nothing of let everybody in who may use the others.
pub(super) fn endpoint_group(world: &World, service: Service) -> &'static str {
    match world.vpc.endpoint_sg {
        EndpointGroup::Default => DEFAULT_GROUP,
        _ if world.vpc.endpoint_sg_allows_task.has(service) || is_added(world, service) => ENDPOINT_GROUP,
        _ => CLOSED_GROUP,
    }
}

/// Whether an endpoint is there for the task's start alone, of which the packets know nothing.
pub(super) fn is_added(world: &World, service: Service) -> bool {
    !world.also.contains(&service.role()) && !world.vpc.interface_endpoints.contains(&service)
}

fn add_groups(account: &mut Account, world: &World) {
    let vpc = &world.vpc;
    let first_subnet = || Permission { cidrs: vec![vpc.subnet().to_string()], ..tcp(443) };
    let lets_in = match vpc.endpoint_sg {
        EndpointGroup::Own | EndpointGroup::Default => to_groups(tcp(443), &[TASK_GROUP]),
        EndpointGroup::ForAnotherTask => to_groups(tcp(443), &[OTHER_TASK_GROUP]),
        EndpointGroup::FirstSubnet => first_subnet(),
    };
    let own = |permission: Permission| to_groups(permission, &[DEFAULT_GROUP]);
    let everything = || vec![all_to(&[ANYWHERE])];
    for (id, name, ingress, egress) in [
        (TASK_GROUP, "scheduled-file-writer", Vec::new(), task_egress(world)),
        (OTHER_TASK_GROUP, "another-task", Vec::new(), everything()),
        (DEFAULT_GROUP, "default", vec![own(all_to(&[]))], everything()),
        (ENDPOINT_GROUP, "endpoints", vec![lets_in], Vec::new()),
        (CLOSED_GROUP, "closed", Vec::new(), everything()),
    ] {
        account.security_groups.push(SecurityGroup {
            id: id.to_owned(),
            name: name.to_owned(),
            vpc_id: VPC.to_owned(),
            owner: ACCOUNT.to_owned(),
            ingress,
            egress,
        });
    }
}

/// What the task's group lets out. Rules only allow: everything but S3 is a list of what is left.
fn task_egress(world: &World) -> Vec<Permission> {
    let vpc = &world.vpc;
    if vpc.task_sg_allows_endpoints && vpc.task_sg_allows_s3 && vpc.task_sg_allows_internet {
        return vec![all_to(&[ANYWHERE, ANYWHERE_V6])];
    }
    let mut egress = Vec::new();
    if vpc.task_sg_allows_endpoints {
        egress.push(to_groups(tcp(443), &[ENDPOINT_GROUP, CLOSED_GROUP, DEFAULT_GROUP]));
        let hub = vpc.hub_cidr().map(|hub| hub.to_string());
        egress.extend(hub.map(|hub| Permission { cidrs: vec![hub], ..tcp(443) }));
    }
    if vpc.task_sg_allows_s3 {
        egress.push(Permission { prefix_lists: vec![S3_LIST.to_owned()], ..tcp(443) });
    }
    // Without a way out a rule for the internet would say nothing.
    if vpc.task_sg_allows_internet && (vpc.nat || vpc.internet_gateway || vpc.ipv6_route || vpc.nat64) {
        let mut cidrs = beyond(world);
        cidrs.push(ANYWHERE_V6.to_owned());
        egress.push(Permission { cidrs, ..tcp(443) });
    }
    egress
}

/// All of IPv4 but the VPCs and S3.
fn beyond(world: &World) -> Vec<String> {
    let mut taken: Vec<IpNet> = [Some(world.vpc.cidr()), world.vpc.hub_cidr()]
        .into_iter()
        .flatten()
        .map(|network| network.to_string())
        .chain(aws::s3_ranges(world.region()).into_iter().map(str::to_owned))
        .filter_map(|cidr| cidr.parse().ok())
        .collect();
    taken.sort();
    let mut left: Vec<IpNet> = vec![ANYWHERE.parse().expect("it is a network")];
    for hole in taken {
        left = left.into_iter().flat_map(|network| without(network, hole)).collect();
    }
    left.into_iter().map(|network| network.to_string()).collect()
}

/// The parts of a network that are outside another.
fn without(network: IpNet, hole: IpNet) -> Vec<IpNet> {
    if hole.contains(&network) {
        return Vec::new();
    }
    if !network.contains(&hole) {
        return vec![network];
    }
    let halves = network.subnets(network.prefix_len() + 1).expect("the hole is narrower");
    halves.flat_map(|half| without(half, hole)).collect()
}

fn add_acls(account: &mut Account, world: &World) {
    let vpc = &world.vpc;
    let of_task: Vec<String> = TASK_SUBNETS
        .into_iter()
        .filter(|id| account.subnets.iter().any(|it| it.id == *id))
        .map(str::to_owned)
        .collect();
    let others = account.subnets.iter().map(|it| it.id.clone()).filter(|id| !of_task.contains(id)).collect();
    let is_open = vpc.acl_allows_return
        && !vpc.acl_returns_to_linux_only
        && !vpc.acl_denies_return_first
        && vpc.acl_allows_public
        && vpc.acl_allows_icmp;
    let entries = if is_open { open() } else { narrow(world) };
    for (id, subnets, entries) in [(TASK_ACL, of_task, entries), (DEFAULT_ACL, others, open())] {
        account.network_acls.push(NetworkAcl { id: id.to_owned(), vpc_id: VPC.to_owned(), subnets, entries });
    }
}

fn entry(number: u32, egress: bool, allow: bool, protocol: &str, cidr: &str) -> AclEntry {
    AclEntry { number, egress, allow, protocol: protocol.to_owned(), cidr: cidr.to_owned(), ports: None }
}

/// What denies the rest, for both families and both ways.
fn last() -> impl Iterator<Item = AclEntry> {
    let families = [(LAST, ANYWHERE), (LAST_V6, ANYWHERE_V6)].into_iter();
    families.flat_map(|(number, cidr)| [false, true].map(|egress| entry(number, egress, false, "-1", cidr)))
}

fn open() -> Vec<AclEntry> {
    let all = [(100, ANYWHERE), (101, ANYWHERE_V6)];
    let allowed = all.into_iter().flat_map(|(number, cidr)| [false, true].map(|egress| (number, egress, cidr)));
    allowed.map(|(number, egress, cidr)| entry(number, egress, true, "-1", cidr)).chain(last()).collect()
}

fn narrow(world: &World) -> Vec<AclEntry> {
    let vpc = &world.vpc;
    let own = vpc.cidr().to_string();
    let ports = if vpc.acl_returns_to_linux_only { (32768, 60999) } else { (1024, 65535) };
    let returned = |entry: AclEntry| AclEntry { ports: Some(ports), ..entry };
    let mut entries = Vec::new();
    for (nth, cidr) in [ANYWHERE, ANYWHERE_V6].into_iter().enumerate().map(|(nth, cidr)| (nth as u32, cidr)) {
        entries.extend(vpc.acl_denies_return_first.then(|| returned(entry(90 + nth, false, false, "6", cidr))));
        entries.extend(vpc.acl_allows_return.then(|| returned(entry(100 + nth, false, true, "6", cidr))));
        let icmp = if nth == 0 { "1" } else { "58" };
        entries.extend(vpc.acl_allows_icmp.then(|| entry(120 + nth, false, true, icmp, cidr)));
        entries.extend(vpc.acl_allows_public.then(|| entry(100 + nth, true, true, "-1", cidr)));
    }
    entries.push(AclEntry { ports: Some((443, 443)), ..entry(110, false, true, "6", &own) });
    let subnet_v6 = vpc.subnet_v6();
    entries.extend(vpc.hub_cidr().map(|hub| entry(130, true, true, "-1", &hub.to_string())));
    entries.push(entry(140, true, true, "-1", &own));
    entries.extend(subnet_v6.map(|cidr| entry(141, true, true, "-1", cidr)));
    entries.extend(last());
    entries
}
