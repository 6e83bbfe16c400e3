//! Repositories of private ECR and the images in them.

use serde::{Deserialize, Serialize};

/// A repository (ECR `DescribeRepositories`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repository {
    /// Its ARN.
    pub arn: String,
    /// The customer's KMS key, where it encrypts with one.
    pub kms_key: Option<String>,
}

/// The policy of a repository (ECR `GetRepositoryPolicy`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepositoryPolicy {
    /// JSON, whole; `None` where the repository has no policy.
    pub document: Option<String>,
}

/// Whether an image can be pulled (ECR User Guide, "Archiving images").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageStatus {
    /// It can.
    #[default]
    Active,
    /// It is described, and a pull answers that it is not found.
    Archived,
    /// It is being restored.
    Activating,
}

/// An image (ECR `DescribeImages`, `BatchGetImage`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageFact {
    /// Of the manifest or the index that the reference names.
    pub digest: String,
    /// Active or archived.
    pub status: ImageStatus,
    /// Compressed bytes; of an index, of its largest image.
    pub bytes: Option<u64>,
    /// Media type of the manifest or index.
    pub media_type: Option<String>,
    /// `linux/amd64`, `linux/arm64/v8`; `None` where they were not read.
    pub platforms: Option<Vec<String>>,
}

/// A pull-through cache rule (ECR `DescribePullThroughCacheRules`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheRule {
    /// What repositories of it begin with; `ROOT` for all.
    pub prefix: String,
    /// The upstream registry's host.
    pub upstream: String,
    /// The ARN of the secret with the login there.
    pub credential_arn: Option<String>,
}

/// The pull-through cache rules of a registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheRules {
    /// In AWS's order.
    pub rules: Vec<CacheRule>,
}
