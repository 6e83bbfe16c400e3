//! The pull of an image that anybody may have: a registry's challenge, the token it leads to, and what follows.
//!
//! A task's images are pulled as a whole or not at all, so that a sidecar's public image counts like its own.

use super::Step;
use super::grant::Grant;
use super::pull::{Pull, Source};
use crate::edge::{Edge, Endpoint};
use crate::model::outcome::{RegistryOutcome, RegistryTokenOutcome};
use crate::model::{Act, Check, Role, Target};
use crate::plan::ImagePlan;
use crate::wire::{Answerable, RegistryToken, TokenService};

/// What a registry wants to see before it gives a manifest.
enum Admission {
    Free,
    Token(RegistryToken),
}

/// No token is granted for less (distribution's "Token Authentication Specification").
const SHORTEST_LIFE_MS: f64 = 60e3;

impl<E: Edge> Pull<'_, '_, E> {
    /// The pull of an image from a registry that issues anonymous tokens, or requires none.
    pub(super) async fn anonymously(&self, image: &ImagePlan, registry: &Target) {
        let Some(endpoint) = self.endpoint(registry).await else { return };
        let token = match self.admission(&endpoint, &image.reference.repository, None).await {
            None => return,
            Some(Admission::Free) => None,
            Some(Admission::Token(token)) => Some(token),
        };
        if self.walk.skip_other_registries {
            let step = Step::on(Check::RegistryToken, registry, endpoint.address.ip())
                .about(&image.reference.repository)
                .for_image(&image.reference.text);
            return self.recorder.note(step, Act::RegistryToken(RegistryTokenOutcome::Spared));
        }
        if let Some((manifest, index)) = self.manifest(image, &endpoint, token.as_ref()).await {
            self.found(image, &Source::Registry { endpoint, token }, manifest, index).await;
        }
    }

    /// `None` where the registry allows no anonymous pull, or did not answer.
    async fn admission(
        &self,
        registry: &Endpoint,
        repository: &str,
        refused: Option<&RegistryToken>,
    ) -> Option<Admission> {
        let ping = self.pings.borrow().get(&registry.target).cloned()?;
        match ping {
            RegistryOutcome::Accepted { .. } => Some(Admission::Free),
            RegistryOutcome::Challenged { scheme, realm, service, .. } => {
                let not_asked = match TokenService::of(&scheme, realm.as_deref(), service.as_deref()) {
                    Answerable::Anonymously(service) => {
                        return self.grant(registry, &service, repository, refused).await.map(Admission::Token);
                    }
                    Answerable::WithCredentials => RegistryTokenOutcome::NeedsCredentials { scheme },
                    Answerable::Never(reason) => RegistryTokenOutcome::Refused { reason: reason.to_string() },
                };
                let step = Step::on(Check::RegistryToken, &registry.target, registry.address.ip()).about(repository);
                self.recorder.note(step, Act::RegistryToken(not_asked));
                None
            }
            RegistryOutcome::Rejected(_) | RegistryOutcome::NoAnswer(_) => None,
        }
    }

    /// One token serves every image of the same repository. `refused` is one that the registry took before.
    async fn grant(
        &self,
        registry: &Endpoint,
        service: &TokenService,
        repository: &str,
        refused: Option<&RegistryToken>,
    ) -> Option<RegistryToken> {
        let mut grants = self.grants.lock().await;
        let key = (registry.target.clone(), repository.to_owned());
        let is_good = |known: &Grant| match refused {
            // Another layer has asked since.
            Some(_) => known.token.as_ref() != refused,
            None => self.recorder.edge.elapsed_ms() - known.at_ms < SHORTEST_LIFE_MS,
        };
        if let Some(known) = grants.get(&key).filter(|known| is_good(known)) {
            return known.token.clone();
        }
        let token = self.ask(service, repository).await;
        let at_ms = self.recorder.edge.elapsed_ms();
        grants.insert(key, Grant { token: token.clone(), at_ms });
        token
    }

    /// The token to ask for a layer with: the last one that was granted, or that of the manifest.
    pub(super) async fn latest(
        &self,
        registry: &Endpoint,
        repository: &str,
        token: Option<&RegistryToken>,
    ) -> Option<RegistryToken> {
        let grants = self.grants.lock().await;
        let last = grants.get(&(registry.target.clone(), repository.to_owned()));
        last.and_then(|last| last.token.as_ref()).or(token).cloned()
    }

    /// A new token in place of one that opened the manifest and opens a layer no more: Docker Hub's live five minutes.
    pub(super) async fn renewed(
        &self,
        registry: &Endpoint,
        repository: &str,
        refused: &RegistryToken,
    ) -> Option<RegistryToken> {
        match self.admission(registry, repository, Some(refused)).await? {
            Admission::Free => None,
            Admission::Token(token) => Some(token),
        }
    }

    async fn ask(&self, service: &TokenService, repository: &str) -> Option<RegistryToken> {
        let target = Target::new(Role::Registry, service.host.as_str(), service.port);
        let endpoint = self.endpoint(&target).await?;
        let step = Step::on(Check::RegistryToken, &target, endpoint.address.ip()).about(repository);
        let ask = async || {
            let (outcome, token) = self.recorder.edge.registry_token(&endpoint, service, repository).await;
            (Act::RegistryToken(outcome), token)
        };
        self.recorder.persist(step, ask).await
    }
}
