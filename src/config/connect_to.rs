//! `--connect-to HOST:PORT:ADDR:PORT`, with curl's meaning.

use std::net::IpAddr;
use std::str::FromStr;

use super::value::{self, ValueError};

/// Sends connections for a host and port elsewhere; names, certificates and requests stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    /// `None` matches any host. An IPv6 address is without its brackets.
    pub host: Option<String>,
    /// `None` matches any port.
    pub port: Option<u16>,
    /// `None` keeps the resolved address.
    pub to_address: Option<IpAddr>,
    /// `None` keeps the port.
    pub to_port: Option<u16>,
}

impl ConnectTo {
    /// Whether it is about connections to this host and port.
    pub fn matches(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        self.host.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(host)) && self.port.is_none_or(|own| own == port)
    }
}

impl FromStr for ConnectTo {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let wrong = ValueError::ConnectTo;
        let parts = split(text).ok_or_else(|| wrong("four parts are needed"))?;
        let [host, port, to_address, to_port] = parts;
        let number = |part: &str| match part {
            "" => Ok(None),
            digits => value::port(digits).map(Some).ok_or_else(|| wrong("a port is not a number up to 65535")),
        };
        let to_address = match to_address {
            "" => None,
            ip => Some(ip.parse().map_err(|_| wrong("ADDR must be an IP address"))?),
        };
        Ok(ConnectTo {
            host: (!host.is_empty()).then(|| host.to_ascii_lowercase()),
            port: number(port)?,
            to_address,
            to_port: number(to_port)?,
        })
    }
}

/// Splits at colons, leaving those inside `[…]` (IPv6) alone; the brackets go.
fn split(text: &str) -> Option<[&str; 4]> {
    let mut parts = [""; 4];
    let mut rest = text;
    for (index, part) in parts.iter_mut().enumerate() {
        let last = index == 3;
        let end = match rest.strip_prefix('[') {
            Some(inside) => inside.find(']')? + 2,
            None if last => rest.len(),
            None => rest.find(':')?,
        };
        *part = rest.get(..end)?.trim_start_matches('[').trim_end_matches(']');
        rest = rest.get(end..)?;
        if !last {
            rest = rest.strip_prefix(':')?;
        }
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_may_be_empty() {
        let any: ConnectTo = ":443::8443".parse().unwrap();
        assert!(any.matches("api.ecr.eu-west-1.amazonaws.com", 443));
        assert!(!any.matches("api.ecr.eu-west-1.amazonaws.com", 80));
        assert_eq!((any.to_address, any.to_port), (None, Some(8443)));
    }

    #[test]
    fn an_ipv6_address_stands_in_brackets() {
        let one: ConnectTo = "a.example:443:[2001:db8::1]:8443".parse().unwrap();
        assert_eq!((one.to_address, one.to_port), (Some("2001:db8::1".parse().unwrap()), Some(8443)));
        let other: ConnectTo = "[2001:db8::1]:443::8443".parse().unwrap();
        assert!(other.matches("[2001:db8::1]", 443) && !other.matches("[2001:db8::2]", 443));
    }

    #[test]
    fn what_cannot_be_read_is_told_what_can() {
        for bad in [
            "",
            "a",
            "a:b:c:d",
            "a:443:not-an-ip:1",
            "a:443:127.0.0.1:70000",
            "a:443:[::1:1",
            "a:+443::1",
            "a:443:127.0.0.1:+1",
            "a:1:127.0.0.1:1:9",
        ] {
            let error = bad.parse::<ConnectTo>().unwrap_err().to_string();
            assert!(error.ends_with("it takes HOST:PORT:ADDR:PORT, parts may be empty"), "{bad}: {error}");
        }
    }
}
