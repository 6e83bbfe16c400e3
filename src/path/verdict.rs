//! What a filter makes of a set of addresses.

use super::span::Addresses;
use super::{Extent, Unseen};
use crate::ranges::Ranges;

/// Which of a set's addresses packets go to, or come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Each of them, sooner or later: the ranges of S3.
    EachFar,
    /// Each of them, sooner or later: the addresses that a task may get in its subnet.
    EachNear,
    /// One, and nobody can tell which.
    One,
    /// One of AWS's published ranges, and nobody can tell which.
    OnePublic,
}

/// What became of the addresses.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    Allows,
    Blocks(Extent),
    Unknown(Unseen),
}

/// Judges by what is left over of a set when all that is let through has been taken out.
pub(super) fn by_rest(which: Which, all: &Addresses, rest: &Addresses, unseen: Option<Unseen>, of: &str) -> Verdict {
    if rest.is_empty() {
        return Verdict::Allows;
    }
    if let Some(unseen) = unseen {
        return Verdict::Unknown(unseen);
    }
    let share = rest.size() / all.size();
    let passed = || all.without(rest);
    let is_whole = passed().is_empty();
    match which {
        _ if is_whole => Verdict::Blocks(Extent::Whole),
        Which::EachFar => Verdict::Blocks(Extent::Addresses { share }),
        Which::EachNear => Verdict::Blocks(Extent::Clients { share }),
        Which::OnePublic if !has_aws(&passed()) => Verdict::Blocks(Extent::Whole),
        Which::OnePublic if !has_aws(rest) => Verdict::Allows,
        Which::One | Which::OnePublic => Verdict::Unknown(Unseen::Address { of: of.to_owned() }),
    }
}

/// Whether AWS publishes one of the addresses.
pub(super) fn has_aws(addresses: &Addresses) -> bool {
    let ranges = Ranges::embedded();
    addresses.spans().iter().any(|span| {
        let (first, last) = span.ends();
        ranges.has_any(first, last)
    })
}
