//! How layer URLs are given out and layer bytes arrive.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// Where the bytes of a layer are said to be. Never the query of the URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum LayerUrlOutcome {
    /// A URL on another host.
    Redirected {
        /// Of the URL, in lower case.
        host: String,
        /// Of the URL; 443 where it names none.
        port: u16,
        /// Whether the query holds a signature (SigV4).
        signed: bool,
    },
    /// The registry serves the bytes itself.
    Direct,
    /// A redirect that must not be followed.
    BadRedirect {
        /// Why not.
        reason: String,
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

impl LayerUrlOutcome {
    /// Whether a token that opened the manifest is not taken here: it has grown old. Public ECR says 400 then, and
    /// gives no challenge.
    pub fn refuses_token(&self) -> bool {
        matches!(self, LayerUrlOutcome::Rejected(why) if matches!(why.status, 400 | 401))
    }

    /// Whether it asks for an explanation.
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
        /// The HTTP status.
        status: u16,
        /// S3's error code, such as `AccessDenied`.
        code: Option<String>,
        /// The store's clock minus ours in seconds, from the `Date` header.
        clock_offset_s: Option<i64>,
    },
    /// No HTTP answer came.
    NoAnswer(NoAnswer),
}

impl LayerStoreOutcome {
    /// Whether it asks for an explanation.
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
        /// That arrived: all of the blob.
        bytes: u64,
        /// Milliseconds from the request to the first byte.
        first_byte_ms: f64,
    },
    /// The first bytes came; no more were asked for.
    Reached {
        /// That arrived.
        bytes: u64,
        /// Milliseconds from the request to the first byte.
        first_byte_ms: f64,
    },
    /// The time of the check ran out while bytes were still coming.
    Unfinished {
        /// Bytes that arrived in time.
        received: u64,
    },
    /// All came and hash to something else.
    DigestMismatch {
        /// The digest that was asked for.
        expected: String,
        /// The digest of what came.
        actual: String,
        /// That arrived.
        bytes: u64,
    },
    /// More or fewer came than the manifest says.
    LengthMismatch {
        /// Bytes, as the manifest says.
        expected: u64,
        /// Bytes that arrived.
        received: u64,
    },
    /// The flow ended before the end of the body.
    Broken {
        /// Bytes of the blob that are there, with those of the tries that this one went on from.
        received: u64,
        /// What ended it.
        why: NoAnswer,
    },
    /// The rest of a blob whose flow had ended early was asked for, and something else came. The next try begins anew.
    RangeRefused {
        /// How many bytes were there: the first byte that was asked for.
        from: u64,
        /// Of the answer.
        status: u16,
        /// The `Content-Range` header, where there is one.
        content_range: Option<String>,
    },
    /// A redirect that must not be followed.
    BadRedirect {
        /// Why not.
        reason: String,
    },
    /// An HTTP error.
    Rejected(Rejection),
    /// No HTTP answer came.
    NoAnswer(NoAnswer),
}

impl LayerBytesOutcome {
    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        use LayerBytesOutcome::{Reached, Unfinished, Verified};
        !matches!(self, Verified { .. } | Reached { .. } | Unfinished { .. })
    }

    /// Whether the rest, or the whole, often comes when it is asked for again.
    pub fn may_pass(&self) -> bool {
        use LayerBytesOutcome::{Broken, NoAnswer, RangeRefused, Rejected};
        match self {
            Broken { .. } | RangeRefused { .. } => true,
            Rejected(why) => why.may_pass(),
            NoAnswer(why) => why.may_pass(),
            _ => false,
        }
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
