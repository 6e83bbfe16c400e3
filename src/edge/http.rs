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

use super::scarce::scarce_files;
use super::tcp;
use super::tls::Tls;
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, NoAnswer};
use crate::wire::Reply;

/// The most that is read of an error's body.
pub const ERROR_LIMIT: usize = 64 * 1024;
/// The most that is read of a manifest (OCI distribution specification, "Pulling manifests").
pub const MANIFEST_LIMIT: usize = 4 * 1024 * 1024;

/// An answer that trickles is cut off after so many bounds; a body of 4 MiB needs more than one.
const BODY_BOUNDS: u32 = 3;

/// Where a request goes. Without TLS only to the metadata and credential endpoints of ECS and EC2, and the runtime API of
/// Lambda.
#[derive(Debug, Clone)]
pub struct Peer<'a> {
    pub host: &'a str,
    pub address: SocketAddr,
    pub tls: Option<&'a Tls>,
}

/// Connects, sends `request` and gives back the response with its body unread.
///
/// `bound` holds for each of connect and handshake, `head_bound` for the wait for the response's head.
pub async fn send(
    peer: &Peer<'_>,
    request: Request<Full<Bytes>>,
    bound: Duration,
    head_bound: Duration,
) -> Result<http::Response<Incoming>, NoAnswer> {
    match tcp::connect(peer.address, bound).await {
        (_, Some(stream)) => send_on(stream, peer, request, bound, head_bound).await,
        (outcome, None) => Err(no_connection(&outcome)),
    }
}

/// The same on a connection that is already there.
pub async fn send_on(
    stream: TcpStream,
    peer: &Peer<'_>,
    mut request: Request<Full<Bytes>>,
    bound: Duration,
    head_bound: Duration,
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
        None => exchange(TokioIo::new(stream), request, head_bound).await,
        Some(tls) => {
            let (outcome, stream) = tls.handshake(stream, peer.host, bound).await;
            match stream {
                Some(stream) => exchange(TokioIo::new(stream), request, head_bound).await,
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

/// How much of an answer's body is read. Of an error it is never more than its first 64 KiB.
#[derive(Debug, Clone, Copy)]
pub enum Want {
    /// All of it; more than so many bytes is an error.
    Whole(usize),
    /// So many bytes from its beginning: what else comes, and whether it ends well, does not matter.
    Start(usize),
    /// Nothing, unless it is an error's.
    Head,
}

/// Sends `request` and reads the reply.
pub async fn fetch(
    peer: &Peer<'_>,
    request: Request<Full<Bytes>>,
    want: Want,
    bound: Duration,
) -> Result<Reply, NoAnswer> {
    receive(send(peer, request, bound, bound).await?, want, bound).await
}

/// Reads the body that a response has still to come.
pub async fn receive(response: http::Response<Incoming>, want: Want, bound: Duration) -> Result<Reply, NoAnswer> {
    let (head, body) = response.into_parts();
    let is_error = head.status.is_client_error() || head.status.is_server_error();
    let body = match want {
        // An error whose body breaks off is that error all the same.
        _ if is_error => read(body, ERROR_LIMIT, bound).await.0,
        Want::Start(limit) => read(body, limit, bound).await.0,
        Want::Whole(limit) => {
            let (bytes, end) = read(body, limit, bound).await;
            end.map(|()| bytes)?
        }
        Want::Head => Vec::new(),
    };
    Ok(Reply { status: head.status.as_u16(), headers: headers(&head.headers), body })
}

/// Headers as text; bytes that are not UTF-8 are replaced.
pub fn headers(map: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Reads at most `limit` bytes; tells how that ended beside what came until then. Each frame is
/// waited for `bound` long.
pub async fn read(mut body: Incoming, limit: usize, bound: Duration) -> (Vec<u8>, Result<(), NoAnswer>) {
    let mut bytes = Vec::new();
    let reading = async {
        loop {
            match timeout(bound, body.frame()).await {
                Err(_) => return Err(NoAnswer::TimedOut),
                Ok(None) => return Ok(()),
                Ok(Some(Err(error))) => return Err(no_answer(&error)),
                Ok(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    let room = limit - bytes.len();
                    bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
                    if data.len() > room {
                        return Err(NoAnswer::TooLarge { limit_bytes: limit as u64 });
                    }
                }
            }
        }
    };
    let end = timeout(body_bound(bound), reading).await.unwrap_or(Err(NoAnswer::TimedOut));
    (bytes, end)
}

/// How long a body may take as a whole.
pub fn body_bound(bound: Duration) -> Duration {
    bound * BODY_BOUNDS
}

/// A GET without a body.
pub fn get(uri: &str) -> Result<http::request::Builder, NoAnswer> {
    let uri: http::Uri = uri.parse().map_err(|_| NoAnswer::NotSent { reason: "the URL cannot be read".into() })?;
    Ok(Request::get(uri).header(http::header::USER_AGENT, user_agent()))
}

/// `ecr-probe/VERSION`
pub fn user_agent() -> &'static str {
    concat!("ecr-probe/", env!("CARGO_PKG_VERSION"))
}

/// The request as it is, with nothing after its headers.
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
            if let Some(lacking) = scarce_files(error) {
                return NoAnswer::NotSent { reason: lacking.title().into() };
            }
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

/// Why a request was not answered whose connection was not made.
pub fn no_connection(outcome: &ConnectOutcome) -> NoAnswer {
    match outcome {
        ConnectOutcome::NotSent { lacking } => NoAnswer::NotSent { reason: lacking.title().into() },
        outcome => NoAnswer::Connect { reason: connect_reason(outcome) },
    }
}

/// How a connect ended, in two or three words.
fn connect_reason(outcome: &ConnectOutcome) -> String {
    match outcome {
        ConnectOutcome::Connected { .. } => "connected".into(),
        ConnectOutcome::TimedOut => "timed out".into(),
        ConnectOutcome::Refused => "connection refused".into(),
        ConnectOutcome::Reset => "connection reset".into(),
        ConnectOutcome::HostUnreachable => "host unreachable".into(),
        ConnectOutcome::NetworkUnreachable => "network unreachable".into(),
        ConnectOutcome::Forbidden => "forbidden".into(),
        ConnectOutcome::NotSent { lacking } => lacking.title().into(),
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
        HandshakeOutcome::BadCertificate { .. } => "a certificate that no client takes".into(),
        HandshakeOutcome::NoCommonParameters { .. } => "no common version or cipher".into(),
        HandshakeOutcome::Alert { alert } => format!("alert {alert}"),
        HandshakeOutcome::Failed { reason } => reason.clone(),
        HandshakeOutcome::Completed { .. } => "completed".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const BOUND: Duration = Duration::from_millis(200);

    /// What `want` comes to where a server says `first`, and then `again` every 20 ms for ever, or hangs up.
    fn answered(first: &'static str, again: Option<&'static str>, want: Want) -> Result<Reply, NoAnswer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let began = Instant::now();
        let reply = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let peer = Peer { host: "host.example", address: listener.local_addr().unwrap(), tls: None };
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await;
                let mut sent = stream.write_all(first.as_bytes()).await;
                while let (Ok(()), Some(again)) = (&sent, again) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    sent = stream.write_all(again.as_bytes()).await;
                }
            });
            fetch(&peer, no_body(get("http://host.example/").unwrap()).unwrap(), want, BOUND).await
        });
        assert!(began.elapsed() < body_bound(BOUND) + BOUND * 2, "{first:?} took {:?}", began.elapsed());
        reply
    }

    #[test]
    fn a_trickle_ends() {
        let trickling = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
        assert_eq!(answered(trickling, Some("x"), Want::Whole(200_000)), Err(NoAnswer::TimedOut));
        assert_eq!(answered("HTTP/1.1 200 OK\r\nA: ", Some("x"), Want::Head), Err(NoAnswer::TimedOut));
        assert_eq!(answered("HTTP/1.1 200 OK\r\n", Some("A: b\r\n"), Want::Head), Err(NoAnswer::TimedOut));
        let informing = "HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";
        assert_eq!(answered(informing, Some(informing), Want::Head), Err(NoAnswer::TimedOut));
    }

    #[test]
    fn an_error_is_one_whatever_becomes_of_its_body() {
        for want in [Want::Whole(10), Want::Start(10), Want::Head] {
            for (body, again) in [("denied", Some("x")), ("denied", None), ("", None)] {
                let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\n";
                let first: &'static str = format!("{head}{body}").leak();
                let reply = answered(first, again, want).unwrap();
                assert_eq!(reply.status, 403);
                assert!(reply.body.starts_with(body.as_bytes()), "{reply:?}");
            }
        }
    }

    #[test]
    fn a_success_counts_when_it_is_whole() {
        let short = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
        assert_eq!(answered(short, None, Want::Whole(100)), Err(NoAnswer::Closed));
        assert_eq!(answered(short, None, Want::Start(100)).unwrap().body, b"half");
        let old = "HTTP/1.0 200 OK\r\n\r\nall of it";
        assert_eq!(answered(old, None, Want::Whole(9)).unwrap().body, b"all of it");
        assert_eq!(answered(old, None, Want::Whole(8)), Err(NoAnswer::TooLarge { limit_bytes: 8 }));
        assert_eq!(answered(old, None, Want::Start(3)).unwrap().body, b"all");
    }

    #[test]
    fn what_is_no_http_is_told() {
        for junk in ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 9 ?\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"]
        {
            let reply = answered(junk, None, Want::Head);
            assert!(matches!(reply, Err(NoAnswer::Malformed { .. })), "{junk:?}: {reply:?}");
        }
        assert_eq!(answered("", None, Want::Head), Err(NoAnswer::Closed));
    }
}
