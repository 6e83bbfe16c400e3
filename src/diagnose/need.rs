//! What must have been observed before a rule's silence means anything.

use super::Case;
use crate::model::outcome::{ManifestOutcome, NoAnswer, RegistryOutcome, TokenOutcome};
use crate::model::{Act, Role};

/// The evidence without which a code is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Names,
    Connections,
    Handshakes,
    /// The layer store's name and a try to connect to it.
    LayerStore,
    CredentialChain,
    TokenReply,
    RegistryReply,
    ManifestReply,
    Manifest,
    LayerUrl,
    LayerReply,
    /// All bytes of a layer.
    LayerBytes,
    /// Security groups, routes, endpoints and policies, which no check from inside can read.
    Configuration,
}

impl Need {
    pub fn text(self) -> &'static str {
        match self {
            Need::Nothing => "nothing",
            Need::Names => "a name to resolve",
            Need::Connections => "an address to connect to",
            Need::Handshakes => "a TCP connection to shake hands on",
            Need::LayerStore => "an address of the layer store",
            Need::CredentialChain => "an image in private ECR",
            Need::TokenReply => "an answer to ecr:GetAuthorizationToken",
            Need::RegistryReply => "an answer of the registry",
            Need::ManifestReply => "an answer to a manifest request with a token",
            Need::Manifest => "the image's manifest",
            Need::LayerUrl => "an answer to a layer request with a token",
            Need::LayerReply => "an answer of the layer store to a presigned URL",
            Need::LayerBytes => "all bytes of a layer (--pull verify)",
            Need::Configuration => "configuration facts: groups, routes, endpoints, policies",
        }
    }

    pub fn is_met(self, case: &Case<'_>) -> bool {
        let any = |matches: fn(&Act) -> bool| case.evidence.iter().any(|it| matches(&it.act));
        match self {
            Need::Nothing => true,
            Need::Configuration => false,
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
            Need::LayerUrl => any(|act| matches!(act, Act::LayerUrl(_))),
            Need::LayerReply => any(|act| match act {
                Act::LayerBytes(outcome) => {
                    !matches!(outcome, crate::model::outcome::LayerBytesOutcome::NoAnswer(NoAnswer::Connect { .. }))
                }
                _ => false,
            }),
            Need::LayerBytes => any(|act| {
                use crate::model::outcome::LayerBytesOutcome as Bytes;
                matches!(
                    act,
                    Act::LayerBytes(
                        Bytes::Verified { .. }
                            | Bytes::DigestMismatch { .. }
                            | Bytes::LengthMismatch { .. }
                            | Bytes::Unfinished { .. }
                            | Bytes::Broken { .. }
                    )
                )
            }),
        }
    }
}
