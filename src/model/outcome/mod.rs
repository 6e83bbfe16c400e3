//! Everything that the probe can do, and every way in which each act can end.
//!
//! A variant says what happened, not what it means. The edge makes these from
//! library errors; the rules match on them and nothing else.

mod aws;
mod blob;
mod image;
mod local;
mod reach;
mod registry;
mod reply;
mod samples;
mod scarce;
mod task;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use aws::{CallerOutcome, CredentialsOutcome, TokenOutcome};
pub use blob::{LayerBytesOutcome, LayerStoreOutcome, LayerUrlOutcome};
pub use image::{ConfigOutcome, ManifestOutcome, Unfit};
pub use local::{EnvironmentOutcome, ReferenceOutcome};
pub use reach::{
    Alias, Answer, AnsweredAddress, Certificate, ConnectOutcome, HandshakeOutcome, RecordType, ResolveOutcome, TcpInfo,
    Transport, Unanswered,
};
pub use registry::{RegistryOutcome, RegistryTokenOutcome};
pub use reply::{Denial, NoAnswer, PolicyLayer, Rejection};
pub use samples::Samples;
pub use scarce::Scarce;
pub use task::{ClockOutcome, DiskOutcome, TaskPullOutcome};

use super::facts::{self, Fact};

/// Makes [`Check`] and [`Act`] from one list: a check's name, and the outcome it ends in.
macro_rules! checks {
    ($($(#[$doc:meta])* $check:ident = $name:literal => $outcome:ty,)+) => {
        /// A kind of act: what the probe can do to learn something.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Check { $($(#[$doc])* $check,)+ }

        impl Check {
            /// Every check.
            pub const ALL: &'static [Check] = &[$(Check::$check,)+];

            /// The name in the report.
            pub fn name(self) -> &'static str {
                match self { $(Check::$check => $name,)+ }
            }
        }

        /// What was done, with how it ended. In JSON this is `"check"` and `"outcome"`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "check", content = "outcome")]
        pub enum Act {
            $($(#[$doc])* #[serde(rename = $name)] $check($outcome),)+
        }

        impl Act {
            /// Which check it was.
            pub fn check(&self) -> Check {
                match self { $(Act::$check(_) => Check::$check,)+ }
            }
        }
    };
}

checks! {
    /// The image reference was read; no packet was sent.
    Reference = "reference" => ReferenceOutcome,
    /// The process environment was read for settings that a pull would not share.
    Environment = "environment" => EnvironmentOutcome,
    /// The AWS credential chain was walked.
    Credentials = "credentials" => CredentialsOutcome,
    /// `sts:GetCallerIdentity`. Only tells who asks: no pull needs it.
    Caller = "caller" => CallerOutcome,
    /// A and AAAA were asked of one name server; `address` is that server.
    Resolve = "resolve" => ResolveOutcome,
    /// The VPC's own resolver was asked besides, where the configured servers are others. What it
    /// says is compared and not used.
    VpcResolve = "vpc-resolve" => ResolveOutcome,
    /// TCP connect to one address.
    Connect = "connect" => ConnectOutcome,
    /// TLS handshake on that connection.
    Handshake = "handshake" => HandshakeOutcome,
    /// The handshake again with small segments, after one that got no answer: large packets may
    /// be lost on the way.
    ClampedHandshake = "clamped-handshake" => HandshakeOutcome,
    /// The question to one name server, asked again and again (`--samples`).
    ResolveSamples = "resolve-samples" => Samples<ResolveOutcome>,
    /// The connect to one address, made again and again.
    ConnectSamples = "connect-samples" => Samples<ConnectOutcome>,
    /// The handshakes on those connections.
    HandshakeSamples = "handshake-samples" => Samples<HandshakeOutcome>,
    /// `ecr:GetAuthorizationToken`.
    Token = "token" => TokenOutcome,
    /// `GET /v2/` without credentials: 401 with a challenge is health.
    RegistryPing = "registry-ping" => RegistryOutcome,
    /// `GET` on the token service that a challenge names, without credentials; `subject` is the repository.
    RegistryToken = "registry-token" => RegistryTokenOutcome,
    /// `GET /v2/` with the token.
    RegistryAuth = "registry-auth" => RegistryOutcome,
    /// `GET /v2/…/manifests/…`.
    Manifest = "manifest" => ManifestOutcome,
    /// `ecr:BatchGetImage` through the API.
    ApiManifest = "api-manifest" => ManifestOutcome,
    /// The image's configuration blob was read for its platform.
    Config = "config" => ConfigOutcome,
    /// `GET /v2/…/blobs/…`, which redirects to the layer store.
    LayerUrl = "layer-url" => LayerUrlOutcome,
    /// `ecr:GetDownloadUrlForLayer` through the API.
    ApiLayerUrl = "api-layer-url" => LayerUrlOutcome,
    /// An unsigned GET on the layer store: any HTTP answer proves the path.
    LayerStore = "layer-store" => LayerStoreOutcome,
    /// The bytes of one blob from the layer store.
    LayerBytes = "layer-bytes" => LayerBytesOutcome,
    /// The first bytes of a blob again with small segments, after none came.
    ClampedBytes = "clamped-bytes" => LayerBytesOutcome,
    /// Task metadata was read for the task's disk.
    Disk = "disk" => DiskOutcome,
    /// Task metadata was read for whether the host's clock is synchronized.
    Clock = "clock" => ClockOutcome,
    /// Task metadata was read for how long the task's own images took to pull.
    TaskPull = "task-pull" => TaskPullOutcome,
    /// Configuration: which resources of a kind there are. `subject` is what has them: a VPC, a role, a cluster.
    List = "list" => Fact<facts::Listing>,
    /// Configuration: a service of ECS.
    Service = "service" => Fact<facts::Service>,
    /// Configuration: a task definition.
    TaskDefinition = "task-definition" => Fact<facts::TaskDefinition>,
    /// Configuration: a task, and why it stopped.
    StoppedTask = "stopped-task" => Fact<facts::StoppedTask>,
    /// Configuration: an instance that is registered with a cluster.
    ContainerInstance = "container-instance" => Fact<facts::ContainerInstance>,
    /// Configuration: an EC2 instance.
    Instance = "instance" => Fact<facts::Instance>,
    /// Configuration: a subnet.
    Subnet = "subnet" => Fact<facts::Subnet>,
    /// Configuration: a VPC.
    Vpc = "vpc" => Fact<facts::Vpc>,
    /// Configuration: the DNS attributes of a VPC.
    VpcDns = "vpc-dns" => Fact<facts::VpcDns>,
    /// Configuration: a set of DHCP options.
    DhcpOptions = "dhcp-options" => Fact<facts::DhcpOptions>,
    /// Configuration: a route table.
    RouteTable = "route-table" => Fact<facts::RouteTable>,
    /// Configuration: a network ACL.
    NetworkAcl = "network-acl" => Fact<facts::NetworkAcl>,
    /// Configuration: a security group.
    SecurityGroup = "security-group" => Fact<facts::SecurityGroup>,
    /// Configuration: a VPC endpoint, with its policy.
    Endpoint = "endpoint" => Fact<facts::Endpoint>,
    /// Configuration: a network interface.
    Interface = "network-interface" => Fact<facts::Interface>,
    /// Configuration: the CIDRs of a prefix list.
    PrefixList = "prefix-list" => Fact<facts::PrefixList>,
    /// Configuration: a NAT gateway.
    NatGateway = "nat-gateway" => Fact<facts::NatGateway>,
    /// Configuration: an internet gateway.
    InternetGateway = "internet-gateway" => Fact<facts::InternetGateway>,
    /// Configuration: a transit gateway's attachment.
    TransitAttachment = "transit-gateway-attachment" => Fact<facts::TransitAttachment>,
    /// Configuration: a private hosted zone.
    HostedZone = "hosted-zone" => Fact<facts::HostedZone>,
    /// Configuration: a rule of Route 53 Resolver.
    ResolverRule = "resolver-rule" => Fact<facts::ResolverRule>,
    /// Configuration: a rule of DNS Firewall.
    FirewallRule = "dns-firewall-rule" => Fact<facts::FirewallRule>,
    /// Configuration: an IAM role.
    Role = "role" => Fact<facts::IamRole>,
    /// Configuration: a policy of a role.
    Policy = "policy" => Fact<facts::Policy>,
    /// Configuration: an instance profile.
    InstanceProfile = "instance-profile" => Fact<facts::InstanceProfile>,
    /// Configuration: a repository of private ECR.
    Repository = "repository" => Fact<facts::Repository>,
    /// Configuration: the policy of a repository.
    RepositoryPolicy = "repository-policy" => Fact<facts::RepositoryPolicy>,
    /// Configuration: an image in a repository.
    Image = "image" => Fact<facts::ImageFact>,
    /// Configuration: the pull-through cache rules of a registry.
    CacheRules = "pull-through-cache-rules" => Fact<facts::CacheRules>,
    /// Configuration: a log group.
    LogGroup = "log-group" => Fact<facts::LogGroup>,
    /// Configuration: a secret, without its value.
    Secret = "secret" => Fact<facts::Secret>,
    /// Configuration: a parameter, without its value.
    Parameter = "parameter" => Fact<facts::Parameter>,
    /// Configuration: a KMS key.
    KmsKey = "kms-key" => Fact<facts::KmsKey>,
}

impl Check {
    /// Whether it is a fact of the account's configuration, and no act of a pull.
    pub fn is_configuration(self) -> bool {
        self >= Check::List
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Act {
    /// Why a request got no answer.
    pub fn no_answer(&self) -> Option<&NoAnswer> {
        match self {
            Act::Token(TokenOutcome::NoAnswer(why))
            | Act::RegistryPing(RegistryOutcome::NoAnswer(why))
            | Act::RegistryToken(RegistryTokenOutcome::NoAnswer(why))
            | Act::RegistryAuth(RegistryOutcome::NoAnswer(why))
            | Act::Manifest(ManifestOutcome::NoAnswer(why))
            | Act::LayerUrl(LayerUrlOutcome::NoAnswer(why))
            | Act::LayerStore(LayerStoreOutcome::NoAnswer(why))
            | Act::LayerBytes(LayerBytesOutcome::NoAnswer(why)) => Some(why),
            _ => None,
        }
    }

    /// How the server rejected a request of the pull.
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Act::Token(TokenOutcome::Rejected(it))
            | Act::RegistryPing(RegistryOutcome::Rejected(it))
            | Act::RegistryToken(RegistryTokenOutcome::Rejected(it))
            | Act::RegistryAuth(RegistryOutcome::Rejected(it))
            | Act::Manifest(ManifestOutcome::Rejected(it))
            | Act::LayerUrl(LayerUrlOutcome::Rejected(it))
            | Act::LayerBytes(LayerBytesOutcome::Rejected(it)) => Some(it),
            _ => None,
        }
    }

    /// Whether the act failed in a way that often passes by itself: a lost packet, too many requests, an error of the
    /// server's own, a connection that was cut or did not come about, an answer that did not come in time. The one
    /// predicate of what is tried again, of what is only noted when it passes then, and of what a watch convicts for
    /// when it comes twice in a row.
    pub fn may_pass(&self) -> bool {
        match self {
            Act::Credentials(outcome) => outcome.may_pass(),
            Act::Resolve(outcome) => outcome.may_pass(),
            Act::Connect(outcome) => outcome.may_pass(),
            Act::Handshake(outcome) => outcome.may_pass(),
            Act::LayerBytes(outcome) => outcome.may_pass(),
            Act::ApiManifest(ManifestOutcome::Rejected(why)) | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(why)) => {
                why.may_pass()
            }
            Act::ApiManifest(ManifestOutcome::NoAnswer(why)) | Act::ApiLayerUrl(LayerUrlOutcome::NoAnswer(why)) => {
                why.may_pass()
            }
            _ => self.rejection().is_some_and(Rejection::may_pass) || self.no_answer().is_some_and(NoAnswer::may_pass),
        }
    }

    /// Whether what it waited for did not come in time: then another try costs as long again.
    pub fn timed_out(&self) -> bool {
        match self {
            Act::Credentials(outcome) => matches!(outcome, CredentialsOutcome::TimedOut),
            Act::Resolve(outcome) => matches!(outcome, ResolveOutcome::TimedOut | ResolveOutcome::Truncated { .. }),
            Act::Connect(outcome) => matches!(outcome, ConnectOutcome::TimedOut),
            Act::Handshake(outcome) => matches!(outcome, HandshakeOutcome::TimedOut),
            Act::LayerBytes(LayerBytesOutcome::Broken { why, .. })
            | Act::ApiManifest(ManifestOutcome::NoAnswer(why))
            | Act::ApiLayerUrl(LayerUrlOutcome::NoAnswer(why)) => *why == NoAnswer::TimedOut,
            _ => self.no_answer() == Some(&NoAnswer::TimedOut),
        }
    }

    /// Whether it only reaches a host: a name is resolved, a connection made, a handshake done. No request is sent.
    pub fn is_reach(&self) -> bool {
        matches!(
            self,
            Act::Resolve(_)
                | Act::VpcResolve(_)
                | Act::Connect(_)
                | Act::Handshake(_)
                | Act::ClampedHandshake(_)
                | Act::ResolveSamples(_)
                | Act::ConnectSamples(_)
                | Act::HandshakeSamples(_)
        )
    }

    /// Whether the act ended in a way that asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        match self {
            Act::Reference(outcome) => outcome.is_symptom(),
            Act::Environment(_)
            | Act::Caller(_)
            | Act::VpcResolve(_)
            | Act::ClampedHandshake(_)
            | Act::ClampedBytes(_)
            | Act::Disk(_)
            | Act::Clock(_)
            | Act::TaskPull(_) => false,
            Act::Credentials(outcome) => outcome.is_symptom(),
            Act::Resolve(outcome) => outcome.is_symptom(),
            Act::Connect(outcome) => outcome.is_symptom(),
            Act::Handshake(outcome) => outcome.is_symptom(),
            Act::ResolveSamples(samples) => samples.is_symptom(),
            Act::ConnectSamples(samples) => samples.is_symptom(),
            Act::HandshakeSamples(samples) => samples.is_symptom(),
            Act::Token(outcome) => outcome.is_symptom(),
            Act::RegistryPing(outcome) => !outcome.is_answer(),
            Act::RegistryToken(outcome) => outcome.is_symptom(),
            Act::RegistryAuth(outcome) => !matches!(outcome, RegistryOutcome::Accepted { .. }),
            Act::Manifest(outcome) | Act::ApiManifest(outcome) => outcome.is_symptom(),
            Act::Config(outcome) => outcome.is_symptom(),
            Act::LayerUrl(outcome) | Act::ApiLayerUrl(outcome) => outcome.is_symptom(),
            Act::LayerStore(outcome) => outcome.is_symptom(),
            Act::LayerBytes(outcome) => outcome.is_symptom(),
            // What the configuration says is no failed act: rules make findings of it.
            _ => false,
        }
    }
}
