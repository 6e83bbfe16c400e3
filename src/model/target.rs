//! The host that an act is done to: which service it is, under which name and port.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The part that a host plays in a pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The ECR API, where the authorization token comes from.
    EcrApi,
    /// The private registry, which speaks the OCI distribution protocol.
    EcrDkr,
    /// The layer store: ECR redirects every blob to a presigned S3 URL.
    S3,
    /// A registry that is not private ECR: public.ecr.aws, Docker Hub, a mirror.
    Registry,
    /// Where such a registry redirects to for its blobs: a CDN, or a bucket of its own.
    Cdn,
    /// AWS STS, asked only for the name of the caller.
    Sts,
    /// CloudWatch Logs, which the awslogs driver needs before the container starts.
    Logs,
    /// AWS Secrets Manager, for `secrets` of the task definition.
    #[serde(rename = "secretsmanager")]
    SecretsManager,
    /// AWS Systems Manager Parameter Store, for `secrets` of the task definition.
    Ssm,
    /// AWS KMS, for whatever the task decrypts by itself.
    Kms,
}

impl Role {
    /// The name in reports and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Role::EcrApi => "ecr-api",
            Role::EcrDkr => "ecr-dkr",
            Role::S3 => "s3",
            Role::Registry => "registry",
            Role::Cdn => "cdn",
            Role::Sts => "sts",
            Role::Logs => "logs",
            Role::SecretsManager => "secretsmanager",
            Role::Ssm => "ssm",
            Role::Kms => "kms",
        }
    }

    /// What a reader calls it.
    pub fn title(self) -> &'static str {
        match self {
            Role::EcrApi => "ECR API",
            Role::EcrDkr => "ECR registry",
            Role::S3 => "layer store (S3)",
            Role::Registry => "registry",
            Role::Cdn => "layer store",
            Role::Sts => "STS",
            Role::Logs => "CloudWatch Logs",
            Role::SecretsManager => "Secrets Manager",
            Role::Ssm => "Parameter Store",
            Role::Kms => "KMS",
        }
    }

    /// The services that a task's start may need beside the pull.
    pub const OF_A_TASK_START: [Role; 4] = [Role::Logs, Role::SecretsManager, Role::Ssm, Role::Kms];

    /// Whether AWS runs the host, so that AWS's address ranges and certificates are to be expected.
    pub fn is_aws(self) -> bool {
        !matches!(self, Role::Registry | Role::Cdn)
    }
}

/// One host of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// The part it plays.
    pub role: Role,
    /// A DNS name in lower case, or an IP address.
    pub host: String,
    /// Of TCP.
    pub port: u16,
    /// Whether it is spoken to without TLS: an endpoint that the settings name, such as an emulator's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain_http: bool,
}

impl Target {
    /// A host in a role.
    pub fn new(role: Role, host: impl Into<String>, port: u16) -> Self {
        Target { role, host: host.into(), port, plain_http: false }
    }
}

impl fmt::Display for Target {
    /// The host, with the port only where it is not 443.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            443 => f.write_str(&self.host),
            port => write!(f, "{}:{port}", self.host),
        }
    }
}
