//! The image's configuration and layers: where each is, and its bytes.

use futures_util::stream::{self, StreamExt};

use super::Step;
use super::pull::{Pull, Source};
use super::recorder::RETRY_PAUSES_MS;
use crate::config::PullDepth;
use crate::edge::{Assembly, BlobDepth, BlobQuery, Edge, Endpoint, FIRST_BYTES, Fetched};
use crate::model::outcome::{LayerBytesOutcome, LayerUrlOutcome, NoAnswer};
use crate::model::{Act, Check, Role, Target};
use crate::plan::ImagePlan;
use crate::wire::oci::{Descriptor, ImageManifest, read_config};
use crate::wire::{LayerUrl, RegistryToken};

/// Layers under way at once; container runtimes take three.
const SIDE_BY_SIDE: usize = 3;
/// A configuration that is larger is not read for its platform.
const LARGEST_CONFIG: u64 = 4 * 1024 * 1024;

impl<E: Edge> Pull<'_, '_, E> {
    /// Fetches the configuration and the layers of an image, as deep as the walk goes.
    pub(super) async fn blobs(&self, image: &ImagePlan, source: &Source, manifest: &ImageManifest) {
        let depth = match self.walk.depth {
            PullDepth::None => return,
            PullDepth::Reach => BlobDepth::FirstBytes,
            PullDepth::Verify => BlobDepth::Verify,
        };
        let config = async {
            if manifest.config.size > LARGEST_CONFIG {
                return;
            }
            if let Some(bytes) = self.blob(image, source, &manifest.config, BlobDepth::Keep).await {
                let step = Step::local(Check::Config).about(&manifest.config.digest).for_image(&image.reference.text);
                self.recorder.note(step, Act::Config(read_config(&bytes, &self.walk.platform)));
            }
        };
        let mut layers: Vec<&Descriptor> = Vec::new();
        for layer in &manifest.layers {
            // An image may list a layer twice; a runtime fetches it once.
            if self.fetched.borrow_mut().insert(layer.digest.clone()) {
                layers.push(layer);
            }
        }
        let layers = stream::iter(layers)
            .map(|layer| self.blob(image, source, layer, depth))
            .buffer_unordered(SIDE_BY_SIDE)
            .collect::<Vec<_>>();
        futures_util::future::join(config, layers).await;
    }

    async fn blob(&self, image: &ImagePlan, source: &Source, blob: &Descriptor, depth: BlobDepth) -> Option<Vec<u8>> {
        let edge = self.recorder.edge;
        let (repository, text) = (&image.reference.repository, &image.reference.text);
        let (outcome, url, token) = match source {
            Source::Registry { endpoint, token } => self.layer_url(endpoint, token.as_ref(), image, blob).await,
            Source::Api { endpoint, region, account } => {
                let step = Step::on(Check::ApiLayerUrl, &endpoint.target, endpoint.address.ip())
                    .about(&blob.digest)
                    .for_image(text)
                    .in_region(region);
                let ask = async || {
                    let answer = edge.api_layer_url(endpoint, region, account, repository, &blob.digest);
                    let (outcome, url) = answer.await;
                    (Act::ApiLayerUrl(outcome.clone()), (outcome, url))
                };
                let (outcome, url) = self.recorder.persist(step, ask).await;
                (outcome, url, None)
            }
        };
        let query = BlobQuery { digest: blob.digest.clone(), size: blob.size, depth, until_ms: self.walk.until_ms };
        match (outcome, url, source) {
            (LayerUrlOutcome::Redirected { host, port, .. }, Some(url), _) => {
                let target = Target::new(source.store(), host, port);
                if let Some(ecr) = &image.ecr {
                    self.recorder.serves(&target, &ecr.region);
                }
                let endpoint = self.endpoint(&target).await?;
                let step =
                    Step::on(Check::LayerBytes, &target, endpoint.address.ip()).about(&blob.digest).for_image(text);
                let fetch = async |blob| edge.layer_bytes(&endpoint, &url, blob).await;
                let (outcome, bytes) = self.bytes(step, &query, fetch).await;
                if never_came(&outcome) {
                    let step = Step::on(Check::ClampedBytes, &target, endpoint.address.ip())
                        .about(&blob.digest)
                        .for_image(text);
                    let again = async { (Act::ClampedBytes(edge.clamped_bytes(&endpoint, &url, &query).await), ()) };
                    self.recorder.act(step, again).await;
                }
                bytes
            }
            (LayerUrlOutcome::Direct, _, Source::Registry { endpoint, .. }) => {
                let step = Step::on(Check::LayerBytes, &endpoint.target, endpoint.address.ip())
                    .about(&blob.digest)
                    .for_image(text);
                let fetch = async |blob| edge.direct_bytes(endpoint, token.as_ref(), repository, blob).await;
                self.bytes(step, &query, fetch).await.1
            }
            _ => None,
        }
    }

    /// The bytes, each further try going on where the one before ended; of the last try the outcome.
    async fn bytes(
        &self,
        step: Step,
        query: &BlobQuery,
        fetch: impl AsyncFn(Assembly) -> Fetched,
    ) -> (LayerBytesOutcome, Option<Vec<u8>>) {
        let mut rest = None;
        let once = async |_| {
            let blob = rest.take().unwrap_or_else(|| Assembly::new(query));
            let Fetched { outcome, kept, rest: left } = fetch(blob).await;
            rest = left;
            let outcome = match outcome {
                // No time is left to ask for the rest: whether it would come is not known.
                LayerBytesOutcome::Broken { received, .. } if self.is_late(query) => {
                    LayerBytesOutcome::Unfinished { received }
                }
                outcome => outcome,
            };
            (Act::LayerBytes(outcome.clone()), (outcome, kept))
        };
        self.recorder.persist_in_turns(step, once).await
    }

    /// Whether the pause before a further try would outlast the time that layers have.
    fn is_late(&self, query: &BlobQuery) -> bool {
        let longest = RETRY_PAUSES_MS.into_iter().fold(0.0, f64::max);
        self.recorder.edge.elapsed_ms() + longest > query.until_ms
    }

    /// Where a blob is, and the token that its registry told that to.
    async fn layer_url(
        &self,
        endpoint: &Endpoint,
        token: Option<&RegistryToken>,
        image: &ImagePlan,
        blob: &Descriptor,
    ) -> (LayerUrlOutcome, Option<LayerUrl>, Option<RegistryToken>) {
        let repository = &image.reference.repository;
        let step = Step::on(Check::LayerUrl, &endpoint.target, endpoint.address.ip())
            .about(&blob.digest)
            .for_image(&image.reference.text);
        let ask = async |token: Option<&RegistryToken>| {
            let once = async || {
                let (outcome, url) = self.recorder.edge.layer_url(endpoint, token, repository, &blob.digest).await;
                (Act::LayerUrl(outcome.clone()), (outcome, url))
            };
            self.recorder.persist(step.clone(), once).await
        };
        let token = self.latest(endpoint, repository, token).await;
        let (outcome, url) = ask(token.as_ref()).await;
        if let Some(old) = token.as_ref().filter(|_| endpoint.target.role == Role::Registry && outcome.refuses_token())
            && let Some(new) = self.renewed(endpoint, repository, old).await
        {
            let (outcome, url) = ask(Some(&new)).await;
            return (outcome, url, Some(new));
        }
        (outcome, url, token)
    }
}

/// Whether the flow dried up before what a clamped connection is asked for: a flow that stops
/// later does so for another reason than the size of its packets.
fn never_came(outcome: &LayerBytesOutcome) -> bool {
    match outcome {
        LayerBytesOutcome::NoAnswer(why) => *why == NoAnswer::TimedOut,
        LayerBytesOutcome::Broken { received, why } => *why == NoAnswer::TimedOut && *received < FIRST_BYTES,
        _ => false,
    }
}
