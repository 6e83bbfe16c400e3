//! What a task's start needs beside its images.

use serde::{Deserialize, Serialize};

/// A log group (CloudWatch Logs `DescribeLogGroups`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
}

/// A secret (Secrets Manager `DescribeSecret`). Its value is never read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secret {
    /// Its ARN.
    pub arn: String,
    /// The customer's KMS key, where it has one.
    pub kms_key: Option<String>,
    /// Whether it is scheduled for deletion: then it cannot be read.
    pub deleted: bool,
}

/// A parameter (Systems Manager `DescribeParameters`). Its value is never read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `String`, `StringList`, `SecureString`.
    pub kind: String,
    /// The KMS key of a `SecureString`: an id, an ARN or an alias.
    pub kms_key: Option<String>,
}

/// A KMS key (KMS `DescribeKey`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KmsKey {
    /// Its ARN.
    pub arn: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: String,
    /// Whether AWS manages it: its policy lets the service use it for everybody in the account.
    pub aws_managed: bool,
    /// JSON of the key's policy (KMS `GetKeyPolicy`); `None` where it was not read.
    pub policy: Option<String>,
}
