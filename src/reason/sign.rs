//! What the phrases of a text say, one by one.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::mark::{MARKS, Marked};
use super::phrases::PHRASES;
use super::phrases_elsewhere::ELSEWHERE;
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
    /// It was the name server that was spoken to: names are asked for by UDP.
    NameServer,
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
    /// By Lambda and SageMaker, which pull as themselves.
    RepositoryDenied,
    /// Docker's credential helper is missing, or failed.
    HelperFailed,
    LoginFailed,
    /// A registry's code without its words, and any other program's too.
    Unauthorized,
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
    /// A registry's code for a refusal, whatever its words.
    RegistryDenied,
    /// By SageMaker, of one of two.
    AbsentOrDenied,
    NoPlatform,
    ExecFormat,
    NoProcessor,
    MediaType,
    HtmlMedia,
    Compression,
    BadReference,
    /// By Lambda, of an image that it does not take.
    SourceImage,
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
    Redirects,
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
    Routine,
    Unstopped,
    AgentChannel,
}

/// The last of the list.
const COUNT: usize = Sign::AgentChannel as usize + 1;

/// What was found in a text.
#[derive(Debug, Clone)]
pub struct Found {
    /// For each sign, where it stands last in the line.
    last: [Option<usize>; COUNT],
    /// In the order of the text; of each kind the last few.
    pub marks: Vec<Marked>,
}

impl Found {
    /// Where the sign stands last.
    pub fn last(&self, sign: Sign) -> Option<usize> {
        self.last[sign as usize]
    }
}

/// No message holds more numbers than this.
const MOST_MARKS: usize = 64;

/// All that say something, in the order of the automaton's patterns; the marks come after them.
fn phrases() -> impl Iterator<Item = &'static (&'static str, Sign)> {
    PHRASES.iter().chain(ELSEWHERE)
}

/// Every phrase in the text, in one pass. Linear in the text.
pub fn find(plain: &Plain) -> Found {
    static MATCHER: OnceLock<AhoCorasick> = OnceLock::new();
    let matcher = MATCHER.get_or_init(|| {
        let phrases = phrases().map(|(phrase, _)| *phrase).chain(MARKS.iter().map(|(phrase, _)| *phrase));
        let tight = phrases.map(|phrase| Plain::of(phrase).tight);
        AhoCorasickBuilder::new().build(tight).expect("a few kilobytes of phrases make an automaton")
    });
    let mut found = Found { last: [None; COUNT], marks: Vec::new() };
    for matched in matcher.find_overlapping_iter(&plain.tight) {
        let pattern = matched.pattern().as_usize();
        match PHRASES.get(pattern).or_else(|| ELSEWHERE.get(pattern.checked_sub(PHRASES.len())?)) {
            Some((_, sign)) => {
                let last = &mut found.last[*sign as usize];
                *last = (*last).max(Some(plain.origin(matched.start())));
            }
            None => {
                if found.marks.len() == MOST_MARKS {
                    found.marks.remove(0);
                }
                let mark = MARKS[pattern - PHRASES.len() - ELSEWHERE.len()].1;
                found.marks.push(Marked { mark, start: matched.start(), end: matched.end() });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn phrases_are_found_however_they_are_wrapped() {
        let plain = Plain::of("Error: no basic\n auth   credentials; then “tls: handshake\nfailure”");
        let found = find(&plain);
        assert_eq!(found.last(Sign::NoBasicAuth), Some("Error: ".len()));
        assert!(found.last(Sign::NoCommonTls).is_some());
        assert_eq!(found.last.iter().flatten().count(), 2);
    }

    #[test]
    fn no_phrase_is_found_where_two_words_meet() {
        for text in ["ResourceNotFoundException", "image not found", "file not found", "service timed out"] {
            assert_eq!(find(&Plain::of(text)).last(Sign::NoSuchHost), None, "{text}");
        }
    }

    #[test]
    fn each_phrase_stands_once() {
        let mut seen = HashSet::new();
        for (phrase, sign) in phrases() {
            assert!(seen.insert((Plain::of(phrase).tight, sign)), "{phrase:?} stands twice");
        }
    }
}
