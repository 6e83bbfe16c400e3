//! The whole world without a socket: the probe's seam over the simulated AWS, on virtual time.

mod bytes;
mod calls;
mod clock;
mod exchange;
mod handshake;
mod place;
mod resolve;
mod weather;

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};

use ecr_probe::edge::{Assembly, BlobDepth, BlobQuery, Edge, Endpoint, Fetched, ManifestQuery, Wait, When};
use ecr_probe::model::outcome::{
    CallerOutcome, ConnectOutcome, CredentialsOutcome, HandshakeOutcome, LayerBytesOutcome, LayerStoreOutcome,
    LayerUrlOutcome, ManifestOutcome, NoAnswer, RegistryOutcome, RegistryTokenOutcome, ResolveOutcome, TokenOutcome,
};
use ecr_probe::model::{KnownAddress, Role, Target};
use ecr_probe::ranges::Ranges;
use ecr_probe::wire::oci::{self, Digest, Found};
use ecr_probe::wire::{LayerUrl, RegistryToken, TokenService, registry as wire_registry, rejection};

use self::clock::VirtualClock;
use self::exchange::ERROR_LIMIT;
pub use self::weather::Weather;
use super::aws::domains;
use super::packet::{Fate, fate_in_turn};
use super::service::{Request, Services};
use super::world::{NOW, World};

/// Milliseconds that the acts take in a world where all is well.
mod cost {
    pub const CREDENTIALS: f64 = 3.2;
    pub const RESOLVE: f64 = 1.2;
    pub const CONNECT: f64 = 0.8;
    pub const HANDSHAKE: f64 = 4.1;
    pub const CALLER: f64 = 22.0;
    pub const TOKEN: f64 = 21.0;
    pub const API: f64 = 14.0;
    pub const REGISTRY: f64 = 9.0;
    pub const STORE: f64 = 7.0;
}

/// The probe's edge over a [`World`]. Deterministic: the same world gives the same observations.
#[derive(Debug)]
pub struct MemoryEdge {
    services: Services,
    clock: VirtualClock,
    ranges: Ranges,
    timeout_ms: f64,
    /// How often each name was asked for.
    questions: RefCell<HashMap<String, u32>>,
    /// How many connections and handshakes each address had.
    connects: RefCell<HashMap<SocketAddr, u32>>,
    handshakes: RefCell<HashMap<SocketAddr, u32>>,
    pub(super) weather: Weather,
}

impl MemoryEdge {
    pub fn new(world: World) -> Self {
        MemoryEdge {
            services: Services::new(world),
            clock: VirtualClock::default(),
            ranges: Ranges::embedded(),
            timeout_ms: 5_000.0,
            questions: RefCell::default(),
            connects: RefCell::default(),
            handshakes: RefCell::default(),
            weather: Weather::calm(),
        }
    }

    /// Where every act may fail, whatever the world says.
    pub fn in_weather(mut self, weather: Weather) -> Self {
        self.weather = weather;
        self
    }

    /// With another bound for each act than five seconds.
    pub fn with_timeout_ms(mut self, timeout_ms: f64) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }

    pub fn world(&self) -> &World {
        self.services.world()
    }

    pub fn services(&self) -> &Services {
        &self.services
    }

    /// The probe's clock, in seconds since the epoch: wrong where the world says so.
    pub fn now(&self) -> i64 {
        self.true_now() + self.world().clock.skew_s
    }

    fn true_now(&self) -> i64 {
        NOW + self.clock.now_s()
    }

    /// Waits for as long as the probe would for an answer that does not come.
    async fn time_out(&self) {
        self.time_out_within(Wait::Usual).await;
    }

    async fn time_out_within(&self, wait: Wait) {
        self.clock.sleep(self.timeout_ms * f64::from(wait.times())).await;
    }
}

/// How often it was before, counting this time for the next.
fn turn<Key: Eq + Hash>(turns: &RefCell<HashMap<Key, u32>>, key: Key) -> u32 {
    let mut turns = turns.borrow_mut();
    let turn = turns.entry(key).or_default();
    *turn += 1;
    *turn - 1
}

/// A connection.
#[derive(Debug, Clone, Copy)]
pub struct Socket {
    address: SocketAddr,
    /// With small segments.
    clamped: bool,
}

impl Edge for MemoryEdge {
    type Socket = Socket;

    fn elapsed_ms(&self) -> f64 {
        self.clock.now_ms()
    }

    fn timeout_ms(&self) -> f64 {
        self.timeout_ms
    }

    async fn sleep(&self, milliseconds: f64) {
        self.clock.sleep(milliseconds).await;
    }

    fn name_servers(&self) -> Vec<SocketAddr> {
        self.world().vpc.name_servers().into_iter().map(|server| SocketAddr::new(server, 53)).collect()
    }

    fn vpc_resolver(&self) -> Option<(SocketAddr, When)> {
        ecr_probe::edge::vpc_resolver(&self.name_servers(), self.vantage().mode)
    }

    async fn credentials(&self) -> CredentialsOutcome {
        self.clock.sleep(cost::CREDENTIALS).await;
        match self.weather.credentials() {
            Some(CredentialsOutcome::TimedOut) => {
                self.time_out().await;
                CredentialsOutcome::TimedOut
            }
            Some(outcome) => outcome,
            None => self.found_credentials(),
        }
    }

    async fn caller(&self, region: &str) -> CallerOutcome {
        let host = format!("sts.{region}.{}", domains(region).ipv4);
        let Some(&server) = self.name_servers().first() else {
            return CallerOutcome::NoAnswer(NoAnswer::Connect { reason: "the name does not resolve".into() });
        };
        let resolved = self.resolve(&host, server).await;
        let Some(address) = resolved.addresses().first().map(|known| known.address) else {
            return CallerOutcome::NoAnswer(NoAnswer::Connect { reason: "the name does not resolve".into() });
        };
        let target = Target::new(Role::Sts, host, 443);
        let sts = Endpoint { target, address: SocketAddr::new(address, 443) };
        calls::caller(self.ask_aws(&sts, "sts", region, calls::caller_request(&sts), cost::CALLER).await)
    }

    fn classify(&self, address: IpAddr) -> KnownAddress {
        self.ranges.classify(address, &self.own_subnets())
    }

    async fn resolve(&self, host: &str, server: SocketAddr) -> ResolveOutcome {
        let turn = turn(&self.questions, host.to_owned());
        let (outcome, timed_out) = match self.weather.resolve() {
            Some(outcome) => (outcome.clone(), outcome == ResolveOutcome::TimedOut),
            None => resolve::resolve(self.world(), host, server.ip(), turn, |address| self.classify(address)),
        };
        let (outcome, timed_out) = match self.weather.lost_record() {
            Some(lost) => resolve::without(outcome, timed_out, lost),
            None => (outcome, timed_out),
        };
        if timed_out {
            self.time_out().await;
        } else {
            self.clock.sleep(cost::RESOLVE).await;
        }
        outcome
    }

    async fn connect(&self, address: SocketAddr) -> (ConnectOutcome, Option<Socket>) {
        let turn = turn(&self.connects, address);
        let fate = match self.weather.connect() {
            Some(fate) => fate,
            None => fate_in_turn(self.world(), address.ip(), address.port(), turn),
        };
        match fate {
            Fate::Dropped => self.time_out().await,
            _ => self.clock.sleep(cost::CONNECT).await,
        }
        match fate {
            Fate::Open => (ConnectOutcome::Connected { tcp: None }, Some(Socket { address, clamped: false })),
            Fate::Dropped => (ConnectOutcome::TimedOut, None),
            Fate::Refused => (ConnectOutcome::Refused, None),
            Fate::HostUnreachable => (ConnectOutcome::HostUnreachable, None),
            Fate::NetUnreachable => (ConnectOutcome::NetworkUnreachable, None),
        }
    }

    async fn connect_clamped(&self, address: SocketAddr) -> (ConnectOutcome, Option<Socket>) {
        let (outcome, socket) = self.connect(address).await;
        (outcome, socket.map(|socket| Socket { clamped: true, ..socket }))
    }

    async fn handshake(&self, socket: Socket, host: &str) -> HandshakeOutcome {
        let Socket { address, clamped } = socket;
        let turn = turn(&self.handshakes, address);
        let outcome = match self.weather.handshake() {
            Some(outcome) => outcome,
            None => handshake::handshake(self.world(), host, address.ip(), clamped, turn, self.now()),
        };
        match outcome {
            HandshakeOutcome::TimedOut => self.time_out().await,
            _ => self.clock.sleep(cost::HANDSHAKE).await,
        }
        outcome
    }

    async fn token(&self, api: &Endpoint, region: &str) -> (TokenOutcome, Option<RegistryToken>) {
        let request = calls::api_request(api, "GetAuthorizationToken", &serde_json::json!({}));
        calls::token(self.ask_aws(api, "ecr", region, request, cost::TOKEN).await)
    }

    async fn registry(&self, registry: &Endpoint, token: Option<&RegistryToken>) -> RegistryOutcome {
        match self.ask_registry(registry, "/v2/", token, ERROR_LIMIT).await {
            Ok((reply, now)) => wire_registry::base(&reply, now),
            Err(why) => RegistryOutcome::NoAnswer(why),
        }
    }

    async fn registry_token(
        &self,
        address: &Endpoint,
        service: &TokenService,
        repository: &str,
    ) -> (RegistryTokenOutcome, Option<RegistryToken>) {
        match self.ask_registry(address, &service.request(repository), None, ERROR_LIMIT).await {
            Ok((reply, now)) => wire_registry::token(&reply, now),
            Err(why) => (RegistryTokenOutcome::NoAnswer(why), None),
        }
    }

    async fn manifest(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        query: &ManifestQuery,
    ) -> (ManifestOutcome, Option<Found>) {
        const LIMIT: usize = 4 * 1024 * 1024;
        let path = format!("/v2/{}/manifests/{}", query.repository, query.reference);
        let request = calls::get_with(token, registry, &path);
        match self.fetch_within(registry, request, LIMIT, cost::REGISTRY, query.wait).await {
            Ok((reply, now)) => wire_registry::manifest(&reply, query.expected.as_ref(), &query.platform, now),
            Err(NoAnswer::TooLarge { limit_bytes }) => {
                let reason = format!("the manifest is larger than {limit_bytes} bytes");
                (ManifestOutcome::Unsupported { reason: reason.into() }, None)
            }
            Err(why) => (ManifestOutcome::NoAnswer(why), None),
        }
    }

    async fn api_manifest(
        &self,
        api: &Endpoint,
        region: &str,
        account: &str,
        query: &ManifestQuery,
    ) -> (ManifestOutcome, Option<Found>) {
        let key = if Digest::parse(&query.reference).is_ok() { "imageDigest" } else { "imageTag" };
        let asked = serde_json::json!({
            "registryId": account,
            "repositoryName": query.repository,
            "imageIds": [{ key: query.reference }],
            "acceptedMediaTypes": oci::ACCEPT.split(", ").collect::<Vec<_>>(),
        });
        let request = calls::api_request(api, "BatchGetImage", &asked);
        calls::manifest(self.ask_aws(api, "ecr", region, request, cost::API).await, query)
    }

    async fn layer_url(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        repository: &str,
        digest: &Digest,
    ) -> (LayerUrlOutcome, Option<LayerUrl>) {
        let path = format!("/v2/{repository}/blobs/{digest}");
        match self.ask_registry(registry, &path, token, ERROR_LIMIT).await {
            Ok((reply, now)) => wire_registry::redirect(&reply, &format!("https://{}{path}", registry.target), now),
            Err(why) => (LayerUrlOutcome::NoAnswer(why), None),
        }
    }

    async fn api_layer_url(
        &self,
        api: &Endpoint,
        region: &str,
        account: &str,
        repository: &str,
        digest: &Digest,
    ) -> (LayerUrlOutcome, Option<LayerUrl>) {
        let asked = serde_json::json!({
            "registryId": account,
            "repositoryName": repository,
            "layerDigest": digest.as_str(),
        });
        let request = calls::api_request(api, "GetDownloadUrlForLayer", &asked);
        calls::layer_url(self.ask_aws(api, "ecr", region, request, cost::API).await)
    }

    async fn layer_store(&self, store: &Endpoint) -> LayerStoreOutcome {
        match self.fetch(store, calls::get(store, "/"), ERROR_LIMIT, cost::STORE).await {
            Ok((reply, now)) => LayerStoreOutcome::Answered {
                status: reply.status,
                code: rejection(&reply, now).code,
                clock_offset_s: reply.clock_offset_s(now),
            },
            Err(NoAnswer::TooLarge { .. }) => {
                LayerStoreOutcome::Answered { status: 200, code: None, clock_offset_s: None }
            }
            Err(why) => LayerStoreOutcome::NoAnswer(why),
        }
    }

    async fn layer_bytes(&self, store: &Endpoint, url: &LayerUrl, blob: Assembly) -> Fetched {
        let path = url.for_request().splitn(4, '/').nth(3).unwrap_or_default();
        self.bytes(store, calls::get(store, &format!("/{path}")), blob).await
    }

    async fn clamped_bytes(&self, store: &Endpoint, url: &LayerUrl, query: &BlobQuery) -> LayerBytesOutcome {
        let query = BlobQuery { depth: BlobDepth::FirstBytes, ..query.clone() };
        self.layer_bytes(store, url, Assembly::new(&query)).await.outcome
    }

    async fn direct_bytes(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        repository: &str,
        blob: Assembly,
    ) -> Fetched {
        let path = format!("/v2/{repository}/blobs/{}", blob.query().digest);
        self.bytes(registry, calls::get_with(token, registry, &path), blob).await
    }
}

impl MemoryEdge {
    async fn ask_registry(
        &self,
        registry: &Endpoint,
        path: &str,
        token: Option<&RegistryToken>,
        limit: usize,
    ) -> exchange::Answer {
        self.fetch(registry, calls::get_with(token, registry, path), limit, cost::REGISTRY).await
    }

    /// A signed call, as far as the simulated AWS looks at signatures.
    async fn ask_aws(
        &self,
        endpoint: &Endpoint,
        service: &str,
        region: &str,
        mut request: Request,
        cost: f64,
    ) -> exchange::Answer {
        const LIMIT: usize = 8 * 1024 * 1024;
        let kind = self.world().credentials.kind;
        if !kind.exist() {
            return Err(NoAnswer::NotSent { reason: "no credentials".into() });
        }
        calls::sign(&mut request, kind, service, region, self.now());
        self.fetch(endpoint, request, LIMIT, cost).await
    }
}
