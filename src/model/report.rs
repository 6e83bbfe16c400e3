//! The report: one object, the same as text, as JSON and on disk.

use serde::{Deserialize, Serialize};

use super::{Evidence, EvidenceId, Finding, Path, Placement, Skipped, Timestamp, Unseen, Vantage};

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
    /// Every image can be pulled, and nothing is wrong.
    Healthy,
    /// Pulls work, but something is wrong that will bite.
    Degraded,
    /// A fault was diagnosed that keeps an image from being pulled.
    Unhealthy,
    /// Something failed that nothing explains, or nothing could be tested.
    Inconclusive,
}

impl Verdict {
    /// As reports write it.
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
    /// The registry's host.
    pub registry: String,
    /// The path in the registry, without tag and digest.
    pub repository: String,
    /// Tag, digest, or `tag@digest`.
    pub reference: String,
    /// Digest of the platform's manifest.
    pub digest: Option<String>,
    /// Digest of the index, where the reference names one.
    pub index_digest: Option<String>,
    /// The platform that was asked for: `linux/amd64`. `None` where an audit cannot tell what the task runs on.
    pub platform: Option<String>,
    /// Compressed bytes of the layers.
    pub bytes: Option<u64>,
    /// How many layers the manifest lists.
    pub layers: Option<usize>,
}

/// The pull's proof and measure, summed over the images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    /// Bytes that came from the layer store.
    pub bytes: u64,
    /// Seconds from the first blob request to the last byte.
    pub seconds: f64,
    /// Bytes over seconds; `None` where too few came to tell.
    pub bytes_per_second: Option<f64>,
    /// Layers whose every byte was hashed and matched.
    pub layers_verified: usize,
    /// Layers of all images, each counted once.
    pub layers_total: usize,
    /// What the whole of the images would take at this rate, in seconds.
    pub estimated_full_seconds: Option<f64>,
    /// What a pull should not take longer than, in seconds.
    pub budget_seconds: f64,
    /// Whether the estimate is within it.
    pub within_budget: Option<bool>,
}

/// What a report says of the account's configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Configured {
    /// Where the tasks are placed, and as whom their images are pulled.
    pub placement: Placement,
    /// From each subnet to each service.
    pub paths: Vec<Path>,
    /// Reads that told nothing.
    pub unseen: Vec<Unseen>,
    /// What leaves the verdict of an audit open, in a few words each: `paths` and `unseen` have it in JSON.
    #[serde(skip)]
    pub open: Vec<String>,
}

/// What a check has to say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Of the probe: `0.1.0`.
    pub version: String,
    /// By the clock here.
    pub started_at: Timestamp,
    /// Milliseconds from begin to end.
    pub duration_ms: f64,
    /// The one word for it all.
    pub verdict: Verdict,
    /// Why the check ended before it was through, if it did.
    pub cut_short: Option<String>,
    /// How many observations were left out so that the report is not too long for its reader; `None` where none were.
    pub trimmed: Option<usize>,
    /// Where the probe stands, and as whom.
    pub vantage: Vantage,
    /// What is known of each image.
    pub images: Vec<ImageSummary>,
    /// The root cause first.
    pub diagnoses: Vec<Finding>,
    /// Failed observations that no finding accounts for.
    pub unexplained: Vec<EvidenceId>,
    /// Codes whose evidence is missing, so that their silence says nothing.
    pub not_judged: Vec<Skipped>,
    /// `None` where no layer was asked for.
    pub pull: Option<Pull>,
    /// What the configuration says, where it was read.
    #[serde(flatten)]
    pub configured: Option<Configured>,
    /// Everything that was done and seen.
    pub evidence: Evidence,
}
