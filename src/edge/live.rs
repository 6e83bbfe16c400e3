//! The real world.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sdk_ecr::types::ImageIdentifier;
use tokio::time::timeout;

use super::aws::{self, Failure};
use super::cloudwatch::CloudWatch;
use super::http::{ERROR_LIMIT, Peer, Want, fetch, get, no_body};
use super::layer::{Layers, Progress, Source};
use super::metadata::{self, MetadataError, TaskMetadata};
use super::name_servers::{self, When};
use super::network::Network;
use super::{Assembly, BlobQuery, Edge, Endpoint, Fetched, ManifestQuery, clamped, registry, roots, sts, tcp};
use crate::config::{Environment, Settings, UsageError, options};
use crate::model::outcome::{
    CallerOutcome, ConnectOutcome, CredentialsOutcome, HandshakeOutcome, LayerBytesOutcome, LayerStoreOutcome,
    LayerUrlOutcome, ManifestOutcome, NoAnswer, RegistryOutcome, RegistryTokenOutcome, ResolveOutcome, TokenOutcome,
};
use crate::model::{self, KnownAddress};
use crate::ranges::Ranges;
use crate::wire::oci::{Digest, Found};
use crate::wire::{LayerUrl, RegistryToken, TokenService, registry as wire_registry, rejection, scrub};

/// Sockets, the SDK and clocks, as the settings say.
#[derive(Debug)]
pub struct Live {
    began: Instant,
    /// By the system's clock.
    began_at: i64,
    pub(super) network: Arc<Network>,
    layers: Layers,
    credentials: RefCell<Option<Credentials>>,
    pub(super) environment: Environment,
    /// Where the credential chain asks what it must ask in a Region.
    region: String,
    vpc_resolver: Option<(SocketAddr, When)>,
}

/// AWS's ranges from a file of theirs, or those of the binary.
///
/// # Errors
///
/// A file that cannot be read, or is none of AWS's.
pub fn address_ranges(file: Option<&Path>) -> Result<Ranges, UsageError> {
    let Some(path) = file else { return Ok(Ranges::embedded()) };
    let sources = options::IP_RANGES.sources();
    let wrong = |why: &dyn std::fmt::Display| UsageError(format!("{sources}: {}: {why}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| wrong(&error))?;
    Ranges::from_json(&bytes).map_err(|error| wrong(&error))
}

impl Live {
    /// # Errors
    ///
    /// A file of the settings that cannot be read: the CA bundle or the address ranges.
    pub fn new(settings: &Settings) -> Result<Self, UsageError> {
        let environment = &settings.environment;
        let roots = roots::load(settings.ca_bundle.as_deref(), environment.ssl_cert_file.as_deref());
        let roots = roots.map_err(|error| UsageError(format!("{}: {error}", options::CA_BUNDLE.sources())))?;
        let tls = super::tls::Tls::new(roots).map_err(|error| UsageError(error.to_string()))?;
        let ranges = address_ranges(settings.ip_ranges.as_deref())?;
        let (name_servers, vpc_resolver) = name_servers::to_ask(&settings.dns_servers, environment.mode);
        let network = Network {
            name_servers,
            tls: tls.clone(),
            ranges,
            own_subnets: Vec::new(),
            connect_to: settings.connect_to.clone(),
            timeout: settings.timeout,
        };
        Ok(Live {
            began: Instant::now(),
            began_at: now(),
            network: Arc::new(network),
            layers: Layers::new(tls, settings.timeout),
            credentials: RefCell::default(),
            region: "us-east-1".to_owned(),
            environment: environment.clone(),
            vpc_resolver,
        })
    }

    /// Reads task metadata and remembers the task's own subnet, so that addresses in it are known.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn task_metadata(&mut self, base: &str, within: Duration) -> Result<TaskMetadata, MetadataError> {
        let reading = timeout(within, metadata::read(&self.network, base));
        let metadata = reading.await.unwrap_or(Err(MetadataError::NoAnswer))?;
        if let Some(network) = Arc::get_mut(&mut self.network) {
            network.own_subnets.extend(metadata.own_subnets());
        }
        Ok(metadata)
    }

    /// Says where the probe stands, once that is known.
    pub fn set_region(&mut self, region: &str) {
        region.clone_into(&mut self.region);
    }

    /// When the check began, to which all times in it are relative.
    pub fn started_at(&self) -> model::Timestamp {
        model::Timestamp(self.began_at)
    }

    /// When AWS published the address ranges that are used.
    pub fn ranges_created(&self) -> Option<crate::model::Timestamp> {
        self.network.ranges.created()
    }

    /// The bytes of layers that have come so far, for a progress line.
    pub fn progress(&self) -> Progress {
        self.layers.progress.clone()
    }

    /// CloudWatch as it is reached from here, also when the check is over.
    pub fn cloudwatch(&self, region: Option<&str>) -> CloudWatch {
        CloudWatch::new(self.network.clone(), self.environment.clone(), region.map(str::to_owned))
    }

    /// The credentials that were found on the way.
    pub(super) fn found_credentials(&self) -> Option<Credentials> {
        self.credentials.borrow().clone()
    }

    /// How long it is until then; a day at the most.
    fn until(&self, milliseconds: f64) -> Duration {
        Duration::from_secs_f64(((milliseconds - self.elapsed_ms()) / 1e3).clamp(0.0, 86_400.0))
    }

    fn failure<E: std::error::Error + 'static>(&self, error: &aws::CallError<E>) -> Failure {
        aws::failure(error, self.credentials.borrow().as_ref(), now())
    }

    fn ecr(&self, api: &Endpoint, region: &str) -> Option<aws_sdk_ecr::Client> {
        let credentials = self.credentials.borrow().clone()?;
        let url = match &self.environment.ecr_url {
            Some(service) => service.url.clone(),
            None => format!("https://{}", api.target),
        };
        Some(aws::ecr(&self.network, &credentials, region, &url, api.address))
    }
}

/// Seconds since the epoch, by the system's clock.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Stands in the place of a call that needs credentials when there are none.
fn no_credentials() -> NoAnswer {
    NoAnswer::NotSent { reason: "no credentials".into() }
}

impl Edge for Live {
    type Socket = tokio::net::TcpStream;

    fn elapsed_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    fn timeout_ms(&self) -> f64 {
        self.network.timeout.as_secs_f64() * 1e3
    }

    async fn sleep(&self, milliseconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(milliseconds.max(0.0) / 1e3)).await;
    }

    fn name_servers(&self) -> Vec<SocketAddr> {
        self.network.name_servers.clone()
    }

    fn vpc_resolver(&self) -> Option<(SocketAddr, When)> {
        self.vpc_resolver
    }

    async fn credentials(&self) -> CredentialsOutcome {
        let (outcome, credentials) = aws::find(&self.network, &self.region).await;
        self.credentials.replace(credentials);
        outcome
    }

    async fn caller(&self, region: &str) -> CallerOutcome {
        let Some(credentials) = self.credentials.borrow().clone() else {
            return CallerOutcome::NoAnswer(no_credentials());
        };
        sts::caller(&self.network, &credentials, region, &self.environment).await
    }

    fn classify(&self, address: IpAddr) -> KnownAddress {
        self.network.classify(address)
    }

    async fn resolve(&self, host: &str, server: SocketAddr) -> ResolveOutcome {
        self.network.resolve(host, server).await
    }

    fn route(&self, host: &str, port: u16, resolved: &[IpAddr]) -> Vec<SocketAddr> {
        self.network.route(host, port, resolved)
    }

    async fn connect(&self, address: SocketAddr) -> (ConnectOutcome, Option<Self::Socket>) {
        tcp::connect(address, self.network.timeout).await
    }

    async fn connect_clamped(&self, address: SocketAddr) -> (ConnectOutcome, Option<Self::Socket>) {
        tcp::connect_clamped(address, self.network.timeout).await
    }

    async fn handshake(&self, socket: Self::Socket, host: &str) -> HandshakeOutcome {
        self.network.tls.handshake(socket, host, self.network.timeout).await.0
    }

    async fn token(&self, api: &Endpoint, region: &str) -> (TokenOutcome, Option<RegistryToken>) {
        let Some(client) = self.ecr(api, region) else {
            return (TokenOutcome::NoAnswer(no_credentials()), None);
        };
        let output = match client.get_authorization_token().send().await {
            Ok(output) => output,
            Err(error) => {
                let outcome = match self.failure(&error) {
                    Failure::Rejected(rejection) => TokenOutcome::Rejected(rejection),
                    Failure::NoAnswer(why) => TokenOutcome::NoAnswer(why),
                };
                return (outcome, None);
            }
        };
        let data = output.authorization_data().first();
        match data.and_then(|data| data.authorization_token().map(|token| (data, token))) {
            Some((data, token)) => {
                let valid_for_s = data.expires_at().map(|at| at.secs().saturating_sub(now()));
                let registry = data.proxy_endpoint().map(scrub);
                (TokenOutcome::Issued { valid_for_s, registry }, Some(aws::registry_token(token)))
            }
            None => (TokenOutcome::Malformed { reason: "the answer holds no token".into() }, None),
        }
    }

    async fn registry(&self, registry: &Endpoint, token: Option<&RegistryToken>) -> RegistryOutcome {
        registry::base(&self.network, registry, token, now()).await
    }

    async fn registry_token(
        &self,
        address: &Endpoint,
        service: &TokenService,
        repository: &str,
    ) -> (RegistryTokenOutcome, Option<RegistryToken>) {
        registry::token(&self.network, address, service, repository, now()).await
    }

    async fn manifest(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        query: &ManifestQuery,
    ) -> (ManifestOutcome, Option<Found>) {
        registry::manifest(&self.network, registry, token, query, now()).await
    }

    async fn api_manifest(
        &self,
        api: &Endpoint,
        region: &str,
        account: &str,
        query: &ManifestQuery,
    ) -> (ManifestOutcome, Option<Found>) {
        let Some(client) = self.ecr(api, region) else {
            return (ManifestOutcome::NoAnswer(no_credentials()), None);
        };
        let image = match Digest::parse(&query.reference) {
            Ok(digest) => ImageIdentifier::builder().image_digest(digest.as_str()),
            Err(_) => ImageIdentifier::builder().image_tag(&query.reference),
        };
        let call = client
            .batch_get_image()
            .registry_id(account)
            .repository_name(&query.repository)
            .image_ids(image.build())
            .set_accepted_media_types(Some(crate::wire::oci::ACCEPT.split(", ").map(str::to_owned).collect()));
        let output = match call.send().await {
            Ok(output) => output,
            Err(error) => {
                let outcome = match self.failure(&error) {
                    Failure::Rejected(rejection) => ManifestOutcome::Rejected(rejection),
                    Failure::NoAnswer(why) => ManifestOutcome::NoAnswer(why),
                };
                return (outcome, None);
            }
        };
        // HTTP 200 proves nothing: what failed is listed beside what was found.
        if let Some(failure) = output.failures().first() {
            let code = failure.failure_code().map(|code| scrub(code.as_str())).unwrap_or_default();
            let reason = failure.failure_reason().map(scrub);
            return (ManifestOutcome::Failure { code, reason }, None);
        }
        let image = output.images().first();
        match image.and_then(|image| image.image_manifest().map(|manifest| (image, manifest))) {
            Some((image, manifest)) => crate::wire::oci::read_manifest(
                manifest.as_bytes(),
                image.image_manifest_media_type(),
                image.image_id().and_then(|id| id.image_digest()),
                query.expected.as_ref(),
                &query.platform,
            ),
            None => (ManifestOutcome::Unsupported { reason: "the answer holds no manifest".into() }, None),
        }
    }

    async fn layer_url(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        repository: &str,
        digest: &Digest,
    ) -> (LayerUrlOutcome, Option<LayerUrl>) {
        registry::layer_url(&self.network, registry, token, repository, digest, now()).await
    }

    async fn api_layer_url(
        &self,
        api: &Endpoint,
        region: &str,
        account: &str,
        repository: &str,
        digest: &Digest,
    ) -> (LayerUrlOutcome, Option<LayerUrl>) {
        let Some(client) = self.ecr(api, region) else {
            return (LayerUrlOutcome::NoAnswer(no_credentials()), None);
        };
        let call = client
            .get_download_url_for_layer()
            .registry_id(account)
            .repository_name(repository)
            .layer_digest(digest.as_str());
        match call.send().await {
            Ok(output) => match output.download_url() {
                Some(url) => wire_registry::api_url(url),
                None => (LayerUrlOutcome::BadRedirect { reason: "the answer holds no URL".into() }, None),
            },
            Err(error) => match self.failure(&error) {
                Failure::Rejected(rejection) => (LayerUrlOutcome::Rejected(rejection), None),
                Failure::NoAnswer(why) => (LayerUrlOutcome::NoAnswer(why), None),
            },
        }
    }

    async fn layer_store(&self, store: &Endpoint) -> LayerStoreOutcome {
        let peer = Peer { host: &store.target.host, address: store.address, tls: Some(&self.network.tls) };
        let request = match get(&registry::url(store, "/")).and_then(no_body) {
            Ok(request) => request,
            Err(why) => return LayerStoreOutcome::NoAnswer(why),
        };
        match fetch(&peer, request, Want::Start(ERROR_LIMIT), self.network.timeout).await {
            Ok(reply) => LayerStoreOutcome::Answered {
                status: reply.status,
                code: rejection(&reply, now()).code,
                clock_offset_s: reply.clock_offset_s(now()),
            },
            Err(why) => LayerStoreOutcome::NoAnswer(why),
        }
    }

    async fn layer_bytes(&self, store: &Endpoint, url: &LayerUrl, blob: Assembly) -> Fetched {
        let within = self.until(blob.query().until_ms);
        self.layers.fetch(store, Source::Presigned(url), blob, within, now()).await
    }

    async fn clamped_bytes(&self, store: &Endpoint, url: &LayerUrl, query: &BlobQuery) -> LayerBytesOutcome {
        clamped::first_bytes(&self.network, store.address, url, query, now()).await
    }

    async fn direct_bytes(
        &self,
        registry: &Endpoint,
        token: Option<&RegistryToken>,
        repository: &str,
        blob: Assembly,
    ) -> Fetched {
        let path = format!("/v2/{repository}/blobs/{}", blob.query().digest);
        let source = Source::Registry { token, path: &path };
        let within = self.until(blob.query().until_ms);
        self.layers.fetch(registry, source, blob, within, now()).await
    }
}
