//! What the reader sees. All text of outcomes is made here, from the typed report.

mod evidence;
mod explain;
mod hops;
mod outcome;
mod plan;
mod style;
mod text;
mod units;

pub use explain::explain;
pub use plan::plan;
pub use style::Style;
pub use text::text;

use crate::model::Report;

/// The report as one JSON object on one line.
pub fn json(report: &Report) -> String {
    serde_json::to_string(report).expect("a report has string keys and finite numbers")
}
