//! Whom and what a blocker is about: which ends it stops, which resources are to blame, which blockers are one.

use super::walk::Walk;
use crate::model::Role;
use crate::path::Blocker;

/// Whom a blocker concerns: the ends of the walks that it stops.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Concerned {
    /// The subnets that packets leave from.
    pub subnets: Vec<String>,
    /// What they are to reach.
    pub roles: Vec<Role>,
    /// The hosts of those.
    pub hosts: Vec<String>,
    /// The images that need them.
    pub images: Vec<String>,
}

impl Concerned {
    /// The ends of these walks, each once.
    pub fn of<'w>(walks: impl Iterator<Item = &'w Walk>) -> Self {
        let mut concerned = Concerned::default();
        for walk in walks {
            push_new(&mut concerned.subnets, &walk.site.subnet);
            push_new(&mut concerned.roles, &walk.needed.role);
            push_new(&mut concerned.hosts, &walk.needed.host);
            walk.needed.images.iter().for_each(|image| push_new(&mut concerned.images, image));
        }
        concerned
    }

    /// Whether no pull needs them.
    pub fn is_of_the_start_alone(&self) -> bool {
        self.images.is_empty()
    }
}

fn push_new<T: Clone + PartialEq>(all: &mut Vec<T>, one: &T) {
    if !all.contains(one) {
        all.push(one.clone());
    }
}

/// Whether two blockers are one thing to fix: they differ at most in whom they stop.
pub fn is_same(one: &Blocker, other: &Blocker) -> bool {
    use Blocker as B;
    match (one, other) {
        (B::DnsHostnamesOff { vpc, .. }, B::DnsHostnamesOff { vpc: other, .. }) => vpc == other,
        (
            B::EgressLacksEndpoint { groups, endpoint_groups, .. },
            B::EgressLacksEndpoint { groups: of, endpoint_groups: to, .. },
        ) => groups == of && endpoint_groups == to,
        (
            B::IngressLacksTask { groups, task_groups, .. },
            B::IngressLacksTask { groups: of, task_groups: from, .. },
        )
        | (
            B::IngressOfDefaultGroup { groups, task_groups, .. },
            B::IngressOfDefaultGroup { groups: of, task_groups: from, .. },
        )
        | (
            B::IngressListsOthers { groups, task_groups, .. },
            B::IngressListsOthers { groups: of, task_groups: from, .. },
        ) => groups == of && task_groups == from,
        (B::Acl { acl, side, direction, rule, .. }, B::Acl { acl: of, side: at, direction: to, rule: by, .. }) => {
            (acl, side, direction, rule) == (of, at, to, by)
        }
        // Codes tell those of S3, which has a way of its own, from the others.
        (B::NoRoute { .. }, B::NoRoute { .. }) => true,
        (B::OtherRegion { region, .. }, B::OtherRegion { region: of, .. }) => region == of,
        (B::Blackhole { destination, target, .. }, B::Blackhole { destination: of, target: to, .. }) => {
            (destination, target) == (of, to)
        }
        (B::GatewayNotOnTable { endpoint, .. }, B::GatewayNotOnTable { endpoint: of, .. }) => endpoint == of,
        (B::GatewayInOtherVpc { endpoint, .. }, B::GatewayInOtherVpc { endpoint: of, .. }) => endpoint == of,
        (B::NoPublicAddress { gateway, .. }, B::NoPublicAddress { gateway: of, .. })
        | (B::GatewayNotAttached { gateway, .. }, B::GatewayNotAttached { gateway: of, .. }) => gateway == of,
        (
            B::MoreSpecificRoute { destination, target, .. },
            B::MoreSpecificRoute { destination: of, target: to, .. },
        ) => (destination, target) == (of, to),
        // What translates for one subnet and name does for all.
        (B::NoIpv6 { .. }, B::NoIpv6 { .. }) => true,
        (B::NoRecord { zone, .. }, B::NoRecord { zone: of, .. }) => zone == of,
        (B::StaleRecord { zone, .. }, B::StaleRecord { zone: of, .. }) => zone == of,
        _ => one == other,
    }
}

/// The ids to blame of all of them, each once; those to be changed first.
pub fn all_resources(blockers: &[&Blocker]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let each: Vec<Vec<String>> = blockers.iter().map(|blocker| resources(blocker)).collect();
    let longest = each.iter().map(Vec::len).max().unwrap_or(0);
    for place in 0..longest {
        for id in each.iter().filter_map(|ids| ids.get(place)) {
            push_new(&mut all, id);
        }
    }
    all
}

/// The ids to blame, the one to be changed first.
fn resources(blocker: &Blocker) -> Vec<String> {
    use Blocker as B;
    let all = |ids: &[&String]| ids.iter().map(|id| (*id).clone()).collect::<Vec<_>>();
    let with = |groups: &[String], endpoint: &String| {
        let mut ids = groups.to_vec();
        ids.push(endpoint.clone());
        ids
    };
    match blocker {
        B::DnsSupportOff { vpc } => all(&[vpc]),
        B::DnsHostnamesOff { vpc, endpoint } => all(&[vpc, endpoint]),
        B::PrivateDnsOff { endpoint }
        | B::EndpointNotAvailable { endpoint, .. }
        | B::EndpointWithoutInterfaces { endpoint } => all(&[endpoint]),
        B::OnlyInboundResolver { endpoint, table } => {
            let mut ids: Vec<String> = table.iter().cloned().collect();
            ids.push(endpoint.clone());
            ids
        }
        B::StaleRecord { zone, .. } | B::NoRecord { zone, .. } => all(&[zone]),
        B::DnsFirewall { group, .. } => all(&[group]),
        B::EndpointMissing { sibling, .. } => all(&[sibling]),
        B::EndpointInOtherVpc { endpoint, vpc } => all(&[endpoint, vpc]),
        B::EgressLacksEndpoint { groups, .. } | B::EgressLacksS3 { groups, .. } | B::EgressLacksPublic { groups } => {
            groups.clone()
        }
        B::IngressLacksTask { groups, endpoint, .. }
        | B::IngressOfDefaultGroup { groups, endpoint, .. }
        | B::IngressListsOthers { groups, endpoint, .. } => with(groups, endpoint),
        B::Acl { acl, .. } => all(&[acl]),
        B::NoRoute { table, .. } | B::NoNat64Route { table } => all(&[table]),
        B::GatewayNotOnTable { endpoint, table } => all(&[table, endpoint]),
        B::GatewayInOtherVpc { endpoint, table, .. } => all(&[table, endpoint]),
        B::MoreSpecificRoute { table, endpoint, .. } => all(&[table, endpoint]),
        B::Blackhole { table, target, .. } => all(&[table, target]),
        B::NoPublicAddress { gateway, table } | B::GatewayNotAttached { gateway, table } => all(&[table, gateway]),
        B::NatNotAvailable { nat, .. } | B::NatPrivate { nat } => all(&[nat]),
        B::NatHasNoWayOut { nat, table, .. } => all(&[nat, table]),
        B::NoIpv6 { subnet, .. } => all(&[subnet]),
        B::OtherRegion { table, .. } => all(&[table]),
    }
}

/// The route tables of blockers that several tables have alike.
pub fn tables(blockers: &[&Blocker]) -> Vec<String> {
    use Blocker as B;
    let mut tables = Vec::new();
    for blocker in blockers {
        let (B::NoRoute { table, .. }
        | B::GatewayNotOnTable { table, .. }
        | B::GatewayInOtherVpc { table, .. }
        | B::MoreSpecificRoute { table, .. }
        | B::Blackhole { table, .. }
        | B::GatewayNotAttached { table, .. }) = blocker
        else {
            continue;
        };
        push_new(&mut tables, table);
    }
    tables
}
