//! How `GET /v2/` ends, and how a registry's token service answers.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// The answer of the registry's base endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum RegistryOutcome {
    /// 401 with `WWW-Authenticate`: alive, and wants credentials.
    Challenged {
        scheme: String,
        realm: Option<String>,
        service: Option<String>,
        clock_offset_s: Option<i64>,
    },
    /// 200.
    Accepted {
        clock_offset_s: Option<i64>,
    },
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

impl RegistryOutcome {
    /// Whether a registry answered: with a challenge or with a welcome.
    pub fn is_answer(&self) -> bool {
        matches!(self, RegistryOutcome::Challenged { .. } | RegistryOutcome::Accepted { .. })
    }
}

/// How an anonymous request for a registry's bearer token ended. Never the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum RegistryTokenOutcome {
    Granted {
        /// Seconds until it expires, as the service says.
        valid_for_s: Option<i64>,
    },
    /// The challenge names no scheme that a stranger can answer: nothing was sent.
    NeedsCredentials {
        scheme: String,
    },
    /// The challenge leads where the probe does not go: nothing was sent.
    Refused {
        reason: String,
    },
    /// A success without a token that can be read.
    Malformed {
        reason: String,
    },
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

impl RegistryTokenOutcome {
    /// What wants credentials is as it should be; whether the pull would pass is not known.
    pub fn is_symptom(&self) -> bool {
        use RegistryTokenOutcome::{Granted, NeedsCredentials};
        !matches!(self, Granted { .. } | NeedsCredentials { .. })
    }
}
