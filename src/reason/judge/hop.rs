//! Which hop of the pull a failure is at.

use crate::model::{AddressClass, Stage};
use crate::reason::place::Place;
use crate::reason::said::Said;
use crate::reason::sign::Sign;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hop {
    Api,
    Registry,
    LayerStore,
    /// What a pull-through cache has not stored yet comes from elsewhere.
    Upstream,
    PublicEcr,
    DockerHub,
    OtherRegistry,
    SecretsManager,
    Ssm,
    Logs,
    EnvFiles,
    /// A registry that the text does not name.
    Unnamed,
}

impl Hop {
    pub fn stage(self) -> Stage {
        match self {
            Hop::Api => Stage::AuthToken,
            Hop::LayerStore | Hop::Upstream => Stage::LayerBytes,
            Hop::SecretsManager | Hop::Ssm | Hop::Logs | Hop::EnvFiles => Stage::TaskStart,
            Hop::Registry | Hop::PublicEcr | Hop::DockerHub | Hop::OtherRegistry | Hop::Unnamed => Stage::Manifest,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Hop::Api => "the ECR API",
            Hop::Registry => "the ECR registry",
            Hop::LayerStore => "the layer store (S3)",
            Hop::Upstream => "the upstream registry's own store",
            Hop::PublicEcr => "public.ecr.aws",
            Hop::DockerHub => "Docker Hub",
            Hop::OtherRegistry => "the registry",
            Hop::SecretsManager => "Secrets Manager",
            Hop::Ssm => "the SSM Parameter Store",
            Hop::Logs => "CloudWatch Logs",
            Hop::EnvFiles => "S3, for the environment files",
            Hop::Unnamed => "the registry",
        }
    }

    /// Where the failure at `at` happened. `None` where nothing in the text is of a pull.
    pub fn of(said: &Said, at: Option<usize>) -> Option<Hop> {
        of_step(said)
            .filter(|hop| *hop != Hop::Api || !is_past_the_token(said, at))
            .or_else(|| of_store(said))
            .or_else(|| {
                let host = said.host_before(at)?;
                Some(match host.place {
                    Place::Api => Hop::Api,
                    Place::Registry | Place::MalformedEcr | Place::Lookalike { .. } => Hop::Registry,
                    Place::LayerStore => Hop::LayerStore,
                    Place::Cdn if said.names(Place::Registry) => Hop::Upstream,
                    Place::Cdn | Place::PublicEcr if said.names(Place::PublicEcr) => Hop::PublicEcr,
                    Place::Cdn | Place::DockerHub => Hop::DockerHub,
                    Place::PublicEcr => Hop::PublicEcr,
                    Place::SecretsManager => Hop::SecretsManager,
                    Place::Ssm => Hop::Ssm,
                    Place::Logs => Hop::Logs,
                    Place::OtherRegistry
                        if said.any(&[Sign::Pull, Sign::Resolve, Sign::ManifestPath, Sign::BlobPath]) =>
                    {
                        Hop::OtherRegistry
                    }
                    Place::OtherRegistry | Place::OtherService | Place::Kms => return None,
                })
            })
            .or_else(|| said.any(&[Sign::Pull, Sign::Resolve, Sign::ManifestPath]).then_some(Hop::Unnamed))
            .or_else(|| said.has(Sign::EcrLogin).then_some(Hop::Api))
    }
}

/// The agent says what it was doing, whatever hosts the text holds besides.
fn of_step(said: &Said) -> Option<Hop> {
    let steps = [
        (Sign::Logger, Hop::Logs),
        (Sign::LogStream, Hop::Logs),
        (Sign::EnvFiles, Hop::EnvFiles),
        (Sign::AsmSecret, Hop::SecretsManager),
        (Sign::AsmRegistryAuth, Hop::SecretsManager),
        (Sign::SsmSecret, Hop::Ssm),
        (Sign::RegistryAuth, Hop::Api),
    ];
    steps.into_iter().find(|(sign, _)| said.has(*sign)).map(|(_, hop)| hop)
}

/// A log may tell of the token and go on to a registry, where the failure then is.
fn is_past_the_token(said: &Said, at: Option<usize>) -> bool {
    let Some(at) = at else { return false };
    let token = said.last(&[Sign::RegistryAuth]);
    let past = said.hosts.iter().rfind(|host| host.contacted && host.at < at);
    past.is_some_and(|host| {
        token.is_some_and(|token| token < host.at)
            && matches!(host.place, Place::Registry | Place::PublicEcr | Place::DockerHub)
    })
}

/// ECS prints the image's name where S3's URL was: the address, or the missing scheme, tells.
fn of_store(said: &Said) -> Option<Hop> {
    let private = said.hosts.iter().any(|host| host.place.is_ecr()) || said.hosts.is_empty();
    let contacted = |wanted: fn(Place) -> bool| said.hosts.iter().any(|host| host.contacted && wanted(host.place));
    let by_address = said.address_class() == Some(AddressClass::S3) && private && said.has(Sign::Pull);
    let by_url = said.has(Sign::LayerStore) || contacted(|place| place == Place::LayerStore);
    let unnamed = !contacted(|place| place != Place::LayerStore);
    let by_step =
        private && unnamed && (said.has(Sign::Copy) && !said.has(Sign::ManifestPath) || said.has(Sign::Config));
    (by_address || by_url || by_step).then_some(Hop::LayerStore)
}
