//! What ECS would print for a finding, so that a reader can match it to what the console showed.
//!
//! The forms are those that Fargate platform version 1.4 has been seen to print; numbers of
//! retries and the wording around them vary from version to version.

use std::net::SocketAddr;

use super::Case;
use crate::image::{Reference, Registry};
use crate::model::outcome::{
    ConnectOutcome, HandshakeOutcome, LayerBytesOutcome, LayerUrlOutcome, ManifestOutcome, NoAnswer, ReferenceOutcome,
    RegistryTokenOutcome, Rejection, ResolveOutcome, TokenOutcome,
};
use crate::model::{Act, EvidenceId, Observation, Role, Target};

const NO_TOKEN: &str = "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, ";
const NO_MANIFEST: &str =
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref";
const NO_LAYER: &str =
    "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open:";
const NO_LOGS: &str = "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed";
const NO_SECRET: &str = "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. … context deadline exceeded";
const NO_PARAMETER: &str = "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network configuration. … context deadline exceeded";

const NO_SPACE: &str = "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:…: write /var/lib/containerd/…: no space left on device: unknown";

/// Where Docker Hub's manifests come from.
const DOCKER_HUB: &str = "registry-1.docker.io";

/// The message of the step that fails first among the cited observations, where it is known.
pub fn predict(case: &Case<'_>, cites: &[EvidenceId]) -> Option<String> {
    let order = |target: &Target| match target.role {
        Role::EcrApi => 0,
        Role::Registry if is_token_service(case, target) => 2,
        Role::EcrDkr | Role::Registry => 1,
        Role::S3 | Role::Cdn => 3,
        _ => 4,
    };
    // No step of the check failed: it writes nothing to the disk.
    if cites.iter().any(|id| case.evidence.get(*id).is_some_and(|it| matches!(it.act, Act::Disk(_)))) {
        return Some(NO_SPACE.to_owned());
    }
    let failed = case.symptoms().filter(|it| cites.contains(&it.id));
    let first = failed.min_by_key(|it| (it.target.as_ref().map_or(4, order), it.id))?;
    message(case, first)
}

fn message(case: &Case<'_>, failed: &Observation) -> Option<String> {
    let host = failed.target.as_ref().map_or("", |target| target.host.as_str());
    match &failed.act {
        Act::Resolve(outcome) => unsent(case, failed, &format!("dial tcp: {}", lookup(case, failed, outcome)?)),
        Act::Connect(outcome) => {
            let port = failed.target.as_ref()?.port;
            unsent(case, failed, &format!("dial tcp {}: {}", SocketAddr::new(failed.address?, port), dialled(outcome)?))
        }
        Act::Handshake(outcome) => unsent(case, failed, &shaken(host, failed, outcome)?),
        Act::Token(TokenOutcome::Rejected(why)) => Some(no_token(why)),
        Act::Token(TokenOutcome::NoAnswer(why)) => unsent(case, failed, unanswered(why)?),
        Act::Manifest(ManifestOutcome::Rejected(why)) if why.status == 404 => {
            let image = image(case, failed)?;
            Some(format!("{NO_MANIFEST} {image}: {image}: not found"))
        }
        // Docker Hub does not tell an anonymous client whether there is such a repository.
        Act::Manifest(ManifestOutcome::Rejected(why)) if why.status == 401 && host == DOCKER_HUB => Some(format!(
            "{NO_MANIFEST} {}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
            image(case, failed)?
        )),
        // What another registry's challenge says beside it is not known.
        Act::Manifest(ManifestOutcome::Rejected(why)) if why.status == 401 && failed.is_elsewhere() => None,
        Act::RegistryToken(RegistryTokenOutcome::Rejected(why)) => Some(format!(
            "{NO_MANIFEST} {}: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://{host}/…: {}",
            image(case, failed)?,
            status(why)
        )),
        Act::Manifest(ManifestOutcome::Rejected(why)) => {
            let (image, path) = (image(case, failed)?, manifest_path(failed)?);
            Some(format!(
                "{NO_MANIFEST} {image}: unexpected status from HEAD request to https://{host}{path}: {}",
                status(why)
            ))
        }
        Act::Manifest(ManifestOutcome::NoAnswer(why)) => unsent(case, failed, unanswered(why)?),
        Act::Manifest(ManifestOutcome::NoPlatform { wanted, .. }) => Some(format!(
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform '{wanted}'"
        )),
        Act::LayerUrl(LayerUrlOutcome::Rejected(why)) | Act::LayerBytes(LayerBytesOutcome::Rejected(why)) => {
            Some(format!("{NO_LAYER} unexpected status code {}: {}", image(case, failed)?, status(why)))
        }
        Act::LayerBytes(LayerBytesOutcome::NoAnswer(why)) => unsent(case, failed, unanswered(why)?),
        Act::LayerBytes(LayerBytesOutcome::LengthMismatch { expected, received }) => Some(format!(
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: failed size validation: {received} != {expected}"
        )),
        Act::LayerBytes(LayerBytesOutcome::Broken { why, .. }) => Some(format!(
            "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: {}",
            match why {
                NoAnswer::Closed => "unexpected EOF",
                NoAnswer::Reset => "read: connection reset by peer",
                _ => "context canceled",
            }
        )),
        _ => None,
    }
}

/// A request that was not sent, in the words of the step that wanted to.
fn unsent(case: &Case<'_>, failed: &Observation, error: &str) -> Option<String> {
    let target = failed.target.as_ref()?;
    let host = &target.host;
    Some(match target.role {
        // What ECS prints then has not been seen.
        Role::Registry if is_token_service(case, target) => return None,
        Role::EcrApi => format!("{NO_TOKEN}Post \"https://{host}/\": {error}"),
        Role::EcrDkr | Role::Registry => {
            let image = image(case, failed)?;
            let path = Reference::parse(&image)
                .map_or(String::new(), |it| format!("/v2/{}/manifests/{}", it.repository, it.selector()));
            format!("{NO_MANIFEST} {image}: failed to do request: Head \"https://{host}{path}\": {error}")
        }
        // ECS puts the image in the place of the layer's URL.
        Role::S3 => format!("{NO_LAYER} failed to do request: Get {}: {error}", image(case, failed)?),
        Role::Cdn => format!("{NO_LAYER} failed to do request: Get \"https://{host}/…\": {error}"),
        Role::Logs => NO_LOGS.to_owned(),
        Role::SecretsManager => NO_SECRET.to_owned(),
        Role::Ssm => NO_PARAMETER.to_owned(),
        Role::Sts | Role::Kms => return None,
    })
}

/// The image that the failed step is about. Docker Hub's have their whole names there.
fn image(case: &Case<'_>, failed: &Observation) -> Option<String> {
    let text = image_as_given(case, failed)?;
    let whole = Reference::parse(text).ok().filter(|it| it.registry == Registry::DockerHub).map(|it| {
        let before = if it.tag.is_some() { ':' } else { '@' };
        format!("{}/{}{before}{}", it.host, it.repository, it.selector_text())
    });
    Some(whole.unwrap_or_else(|| text.to_owned()))
}

/// The image that the step was done for; of what serves several the first, by registry or by kind.
fn image_as_given<'e>(case: &Case<'e>, failed: &'e Observation) -> Option<&'e str> {
    if failed.image.is_some() {
        return failed.image.as_deref();
    }
    let host = failed.target.as_ref().map_or("", |target| target.host.as_str());
    let of_kind: Vec<&str> =
        references(case, |outcome| matches!(outcome, ReferenceOutcome::Ecr { .. }) != failed.is_elsewhere());
    // `nginx` is `library/nginx` to the registry.
    let subject = failed.subject.as_deref().filter(|_| failed.is_elsewhere());
    let by_name = |image: &&&str| subject.is_some_and(|it| is_name_of(it, image));
    let of_host = |image: &&&str| image.starts_with(host);
    let found = of_kind.iter().find(by_name).or_else(|| of_kind.iter().find(of_host)).or(of_kind.first());
    found.copied().or_else(|| references(case, |_| true).first().copied())
}

/// Whether `subject`, a repository with a tag or without, is what the end of an image's name says.
fn is_name_of(subject: &str, image: &str) -> bool {
    let before = |whole: &str, end: &str| whole.strip_suffix(end).is_some_and(|it| it.is_empty() || it.ends_with('/'));
    let repository = image.rsplit_once(':').map_or(image, |(name, _)| name);
    before(image, subject) || before(repository, subject) || before(subject, image)
}

fn references<'e>(case: &Case<'e>, fits: impl Fn(&ReferenceOutcome) -> bool) -> Vec<&'e str> {
    let images = case.evidence.iter().filter(|it| matches!(&it.act, Act::Reference(outcome) if fits(outcome)));
    images.filter_map(|it| it.subject.as_deref()).collect()
}

/// Whether no image is of this host: then a registry's challenge led there.
fn is_token_service(case: &Case<'_>, target: &Target) -> bool {
    let images = references(case, |_| true);
    !images.iter().any(|image| Reference::parse(image).is_ok_and(|image| image.contact_host() == target.host))
}

/// `repository:tag` or `repository@digest` as the path of its manifest.
fn path_of(rest: &str) -> String {
    let (repository, reference) = rest.split_once('@').or_else(|| rest.rsplit_once(':')).unwrap_or((rest, "latest"));
    format!("/v2/{repository}/manifests/{reference}")
}

fn manifest_path(failed: &Observation) -> Option<String> {
    failed.subject.as_deref().map(path_of)
}

fn no_token(why: &Rejection) -> String {
    let (code, message) = (why.code.as_deref().unwrap_or("UnknownError"), why.message.as_deref().unwrap_or_default());
    let id = why.request_id.as_deref().unwrap_or_default();
    format!(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: {}, RequestID: {id}, api error {code}: {message}",
        why.status
    )
}

fn status(why: &Rejection) -> String {
    let reason = http::StatusCode::from_u16(why.status).ok().and_then(|status| status.canonical_reason());
    format!("{} {}", why.status, reason.unwrap_or_default()).trim_end().to_owned()
}

/// Go's resolver.
fn lookup(case: &Case<'_>, failed: &Observation, outcome: &ResolveOutcome) -> Option<String> {
    let (host, server) = (&failed.target.as_ref()?.host, failed.address?);
    // The port that was asked, which `--dns-server` may set.
    let asked = case.vantage.dns_servers.iter().find(|it| it.ip() == server).copied();
    let server = asked.unwrap_or(SocketAddr::new(server, 53));
    let why = match outcome {
        ResolveOutcome::NxDomain { .. } | ResolveOutcome::NoData { .. } => "no such host",
        ResolveOutcome::ServerFailure | ResolveOutcome::Refused | ResolveOutcome::OtherError { .. } => {
            "server misbehaving"
        }
        ResolveOutcome::TimedOut => "i/o timeout",
        ResolveOutcome::PortClosed => "connection refused",
        _ => return None,
    };
    Some(format!("lookup {host} on {server}: {why}"))
}

/// Go's dialer.
fn dialled(outcome: &ConnectOutcome) -> Option<&'static str> {
    Some(match outcome {
        ConnectOutcome::TimedOut => "i/o timeout",
        ConnectOutcome::Refused => "connect: connection refused",
        ConnectOutcome::Reset => "connect: connection reset by peer",
        ConnectOutcome::HostUnreachable => "connect: no route to host",
        ConnectOutcome::NetworkUnreachable => "connect: network is unreachable",
        ConnectOutcome::Forbidden => "connect: permission denied",
        ConnectOutcome::Connected { .. } | ConnectOutcome::NotSent { .. } | ConnectOutcome::Failed { .. } => {
            return None;
        }
    })
}

/// Go's crypto/tls.
fn shaken(host: &str, failed: &Observation, outcome: &HandshakeOutcome) -> Option<String> {
    let verify = "tls: failed to verify certificate: x509:";
    Some(match outcome {
        HandshakeOutcome::UnknownIssuer { .. } => format!("{verify} certificate signed by unknown authority"),
        HandshakeOutcome::NameMismatch { certificate } => {
            let names = certificate.as_ref().map(|it| it.names.join(", ")).unwrap_or_default();
            format!("{verify} certificate is valid for {names}, not {host}")
        }
        HandshakeOutcome::Expired { .. } | HandshakeOutcome::NotYetValid { .. } => {
            format!("{verify} certificate has expired or is not yet valid")
        }
        HandshakeOutcome::NotTls => "http: server gave HTTP response to HTTPS client".to_owned(),
        HandshakeOutcome::Reset => format!("read tcp ->{}:443: read: connection reset by peer", failed.address?),
        HandshakeOutcome::Closed => "EOF".to_owned(),
        HandshakeOutcome::TimedOut => "net/http: TLS handshake timeout".to_owned(),
        HandshakeOutcome::NoCommonParameters { .. } => "remote error: tls: handshake failure".to_owned(),
        _ => return None,
    })
}

/// Go's net/http.
fn unanswered(why: &NoAnswer) -> Option<&'static str> {
    Some(match why {
        NoAnswer::TimedOut => "context deadline exceeded",
        NoAnswer::Reset => "read: connection reset by peer",
        NoAnswer::Closed => "EOF",
        _ => return None,
    })
}
