//! What all requests over HTTP share: being turned down, and getting no answer.

use serde::{Deserialize, Serialize};

/// An HTTP answer that is not the one asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rejection {
    /// The HTTP status.
    pub status: u16,
    /// The service's own error code: AWS JSON, OCI envelope or S3 XML.
    pub code: Option<String>,
    /// The service's own words, scrubbed of secrets and cut at 1,024 characters.
    pub message: Option<String>,
    /// AWS's id of the request, which AWS Support asks for.
    pub request_id: Option<String>,
    /// The media type of the body, in lower case and without parameters.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyLayer {
    /// An identity-based policy of the caller.
    Identity,
    /// The permissions boundary of the caller.
    PermissionsBoundary,
    /// A policy that was passed when the role was assumed.
    Session,
    /// A service control policy of the organization.
    ServiceControl,
    /// A resource control policy of the organization.
    ResourceControl,
    /// The policy of the VPC endpoint that the request came through.
    VpcEndpoint,
    /// A resource-based policy, such as a repository's.
    Resource,
    /// The trust policy of the role that is to be assumed.
    RoleTrust,
    /// The message names none.
    Unnamed,
}

impl PolicyLayer {
    /// As AWS's documentation calls it.
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
    /// The ARN of the caller.
    pub principal: Option<String>,
    /// Such as `ecr:BatchGetImage`.
    pub action: String,
    /// The ARN of what the action is on.
    pub resource: Option<String>,
    /// The kind of policy.
    pub layer: PolicyLayer,
    /// A Deny statement matched; otherwise nothing allowed it.
    pub explicit: bool,
    /// The ARN of the policy, where the message names it.
    pub policy_arn: Option<String>,
}

/// Why a request got no HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum NoAnswer {
    /// The connection for this request could not be made.
    Connect {
        /// How it failed.
        reason: String,
    },
    /// The TLS handshake for this request failed.
    Handshake {
        /// How it failed.
        reason: String,
    },
    /// The request was sent and nothing came in time.
    TimedOut,
    /// The connection was reset (RST) in place of an answer.
    Reset,
    /// The connection was closed (FIN) in place of an answer.
    Closed,
    /// What came is not HTTP, or not what its headers say.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is larger than the probe reads.
    TooLarge {
        /// How much the probe reads.
        limit_bytes: u64,
    },
    /// The request could not be made.
    NotSent {
        /// What stands against it.
        reason: String,
    },
}

impl NoAnswer {
    /// Whether the same request is often answered when it is made again: the connection was cut, or did not come about
    /// although one to the same address had, or nothing came in time.
    pub fn may_pass(&self) -> bool {
        use NoAnswer::{Closed, Connect, Handshake, Reset, TimedOut};
        matches!(self, TimedOut | Reset | Closed | Connect { .. } | Handshake { .. })
    }
}
