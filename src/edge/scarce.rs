//! Errors of this process and its machine: nothing was sent, and they say nothing of the network.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::model::outcome::Scarce;

/// No file can be opened, and a socket is one.
pub fn scarce_files(error: &io::Error) -> Option<Scarce> {
    let number = error.raw_os_error()?;
    match number {
        libc::EMFILE => Some(Scarce::OpenFiles),
        libc::ENFILE => Some(Scarce::SystemFiles),
        _ => None,
    }
}

/// What the machine lacks, by an error of `connect` over TCP to that address.
pub fn scarce_for_tcp(error: &io::Error, address: SocketAddr) -> Option<Scarce> {
    scarce_files(error)
        .or_else(|| (error.kind() == ErrorKind::AddrNotAvailable && has_source(address)).then_some(Scarce::LocalPorts))
}

/// What the machine lacks, by an error of `bind` over UDP to any port.
pub fn scarce_for_udp(error: &io::Error) -> Option<Scarce> {
    scarce_files(error).or_else(|| (error.kind() == ErrorKind::AddrInUse).then_some(Scarce::LocalPorts))
}

/// Any address of the family of `address`, at a port that the system chooses.
pub fn any_of(address: SocketAddr) -> SocketAddr {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(any, 0)
}

/// Whether this machine has an address to send from to there. EADDRNOTAVAIL is also what a machine without IPv6
/// answers; the ports of UDP are others than those of TCP, and its `connect` sends nothing.
fn has_source(address: SocketAddr) -> bool {
    UdpSocket::bind(any_of(address)).and_then(|socket| socket.connect(address)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_files_is_no_fault_of_the_network() {
        for (number, expected) in [(libc::EMFILE, Some(Scarce::OpenFiles)), (libc::ENFILE, Some(Scarce::SystemFiles))] {
            assert_eq!(scarce_files(&io::Error::from_raw_os_error(number)), expected);
        }
        for number in [libc::ENETUNREACH, libc::ECONNREFUSED, libc::EHOSTUNREACH] {
            assert_eq!(scarce_files(&io::Error::from_raw_os_error(number)), None);
        }
    }

    #[test]
    fn a_lack_of_ports_is_told_from_a_lack_of_an_address() {
        let error = io::Error::from_raw_os_error(libc::EADDRNOTAVAIL);
        assert_eq!(scarce_for_tcp(&error, "127.0.0.1:443".parse().unwrap()), Some(Scarce::LocalPorts));
        // A link-local address without its interface: there is no address to send from.
        assert_eq!(scarce_for_tcp(&error, "[fe80::1]:443".parse().unwrap()), None);
        let error = io::Error::from_raw_os_error(libc::EADDRINUSE);
        assert_eq!(scarce_for_udp(&error), Some(Scarce::LocalPorts));
    }
}
