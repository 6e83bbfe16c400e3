//! The pull of an image that anybody may have: a registry's challenge, the token it leads to, and what follows.
//!
//! A task's images are pulled as a whole or not at all, so that a sidecar's public image counts like its own.

use super::Step;
use super::pull::{Pull, Source};
use crate::edge::{Edge, Endpoint};
use crate::model::outcome::{RegistryOutcome, RegistryTokenOutcome};
use crate::model::{Act, Role, Target};
use crate::plan::ImagePlan;
use crate::wire::{Answerable, RegistryToken, TokenService};

/// What a registry wants to see before it gives a manifest.
enum Admission {
    Free,
    Token(RegistryToken),
}

impl<E: Edge> Pull<'_, '_, E> {
    pub(super) async fn anonymously(&self, image: &ImagePlan, registry: &Target) {
        let Some(endpoint) = self.endpoint(registry).await else { return };
        let token = match self.admission(&endpoint, &image.reference.repository).await {
            None => return,
            Some(Admission::Free) => None,
            Some(Admission::Token(token)) => Some(token),
        };
        if let Some((manifest, index)) = self.manifest(image, &endpoint, token.as_ref()).await {
            self.found(image, &Source::Registry { endpoint, token }, manifest, index).await;
        }
    }

    /// `None` where the registry does not let a stranger in, or did not answer.
    async fn admission(&self, registry: &Endpoint, repository: &str) -> Option<Admission> {
        let ping = self.pings.borrow().get(&registry.target).cloned()?;
        match ping {
            RegistryOutcome::Accepted { .. } => Some(Admission::Free),
            RegistryOutcome::Challenged { scheme, realm, service, .. } => {
                let not_asked = match TokenService::of(&scheme, realm.as_deref(), service.as_deref()) {
                    Answerable::Anonymously(service) => {
                        return self.grant(registry, &service, repository).await.map(Admission::Token);
                    }
                    Answerable::WithCredentials => RegistryTokenOutcome::NeedsCredentials { scheme },
                    Answerable::Never(reason) => RegistryTokenOutcome::Refused { reason: reason.to_owned() },
                };
                let step = Step::on("registry-token", &registry.target, registry.address.ip()).about(repository);
                self.recorder.note(step, Act::RegistryToken(not_asked));
                None
            }
            RegistryOutcome::Rejected(_) | RegistryOutcome::NoAnswer(_) => None,
        }
    }

    /// One token serves every image of the same repository.
    async fn grant(&self, registry: &Endpoint, service: &TokenService, repository: &str) -> Option<RegistryToken> {
        let key = (registry.target.clone(), repository.to_owned());
        if let Some(known) = self.grants.borrow().get(&key) {
            return known.clone();
        }
        let token = self.ask(service, repository).await;
        self.grants.borrow_mut().insert(key, token.clone());
        token
    }

    async fn ask(&self, service: &TokenService, repository: &str) -> Option<RegistryToken> {
        let target = Target::new(Role::Registry, service.host.as_str(), service.port);
        let endpoint = self.endpoint(&target).await?;
        let step = Step::on("registry-token", &target, endpoint.address.ip()).about(repository);
        let ask = async || {
            let (outcome, token) = self.recorder.edge.registry_token(&endpoint, service, repository).await;
            (Act::RegistryToken(outcome), token)
        };
        self.recorder.persist(step, ask).await
    }
}
