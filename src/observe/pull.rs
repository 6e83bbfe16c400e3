//! What the container runtime does, in its order: token, registry, manifest, layers.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::Mutex;

use super::grant::Grant;
use super::reach::{self, Reached};
use super::{Recorder, Reusable, Step, Turn, Walk, side_by_side};
use crate::edge::{Edge, Endpoint, ManifestQuery, Wait};
use crate::model::outcome::{ManifestOutcome, RegistryOutcome, TokenOutcome};
use crate::model::{Act, Check, Role, Target};
use crate::plan::{EcrPlan, ImagePlan, Plan};
use crate::wire::RegistryToken;
use crate::wire::oci::{Digest, Found, ImageManifest};
use crate::wire::said::token_refusal;

/// An index leads to a manifest; more steps than that is a loop.
const MOST_STEPS: usize = 3;

/// The pull's state, shared by the images of a check.
pub struct Pull<'r, 'e, E> {
    pub(super) recorder: &'r Recorder<'e, E>,
    pub(super) walk: &'r Walk,
    /// Locked while a host that the plan did not know is tried, so that it is tried once.
    reached: Mutex<Vec<Reached>>,
    /// By API and Region: with `AWS_ENDPOINT_URL` one host stands for several Regions.
    tokens: RefCell<BTreeMap<(Target, String), Option<Held>>>,
    /// How each registry answered, which is how one gets a token of it.
    pub(super) pings: RefCell<BTreeMap<Target, RegistryOutcome>>,
    /// Anonymous tokens, by registry and repository. Locked while a token is asked for, so that it is once.
    pub(super) grants: Mutex<BTreeMap<(Target, String), Grant>>,
    /// Layers that manifests have listed so far.
    listed: RefCell<BTreeSet<Digest>>,
    /// Blobs already fetched for an earlier image.
    pub(super) fetched: RefCell<BTreeSet<Digest>>,
}

/// A token of private ECR's.
#[derive(Clone)]
struct Held {
    token: RegistryToken,
    /// Seconds since it was issued, where that was to a round before.
    age_s: Option<u64>,
}

/// How an image's manifest was come by, which is how its layers are asked for.
pub(super) enum Source {
    Registry { endpoint: Endpoint, token: Option<RegistryToken> },
    Api { endpoint: Endpoint, region: String, account: String },
}

impl Source {
    /// What part a host plays that this source redirects to.
    pub(super) fn store(&self) -> Role {
        match self {
            Source::Registry { endpoint, .. } if endpoint.target.role == Role::Registry => Role::Cdn,
            _ => Role::S3,
        }
    }
}

impl<'r, 'e, E: Edge> Pull<'r, 'e, E> {
    /// A pull that has got nothing yet, from hosts that were reached.
    pub fn new(recorder: &'r Recorder<'e, E>, walk: &'r Walk, reached: Vec<Reached>) -> Self {
        Pull {
            recorder,
            walk,
            reached: Mutex::new(reached),
            tokens: RefCell::default(),
            pings: RefCell::default(),
            grants: Mutex::default(),
            listed: RefCell::default(),
            fetched: RefCell::default(),
        }
    }

    /// The host at an address that works; a host that the plan did not know is tried now.
    pub(super) async fn endpoint(&self, target: &Target) -> Option<Endpoint> {
        let mut known = self.reached.lock().await;
        let index = match known.iter().position(|reached| reached.target == *target) {
            Some(index) => index,
            None => {
                known.push(reach::one(self.recorder, target.clone(), self.walk.sampling).await);
                known.len() - 1
            }
        };
        known[index].endpoint()
    }

    /// `GET /v2/` without credentials on every registry that can be reached.
    pub async fn ping(&self, plan: &Plan) {
        let mut registries: Vec<&Target> = plan.images.iter().filter_map(|image| image.registry.as_ref()).collect();
        registries.sort();
        registries.dedup();
        side_by_side(registries.into_iter().map(|target| async {
            if let Some(endpoint) = self.endpoint(target).await {
                let step = Step::on(Check::RegistryPing, target, endpoint.address.ip());
                let ping = async || {
                    let outcome = self.recorder.edge.registry(&endpoint, None).await;
                    (Act::RegistryPing(outcome.clone()), outcome)
                };
                let outcome = self.recorder.persist(step, ping).await;
                self.pings.borrow_mut().insert(target.clone(), outcome);
            }
        }))
        .await;
    }

    /// Pulls one image, with credentials from private ECR and without from others.
    pub async fn image(&self, image: &ImagePlan) {
        let Some(registry) = &image.registry else { return };
        match &image.ecr {
            Some(ecr) => self.with_credentials(image, registry, ecr).await,
            None => self.anonymously(image, registry).await,
        }
    }

    async fn with_credentials(&self, image: &ImagePlan, registry: &Target, ecr: &EcrPlan) {
        let Some(api) = self.api(ecr).await else { return };
        let Some(held) = self.token(ecr, &api).await else { return };
        if let Some(endpoint) = self.endpoint(registry).await {
            let Some(token) = self.proven(ecr, &api, &endpoint, held).await else { return };
            if let Some((manifest, index)) = self.manifest(image, &endpoint, Some(&token)).await {
                let source = Source::Registry { endpoint, token: Some(token) };
                return self.found(image, &source, manifest, index).await;
            }
        }
        // The registry did not give the manifest; through the API the layers can still be judged.
        if let Some((manifest, index)) = self.api_manifest(image, ecr, &api).await {
            let source = Source::Api { endpoint: api, region: ecr.region.clone(), account: ecr.account.clone() };
            self.found(image, &source, manifest, index).await;
        }
    }

    /// The first of the API's hosts that works.
    async fn api(&self, ecr: &EcrPlan) -> Option<Endpoint> {
        for target in ecr.apis() {
            if let Some(endpoint) = self.endpoint(target).await {
                return Some(endpoint);
            }
        }
        None
    }

    /// Shows the registry the token. One of a round before that it takes no longer, ended before its time, is no fault:
    /// another one is asked for.
    async fn proven(&self, ecr: &EcrPlan, api: &Endpoint, registry: &Endpoint, held: Held) -> Option<RegistryToken> {
        let mut held = held;
        while self.is_refused(registry, &held).await {
            self.walk.tokens.iter().for_each(|kept| kept.forget(&api.target, &ecr.region));
            if held.age_s.is_none() {
                break;
            }
            self.tokens.borrow_mut().remove(&(api.target.clone(), ecr.region.clone()));
            held = self.token(ecr, api).await?;
        }
        Some(held.token)
    }

    /// `GET /v2/` with the token.
    async fn is_refused(&self, registry: &Endpoint, held: &Held) -> bool {
        let authenticate = async || {
            let outcome = self.recorder.edge.registry(registry, Some(&held.token)).await;
            let refused = match &outcome {
                RegistryOutcome::Challenged { .. } => true,
                RegistryOutcome::Rejected(why) => why.status == 401 || token_refusal(why).is_some(),
                RegistryOutcome::Accepted { .. } | RegistryOutcome::NoAnswer(_) => false,
            };
            match held.age_s.filter(|_| refused) {
                Some(age_s) => (Act::Token(TokenOutcome::Lapsed { age_s }), refused),
                None => (Act::RegistryAuth(outcome), refused),
            }
        };
        let step = Step::on(Check::RegistryAuth, &registry.target, registry.address.ip());
        self.recorder.persist(step, authenticate).await
    }

    /// One token serves every image of the same Region, in any account's registry.
    async fn token(&self, ecr: &EcrPlan, api: &Endpoint) -> Option<Held> {
        let key = (api.target.clone(), ecr.region.clone());
        if let Some(known) = self.tokens.borrow().get(&key) {
            return known.clone();
        }
        // Without credentials there is nothing to ask with; that is an observation of its own.
        let held = if !self.recorder.has_credentials() {
            None
        } else {
            match self.reused(ecr, api) {
                Some(held) => Some(held),
                None => self.issued(ecr, api).await.map(|token| Held { token, age_s: None }),
            }
        };
        self.tokens.borrow_mut().insert(key, held.clone());
        held
    }

    /// That of a round before.
    fn reused(&self, ecr: &EcrPlan, api: &Endpoint) -> Option<Held> {
        let kept = self.walk.tokens.as_ref()?;
        let Reusable { token, age_s, valid_for_s } =
            kept.reusable(&api.target, &ecr.region, self.recorder.edge.elapsed_ms())?;
        let step = Step::on(Check::Token, &api.target, api.address.ip()).in_region(&ecr.region);
        self.recorder.note(step, Act::Token(TokenOutcome::Reused { age_s, valid_for_s }));
        Some(Held { token, age_s: Some(age_s) })
    }

    /// A new one. That of a round before is kept where the API fails in passing, and not where it refuses.
    async fn issued(&self, ecr: &EcrPlan, api: &Endpoint) -> Option<RegistryToken> {
        let edge = self.recorder.edge;
        let ask = async || {
            let (outcome, token) = edge.token(api, &ecr.region).await;
            let life = match &outcome {
                TokenOutcome::Issued { valid_for_s, .. } => *valid_for_s,
                _ => None,
            };
            let act = Act::Token(outcome);
            let passing = act.may_pass();
            (act, (token, life, passing))
        };
        let step = Step::on(Check::Token, &api.target, api.address.ip()).in_region(&ecr.region);
        let (token, life, passing) = self.recorder.persist(step, ask).await;
        if let Some(kept) = &self.walk.tokens {
            match &token {
                Some(token) => kept.keep(&api.target, &ecr.region, token, life, edge.elapsed_ms()),
                None if passing => {}
                None => kept.forget(&api.target, &ecr.region),
            }
        }
        token
    }

    /// Follows the index to the platform's manifest. Gives back the index's digest too.
    pub(super) async fn manifest(
        &self,
        image: &ImagePlan,
        endpoint: &Endpoint,
        token: Option<&RegistryToken>,
    ) -> Option<(ImageManifest, Option<Digest>)> {
        let (edge, target, address) = (self.recorder.edge, &endpoint.target, endpoint.address.ip());
        let mut query = self.query(image);
        let mut index = None;
        for _ in 0..MOST_STEPS {
            let step =
                Step::on(Check::Manifest, target, address).about(&subject(&query)).for_image(&image.reference.text);
            let ask = async |turn: Turn| {
                // What was waited for long enough once is waited for as everything else then.
                let wait = if turn.timed_out == 0 { Wait::Long } else { Wait::Usual };
                let query = ManifestQuery { wait, ..query.clone() };
                let (outcome, found) = edge.manifest(endpoint, token, &query).await;
                (Act::Manifest(self.without_shared(outcome, found.as_ref())), found)
            };
            match self.recorder.persist_in_turns(step, ask).await? {
                Found::Image(manifest) => return Some((manifest, index)),
                Found::Index { digest, chosen } => descend(&mut query, &mut index, digest, chosen),
            }
        }
        let step = Step::on(Check::Manifest, target, address).about(&subject(&query)).for_image(&image.reference.text);
        self.recorder.note(step, Act::Manifest(ManifestOutcome::TooDeep { indexes: MOST_STEPS }));
        None
    }

    /// Counts the layers that an image before this one has too: they are fetched once.
    fn without_shared(&self, mut outcome: ManifestOutcome, found: Option<&Found>) -> ManifestOutcome {
        if let (ManifestOutcome::Image { shared_layers, shared_bytes, .. }, Some(Found::Image(manifest))) =
            (&mut outcome, found)
        {
            let mut listed = self.listed.borrow_mut();
            for layer in manifest.layers.iter().filter(|layer| !listed.insert(layer.digest.clone())) {
                *shared_layers += 1;
                *shared_bytes = shared_bytes.saturating_add(layer.size);
            }
        }
        outcome
    }

    async fn api_manifest(
        &self,
        image: &ImagePlan,
        ecr: &EcrPlan,
        api: &Endpoint,
    ) -> Option<(ImageManifest, Option<Digest>)> {
        let edge = self.recorder.edge;
        let mut query = self.query(image);
        let mut index = None;
        for _ in 0..MOST_STEPS {
            let step = Step::on(Check::ApiManifest, &api.target, api.address.ip())
                .about(&subject(&query))
                .for_image(&image.reference.text)
                .in_region(&ecr.region);
            let ask = async || {
                let (outcome, found) = edge.api_manifest(api, &ecr.region, &ecr.account, &query).await;
                (Act::ApiManifest(self.without_shared(outcome, found.as_ref())), found)
            };
            match self.recorder.persist(step, ask).await? {
                Found::Image(manifest) => return Some((manifest, index)),
                Found::Index { digest, chosen } => descend(&mut query, &mut index, digest, chosen),
            }
        }
        let step = Step::on(Check::ApiManifest, &api.target, api.address.ip())
            .about(&subject(&query))
            .for_image(&image.reference.text)
            .in_region(&ecr.region);
        self.recorder.note(step, Act::ApiManifest(ManifestOutcome::TooDeep { indexes: MOST_STEPS }));
        None
    }

    fn query(&self, image: &ImagePlan) -> ManifestQuery {
        ManifestQuery {
            repository: image.reference.repository.clone(),
            reference: image.reference.selector(),
            expected: image.reference.digest.clone(),
            platform: self.walk.platform.clone(),
            wait: Wait::Usual,
        }
    }

    /// Notes the manifest that was found, and goes on to its blobs.
    pub(super) async fn found(
        &self,
        image: &ImagePlan,
        source: &Source,
        manifest: ImageManifest,
        index: Option<Digest>,
    ) {
        self.recorder.summary(&image.reference.text, |summary| {
            summary.digest = Some(manifest.digest.to_string());
            summary.index_digest = index.as_ref().map(Digest::to_string);
            summary.layers = Some(manifest.layers.len());
            summary.bytes = Some(manifest.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.size)));
        });
        self.blobs(image, source, &manifest).await;
    }

    /// An unsigned GET on each layer store that gave no bytes: the path can be judged without a token.
    pub async fn stores(&self, plan: &Plan) {
        let mut stores: Vec<&Target> =
            plan.images.iter().filter_map(|image| image.ecr.as_ref()?.store.as_ref()).collect();
        stores.sort();
        stores.dedup();
        for target in stores {
            if self.recorder.has_asked(target) {
                continue;
            }
            if let Some(endpoint) = self.endpoint(target).await {
                let step = Step::on(Check::LayerStore, target, endpoint.address.ip());
                let ask = async || (Act::LayerStore(self.recorder.edge.layer_store(&endpoint).await), ());
                self.recorder.persist(step, ask).await;
            }
        }
    }
}

fn descend(query: &mut ManifestQuery, index: &mut Option<Digest>, digest: Digest, chosen: Digest) {
    *index = Some(digest);
    query.reference = chosen.to_string();
    query.expected = Some(chosen);
}

fn subject(query: &ManifestQuery) -> String {
    if query.reference.contains(':') {
        format!("{}@{}", query.repository, query.reference)
    } else {
        format!("{}:{}", query.repository, query.reference)
    }
}
