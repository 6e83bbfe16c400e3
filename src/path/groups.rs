//! Security groups: the union of their rules, stateful, allow rules only (VPC User Guide, "Security group rules").

use std::collections::HashMap;

use super::lists::Lists;
use super::read::{Told, told};
use super::span::{Addresses, Span};
use super::verdict::{Verdict, Which, by_rest};
use super::{Direction, Unseen};
use crate::account::Account;
use crate::model::facts::{GroupReference, Permission, SecurityGroup};
use crate::model::{Check, EvidenceId};

/// The security groups of the account, by id.
#[derive(Debug)]
pub(super) struct Groups<'e>(HashMap<&'e str, Group<'e>>);

#[derive(Debug)]
struct Group<'e> {
    fact: &'e SecurityGroup,
    observation: EvidenceId,
    ingress: Vec<Rule<'e>>,
    egress: Vec<Rule<'e>>,
}

#[derive(Debug)]
struct Rule<'e> {
    permission: &'e Permission,
    /// As many as the permission has CIDRs, in their order; `None` for one that cannot be read.
    spans: Vec<Option<Span>>,
}

/// The other end of the packets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer<'p> {
    /// Its addresses; `None` where they are not known.
    pub addresses: Option<&'p Addresses>,
    /// What their number is about.
    pub which: Which,
    /// The groups that its interface carries; none of a public address: a group stands for private addresses.
    pub groups: &'p [String],
    /// Its name, where its address cannot be told.
    pub name: &'p str,
    /// The port that packets go to.
    pub port: u16,
}

/// What groups make of packets.
#[derive(Debug)]
pub(super) struct Passing {
    pub verdict: Verdict,
    /// The group and the rule that let them pass.
    pub by: Option<(String, String)>,
    pub cites: Vec<EvidenceId>,
    /// The addresses that packets pass to, where not all or none of them do.
    pub part: Option<Addresses>,
}

impl<'e> Groups<'e> {
    /// Reads what is known.
    pub fn of(account: &Account<'e>) -> Self {
        let all = account.security_groups().filter_map(|(observation, _)| {
            let id = observation.subject.as_deref()?;
            let Told::There(fact, observation) = told(account.security_group(id), Check::SecurityGroup, id) else {
                return None;
            };
            let (ingress, egress) = (read(&fact.ingress), read(&fact.egress));
            Some((id, Group { fact, observation, ingress, egress }))
        });
        Groups(all.collect())
    }

    /// Whether the group is the one that a VPC begins with.
    pub fn is_default(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|group| group.fact.name == "default")
    }

    /// Whether one of the groups has a rule that lets in others than the groups themselves on the port.
    pub fn let_others_in(&self, ids: &[String], port: u16) -> bool {
        let rules = ids.iter().filter_map(|id| self.0.get(id.as_str())).flat_map(|group| &group.ingress);
        rules.filter(|rule| covers(rule.permission, port)).any(|rule| {
            let it = rule.permission;
            let others = it.groups.iter().any(|reference| !ids.contains(&reference.id));
            others || !it.cidrs.is_empty() || !it.prefix_lists.is_empty()
        })
    }

    /// Whether the groups together let packets to or from the peer pass.
    pub fn pass(
        &self,
        account: &Account<'e>,
        lists: &Lists<'e>,
        ids: &[String],
        direction: Direction,
        peer: Peer<'_>,
    ) -> Passing {
        let mut unseen = if ids.is_empty() { Some(Unseen::NoGroups) } else { None };
        let (mut by, mut cites) = (None, Vec::new());
        let mut rest = peer.addresses.cloned();
        for id in ids {
            let Some(group) = self.0.get(id.as_str()) else {
                let missing =
                    told(account.security_group(id), Check::SecurityGroup, id).there(Check::SecurityGroup, id);
                unseen = unseen.or(missing.err());
                continue;
            };
            cites.push(group.observation);
            // An interface has a group: none is one that is not known, which the rules may name.
            if direction == Direction::Inbound && peer.groups.is_empty() && group.names_groups(peer.port) {
                unseen = unseen.or(Some(Unseen::NoGroups));
            }
            by = by.or_else(|| group.by_group(direction, peer).map(|peer| (id.clone(), peer.clone())));
        }
        let by_group = by.is_some();
        let known = ids.iter().filter(|_| !by_group).filter_map(|id| self.0.get_key_value(id.as_str()));
        for (id, group) in known {
            let rules = if direction == Direction::Inbound { &group.ingress } else { &group.egress };
            let Some(rest) = rest.as_mut().filter(|rest| !rest.is_empty()) else { break };
            for rule in rules.iter().filter(|rule| covers(rule.permission, peer.port)) {
                for (cidr, span) in rule.permission.cidrs.iter().zip(&rule.spans) {
                    match span {
                        Some(span) if rest.take(*span) => by = by.or_else(|| Some(((*id).to_owned(), cidr.clone()))),
                        Some(_) => {}
                        None => unseen = unseen.or_else(|| Some(Unseen::Malformed { subject: (*id).to_owned() })),
                    }
                }
                for list in &rule.permission.prefix_lists {
                    match lists.get(account, list) {
                        Ok(found) => {
                            for (span, _) in &found.spans {
                                if rest.take(*span) {
                                    cites.push(found.observation);
                                    by = by.or_else(|| Some(((*id).to_owned(), list.clone())));
                                }
                            }
                        }
                        Err(missing) => unseen = unseen.or(Some(missing)),
                    }
                }
            }
        }
        cites.sort_unstable();
        cites.dedup();
        let verdict = match (&rest, peer.addresses) {
            _ if by_group => Verdict::Allows,
            (Some(rest), Some(all)) => by_rest(peer.which, all, rest, unseen, peer.name),
            _ => Verdict::Unknown(unseen.unwrap_or_else(|| Unseen::Address { of: peer.name.to_owned() })),
        };
        let part = match (&verdict, &rest, peer.addresses) {
            (Verdict::Unknown(Unseen::Address { .. }), Some(rest), Some(all)) => Some(all.without(rest)),
            _ => None,
        };
        Passing { verdict, by, cites, part }
    }
}

impl Group<'_> {
    /// Whether an inbound rule for the port names groups.
    fn names_groups(&self, port: u16) -> bool {
        self.ingress.iter().any(|rule| covers(rule.permission, port) && !rule.permission.groups.is_empty())
    }

    /// What lets packets pass whatever their address is: a group that the peer carries; where the address is not known,
    /// a rule for all.
    fn by_group(&self, direction: Direction, peer: Peer<'_>) -> Option<&String> {
        let rules = if direction == Direction::Inbound { &self.ingress } else { &self.egress };
        rules.iter().filter(|rule| covers(rule.permission, peer.port)).find_map(|rule| {
            let reference = rule.permission.groups.iter().find(|reference| matches(reference, peer.groups));
            let all = || rule.permission.cidrs.iter().find(|cidr| peer.addresses.is_none() && is_all(cidr));
            reference.map(|reference| &reference.id).or_else(all)
        })
    }
}

fn read(permissions: &[Permission]) -> Vec<Rule<'_>> {
    let spans = |it: &Permission| it.cidrs.iter().map(|cidr| Span::parse(cidr).map(|(span, _)| span)).collect();
    permissions.iter().map(|permission| Rule { permission, spans: spans(permission) }).collect()
}

/// Whether the rule is about TCP on the port. Protocol `-1` has all ports.
fn covers(permission: &Permission, port: u16) -> bool {
    match permission.protocol.as_str() {
        "-1" | "all" => true,
        "tcp" | "6" => permission.ports.is_none_or(|(first, last)| (first..=last).contains(&port)),
        _ => false,
    }
}

/// Whether the reference is to one of the groups. One whose peering or group is gone is stale and matches nothing (VPC
/// User Guide, "Work with stale security group rules").
fn matches(reference: &GroupReference, groups: &[String]) -> bool {
    let is_stale = reference.peering_status.as_deref().is_some_and(|status| status != "active");
    !is_stale && groups.contains(&reference.id)
}

fn is_all(cidr: &str) -> bool {
    cidr == "0.0.0.0/0"
}
