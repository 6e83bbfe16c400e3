//! What the reader sees. All text of outcomes is made here, from the typed report.

mod audit;
mod conclusion;
mod evidence;
mod explain;
mod explanations;
mod facts;
mod finding;
mod hops;
pub mod html;
mod json;
pub mod junit;
pub mod markdown;
mod no_answer;
mod obstacle;
mod outcome;
mod page;
mod plan;
mod reason;
mod sentence;
pub mod short;
mod style;
mod sweep;
mod text;
mod units;
mod vantage;

pub use audit::audit_line;
pub use explain::explain;
pub use explanations::summary;
pub use facts::why_hidden;
pub use json::json;
pub use no_answer::no_answer;
pub use plan::{plan, plan_of_a_sweep, plan_of_an_audit};
pub use reason::{has_equal_causes, reason, reasons_by_cause};
pub use style::Style;
pub use sweep::sweep;
pub use text::text;
