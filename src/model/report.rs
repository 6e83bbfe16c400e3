//! The report: one object, the same as text, as JSON and on disk.

use serde::{Deserialize, Serialize};

use super::{Evidence, EvidenceId, Finding, Instant, Skipped, Vantage};

/// The value of `schema` in a report.
pub const SCHEMA: &str = "ecr-probe.report/1";

/// Where its numbers are in CloudWatch.
pub const METRICS_NAMESPACE: &str = "ECRProbe";

/// What a pull may take: requirement of the task's start, in seconds.
pub const PULL_BUDGET_SECONDS: f64 = 300.0;

/// The one-word answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Healthy,
    /// Pulls work, but something is wrong that will bite.
    Degraded,
    Unhealthy,
    /// Something failed that nothing explains, or nothing could be tested.
    Inconclusive,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Healthy => "healthy",
            Verdict::Degraded => "degraded",
            Verdict::Unhealthy => "unhealthy",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}

/// What is known of one image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageSummary {
    /// As it was given.
    pub image: String,
    pub registry: String,
    pub repository: String,
    /// Tag, digest, or `tag@digest`.
    pub reference: String,
    /// Digest of the platform's manifest.
    pub digest: Option<String>,
    /// Digest of the index, where the reference names one.
    pub index_digest: Option<String>,
    pub platform: String,
    /// Compressed bytes of the layers.
    pub bytes: Option<u64>,
    pub layers: Option<usize>,
}

/// The pull's proof and measure, summed over the images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    /// Bytes that came from the layer store.
    pub bytes: u64,
    /// Seconds from the first blob request to the last byte.
    pub seconds: f64,
    pub bytes_per_second: Option<f64>,
    /// Layers whose every byte was hashed and matched.
    pub layers_verified: usize,
    pub layers_total: usize,
    /// What the whole of the images would take at this rate, in seconds.
    pub estimated_full_seconds: Option<f64>,
    pub budget_seconds: f64,
    pub within_budget: Option<bool>,
}

/// What a check has to say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub schema: &'static str,
    pub version: String,
    pub started_at: Instant,
    pub duration_ms: f64,
    pub verdict: Verdict,
    /// Why the check ended before it was through, if it did.
    pub cut_short: Option<String>,
    pub vantage: Vantage,
    pub images: Vec<ImageSummary>,
    pub diagnoses: Vec<Finding>,
    pub unexplained: Vec<EvidenceId>,
    pub not_judged: Vec<Skipped>,
    pub pull: Option<Pull>,
    pub evidence: Evidence,
}
