//! What a walk came to.

use super::{Blocker, Extent, Reason, Step, Unseen};
use crate::model::{EvidenceId, Passes};

/// What a walk came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked {
    /// Whether packets get there and back. With [`Walked::is_degraded`] not at every try.
    pub passes: Passes,
    /// What they are sent to: `vpce-…`, `nat-…`, `igw-…`; `None` where no name or route leads anywhere.
    pub via: Option<String>,
    /// Each thing that decides, in the order in which a pull meets it.
    pub hops: Vec<Step>,
    /// What has to be changed, in the order in which a pull meets it.
    pub faults: Vec<Fault>,
}

/// A thing that stops packets and has to be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What stops them.
    pub blocker: Blocker,
    /// How much of them.
    pub extent: Extent,
    /// The observations that prove it.
    pub cites: Vec<EvidenceId>,
}

impl Walked {
    /// Every blocker that has to be changed for packets to pass, in the order in which a pull meets them. Those that
    /// another one brings about are left out: with an endpoint whose private DNS is off, the missing public way is no
    /// fault.
    pub fn stopped_by(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether packets pass, and not at every try.
    pub fn is_degraded(&self) -> bool {
        self.passes == Passes::Yes && self.faults.iter().any(|fault| fault.extent.is_degraded())
    }

    /// What would have to be known to tell more.
    pub fn unseen(&self) -> impl Iterator<Item = &Unseen> {
        self.hops.iter().filter_map(|step| match &step.reason {
            Reason::Unknown(unseen) => Some(unseen),
            Reason::Allows(_) | Reason::Blocks(..) => None,
        })
    }
}
