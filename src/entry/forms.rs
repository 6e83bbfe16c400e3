//! What is printed, in the form asked for.

use super::style;
use crate::config::Output;
use crate::model::Report;
use crate::render::{self, html};

/// The report of a check or an audit.
pub fn report(report: &Report, output: Output) -> String {
    match output {
        Output::Text => render::text(report, style()),
        Output::Json => render::json(report) + "\n",
        Output::Html | Output::Markdown | Output::Junit => html::report(report),
    }
}
