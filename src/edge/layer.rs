//! The bytes of a blob: streamed, hashed, bounded, never kept unless asked.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::header::{AUTHORIZATION, RANGE};
use reqwest::redirect::Policy;
use tokio::time::timeout_at;

use super::http::{ERROR_LIMIT, headers, no_answer, user_agent};
use super::tls::Tls;
use super::{BlobDepth, BlobQuery, FIRST_BYTES};
use crate::model::outcome::{LayerBytesOutcome, NoAnswer};
use crate::wire::oci::Hasher;
use crate::wire::{LayerUrl, RegistryToken, Reply, rejection};

/// The largest blob that is kept: an image configuration.
const KEEP_LIMIT: u64 = 4 * 1024 * 1024;

/// How far the blobs have come, for whoever shows it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Rc<Cell<(u64, u64)>>);

impl Progress {
    /// Bytes received, and bytes of all blobs begun so far.
    pub fn get(&self) -> (u64, u64) {
        self.0.get()
    }

    fn add(&self, bytes: u64) {
        let (received, expected) = self.0.get();
        self.0.set((received.saturating_add(bytes), expected));
    }

    fn expect(&self, bytes: u64) {
        let (received, expected) = self.0.get();
        self.0.set((received, expected.saturating_add(bytes)));
    }
}

/// Where a blob is, and what is sent along.
#[derive(Debug)]
pub struct Source<'a> {
    pub url: &'a str,
    pub host: &'a str,
    pub address: SocketAddr,
    /// Only for the registry itself, never for a redirect's target.
    pub token: Option<&'a RegistryToken>,
    /// The presigned URL, whose query must not be in any text.
    pub layer_url: Option<&'a LayerUrl>,
}

/// HTTP clients for layer stores, one a host and address, so that layers share connections.
#[derive(Debug)]
pub struct Layers {
    tls: Tls,
    timeout: Duration,
    clients: RefCell<HashMap<(String, SocketAddr), reqwest::Client>>,
    pub progress: Progress,
}

impl Layers {
    pub fn new(tls: Tls, timeout: Duration) -> Self {
        Layers { tls, timeout, clients: RefCell::default(), progress: Progress::default() }
    }

    /// A client that reaches `host` at `address` only, follows nothing and uses no proxy.
    fn client(&self, host: &str, address: SocketAddr) -> Result<reqwest::Client, NoAnswer> {
        let key = (host.to_owned(), address);
        if let Some(client) = self.clients.borrow().get(&key) {
            return Ok(client.clone());
        }
        let not_sent = |reason: String| NoAnswer::NotSent { reason };
        let config = self.tls.client_config().map_err(|error| not_sent(error.to_string()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .http1_only()
            .user_agent(user_agent())
            .resolve(host, address)
            .connect_timeout(self.timeout)
            .read_timeout(self.timeout)
            .build()
            .map_err(|error| not_sent(error.to_string()))?;
        self.clients.borrow_mut().insert(key, client.clone());
        Ok(client)
    }

    /// Fetches a blob, and stops `within` so long.
    pub async fn fetch(
        &self,
        source: &Source<'_>,
        query: &BlobQuery,
        within: Duration,
        now: i64,
    ) -> (LayerBytesOutcome, Option<Vec<u8>>) {
        match self.stream(source, query, tokio::time::Instant::now() + within, now).await {
            Ok(done) => done,
            Err(why) => (LayerBytesOutcome::NoAnswer(why), None),
        }
    }

    async fn stream(
        &self,
        source: &Source<'_>,
        query: &BlobQuery,
        until: tokio::time::Instant,
        now: i64,
    ) -> Result<(LayerBytesOutcome, Option<Vec<u8>>), NoAnswer> {
        let mut request = self.client(source.host, source.address)?.get(source.url);
        if let Some(token) = source.token {
            request = request.header(AUTHORIZATION, token.header_value());
        }
        if query.depth == BlobDepth::FirstBytes {
            request = request.header(RANGE, format!("bytes=0-{}", FIRST_BYTES - 1));
        }
        let began = Instant::now();
        let unfinished = |received| Ok((LayerBytesOutcome::Unfinished { received }, None));
        let Ok(response) = timeout_at(until, request.send()).await else { return unfinished(0) };
        let mut response = response.map_err(|error| unanswered(&error))?;
        let first_byte_ms = began.elapsed().as_secs_f64() * 1e3;
        if !response.status().is_success() {
            return Ok((refused(response, source, now).await, None));
        }

        if query.depth != BlobDepth::FirstBytes {
            self.progress.expect(query.size);
        }
        let mut hasher = Hasher::new(&query.digest);
        let mut kept = Vec::new();
        let mut bytes = 0;
        loop {
            let chunk = match timeout_at(until, response.chunk()).await {
                Err(_) => return unfinished(bytes),
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    return Ok((LayerBytesOutcome::Broken { received: bytes, why: unanswered(&error) }, None));
                }
            };
            bytes += chunk.len() as u64;
            self.progress.add(chunk.len() as u64);
            match query.depth {
                BlobDepth::FirstBytes if bytes >= FIRST_BYTES.min(query.size) => break,
                BlobDepth::FirstBytes => continue,
                // More than was promised: no need to see how much more.
                _ if bytes > query.size => break,
                BlobDepth::Keep if bytes > KEEP_LIMIT => {
                    return Err(NoAnswer::TooLarge { limit_bytes: KEEP_LIMIT });
                }
                BlobDepth::Keep => kept.extend_from_slice(&chunk),
                BlobDepth::Verify => {}
            }
            hasher.update(&chunk);
        }
        Ok(judge(query, bytes, first_byte_ms, hasher, kept))
    }
}

/// Length first: a body that is cut would also hash to something else.
fn judge(
    query: &BlobQuery,
    bytes: u64,
    first_byte_ms: f64,
    hasher: Hasher,
    kept: Vec<u8>,
) -> (LayerBytesOutcome, Option<Vec<u8>>) {
    if query.depth == BlobDepth::FirstBytes {
        return match bytes >= FIRST_BYTES.min(query.size) {
            true => (LayerBytesOutcome::Reached { bytes, first_byte_ms }, None),
            false => (LayerBytesOutcome::LengthMismatch { expected: query.size, received: bytes }, None),
        };
    }
    if bytes != query.size {
        return (LayerBytesOutcome::LengthMismatch { expected: query.size, received: bytes }, None);
    }
    let actual = hasher.finish();
    if actual != query.digest {
        let (expected, actual) = (query.digest.to_string(), actual.to_string());
        return (LayerBytesOutcome::DigestMismatch { expected, actual, bytes }, None);
    }
    (LayerBytesOutcome::Verified { bytes, first_byte_ms }, (query.depth == BlobDepth::Keep).then_some(kept))
}

/// Reads why the store said no.
async fn refused(mut response: reqwest::Response, source: &Source<'_>, now: i64) -> LayerBytesOutcome {
    let status = response.status();
    if status.is_redirection() {
        return LayerBytesOutcome::BadRedirect { reason: format!("the layer store redirects again (HTTP {status})") };
    }
    let mut reply = Reply { status: status.as_u16(), headers: headers(response.headers()), body: Vec::new() };
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ERROR_LIMIT - reply.body.len();
        reply.body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() >= room {
            break;
        }
    }
    reply.forget(source.token.into_iter().flat_map(RegistryToken::forms));
    reply.forget(source.layer_url.into_iter().flat_map(LayerUrl::forms));
    LayerBytesOutcome::Rejected(rejection(&reply, now))
}

fn unanswered(error: &reqwest::Error) -> NoAnswer {
    if error.is_timeout() && error.is_connect() {
        return NoAnswer::Connect { reason: "timed out".into() };
    }
    if error.is_timeout() {
        return NoAnswer::TimedOut;
    }
    match no_answer(error) {
        // reqwest's own text would hold the URL.
        NoAnswer::Malformed { .. } if error.is_connect() => {
            NoAnswer::Connect { reason: "the connection failed".into() }
        }
        NoAnswer::Malformed { .. } if error.is_decode() || error.is_body() => {
            NoAnswer::Malformed { reason: "the body does not match its headers".into() }
        }
        NoAnswer::Malformed { .. } => NoAnswer::Malformed { reason: "the answer is not HTTP".into() },
        other => other,
    }
}
