//! HTTP/1.1 by hand, so that every way an answer can break is one write away.

use std::io;
use std::time::Duration;

use ecr_probe::wire::Reply;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::service::{Ending, Request, Served};
use super::https::Breaker;
use super::network::Network;

/// More than any request of a pull has, and than CloudWatch takes.
const LARGEST_REQUEST: usize = 1024 * 1024;
/// Faster than this is not slowed down.
const UNHURRIED: u64 = 50_000_000;

/// Answers requests until the client goes, or until an answer breaks the connection: then it is `false`.
pub async fn serve<S>(stream: &mut S, network: &Network, breaker: &Breaker) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = read(stream).await? {
        let served = network.services.answer(&request, network.now());
        let rate = network.world().layer.bytes_per_second;
        if !write(stream, &served, rate, breaker).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Requests without TLS.
pub async fn serve_plainly(stream: &mut TcpStream, answer: impl Fn(&str) -> Reply) -> io::Result<()> {
    while let Some(request) = read(stream).await? {
        let reply = answer(&request.path);
        stream.write_all(&head(&reply, reply.body.len())).await?;
        stream.write_all(&reply.body).await?;
    }
    Ok(())
}

/// The next request, or `None` where the client is done.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Request>> {
    let malformed = || io::Error::other("not a request");
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 || bytes.len() > LARGEST_REQUEST {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().ok_or_else(malformed)?.split(' ');
    let (method, path) = (first.next().ok_or_else(malformed)?, first.next().ok_or_else(malformed)?);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut request = Request { method: method.into(), path: path.into(), headers, ..Request::default() };
    let host = request.header("host").unwrap_or_default();
    request.host = host.split(':').next().unwrap_or_default().to_owned();

    let length: usize = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    while body.len() < length.min(LARGEST_REQUEST) {
        if stream.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    request.body = body;
    Ok(Some(request))
}

/// Sends the answer; tells whether the connection can take another request.
async fn write(
    stream: &mut (impl AsyncWrite + Unpin),
    served: &Served,
    bytes_per_second: u64,
    breaker: &Breaker,
) -> io::Result<bool> {
    let reply = &served.reply;
    let part = match served.ending {
        Ending::Whole => reply.body.len(),
        Ending::StallAt(at) | Ending::ResetAt(at) | Ending::CloseAt(at) => at.min(reply.body.len()),
        Ending::Silent => return std::future::pending().await,
        Ending::Reset => return breaker.reset().map(|()| false),
        Ending::Close => return Ok(false),
        Ending::Garbage => {
            stream.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n").await?;
            return Ok(false);
        }
        Ending::Huge => return write_without_end(stream, reply).await,
    };
    stream.write_all(&head(reply, reply.body.len())).await?;
    for chunk in reply.body[..part].chunks(16 * 1024) {
        stream.write_all(chunk).await?;
        stream.flush().await?;
        if bytes_per_second < UNHURRIED {
            let seconds = chunk.len() as f64 / bytes_per_second.max(1) as f64;
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        }
    }
    stream.flush().await?;
    match served.ending {
        Ending::StallAt(_) => std::future::pending().await,
        Ending::ResetAt(_) => {
            // A reset also discards what the client has not read yet: give it time.
            tokio::time::sleep(Duration::from_millis(100)).await;
            breaker.reset().map(|()| false)
        }
        ending => Ok(ending == Ending::Whole),
    }
}

async fn write_without_end(stream: &mut (impl AsyncWrite + Unpin), reply: &Reply) -> io::Result<bool> {
    let chunk = vec![b' '; 64 * 1024];
    stream.write_all(&head(reply, 1 << 40)).await?;
    loop {
        stream.write_all(&chunk).await?;
    }
}

fn head(reply: &Reply, length: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // An answer to HEAD says how long the body would be.
    if reply.header("content-length").is_none() {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("")
}
