//! Whether packets from a place get to where a name leads, and back.

use super::destination::Bypass;
use super::network::{Network, Origin};
use super::trail::Trail;
use super::{Blocker, Destination, Extent, Far, Lead, Place, Walked};
use super::{private, public};
use crate::model::Passes;

impl Network<'_> {
    /// Whether packets from a place get to where a name leads, and back. `to` is what [`Network::destination`] says of
    /// the same place.
    pub fn walk(&self, place: &Place, to: &Destination) -> Walked {
        let mut trail = to.trail.clone();
        let Ok(origin) = self.origin(place) else { return walked(trail, false) };
        let way = match &to.lead {
            Lead::Nowhere | Lead::Unknown => Trail::default(),
            Lead::Interfaces(targets) => private::walk(self, &origin, targets, to.port),
            Lead::Public(far) => self.public(&origin, to, *far),
        };
        trail.follow(way);
        walked(trail, to.is_certain())
    }

    /// The public way; where that is shut and an endpoint stands beside it, what keeps packets from the endpoint is
    /// the fault.
    fn public(&self, origin: &Origin<'_, '_>, to: &Destination, far: Far) -> Trail {
        let mut way = public::walk(self, origin, to, far);
        if way.passes() != Passes::No {
            return way;
        }
        let is_without = |blocker: &Blocker| {
            matches!(
                blocker,
                Blocker::NoRoute { .. } | Blocker::EndpointMissing { .. } | Blocker::EndpointInOtherVpc { .. }
            )
        };
        let by_gateway = way.faults.iter().any(|fault| matches!(fault.blocker, Blocker::GatewayNotOnTable { .. }));
        match to.bypassed.first() {
            Some(bypass) if !by_gateway => self.beside(origin, to, bypass, &mut way),
            _ if far != Far::S3 && way.faults.iter().any(|fault| is_without(&fault.blocker)) => {
                // What groups and ACLs must let out depends on which way is built.
                way.faults.retain(|fault| is_without(&fault.blocker));
            }
            _ => {}
        }
        way
    }

    /// What keeps packets from an endpoint that the name should lead to, and what would on the way there.
    fn beside(&self, origin: &Origin<'_, '_>, to: &Destination, bypass: &Bypass, way: &mut Trail) {
        way.faults.clear();
        let blocker = match &bypass.blocker {
            Blocker::OnlyInboundResolver { endpoint, .. } => {
                let table = self.tables.used_by(&origin.place.subnet, &origin.subnet.vpc_id).ok();
                let table = table.map(|table| table.fact.id.clone());
                Blocker::OnlyInboundResolver { endpoint: endpoint.clone(), table }
            }
            other => other.clone(),
        };
        way.fault(blocker, Extent::Whole, &bypass.cites);
        let next = private::walk(self, origin, &bypass.targets, to.port);
        for fault in next.faults {
            way.fault(fault.blocker, fault.extent, &fault.cites);
        }
    }
}

/// Where it is not certain where the name leads, nothing on the way is a fault, and no way is open.
fn walked(trail: Trail, is_certain: bool) -> Walked {
    let passes = if is_certain { trail.passes() } else { Passes::Unknown };
    let faults = if passes == Passes::Unknown { Vec::new() } else { trail.faults };
    Walked { passes, via: trail.via, hops: trail.steps, faults }
}
