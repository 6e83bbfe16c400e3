//! Every way in which each act can end, with every field that it can have.
//!
//! `each!` matches on the enum without a wildcard: a new variant does not compile until it is
//! made here, and then the schema must know it too.

use ecr_probe::model::outcome::{
    Alias, Answer, AnsweredAddress, CallerOutcome, Certificate, ConnectOutcome, CredentialsOutcome, Denial,
    EnvironmentOutcome, HandshakeOutcome, NoAnswer, PolicyLayer, ReferenceOutcome, Rejection, ResolveOutcome, Samples,
    Scarce, TcpInfo, TokenOutcome, Transport, Unanswered,
};
use ecr_probe::model::{Act, AddressClass, KnownAddress, Observation, Target, Timestamp};

use super::configuration::{self, hidden_facts, told};
use super::facts::{clocks, disks, task_pulls};
use super::lists::{address_classes, policy_layers, record_types, roles, scarce, transports};
use super::replies::{configs, layer_bytes, layer_stores, layer_urls, manifests, registries, registry_tokens};

/// One value of each variant, in a vector.
macro_rules! each {
    ($type:ident: $($variant:ident $({ $($fields:tt)* })? $(($inner:expr))?),+ $(,)?) => {{
        let _complete = |it: &$type| match it { $($type::$variant { .. } => ()),+ };
        vec![$($type::$variant $({ $($fields)* })? $(($inner))?),+]
    }};
}

pub(crate) use each;

/// The acts of each check, from the values of its outcome.
macro_rules! acts {
    ($($check:ident: $outcomes:expr),+ $(,)?) => {{
        let _complete = |it: &Act| match it { $(Act::$check(_) => ()),+ };
        let mut acts = Vec::new();
        $(acts.extend($outcomes.into_iter().map(Act::$check));)+
        acts
    }};
}

pub fn acts() -> Vec<Act> {
    acts! {
        Reference: references(),
        Environment: environments(),
        Credentials: credentials(),
        Caller: callers(),
        Resolve: resolves(),
        VpcResolve: resolves(),
        Connect: connects(),
        Handshake: handshakes(),
        ClampedHandshake: handshakes(),
        ResolveSamples: samples(resolves()),
        ConnectSamples: samples(connects()),
        HandshakeSamples: samples(handshakes()),
        Token: tokens(),
        RegistryPing: registries(),
        RegistryToken: registry_tokens(),
        RegistryAuth: registries(),
        Manifest: manifests(),
        ApiManifest: manifests(),
        Config: configs(),
        LayerUrl: layer_urls(),
        ApiLayerUrl: layer_urls(),
        LayerStore: layer_stores(),
        LayerBytes: layer_bytes(),
        ClampedBytes: layer_bytes(),
        Disk: disks(),
        Clock: clocks(),
        TaskPull: task_pulls(),
        List: told(configuration::lists()).into_iter().chain(hidden_facts()),
        Service: told(configuration::services()),
        TaskDefinition: told(configuration::task_definitions()),
        StoppedTask: told(configuration::stopped_tasks()),
        ContainerInstance: told(configuration::container_instances()),
        Instance: told(configuration::instances()),
        Subnet: told(configuration::subnets()),
        Vpc: told(configuration::vpcs()),
        VpcDns: told(configuration::vpc_dns()),
        DhcpOptions: told(configuration::dhcp_options()),
        RouteTable: told(configuration::route_tables()),
        NetworkAcl: told(configuration::network_acls()),
        SecurityGroup: told(configuration::security_groups()),
        Endpoint: told(configuration::endpoints()),
        Interface: told(configuration::interfaces()),
        PrefixList: told(configuration::prefix_lists()),
        NatGateway: told(configuration::nat_gateways()),
        InternetGateway: told(configuration::internet_gateways()),
        TransitAttachment: told(configuration::transit_attachments()),
        HostedZone: told(configuration::hosted_zones()),
        ResolverRule: told(configuration::resolver_rules()),
        FirewallRule: told(configuration::firewall_rules()),
        Role: told(configuration::iam_roles()),
        Policy: told(configuration::policies()),
        InstanceProfile: told(configuration::instance_profiles()),
        Repository: told(configuration::repositories()),
        RepositoryPolicy: told(configuration::repository_policies()),
        Image: told(configuration::images()),
        CacheRules: told(configuration::cache_rules()),
        LogGroup: told(configuration::log_groups()),
        Secret: told(configuration::secrets()),
        Parameter: told(configuration::parameters()),
        KmsKey: told(configuration::kms_keys()),
    }
}

/// An observation of each act.
pub fn observations() -> Vec<Observation> {
    let mut roles = roles().into_iter().cycle();
    acts()
        .into_iter()
        .zip(1..)
        .map(|(act, id)| Observation {
            id,
            target: roles.next().map(|role| Target::new(role, "api.ecr.eu-west-1.amazonaws.com", 443)),
            address: Some(if id % 2 == 0 { "10.0.1.10" } else { "2a05:d018::a" }.parse().unwrap()),
            subject: Some("scheduled-file-writer:v1".into()),
            image: (id % 2 == 0).then(|| "scheduled-file-writer:v1".into()),
            region: (id % 3 == 0).then(|| "eu-west-1".into()),
            began_ms: 12.345,
            took_ms: 0.25,
            act,
        })
        .collect()
}

pub fn references() -> Vec<ReferenceOutcome> {
    let nearest = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    each! { ReferenceOutcome:
        Ecr {
            account: "123456789012".into(),
            region: "eu-west-1".into(),
            partition: "aws".into(),
            region_known: true,
        },
        PublicEcr,
        DockerHub,
        OtherRegistry,
        MalformedEcrHost { problem: "the account id has 11 digits".into(), nearest: Some(nearest.into()) },
        Lookalike { nearest: nearest.into(), registrable: true },
    }
}

pub fn environments() -> Vec<EnvironmentOutcome> {
    each! { EnvironmentOutcome: ProxyVariables { names: vec!["HTTPS_PROXY".into()] } }
}

pub fn credentials() -> Vec<CredentialsOutcome> {
    each! { CredentialsOutcome:
        Found { source: "container credentials".into() },
        Missing,
        Failed { reason: "it answers 404".into() },
        TimedOut,
    }
}

pub fn callers() -> Vec<CallerOutcome> {
    let arn = "arn:aws:sts::123456789012:assumed-role/fileWriterTaskRole/9f3";
    let mut all = each! { CallerOutcome:
        Known { arn: arn.into(), account: "123456789012".into() },
        Rejected(rejection(PolicyLayer::Identity)),
        NoAnswer(NoAnswer::TimedOut),
    };
    all.extend(policy_layers().into_iter().map(rejection).map(CallerOutcome::Rejected));
    all.extend(no_answers().into_iter().map(CallerOutcome::NoAnswer));
    all
}

pub fn tokens() -> Vec<TokenOutcome> {
    let registry = "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    each! { TokenOutcome:
        Issued { valid_for_s: Some(43_200), registry: Some(registry.into()) },
        Malformed { reason: "the answer holds no token".into() },
        Reused { age_s: 60, valid_for_s: 43_140 }, Lapsed { age_s: 60 },
        Rejected(rejection(PolicyLayer::VpcEndpoint)), NoAnswer(NoAnswer::Reset),
    }
}

pub fn resolves() -> Vec<ResolveOutcome> {
    let aliases =
        || vec![Alias { name: "api.ecr.eu-west-1.amazonaws.com".into(), target: "alias.example".into(), ttl: 60 }];
    let mut all = each! { ResolveOutcome:
        Answered(answer(Transport::Udp)),
        IpLiteral(known(AddressClass::S3)),
        NoData { aliases: aliases() },
        NxDomain { aliases: aliases() },
        ServerFailure,
        Refused,
        OtherError { rcode: "NOTAUTH".into() },
        TimedOut,
        PortClosed,
        Unreachable { reason: "network is unreachable".into() },
        Truncated { reason: "TCP port 53 is closed".into() },
        Malformed { reason: "the answer is to another question".into() },
        NoServers,
        NotSent { lacking: Scarce::OpenFiles },
    };
    let unanswered = |record| Some(Unanswered { record, why: Box::new(ResolveOutcome::TimedOut) });
    let without = |record| Answer { unanswered: unanswered(record), ..answer(Transport::Udp) };
    all.extend(record_types().into_iter().map(without).map(ResolveOutcome::Answered));
    all.extend(scarce().into_iter().map(|lacking| ResolveOutcome::NotSent { lacking }));
    all.extend(transports().into_iter().map(answer).map(ResolveOutcome::Answered));
    all
}

pub fn connects() -> Vec<ConnectOutcome> {
    each! { ConnectOutcome:
        Connected { tcp: Some(tcp()) },
        TimedOut,
        Refused,
        Reset,
        HostUnreachable,
        NetworkUnreachable,
        Forbidden,
        NotSent { lacking: Scarce::LocalPorts },
        Failed { reason: "protocol not available".into() },
    }
}

/// Tries of which one failed, in each way, and tries of which none did.
pub fn samples<Outcome>(failures: Vec<Outcome>) -> Vec<Samples<Outcome>> {
    let times =
        |failed, failure| Samples { tries: 20, failed, resent: 1, p50_us: 812, p95_us: 1_950, max_us: 3_004, failure };
    let mut all: Vec<_> = failures.into_iter().map(|failure| times(1, Some(failure))).collect();
    all.push(times(0, None));
    all
}

pub fn handshakes() -> Vec<HandshakeOutcome> {
    let certificate = || Some(certificate());
    each! { HandshakeOutcome:
        Completed {
            version: "TLS 1.3".into(),
            cipher: "TLS13_AES_128_GCM_SHA256".into(),
            certificate: certificate(),
            tcp: Some(tcp()),
        },
        UnknownIssuer { certificate: certificate() },
        NameMismatch { certificate: certificate() },
        Expired { certificate: certificate(), now: Timestamp(1_795_442_400) },
        NotYetValid { certificate: certificate(), now: Timestamp(0) },
        BadCertificate { reason: "bad signature".into(), certificate: certificate() },
        Alert { alert: "HandshakeFailure".into() },
        NoCommonParameters { reason: "the server refused every version or cipher".into() },
        NotTls,
        Reset,
        Closed,
        TimedOut,
        Failed { reason: "the session is broken".into() },
    }
}

pub fn no_answers() -> Vec<NoAnswer> {
    each! { NoAnswer:
        Connect { reason: "refused".into() },
        Handshake { reason: "timed out".into() },
        TimedOut,
        Reset,
        Closed,
        Malformed { reason: "invalid header".into() },
        TooLarge { limit_bytes: 65_536 },
        NotSent { reason: "no credentials".into() },
    }
}

fn known(class: AddressClass) -> KnownAddress {
    let s3_region = (class == AddressClass::S3).then(|| "eu-west-1".to_owned());
    KnownAddress { address: "52.218.0.1".parse().unwrap(), class, s3_region }
}

fn answer(transport: Transport) -> Answer {
    let addresses = address_classes().into_iter().map(|class| AnsweredAddress { known: known(class), ttl: 60 });
    let alias = Alias { name: "a.example".into(), target: "b.example".into(), ttl: u32::MAX };
    Answer { addresses: addresses.collect(), aliases: vec![alias], transport, unanswered: None }
}

fn tcp() -> TcpInfo {
    TcpInfo { rtt_us: 812, rtt_var_us: 406, retransmits: 0, send_mss: 8_949, path_mtu: 9_001 }
}

fn certificate() -> Certificate {
    Certificate {
        subject: "CN=*.ecr.eu-west-1.amazonaws.com".into(),
        issuer: "CN=Amazon RSA 2048 M01,O=Amazon,C=US".into(),
        names: vec!["*.ecr.eu-west-1.amazonaws.com".into()],
        not_before: Timestamp(1_790_000_000),
        not_after: Timestamp(253_402_300_799),
        self_signed: false,
    }
}

pub fn rejection(layer: PolicyLayer) -> Rejection {
    Rejection {
        status: 403,
        code: Some("AccessDeniedException".into()),
        message: Some("User: … is not authorized to perform: ecr:GetAuthorizationToken".into()),
        request_id: Some("8c9b5f0e-1111-2222-3333-444455556666".into()),
        content_type: Some("application/x-amz-json-1.1".into()),
        server: Some("Server".into()),
        clock_offset_s: Some(-900),
        denial: Some(Denial {
            principal: Some("arn:aws:sts::123456789012:assumed-role/fileWriterTaskRole/9f3".into()),
            action: "ecr:GetAuthorizationToken".into(),
            resource: Some("*".into()),
            layer,
            explicit: true,
            policy_arn: Some("arn:aws:iam::123456789012:policy/deny".into()),
        }),
    }
}

pub fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}
