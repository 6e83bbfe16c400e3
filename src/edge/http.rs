//! One request on one connection, every step bounded.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use http::header::HOST;
use http::{HeaderValue, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::tcp;
use super::tls::Tls;
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, NoAnswer};
use crate::wire::Reply;

/// The most that is read of an error's body.
pub const ERROR_LIMIT: usize = 64 * 1024;
/// The most that is read of a manifest (OCI distribution specification, "Pulling manifests").
pub const MANIFEST_LIMIT: usize = 4 * 1024 * 1024;

/// Where a request goes. Without TLS only to the metadata and credential endpoints of ECS and EC2.
#[derive(Debug, Clone)]
pub struct Peer<'a> {
    pub host: &'a str,
    pub address: SocketAddr,
    pub tls: Option<&'a Tls>,
}

/// Connects, sends `request` and gives back the response with its body unread.
///
/// `bound` holds for each of connect, handshake and the wait for the response's head.
pub async fn send(
    peer: &Peer<'_>,
    request: Request<Full<Bytes>>,
    bound: Duration,
) -> Result<http::Response<Incoming>, NoAnswer> {
    match tcp::connect(peer.address, bound).await {
        (_, Some(stream)) => send_on(stream, peer, request, bound).await,
        (outcome, None) => Err(NoAnswer::Connect { reason: connect_reason(&outcome) }),
    }
}

/// The same on a connection that is already there.
pub async fn send_on(
    stream: TcpStream,
    peer: &Peer<'_>,
    mut request: Request<Full<Bytes>>,
    bound: Duration,
) -> Result<http::Response<Incoming>, NoAnswer> {
    // The request goes out in origin form, with the host beside it (RFC 9112 section 3.2.1).
    if !request.headers().contains_key(HOST) {
        let default_port = if peer.tls.is_some() { 443 } else { 80 };
        let authority = match request.uri().port_u16() {
            Some(port) if port != default_port => format!("{}:{port}", peer.host),
            _ => peer.host.to_owned(),
        };
        let value = HeaderValue::try_from(authority)
            .map_err(|_| NoAnswer::NotSent { reason: "the host is not a header value".into() })?;
        request.headers_mut().insert(HOST, value);
    }
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str).parse();
    *request.uri_mut() = path.map_err(|_| NoAnswer::NotSent { reason: "the path cannot be read".into() })?;

    match peer.tls {
        None => exchange(TokioIo::new(stream), request, bound).await,
        Some(tls) => {
            let (outcome, stream) = tls.handshake(stream, peer.host, bound).await;
            match stream {
                Some(stream) => exchange(TokioIo::new(stream), request, bound).await,
                None => Err(NoAnswer::Handshake { reason: handshake_reason(&outcome) }),
            }
        }
    }
}

async fn exchange<S>(
    io: S,
    request: Request<Full<Bytes>>,
    bound: Duration,
) -> Result<http::Response<Incoming>, NoAnswer>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(io).await.map_err(|error| no_answer(&error))?;
    // Ends when the body has been read or dropped: the sender goes at the end of this function.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
    });
    match timeout(bound, sender.send_request(request)).await {
        Ok(response) => response.map_err(|error| no_answer(&error)),
        Err(_) => Err(NoAnswer::TimedOut),
    }
}

/// How much of a successful answer is read. Of anything else it is always 64 KiB.
#[derive(Debug, Clone, Copy)]
pub enum Want {
    /// So many bytes at most; more is an error.
    Body(usize),
    /// Nothing but the head.
    Head,
}

/// Sends `request` and reads the reply. The body of an error is cut where it is too long.
pub async fn fetch(
    peer: &Peer<'_>,
    request: Request<Full<Bytes>>,
    want: Want,
    bound: Duration,
) -> Result<Reply, NoAnswer> {
    let (head, body) = send(peer, request, bound).await?.into_parts();
    let is_error = head.status.is_client_error() || head.status.is_server_error();
    let body = match want {
        _ if is_error => read(body, ERROR_LIMIT, bound).await?.0,
        Want::Head => Vec::new(),
        Want::Body(limit) => match read(body, limit, bound).await? {
            (bytes, true) => bytes,
            (_, false) => return Err(NoAnswer::TooLarge { limit_bytes: limit as u64 }),
        },
    };
    Ok(Reply { status: head.status.as_u16(), headers: headers(&head.headers), body })
}

/// Headers as text; bytes that are not UTF-8 are replaced.
pub fn headers(map: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Reads at most `limit` bytes; tells whether that was all. Each frame is waited for `bound` long
/// and all of them ten times that, so that a trickle ends too.
pub async fn read(mut body: Incoming, limit: usize, bound: Duration) -> Result<(Vec<u8>, bool), NoAnswer> {
    let mut bytes = Vec::new();
    let reading = async {
        loop {
            match timeout(bound, body.frame()).await {
                Err(_) => return Err(NoAnswer::TimedOut),
                Ok(None) => return Ok(true),
                Ok(Some(Err(error))) => return Err(no_answer(&error)),
                Ok(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    let room = limit - bytes.len();
                    bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
                    if data.len() > room {
                        return Ok(false);
                    }
                }
            }
        }
    };
    let complete = timeout(bound * 10, reading).await.unwrap_or(Err(NoAnswer::TimedOut))?;
    Ok((bytes, complete))
}

/// A GET without a body.
pub fn get(uri: &str) -> Result<http::request::Builder, NoAnswer> {
    let uri: http::Uri = uri.parse().map_err(|_| NoAnswer::NotSent { reason: "the URL cannot be read".into() })?;
    Ok(Request::get(uri).header(http::header::USER_AGENT, user_agent()))
}

pub fn user_agent() -> &'static str {
    concat!("ecr-probe/", env!("CARGO_PKG_VERSION"))
}

pub fn no_body(builder: http::request::Builder) -> Result<Request<Full<Bytes>>, NoAnswer> {
    builder.body(Full::default()).map_err(|_| NoAnswer::NotSent { reason: "a header has a wrong value".into() })
}

/// Why hyper or reqwest gave up: the kind of the I/O error inside, where there is one.
pub fn no_answer(error: &(dyn std::error::Error + 'static)) -> NoAnswer {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
                return NoAnswer::Closed;
            }
            if error.is_parse() {
                return NoAnswer::Malformed { reason: error.to_string() };
            }
            if error.is_timeout() {
                return NoAnswer::TimedOut;
            }
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                ErrorKind::TimedOut => return NoAnswer::TimedOut,
                ErrorKind::UnexpectedEof => return NoAnswer::Closed,
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                    return NoAnswer::Reset;
                }
                _ => {}
            }
            // An I/O error's source skips what it wraps.
            if let Some(inner) = error.get_ref() {
                next = Some(inner);
                continue;
            }
        }
        next = error.source();
    }
    NoAnswer::Malformed { reason: crate::wire::scrub(&error.to_string()) }
}

fn connect_reason(outcome: &ConnectOutcome) -> String {
    match outcome {
        ConnectOutcome::Connected { .. } => "connected".into(),
        ConnectOutcome::TimedOut => "timed out".into(),
        ConnectOutcome::Refused => "connection refused".into(),
        ConnectOutcome::Reset => "connection reset".into(),
        ConnectOutcome::HostUnreachable => "host unreachable".into(),
        ConnectOutcome::NetworkUnreachable => "network unreachable".into(),
        ConnectOutcome::Forbidden => "forbidden".into(),
        ConnectOutcome::Failed { reason } => reason.clone(),
    }
}

fn handshake_reason(outcome: &HandshakeOutcome) -> String {
    match outcome {
        HandshakeOutcome::UnknownIssuer { .. } => "unknown certificate issuer".into(),
        HandshakeOutcome::NameMismatch { .. } => "certificate for another name".into(),
        HandshakeOutcome::Expired { .. } | HandshakeOutcome::NotYetValid { .. } => {
            "certificate outside its validity".into()
        }
        HandshakeOutcome::Reset => "reset".into(),
        HandshakeOutcome::Closed => "closed".into(),
        HandshakeOutcome::TimedOut => "timed out".into(),
        HandshakeOutcome::NotTls => "the answer is not TLS".into(),
        other => format!("{other:?}").split(['{', '(']).next().unwrap_or_default().trim().to_owned(),
    }
}
