//! Connecting, and what the kernel says of the connection.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};

use super::scarce::scarce_for_tcp;
use crate::model::outcome::{ConnectOutcome, TcpInfo};

/// Small enough for every tunnel: below the least MTU of IPv6 (RFC 8200 section 5), headers taken off.
const CLAMPED_MSS: libc::c_int = 1_100;

/// Connects within `bound`.
pub async fn connect(address: SocketAddr, bound: Duration) -> (ConnectOutcome, Option<TcpStream>) {
    finish(address, timeout(bound, TcpStream::connect(address)).await)
}

/// How long an address has to answer before the next one is tried beside it (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to the first of these addresses that answers. Each is tried when the one before has failed or been silent for
/// a moment, and `bound` holds for all of them together: an endpoint has an address in each zone, and one may be dead.
pub async fn connect_any(
    addresses: &[SocketAddr],
    bound: Duration,
) -> (ConnectOutcome, Option<(SocketAddr, TcpStream)>) {
    let mut last = ConnectOutcome::TimedOut;
    let all = async {
        let mut waiting = addresses.iter();
        let mut under_way = FuturesUnordered::new();
        loop {
            under_way.extend(waiting.next().map(|&address| async move { (address, connect(address, bound).await) }));
            let is_last = waiting.len() == 0;
            tokio::select! {
                ended = under_way.next() => match ended {
                    Some((address, (outcome, Some(stream)))) => return Some((outcome, address, stream)),
                    Some((_, (outcome, None))) => last = outcome,
                    None => return None,
                },
                () = sleep(HEAD_START), if !is_last => {}
            }
        }
    };
    match timeout(bound, all).await.ok().flatten() {
        Some((outcome, address, stream)) => {
            // What cannot be set costs nothing but a wait.
            let _ = keep_alive(&stream);
            (outcome, Some((address, stream)))
        }
        None => (last, None),
    }
}

/// Connects with a maximum segment size of [`CLAMPED_MSS`], which the other side keeps to as well.
pub async fn connect_clamped(address: SocketAddr, bound: Duration) -> (ConnectOutcome, Option<TcpStream>) {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    };
    match socket.and_then(|socket| clamp(&socket).map(|()| socket)) {
        Ok(socket) => finish(address, timeout(bound, socket.connect(address)).await),
        Err(error) => (outcome(address, &error), None),
    }
}

fn finish(
    address: SocketAddr,
    connected: Result<io::Result<TcpStream>, Elapsed>,
) -> (ConnectOutcome, Option<TcpStream>) {
    match connected {
        Ok(Ok(stream)) => {
            // Requests are small and wait for their answer.
            let _ = stream.set_nodelay(true);
            (ConnectOutcome::Connected { tcp: tcp_info(&stream) }, Some(stream))
        }
        Ok(Err(error)) => (outcome(address, &error), None),
        Err(_) => (ConnectOutcome::TimedOut, None),
    }
}

fn outcome(address: SocketAddr, error: &io::Error) -> ConnectOutcome {
    if let Some(lacking) = scarce_for_tcp(error, address) {
        return ConnectOutcome::NotSent { lacking };
    }
    match error.kind() {
        ErrorKind::TimedOut => ConnectOutcome::TimedOut,
        ErrorKind::ConnectionRefused => ConnectOutcome::Refused,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => ConnectOutcome::Reset,
        ErrorKind::HostUnreachable => ConnectOutcome::HostUnreachable,
        // No address of this family to connect from; a `blackhole` route answers EINVAL.
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable | ErrorKind::InvalidInput => {
            ConnectOutcome::NetworkUnreachable
        }
        ErrorKind::PermissionDenied => ConnectOutcome::Forbidden,
        _ => ConnectOutcome::Failed { reason: error.to_string() },
    }
}

/// `setsockopt(TCP_MAXSEG)` before the connection is made (tcp(7)).
fn clamp(socket: &TcpSocket) -> io::Result<()> {
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_MAXSEG, CLAMPED_MSS)
}

/// In seconds: shorter than what NAT gateways (350 s; Amazon VPC User Guide, "NAT gateway basics") and home routers remember
/// a silent connection for.
const KEEP_ALIVE: libc::c_int = 30;

/// A function may be asked for minutes before it answers, and no packet passes meanwhile.
#[cfg(target_os = "linux")]
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    set_option(stream, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, KEEP_ALIVE)?;
    set_option(stream, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, KEEP_ALIVE)?;
    set_option(stream, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1)
}

/// Elsewhere the option that says after how long has another name.
#[cfg(not(target_os = "linux"))]
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    set_option(stream, libc::IPPROTO_TCP, libc::TCP_KEEPALIVE, KEEP_ALIVE)?;
    set_option(stream, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1)
}

/// `setsockopt` of an option that is an integer.
#[expect(unsafe_code, reason = "no safe wrapper of these options exists in the libraries that are already linked")]
fn set_option(
    socket: &impl std::os::fd::AsRawFd,
    level: libc::c_int,
    name: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    let length = libc::socklen_t::try_from(size_of_val(&value)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open while `socket` lives, and the kernel reads `length` bytes of
    // `value`, which is that large.
    let result = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const value).cast(), length) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `getsockopt(TCP_INFO)`; `None` where the platform has none.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "no safe wrapper of TCP_INFO exists in the libraries that are already linked")]
pub fn tcp_info(stream: &TcpStream) -> Option<TcpInfo> {
    use std::os::fd::AsRawFd;

    // SAFETY: `tcp_info` is plain integers, so all zeroes is a value of it.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = libc::socklen_t::try_from(std::mem::size_of::<libc::tcp_info>()).ok()?;
    // SAFETY: the descriptor is open while `stream` lives, and the kernel writes at most `length`
    // bytes into `info`, which is that large.
    let result = unsafe {
        libc::getsockopt(stream.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, (&raw mut info).cast(), &raw mut length)
    };
    (result == 0).then_some(TcpInfo {
        rtt_us: info.tcpi_rtt,
        rtt_var_us: info.tcpi_rttvar,
        retransmits: info.tcpi_total_retrans,
        send_mss: info.tcpi_snd_mss,
        path_mtu: info.tcpi_pmtu,
    })
}

/// Only Linux tells it.
#[cfg(not(target_os = "linux"))]
pub fn tcp_info(_: &TcpStream) -> Option<TcpInfo> {
    None
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What nobody listens at.
    async fn refusing() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
    }

    #[tokio::test]
    async fn a_dead_address_is_passed_over() {
        const BOUND: Duration = Duration::from_secs(5);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (alive, dead) = (listener.local_addr().unwrap(), refusing().await);
        for addresses in [vec![alive], vec![dead, alive], vec![alive, dead], vec![dead, dead, alive]] {
            let (outcome, connected) = connect_any(&addresses, BOUND).await;
            assert!(matches!(outcome, ConnectOutcome::Connected { .. }), "{addresses:?}: {outcome:?}");
            assert_eq!(connected.map(|(address, _)| address), Some(alive));
        }
        assert!(matches!(connect_any(&[dead, dead], BOUND).await, (ConnectOutcome::Refused, None)));
    }
}
