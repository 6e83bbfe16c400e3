//! Connecting, and what the kernel says of the connection.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::model::outcome::{ConnectOutcome, TcpInfo};

/// Small enough for every tunnel: below the least MTU of IPv6 (RFC 8200 section 5), headers taken off.
const CLAMPED_MSS: libc::c_int = 1_100;

/// Connects within `bound`.
pub async fn connect(address: SocketAddr, bound: Duration) -> (ConnectOutcome, Option<TcpStream>) {
    finish(timeout(bound, TcpStream::connect(address)).await)
}

/// Connects with a maximum segment size of [`CLAMPED_MSS`], which the other side keeps to as well.
pub async fn connect_clamped(address: SocketAddr, bound: Duration) -> (ConnectOutcome, Option<TcpStream>) {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    };
    match socket.and_then(|socket| clamp(&socket).map(|()| socket)) {
        Ok(socket) => finish(timeout(bound, socket.connect(address)).await),
        Err(error) => (ConnectOutcome::Failed { reason: error.to_string() }, None),
    }
}

fn finish(connected: Result<io::Result<TcpStream>, Elapsed>) -> (ConnectOutcome, Option<TcpStream>) {
    match connected {
        Ok(Ok(stream)) => {
            // Requests are small and wait for their answer.
            let _ = stream.set_nodelay(true);
            (ConnectOutcome::Connected { tcp: tcp_info(&stream) }, Some(stream))
        }
        Ok(Err(error)) => (outcome(&error), None),
        Err(_) => (ConnectOutcome::TimedOut, None),
    }
}

fn outcome(error: &io::Error) -> ConnectOutcome {
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
#[expect(unsafe_code, reason = "no safe wrapper of TCP_MAXSEG exists in the libraries that are already linked")]
fn clamp(socket: &TcpSocket) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let size = CLAMPED_MSS;
    let length = libc::socklen_t::try_from(size_of_val(&size)).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open while `socket` lives, and the kernel reads `length` bytes of
    // `size`, which is that large.
    let result = unsafe {
        libc::setsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_MAXSEG, (&raw const size).cast(), length)
    };
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
