//! The audit of a cluster.

use super::report::{report, verdict};
use super::table::table;
use crate::model::Report;
use crate::render::audit::outcome_of;

/// A table of the services, then a section each.
pub fn services(reports: &[Report]) -> String {
    let row = |it: &Report| {
        [verdict(it.verdict), it.vantage.service.clone().unwrap_or_else(|| "-".to_owned()), outcome_of(it)]
    };
    let rows: Vec<[String; 3]> = reports.iter().map(row).collect();
    table(["", "Service", "What"], &rows) + &reports.iter().map(report).collect::<String>()
}
