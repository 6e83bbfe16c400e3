//! Would a packet from this interface to this host pass, forward and back, and which resource stops it?
//!
//! Pure: it walks the facts of [`crate::account`], as AWS documents how its network decides (VPC User Guide; AWS
//! PrivateLink Guide). [`Network::of`] arranges them once; [`Network::destination`] says where a name leads from a
//! [`Place`], and [`Network::walk`] what becomes of the packets. What was not read, or does not show, is
//! [`Unseen`]: it makes an answer unknown and is never blamed.

mod acl;
mod blocker;
mod border;
mod destination;
mod gateway;
mod groups;
mod lists;
mod nat;
mod network;
mod place;
mod private;
mod public;
mod reach;
mod read;
mod routes;
mod span;
mod step;
mod trail;
mod unseen;
mod verdict;
mod walk;
mod walked;
mod words;

pub use blocker::{Blocker, Direction, Far, Side};
pub use destination::{Destination, Lead, Target};
pub use network::Network;
pub use place::{Place, Sender};
pub use step::{Allowance, Extent, Reason, Step};
pub use unseen::Unseen;
pub use walked::{Fault, Walked};
pub use words::{by, path};
