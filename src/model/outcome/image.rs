//! How manifests and image configurations are read.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// A manifest as the registry or the API gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ManifestOutcome {
    /// An index that has the platform.
    Index {
        digest: String,
        media_type: String,
        platforms: Vec<String>,
        /// Digest of the chosen manifest.
        chosen: String,
    },
    /// The manifest of one image.
    Image {
        digest: String,
        media_type: String,
        layers: usize,
        /// Compressed bytes of the layers.
        bytes: u64,
        /// Of the layers, those that are compressed with zstd and not with gzip.
        #[serde(default)]
        zstd_layers: usize,
    },
    /// An index without the platform.
    NoPlatform {
        digest: String,
        wanted: String,
        offered: Vec<String>,
    },
    /// The bytes do not hash to the digest asked for.
    DigestMismatch {
        expected: String,
        actual: String,
    },
    /// Not a manifest that a runtime can pull.
    Unsupported {
        reason: String,
    },
    /// HTTP 200 with an entry in `failures[]` (API only).
    Failure {
        code: String,
        reason: Option<String>,
    },
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

impl ManifestOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ManifestOutcome::Index { .. } | ManifestOutcome::Image { .. })
    }
}

/// What the image configuration says of its platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ConfigOutcome {
    Matches { platform: String },
    OtherPlatform { wanted: String, found: String },
    Malformed { reason: String },
}

impl ConfigOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ConfigOutcome::Matches { .. })
    }
}
