//! What was observed, before it is judged: what a saved report is read back to.

use serde::Deserialize;
use serde_json::Value;

use crate::model::{Evidence, ImageSummary, Placement, Pull, Timestamp, Vantage, is_hidden};

/// What a check knows when the walking is over. It reads back from a report, whose findings and
/// verdict are passed over.
#[derive(Debug, Clone, Deserialize)]
pub struct Observed {
    /// By the clock here.
    pub started_at: Timestamp,
    /// Milliseconds from begin to end.
    pub duration_ms: f64,
    /// Where the probe stands, and as whom.
    pub vantage: Vantage,
    /// What is known of each image.
    pub images: Vec<ImageSummary>,
    /// Everything that was done and seen.
    pub evidence: Evidence,
    /// Why the walk ended early, if it did.
    #[serde(default)]
    pub cut_short: Option<String>,
    /// How many observations a saved report left out.
    #[serde(default)]
    pub trimmed: Option<usize>,
    /// The figures of a saved report: where observations were left out, they cannot be made again.
    #[serde(default)]
    pub pull: Option<Pull>,
    /// Where the tasks are placed, where the configuration was read.
    #[serde(default)]
    pub placement: Option<Placement>,
}

/// Why a text is not a saved report.
#[derive(Debug, thiserror::Error)]
pub enum NotAReport {
    /// The line and the column are in the error.
    #[error(transparent)]
    NotJson(#[from] serde_json::Error),
    /// The path to the field is in the error.
    #[error(transparent)]
    Field(#[from] serde_path_to_error::Error<serde_json::Error>),
}

impl Observed {
    /// Reads a saved report, which may be anybody's: in its texts a blank stands for each character that does not show, so
    /// that none of them begins a line or turns one round.
    ///
    /// # Errors
    /// It is no JSON, or not that of a report: then the error names the field.
    pub fn read(bytes: &[u8]) -> Result<Self, NotAReport> {
        Ok(Observed::of(serde_json::from_slice(bytes)?)?)
    }

    /// The same of a report that is JSON already.
    ///
    /// # Errors
    /// It is not that of a report: the error names the field.
    pub fn of(mut report: Value) -> Result<Self, serde_path_to_error::Error<serde_json::Error>> {
        show_all(&mut report);
        serde_path_to_error::deserialize(report)
    }
}

fn show_all(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(is_hidden) => *text = text.replace(is_hidden, " "),
        Value::Array(values) => values.iter_mut().for_each(show_all),
        Value::Object(fields) => fields.values_mut().for_each(show_all),
        _ => {}
    }
}
