//! From evidence to findings: pure, and it cannot fail.
//!
//! Each rule looks at the case on its own and drafts what it sees. Then symptoms are folded
//! under the cause that accounts for them, what is left is ranked, and the failed observations
//! that nothing accounts for are named.

mod addresses;
mod answers;
mod case;
mod certificates;
mod clock;
pub mod configured;
mod diagnosis;
mod draft;
mod fold;
mod function;
mod host;
mod images;
mod layers;
mod measure;
mod need;
mod predict;
mod principal;
mod puller;
mod rule;
pub mod rules;
mod verdict;
mod weather;

pub use answers::step_of;
pub use case::Case;
pub use clock::clock_offset;
pub use diagnosis::{Diagnosis, diagnose};
pub use draft::Draft;
pub use function::too_small as too_small_function;
pub use host::{Contact, Host};
pub use measure::measure;
pub use need::{Need, is_of_principals};
pub use principal::Principal;
pub use puller::is_another_function;
pub use rule::Rule;
pub use verdict::verdict;
pub use weather::{Counted, Step};
