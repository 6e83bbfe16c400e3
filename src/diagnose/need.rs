//! What must have been observed before a rule's silence means anything.

use super::{Case, layers, puller};
use crate::model::outcome::{LayerBytesOutcome, LayerUrlOutcome, ManifestOutcome, RegistryOutcome, TokenOutcome};
use crate::model::{Act, Code, Mode, Role};

/// Codes of what a principal may: a policy of its own, of the repository, of an endpoint, or above them all.
const OF_PRINCIPALS: [&str; 8] = ["IAM-01", "IAM-02", "IAM-03", "IAM-04", "IAM-09", "IAM-10", "VPE-01", "VPE-02"];

/// Whether it is a code of what a principal may.
pub fn is_of_principals(code: Code) -> bool {
    OF_PRINCIPALS.contains(&code.id())
}

/// The evidence without which a code is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Judged in any check.
    Nothing,
    /// A question to a name server.
    Names,
    /// A TCP connect.
    Connections,
    /// A TLS handshake.
    Handshakes,
    /// The layer store's name and a try to connect to it.
    LayerStore,
    /// A look for AWS credentials.
    CredentialChain,
    /// An HTTP answer to `ecr:GetAuthorizationToken`.
    TokenReply,
    /// An HTTP answer of a registry.
    RegistryReply,
    /// An HTTP answer to a request for a manifest, with a token.
    ManifestReply,
    /// A manifest of an image.
    Manifest,
    /// An HTTP answer to a request for a layer, with a token.
    LayerUrl,
    /// An answer of the layer store to a presigned URL.
    LayerReply,
    /// All bytes of a layer.
    LayerBytes,
    /// The VPC's own resolver beside another that is configured.
    VpcResolver,
    /// An image's manifest, and the disk of a task that reports it.
    TaskDisk,
    /// A service of the task's start, used by the task or named with `--also`.
    Service(Role),
    /// What no check from inside can see: security groups, routes, endpoints and policies; appliances on the way;
    /// clients that ask otherwise than the probe.
    Configuration,
    /// The role that pulls, of which another tells nothing.
    ExecutionRole,
    /// The name servers that a task is given, which a Lambda function does not see for certain.
    TaskResolver,
    /// Nothing of a check: wrong settings end it before it begins.
    Start,
    /// What another program says, which pulls on its own.
    OtherProgram,
}

impl Need {
    /// Whether a check can come to it at all, so that its page has a world.
    pub fn is_of_a_check(self) -> bool {
        !matches!(self, Need::Start | Need::OtherProgram)
    }

    /// What a report says that it needs.
    pub fn text(self) -> &'static str {
        match self {
            Need::Nothing => "nothing",
            Need::Start => "a start: wrong settings end a check before it begins",
            Need::OtherProgram => "the words of another program",
            Need::Names => "a name to resolve",
            Need::Connections => "an address to connect to",
            Need::Handshakes => "a TCP connection for a TLS handshake",
            Need::LayerStore => "an address of the layer store",
            Need::CredentialChain => "an image in private ECR",
            Need::TokenReply => "an answer to ecr:GetAuthorizationToken",
            Need::RegistryReply => "an answer of the registry",
            Need::ManifestReply => "an answer to a manifest request with a token",
            Need::Manifest => "the image's manifest",
            Need::LayerUrl => "an answer to a layer request with a token",
            Need::LayerReply => "an answer of the layer store to a presigned URL",
            Need::LayerBytes => "all bytes of a layer (--pull verify)",
            Need::TaskDisk => "an image's manifest, in a task that reports its disk (Fargate)",
            Need::VpcResolver => "a name server that is not the VPC's own",
            Need::Service(_) => "a task that uses the service, or --also",
            Need::ExecutionRole => {
                "a request as the task's execution role: ecr-probe audit --cluster CLUSTER --service SERVICE_NAME judges that role"
            }
            Need::TaskResolver => "the name servers of the VPC's DHCP options: a function may be shown others",
            Need::Configuration => "facts from outside: groups, routes, endpoints, policies, appliances, other clients",
        }
    }

    /// What a Lambda function cannot show of a task for this code, although the evidence has all that a task would need.
    pub fn beyond_a_function(case: &Case<'_>, code: Code) -> Option<Need> {
        if case.vantage.mode != Mode::Lambda {
            return None;
        }
        match code.id() {
            "DNS-04" => Some(Need::TaskResolver),
            _ if is_of_principals(code) && puller::is_another_function(case.vantage) => Some(Need::ExecutionRole),
            _ => None,
        }
    }

    /// Whether the evidence of the case has it.
    pub fn is_met(self, case: &Case<'_>) -> bool {
        let any = |matches: fn(&Act) -> bool| case.evidence.iter().any(|it| matches(&it.act));
        match self {
            Need::Nothing | Need::Start => true,
            Need::Configuration | Need::OtherProgram | Need::ExecutionRole | Need::TaskResolver => false,
            Need::TaskDisk => Need::Manifest.is_met(case) && any(|act| matches!(act, Act::Disk(_))),
            Need::VpcResolver => any(|act| matches!(act, Act::VpcResolve(_))),
            Need::Service(role) => case.hosts_of(role).next().is_some(),
            Need::Names => any(|act| matches!(act, Act::Resolve(_))),
            Need::Connections => any(|act| matches!(act, Act::Connect(_))),
            Need::Handshakes => any(|act| matches!(act, Act::Handshake(_))),
            Need::LayerStore => case.hosts_of(Role::S3).any(|host| !host.contacts.is_empty()),
            Need::CredentialChain => any(|act| matches!(act, Act::Credentials(_))),
            Need::TokenReply => {
                any(|act| matches!(act, Act::Token(TokenOutcome::Issued { .. } | TokenOutcome::Rejected(_))))
            }
            Need::RegistryReply => any(|act| {
                matches!(act, Act::RegistryPing(reply) | Act::RegistryAuth(reply)
                    if !matches!(reply, RegistryOutcome::NoAnswer(_)))
            }),
            Need::ManifestReply => any(|act| {
                matches!(act, Act::Manifest(reply) | Act::ApiManifest(reply)
                    if !matches!(reply, ManifestOutcome::NoAnswer(_)))
            }),
            Need::Manifest => any(|act| match act {
                Act::Manifest(reply) | Act::ApiManifest(reply) => {
                    !matches!(reply, ManifestOutcome::NoAnswer(_) | ManifestOutcome::Rejected(_))
                }
                _ => false,
            }),
            Need::LayerUrl => {
                any(|act| matches!(act, Act::LayerUrl(reply) if !matches!(reply, LayerUrlOutcome::NoAnswer(_))))
            }
            Need::LayerReply => {
                any(|act| matches!(act, Act::LayerBytes(reply) if !matches!(reply, LayerBytesOutcome::NoAnswer(_))))
            }
            Need::LayerBytes => layers::layer_bytes(case.evidence.iter()).any(|(_, outcome)| {
                use LayerBytesOutcome as Bytes;
                matches!(
                    outcome,
                    Bytes::Verified { .. }
                        | Bytes::DigestMismatch { .. }
                        | Bytes::LengthMismatch { .. }
                        | Bytes::Unfinished { .. }
                        | Bytes::Broken { .. }
                )
            }),
        }
    }
}
