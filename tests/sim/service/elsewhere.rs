//! Registries that are not private ECR, and their token services (distribution, "Token Authentication Specification").

use std::sync::atomic::Ordering;

use ecr_probe::wire::Reply;
use serde_json::json;

use super::super::aws::Host;
use super::super::secrets;
use super::super::world::{Call, LayerFault};
use super::registry::versioned;
use super::{Request, Served, Services, error_oci, reply};

/// What public ECR and Docker Hub have.
const PUBLIC: [(&str, &str); 3] = [
    ("public.ecr.aws", "nginx/nginx"),
    ("public.ecr.aws", "aws-observability/aws-otel-collector"),
    ("registry-1.docker.io", "library/nginx"),
];
const TAGS: [&str; 2] = ["1.27", "latest"];

/// What the other registry of the world has.
const OTHER: (&str, &str) = ("team/app", "v1");

/// As at Docker Hub.
const TOKEN_LIFE_S: i64 = 300;

impl Services {
    pub(super) fn elsewhere(&self, request: &Request, host: &Host, now: i64) -> (Option<Call>, Served) {
        let path = request.path.split('?').next().unwrap_or_default();
        if host.token_service || path.starts_with("/token") {
            return (Some(Call::RegistryToken), self.grant(request, now).into());
        }
        let read = path.strip_prefix("/v2/").and_then(|rest| {
            let manifest = rest.split_once("/manifests/").map(|(name, tail)| (Call::Manifest, name, tail));
            manifest.or_else(|| rest.split_once("/blobs/").map(|(name, tail)| (Call::Blob, name, tail)))
        });
        let Some((call, repository, tail)) = read else {
            let admitted = self.is_open(request) || self.shows_a_token(request, None, now);
            return match path {
                "/v2/" if admitted => (Some(Call::Registry), versioned(reply(200, "application/json", "{}")).into()),
                "/v2/" => (Some(Call::Registry), self.challenge(&request.host).into()),
                _ => (None, error_oci(404, "UNSUPPORTED", "not found").into()),
            };
        };
        if !(self.is_open(request) || self.shows_a_token(request, Some(repository), now)) {
            let is_old = request.host == "public.ecr.aws" && request.header("authorization").is_some();
            return if is_old {
                (Some(call), public_ecr(400, INVALID_TOKEN).into())
            } else {
                (Some(call), self.challenge(&request.host).into())
            };
        }
        let tags = tags(self, &request.host, repository);
        let served = match call {
            // Docker Hub tells no anonymous client whether there is such a repository.
            _ if tags.is_empty() && request.host == "registry-1.docker.io" => self.challenge(&request.host).into(),
            _ if tags.is_empty() => {
                let message = format!("The repository with name '{repository}' does not exist in the registry");
                versioned(error_oci(404, "NAME_UNKNOWN", &message)).into()
            }
            Call::Manifest => self.public_manifest(request, &tags, tail).into(),
            // Public ECR tells nobody by HEAD whether it has a blob.
            _ if request.host == "public.ecr.aws" && request.method == "HEAD" => self.challenge(&request.host).into(),
            _ => self.public_blob(request, tail, now),
        };
        (Some(call), served)
    }

    fn is_open(&self, request: &Request) -> bool {
        self.world.elsewhere.open && self.world.elsewhere.host.as_deref() == Some(request.host.as_str())
    }

    /// Whether it is a token of ours, and for this repository. Whatever else comes is for somebody else.
    fn shows_a_token(&self, request: &Request, repository: Option<&str>, now: i64) -> bool {
        let Some(presented) = request.header("authorization") else { return false };
        let token = presented.strip_prefix("Bearer ").unwrap_or_default();
        if !token.starts_with(secrets::BEARER) {
            self.stray_credentials.fetch_add(1, Ordering::Relaxed);
        }
        let granted_at = token.rsplit('.').next().and_then(|text| text.parse().ok());
        let is_good = |at: i64, repository| now - at < self.token_life_s() && token == secrets::bearer(repository, at);
        repository.is_none_or(|repository| granted_at.is_some_and(|at| is_good(at, repository)))
    }

    fn token_life_s(&self) -> i64 {
        self.world.elsewhere.token_life_s.unwrap_or(TOKEN_LIFE_S)
    }

    fn challenge(&self, host: &str) -> Reply {
        let (realm, service) = match host {
            "registry-1.docker.io" => ("auth.docker.io/token".to_owned(), "registry.docker.io"),
            "public.ecr.aws" => ("public.ecr.aws/token/".to_owned(), host),
            _ => (format!("{}/token", self.world.elsewhere.token_service.as_deref().unwrap_or(host)), host),
        };
        let (mut reply, scope) = match host {
            "public.ecr.aws" => (public_ecr(401, NO_TOKEN), ",scope=\"aws\""),
            _ => (versioned(error_oci(401, "UNAUTHORIZED", "authentication required")), ""),
        };
        let value = format!("Bearer realm=\"https://{realm}\",service=\"{service}\"{scope}");
        reply.headers.push(("Www-Authenticate".into(), value));
        reply
    }

    /// Anonymous clients get a token for whatever they ask, as at Docker Hub: what it opens is another matter.
    fn grant(&self, request: &Request, now: i64) -> Reply {
        if request.header("authorization").is_some() {
            self.stray_credentials.fetch_add(1, Ordering::Relaxed);
        }
        let scope = request.query("scope").unwrap_or_default();
        let repository = scope.strip_prefix("repository:").and_then(|rest| rest.strip_suffix(":pull"));
        match (request.query("service"), repository) {
            (Some(_), Some(repository)) => {
                let answer = json!({ "token": secrets::bearer(repository, now), "expires_in": self.token_life_s() });
                reply(200, "application/json", answer.to_string())
            }
            _ => error_oci(400, "UNSUPPORTED", "service and scope are wanted"),
        }
    }

    fn public_manifest(&self, request: &Request, tags: &[&str], reference: &str) -> Reply {
        let tag = tags.iter().find(|tag| **tag == reference).unwrap_or(&"");
        let Some(object) = self.content.manifest(tag, reference).filter(|_| !reference.is_empty()) else {
            return versioned(error_oci(404, "MANIFEST_UNKNOWN", "manifest unknown"));
        };
        let mut reply = versioned(reply(200, &object.media_type, self.manifest_bytes(object)));
        // Docker Hub announces it always, public ECR to HEAD only.
        if request.host != "public.ecr.aws" || request.method == "HEAD" {
            reply.headers.push(("Docker-Content-Digest".into(), object.digest.clone()));
        }
        reply
    }

    fn public_blob(&self, request: &Request, digest: &str, now: i64) -> Served {
        let Some(object) = self.content.blob(digest).filter(|_| !self.has_fault(digest, LayerFault::Missing)) else {
            return versioned(error_oci(404, "BLOB_UNKNOWN", "blob unknown to registry")).into();
        };
        let store = match request.host.as_str() {
            "public.ecr.aws" => "d5l0dvt14r5h8.cloudfront.net",
            "registry-1.docker.io" => "production.cloudflare.docker.com",
            _ => match self.world.elsewhere.store.as_deref() {
                Some(store) => store,
                None => return self.layer(object, request),
            },
        };
        let mut reply = versioned(reply(307, "text/plain; charset=utf-8", ""));
        reply.headers.push(("Location".into(), self.presigned_at(store, digest, "us-east-1", now)));
        reply.into()
    }
}

/// Public ECR's own texts, byte for byte: the keys stand in another order where the token is bad.
const NO_TOKEN: &str = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"Not Authorized\"}]}\n";
const INVALID_TOKEN: &str =
    "{\"errors\":[{\"message\":\"Your Authorization Token is invalid.\",\"code\":\"DENIED\"}]}\n";

fn public_ecr(status: u16, body: &str) -> Reply {
    versioned(reply(status, "application/json; charset=utf-8", body))
}

fn tags<'s>(services: &'s Services, host: &str, repository: &str) -> Vec<&'s str> {
    let other = services.world.elsewhere.host.as_deref() == Some(host) && repository == OTHER.0;
    if other {
        vec![OTHER.1]
    } else if PUBLIC.contains(&(host, repository)) {
        TAGS.to_vec()
    } else {
        Vec::new()
    }
}
