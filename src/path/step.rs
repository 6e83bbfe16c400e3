//! One hop of a walk, and why it does what it does.

use super::{Blocker, Direction, Unseen};
use crate::model::{Does, EvidenceId, HopKind};

/// One hop of a walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What kind of thing it is.
    pub kind: HopKind,
    /// Its id, such as `sg-…`; a name where it has none.
    pub id: String,
    /// Why packets pass it, or do not.
    pub reason: Reason,
    /// The observations that tell it.
    pub cites: Vec<EvidenceId>,
}

impl Step {
    /// What it does to the packets.
    pub fn does(&self) -> Does {
        match self.reason {
            Reason::Allows(_) => Does::Allows,
            Reason::Blocks(..) => Does::Blocks,
            Reason::Unknown(_) => Does::Unknown,
        }
    }
}

/// Why a hop does what it does.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It lets the packets through.
    Allows(Allowance),
    /// It stops them, or a part of them.
    Blocks(Blocker, Extent),
    /// Nobody can tell.
    Unknown(Unseen),
}

/// What lets packets through.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Allowance {
    /// The name is the endpoint's by private DNS.
    PrivateDns {
        /// `vpce-…`
        endpoint: String,
    },
    /// The name has its public addresses.
    PublicName,
    /// A private hosted zone leads the name to the endpoint.
    ZoneRecord {
        /// The record's or zone's name.
        name: String,
        /// `vpce-…`
        endpoint: String,
    },
    /// A name server that is not Amazon's is asked. It is taken to pass the question on to Amazon's.
    OtherResolver {
        /// Their addresses.
        servers: Vec<String>,
    },
    /// A rule of the security groups: what it names, such as `10.0.0.0/16`, `sg-…`, `pl-…`.
    GroupRule {
        /// Of the packets.
        direction: Direction,
        /// What the rule names.
        peer: String,
    },
    /// Rules of the network ACL: the numbers of those that let the request and the reply pass.
    AclRules {
        /// The subnet that it stands before.
        subnet: String,
        /// Its number.
        request: u32,
        /// Its number.
        reply: u32,
    },
    /// A route.
    Route {
        /// Of the route.
        destination: String,
        /// Of the route.
        target: String,
    },
    /// The endpoint is in the state `available`.
    Available,
    /// A NAT gateway that has a way out.
    WayOut {
        /// The internet gateway: `igw-…`.
        by: String,
    },
    /// An internet gateway that is attached to the VPC.
    Attached,
}

/// How much of the packets a blocker stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// All of them.
    Whole,
    /// Those to a part of the far side's addresses: its share of them, between 0 and 1. A client meets it sooner or later.
    Addresses {
        /// Of them.
        share: f64,
    },
    /// Those of a part of the subnet's addresses: its share of them.
    Clients {
        /// Of them.
        share: f64,
    },
    /// Those from a part of the ports that connections begin at: its share of them. A pull fails now and then.
    Ports {
        /// Of them.
        share: f64,
    },
    /// Those to some of an endpoint's addresses, and others work.
    Targets {
        /// How many.
        stopped: usize,
        /// Of how many.
        of: usize,
    },
}

impl Extent {
    /// Whether a pull still comes through, if not at the first try.
    pub fn is_degraded(self) -> bool {
        matches!(self, Extent::Ports { .. } | Extent::Targets { .. })
    }
}
