//! What every act on the network shares: servers, roots, ranges, bounds, overrides.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::dns;
use super::tls::Tls;
use crate::config::ConnectTo;
use crate::model::KnownAddress;
use crate::model::outcome::{NoAnswer, ResolveOutcome};
use crate::ranges::{Cidr, Ranges};

/// Read-only after the start.
#[derive(Debug)]
pub struct Network {
    pub name_servers: Vec<SocketAddr>,
    pub tls: Tls,
    pub ranges: Ranges,
    pub own_subnets: Vec<Cidr>,
    pub connect_to: Vec<ConnectTo>,
    /// Timeout of each act.
    pub timeout: Duration,
}

impl Network {
    /// Asks one name server for A and AAAA of `host`, and says whose each address is.
    pub async fn resolve(&self, host: &str, server: SocketAddr) -> ResolveOutcome {
        dns::resolve(host, server, self.timeout, &self.ranges, &self.own_subnets).await
    }

    /// Whose the address is.
    pub fn classify(&self, address: IpAddr) -> KnownAddress {
        self.ranges.classify(address, &self.own_subnets)
    }

    /// Where connections for `host` go: what it resolves to, unless `--connect-to` says otherwise.
    pub fn route(&self, host: &str, port: u16, resolved: &[IpAddr]) -> Vec<SocketAddr> {
        let rule = self.connect_to.iter().find(|rule| rule.matches(host, port));
        match rule {
            None => resolved.iter().map(|&address| SocketAddr::new(address, port)).collect(),
            Some(rule) => {
                let port = rule.to_port.unwrap_or(port);
                match rule.to_address {
                    Some(address) => vec![SocketAddr::new(address, port)],
                    None => resolved.iter().map(|&address| SocketAddr::new(address, port)).collect(),
                }
            }
        }
    }

    /// The addresses for calls that no pull depends on, one at least: those of the first server that answers with any.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, NoAnswer> {
        let known: Vec<IpAddr> = dns::literal(host).into_iter().collect();
        let addresses = self.route(host, port, &known);
        if !addresses.is_empty() {
            return Ok(addresses);
        }
        for &server in &self.name_servers {
            let outcome = self.resolve(host, server).await;
            let resolved: Vec<IpAddr> = outcome.addresses().iter().map(|known| known.address).collect();
            let addresses = self.route(host, port, &resolved);
            if !addresses.is_empty() {
                return Ok(addresses);
            }
        }
        Err(NoAnswer::Connect { reason: "the name does not resolve".into() })
    }
}
