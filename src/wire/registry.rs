//! The registry's replies: its base, its manifests and where it sends one for a blob.

use serde_json::Value;

use super::oci::{Digest, Found, Platform, read_manifest};
use super::{LayerUrl, RegistryToken, Reply, rejection, scrub};
use crate::model::outcome::{LayerUrlOutcome, ManifestOutcome, RegistryOutcome, RegistryTokenOutcome};

/// Reads the reply to `GET /v2/`. `now` is our clock in seconds since the epoch.
pub fn base(reply: &Reply, now: i64) -> RegistryOutcome {
    let clock_offset_s = reply.clock_offset_s(now);
    match (reply.status, Challenge::of(reply)) {
        (200, _) if !is_page(reply) => RegistryOutcome::Accepted { clock_offset_s },
        (401, Some(Challenge { scheme, realm, service })) => {
            RegistryOutcome::Challenged { scheme, realm, service, clock_offset_s }
        }
        _ => RegistryOutcome::Rejected(rejection(reply, now)),
    }
}

/// Reads the reply of a token service: `token`, or `access_token` where it goes by OAuth 2.0 (distribution's
/// "Token Authentication Specification").
pub fn token(reply: &Reply, now: i64) -> (RegistryTokenOutcome, Option<RegistryToken>) {
    if !(200..300).contains(&reply.status) || is_page(reply) {
        return (RegistryTokenOutcome::Rejected(rejection(reply, now)), None);
    }
    let malformed = |reason: &str| (RegistryTokenOutcome::Malformed { reason: reason.to_owned() }, None);
    let Ok(Value::Object(answer)) = serde_json::from_slice(&reply.body) else {
        return malformed("the answer is no JSON object");
    };
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match text("token").or_else(|| text("access_token")) {
        None => malformed("the answer holds no token"),
        Some(token) => match RegistryToken::bearer(token) {
            None => malformed("the token is none that a header could hold"),
            Some(token) => {
                let valid_for_s = answer.get("expires_in").and_then(Value::as_i64);
                (RegistryTokenOutcome::Granted { valid_for_s }, Some(token))
            }
        },
    }
}

/// Reads the reply to `GET /v2/…/manifests/…`.
pub fn manifest(
    reply: &Reply,
    expected: Option<&Digest>,
    platform: &Platform,
    now: i64,
) -> (ManifestOutcome, Option<Found>) {
    match reply.status {
        200 if !is_page(reply) => {
            let announced = reply.header("docker-content-digest");
            read_manifest(&reply.body, reply.header("content-type"), announced, expected, platform)
        }
        _ => (ManifestOutcome::Rejected(rejection(reply, now)), None),
    }
}

/// Reads the reply to `GET /v2/…/blobs/…`, whose redirect was not followed. ECR redirects with 307;
/// the distribution specification allows the others. `asked` is the URL of the request.
pub fn redirect(reply: &Reply, asked: &str, now: i64) -> (LayerUrlOutcome, Option<LayerUrl>) {
    match reply.status {
        301 | 302 | 303 | 307 | 308 => match reply.header("location") {
            Some(location) if is_same_place(location, asked) => {
                (bad("it leads to itself, so that a client goes round in a circle"), None)
            }
            Some(location) => layer_url(location),
            None => (bad("the redirect has no Location"), None),
        },
        200 | 206 if !is_page(reply) => (LayerUrlOutcome::Direct, None),
        _ => (LayerUrlOutcome::Rejected(rejection(reply, now)), None),
    }
}

/// Reads the `downloadUrl` of `ecr:GetDownloadUrlForLayer`.
pub fn api_url(url: &str) -> (LayerUrlOutcome, Option<LayerUrl>) {
    layer_url(url)
}

/// Only an absolute https URL will do: a presigned URL is a credential for its layer.
fn layer_url(text: &str) -> (LayerUrlOutcome, Option<LayerUrl>) {
    match LayerUrl::parse(text.trim()) {
        Ok(url) if url.https => {
            let outcome = LayerUrlOutcome::Redirected { host: url.host.clone(), port: url.port, signed: url.signed() };
            (outcome, Some(url))
        }
        Ok(url) => (bad(&format!("the URL leads to http on {}: no longer encrypted", scrub(&url.host))), None),
        Err(reason) => (bad(&reason.to_string()), None),
    }
}

/// Whether both URLs name one resource: the query, which may be a new signature each time, does not count.
fn is_same_place(location: &str, asked: &str) -> bool {
    let place = |url: &str| {
        let layer = LayerUrl::parse(url.trim()).ok()?;
        let path = layer.for_request().splitn(4, '/').nth(3).unwrap_or_default().split(['?', '#']).next()?.to_owned();
        Some((layer.https, layer.host, layer.port, path))
    };
    let here = place(asked);
    // A reference without scheme and host is one to the same host (RFC 3986 section 4.2).
    let path = location.trim().strip_prefix('/').map(|path| path.split(['?', '#']).next().unwrap_or_default());
    match (path, &here) {
        (Some(path), Some((.., own))) if !path.starts_with('/') => path == own,
        _ => here.is_some() && place(location) == here,
    }
}

/// A captive portal or a proxy says 200 too: no registry answers with a web page.
fn is_page(reply: &Reply) -> bool {
    reply.media_type().as_deref() == Some("text/html")
}

fn bad(reason: &str) -> LayerUrlOutcome {
    LayerUrlOutcome::BadRedirect { reason: reason.to_owned() }
}

/// More than any registry has; a hostile header may hold thousands.
const MOST_CHALLENGES: usize = 16;

/// A challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1).
struct Challenge {
    scheme: String,
    realm: Option<String>,
    service: Option<String>,
}

impl Challenge {
    /// The one to answer: `Bearer` wherever it stands, since it may be answered without credentials; else the first.
    fn of(reply: &Reply) -> Option<Self> {
        let headers = reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
        let mut all: Vec<Challenge> = Vec::new();
        for (_, header) in headers {
            let mut rest = header.as_str();
            all.extend(std::iter::from_fn(|| Challenge::parse(&mut rest)).take(MOST_CHALLENGES));
        }
        let at = all.iter().position(|it| it.scheme.eq_ignore_ascii_case("bearer")).unwrap_or(0);
        (at < all.len()).then(|| all.swap_remove(at))
    }

    /// Takes a challenge off the front. `None` where there is no scheme.
    fn parse(header: &mut &str) -> Option<Self> {
        let mut rest = header.trim_start_matches([' ', '\t', ',']);
        let scheme = word(&mut rest)?;
        // A scheme ends with a blank or with the challenge.
        if !(rest.is_empty() || rest.starts_with([' ', '\t', ','])) {
            return None;
        }
        let mut challenge = Challenge { scheme: scrub(scheme), realm: None, service: None };
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            *header = rest;
            let Some(name) = word(&mut rest) else { break };
            rest = rest.trim_start_matches([' ', '\t']);
            // A token without a value is the scheme of the next challenge.
            let Some(value) = rest.strip_prefix('=') else { break };
            rest = value.trim_start_matches([' ', '\t']);
            let value = match rest.strip_prefix('"') {
                Some(quoted) => quoted_string(quoted, &mut rest),
                None => word(&mut rest).unwrap_or("").to_owned(),
            };
            let field = match name.to_ascii_lowercase().as_str() {
                "realm" => &mut challenge.realm,
                "service" => &mut challenge.service,
                _ => continue,
            };
            field.get_or_insert_with(|| scrub(&value));
        }
        Some(challenge)
    }
}

/// Takes a token (RFC 9110 section 5.6.2) off the front.
fn word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = rest.find(|c| !is_tchar(c)).unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(end)?;
    *rest = after;
    (!word.is_empty()).then_some(word)
}

/// The text of a quoted string whose opening quote is gone; `rest` is what follows the closing one.
fn quoted_string<'a>(quoted: &'a str, rest: &mut &'a str) -> String {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                *rest = quoted.get(at + 1..).unwrap_or("");
                return text;
            }
            '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
            other => text.push(other),
        }
    }
    *rest = "";
    text
}

#[cfg(test)]
#[path = "tests/registry.rs"]
mod tests;
