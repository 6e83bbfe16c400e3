//! What IAM decides about the requests of a pull, as far as it can be told from policies.
//!
//! [`Document`]s are read as AWS takes them, a [`Request`] says who asks for what with which keys, and [`decide`]
//! combines the [`Policies`] of all layers into a [`Decision`]. There are three answers: what is not known or not
//! modelled makes an answer [`Answer::Unknown`] where the answer rests on it, and never a pass. [`requests`] makes the
//! requests of a pull as each layer of policies sees them.
//!
//! Pure: no clock, no network, no panic on any text.

mod compare;
mod condition;
mod decide;
mod decision;
mod document;
mod encoded;
mod evaluate;
mod json;
mod keys;
mod layers;
mod operator;
mod pattern;
mod policies;
mod principal;
mod request;
pub mod requests;
mod statement;
mod text;
mod truth;

pub use condition::Condition;
pub use decide::decide;
pub use decision::{Answer, By, Decision, Failed, LayerDecision, Matched, Missing, Nearest};
pub use document::{Document, Malformed};
pub use operator::Operator;
pub use policies::{Named, Policies, Seen};
pub use principal::Principals;
pub use request::{Key, Owner, Request, Role, Who};
pub use statement::{Effect, Statement};
pub use text::Text;
pub use truth::Truth;
