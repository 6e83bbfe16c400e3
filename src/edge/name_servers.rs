//! Which name servers are asked: those of `/etc/resolv.conf`, and the VPC's own beside them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::aws::{VPC_RESOLVER, may_be_vpc_resolver};
use crate::model::Mode;

const PORT: u16 = 53;

/// The servers that names are asked of, and the VPC's own to ask beside them. Those that were named by hand are what is
/// to be tested, and nothing else.
pub fn to_ask(by_hand: &[SocketAddr], mode: Mode) -> (Vec<SocketAddr>, Option<(SocketAddr, When)>) {
    if by_hand.is_empty() {
        let servers = system_servers();
        let beside = vpc_resolver(&servers, mode);
        (servers, beside)
    } else {
        (by_hand.to_vec(), None)
    }
}

/// The servers that `/etc/resolv.conf` names, at most three as in resolv.conf(5).
fn system_servers() -> Vec<SocketAddr> {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let named: Vec<SocketAddr> = match hickory_resolver::system_conf::read_system_conf() {
        Ok((config, _)) => {
            config.name_servers().iter().take(3).map(|server| with_zone(server.ip, &text, interface_index)).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "the system names no name server");
            Vec::new()
        }
    };
    or_loopback(named)
}

/// Where none is named, or there is no such file, the one that Go's and glibc's resolvers ask then.
fn or_loopback(named: Vec<SocketAddr>) -> Vec<SocketAddr> {
    if named.is_empty() { vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT)] } else { named }
}

/// The server with the zone that its line names (`nameserver fe80::1%eth0`): a link-local address is of one interface
/// (RFC 4007), and without it no packet leaves.
fn with_zone(server: IpAddr, resolv_conf: &str, index_of: impl Fn(&str) -> Option<u32>) -> SocketAddr {
    let IpAddr::V6(address) = server else { return SocketAddr::new(server, PORT) };
    let zone = resolv_conf.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (address_text, zone) = words.nth(1).filter(|_| line.starts_with("nameserver"))?.split_once('%')?;
        (address_text.parse::<Ipv6Addr>() == Ok(address)).then_some(zone)
    });
    let index = zone.and_then(|zone| zone.parse().ok().or_else(|| index_of(zone)));
    SocketAddrV6::new(address, PORT, 0, index.unwrap_or_default()).into()
}

/// The number of an interface, as Linux tells it.
fn interface_index(name: &str) -> Option<u32> {
    let path = format!("/sys/class/net/{}/ifindex", name.replace('/', ""));
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// When the VPC's own resolver is asked beside the configured servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In AWS: it answers in a millisecond.
    Always,
    /// Nothing tells whether this machine is in a VPC: only when public addresses of AWS's have swallowed every SYN.
    Lost,
}

/// The VPC's own resolver, unless one of `servers` may be it, and when it is asked.
pub fn vpc_resolver(servers: &[SocketAddr], mode: Mode) -> Option<(SocketAddr, When)> {
    let others = !servers.is_empty() && !servers.iter().any(|server| may_be_vpc_resolver(server.ip()));
    let when = if mode == Mode::Host { When::Lost } else { When::Always };
    others.then_some((SocketAddr::new(VPC_RESOLVER.into(), PORT), when))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vpcs_resolver_is_asked_only_beside_servers_that_are_surely_others() {
        let compared = |servers: &[&str]| {
            let servers: Vec<_> = servers.iter().map(|it| SocketAddr::new(it.parse().unwrap(), 53)).collect();
            vpc_resolver(&servers, Mode::Task).map(|(server, _)| server.to_string())
        };
        let amazon = Some("169.254.169.253:53".to_owned());
        assert_eq!(compared(&["10.20.0.53"]), amazon);
        assert_eq!(compared(&["127.0.0.11", "10.20.0.53"]), amazon);
        for own in ["169.254.169.253", "10.0.0.2", "172.31.16.18", "fd00:ec2::253"] {
            assert_eq!(compared(&["10.20.0.53", own]), None, "{own}");
        }
        assert_eq!(compared(&[]), None);
    }

    #[test]
    fn where_no_server_is_named_this_machine_is_asked() {
        assert_eq!(or_loopback(Vec::new()), ["127.0.0.1:53".parse().unwrap()]);
        let named: Vec<SocketAddr> = vec!["10.0.0.2:53".parse().unwrap()];
        assert_eq!(or_loopback(named.clone()), named);
    }

    #[test]
    fn a_link_local_server_keeps_its_interface() {
        let text =
            "search example.com\nnameserver 10.0.0.9\nnameserver  fe80::1%eth0\nnameserver fe80::2%7 # by number\n";
        let index_of = |name: &str| (name == "eth0").then_some(3);
        let server = |address: &str| with_zone(address.parse().unwrap(), text, index_of).to_string();
        assert_eq!(server("fe80::1"), "[fe80::1%3]:53");
        assert_eq!(server("fe80::2"), "[fe80::2%7]:53");
        assert_eq!(server("fe80::3"), "[fe80::3]:53");
        assert_eq!(server("10.0.0.9"), "10.0.0.9:53");
    }
}
