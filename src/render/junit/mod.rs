//! `JUnit`'s XML for the test reports of CI.

mod explanation;
mod report;
mod suite;
mod sweep;
mod untried;

pub use explanation::explanations;
pub use report::{report, services};
pub use sweep::sweep;
