//! The network of the account, arranged for questions about paths.

use std::collections::HashMap;
use std::net::IpAddr;

use super::acl::Acls;
use super::groups::Groups;
use super::lists::Lists;
use super::read::{listed, told};
use super::routes::Tables;
use super::span::{Addresses, Span};
use super::{Place, Unseen};
use crate::account::Account;
use crate::model::facts::{Endpoint, Fact, Interface, Subnet};
use crate::model::{Act, Check, EvidenceId};

/// The network of the account. Made once, it answers many questions.
#[derive(Debug)]
pub struct Network<'e> {
    pub(super) account: &'e Account<'e>,
    pub(super) lists: Lists<'e>,
    pub(super) groups: Groups<'e>,
    pub(super) acls: Acls<'e>,
    pub(super) tables: Tables<'e>,
    endpoints: HashMap<&'e str, Endpoints<'e>>,
    interfaces: HashMap<IpAddr, (&'e Interface, EvidenceId)>,
    owners: HashMap<&'e str, &'e str>,
}

/// The endpoints of a VPC.
#[derive(Debug, Default)]
pub(super) struct Endpoints<'e> {
    pub known: Vec<(&'e Endpoint, EvidenceId)>,
    /// The observation that lists all of them, or why it is not sure that these are all.
    pub all: Option<Result<EvidenceId, Unseen>>,
}

/// A place with the facts of its subnet.
#[derive(Debug)]
pub(super) struct Origin<'e, 'p> {
    pub place: &'p Place,
    pub subnet: &'e Subnet,
    pub observation: EvidenceId,
    /// The addresses that a task may get there.
    pub v4: Addresses,
    pub v6: Addresses,
}

impl<'e> Network<'e> {
    /// Arranges what was read.
    pub fn of(account: &'e Account<'e>) -> Self {
        let lists = Lists::of(account);
        let tables = Tables::of(account, &lists);
        let mut network = Network {
            account,
            groups: Groups::of(account),
            acls: Acls::of(account),
            tables,
            lists,
            endpoints: HashMap::new(),
            interfaces: HashMap::new(),
            owners: HashMap::new(),
        };
        let mut known: HashMap<&str, (&Endpoint, EvidenceId)> = HashMap::new();
        for observation in account.facts() {
            match &observation.act {
                Act::Endpoint(Fact::Known(endpoint)) => {
                    known.insert(&endpoint.id, (endpoint, observation.id));
                }
                Act::Interface(Fact::Known(interface)) => {
                    let found = (interface, observation.id);
                    network.interfaces.extend(interface.addresses.iter().map(|address| (*address, found)));
                }
                _ => {}
            }
        }
        for (_, subnet) in account.subnets() {
            let vpc = subnet.vpc_id.as_str();
            let own = network.endpoints.entry(vpc).or_default();
            if own.all.is_none() {
                let all = listed(account, Check::Endpoint, vpc, |id| known.contains_key(id));
                own.all = Some(all.map(|(_, observation)| observation));
            }
        }
        // AWS tells of a deleted endpoint for some time.
        let is_there = |endpoint: &Endpoint| !matches!(endpoint.state.as_str(), "deleted" | "deleting");
        for (endpoint, observation) in known.into_values().filter(|(endpoint, _)| is_there(endpoint)) {
            network
                .owners
                .extend(endpoint.interfaces.iter().map(|interface| (interface.as_str(), endpoint.id.as_str())));
            network.endpoints.entry(&endpoint.vpc_id).or_default().known.push((endpoint, observation));
        }
        for own in network.endpoints.values_mut() {
            own.known.sort_by_key(|(endpoint, _)| endpoint.id.as_str());
        }
        network
    }

    /// The endpoints of a VPC.
    pub(super) fn endpoints(&self, vpc: &str) -> &[(&'e Endpoint, EvidenceId)] {
        self.endpoints.get(vpc).map_or(&[], |own| &own.known)
    }

    /// Whether all endpoints of a VPC are known.
    pub(super) fn all_endpoints(&self, vpc: &str) -> Result<EvidenceId, Unseen> {
        let all = self.endpoints.get(vpc).and_then(|own| own.all.clone());
        all.unwrap_or_else(|| Err(super::read::not_read(Check::Endpoint, vpc)))
    }

    /// The endpoints of other VPCs than this one.
    pub(super) fn endpoints_beside(&self, vpc: &str) -> impl Iterator<Item = &'e Endpoint> {
        let others = self.endpoints.iter().filter(move |(id, _)| **id != vpc);
        others.flat_map(|(_, own)| own.known.iter().map(|(endpoint, _)| *endpoint))
    }

    /// The interface that has the address.
    pub(super) fn interface_at(&self, address: IpAddr) -> Option<(&'e Interface, EvidenceId)> {
        self.interfaces.get(&address).copied()
    }

    /// The endpoint that an interface belongs to.
    pub(super) fn owner(&self, interface: &str) -> Option<&'e str> {
        self.owners.get(interface).copied()
    }

    /// The place with its subnet.
    pub(super) fn origin<'p>(&self, place: &'p Place) -> Result<Origin<'e, 'p>, Unseen> {
        let seen = told(self.account.subnet(&place.subnet), Check::Subnet, &place.subnet);
        let (subnet, observation) = seen.there(Check::Subnet, &place.subnet)?;
        let v4 = addresses(subnet.cidr.iter().map(String::as_str));
        let v6 = addresses(subnet.ipv6_cidrs.iter().map(String::as_str));
        if v4.is_empty() && v6.is_empty() {
            return Err(Unseen::Malformed { subject: place.subnet.clone() });
        }
        Ok(Origin { place, subnet, observation, v4, v6 })
    }
}

/// The addresses of those CIDRs that can be read.
pub(super) fn addresses<'c>(cidrs: impl Iterator<Item = &'c str>) -> Addresses {
    Addresses::of(cidrs.filter_map(|cidr| Span::parse(cidr).map(|(span, _)| span)))
}
