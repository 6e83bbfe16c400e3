//! What the account's configuration comes to: every path and every permission of the pull, and findings of what stops it.
//!
//! The facts prove what packets only make likely: each finding here names the resource, and what it cites is the proof.

mod asked;
mod blame;
mod configuration;
mod denied;
mod image;
mod join;
mod key;
mod network;
mod network_repair;
mod permission;
mod permission_repair;
mod permission_words;
mod requests;
mod resolver;
mod role;
mod secret;
mod start;
mod unknown;
mod walk;
mod way_out;
mod words;

use crate::diagnose::{Draft, Rule};

pub use self::asked::{Asked, Request};
pub use self::configuration::Configuration;
pub use self::join::join;
pub use self::unknown::{hidden, not_judged, unknown, unseen, why as why_unseen};
pub use self::walk::Walk;

/// Findings, each with the rule whose code it has.
pub fn drafts(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let mut drafts = network::drafts(configuration);
    drafts.extend(permission::drafts(configuration));
    drafts.extend(image::drafts(configuration));
    drafts.extend(start::drafts(configuration));
    drafts.extend(resolver::drafts(configuration));
    drafts
}
