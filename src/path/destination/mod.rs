//! From a name to where its packets go.

mod endpoints;
mod firewall;
mod lead;
mod resolve;
mod resolver;
mod zones;

pub(in crate::path) use lead::Bypass;
pub use lead::{Destination, Lead, Target};
