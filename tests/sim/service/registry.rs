//! The private registry: OCI distribution, with ECR's challenge, ECR's refusals and ECR's redirects.

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
        // The name resolves whatever the first label is; what is no account gets this before anything is looked at.
        if !host.account.as_deref().is_some_and(is_account) {
            return (Some(Call::Registry), reply(400, "text/plain; charset=utf-8", "Bad Request\n"));
        }
        let presented = request.header("authorization");
        let read = path.strip_prefix("/v2/").and_then(|rest| {
            let manifest = rest.split_once("/manifests/").map(|(name, tail)| (Call::Manifest, name, tail));
            manifest.or_else(|| rest.split_once("/blobs/").map(|(name, tail)| (Call::Blob, name, tail)))
        });
        let call = match read {
            Some((call, ..)) => call,
            None if path.ends_with("/tags/list") => return (None, self.tags(request, host, presented, path)),
            None if path != "/v2/" => return (None, error_oci(404, "UNSUPPORTED", "not found")),
            None if presented.is_some() => Call::RegistryAuth,
            None => Call::Registry,
        };
        if let Some(refusal) = self.refused(request, presented) {
            return (Some(call), refusal);
        }
        let reply = match read {
            Some((Call::Manifest, repository, reference)) => self.manifest(request, host, repository, reference),
            Some((_, repository, digest)) => self.blob(request, host, repository, digest, now),
            None => versioned(reply(200, "application/json", "{}")),
        };
        (Some(call), reply)
    }

    /// The answer where no token is shown, or one that is not good. Only what is no login of the user `AWS` is
    /// challenged; a login with a token that the registry does not take is not.
    fn refused(&self, request: &Request, presented: Option<&str>) -> Option<Reply> {
        let basic = presented.and_then(|value| value.strip_prefix("Basic "));
        let token = self.world.credentials.token;
        let Some(login) = basic.filter(|login| login.starts_with(USER_AWS) && token != TokenKind::Stripped) else {
            return Some(challenge(&request.host));
        };
        let ours = login == secrets::registry_token();
        match token {
            TokenKind::Valid if ours => None,
            TokenKind::Expired if ours => {
                let message = "Your authorization token has expired. Reauthenticate and try again.";
                Some(versioned(error_oci(403, "DENIED", message)))
            }
            _ => Some(versioned(error_oci(400, "DENIED", "Your Authorization Token is invalid."))),
        }
    }

    /// The roles of these worlds may pull, and `ecr:ListImages` is no part of that.
    fn tags(&self, request: &Request, host: &Host, presented: Option<&str>, path: &str) -> Reply {
        let repository = path.trim_start_matches("/v2/").trim_end_matches("/tags/list");
        let message = format!(
            "User: {} is not authorized to perform: ecr:ListImages on resource: {} because no identity-based policy \
             allows the ecr:ListImages action",
            principal(&self.world),
            arn(host, repository),
        );
        self.refused(request, presented).unwrap_or_else(|| versioned(error_oci(403, "DENIED", &message)))
    }

    fn denied(&self, action: Action, host: &Host, repository: &str) -> Option<Reply> {
        let message = self.world.deny.message(action, Role::EcrDkr, &principal(&self.world), &arn(host, repository))?;
        Some(versioned(error_oci(403, "DENIED", &message)))
    }

    fn missing(&self, host: &Host, repository: &str) -> Option<Reply> {
        let registry = host.account.as_deref().unwrap_or_default();
        let exists = self.has_repository(registry, host.region.as_deref().unwrap_or_default(), repository);
        (!exists).then(|| versioned(error_oci(404, "NAME_UNKNOWN", &missing_repository(repository, registry))))
    }

    fn manifest(&self, request: &Request, host: &Host, repository: &str, reference: &str) -> Reply {
        let turned_down = self.denied(Action::BatchGetImage, host, repository);
        if let Some(reply) = turned_down.or_else(|| self.missing(host, repository)) {
            return reply;
        }
        if let Some(status) = self.world.image.key_unusable {
            // What the registry makes of the API's `KmsError` is not published.
            return versioned(error_oci(status, "DENIED", "the request could not be completed"));
        }
        let found = self.content.manifest(&self.world.image.tag, reference).filter(|_| !self.world.image.archived);
        let Some(object) = found else {
            return versioned(error_oci(404, "MANIFEST_UNKNOWN", "Requested image not found"));
        };
        let mut reply = versioned(reply(200, &object.media_type, self.manifest_bytes(object)));
        // ECR announces the digest to HEAD and not to GET.
        if request.method == "HEAD" {
            reply.headers.push(("Docker-Content-Digest".into(), object.digest.clone()));
            reply.headers.push(("Sizes".into(), String::new()));
        }
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

    fn blob(&self, request: &Request, host: &Host, repository: &str, digest: &str, now: i64) -> Reply {
        let turned_down = self.denied(Action::GetDownloadUrlForLayer, host, repository);
        if let Some(reply) = turned_down.or_else(|| self.missing(host, repository)) {
            return reply;
        }
        let Some(object) = self.content.blob(digest).filter(|_| !self.has_fault(digest, LayerFault::Missing)) else {
            return versioned(error_oci(404, "BLOB_UNKNOWN", "blob unknown to registry"));
        };
        if request.method == "HEAD" {
            let mut head = versioned(reply(200, &object.media_type, object.bytes.clone()));
            head.headers.push(("Docker-Content-Digest".into(), object.digest.clone()));
            return head;
        }
        let url = if self.has_fault(digest, LayerFault::RedirectLoop) {
            format!("https://{}{}", request.host, request.path)
        } else {
            self.presigned(digest, host.region.as_deref().unwrap_or_default(), now)
        };
        // A page, as Go's own server adds it: nobody may take it for a proxy's.
        let page = format!("<a href=\"{}\">Temporary Redirect</a>.\n\n", url.replace('&', "&amp;"));
        let mut reply = versioned(reply(307, "text/html; charset=utf-8", page));
        reply.headers.push(("Location".into(), url));
        reply
    }
}

/// How a login begins in base64 whose user is `AWS`: these letters and the colon.
const USER_AWS: &str = "QVdTO";

fn is_account(label: &str) -> bool {
    label.len() == 12 && label.bytes().all(|byte| byte.is_ascii_digit())
}

fn arn(host: &Host, repository: &str) -> String {
    let region = host.region.as_deref().unwrap_or_default();
    let registry = host.account.as_deref().unwrap_or_default();
    format!("arn:{}:ecr:{region}:{registry}:repository/{repository}", partition(region))
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
