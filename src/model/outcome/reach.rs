//! How resolving, connecting and shaking hands end.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::{Instant, KnownAddress};

/// Over what the name server's answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    Udp,
    /// After a truncated answer over UDP (RFC 7766).
    Tcp,
}

/// A CNAME of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    pub name: String,
    pub target: String,
    /// Seconds.
    pub ttl: u32,
}

/// An A or AAAA record of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredAddress {
    #[serde(flatten)]
    pub known: KnownAddress,
    /// Seconds.
    pub ttl: u32,
}

/// A name server's answer that holds at least one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub addresses: Vec<AnsweredAddress>,
    pub aliases: Vec<Alias>,
    pub transport: Transport,
}

/// How one name server answered for A and AAAA together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ResolveOutcome {
    Answered(Answer),
    /// The host is an IP address: nothing was asked.
    #[serde(rename = "literal")]
    IpLiteral(KnownAddress),
    /// NOERROR without an address (NODATA, RFC 2308).
    #[serde(rename = "empty")]
    NoData {
        aliases: Vec<Alias>,
    },
    /// The name does not exist (RFC 2308).
    NxDomain {
        aliases: Vec<Alias>,
    },
    ServerFailure,
    /// The server answered that it will not (rcode 5).
    Refused,
    /// Any other response code, by its name.
    OtherError {
        rcode: String,
    },
    /// Nothing came back in time.
    #[serde(rename = "silent")]
    TimedOut,
    /// The host of the server answered that nothing listens there.
    PortClosed,
    /// No route to the server.
    Unreachable {
        reason: String,
    },
    /// The answer over UDP was truncated (TC, RFC 1035 section 4.1.1), and none came over TCP.
    #[serde(rename = "cut")]
    Truncated {
        reason: String,
    },
    /// What came back is not a DNS answer to the question.
    Malformed {
        reason: String,
    },
    /// The system names no server to ask.
    NoServers,
}

impl ResolveOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ResolveOutcome::Answered(_) | ResolveOutcome::IpLiteral(_))
    }

    /// The addresses that it gives, in the order of the answer.
    pub fn addresses(&self) -> Vec<&KnownAddress> {
        match self {
            ResolveOutcome::Answered(answer) => answer.addresses.iter().map(|answered| &answered.known).collect(),
            ResolveOutcome::IpLiteral(known) => vec![known],
            _ => Vec::new(),
        }
    }

    /// The class of `address`, where this answer gave it.
    pub fn class_of(&self, address: IpAddr) -> Option<&KnownAddress> {
        self.addresses().into_iter().find(|known| known.address == address)
    }
}

/// What the kernel knows of a connection (`TCP_INFO`, tcp(7)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpInfo {
    /// Smoothed round-trip time, microseconds.
    pub rtt_us: u32,
    /// Its variation, microseconds.
    pub rtt_var_us: u32,
    /// Segments sent again so far.
    pub retransmits: u32,
    /// Largest segment it sends, bytes.
    pub send_mss: u32,
    /// Path MTU as known so far, bytes.
    pub path_mtu: u32,
}

/// How a TCP connect ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ConnectOutcome {
    Connected {
        tcp: Option<TcpInfo>,
    },
    /// No answer to any SYN in time.
    TimedOut,
    /// RST or ICMP port unreachable.
    Refused,
    Reset,
    /// ICMP host unreachable, or nobody answers ARP.
    HostUnreachable,
    /// ICMP net unreachable, or no route in the local table.
    NetworkUnreachable,
    /// The local host forbids it (EACCES, EPERM), or ICMP says prohibited.
    Forbidden,
    /// Any other error of the system.
    Failed {
        reason: String,
    },
}

impl ConnectOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ConnectOutcome::Connected { .. })
    }
}

/// What the server's certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// Subject alternative names, at most twenty.
    pub names: Vec<String>,
    pub not_before: Instant,
    pub not_after: Instant,
    pub self_signed: bool,
}

/// How a TLS handshake ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum HandshakeOutcome {
    Completed {
        version: String,
        cipher: String,
        certificate: Option<Certificate>,
        tcp: Option<TcpInfo>,
    },
    /// The chain ends at no root that is trusted here.
    UnknownIssuer {
        certificate: Option<Certificate>,
    },
    NameMismatch {
        certificate: Option<Certificate>,
    },
    Expired {
        certificate: Option<Certificate>,
        now: Instant,
    },
    NotYetValid {
        certificate: Option<Certificate>,
        now: Instant,
    },
    /// A certificate that no client takes.
    BadCertificate {
        reason: String,
        certificate: Option<Certificate>,
    },
    /// The server ended it with a TLS alert (RFC 8446 section 6).
    Alert {
        alert: String,
    },
    /// No common version or cipher.
    NoCommonParameters {
        reason: String,
    },
    /// What came back is not TLS.
    NotTls,
    Reset,
    Closed,
    TimedOut,
    Failed {
        reason: String,
    },
}

impl HandshakeOutcome {
    pub fn is_symptom(&self) -> bool {
        !matches!(self, HandshakeOutcome::Completed { .. })
    }

    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            HandshakeOutcome::Completed { certificate, .. }
            | HandshakeOutcome::UnknownIssuer { certificate }
            | HandshakeOutcome::NameMismatch { certificate }
            | HandshakeOutcome::Expired { certificate, .. }
            | HandshakeOutcome::NotYetValid { certificate, .. }
            | HandshakeOutcome::BadCertificate { certificate, .. } => certificate.as_ref(),
            _ => None,
        }
    }
}
