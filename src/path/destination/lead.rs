//! Where a name leads from a place: to an endpoint's interfaces, to public addresses, or nowhere.

use crate::model::EvidenceId;
use crate::path::span::Addresses;
use crate::path::trail::Trail;
use crate::path::verdict::Which;
use crate::path::{Blocker, Far, Step};

/// Where a name leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// The name, in lower case.
    pub host: String,
    /// Of TCP.
    pub port: u16,
    /// Where its addresses are.
    pub lead: Lead,
    /// What decides that, with what is wrong.
    pub(in crate::path) trail: Trail,
    /// The Region in the name.
    pub(in crate::path) region: Option<String>,
    /// Whether the name has IPv6 addresses in public DNS; `None` where that is not known.
    pub(in crate::path) dual_stack: Option<bool>,
    /// Endpoints of the service that the name does not lead to, and why.
    pub(in crate::path) bypassed: Vec<Bypass>,
    /// An endpoint of the other service of ECR, where there is none of this one: its id, and the missing service.
    pub(in crate::path) sibling: Option<(String, String)>,
    /// An endpoint of the service in another VPC that was read, with that VPC.
    pub(in crate::path) elsewhere: Option<(String, String)>,
}

/// Where the addresses of a name are.
#[derive(Debug, Clone, PartialEq)]
pub enum Lead {
    /// Interfaces in a VPC, most often those of one endpoint.
    Interfaces(Vec<Target>),
    /// Public addresses.
    Public(Far),
    /// The name has no address.
    Nowhere,
    /// Nobody can tell.
    Unknown,
}

/// An interface that a name leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The endpoint that it belongs to: `vpce-…`; the interface where it belongs to none.
    pub owner: String,
    /// `eni-…`, where it was read.
    pub interface: Option<String>,
    /// The VPC that it is in.
    pub vpc: String,
    /// The subnet that it is in, where that is known.
    pub subnet: Option<String>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// The observations that tell it.
    pub cites: Vec<EvidenceId>,
    /// Its addresses, or those of its subnet; `None` where they are not known.
    pub(in crate::path) addresses: Option<Addresses>,
    /// Whether they are its own.
    pub(in crate::path) which: Which,
}

/// An endpoint that the name does not lead to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::path) struct Bypass {
    pub endpoint: String,
    pub blocker: Blocker,
    pub cites: Vec<EvidenceId>,
    /// Its interfaces: what else is wrong with the way to it.
    pub targets: Vec<Target>,
}

impl Destination {
    /// What decides where the name leads.
    pub fn hops(&self) -> &[Step] {
        &self.trail.steps
    }
}
