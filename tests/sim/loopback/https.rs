//! A TLS connection: what goes wrong between ClientHello and the first request.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use ecr_probe::model::Role;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;

use super::super::aws;
use super::super::certificates::shown;
use super::super::world::TlsFault;
use super::http;
use super::network::Network;

/// A fatal TLS alert (RFC 8446 section 6): `access_denied`, and `protocol_version`.
const ACCESS_DENIED: [u8; 7] = [21, 3, 3, 0, 2, 2, 49];
const PROTOCOL_VERSION: [u8; 7] = [21, 3, 1, 0, 2, 2, 70];

/// Serves one connection to `address`, an address of the world, to which there were `turn` others before.
pub async fn serve(network: &Network, stream: TcpStream, address: IpAddr, turn: u32) -> io::Result<()> {
    let (stream, breaker) = Breaker::of(stream)?;
    let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let host = hello.client_hello().server_name().unwrap_or_default().to_owned();
    let world = network.world();
    let role = aws::host(world, &host).role;
    let fault = world.tls_fault(role, address, turn);
    match fault {
        Some(TlsFault::Reset) => return breaker.reset(),
        Some(TlsFault::Close) => return Ok(()),
        Some(TlsFault::Silent | TlsFault::BlackHole) => return std::future::pending().await,
        Some(TlsFault::Plaintext) => return say(hello.io, b"HTTP/1.1 400 Bad Request\r\n\r\n").await,
        Some(TlsFault::Alert) => return say(hello.io, &ACCESS_DENIED).await,
        Some(TlsFault::OldVersion) => return say(hello.io, &PROTOCOL_VERSION).await,
        _ => {}
    }
    let config = match fault {
        Some(TlsFault::Malformed) => network.authorities.malformed(),
        _ => network.authorities.server(&shown(world, &host, address, turn), network.now()),
    };
    let mut config = config.map_err(io::Error::other)?;
    if role == Role::S3 {
        // S3 answers no ALPN (RFC 7301) in older captures: a client speaks HTTP/1.1 then.
        Arc::make_mut(&mut config).alpn_protocols.clear();
    }
    let mut stream = hello.into_stream(config).await?;
    // A connection that is to break goes without a close_notify.
    if http::serve(&mut stream, network, &breaker).await? { stream.shutdown().await } else { Ok(()) }
}

async fn say(mut stream: TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.shutdown().await
}

/// A second hold on the socket, to reset the connection under the TLS stream.
#[derive(Debug)]
pub struct Breaker(TcpSocket);

impl Breaker {
    fn of(stream: TcpStream) -> io::Result<(TcpStream, Breaker)> {
        // A pause before the second half of an answer would be Nagle's and not the world's.
        stream.set_nodelay(true)?;
        let stream = stream.into_std()?;
        let breaker = Breaker(TcpSocket::from_std_stream(stream.try_clone()?));
        Ok((TcpStream::from_std(stream)?, breaker))
    }

    /// From now on, closing the connection resets it (`SO_LINGER` of nought, socket(7)).
    pub fn reset(&self) -> io::Result<()> {
        self.0.set_zero_linger()
    }
}
