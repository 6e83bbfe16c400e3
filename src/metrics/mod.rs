//! What a check comes to in numbers, for alarms and dashboards in CloudWatch. Pure.
//!
//! [`gather`] makes data of a report; [`emf`] writes them as log lines that CloudWatch Logs turns into metrics, and
//! [`Queue`] keeps them until `PutMetricData` has taken them. Codes, images and digests are no dimensions: each value of
//! a dimension is a metric of its own, and is paid for as one.

mod catalogue;
mod emf;
mod endpoint;
mod gather;
mod queue;

pub use catalogue::{Metric, Per, Unit};
pub use emf::emf;
pub use gather::{dropped, gather, is_told};
pub use queue::Queue;

use std::sync::Arc;

use crate::model::Timestamp;

/// What tells two metrics of one name apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Such as `Service`.
    pub name: &'static str,
    /// Such as the service's name: ASCII, at most 1,024 characters.
    pub value: String,
}

/// One number at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Which number it is.
    pub metric: Metric,
    /// Shared by the set, so that many can wait in little memory.
    pub dimensions: Arc<[Dimension]>,
    /// When it was true.
    pub at: Timestamp,
    /// Finite.
    pub value: f64,
}
