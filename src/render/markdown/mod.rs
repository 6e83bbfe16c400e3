//! Markdown for tickets, pull requests and step summaries.

mod escape;
mod explanation;
mod finding;
mod report;
mod services;
mod sweep;
mod table;

pub use explanation::{code, explanations};
pub use report::report;
pub use services::services;
pub use sweep::sweep;
