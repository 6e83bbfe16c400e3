//! The network of the account, arranged for questions about paths.

use super::{Destination, Lead, Place, Walked};
use crate::account::Account;
use crate::model::Passes;

/// The network of the account. Made once, it answers many questions.
#[derive(Debug)]
pub struct Network<'e> {
    _account: &'e Account<'e>,
}

impl<'e> Network<'e> {
    /// Arranges what was read.
    pub fn of(account: &'e Account<'e>) -> Self {
        Network { _account: account }
    }

    /// Where a name leads from a place.
    pub fn destination(&self, _place: &Place, host: &str, port: u16) -> Destination {
        Destination { host: host.to_owned(), port, lead: Lead::Unknown, hops: Vec::new() }
    }

    /// Whether packets from a place get to where a name leads, and back.
    pub fn walk(&self, _place: &Place, _to: &Destination) -> Walked {
        Walked { passes: Passes::Unknown, via: None, hops: Vec::new(), faults: Vec::new() }
    }
}
