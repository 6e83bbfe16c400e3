//! The ECR API: AWS JSON 1.1, operations by `X-Amz-Target`.

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;
use serde_json::{Value, json};

use super::super::aws::{Host, domains, partition};
use super::super::secrets;
use super::super::world::{ACCOUNT, Action, Call, LayerFault, TokenKind};
use super::{Request, Services, aws_json, error_json, principal, reply, signature_problem};

const TARGET: &str = "AmazonEC2ContainerRegistry_V20150921.";
const TOKEN_LIFE_S: i64 = 12 * 3600;

impl Services {
    pub(super) fn api(&self, request: &Request, host: &Host, now: i64) -> (Option<Call>, Reply) {
        let operation = request.header("x-amz-target").unwrap_or_default().strip_prefix(TARGET);
        let (call, action) = match operation {
            Some("GetAuthorizationToken") => (Call::Token, Action::GetAuthorizationToken),
            Some("BatchGetImage") => (Call::ApiManifest, Action::BatchGetImage),
            Some("GetDownloadUrlForLayer") => (Call::ApiLayerUrl, Action::GetDownloadUrlForLayer),
            // Such as `GET /v2/` with a login, by somebody who took this host for the registry.
            _ => return (None, reply(403, "text/plain; charset=utf-8", "Forbidden\n")),
        };
        let reply = match signature_problem(request, host, now) {
            Some((code, message)) => error_json(400, code, &message),
            None => self.permitted(action, request, host, now),
        };
        (Some(call), reply)
    }

    fn permitted(&self, action: Action, request: &Request, host: &Host, now: i64) -> Reply {
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let region = host.region.as_deref().unwrap_or_default();
        let registry = asked["registryId"].as_str().unwrap_or(ACCOUNT);
        let repository = asked["repositoryName"].as_str().unwrap_or_default();
        let resource = match action {
            Action::GetAuthorizationToken => "*".to_owned(),
            _ => format!("arn:{}:ecr:{region}:{registry}:repository/{repository}", partition(region)),
        };
        let denied = self.world.deny.message(action, Role::EcrApi, &principal(&self.world), &resource);
        if let Some(message) = denied {
            return error_json(400, "AccessDeniedException", &message);
        }
        if action == Action::GetAuthorizationToken {
            return self.token(region, now);
        }
        if !self.has_repository(registry, region, repository) {
            let message = missing_repository(repository, registry);
            return error_json(400, "RepositoryNotFoundException", &message);
        }
        match action {
            Action::BatchGetImage => self.batch_get_image(&asked, registry, repository),
            _ => self.download_url(&asked, region, now),
        }
    }

    fn token(&self, region: &str, now: i64) -> Reply {
        let region = match self.world.credentials.token {
            TokenKind::OtherRegion if region == "us-east-1" => "eu-west-1",
            TokenKind::OtherRegion => "us-east-1",
            _ => region,
        };
        let data = json!({
            "authorizationToken": secrets::registry_token(),
            "expiresAt": now + TOKEN_LIFE_S,
            "proxyEndpoint": format!("https://{ACCOUNT}.dkr.ecr.{region}.{}", domains(region).ipv4),
        });
        aws_json(200, &json!({ "authorizationData": [data] }))
    }

    fn batch_get_image(&self, asked: &Value, registry: &str, repository: &str) -> Reply {
        let id = &asked["imageIds"][0];
        let reference = id["imageDigest"].as_str().or(id["imageTag"].as_str()).unwrap_or_default();
        if self.world.image.key_unusable.is_some() {
            let reason = "The KMS key of the repository is disabled";
            let failure = json!({ "imageId": id, "failureCode": "KmsError", "failureReason": reason });
            return aws_json(200, &json!({ "images": [], "failures": [failure] }));
        }
        let found = self.content.manifest(&self.world.image.tag, reference).filter(|_| !self.world.image.archived);
        let Some(object) = found else {
            let reason = "Requested image not found";
            let failure = json!({ "imageId": id, "failureCode": "ImageNotFound", "failureReason": reason });
            return aws_json(200, &json!({ "images": [], "failures": [failure] }));
        };
        let image = json!({
            "registryId": registry,
            "repositoryName": repository,
            "imageId": { "imageDigest": object.digest, "imageTag": id["imageTag"] },
            "imageManifest": String::from_utf8_lossy(&object.bytes),
            "imageManifestMediaType": object.media_type,
        });
        aws_json(200, &json!({ "images": [image], "failures": [] }))
    }

    fn download_url(&self, asked: &Value, region: &str, now: i64) -> Reply {
        let digest = asked["layerDigest"].as_str().unwrap_or_default();
        let missing = self.has_fault(digest, LayerFault::Missing);
        match self.content.blob(digest).filter(|_| !missing) {
            Some(_) => {
                let url = self.presigned(digest, region, now);
                aws_json(200, &json!({ "downloadUrl": url, "layerDigest": digest }))
            }
            None => {
                let message = format!("The layer with digest '{digest}' does not exist");
                error_json(400, "LayersNotFoundException", &message)
            }
        }
    }
}

pub fn missing_repository(repository: &str, registry: &str) -> String {
    format!("The repository with name '{repository}' does not exist in the registry with id '{registry}'")
}
