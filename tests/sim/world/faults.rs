//! Faults that are stated rather than caused: what a name server, a SYN, a handshake or an
//! HTTP call meets.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ecr_probe::model::Role;
use serde::Deserialize;

/// A value for each role, or for `all` that have none of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerRole<T> {
    ecr_api: Option<T>,
    ecr_dkr: Option<T>,
    s3: Option<T>,
    sts: Option<T>,
    logs: Option<T>,
    secretsmanager: Option<T>,
    ssm: Option<T>,
    kms: Option<T>,
    /// Every registry that is not ECR.
    registry: Option<T>,
    /// Every host that such a registry redirects to.
    cdn: Option<T>,
    all: Option<T>,
}

impl<T> Default for PerRole<T> {
    fn default() -> Self {
        PerRole {
            ecr_api: None,
            ecr_dkr: None,
            s3: None,
            sts: None,
            logs: None,
            secretsmanager: None,
            ssm: None,
            kms: None,
            registry: None,
            cdn: None,
            all: None,
        }
    }
}

impl<T> PerRole<T> {
    pub fn of(&self, role: Role) -> Option<&T> {
        let own = match role {
            Role::EcrApi => &self.ecr_api,
            Role::EcrDkr => &self.ecr_dkr,
            Role::S3 => &self.s3,
            Role::Sts => &self.sts,
            Role::Logs => &self.logs,
            Role::SecretsManager => &self.secretsmanager,
            Role::Ssm => &self.ssm,
            Role::Kms => &self.kms,
            Role::Registry => &self.registry,
            Role::Cdn => &self.cdn,
        };
        own.as_ref().or(self.all.as_ref())
    }

    pub fn for_all(&self) -> Option<&T> {
        self.all.as_ref()
    }
}

/// A trouble by name, or the addresses that the name has instead of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum DnsFault {
    Trouble(DnsTrouble),
    Addresses(Vec<IpAddr>),
}

/// What a name server does with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsTrouble {
    /// The name does not exist.
    #[serde(rename = "nxdomain")]
    NxDomain,
    Servfail,
    Refused,
    /// No answer at all.
    Silent,
    /// NOERROR without an address.
    Empty,
    /// The alias is given and its target does not exist: a DNS firewall that lists only the name.
    BlockedAlias,
    /// Nothing listens on the server's port. Only for `all`.
    Closed,
    /// Bytes that are no DNS message.
    Garbage,
    /// Cut over UDP, whole over TCP.
    Truncated,
    /// Cut over UDP, and over TCP nothing.
    Cut,
    /// Private and public addresses in turn, from one question to the next.
    Alternating,
    /// Every fourth question gets no answer.
    Flaky,
    /// A is answered, and AAAA is not.
    AaaaSilent,
    /// A is answered, and AAAA with SERVFAIL.
    AaaaServfail,
}

/// What becomes of a SYN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TcpFault {
    Drop,
    /// Every fourth is lost at each address.
    Flaky,
    Refuse,
    HostUnreachable,
    NetUnreachable,
}

/// What goes wrong after the ClientHello.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsFault {
    /// An inspector's certificate, whose authority the client does not know.
    Intercepted,
    /// An inspector's certificate, whose authority is in the client's bundle.
    InterceptedTrusted,
    SelfSigned,
    /// Amazon's own certificate, whose root is missing from the client's bundle.
    OldBundle,
    Expired,
    NotYetValid,
    WrongName,
    /// A certificate that cannot be read.
    Malformed,
    /// The server speaks nothing as new as TLS 1.2.
    OldVersion,
    /// An `access_denied` alert: a firewall that filters by name.
    Alert,
    Reset,
    Close,
    Silent,
    /// The server answers in plain HTTP.
    Plaintext,
    /// Full segments are dropped silently; small ones pass.
    BlackHole,
}

/// A call whose answer can be forced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// `ecr:GetAuthorizationToken`
    Token,
    /// `sts:GetCallerIdentity`
    Caller,
    /// `GET /v2/`, with credentials or without.
    Registry,
    /// A registry's token service.
    RegistryToken,
    /// `GET /v2/` with credentials.
    RegistryAuth,
    /// `GET /v2/…/manifests/…`
    Manifest,
    /// `GET /v2/…/blobs/…`
    Blob,
    /// `ecr:BatchGetImage`
    ApiManifest,
    /// `ecr:GetDownloadUrlForLayer`
    ApiLayerUrl,
    /// The presigned GET on the layer store.
    Layer,
    /// The unsigned GET on the layer store.
    LayerStore,
    /// `cloudwatch:PutMetricData`
    Metrics,
    /// `ecs:ListTasks`
    ListTasks,
    /// `ecs:DescribeTasks`
    DescribeTasks,
}

/// An answer that differs from the service's own in what is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Forced {
    pub status: Option<u16>,
    /// An error in the service's own form: AWS JSON, OCI envelope or S3 XML.
    pub code: Option<String>,
    pub message: Option<String>,
    /// The body as it is; `{authorization}`, `{query}` and `{token}` echo what was sent.
    pub body: Option<String>,
    pub content_type: Option<String>,
    /// Set beside the service's own, or in their place.
    pub headers: BTreeMap<String, String>,
    /// No HTTP answer, or none that can be read.
    pub fault: Option<ForcedFault>,
    /// Only the first so many times; then the service answers as it does.
    pub times: Option<u32>,
}

/// How often what is stated of names, SYNs and handshakes holds: the first so many times, by name or address. Without a
/// number it holds for ever.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Times {
    pub dns: Option<u32>,
    /// Not on loopback, where an address is open or closed once for all.
    pub tcp: Option<u32>,
    pub tls: Option<u32>,
}

/// Whether a fault that strikes so often strikes a try that so many went before.
pub fn strikes(times: Option<u32>, turn: u32) -> bool {
    times.is_none_or(|times| turn < times)
}

/// How a request goes unanswered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForcedFault {
    Silent,
    Reset,
    Close,
    /// A body without an end.
    Huge,
    /// Bytes that are not HTTP.
    Garbage,
}

/// The forced answers, by call.
pub type Forcings = BTreeMap<Call, Forced>;

/// What is wrong with one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerFault {
    /// A byte is not what was pushed.
    Corrupt,
    /// An intermediary passes half of it as if that were all.
    Short,
    /// The connection ends half-way.
    Truncated,
    /// The connection is reset half-way.
    Reset,
    /// Nothing more comes after the first half.
    Stall,
    /// It was never pushed.
    Missing,
    /// Its URL has expired.
    UrlExpired,
    /// The registry redirects to the URL that was asked for.
    RedirectLoop,
}
