//! What the phrases of a text say, one by one.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::phrases::PHRASES;
use super::plain::Plain;

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    // The step of a task's start.
    /// Secrets or the registry's token, without saying which.
    Resources,
    RegistryAuth,
    /// The command that asks for a token; it may well have succeeded.
    EcrLogin,
    AsmSecret,
    AsmRegistryAuth,
    SsmSecret,
    Logger,
    LogStream,
    EnvFiles,
    EfsVolume,
    // The step of a pull.
    Pull,
    Resolve,
    ManifestPath,
    BlobPath,
    Copy,
    /// A request got no answer in HTTP: containerd says so before it says why.
    Transport,
    LayerStore,
    Config,
    // No connection.
    TimedOut,
    NoAnswer,
    ConnectionIssue,
    Refused,
    NoRoute,
    NetUnreachable,
    Reset,
    Eof,
    /// The far end closed in the midst of an answer.
    CutShort,
    Cancelled,
    NoProgress,
    // Names.
    NoSuchHost,
    NameError,
    NameTimedOut,
    NoEndpoint,
    BadUrl,
    // TLS.
    UnknownAuthority,
    OtherName,
    OutOfValidity,
    BadCertificate,
    TlsTimedOut,
    TlsAlert,
    NoCommonTls,
    NotTls,
    // Who asks.
    Denied,
    TokenExpired,
    NoBasicAuth,
    /// By Lambda, which pulls as itself.
    RepositoryDenied,
    /// Docker's credential helper is missing, or failed.
    HelperFailed,
    LoginFailed,
    WrongPassword,
    NotAuthorized,
    BadKeys,
    ClockSkew,
    NoCredentials,
    EmptyCredentials,
    NoPullCredentials,
    /// The service that gives tokens for registries other than ECR.
    TokenService,
    CannotAssumeRole,
    // How much is asked.
    Throttled,
    TooMany,
    HubLimit,
    SlowDown,
    KubeletLimit,
    // The image.
    NameUnknown,
    ManifestUnknown,
    NotFound,
    ImageNotFound,
    AccessDenied,
    NoScope,
    NoPlatform,
    ExecFormat,
    NoProcessor,
    MediaType,
    HtmlMedia,
    Compression,
    BadReference,
    LayersMismatch,
    BadManifest,
    // Layers.
    SizeMismatch,
    DigestMismatch,
    ManifestMismatch,
    NoSpace,
    Unpack,
    IoError,
    KmsKey,
    S3Denied,
    UrlExpired,
    TwoSignatures,
    BlobUnknown,
    Panic,
    UpstreamFailed,
    // HTML and proxies.
    WebPage,
    ProxyError,
    // Secrets and logs.
    SecretNotFound,
    /// What was asked of an AWS service is not there.
    NotThere,
    SecretMalformed,
    KmsDenied,
    NoLogGroup,
    LogOption,
    // The start.
    NotStarted,
    NotStable,
    StartTimedOut,
    PullTimedOut,
    CreateTimedOut,
    DockerDown,
    NoEndpointAnswers,
    // What is no pull.
    OutOfMemory,
    Placement,
    Capacity,
    HealthCheck,
    Quota,
    Held,
    HostPort,
    Volume,
    Rejected,
    Unscheduled,
    NetworkInterface,
    NoExecutable,
    ContainerRuntime,
    Exited,
    Push,
    Stopped,
    Unstopped,
    AgentChannel,
}

/// A sign and where it stands in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub sign: Sign,
    pub at: usize,
}

/// Every phrase in the text, in the order in which they end. Linear in the text.
pub fn find(plain: &Plain) -> Vec<Found> {
    static MATCHER: OnceLock<AhoCorasick> = OnceLock::new();
    let matcher = MATCHER.get_or_init(|| {
        let tight = PHRASES.iter().map(|(phrase, _)| Plain::of(phrase).tight);
        AhoCorasickBuilder::new().build(tight).expect("a few kilobytes of phrases make an automaton")
    });
    let mut found: Vec<Found> = Vec::new();
    for matched in matcher.find_overlapping_iter(&plain.tight) {
        let (_, sign) = PHRASES[matched.pattern().as_usize()];
        let next = Found { sign, at: plain.origin(matched.start()) };
        // A megabyte of one phrase tells no more than a few of it.
        if found.iter().rev().take(8).filter(|it| it.sign == sign).count() < 3 && found.len() < MOST_SIGNS {
            found.push(next);
        }
    }
    found
}

/// No message says more than a few dozen things.
const MOST_SIGNS: usize = 512;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn phrases_are_found_however_they_are_wrapped() {
        let plain = Plain::of("Error: no basic\n auth   credentials; then “tls: handshake\nfailure”");
        let signs: Vec<Sign> = find(&plain).into_iter().map(|it| it.sign).collect();
        assert_eq!(signs, [Sign::NoBasicAuth, Sign::NoCommonTls]);
    }

    #[test]
    fn no_phrase_is_found_where_two_words_meet() {
        for text in ["ResourceNotFoundException", "image not found", "file not found", "service timed out"] {
            let signs: Vec<Sign> = find(&Plain::of(text)).into_iter().map(|it| it.sign).collect();
            assert!(!signs.contains(&Sign::NoSuchHost), "{text}: {signs:?}");
        }
    }

    #[test]
    fn each_phrase_stands_once() {
        let mut seen = HashSet::new();
        for (phrase, sign) in PHRASES {
            assert!(seen.insert((Plain::of(phrase).tight, sign)), "{phrase:?} stands twice");
        }
    }
}
