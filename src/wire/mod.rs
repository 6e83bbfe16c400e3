//! Pure readers of what comes over the wire: registry, API and S3 replies.
//!
//! Everything here takes bytes from a hostile network, so nothing panics, allocates
//! beyond what it was given, or reads a clock. This is the one place that classifies
//! an error by its text, and only the text that AWS documents.

pub mod denial;
mod echo;
mod keywords;
pub mod oci;
pub mod policy_excerpt;
pub mod registry;
mod rejection;
mod reply;
pub mod said;
mod scrub;
mod secret;
mod token_service;
mod words;
pub mod xml;

pub use keywords::Keywords;
pub use rejection::rejection;
pub use reply::Reply;
pub use scrub::{scrub, without_user_information};
pub use secret::{LayerUrl, LayerUrlError, RegistryToken};
pub use token_service::{Answerable, NotFollowed, TokenService};
pub use words::{are_apart, words};
