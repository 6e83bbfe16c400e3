//! The registry's HTTP: `GET /v2/`, manifests, and where blobs are.

use http::header::{ACCEPT, AUTHORIZATION};

use super::http::{ERROR_LIMIT, MANIFEST_LIMIT, Peer, Want, get, no_body, receive, send};
use super::network::Network;
use super::{Endpoint, ManifestQuery, Wait};
use crate::model::outcome::{LayerUrlOutcome, ManifestOutcome, NoAnswer, RegistryOutcome, RegistryTokenOutcome};
use crate::wire::oci::{self, Digest, Found};
use crate::wire::{LayerUrl, RegistryToken, Reply, TokenService, registry};

/// `GET /v2/` (OCI distribution specification, end-1).
pub async fn base(network: &Network, endpoint: &Endpoint, token: Option<&RegistryToken>, now: i64) -> RegistryOutcome {
    match ask(network, endpoint, token, "/v2/", None, Want::Start(ERROR_LIMIT), Wait::Usual).await {
        Ok(reply) => registry::base(&reply, now),
        Err(why) => RegistryOutcome::NoAnswer(why),
    }
}

/// `GET` on the token service of a registry, anonymously: no credentials, no redirect.
pub async fn token(
    network: &Network,
    endpoint: &Endpoint,
    service: &TokenService,
    repository: &str,
    now: i64,
) -> (RegistryTokenOutcome, Option<RegistryToken>) {
    match ask(network, endpoint, None, &service.request(repository), None, Want::Whole(ERROR_LIMIT), Wait::Usual).await
    {
        Ok(reply) => registry::token(&reply, now),
        Err(why) => (RegistryTokenOutcome::NoAnswer(why), None),
    }
}

/// `GET /v2/<name>/manifests/<reference>` (end-3). GET, since a HEAD never carries the reason.
pub async fn manifest(
    network: &Network,
    endpoint: &Endpoint,
    token: Option<&RegistryToken>,
    query: &ManifestQuery,
    now: i64,
) -> (ManifestOutcome, Option<Found>) {
    let path = format!("/v2/{}/manifests/{}", query.repository, query.reference);
    match ask(network, endpoint, token, &path, Some(oci::ACCEPT), Want::Whole(MANIFEST_LIMIT), query.wait).await {
        Ok(reply) => registry::manifest(&reply, query.expected.as_ref(), &query.platform, now),
        Err(NoAnswer::TooLarge { limit_bytes }) => {
            let reason = format!("the manifest is larger than {limit_bytes} bytes");
            (ManifestOutcome::Unsupported { reason: reason.into() }, None)
        }
        Err(why) => (ManifestOutcome::NoAnswer(why), None),
    }
}

/// `GET /v2/<name>/blobs/<digest>` (end-2), the redirect not followed.
pub async fn layer_url(
    network: &Network,
    endpoint: &Endpoint,
    token: Option<&RegistryToken>,
    repository: &str,
    digest: &Digest,
    now: i64,
) -> (LayerUrlOutcome, Option<LayerUrl>) {
    let path = format!("/v2/{repository}/blobs/{digest}");
    // A registry that serves the blob itself starts to send it: the head is all that is read.
    match ask(network, endpoint, token, &path, None, Want::Head, Wait::Usual).await {
        Ok(reply) => registry::redirect(&reply, &url(endpoint, &path), now),
        Err(why) => (LayerUrlOutcome::NoAnswer(why), None),
    }
}

async fn ask(
    network: &Network,
    endpoint: &Endpoint,
    token: Option<&RegistryToken>,
    path: &str,
    accept: Option<&str>,
    want: Want,
    wait: Wait,
) -> Result<Reply, NoAnswer> {
    let mut request = get(&url(endpoint, path))?;
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, token.header_value());
    }
    if let Some(accept) = accept {
        request = request.header(ACCEPT, accept);
    }
    // The connection is there in the usual time or not at all: it is only the answer that may take longer.
    let head_bound = network.timeout * wait.times();
    let response = send(&peer(network, endpoint), no_body(request)?, network.timeout, head_bound).await?;
    let mut reply = receive(response, want, network.timeout).await?;
    // Also where it is a success by its status: a proxy's page is printed, and so may be a header.
    if let Some(token) = token {
        reply.forget(token.forms());
    }
    Ok(reply)
}

/// `https://HOST[:PORT]PATH`
pub fn url(endpoint: &Endpoint, path: &str) -> String {
    format!("https://{}{path}", endpoint.target)
}

fn peer<'a>(network: &'a Network, endpoint: &'a Endpoint) -> Peer<'a> {
    Peer { host: &endpoint.target.host, address: endpoint.address, tls: Some(&network.tls) }
}
