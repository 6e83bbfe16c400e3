//! The private registry: OCI distribution, with ECR's challenge and ECR's redirects.

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;

use super::super::aws::{Host, partition};
use super::super::content::Object;
use super::super::secrets;
use super::super::world::{Action, Call, LayerFault, TokenKind};
use super::api::missing_repository;
use super::{Request, Services, error_oci, principal, reply};

impl Services {
    pub(super) fn registry(&self, request: &Request, host: &Host, now: i64) -> (Option<Call>, Reply) {
        let path = request.path.split('?').next().unwrap_or_default();
        let presented = request.header("authorization");
        let read = path.strip_prefix("/v2/").and_then(|rest| {
            let manifest = rest.split_once("/manifests/").map(|(name, tail)| (Call::Manifest, name, tail));
            manifest.or_else(|| rest.split_once("/blobs/").map(|(name, tail)| (Call::Blob, name, tail)))
        });
        let call = match read {
            Some((call, ..)) => call,
            None if path != "/v2/" => return (None, error_oci(404, "UNSUPPORTED", "not found")),
            None if presented.is_some() => Call::RegistryAuth,
            None => Call::Registry,
        };
        if let Some(refusal) = self.refused(request, presented) {
            return (Some(call), refusal);
        }
        let reply = match read {
            Some((Call::Manifest, repository, reference)) => self.manifest(host, repository, reference),
            Some((_, repository, digest)) => self.blob(host, repository, digest, now),
            None => versioned(reply(200, "application/json", "{}")),
        };
        (Some(call), reply)
    }

    /// The answer to whoever shows no token, or one that is not good.
    fn refused(&self, request: &Request, presented: Option<&str>) -> Option<Reply> {
        let ours = presented.and_then(|value| value.strip_prefix("Basic ")) == Some(&secrets::registry_token());
        match self.world.credentials.token {
            TokenKind::Valid if ours => None,
            TokenKind::Expired if ours => {
                let message = "Your authorization token has expired. Reauthenticate and try again.";
                Some(versioned(error_oci(403, "DENIED", message)))
            }
            _ => Some(challenge(&request.host)),
        }
    }

    fn denied(&self, action: Action, host: &Host, repository: &str) -> Option<Reply> {
        let region = host.region.as_deref().unwrap_or_default();
        let registry = host.account.as_deref().unwrap_or_default();
        let resource = format!("arn:{}:ecr:{region}:{registry}:repository/{repository}", partition(region));
        let message = self.world.deny.message(action, Role::EcrDkr, &principal(&self.world), &resource)?;
        Some(versioned(error_oci(403, "DENIED", &message)))
    }

    fn missing(&self, host: &Host, repository: &str) -> Option<Reply> {
        let registry = host.account.as_deref().unwrap_or_default();
        let exists = self.has_repository(registry, host.region.as_deref().unwrap_or_default(), repository);
        (!exists).then(|| versioned(error_oci(404, "NAME_UNKNOWN", &missing_repository(repository, registry))))
    }

    fn manifest(&self, host: &Host, repository: &str, reference: &str) -> Reply {
        let turned_down = self.denied(Action::BatchGetImage, host, repository);
        if let Some(reply) = turned_down.or_else(|| self.missing(host, repository)) {
            return reply;
        }
        let Some(object) = self.content.manifest(&self.world.image.tag, reference) else {
            return versioned(error_oci(404, "MANIFEST_UNKNOWN", "Requested image not found"));
        };
        let mut reply = versioned(reply(200, &object.media_type, self.manifest_bytes(object)));
        reply.headers.push(("Docker-Content-Digest".into(), object.digest.clone()));
        reply
    }

    /// The manifest's bytes as they arrive.
    pub(super) fn manifest_bytes(&self, object: &Object) -> Vec<u8> {
        let mut bytes = object.bytes.clone();
        if self.world.image.wrong_manifest_digest {
            // What a mirror does that reads the JSON and writes it anew.
            bytes.push(b'\n');
        }
        bytes
    }

    fn blob(&self, host: &Host, repository: &str, digest: &str, now: i64) -> Reply {
        let turned_down = self.denied(Action::GetDownloadUrlForLayer, host, repository);
        if let Some(reply) = turned_down.or_else(|| self.missing(host, repository)) {
            return reply;
        }
        if self.content.blob(digest).is_none() || self.has_fault(digest, LayerFault::Missing) {
            return versioned(error_oci(404, "BLOB_UNKNOWN", "blob unknown to registry"));
        }
        let region = host.region.as_deref().unwrap_or_default();
        let mut reply = versioned(reply(307, "text/plain; charset=utf-8", ""));
        reply.headers.push(("Location".into(), self.presigned(digest, region, now)));
        reply
    }
}

pub(super) fn versioned(mut reply: Reply) -> Reply {
    reply.headers.push(("Docker-Distribution-Api-Version".into(), "registry/2.0".into()));
    reply
}

fn challenge(host: &str) -> Reply {
    let mut reply = versioned(reply(401, "text/plain; charset=utf-8", "Not Authorized\n"));
    let value = format!("Basic realm=\"https://{host}/\",service=\"ecr.amazonaws.com\"");
    reply.headers.push(("Www-Authenticate".into(), value));
    reply
}
