//! The registry's replies: its base, its manifests and where it sends one for a blob.

use super::oci::{Digest, Found, Platform, read_manifest};
use super::{LayerUrl, Reply, rejection, scrub};
use crate::model::outcome::{LayerUrlOutcome, ManifestOutcome, RegistryOutcome};

/// Reads the reply to `GET /v2/`. `now` is our clock in seconds since the epoch.
pub fn base(reply: &Reply, now: i64) -> RegistryOutcome {
    let clock_offset_s = reply.clock_offset_s(now);
    match (reply.status, reply.header("www-authenticate").and_then(Challenge::parse)) {
        (200, _) if !is_page(reply) => RegistryOutcome::Accepted { clock_offset_s },
        (401, Some(Challenge { scheme, realm, service })) => {
            RegistryOutcome::Challenged { scheme, realm, service, clock_offset_s }
        }
        _ => RegistryOutcome::Rejected(rejection(reply, now)),
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
/// the distribution specification allows the others.
pub fn redirect(reply: &Reply, now: i64) -> (LayerUrlOutcome, Option<LayerUrl>) {
    match reply.status {
        301 | 302 | 303 | 307 | 308 => match reply.header("location") {
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
        Err(reason) => (bad(reason), None),
    }
}

/// A captive portal or a proxy says 200 too: no registry answers with a web page.
fn is_page(reply: &Reply) -> bool {
    reply.media_type().as_deref() == Some("text/html")
}

fn bad(reason: &str) -> LayerUrlOutcome {
    LayerUrlOutcome::BadRedirect { reason: reason.to_owned() }
}

/// The first challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1).
struct Challenge {
    scheme: String,
    realm: Option<String>,
    service: Option<String>,
}

impl Challenge {
    /// `None` where the header does not begin with a scheme.
    fn parse(header: &str) -> Option<Self> {
        let mut rest = header.trim_start_matches([' ', '\t', ',']);
        let scheme = token(&mut rest)?;
        // A scheme ends with a blank or with the challenge.
        if !(rest.is_empty() || rest.starts_with([' ', '\t', ','])) {
            return None;
        }
        let mut challenge = Challenge { scheme: scrub(scheme), realm: None, service: None };
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            let Some(name) = token(&mut rest) else { break };
            rest = rest.trim_start_matches([' ', '\t']);
            // A token without a value is the scheme of the next challenge.
            let Some(value) = rest.strip_prefix('=') else { break };
            rest = value.trim_start_matches([' ', '\t']);
            let value = match rest.strip_prefix('"') {
                Some(quoted) => quoted_string(quoted, &mut rest),
                None => token(&mut rest).unwrap_or("").to_owned(),
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
fn token<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = rest.find(|c| !is_tchar(c)).unwrap_or(rest.len());
    let (token, after) = rest.split_at_checked(end)?;
    *rest = after;
    (!token.is_empty()).then_some(token)
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
