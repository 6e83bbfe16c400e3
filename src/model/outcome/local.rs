//! What is learnt without a packet: the image reference and the environment.

use serde::{Deserialize, Serialize};

/// What an image reference names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ReferenceOutcome {
    /// A private ECR registry.
    Ecr {
        /// Of the registry, twelve digits.
        account: String,
        /// Of the registry.
        region: String,
        /// Such as `aws` or `aws-cn`.
        partition: String,
        /// Whether the probe knows the Region; a new one may be right all the same.
        region_known: bool,
    },
    /// public.ecr.aws.
    PublicEcr,
    /// Docker Hub, by name or by leaving the host out.
    DockerHub,
    /// Some other registry.
    OtherRegistry,
    /// An AWS domain, but not the form of an ECR registry host.
    MalformedEcrHost {
        /// What is wrong with the host.
        problem: String,
        /// The host that was probably meant.
        nearest: Option<String>,
    },
    /// Looks like an ECR host under a domain that is not AWS's.
    Lookalike {
        /// The host of ECR that it looks like.
        nearest: String,
        /// Whether the domain could be registered by anybody, so that it may resolve.
        registrable: bool,
    },
}

impl ReferenceOutcome {
    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        matches!(self, ReferenceOutcome::MalformedEcrHost { .. } | ReferenceOutcome::Lookalike { .. })
    }
}

/// Settings in the environment that the container runtime does not share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum EnvironmentOutcome {
    /// Proxy variables are set; the probe ignores them, as the puller does.
    ProxyVariables {
        /// Of the variables, never their values.
        names: Vec<String>,
    },
}
