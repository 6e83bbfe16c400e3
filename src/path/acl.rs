//! Network ACLs: rules by number, the first that fits decides; stateless, so that requests and replies are judged apart;
//! only for packets that cross the border of a subnet (VPC User Guide, "Control subnet traffic with network ACLs").

use std::collections::HashMap;

use super::span::{Addresses, Span};
use super::verdict::{Verdict, Which, by_rest};
use super::{Direction, Extent, Unseen};
use crate::account::Account;
use crate::model::facts::{AclEntry, Fact, NetworkAcl};
use crate::model::{Act, EvidenceId};

/// The number of the last rule, which denies.
const LAST: u32 = 32767;

/// The network ACLs of the account, by the subnet that they stand before.
#[derive(Debug)]
pub(super) struct Acls<'e>(HashMap<&'e str, Acl<'e>>);

/// A network ACL with its rules about TCP, by number.
#[derive(Debug, Clone)]
pub(super) struct Acl<'e> {
    pub fact: &'e NetworkAcl,
    pub observation: EvidenceId,
    inbound: std::sync::Arc<[Entry]>,
    outbound: std::sync::Arc<[Entry]>,
    unreadable: bool,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    number: u32,
    allow: bool,
    span: Span,
    ports: (u16, u16),
}

/// Packets that cross the border of a subnet in one direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packets<'p> {
    pub direction: Direction,
    /// Of the other end, seen from the subnet; `None` where they are not known.
    pub addresses: Option<&'p Addresses>,
    pub which: Which,
    /// The ports that they go to, first and last.
    pub ports: (u16, u16),
    /// Whether those are the ports that the client's connections begin at.
    pub to_client: bool,
    /// What the addresses are of.
    pub of: &'p str,
}

/// What an ACL makes of packets.
#[derive(Debug)]
pub(super) struct Crossing {
    pub verdict: Verdict,
    /// The addresses that packets pass to and from, where not all or none of them do.
    pub part: Option<Addresses>,
    /// The ports that are open, where not all or none of them are.
    pub open: Option<Vec<(u16, u16)>>,
    /// The first rule that lets some of them pass.
    pub allowed_by: Option<u32>,
    /// The first rule that stops some of them, and one with a higher number that would let all of those pass.
    pub denied_by: Option<(u32, Option<u32>)>,
}

type Part = (Span, (u16, u16));

impl<'e> Acls<'e> {
    /// Reads what is known.
    pub fn of(account: &Account<'e>) -> Self {
        let mut acls = HashMap::new();
        for observation in account.facts() {
            let Act::NetworkAcl(Fact::Known(fact)) = &observation.act else { continue };
            let read: Vec<(Option<Entry>, &AclEntry)> =
                fact.entries.iter().filter(|entry| is_tcp(entry)).map(|entry| (Entry::of(entry), entry)).collect();
            let unreadable = read.iter().any(|(entry, _)| entry.is_none());
            let side = |egress: bool| -> std::sync::Arc<[Entry]> {
                let mut own: Vec<Entry> =
                    read.iter().filter(|(_, fact)| fact.egress == egress).filter_map(|(entry, _)| *entry).collect();
                own.sort_by_key(|entry| entry.number);
                own.into()
            };
            let acl = Acl { fact, observation: observation.id, inbound: side(false), outbound: side(true), unreadable };
            for subnet in &fact.subnets {
                acls.insert(subnet.as_str(), acl.clone());
            }
        }
        Acls(acls)
    }

    /// The one before a subnet, where it was read.
    pub fn before(&self, subnet: &str) -> Option<&Acl<'e>> {
        self.0.get(subnet)
    }
}

impl Entry {
    fn of(entry: &AclEntry) -> Option<Self> {
        let (span, _) = Span::parse(&entry.cidr)?;
        let ports = entry.ports.filter(|_| entry.protocol != "-1").unwrap_or((0, u16::MAX));
        Some(Entry { number: entry.number, allow: entry.allow, span, ports })
    }

    /// What of a part it decides, and what it leaves.
    fn split(&self, (span, ports): Part) -> (Option<Part>, [Option<Part>; 4]) {
        let both = span.and(self.span);
        let (first, last) = (ports.0.max(self.ports.0), ports.1.min(self.ports.1));
        let Some(both) = both.filter(|_| first <= last) else { return (None, [Some((span, ports)), None, None, None]) };
        let [before, behind] = span.without(both).map(|rest| rest.map(|rest| (rest, ports)));
        let below = first.checked_sub(1).filter(|end| *end >= ports.0).map(|end| (both, (ports.0, end)));
        let above = last.checked_add(1).filter(|begin| *begin <= ports.1).map(|begin| (both, (begin, ports.1)));
        (Some((both, (first, last))), [before, behind, below, above])
    }
}

impl Acl<'_> {
    /// What becomes of packets of TCP at the border.
    pub fn cross(&self, packets: Packets<'_>) -> Crossing {
        let unknown = |unseen| Crossing {
            verdict: Verdict::Unknown(unseen),
            part: None,
            open: None,
            allowed_by: None,
            denied_by: None,
        };
        if self.unreadable {
            return unknown(Unseen::Malformed { subject: self.fact.id.clone() });
        }
        let entries = if packets.direction == Direction::Inbound { &self.inbound } else { &self.outbound };
        let Some(all) = packets.addresses.filter(|all| !all.is_empty()) else {
            return self.cross_unknown(entries, packets);
        };
        let mut open: Vec<Part> = all.spans().iter().map(|span| (*span, packets.ports)).collect();
        let (mut allowed, mut denied): (Vec<Part>, Vec<(Part, u32)>) = (Vec::new(), Vec::new());
        let mut allowed_by = None;
        for entry in entries.iter() {
            let mut left = Vec::new();
            for part in open {
                let (decided, rest) = entry.split(part);
                left.extend(rest.into_iter().flatten());
                match decided {
                    Some(decided) if entry.allow => {
                        allowed_by = allowed_by.or(Some(entry.number));
                        allowed.push(decided);
                    }
                    Some(decided) => denied.push((decided, entry.number)),
                    None => {}
                }
            }
            open = left;
        }
        denied.extend(open.into_iter().map(|part| (part, LAST)));
        let denied_by = denied.first().map(|(part, number)| {
            let later = entries.iter().find(|it| it.number > *number && it.allow && it.split(*part).1 == [None; 4]);
            (*number, later.map(|entry| entry.number))
        });
        let (verdict, part) = verdict(&packets, all, &allowed, &denied);
        let is_partly = matches!(verdict, Verdict::Blocks(Extent::Ports { .. }));
        let open = is_partly.then(|| allowed.iter().map(|(_, ports)| *ports).collect());
        Crossing { verdict, part, open, allowed_by, denied_by }
    }

    /// Without the addresses, only a rule for all of them tells.
    fn cross_unknown(&self, entries: &[Entry], packets: Packets<'_>) -> Crossing {
        let first = entries.iter().find(|entry| entry.ports.0 <= packets.ports.1 && entry.ports.1 >= packets.ports.0);
        let whole = |entry: &&Entry| {
            !entry.span.is_v6()
                && entry.span.size() > f64::from(u32::MAX)
                && entry.ports.0 <= packets.ports.0
                && entry.ports.1 >= packets.ports.1
        };
        match first {
            None => Crossing {
                verdict: Verdict::Blocks(Extent::Whole),
                part: None,
                open: None,
                allowed_by: None,
                denied_by: Some((LAST, None)),
            },
            Some(entry) if whole(&entry) && entry.allow => Crossing {
                verdict: Verdict::Allows,
                part: None,
                open: None,
                allowed_by: Some(entry.number),
                denied_by: None,
            },
            Some(_) => Crossing {
                verdict: Verdict::Unknown(Unseen::Address { of: packets.of.to_owned() }),
                part: None,
                open: None,
                allowed_by: None,
                denied_by: None,
            },
        }
    }
}

/// An address that no port is open to is lost. Where only some ports are shut, some connections are.
fn verdict(
    packets: &Packets<'_>,
    all: &Addresses,
    allowed: &[Part],
    denied: &[(Part, u32)],
) -> (Verdict, Option<Addresses>) {
    if denied.is_empty() {
        return (Verdict::Allows, None);
    }
    let mut lost = all.clone();
    for (span, _) in allowed {
        lost.take(*span);
    }
    let kept = all.without(&lost);
    match by_rest(packets.which, all, &lost, None, packets.of) {
        Verdict::Allows => {}
        other @ Verdict::Unknown(_) => return (other, Some(kept)),
        other @ Verdict::Blocks(_) => return (other, None),
    }
    let weight = |(span, ports): &Part| kept.within(*span).size() * (f64::from(ports.1 - ports.0) + 1.0);
    let shut: f64 = denied.iter().map(|(part, _)| weight(part)).sum();
    let open: f64 = allowed.iter().map(weight).sum();
    let some = Verdict::Blocks(Extent::Ports { share: shut / (shut + open) });
    (if shut > 0.0 { some } else { Verdict::Allows }, None)
}

/// Rules about other protocols have no say.
fn is_tcp(entry: &AclEntry) -> bool {
    matches!(entry.protocol.as_str(), "-1" | "6" | "tcp")
}
