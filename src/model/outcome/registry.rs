//! How `GET /v2/` ends.

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
