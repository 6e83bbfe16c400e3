//! How a TLS handshake with a server of the world ends.

use std::net::IpAddr;

use ecr_probe::model::Timestamp;
use ecr_probe::model::outcome::{Certificate, HandshakeOutcome};

use super::super::aws;
use super::super::certificates::{Facts, Issuer, shown};
use super::super::world::{TlsFault, World};

/// `now` is the client's clock, and `turn` how many handshakes the address had before.
pub fn handshake(world: &World, host: &str, address: IpAddr, clamped: bool, turn: u32, now: i64) -> HandshakeOutcome {
    let facts = shown(world, host, address, turn);
    let certificate = Some(certificate(&facts));
    let now = Timestamp(now);
    match world.tls_fault(aws::host(world, host).role, address, turn) {
        Some(TlsFault::Reset) => return HandshakeOutcome::Reset,
        Some(TlsFault::Close) => return HandshakeOutcome::Closed,
        Some(TlsFault::Silent) => return HandshakeOutcome::TimedOut,
        Some(TlsFault::BlackHole) if !clamped => return HandshakeOutcome::TimedOut,
        Some(TlsFault::Plaintext) => return HandshakeOutcome::NotTls,
        Some(TlsFault::Alert) => return HandshakeOutcome::Alert { alert: "AccessDenied".into() },
        Some(TlsFault::OldVersion) => {
            let reason = "the server refused every version or cipher".into();
            return HandshakeOutcome::NoCommonParameters { reason };
        }
        Some(TlsFault::Malformed) => {
            let reason = "BadEncoding".into();
            return HandshakeOutcome::BadCertificate { reason, certificate: None };
        }
        _ => {}
    }
    match facts.issuer {
        Issuer::Amazon | Issuer::Public | Issuer::InspectorTrusted => {}
        Issuer::AmazonNew | Issuer::Inspector | Issuer::Itself => {
            return HandshakeOutcome::UnknownIssuer { certificate };
        }
    }
    if now.0 > facts.not_after {
        return HandshakeOutcome::Expired { certificate, now };
    }
    if now.0 < facts.not_before {
        return HandshakeOutcome::NotYetValid { certificate, now };
    }
    if !facts.names.iter().any(|name| covers(name, host)) {
        return HandshakeOutcome::NameMismatch { certificate };
    }
    HandshakeOutcome::Completed {
        version: "TLS 1.3".into(),
        cipher: "TLS13_AES_128_GCM_SHA256".into(),
        certificate,
        tcp: None,
    }
}

/// A wildcard stands for one label (RFC 9525 section 6.3).
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
        None => name.eq_ignore_ascii_case(host),
    }
}

fn certificate(facts: &Facts) -> Certificate {
    let subject = format!("CN={}", facts.common_name);
    let issuer = facts.issuer.name().map(|(organization, name)| format!("CN={name},O={organization},C=US"));
    Certificate {
        issuer: issuer.unwrap_or_else(|| subject.clone()),
        self_signed: facts.issuer == Issuer::Itself,
        subject,
        names: facts.names.clone(),
        not_before: Timestamp(facts.not_before),
        not_after: Timestamp(facts.not_after),
    }
}
