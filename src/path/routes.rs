//! Route tables: which one a subnet uses, and which route an address takes: the longest prefix, a prefix list counting as
//! each of its CIDRs (VPC User Guide, "Route priority").

use std::collections::HashMap;

use super::Unseen;
use super::lists::Lists;
use super::read::{listed, not_read};
use super::span::{Addresses, Span};
use crate::account::Account;
use crate::model::facts::{Fact, Route, RouteTable};
use crate::model::{Act, Check, EvidenceId};

/// The route tables of the account.
#[derive(Debug)]
pub(super) struct Tables<'e> {
    by_id: HashMap<&'e str, Table<'e>>,
    by_subnet: HashMap<&'e str, &'e str>,
    main: HashMap<&'e str, &'e str>,
    /// Whether all tables of a VPC are known: only then does a subnet without an association use the main one for certain.
    whole: HashMap<&'e str, Result<(), Unseen>>,
}

/// A route table with its routes, the one that decides first.
#[derive(Debug)]
pub(super) struct Table<'e> {
    pub fact: &'e RouteTable,
    pub observation: EvidenceId,
    entries: Vec<Entry<'e>>,
    /// Routes by prefix lists whose CIDRs are not known.
    pub unseen: Vec<(&'e Route, Unseen)>,
}

#[derive(Debug)]
struct Entry<'e> {
    span: Span,
    /// What comes first: the longer prefix; then a route by CIDR, one by prefix list, a propagated one.
    rank: (u8, u8),
    route: &'e Route,
    list: Option<EvidenceId>,
}

/// Addresses that take one route, or none.
#[derive(Debug, Clone)]
pub(super) struct Piece<'e> {
    pub addresses: Addresses,
    pub route: Option<&'e Route>,
    /// The observation of the prefix list that it is by.
    pub list: Option<EvidenceId>,
}

impl<'e> Tables<'e> {
    /// Reads what is known.
    pub fn of(account: &Account<'e>, lists: &Lists<'e>) -> Self {
        let mut tables =
            Tables { by_id: HashMap::new(), by_subnet: HashMap::new(), main: HashMap::new(), whole: HashMap::new() };
        for observation in account.facts() {
            let Act::RouteTable(Fact::Known(fact)) = &observation.act else { continue };
            for subnet in &fact.subnets {
                tables.by_subnet.insert(subnet, &fact.id);
            }
            if fact.main {
                tables.main.insert(&fact.vpc_id, &fact.id);
            }
            tables.by_id.insert(&fact.id, Table::of(account, lists, fact, observation.id));
        }
        for (_, subnet) in account.subnets() {
            let vpc = subnet.vpc_id.as_str();
            if !tables.whole.contains_key(vpc) {
                let all = listed(account, Check::RouteTable, vpc, |id| tables.by_id.contains_key(id));
                tables.whole.insert(vpc, all.map(|_| ()));
            }
        }
        tables
    }

    /// The table of that id.
    pub fn get(&self, id: &str) -> Result<&Table<'e>, Unseen> {
        self.by_id.get(id).ok_or_else(|| not_read(Check::RouteTable, id))
    }

    /// The one that a subnet uses: its own, else the VPC's main one.
    pub fn used_by(&self, subnet: &str, vpc: &str) -> Result<&Table<'e>, Unseen> {
        if let Some(own) = self.by_subnet.get(subnet) {
            return self.get(own);
        }
        match self.whole.get(vpc) {
            Some(Ok(())) => {}
            Some(Err(unseen)) => return Err(unseen.clone()),
            None => return Err(not_read(Check::RouteTable, vpc)),
        }
        self.main.get(vpc).ok_or_else(|| not_read(Check::RouteTable, vpc)).and_then(|main| self.get(main))
    }
}

impl<'e> Table<'e> {
    fn of(account: &Account<'e>, lists: &Lists<'e>, fact: &'e RouteTable, observation: EvidenceId) -> Self {
        let mut table = Table { fact, observation, entries: Vec::new(), unseen: Vec::new() };
        for route in &fact.routes {
            let kind = if route.propagated { 2 } else { 0 };
            if let Some((span, length)) = Span::parse(&route.destination) {
                table.entries.push(Entry { span, rank: (128 - length.min(128), kind), route, list: None });
                continue;
            }
            match lists.get(account, &route.destination) {
                Ok(list) => {
                    let entry = |(span, length): &(Span, u8)| Entry {
                        span: *span,
                        rank: (128 - (*length).min(128), 1),
                        route,
                        list: Some(list.observation),
                    };
                    table.entries.extend(list.spans.iter().map(entry));
                }
                Err(unseen) => table.unseen.push((route, unseen)),
            }
        }
        // Of prefix lists with equal CIDRs AWS takes any: the order of the answer decides nothing here either.
        table.entries.sort_by(|a, b| (a.rank, &a.route.target).cmp(&(b.rank, &b.route.target)));
        table
    }

    /// Whether `route` takes addresses that would take `other` without it: of two that hold an address, the more specific.
    pub fn overrides(&self, route: &Route, other: &Route) -> bool {
        let mut own = self.entries.iter().enumerate().filter(|(_, it)| std::ptr::eq(it.route, route));
        own.any(|(at, entry)| {
            let mut behind = self.entries[at..].iter().filter(|it| std::ptr::eq(it.route, other));
            behind.any(|it| it.span.and(entry.span).is_some())
        })
    }

    /// Which routes the addresses take.
    pub fn pieces(&self, addresses: &Addresses) -> Vec<Piece<'e>> {
        let mut rest = addresses.clone();
        let mut pieces: Vec<Piece<'e>> = Vec::new();
        for entry in &self.entries {
            let taken = rest.within(entry.span);
            if taken.is_empty() {
                continue;
            }
            rest.take(entry.span);
            match pieces.iter_mut().find(|piece| piece.route.is_some_and(|route| std::ptr::eq(route, entry.route))) {
                Some(piece) => {
                    let both = piece.addresses.spans().iter().chain(taken.spans());
                    piece.addresses = Addresses::of(both.copied());
                }
                None => pieces.push(Piece { addresses: taken, route: Some(entry.route), list: entry.list }),
            }
            if rest.is_empty() {
                break;
            }
        }
        if !rest.is_empty() {
            pieces.push(Piece { addresses: rest, route: None, list: None });
        }
        pieces
    }
}

/// What kind of thing a route leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    Local,
    InternetGateway,
    EgressOnly,
    Nat,
    Endpoint,
    TransitGateway,
    Peering,
    VirtualPrivateGateway,
    Interface,
    Instance,
    Other,
}

impl Hop {
    /// By the id's first letters.
    pub fn of(target: &str) -> Self {
        const PREFIXES: [(&str, Hop); 9] = [
            ("igw-", Hop::InternetGateway),
            ("eigw-", Hop::EgressOnly),
            ("nat-", Hop::Nat),
            ("vpce-", Hop::Endpoint),
            ("tgw-", Hop::TransitGateway),
            ("pcx-", Hop::Peering),
            ("vgw-", Hop::VirtualPrivateGateway),
            ("eni-", Hop::Interface),
            ("i-", Hop::Instance),
        ];
        if target == "local" {
            return Hop::Local;
        }
        PREFIXES.iter().find(|(prefix, _)| target.starts_with(prefix)).map_or(Hop::Other, |(_, hop)| *hop)
    }
}
