//! Prefix lists, read once.

use std::collections::HashMap;

use super::Unseen;
use super::read::{Told, told};
use super::span::Span;
use crate::account::Account;
use crate::aws::is_aws_prefix_list;
use crate::model::{Check, EvidenceId};

/// The prefix lists of the account, by id.
#[derive(Debug)]
pub(super) struct Lists<'e>(HashMap<&'e str, List<'e>>);

/// A prefix list: each of its CIDRs with the length of its prefix.
#[derive(Debug)]
pub(super) struct List<'e> {
    pub id: &'e str,
    pub name: &'e str,
    pub spans: Vec<(Span, u8)>,
    pub observation: EvidenceId,
    unreadable: bool,
}

impl<'e> Lists<'e> {
    /// Reads what is known.
    pub fn of(account: &Account<'e>) -> Self {
        let lists = account.prefix_lists().filter_map(|(observation, list)| {
            // Read again, it may have been hidden: the later word counts.
            let Told::There(list, id) =
                told(account.prefix_list(observation.subject.as_deref()?), Check::PrefixList, &list.id)
            else {
                return None;
            };
            let spans: Vec<(Span, u8)> = list.cidrs.iter().filter_map(|cidr| Span::parse(cidr)).collect();
            // AWS's own hold addresses: one without any was not told.
            let unreadable = spans.len() < list.cidrs.len() || spans.is_empty() && is_aws_prefix_list(&list.name);
            let read = List { id: &list.id, name: &list.name, spans, observation: id, unreadable };
            Some((list.id.as_str(), read))
        });
        Lists(lists.collect())
    }

    /// The list of that id.
    pub fn get(&self, account: &Account<'e>, id: &str) -> Result<&List<'e>, Unseen> {
        match self.0.get(id) {
            Some(list) if list.unreadable => Err(Unseen::Malformed { subject: id.to_owned() }),
            Some(list) => Ok(list),
            None => Err(match told(account.prefix_list(id), Check::PrefixList, id) {
                Told::Unseen(unseen) => unseen,
                Told::There(..) | Told::Gone(_) => super::read::not_read(Check::PrefixList, id),
            }),
        }
    }

    /// The list of that name.
    pub fn named(&self, name: &str) -> Option<&List<'e>> {
        self.0.values().filter(|list| list.name == name && !list.unreadable).min_by_key(|list| list.id)
    }

    /// The CIDRs of all lists of AWS's own: of S3, DynamoDB and others.
    pub fn of_aws(&self) -> impl Iterator<Item = Span> {
        let lists = self.0.values().filter(|list| is_aws_prefix_list(list.name));
        lists.flat_map(|list| list.spans.iter().map(|(span, _)| *span))
    }
}
