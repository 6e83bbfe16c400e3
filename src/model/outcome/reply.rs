//! What all requests over HTTP share: being turned down, and getting no answer.

use serde::{Deserialize, Serialize};

/// An HTTP answer that is not the one asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rejection {
    pub status: u16,
    /// The service's own error code: AWS JSON, OCI envelope or S3 XML.
    pub code: Option<String>,
    pub message: Option<String>,
    pub request_id: Option<String>,
    pub content_type: Option<String>,
    /// The `Server` header: a proxy often signs here.
    pub server: Option<String>,
    /// The server's clock minus ours in seconds, from the `Date` header.
    pub clock_offset_s: Option<i64>,
    /// The message taken apart, where it is one of AWS's denials.
    pub denial: Option<Denial>,
}

impl Rejection {
    /// Whether it says "not now" and not "no". AWS's JSON services throttle with 400 and a code.
    pub fn may_pass(&self) -> bool {
        self.status == 429 || self.status >= 500 || self.code.as_deref().is_some_and(|code| code.contains("Throttl"))
    }
}

/// The kind of policy that denied, as AWS's access-denied messages name it
/// (IAM User Guide, "Troubleshoot access denied error messages").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyLayer {
    Identity,
    PermissionsBoundary,
    Session,
    ServiceControl,
    ResourceControl,
    VpcEndpoint,
    Resource,
    RoleTrust,
    /// The message names none.
    Unnamed,
}

impl PolicyLayer {
    pub fn title(self) -> &'static str {
        match self {
            PolicyLayer::Identity => "identity-based policy",
            PolicyLayer::PermissionsBoundary => "permissions boundary",
            PolicyLayer::Session => "session policy",
            PolicyLayer::ServiceControl => "service control policy",
            PolicyLayer::ResourceControl => "resource control policy",
            PolicyLayer::VpcEndpoint => "VPC endpoint policy",
            PolicyLayer::Resource => "resource-based policy",
            PolicyLayer::RoleTrust => "role trust policy",
            PolicyLayer::Unnamed => "policy that the message does not name",
        }
    }
}

/// One of AWS's access-denied messages, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    pub principal: Option<String>,
    /// Such as `ecr:BatchGetImage`.
    pub action: String,
    pub resource: Option<String>,
    pub layer: PolicyLayer,
    /// A Deny statement matched; otherwise nothing allowed it.
    pub explicit: bool,
    pub policy_arn: Option<String>,
}

/// Why a request got no HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum NoAnswer {
    /// The connection for this request could not be made.
    Connect {
        reason: String,
    },
    /// The TLS handshake for this request failed.
    Handshake {
        reason: String,
    },
    /// The request was sent and nothing came in time.
    TimedOut,
    Reset,
    Closed,
    /// What came is not HTTP, or not what its headers say.
    Malformed {
        reason: String,
    },
    /// The answer is larger than the probe reads.
    TooLarge {
        limit_bytes: u64,
    },
    /// The request could not be made.
    NotSent {
        reason: String,
    },
}
