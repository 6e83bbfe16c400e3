//! The bytes of a blob from the network: streamed, bounded, never kept unless asked.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::header::{AUTHORIZATION, CONTENT_RANGE, HOST, RANGE};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio::time::timeout_at;

use super::http::{ERROR_LIMIT, body_bound, headers, no_answer, user_agent};
use super::tls::Tls;
use super::{Assembly, BlobDepth, Endpoint, Fetched, Flow, registry};
use crate::model::outcome::{LayerBytesOutcome, NoAnswer};
use crate::wire::{LayerUrl, RegistryToken, Reply, rejection};

/// How far the blobs have come, to be shown.
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

    /// So many bytes are to come again.
    fn back(&self, bytes: u64) {
        let (received, expected) = self.0.get();
        self.0.set((received.saturating_sub(bytes), expected));
    }

    fn expect(&self, bytes: u64) {
        let (received, expected) = self.0.get();
        self.0.set((received, expected.saturating_add(bytes)));
    }
}

/// Who serves a blob, and what lets us have it.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The target of a redirect: its URL is all that it gets.
    Presigned(&'a LayerUrl),
    /// The registry itself, with the token if it wants one.
    Registry { token: Option<&'a RegistryToken>, path: &'a str },
}

impl Source<'_> {
    /// The URL to ask, at the port that is connected to: hyper lets a URL's port win over the
    /// address's. The `Host` header has the true one, which a signature may cover.
    fn url(&self, endpoint: &Endpoint) -> Result<Url, NoAnswer> {
        let not_sent = |reason: &str| NoAnswer::NotSent { reason: reason.to_owned() };
        let parsed = match self {
            Source::Presigned(url) => url.for_request().parse(),
            Source::Registry { path, .. } => registry::url(endpoint, path).parse(),
        };
        let mut url: Url = parsed.map_err(|_| not_sent("the URL cannot be read"))?;
        // The host was found to answer by the name that our own parser read.
        if url.host_str() != Some(endpoint.target.host.as_str()) {
            return Err(not_sent("the URL can be read in two ways"));
        }
        url.set_port(Some(endpoint.address.port())).map_err(|()| not_sent("the URL takes no port"))?;
        Ok(url)
    }

    fn forget(&self, reply: &mut Reply) {
        match self {
            Source::Presigned(url) => reply.forget(url.forms()),
            Source::Registry { token, .. } => reply.forget(token.iter().flat_map(|token| token.forms())),
        }
    }
}

/// The one address that a client connects to, whatever the name.
#[derive(Debug)]
struct Only(SocketAddr);

impl Resolve for Only {
    fn resolve(&self, _: Name) -> Resolving {
        let address: Addrs = Box::new(std::iter::once(self.0));
        Box::pin(std::future::ready(Ok(address)))
    }
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
    /// A fetcher that trusts what `tls` trusts, and waits for `timeout` in each act.
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
            .dns_resolver(Only(address))
            .connect_timeout(self.timeout)
            .read_timeout(self.timeout)
            .build()
            .map_err(|error| not_sent(error.to_string()))?;
        self.clients.borrow_mut().insert(key, client.clone());
        Ok(client)
    }

    /// Fetches a blob, or what is missing of it, and stops `within` so long.
    pub async fn fetch(
        &self,
        endpoint: &Endpoint,
        source: Source<'_>,
        blob: Assembly,
        within: Duration,
        now: i64,
    ) -> Fetched {
        match self.stream(endpoint, source, blob, tokio::time::Instant::now() + within, now).await {
            Ok(done) => done,
            Err((why, rest)) => Fetched { rest, ..LayerBytesOutcome::NoAnswer(why).into() },
        }
    }

    /// What came of it; or why there was no answer, with what is there from before.
    async fn stream(
        &self,
        endpoint: &Endpoint,
        source: Source<'_>,
        mut blob: Assembly,
        until: tokio::time::Instant,
        now: i64,
    ) -> Result<Fetched, (NoAnswer, Option<Assembly>)> {
        let unsent = |why| (why, None);
        let client = self.client(&endpoint.target.host, endpoint.address).map_err(unsent)?;
        let url = source.url(endpoint).map_err(unsent)?;
        let mut request = client.get(url).header(HOST, endpoint.target.to_string());
        if let Source::Registry { token: Some(token), .. } = source {
            request = request.header(AUTHORIZATION, token.header_value());
        }
        if let Some(range) = blob.range() {
            request = request.header(RANGE, range);
        }
        let began = Instant::now();
        let unfinished = |blob: &Assembly| LayerBytesOutcome::Unfinished { received: blob.received() }.into();
        let Ok(response) = timeout_at(until, request.send()).await else { return Ok(unfinished(&blob)) };
        let mut response = match response {
            Ok(response) => response,
            Err(error) => return Err((unanswered(&error), Some(blob))),
        };
        let first_byte_ms = began.elapsed().as_secs_f64() * 1e3;
        let content_range = response.headers().get(CONTENT_RANGE).map(|it| String::from_utf8_lossy(it.as_bytes()));
        let before = blob.received();
        if let Err(refused) = blob.begin(response.status().as_u16(), content_range.as_deref()) {
            return Ok(refused.into());
        }
        if !response.status().is_success() {
            let until = until.min(tokio::time::Instant::now() + body_bound(self.timeout));
            return Ok(Fetched { rest: Some(blob), ..refused(response, source, until, now).await.into() });
        }

        if blob.received() < before {
            self.progress.back(before);
        } else if before == 0 && blob.query().depth != BlobDepth::FirstBytes {
            self.progress.expect(blob.query().size);
        }
        loop {
            let chunk = match timeout_at(until, response.chunk()).await {
                Err(_) => return Ok(unfinished(&blob)),
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => return Ok(blob.ended(first_byte_ms)),
                Ok(Err(error)) => return Ok(blob.broken(unanswered(&error), first_byte_ms)),
            };
            self.progress.add(chunk.len() as u64);
            match blob.take(&chunk) {
                Ok(Flow::GoesOn) => {}
                Ok(Flow::Enough) => return Ok(blob.ended(first_byte_ms)),
                Err(why) => return Err((why, None)),
            }
        }
    }
}

/// Reads why the store said no, as far as it says so in time.
async fn refused(
    mut response: reqwest::Response,
    source: Source<'_>,
    until: tokio::time::Instant,
    now: i64,
) -> LayerBytesOutcome {
    let status = response.status();
    if status.is_redirection() {
        return LayerBytesOutcome::BadRedirect { reason: format!("the layer store redirects again (HTTP {status})") };
    }
    let mut reply = Reply { status: status.as_u16(), headers: headers(response.headers()), body: Vec::new() };
    while let Ok(Ok(Some(chunk))) = timeout_at(until, response.chunk()).await {
        let room = ERROR_LIMIT - reply.body.len();
        reply.body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() >= room {
            break;
        }
    }
    source.forget(&mut reply);
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::edge::BlobQuery;
    use crate::model::{Role, Target};
    use crate::wire::oci::Digest;

    const BOUND: Duration = Duration::from_millis(200);
    const URL: &str = "http://store.example:8080/blob?X-Amz-Signature=0123456789abcdef0123456789abcdef";

    /// Fetches a blob of that many bytes from a server that says `first` and then `again` every
    /// 20 ms for ever, or hangs up; gives back the request too.
    fn fetched(size: u64, depth: BlobDepth, first: &str, again: Option<&str>) -> (LayerBytesOutcome, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let roots = std::sync::Arc::new(rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
        let layers = Layers::new(Tls::new(roots).unwrap(), BOUND);
        let url = LayerUrl::parse(URL).unwrap();
        let query = BlobQuery { digest: Digest::sha256_of(b"the blob"), size, depth, until_ms: f64::INFINITY };
        let began = Instant::now();
        let done = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let target = Target::new(Role::S3, url.host.as_str(), url.port);
            let endpoint = Endpoint { target, address: listener.local_addr().unwrap() };
            let serving = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                request.truncate(length);
                let mut sent = stream.write_all(first.as_bytes()).await;
                while let (Ok(()), Some(again)) = (&sent, again) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    sent = stream.write_all(again.as_bytes()).await;
                }
                drop(stream);
                String::from_utf8(request).unwrap()
            };
            let fetching = async {
                let fetched = layers
                    .fetch(&endpoint, Source::Presigned(&url), Assembly::new(&query), Duration::from_secs(2), 0)
                    .await;
                layers.clients.borrow_mut().clear();
                fetched.outcome
            };
            tokio::join!(fetching, serving)
        });
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        done
    }

    #[test]
    fn the_host_keeps_its_port_wherever_the_connection_goes() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe blob";
        let (outcome, request) = fetched(8, BlobDepth::Verify, whole, None);
        assert!(matches!(outcome, LayerBytesOutcome::Verified { bytes: 8, .. }), "{outcome:?}");
        assert!(request.contains("host: store.example:8080\r\n"), "{request}");
        assert!(!request.contains("authorization") && !request.contains("range"), "{request}");
    }

    #[test]
    fn a_refusal_that_trickles_is_a_refusal() {
        let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 9999\r\n\r\n0123456789abcdef0123456789abcdef is wrong";
        for again in [Some("."), None] {
            let (outcome, _) = fetched(8, BlobDepth::Verify, refusal, again);
            let LayerBytesOutcome::Rejected(rejection) = outcome else { panic!("{outcome:?}") };
            assert_eq!(rejection.status, 403);
            assert!(rejection.message.is_some_and(|message| message.starts_with("… is wrong")));
        }
    }

    #[test]
    fn more_than_was_promised_is_not_waited_for() {
        let endless = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nthe blob";
        let (outcome, _) = fetched(8, BlobDepth::Keep, endless, Some("and more"));
        assert!(matches!(outcome, LayerBytesOutcome::LengthMismatch { expected: 8, received: 9.. }), "{outcome:?}");
    }

    #[test]
    fn little_and_nothing_can_be_reached_too() {
        let part = "HTTP/1.1 206 Partial Content\r\nContent-Length: 8\r\n\r\nthe blob";
        let (outcome, request) = fetched(8, BlobDepth::FirstBytes, part, None);
        assert!(matches!(outcome, LayerBytesOutcome::Reached { bytes: 8, .. }), "{outcome:?}");
        assert!(request.contains("range: bytes=0-65535"), "{request}");
        let nothing = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        let (outcome, request) = fetched(0, BlobDepth::FirstBytes, nothing, None);
        assert!(matches!(outcome, LayerBytesOutcome::Reached { bytes: 0, .. }), "{outcome:?}");
        assert!(!request.contains("range"), "{request}");
    }
}
