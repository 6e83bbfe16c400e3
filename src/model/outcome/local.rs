//! What is learnt without a packet: the image reference and the environment.

use serde::{Deserialize, Serialize};

/// What an image reference names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ReferenceOutcome {
    /// A private ECR registry.
    Ecr { account: String, region: String, partition: String, region_known: bool },
    /// public.ecr.aws.
    PublicEcr,
    /// Docker Hub, by name or by leaving the host out.
    DockerHub,
    /// Some other registry.
    OtherRegistry,
    /// An AWS domain, but not the form of an ECR registry host.
    MalformedEcrHost { problem: String, nearest: Option<String> },
    /// Looks like an ECR host under a domain that is not AWS's.
    Lookalike {
        nearest: String,
        /// Whether the domain could be registered by anybody, so that it may resolve.
        registrable: bool,
    },
}

impl ReferenceOutcome {
    pub fn is_symptom(&self) -> bool {
        matches!(self, ReferenceOutcome::MalformedEcrHost { .. } | ReferenceOutcome::Lookalike { .. })
    }
}

/// Settings in the environment that the container runtime does not share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum EnvironmentOutcome {
    /// Proxy variables are set; the probe ignores them, as the puller does.
    ProxyVariables { names: Vec<String> },
}
