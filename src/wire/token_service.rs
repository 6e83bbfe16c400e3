//! Where a registry's challenge sends an anonymous client for a token: read from a hostile network, and strictly.

use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};

use super::{LayerUrl, LayerUrlError};

/// The longest realm that is followed; that of a registry has less than a hundred characters.
const LONGEST: usize = 512;

/// What the probe can make of a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answerable {
    /// By asking this service.
    Anonymously(TokenService),
    /// With credentials only: `Basic` and its like.
    WithCredentials,
    /// It leads where nothing is asked, for this reason.
    Never(NotFollowed),
}

/// Why nothing is sent to where a challenge leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotFollowed {
    /// There is nothing to follow.
    #[error("the challenge has no realm")]
    NoRealm,
    /// A realm or a service of more than 512 bytes.
    #[error("the challenge is longer than any registry's")]
    TooLong,
    /// Blanks, control characters or letters outside ASCII.
    #[error("the realm is no URL")]
    NoUrl,
    /// No URL that may be followed.
    #[error(transparent)]
    Url(#[from] LayerUrlError),
    /// Anybody on the way could read the token.
    #[error("the realm is not https")]
    NotHttps,
    /// What is asked for would be mixed with it.
    #[error("the realm has a query of its own")]
    Query,
    /// A service of this machine, such as the one that hands out credentials.
    #[error("the realm is an address of this machine or of its link")]
    ThisMachine,
}

/// The token service of a registry (distribution's "Token Authentication Specification").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenService {
    /// In lower case.
    pub host: String,
    /// 443 where the realm has none.
    pub port: u16,
    path: String,
    service: Option<String>,
}

impl TokenService {
    /// Reads a challenge: its scheme, its realm and its service.
    pub fn of(scheme: &str, realm: Option<&str>, service: Option<&str>) -> Answerable {
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Answerable::WithCredentials;
        }
        match realm.ok_or(NotFollowed::NoRealm).and_then(|realm| TokenService::parse(realm, service)) {
            Ok(service) => Answerable::Anonymously(service),
            Err(reason) => Answerable::Never(reason),
        }
    }

    fn parse(realm: &str, service: Option<&str>) -> Result<Self, NotFollowed> {
        if realm.len() > LONGEST || service.is_some_and(|service| service.len() > LONGEST) {
            return Err(NotFollowed::TooLong);
        }
        if !realm.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotFollowed::NoUrl);
        }
        // The same strict reading of scheme, user information, host and port as of a redirect.
        let url = LayerUrl::parse(realm)?;
        if !url.https {
            return Err(NotFollowed::NotHttps);
        }
        if realm.contains(['?', '#']) {
            return Err(NotFollowed::Query);
        }
        if is_of_this_machine(&url.host) {
            return Err(NotFollowed::ThisMachine);
        }
        let uri: http::Uri = realm.parse().map_err(|_| NotFollowed::NoUrl)?;
        let (LayerUrl { host, port, .. }, path) = (url, uri.path().to_owned());
        Ok(TokenService { host, port, path, service: service.map(str::to_owned) })
    }

    /// Path and query that ask for a token to pull from `repository`.
    pub fn request(&self, repository: &str) -> String {
        let mut request = format!("{}?", self.path);
        if let Some(service) = &self.service {
            request.push_str("service=");
            encode(service, &mut request);
            request.push('&');
        }
        request.push_str("scope=");
        encode(&format!("repository:{repository}:pull"), &mut request);
        request
    }
}

/// Percent-encodes all that is not unreserved (RFC 3986 section 2.3), but for `:` and `/`, which a query may hold.
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' => {
                into.push(char::from(byte));
            }
            other => write!(into, "%{other:02X}").expect("a String takes everything"),
        }
    }
}

/// The instance metadata service's IPv6 addresses (EC2 User Guide, "Use IMDS"): unique local, and of the link by use.
const METADATA_V6: [u16; 2] = [0xfd00, 0x0ec2];

/// Loopback, link-local with the metadata services at it, and what is no host's at all. A name that leads there is
/// harmless: nothing there can complete a handshake as that name.
fn is_of_this_machine(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => v6.to_ipv4_mapped().map_or_else(|| is_own_v6(v6), |v4| is_own(IpAddr::V4(v4))),
        Ok(v4) => is_own(v4),
        // What some take for a short form of an address, 127.1 or 2130706433, ends in a number; no name does.
        Err(_) => {
            let last = bare.rsplit('.').next().unwrap_or(bare);
            last == "localhost" || last.is_empty() || last.starts_with(|c: char| c.is_ascii_digit())
        }
    }
}

fn is_own(address: IpAddr) -> bool {
    let link_local = matches!(address, IpAddr::V4(v4) if v4.is_link_local() || v4.is_broadcast());
    address.is_loopback() || address.is_unspecified() || address.is_multicast() || link_local
}

fn is_own_v6(address: Ipv6Addr) -> bool {
    is_own(IpAddr::V6(address)) || address.is_unicast_link_local() || address.segments()[..2] == METADATA_V6
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn service(realm: &str) -> Result<TokenService, NotFollowed> {
        match TokenService::of("Bearer", Some(realm), Some("registry.example")) {
            Answerable::Anonymously(service) => Ok(service),
            Answerable::Never(why) => Err(why),
            Answerable::WithCredentials => panic!("{realm}"),
        }
    }

    #[test]
    fn the_great_registries_are_understood() {
        for (realm, name, host, request) in [
            (
                "https://public.ecr.aws/token/",
                "public.ecr.aws",
                "public.ecr.aws",
                "/token/?service=public.ecr.aws&scope=repository:nginx/nginx:pull",
            ),
            (
                "https://auth.docker.io/token",
                "registry.docker.io",
                "auth.docker.io",
                "/token?service=registry.docker.io&scope=repository:nginx/nginx:pull",
            ),
            (
                "https://a.example",
                "a registry & more",
                "a.example",
                "/?service=a%20registry%20%26%20more&scope=repository:nginx/nginx:pull",
            ),
        ] {
            let Answerable::Anonymously(found) = TokenService::of("bearer", Some(realm), Some(name)) else {
                panic!("{realm}")
            };
            assert_eq!((found.host.as_str(), found.port), (host, 443));
            assert_eq!(found.request("nginx/nginx"), request);
        }
        assert_eq!(service("https://auth.example:8443/v2/auth").unwrap().port, 8443);
        assert!(service("https://203.0.113.9/token").is_ok());
        assert_eq!(TokenService::of("Basic", Some("https://a.example"), None), Answerable::WithCredentials);
        assert!(matches!(TokenService::of("Bearer", None, None), Answerable::Never(_)));
    }

    #[test]
    fn a_hostile_realm_is_not_followed() {
        for realm in [
            "",
            "/token",
            "//auth.example/token",
            "http://auth.example/token",
            "ftp://auth.example/token",
            "file:///etc/passwd",
            "https://",
            "https://user:password@auth.example/token",
            "https://auth.example@evil.example/token",
            "https://auth.example:99999/token",
            "https://auth.example:443x/token",
            "https://auth.example/token?account=root",
            "https://auth.example/token#here",
            "https://auth.example/to ken",
            "https://auth.example/\u{e9}",
            "https://auth.example/…",
            "https://localhost/token",
            "https://LOCALHOST./token",
            "https://a.localhost/token",
            "https://127.0.0.1/token",
            "https://127.1/token",
            "https://2130706433/token",
            "https://0x7f.1/token",
            "https://0.0.0.0/token",
            "https://169.254.169.254/latest/meta-data/",
            "https://169.254.170.2/v2/credentials",
            "https://255.255.255.255/",
            "https://224.0.0.1/",
            "https://[::1]/token",
            "https://[::]/token",
            "https://[fe80::1]/token",
            "https://[::ffff:127.0.0.1]/token",
            "https://[::ffff:169.254.169.254]/token",
            "https://[fd00:ec2::254]/latest",
            "https://$(id)/token",
            "https://\"auth.example\"/token",
        ] {
            assert!(service(realm).is_err(), "{realm}: {:?}", service(realm));
        }
        assert!(service(&format!("https://auth.example/{}", "a".repeat(LONGEST))).is_err());
    }

    proptest! {
        #[test]
        fn reading_never_panics(realm in "(https://)?.{0,80}", name in ".{0,40}", repository in ".{0,40}") {
            if let Answerable::Anonymously(found) = TokenService::of("Bearer", Some(&realm), Some(&name)) {
                let request = found.request(&repository);
                prop_assert!(request.starts_with('/') && request.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
