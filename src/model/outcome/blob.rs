//! How layer URLs are given out and layer bytes arrive.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// Where the bytes of a layer are said to be. Never the query of the URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum LayerUrlOutcome {
    /// A URL on another host.
    Redirected {
        host: String,
        port: u16,
        /// Whether the query holds a signature (SigV4).
        signed: bool,
    },
    /// The registry serves the bytes itself.
    Direct,
    /// A redirect that must not be followed.
    BadRedirect {
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

impl LayerUrlOutcome {
    /// Whether a token that opened the manifest is not taken here: it has grown old. Public ECR says 400 then, and
    /// gives no challenge.
    pub fn refuses_token(&self) -> bool {
        matches!(self, LayerUrlOutcome::Rejected(why) if matches!(why.status, 400 | 401))
    }

    pub fn is_symptom(&self) -> bool {
        !matches!(self, LayerUrlOutcome::Redirected { .. } | LayerUrlOutcome::Direct)
    }
}

/// How an unsigned GET on the layer store ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum LayerStoreOutcome {
    /// Any HTTP status: the path is open. S3 says 403 to the unsigned.
    Answered {
        status: u16,
        code: Option<String>,
        clock_offset_s: Option<i64>,
    },
    NoAnswer(NoAnswer),
}

impl LayerStoreOutcome {
    pub fn is_symptom(&self) -> bool {
        matches!(self, LayerStoreOutcome::NoAnswer(_))
    }
}

/// How the bytes of a blob came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum LayerBytesOutcome {
    /// All of them, and they hash to the digest.
    Verified {
        bytes: u64,
        /// Milliseconds from the request to the first byte.
        first_byte_ms: f64,
    },
    /// The first bytes came; no more were asked for.
    Reached {
        bytes: u64,
        first_byte_ms: f64,
    },
    /// The time of the check ran out while bytes were still coming.
    Unfinished {
        received: u64,
    },
    /// All came and hash to something else.
    DigestMismatch {
        expected: String,
        actual: String,
        bytes: u64,
    },
    /// More or fewer came than the manifest says.
    LengthMismatch {
        expected: u64,
        received: u64,
    },
    /// The flow ended before the end of the body.
    Broken {
        received: u64,
        why: NoAnswer,
    },
    BadRedirect {
        reason: String,
    },
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

impl LayerBytesOutcome {
    pub fn is_symptom(&self) -> bool {
        use LayerBytesOutcome::{Reached, Unfinished, Verified};
        !matches!(self, Verified { .. } | Reached { .. } | Unfinished { .. })
    }

    /// Bytes that arrived.
    pub fn received(&self) -> u64 {
        match self {
            LayerBytesOutcome::Verified { bytes, .. }
            | LayerBytesOutcome::Reached { bytes, .. }
            | LayerBytesOutcome::DigestMismatch { bytes, .. } => *bytes,
            LayerBytesOutcome::Unfinished { received }
            | LayerBytesOutcome::LengthMismatch { received, .. }
            | LayerBytesOutcome::Broken { received, .. } => *received,
            _ => 0,
        }
    }
}
