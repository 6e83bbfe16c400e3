//! How the calls to AWS end: credentials, caller, authorization token.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// What the credential chain yielded. Never the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum CredentialsOutcome {
    Found {
        source: String,
    },
    /// No provider of the chain has any.
    Missing,
    /// A provider is configured and failed.
    Failed {
        reason: String,
    },
    TimedOut,
}

impl CredentialsOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, CredentialsOutcome::Found { .. })
    }
}

/// How `sts:GetCallerIdentity` ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum CallerOutcome {
    Known { arn: String, account: String },
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

/// How `ecr:GetAuthorizationToken` ended. Never the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum TokenOutcome {
    Issued {
        /// Seconds until it expires, by our clock.
        valid_for_s: Option<i64>,
        /// The registry it is for, as the API says (`proxyEndpoint`).
        registry: Option<String>,
    },
    /// HTTP 200 without a token that can be read.
    Malformed {
        reason: String,
    },
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

impl TokenOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, TokenOutcome::Issued { .. })
    }
}
