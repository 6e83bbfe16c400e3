//! How subnets that fail differ from subnets that work.
//!
//! Subnets are grouped by what their route table and their network ACL say, and by zone. Two tables with the same routes are
//! alike: many a VPC has one a subnet, with a NAT gateway of its zone. Between groups the configuration differs, and the
//! object that no working subnet has is named. Within a group nothing differs: the fault comes and goes, or it is at one of
//! several addresses (RTE-07). Zones are compared by their ids, which are the same in every account.

use serde::Serialize;

use super::place::Place;
use crate::account::{Account, Seen};
use crate::diagnose::configured::why_unseen;
use crate::diagnose::rules;
use crate::model::facts::{AclEntry, EndpointKind, NetworkAcl, Route, RouteState, RouteTable};
use crate::model::{Check, Code, Unseen};

/// How many lines of a table are told.
const LINES: usize = 6;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// Another route table.
    RouteTable,
    /// Another network ACL.
    NetworkAcl,
    /// The same table and ACL, in another zone: the endpoints' interfaces there.
    Zone,
    /// Nothing that can be read: the moment, or an address that not every request meets.
    Nothing,
    /// It could not be read.
    Unknown,
}

/// One difference between subnets that fail and subnets that work.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// `RTE-07` where it is bound to a zone or a moment.
    pub code: Option<Code>,
    /// The subnets that fail.
    pub fails: Vec<String>,
    /// The subnets that work and are compared with them.
    pub works: Vec<String>,
    /// What those that fail have: ids of tables or ACLs, zones.
    pub failing: Vec<String>,
    /// What those that work have.
    pub working: Vec<String>,
    /// What is in the one and not in the other, a line each.
    pub lines: Vec<String>,
    /// What could not be read, and would tell it.
    pub unread: Vec<Unseen>,
}

/// Where a subnet is in the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    /// The routes, sorted; to what each zone has one of, by its kind.
    routes: Option<Vec<String>>,
    /// The rules of the ACL in their order, without their numbers.
    entries: Option<Vec<String>>,
    zone: Option<String>,
}

/// The differences, by groups of subnets that fail alike. None where all do, or none does.
pub fn differ(places: &[Place], account: &Account<'_>) -> Vec<Difference> {
    let standing = |place: &Place| Standing {
        routes: account.route_table_of(&place.subnet).map(kinds_of_routes),
        entries: account.network_acl_of(&place.subnet).map(entries),
        zone: place.az_id.clone().or_else(|| place.az.clone()),
    };
    let works: Vec<(&Place, Standing)> =
        places.iter().filter(|place| place.works()).map(|place| (place, standing(place))).collect();
    let fails = places.iter().filter(|place| place.fails());
    let mut groups: Vec<(Standing, Vec<&Place>)> = Vec::new();
    for place in fails {
        let standing = standing(place);
        match groups.iter_mut().find(|(of, _)| *of == standing) {
            Some((_, group)) => group.push(place),
            None => groups.push((standing, vec![place])),
        }
    }
    if works.is_empty() {
        return Vec::new();
    }
    groups
        .iter()
        .flat_map(|(standing, group)| Group { account, standing, group, works: &works }.differences())
        .collect()
}

/// Subnets that fail and stand alike, and those that work.
struct Group<'g, 'e> {
    account: &'g Account<'e>,
    standing: &'g Standing,
    group: &'g [&'g Place],
    works: &'g [(&'g Place, Standing)],
}

impl Group<'_, '_> {
    fn differences(&self) -> Vec<Difference> {
        let unread = self.unread();
        if !unread.is_empty() {
            return vec![Difference { unread, ..self.difference(DifferenceKind::Unknown, |_| true) }];
        }
        let same = |of: fn(&Standing) -> &Option<Vec<String>>| {
            self.works.iter().any(|(_, working)| of(working) == of(self.standing))
        };
        let mut found = Vec::new();
        if !same(|it| &it.routes) {
            found.push(self.of_tables());
        }
        if !same(|it| &it.entries) {
            found.push(self.of_acls());
        }
        if !found.is_empty() {
            return found;
        }
        let alike =
            |working: &Standing| working.routes == self.standing.routes && working.entries == self.standing.entries;
        let nearest: Vec<&Standing> = self.works.iter().map(|(_, it)| it).filter(|it| alike(it)).collect();
        if nearest.is_empty() {
            // Each is shared with a subnet that works, and no subnet that works has both.
            return vec![self.of_tables(), self.of_acls()];
        }
        if nearest.contains(&self.standing) {
            let moment = self.difference(DifferenceKind::Nothing, |it| it == self.standing);
            return vec![Difference { code: rte_07(), ..moment }];
        }
        vec![self.of_zones(alike)]
    }

    /// The subnets that are compared, and no more said yet.
    fn difference(&self, kind: DifferenceKind, with: impl Fn(&Standing) -> bool) -> Difference {
        let working = self.works.iter().filter(|(_, standing)| with(standing));
        Difference {
            kind,
            code: None,
            fails: self.group.iter().map(|place| place.subnet.clone()).collect(),
            works: working.map(|(place, _)| place.subnet.clone()).collect(),
            failing: Vec::new(),
            working: Vec::new(),
            lines: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// What would have to be read, each action once.
    fn unread(&self) -> Vec<Unseen> {
        let all = self.group.iter().copied().chain(self.works.iter().map(|(place, _)| *place));
        let mut unread: Vec<Unseen> = Vec::new();
        for place in all {
            let subnet = self.account.subnet(&place.subnet);
            let found = match subnet.known() {
                None => vec![not_told(&subnet, "subnets", "ec2:DescribeSubnets")],
                Some(known) => {
                    let list = |of| self.account.list(of, &known.vpc_id);
                    let tables = || not_told(&list(Check::RouteTable), "route tables", "ec2:DescribeRouteTables");
                    let acls = || not_told(&list(Check::NetworkAcl), "network ACLs", "ec2:DescribeNetworkAcls");
                    let tables = self.account.route_table_of(&place.subnet).is_none().then(tables);
                    let acls = self.account.network_acl_of(&place.subnet).is_none().then(acls);
                    tables.into_iter().chain(acls).collect()
                }
            };
            for it in found {
                if !unread.iter().any(|known| known.action == it.action) {
                    unread.push(it);
                }
            }
        }
        unread
    }

    fn of_tables(&self) -> Difference {
        let of =
            |place: &Place| self.account.route_table_of(&place.subnet).map(|table| (table.id.clone(), routes(table)));
        self.of_objects(DifferenceKind::RouteTable, of)
    }

    fn of_acls(&self) -> Difference {
        let of = |place: &Place| self.account.network_acl_of(&place.subnet).map(|acl| (acl.id.clone(), entries(acl)));
        self.of_objects(DifferenceKind::NetworkAcl, of)
    }

    /// The objects of both sides, and how the first of each differ.
    fn of_objects(&self, kind: DifferenceKind, of: impl Fn(&Place) -> Option<(String, Vec<String>)>) -> Difference {
        let failing: Vec<_> = self.group.iter().filter_map(|place| of(place)).collect();
        let working: Vec<_> = self.works.iter().filter_map(|(place, _)| of(place)).collect();
        let lines = match (failing.first(), working.first()) {
            (Some((failing_id, failing)), Some((working_id, working))) => {
                only(failing, working, failing_id, working_id)
            }
            _ => Vec::new(),
        };
        let ids = |of: Vec<(String, Vec<String>)>| distinct(of.into_iter().map(|(id, _)| id));
        Difference { failing: ids(failing), working: ids(working), lines, ..self.difference(kind, |_| true) }
    }

    /// The same table and ACL in another zone: what is there of the endpoints.
    fn of_zones(&self, with: impl Fn(&Standing) -> bool) -> Difference {
        let zones = |places: &mut dyn Iterator<Item = &Place>| {
            distinct(places.filter_map(|place| place.az_id.clone().or_else(|| place.az.clone())))
        };
        let near: Vec<&Place> = self.works.iter().filter(|(_, it)| with(it)).map(|(place, _)| *place).collect();
        Difference {
            code: rte_07(),
            failing: zones(&mut self.group.iter().copied()),
            working: zones(&mut near.iter().copied()),
            lines: self.interfaces(),
            ..self.difference(DifferenceKind::Zone, with)
        }
    }

    /// The interfaces that the VPC's endpoints have in the zone, and the endpoints that have none there.
    fn interfaces(&self) -> Vec<String> {
        let Some(place) = self.group.first() else { return Vec::new() };
        let Some(zone) = &place.az else { return Vec::new() };
        let mut lines = Vec::new();
        let vpc = self.account.subnet(&place.subnet).known().map(|subnet| &subnet.vpc_id);
        for (_, endpoint) in self.account.endpoints() {
            // The interfaces of those that a pull does not need were not read.
            let known: Vec<_> =
                endpoint.interfaces.iter().filter_map(|id| self.account.interface(id).known()).collect();
            if Some(&endpoint.vpc_id) != vpc || endpoint.kind != EndpointKind::Interface || known.is_empty() {
                continue;
            }
            let there: Vec<_> = known.iter().filter(|interface| interface.az == *zone).collect();
            for interface in &there {
                let addresses: Vec<String> = interface.addresses.iter().map(ToString::to_string).collect();
                lines.push(format!(
                    "{} ({}): {} {}",
                    endpoint.id,
                    endpoint.service,
                    interface.id,
                    addresses.join(", ")
                ));
            }
            if there.is_empty() {
                lines.push(format!("{} ({}): no network interface in {zone}", endpoint.id, endpoint.service));
            }
        }
        lines
    }
}

fn rte_07() -> Option<Code> {
    rules::of("RTE-07").map(|rule| rule.code)
}

fn not_told<T>(seen: &Seen<'_, T>, what: &str, action: &str) -> Unseen {
    let (action, why) = match seen {
        Seen::Hidden(_, hidden) => (hidden.action.as_str(), why_unseen(hidden)),
        _ => (action, "not asked for".to_owned()),
    };
    Unseen { what: what.to_owned(), action: action.to_owned(), why }
}

fn routes(table: &RouteTable) -> Vec<String> {
    let mut routes: Vec<String> = table.routes.iter().map(route).collect();
    routes.sort();
    routes
}

/// What a VPC has one of in each zone, as AWS recommends: NAT gateways, and interfaces of appliances and firewalls.
const OF_A_ZONE: [&str; 2] = ["nat-", "eni-"];

fn kinds_of_routes(table: &RouteTable) -> Vec<String> {
    let kind = |route: &Route| match OF_A_ZONE.iter().find(|kind| route.target.starts_with(**kind)) {
        Some(kind) => self::route(&Route { target: (*kind).to_owned(), ..route.clone() }),
        None => self::route(route),
    };
    let mut routes: Vec<String> = table.routes.iter().map(kind).collect();
    routes.sort();
    routes
}

fn entries(acl: &NetworkAcl) -> Vec<String> {
    let mut entries: Vec<&AclEntry> = acl.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.egress, entry.number));
    entries.into_iter().map(entry).collect()
}

fn route(route: &Route) -> String {
    let state = if route.state == RouteState::Blackhole { " (blackhole)" } else { "" };
    format!("{} → {}{state}", route.destination, route.target)
}

fn entry(entry: &AclEntry) -> String {
    let AclEntry { number: _, egress, allow, protocol, cidr, ports } = entry;
    let (does, way) = (if *allow { "allow" } else { "deny" }, if *egress { "to" } else { "from" });
    let protocol = if protocol == "-1" { "all".to_owned() } else { format!("protocol {protocol}") };
    let ports = ports.map(|(first, last)| format!(" ports {first}-{last}")).unwrap_or_default();
    format!("{does} {protocol}{ports} {way} {cidr}")
}

/// The lines that are in one of them alone.
fn only(failing: &[String], working: &[String], failing_id: &str, working_id: &str) -> Vec<String> {
    let missing = |of: &[String], in_other: &[String], id: &str| -> Vec<String> {
        of.iter().filter(|line| !in_other.contains(line)).map(|line| format!("only in {id}: {line}")).collect()
    };
    // What the failing one has and the other has not may be the cause: it comes first.
    let mut lines = missing(failing, working, failing_id);
    lines.extend(missing(working, failing, working_id));
    if lines.is_empty() && failing != working {
        lines.push("the same rules in another order".to_owned());
    }
    let more = lines.len().saturating_sub(LINES);
    if more > 0 {
        lines.truncate(LINES);
        lines.push(format!("and {more} more"));
    }
    lines
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}
