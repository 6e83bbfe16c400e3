//! The border of a subnet: its network ACL, for requests and their replies.

use super::acl::Packets;
use super::network::Network;
use super::read::not_read;
use super::span::Addresses;
use super::trail::Trail;
use super::verdict::{Verdict, Which};
use super::{Allowance, Blocker, Direction, Far, Side};
use crate::model::{Check, HopKind};

/// Sends packets over the border of a subnet and writes down what its ACL does. The first are requests, the last
/// replies. Of the far addresses of which one is meant, those that packets pass to, where not all of them do.
pub(super) fn cross(
    network: &Network<'_>,
    subnet: &str,
    side: Side,
    far: Far,
    packets: &[Packets<'_>],
    trail: &mut Trail,
) -> Option<Addresses> {
    let Some(acl) = network.acls.before(subnet) else {
        trail.unknown(HopKind::NetworkAcl, subnet, not_read(Check::NetworkAcl, subnet), &[]);
        return None;
    };
    let (id, cites) = (acl.fact.id.as_str(), [acl.observation]);
    let mut rules = Vec::new();
    let mut passes = true;
    let mut part: Option<Addresses> = None;
    for it in packets {
        let of_part = part.as_ref().filter(|_| it.which != Which::EachNear);
        let crossing = acl.cross(Packets { addresses: of_part.or(it.addresses), ..*it });
        part = crossing.part.or(part);
        rules.extend(crossing.allowed_by);
        match crossing.verdict {
            Verdict::Allows => {}
            Verdict::Blocks(extent) => {
                passes = false;
                let (rule, allowed_later) = crossing.denied_by.unwrap_or((0, None));
                let blocker = Blocker::Acl {
                    acl: id.to_owned(),
                    subnet: subnet.to_owned(),
                    side,
                    direction: it.direction,
                    ports: it.ports,
                    rule,
                    allowed_later,
                    far,
                };
                trail.blocks(HopKind::NetworkAcl, id, blocker, extent, &cites);
            }
            Verdict::Unknown(unseen) => {
                passes = false;
                trail.unknown(HopKind::NetworkAcl, id, unseen, &cites);
            }
        }
    }
    if passes && let (Some(request), Some(reply)) = (rules.first(), rules.last()) {
        let by = Allowance::AclRules { subnet: subnet.to_owned(), request: *request, reply: *reply };
        trail.allows(HopKind::NetworkAcl, id, by, &cites);
    }
    part
}

/// Requests from a subnet to addresses, and the replies.
pub(super) fn near_side(request: Packets<'_>, reply_ports: (u16, u16)) -> [Packets<'_>; 2] {
    let back = if request.direction == Direction::Outbound { Direction::Inbound } else { Direction::Outbound };
    [request, Packets { direction: back, ports: reply_ports, ..request }]
}
