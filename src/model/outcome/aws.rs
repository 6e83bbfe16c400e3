//! How the calls to AWS end: credentials, caller, authorization token.

use serde::{Deserialize, Serialize};

use super::{NoAnswer, Rejection};

/// What the credential chain yielded. Never the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum CredentialsOutcome {
    /// The chain has credentials.
    Found {
        /// Which provider has them, as the SDK names it.
        source: String,
    },
    /// No provider of the chain has any.
    Missing,
    /// A provider is configured and failed.
    Failed {
        /// What the provider says, without secrets.
        reason: String,
    },
    /// No provider answered within the bound of an act.
    TimedOut,
}

impl CredentialsOutcome {
    /// Whether the provider often answers when it is asked again.
    pub fn may_pass(&self) -> bool {
        matches!(self, CredentialsOutcome::Failed { .. } | CredentialsOutcome::TimedOut)
    }

    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        !matches!(self, CredentialsOutcome::Found { .. })
    }
}

/// How `sts:GetCallerIdentity` ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum CallerOutcome {
    /// STS named the caller.
    Known {
        /// Of the user, or of the assumed role with its session.
        arn: String,
        /// Twelve digits.
        account: String,
    },
    /// STS answered, and not with a name.
    Rejected(Rejection),
    /// No HTTP answer came.
    NoAnswer(NoAnswer),
}

/// How `ecr:GetAuthorizationToken` ended, or what stands in its place in a round of a watch that does not ask. Never the
/// token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum TokenOutcome {
    /// The API gave a token.
    Issued {
        /// Seconds until it expires, by our clock.
        valid_for_s: Option<i64>,
        /// The registry it is for, as the API says (`proxyEndpoint`).
        registry: Option<String>,
    },
    /// Not asked: a token that the API gave to a round before serves this one.
    Reused {
        /// Seconds since it was issued.
        age_s: u64,
        /// Seconds until it expires, by our clock.
        valid_for_s: i64,
    },
    /// The registry takes the token of a round before no longer, and another one is asked for.
    Lapsed {
        /// Seconds since it was issued.
        age_s: u64,
    },
    /// HTTP 200 without a token that can be read.
    Malformed {
        /// What is wrong with the answer.
        reason: String,
    },
    /// The API answered with an error.
    Rejected(Rejection),
    /// No HTTP answer came.
    NoAnswer(NoAnswer),
}

impl TokenOutcome {
    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        use TokenOutcome::{Issued, Lapsed, Reused};
        !matches!(self, Issued { .. } | Reused { .. } | Lapsed { .. })
    }
}
