//! How resolving, connecting and TLS handshakes end.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Scarce;
use crate::model::{KnownAddress, Timestamp};

/// Over what the name server's answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// The usual way.
    Udp,
    /// After a truncated answer over UDP (RFC 7766).
    Tcp,
}

/// A CNAME of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The name that is an alias.
    pub name: String,
    /// What it stands for.
    pub target: String,
    /// Seconds.
    pub ttl: u32,
}

/// An A or AAAA record of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredAddress {
    /// The address, and whose it is.
    #[serde(flatten)]
    pub known: KnownAddress,
    /// Seconds.
    pub ttl: u32,
}

/// A type of records that hold addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordType {
    /// IPv4.
    #[serde(rename = "A")]
    A,
    /// IPv6.
    #[serde(rename = "AAAA")]
    Aaaa,
}

impl RecordType {
    /// As zones have it.
    pub fn name(self) -> &'static str {
        match self {
            RecordType::A => "A",
            RecordType::Aaaa => "AAAA",
        }
    }
}

/// The one of the two questions that brought nothing, while the other was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    /// What was asked for.
    pub record: RecordType,
    /// What became of the question.
    pub why: Box<ResolveOutcome>,
}

/// A name server's answer that holds at least one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// A and AAAA records, IPv4 first, in the server's order.
    pub addresses: Vec<AnsweredAddress>,
    /// The CNAMEs on the way to them.
    pub aliases: Vec<Alias>,
    /// How the answer came.
    pub transport: Transport,
    /// The question for the other type of records, where it failed.
    pub unanswered: Option<Unanswered>,
}

/// How one name server answered for A and AAAA together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ResolveOutcome {
    /// At least one address.
    Answered(Answer),
    /// The host is an IP address: nothing was asked.
    #[serde(rename = "literal")]
    IpLiteral(KnownAddress),
    /// NOERROR without an address (NODATA, RFC 2308).
    #[serde(rename = "empty")]
    NoData {
        /// The CNAMEs that lead to nothing.
        aliases: Vec<Alias>,
    },
    /// The name does not exist (RFC 2308).
    NxDomain {
        /// The CNAMEs that lead to the name that does not exist.
        aliases: Vec<Alias>,
    },
    /// SERVFAIL (rcode 2): the server could not find out.
    ServerFailure,
    /// The server answered that it will not (rcode 5).
    Refused,
    /// Any other response code, by its name.
    OtherError {
        /// Such as `NOTIMP`.
        rcode: String,
    },
    /// Nothing came back in time.
    #[serde(rename = "silent")]
    TimedOut,
    /// The host of the server answered that nothing listens there.
    PortClosed,
    /// No route to the server.
    Unreachable {
        /// What the system says.
        reason: String,
    },
    /// The answer over UDP was truncated (TC, RFC 1035 section 4.1.1), and none came over TCP.
    #[serde(rename = "cut")]
    Truncated {
        /// How TCP failed.
        reason: String,
    },
    /// What came back is not a DNS answer to the question.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The system names no server to ask.
    NoServers,
    /// Nothing was asked: this process or its machine has run out of something.
    NotSent {
        /// Of what.
        lacking: Scarce,
    },
}

impl ResolveOutcome {
    /// Whether the same question is often answered when it is asked again: a lost packet, a server that is overloaded
    /// or starts anew.
    pub fn may_pass(&self) -> bool {
        use ResolveOutcome::{NotSent, PortClosed, ServerFailure, TimedOut, Truncated, Unreachable};
        matches!(self, TimedOut | ServerFailure | PortClosed | Unreachable { .. } | Truncated { .. } | NotSent { .. })
    }

    /// Whether it asks for an explanation.
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
    /// The three-way handshake was completed.
    Connected {
        /// What the kernel measured on the way; `None` where it does not say.
        tcp: Option<TcpInfo>,
    },
    /// No answer to any SYN in time.
    TimedOut,
    /// RST or ICMP port unreachable.
    Refused,
    /// The connection was reset while it was made.
    Reset,
    /// ICMP host unreachable, or nobody answers ARP.
    HostUnreachable,
    /// ICMP net unreachable, or no route in the local table.
    NetworkUnreachable,
    /// The local host forbids it (EACCES, EPERM), or ICMP says prohibited.
    Forbidden,
    /// No SYN was sent: this process or its machine has run out of something.
    NotSent {
        /// Of what.
        lacking: Scarce,
    },
    /// Any other error of the system.
    Failed {
        /// What the system says.
        reason: String,
    },
}

impl ConnectOutcome {
    /// Whether the same connect often works when it is made again. A missing route is the same a second later.
    pub fn may_pass(&self) -> bool {
        use ConnectOutcome::{Failed, HostUnreachable, NotSent, Refused, Reset, TimedOut};
        matches!(self, TimedOut | Refused | Reset | HostUnreachable | NotSent { .. } | Failed { .. })
    }

    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        !matches!(self, ConnectOutcome::Connected { .. })
    }
}

/// What the server's certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The distinguished name that it is for.
    pub subject: String,
    /// The distinguished name of the authority that signed it.
    pub issuer: String,
    /// Subject alternative names, at most twenty.
    pub names: Vec<String>,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// When it ends to be valid.
    pub not_after: Timestamp,
    /// Whether subject and issuer are the same.
    pub self_signed: bool,
}

/// How a TLS handshake ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum HandshakeOutcome {
    /// Both sides have finished, and the certificate is trusted and right for the name.
    Completed {
        /// Such as `TLS 1.3`.
        version: String,
        /// The cipher suite, as rustls names it: `TLS13_AES_128_GCM_SHA256`.
        cipher: String,
        /// The server's own.
        certificate: Option<Certificate>,
        /// The connection's figures at the end of the handshake.
        tcp: Option<TcpInfo>,
    },
    /// The chain ends at no root that is trusted here.
    UnknownIssuer {
        /// The server's own; `None` where it cannot be read.
        certificate: Option<Certificate>,
    },
    /// A trusted certificate that is for other names.
    NameMismatch {
        /// The server's own; `None` where it cannot be read.
        certificate: Option<Certificate>,
    },
    /// A certificate whose time is over, by the clock here.
    Expired {
        /// The server's own; `None` where it cannot be read.
        certificate: Option<Certificate>,
        /// The clock here.
        now: Timestamp,
    },
    /// A certificate whose time has not come, by the clock here.
    NotYetValid {
        /// The server's own; `None` where it cannot be read.
        certificate: Option<Certificate>,
        /// The clock here.
        now: Timestamp,
    },
    /// A certificate that no client takes.
    BadCertificate {
        /// What is wrong with it.
        reason: String,
        /// The server's own; `None` where it cannot be read.
        certificate: Option<Certificate>,
    },
    /// The server ended it with a TLS alert (RFC 8446 section 6).
    Alert {
        /// Its description, as rustls names it: `HandshakeFailure`.
        alert: String,
    },
    /// No common version or cipher.
    NoCommonParameters {
        /// What the two sides do not share.
        reason: String,
    },
    /// What came back is not TLS.
    NotTls,
    /// The connection was reset (RST).
    Reset,
    /// The connection was closed (FIN) in the middle of the handshake.
    Closed,
    /// No answer came in time.
    TimedOut,
    /// Anything else that ended it.
    Failed {
        /// What the TLS library says.
        reason: String,
    },
}

impl HandshakeOutcome {
    /// Whether the same handshake often completes on another connection. A certificate that is wrong stays wrong.
    pub fn may_pass(&self) -> bool {
        matches!(self, HandshakeOutcome::Reset | HandshakeOutcome::Closed | HandshakeOutcome::TimedOut)
    }

    /// Whether it asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        !matches!(self, HandshakeOutcome::Completed { .. })
    }

    /// The certificate that the server showed.
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
