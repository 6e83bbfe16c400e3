//! The seam: the only folder that touches the world.
//!
//! [`Edge`] is everything the walker of the plan needs from outside. A method never fails:
//! however an act ends, that is its outcome. [`Live`] is the real thing; the tests have a
//! simulated one.

mod api;
mod aws;
mod blob;
mod certificate;
mod clamped;
mod cloudwatch;
mod connector;
mod dns;
mod ecs;
mod facts;
pub mod hangup;
mod http;
mod layer;
mod live;
mod metadata;
mod name_servers;
mod network;
mod reader;
mod registry;
mod remote;
mod roots;
mod runtime_api;
mod scarce;
pub mod state_file;
mod sts;
mod tcp;
mod tls;
pub mod whole_file;

use std::net::{IpAddr, SocketAddr};

pub use api::{LiveAccount, LiveRemote};
pub use blob::{Assembly, BlobDepth, BlobQuery, FIRST_BYTES, Fetched, Flow};
pub use cloudwatch::{CloudWatch, NotSent};
pub use dns::literal;
pub use ecs::{Action as EcsAction, Cut, Failure as EcsFailure, Stopped};
pub use layer::Progress;
pub use live::{Live, address_ranges};
pub use metadata::TaskMetadata;
pub use name_servers::{When, vpc_resolver};
pub use reader::{Reader, Told};
pub use remote::Remote;
pub use runtime_api::{Invocation, NoRuntime, Posted, RuntimeApi};

use crate::model::outcome::{
    CallerOutcome, ConnectOutcome, CredentialsOutcome, HandshakeOutcome, LayerBytesOutcome, LayerStoreOutcome,
    LayerUrlOutcome, ManifestOutcome, RegistryOutcome, RegistryTokenOutcome, ResolveOutcome, TokenOutcome,
};
use crate::model::{KnownAddress, Target};
use crate::wire::oci::{Digest, Found, Platform};
use crate::wire::{LayerUrl, RegistryToken, TokenService};

/// A host of the plan, at the address that was found to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Which host it is.
    pub target: Target,
    /// Where it answers.
    pub address: SocketAddr,
}

/// Which manifest is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestQuery {
    /// As the registry's API names it.
    pub repository: String,
    /// A tag, or a digest as text.
    pub reference: String,
    /// What the bytes must hash to, where that is known beforehand.
    pub expected: Option<Digest>,
    /// Which manifest of an index is wanted.
    pub platform: Platform,
    /// How long the answer is waited for.
    pub wait: Wait,
}

/// How long the head of an answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// As long as `--timeout` says.
    Usual,
    /// Six times as long: a registry that fetches the image from another one first, as a pull-through cache does, takes
    /// up to half a minute, and container runtimes have no bound for it.
    Long,
}

impl Wait {
    /// How many times `--timeout`.
    pub fn times(self) -> u32 {
        match self {
            Wait::Usual => 1,
            Wait::Long => 6,
        }
    }
}

/// The outside world.
#[expect(async_fn_in_trait, reason = "one current-thread runtime: no future needs to be Send")]
pub trait Edge {
    /// A TCP connection that a handshake can follow on.
    type Socket;

    /// Milliseconds since the check began.
    fn elapsed_ms(&self) -> f64;

    /// How long each act waits for the network, in milliseconds: `--timeout`.
    fn timeout_ms(&self) -> f64;

    /// Waits, on the same clock.
    async fn sleep(&self, milliseconds: f64);

    /// The servers that names are asked of, in order.
    fn name_servers(&self) -> Vec<SocketAddr>;

    /// The VPC's own resolver and when to ask it, where none of the servers may be it.
    fn vpc_resolver(&self) -> Option<(SocketAddr, When)> {
        None
    }

    /// Walks the AWS credential chain.
    async fn credentials(&self) -> CredentialsOutcome;

    /// Asks STS who we are; resolves and connects by itself, since no pull depends on it.
    async fn caller(&self, region: &str) -> CallerOutcome;

    /// Who owns an address.
    fn classify(&self, address: IpAddr) -> KnownAddress;

    /// Asks one server for A and AAAA of `host`, as an absolute name.
    async fn resolve(&self, host: &str, server: SocketAddr) -> ResolveOutcome;

    /// Where connections for `host` go, given what it resolves to (`--connect-to` changes it).
    fn route(&self, _host: &str, port: u16, resolved: &[IpAddr]) -> Vec<SocketAddr> {
        resolved.iter().map(|&address| SocketAddr::new(address, port)).collect()
    }

    /// Connects by TCP.
    async fn connect(&self, address: SocketAddr) -> (ConnectOutcome, Option<Self::Socket>);

    /// The same with segments of at most 1,100 bytes either way, which pass where full ones may not.
    async fn connect_clamped(&self, address: SocketAddr) -> (ConnectOutcome, Option<Self::Socket>);

    /// Completes a TLS handshake, with `host` as the server's name.
    async fn handshake(&self, socket: Self::Socket, host: &str) -> HandshakeOutcome;

    /// `ecr:GetAuthorizationToken`, in that Region.
    async fn token(&self, api: &Endpoint, region: &str) -> (TokenOutcome, Option<RegistryToken>);

    /// `GET /v2/`, with the token or without.
    async fn registry(&self, registry: &Endpoint, token: Option<&RegistryToken>) -> RegistryOutcome;

    /// A token to pull from `repository`, as anybody may have it: sends no credentials and follows nothing.
    /// `address` is where `service` was found to answer.
    async fn registry_token(
        &self,
        address: &Endpoint,
        service: &TokenService,
        repository: &str,
    ) -> (RegistryTokenOutcome, Option<RegistryToken>);

    /// Without a token where the registry asks for none, as with all that follows.
    async fn manifest(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        query: &ManifestQuery,
    ) -> (ManifestOutcome, Option<Found>);

    /// `ecr:BatchGetImage`; `account` owns the registry.
    async fn api_manifest(
        &self,
        api: &Endpoint,
        region: &str,
        account: &str,
        query: &ManifestQuery,
    ) -> (ManifestOutcome, Option<Found>);

    /// `GET /v2/…/blobs/…`, redirect not followed.
    async fn layer_url(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        repository: &str,
        digest: &Digest,
    ) -> (LayerUrlOutcome, Option<LayerUrl>);

    /// `ecr:GetDownloadUrlForLayer`.
    async fn api_layer_url(
        &self,
        api: &Endpoint,
        region: &str,
        account: &str,
        repository: &str,
        digest: &Digest,
    ) -> (LayerUrlOutcome, Option<LayerUrl>);

    /// An unsigned `GET /` on the layer store.
    async fn layer_store(&self, store: &Endpoint) -> LayerStoreOutcome;

    /// The blob itself, or the rest of it, from a presigned URL; never with an `Authorization` header.
    async fn layer_bytes(&self, store: &Endpoint, url: &LayerUrl, blob: Assembly) -> Fetched;

    /// The first bytes of the blob over a connection as [`Edge::connect_clamped`] makes it.
    async fn clamped_bytes(&self, store: &Endpoint, url: &LayerUrl, query: &BlobQuery) -> LayerBytesOutcome;

    /// The blob as the registry itself serves it (no redirect): with the token, if there is one: same host only.
    async fn direct_bytes(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        repository: &str,
        blob: Assembly,
    ) -> Fetched;
}
