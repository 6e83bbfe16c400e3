//! Where the Lambda runtime API is: on this machine, or it is not spoken to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::Uri;

use super::value::shown;
use super::{UsageError, options};

/// Where a function is given its invocations. Reports go there without TLS, so that it is an address of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeAddress {
    /// Host and port as they stand in the variable.
    pub authority: String,
    /// The same as an address.
    pub address: SocketAddr,
    /// What emulators put before the paths of the API; it begins with a slash, or is empty.
    pub base: String,
}

impl RuntimeAddress {
    /// Reads `AWS_LAMBDA_RUNTIME_API`: `HOST:PORT`, which emulators write as a URL with a path. Lambda itself sets
    /// a loopback or a link-local address (`127.0.0.1:9001`, `169.254.100.1:9001`).
    ///
    /// # Errors
    ///
    /// It cannot be read, or its host is neither this machine's loopback nor link-local.
    pub fn read(text: &str) -> Result<Self, UsageError> {
        let wrong = |why: &str| {
            UsageError(format!(
                "{} {}: {why}; Lambda sets it, such as 127.0.0.1:9001",
                options::RUNTIME_API,
                shown(text)
            ))
        };
        let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let uri: Uri = url.parse().map_err(|_| wrong("it cannot be read"))?;
        let authority =
            uri.authority().filter(|it| !it.as_str().contains('@')).ok_or_else(|| wrong("it has no host"))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong("the runtime API is plain HTTP"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let ip = match host {
            "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
            _ => host.parse().map_err(|_| wrong("its host is no address"))?,
        };
        if !is_of_this_machine(ip) {
            return Err(wrong("it is not on this machine: neither a loopback nor a link-local address"));
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("" | ":") => 80,
            _ => authority.port_u16().ok_or_else(|| wrong("its port is no number up to 65535"))?,
        };
        Ok(RuntimeAddress {
            authority: authority.as_str().to_owned(),
            address: SocketAddr::new(ip, port),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

/// What never leaves the machine or its link (RFC 3927, RFC 4291 section 2.5).
fn is_of_this_machine(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String), String> {
        RuntimeAddress::read(text).map(|it| (it.address.to_string(), it.base)).map_err(|error| error.0)
    }

    #[test]
    fn lambda_and_its_emulators_write_it_in_their_ways() {
        for (text, address, base) in [
            ("127.0.0.1:9001", "127.0.0.1:9001", ""),
            ("169.254.100.1:9001", "169.254.100.1:9001", ""),
            ("localhost:9001", "127.0.0.1:9001", ""),
            ("127.0.0.1", "127.0.0.1:80", ""),
            ("http://[::1]:9000/.rt/probe", "[::1]:9000", "/.rt/probe"),
            ("http://127.0.0.1:9000/probe/", "127.0.0.1:9000", "/probe"),
        ] {
            assert_eq!(read(text), Ok((address.to_owned(), base.to_owned())), "{text}");
        }
    }

    #[test]
    fn no_other_machine_is_spoken_to() {
        for bad in [
            "10.0.0.9:9001",
            "0.0.0.0:9001",
            "[::]:9001",
            "[fe80::1]:9001",
            "203.0.113.7:80",
            "runtime.example:9001",
            "localhost.example:9001",
            "127.0.0.1:9001@203.0.113.7",
            "https://127.0.0.1:9001",
            "127.0.0.1:99999",
            "",
            "/",
        ] {
            let error = read(bad).unwrap_err();
            assert!(error.starts_with("AWS_LAMBDA_RUNTIME_API ") && error.contains("127.0.0.1:9001"), "{error}");
        }
    }
}
