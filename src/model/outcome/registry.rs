//! How `GET /v2/` ends, and how a registry's token service answers.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// The answer of the registry's base endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum RegistryOutcome {
    /// 401 with `WWW-Authenticate`: alive, and wants credentials.
    Challenged {
        /// `Basic` or `Bearer`, as the challenge names it.
        scheme: String,
        /// The URL of the token service, or a name for people.
        realm: Option<String>,
        /// What the token service calls this registry.
        service: Option<String>,
        /// The registry's clock minus ours in seconds, from the `Date` header.
        clock_offset_s: Option<i64>,
    },
    /// 200.
    Accepted {
        /// The registry's clock minus ours in seconds, from the `Date` header.
        clock_offset_s: Option<i64>,
    },
    /// Any other HTTP answer.
    Rejected(Rejection),
    /// No HTTP answer came.
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
    /// The service gave a token.
    Granted {
        /// Seconds until it expires, as the service says.
        valid_for_s: Option<i64>,
    },
    /// The challenge names no scheme that an anonymous client can answer: nothing was sent.
    NeedsCredentials {
        /// The scheme that the challenge names.
        scheme: String,
    },
    /// The challenge leads where the probe does not go: nothing was sent.
    Refused {
        /// What is wrong with the challenge.
        reason: String,
    },
    /// The way is clear, and the manifest is left out this time: registries count it as a pull.
    Spared,
    /// A success without a token that can be read.
    Malformed {
        /// What is wrong with the answer.
        reason: String,
    },
    /// An HTTP error.
    Rejected(Rejection),
    /// No HTTP answer came.
    NoAnswer(NoAnswer),
}

impl RegistryTokenOutcome {
    /// What wants credentials is as it should be; whether the pull would pass is not known.
    pub fn is_symptom(&self) -> bool {
        use RegistryTokenOutcome::{Granted, NeedsCredentials, Spared};
        !matches!(self, Granted { .. } | NeedsCredentials { .. } | Spared)
    }
}
