//! Requests as the AWS SDK makes them, and its reading of the answers.

use ecr_probe::edge::{Endpoint, ManifestQuery};
use ecr_probe::model::outcome::{CallerOutcome, LayerUrlOutcome, ManifestOutcome, TokenOutcome};
use ecr_probe::wire::oci::{Found, read_manifest};
use ecr_probe::wire::{LayerUrl, RegistryToken, Reply, registry, rejection, scrub};
use serde_json::Value;

use super::super::secrets;
use super::super::service::{Request, amz_date};
use super::super::world::CredentialKind;
use super::exchange::Answer;

pub fn get(endpoint: &Endpoint, path: &str) -> Request {
    Request { method: "GET".into(), host: endpoint.target.host.clone(), path: path.into(), ..Request::default() }
}

pub fn get_with(token: Option<&RegistryToken>, endpoint: &Endpoint, path: &str) -> Request {
    let mut request = get(endpoint, path);
    request.headers.extend(token.map(|token| ("Authorization".into(), token.header_value().into())));
    request
}

pub fn api_request(api: &Endpoint, operation: &str, asked: &Value) -> Request {
    let target = format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
    Request {
        method: "POST".into(),
        headers: vec![("X-Amz-Target".into(), target)],
        body: asked.to_string().into_bytes(),
        ..get(api, "/")
    }
}

pub fn caller_request(sts: &Endpoint) -> Request {
    let body = b"Action=GetCallerIdentity&Version=2011-06-15".to_vec();
    Request { method: "POST".into(), body, ..get(sts, "/") }
}

/// Signs as far as the simulated AWS looks: key, scope and time.
pub fn sign(request: &mut Request, kind: CredentialKind, service: &str, region: &str, now: i64) {
    let (key, date) = (secrets::access_key(kind), amz_date(now));
    let scope = format!("{key}/{}/{region}/{service}/aws4_request", &date[..8]);
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={}", "0".repeat(64));
    request.headers.push(("Authorization".into(), authorization));
    request.headers.push(("X-Amz-Date".into(), date));
    request.headers.push(("X-Amz-Security-Token".into(), secrets::SESSION_TOKEN.into()));
}

/// A success in JSON; whatever is none, is a rejection.
fn json(reply: &Reply) -> Option<Value> {
    (reply.status == 200).then(|| serde_json::from_slice(&reply.body).ok()).flatten()
}

pub fn caller(answer: Answer) -> CallerOutcome {
    let (reply, now) = match answer {
        Ok(answer) => answer,
        Err(why) => return CallerOutcome::NoAnswer(why),
    };
    let text = String::from_utf8_lossy(&reply.body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    match (reply.status, element("Arn"), element("Account")) {
        (200, Some(arn), Some(account)) => CallerOutcome::Known { arn, account },
        _ => CallerOutcome::Rejected(rejection(&reply, now)),
    }
}

pub fn token(answer: Answer) -> (TokenOutcome, Option<RegistryToken>) {
    let (reply, now) = match answer {
        Ok(answer) => answer,
        Err(why) => return (TokenOutcome::NoAnswer(why), None),
    };
    let Some(output) = json(&reply) else { return (TokenOutcome::Rejected(rejection(&reply, now)), None) };
    let data = &output["authorizationData"][0];
    match data["authorizationToken"].as_str() {
        Some(token) => {
            let valid_for_s = data["expiresAt"].as_i64().map(|at| at - now);
            let registry = data["proxyEndpoint"].as_str().map(scrub);
            (TokenOutcome::Issued { valid_for_s, registry }, Some(RegistryToken::basic(token)))
        }
        None => (TokenOutcome::Malformed { reason: "the answer holds no token".into() }, None),
    }
}

pub fn manifest(answer: Answer, query: &ManifestQuery) -> (ManifestOutcome, Option<Found>) {
    let (reply, now) = match answer {
        Ok(answer) => answer,
        Err(why) => return (ManifestOutcome::NoAnswer(why), None),
    };
    let Some(output) = json(&reply) else { return (ManifestOutcome::Rejected(rejection(&reply, now)), None) };
    if let Some(failure) = output["failures"].get(0) {
        let code = failure["failureCode"].as_str().unwrap_or_default().to_owned();
        return (ManifestOutcome::Failure { code, reason: failure["failureReason"].as_str().map(scrub) }, None);
    }
    let image = &output["images"][0];
    match image["imageManifest"].as_str() {
        Some(manifest) => read_manifest(
            manifest.as_bytes(),
            image["imageManifestMediaType"].as_str(),
            image["imageId"]["imageDigest"].as_str(),
            query.expected.as_ref(),
            &query.platform,
        ),
        None => (ManifestOutcome::Unsupported { reason: "the answer holds no manifest".into() }, None),
    }
}

pub fn layer_url(answer: Answer) -> (LayerUrlOutcome, Option<LayerUrl>) {
    let (reply, now) = match answer {
        Ok(answer) => answer,
        Err(why) => return (LayerUrlOutcome::NoAnswer(why), None),
    };
    let Some(output) = json(&reply) else { return (LayerUrlOutcome::Rejected(rejection(&reply, now)), None) };
    match output["downloadUrl"].as_str() {
        Some(url) => registry::api_url(url),
        None => (LayerUrlOutcome::BadRedirect { reason: "the answer holds no URL".into() }, None),
    }
}
