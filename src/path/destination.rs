//! Where a name leads from a place: to an endpoint's interfaces, to public addresses, or nowhere.

use super::{Far, Step};
use crate::model::EvidenceId;

/// Where a name leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// The name.
    pub host: String,
    /// Of TCP.
    pub port: u16,
    /// Where its addresses are.
    pub lead: Lead,
    /// What decides that.
    pub hops: Vec<Step>,
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
    /// The subnet that it is in, where that is known.
    pub subnet: Option<String>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// The observations that tell it.
    pub cites: Vec<EvidenceId>,
}
