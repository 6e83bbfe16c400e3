//! How manifests and image configurations are read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// A manifest as the registry or the API gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ManifestOutcome {
    /// An index that has the platform.
    Index {
        /// Of the index: `sha256:…`.
        digest: String,
        /// Of the index.
        media_type: String,
        /// What it offers: `linux/arm64`, each once, and not more than are read.
        platforms: Vec<String>,
        /// Digest of the chosen manifest.
        chosen: String,
        /// The Windows versions of the manifests that fit, such as `10.0.20348.2227`, where there is more than one:
        /// a Windows host takes the one of its own version, which is not known here, and the first was chosen.
        #[serde(default)]
        windows_versions: Vec<String>,
    },
    /// The manifest of one image.
    Image {
        /// Of the manifest: `sha256:…`.
        digest: String,
        /// Of the manifest.
        media_type: String,
        /// How many layers it lists.
        layers: usize,
        /// Compressed bytes of the layers.
        bytes: u64,
        /// Of the layers, those that are compressed with zstd and not with gzip.
        #[serde(default)]
        zstd_layers: usize,
        /// Of the layers, those that were listed before, by this image or another of the check: a runtime fetches them
        /// once.
        #[serde(default)]
        shared_layers: usize,
        /// Their compressed bytes.
        #[serde(default)]
        shared_bytes: u64,
    },
    /// An index without the platform.
    NoPlatform {
        /// Of the index.
        digest: String,
        /// The platform that was asked for: `linux/amd64`.
        wanted: String,
        /// The platforms that it has.
        offered: Vec<String>,
    },
    /// The bytes do not hash to the digest asked for.
    DigestMismatch {
        /// The digest that was asked for.
        expected: String,
        /// The digest of what came.
        actual: String,
    },
    /// An index that leads to an index, and so on: no runtime follows so many.
    TooDeep {
        /// How many were followed.
        indexes: usize,
    },
    /// Not a manifest that a runtime can pull.
    Unsupported {
        /// What it is, or what is wrong with it.
        reason: Unfit,
    },
    /// HTTP 200 with an entry in `failures[]` (API only).
    Failure {
        /// The API's `failureCode`.
        code: String,
        /// The API's `failureReason`.
        reason: Option<String>,
    },
    /// An HTTP error.
    Rejected(Rejection),
    /// No HTTP answer came.
    NoAnswer(NoAnswer),
}

impl ManifestOutcome {
    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ManifestOutcome::Index { .. } | ManifestOutcome::Image { .. })
    }
}

/// Why a manifest is none that a runtime can pull. In a report it is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Unfit {
    /// A build attestation (in-toto) in an image's place.
    Attestation,
    /// Anything else, in words.
    Other(String),
}

/// How [`Unfit::Attestation`] is written.
const ATTESTATION: &str = "a layer is an attestation (in-toto), which no runtime can unpack";

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Attestation => f.write_str(ATTESTATION),
            Unfit::Other(reason) => f.write_str(reason),
        }
    }
}

impl From<String> for Unfit {
    fn from(written: String) -> Self {
        if written == ATTESTATION { Unfit::Attestation } else { Unfit::Other(written) }
    }
}

impl From<&str> for Unfit {
    fn from(text: &str) -> Self {
        Unfit::from(text.to_owned())
    }
}

impl From<Unfit> for String {
    fn from(unfit: Unfit) -> Self {
        unfit.to_string()
    }
}

/// What the image configuration says of its platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ConfigOutcome {
    /// The platform that was asked for.
    Matches {
        /// As the configuration says: `linux/amd64`.
        platform: String,
    },
    /// Another one.
    OtherPlatform {
        /// The platform that was asked for.
        wanted: String,
        /// The platform that the configuration names.
        found: String,
    },
    /// A configuration that cannot be read.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

impl ConfigOutcome {
    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ConfigOutcome::Matches { .. })
    }
}
