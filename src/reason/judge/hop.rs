//! Which hop of the pull a failure is at.

use super::ecr_call;
use super::foreign::is_foreign;
use super::url_path::{is_of_registry_api, is_of_token_service};
use crate::model::{AddressClass, Stage};
use crate::reason::host_kind::{HostKind, is_known_registry};
use crate::reason::hosts::Host;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;
use crate::reason::vocabulary::Service;

/// The host that failed, or should have answered.
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
    /// Where another registry keeps layers.
    BlobStore,
    SecretsManager,
    Ssm,
    Logs,
    EnvFiles,
    /// What gives the credentials of a role.
    Sts,
    /// A registry that the text does not name.
    Unnamed,
}

impl Hop {
    /// The step of a pull or a start that it serves.
    pub fn stage(self) -> Stage {
        match self {
            Hop::Api => Stage::AuthToken,
            Hop::Sts => Stage::Credentials,
            Hop::LayerStore | Hop::Upstream | Hop::BlobStore => Stage::LayerBytes,
            Hop::SecretsManager | Hop::Ssm | Hop::Logs | Hop::EnvFiles => Stage::TaskStart,
            Hop::Registry | Hop::PublicEcr | Hop::DockerHub | Hop::OtherRegistry | Hop::Unnamed => Stage::Manifest,
        }
    }

    /// Whose words an error code without a name is.
    pub fn service(self) -> Service {
        match self {
            Hop::SecretsManager => Service::Secrets,
            Hop::Ssm => Service::Ssm,
            Hop::Logs => Service::Logs,
            Hop::EnvFiles => Service::S3,
            _ => Service::Ecr,
        }
    }

    /// What a reader calls it.
    pub fn title(self) -> &'static str {
        match self {
            Hop::Api => "the ECR API",
            Hop::Registry => "the ECR registry",
            Hop::LayerStore => "the layer store (S3)",
            Hop::Upstream => "the upstream registry's own store",
            Hop::PublicEcr => "public.ecr.aws",
            Hop::DockerHub => "Docker Hub",
            Hop::OtherRegistry => "the registry",
            Hop::BlobStore => "the registry's own store of layers",
            Hop::SecretsManager => "Secrets Manager",
            Hop::Ssm => "the SSM Parameter Store",
            Hop::Logs => "CloudWatch Logs",
            Hop::EnvFiles => "S3, for the environment files",
            Hop::Sts => "STS, which gives the role's credentials,",
            Hop::Unnamed => "the registry",
        }
    }

    /// Where the failure at `at` happened. `None` where nothing in the text is of a pull.
    pub fn of(parsed: &Parsed, at: Option<usize>) -> Option<Hop> {
        of_credentials(parsed, at)
            .or_else(|| of_step(parsed))
            .filter(|hop| *hop != Hop::Api || !is_past_the_token(parsed, at))
            .or_else(|| of_store(parsed))
            .or_else(|| {
                let host = parsed.host_before(at)?;
                Some(match host.kind {
                    HostKind::Api => Hop::Api,
                    HostKind::Registry | HostKind::MalformedEcr | HostKind::Lookalike { .. } => Hop::Registry,
                    HostKind::LayerStore => Hop::LayerStore,
                    HostKind::Cdn if parsed.names(HostKind::Registry) => Hop::Upstream,
                    HostKind::Cdn | HostKind::PublicEcr if parsed.names(HostKind::PublicEcr) => Hop::PublicEcr,
                    HostKind::Cdn | HostKind::DockerHub => Hop::DockerHub,
                    HostKind::PublicEcr => Hop::PublicEcr,
                    HostKind::BlobStore => Hop::BlobStore,
                    // Docker asks the registry for it below `/v2/`, and then whomever that names.
                    HostKind::OtherRegistry if parsed.has(Sign::Config) && is_outside_registry_api(host, parsed) => {
                        Hop::BlobStore
                    }
                    HostKind::SecretsManager => Hop::SecretsManager,
                    HostKind::Ssm => Hop::Ssm,
                    HostKind::Logs => Hop::Logs,
                    HostKind::OtherRegistry
                        if parsed.any(&[Sign::Pull, Sign::Resolve, Sign::ManifestPath, Sign::BlobPath])
                            || parsed.plain.line.contains("/v2/")
                            || is_known_registry(&host.name) =>
                    {
                        Hop::OtherRegistry
                    }
                    HostKind::OtherRegistry | HostKind::OtherService | HostKind::Kms => return None,
                })
            })
            .or_else(|| {
                let of_registry = [
                    Sign::Pull,
                    Sign::Resolve,
                    Sign::ManifestPath,
                    Sign::Copy,
                    Sign::TokenService,
                    Sign::LayerProgress,
                ];
                parsed.any(&of_registry).then_some(Hop::Unnamed)
            })
            .or_else(|| ecr_call::is_for_an_image(parsed).then_some(Hop::Registry))
            .or_else(|| is_login_that_failed(parsed).then_some(Hop::Api))
    }
}

/// Whether a URL was asked that is none of the registry API, nor of a token service: `/jwt/auth?service=…`.
fn is_outside_registry_api(host: &Host, parsed: &Parsed) -> bool {
    host.contacted && parsed.path(host).is_some_and(|path| !is_of_registry_api(path) && !is_of_token_service(path))
}

/// Every call needs credentials first, and may fail because nothing reaches the service that gives them.
fn of_credentials(parsed: &Parsed, at: Option<usize>) -> Option<Hop> {
    let host = parsed.host_before(at).filter(|host| host.contacted && host.kind == HostKind::OtherService)?;
    ["sts.", "sts-fips."].iter().any(|it| host.name.starts_with(it)).then_some(Hop::Sts)
}

/// The agent says what it was doing, whatever hosts the text holds besides.
fn of_step(parsed: &Parsed) -> Option<Hop> {
    let steps = [
        (Sign::Logger, Hop::Logs),
        (Sign::LogStream, Hop::Logs),
        (Sign::EnvFiles, Hop::EnvFiles),
        (Sign::AsmSecret, Hop::SecretsManager),
        (Sign::AsmRegistryAuth, Hop::SecretsManager),
        (Sign::SsmSecret, Hop::Ssm),
        (Sign::RegistryAuth, Hop::Api),
    ];
    steps.into_iter().find(|(sign, _)| parsed.has(*sign)).map(|(_, hop)| hop)
}

/// A log may tell of the token and go on to a registry, where the failure then is.
fn is_past_the_token(parsed: &Parsed, at: Option<usize>) -> bool {
    let Some(at) = at else { return false };
    let token = parsed.last(&[Sign::RegistryAuth]);
    let past = parsed.hosts.iter().rfind(|host| host.contacted && host.at < at);
    past.is_some_and(|host| {
        token.is_some_and(|token| token < host.at)
            && matches!(host.kind, HostKind::Registry | HostKind::PublicEcr | HostKind::DockerHub)
    })
}

/// Whether it may be the login that failed: a request or a failure on a line before the command was not its own, a
/// login that went well failed nowhere, and AWS's CLI tells of no status by its number alone.
fn is_login_that_failed(parsed: &Parsed) -> bool {
    let Some(command) = parsed.last(&[Sign::EcrLogin]) else { return false };
    let start = parsed.plain.line_around(command).start;
    let is_before = parsed.failure.is_some_and(|at| at < start) || parsed.plain.line[..start].contains("://");
    // The next command of a job, or a server that a later one asked.
    let behind = parsed.plain.line.get(parsed.plain.line_around(command).end..).unwrap_or_default();
    let goes_on = behind.starts_with("$ ") || behind.starts_with("+ ") || behind.contains(" $ ");
    let asks_another = parsed.hosts.iter().any(|host| host.contacted && host.at > command && !host.kind.is_aws());
    let is_counted = !parsed.statuses.is_empty();
    !is_before && !goes_on && !asks_another && !is_counted && !parsed.plain.tight.contains("loginsucceeded")
}

/// ECS prints the image's name where S3's URL was: the address, or the missing scheme, tells.
fn of_store(parsed: &Parsed) -> Option<Hop> {
    let private = parsed.hosts.iter().any(|host| host.kind.is_ecr()) || parsed.hosts.is_empty();
    let contacted = |wanted: fn(HostKind) -> bool| parsed.hosts.iter().any(|host| host.contacted && wanted(host.kind));
    let by_address = parsed.address_class() == Some(AddressClass::S3) && private;
    let by_url = parsed.has(Sign::LayerStore) || contacted(|kind| kind == HostKind::LayerStore);
    let unnamed = !contacted(|kind| kind != HostKind::LayerStore);
    // Without a name and with such an address nothing speaks for AWS.
    let of_stranger = parsed.hosts.is_empty() && is_foreign(parsed);
    let by_step = private
        && !of_stranger
        && unnamed
        && (parsed.has(Sign::Copy) && !parsed.has(Sign::ManifestPath) || parsed.has(Sign::Config));
    (by_address || by_url || by_step).then_some(Hop::LayerStore)
}
