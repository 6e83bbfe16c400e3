//! Roles and their policies.

use serde::{Deserialize, Serialize};

/// An IAM role (IAM `GetRole`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// JSON of the trust policy.
    pub trust: String,
    /// The ARN of its permissions boundary.
    pub boundary_arn: Option<String>,
}

/// In which way a policy is a role's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// A managed policy that is attached.
    #[default]
    Attached,
    /// In the role itself.
    Inline,
    /// The permissions boundary.
    Boundary,
}

/// A policy of a role (IAM `GetPolicyVersion`, `GetRolePolicy`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The ARN of a managed policy, the name of an inline one.
    pub name: String,
    /// The role's ARN, or its name where the ARN is not known.
    pub role: String,
    /// Attached, inline or boundary.
    pub kind: PolicyKind,
    /// JSON, without statements that no request of a pull or a task's start can match.
    pub document: String,
}

/// An instance profile (IAM `GetInstanceProfile`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceProfile {
    /// Its ARN.
    pub arn: String,
    /// ARNs of its roles: one at the most.
    pub roles: Vec<String>,
}
