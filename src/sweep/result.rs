//! What a sweep has to say.

use serde::Serialize;

use super::compare::Shared;
use super::differ::Difference;
use super::place::Place;
use crate::model::{Finding, Timestamp, Unseen, Verdict};

/// The value of `schema`.
pub const SCHEMA: &str = "ecr-probe.sweep/1";

/// All subnets of a service, compared: one object, the same as text, as JSON and on disk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Of the probe: `0.1.0`.
    pub version: String,
    /// By the clock here.
    pub started_at: Timestamp,
    /// Milliseconds from begin to end.
    pub duration_ms: f64,
    /// The worst of the places: a fault counts more than what is not known.
    pub verdict: Verdict,
    /// Why the sweep ended early, if it did.
    pub cut_short: Option<String>,
    /// The service's Region.
    pub region: String,
    /// The account of the credentials.
    pub account: Option<String>,
    /// By name or ARN.
    pub cluster: String,
    /// By name.
    pub service: String,
    /// One for each subnet of the service, in the service's order.
    pub places: Vec<Place>,
    /// What was found, each fault once, with the subnets that it was found in.
    pub diagnoses: Vec<Shared>,
    /// How subnets that fail differ from subnets that work.
    pub differs: Vec<Difference>,
    /// What the configuration says by itself: the findings of an audit that no place shows.
    pub configured: Vec<Finding>,
    /// Reads of the configuration that told nothing.
    pub unseen: Vec<Unseen>,
    /// What else is to be known, a line each.
    pub notes: Vec<String>,
}
