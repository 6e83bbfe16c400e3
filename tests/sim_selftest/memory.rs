//! The probe's own walk over worlds in memory.

use std::time::Duration;

use ecr_probe::config::{Environment, PullDepth};
use ecr_probe::edge::Edge;
use ecr_probe::image::Reference;
use ecr_probe::model::outcome::{
    CallerOutcome, ConnectOutcome, CredentialsOutcome, HandshakeOutcome, LayerBytesOutcome, LayerUrlOutcome,
    ManifestOutcome, NoAnswer, PolicyLayer, RegistryOutcome, Rejection, ResolveOutcome, TokenOutcome, Transport,
};
use ecr_probe::model::{Act, AddressClass, Evidence, Observation};
use ecr_probe::observe::{Recorder, Sampling, Walk, walk};
use ecr_probe::plan::Plan;
use ecr_probe::wire::oci::Platform;

use super::sim::{CANARIES, MemoryEdge};
use super::world;

fn observe(toml: &str) -> (Evidence, MemoryEdge) {
    let edge = MemoryEdge::new(world(toml));
    let references: Vec<_> = edge.world().references().iter().map(|it| Reference::parse(it).unwrap()).collect();
    let plan = Plan::new(&references, &Environment::default());
    let how = Walk {
        platform: Platform::parse("linux/amd64").unwrap(),
        depth: PullDepth::Verify,
        sampling: Sampling { count: 1, longest_ms: f64::INFINITY },
        skip_other_registries: false,
        caller_region: Some(edge.world().region().to_owned()),
        proxy_variables: Vec::new(),
        facts: Vec::new(),
        tokens: None,
        until_ms: f64::INFINITY,
    };
    let recorder = Recorder::new(&edge);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime
        .block_on(async { tokio::time::timeout(Duration::from_secs(20), walk(&recorder, &plan, &how)).await })
        .expect("virtual time does not stand still");
    let (evidence, ..) = recorder.finish();
    (evidence, edge)
}

fn symptoms(evidence: &Evidence) -> Vec<&Observation> {
    evidence.iter().filter(|observation| observation.is_symptom()).collect()
}

/// Whether an act of that check satisfies the test.
fn saw(toml: &str, test: impl Fn(&Act) -> bool) {
    let (evidence, _) = observe(toml);
    assert!(evidence.iter().any(|observation| test(&observation.act)), "{toml}: {evidence:#?}");
}

#[test]
fn the_healthy_world_pulls_and_shows_no_symptom() {
    let (evidence, edge) = observe("");
    assert_eq!(symptoms(&evidence), Vec::<&Observation>::new());
    let verified = evidence
        .iter()
        .filter(|observation| matches!(observation.act, Act::LayerBytes(LayerBytesOutcome::Verified { .. })))
        .count();
    assert_eq!(verified, 4, "a configuration and three layers");
    // No endpoint for STS, and no NAT: the pull is over before STS could be found silent.
    assert!(!evidence.iter().any(|it| matches!(it.act, Act::Caller(_))));
    assert_eq!(edge.services().stray_credentials(), 0);
}

#[test]
fn the_same_world_gives_the_same_observations() {
    for toml in ["", "[vpc]\nendpoint_sg_allows_task = false", "[layer]\nfault = 'stall'"] {
        assert_eq!(observe(toml).0, observe(toml).0, "{toml}");
    }
}

#[test]
fn time_outs_side_by_side_take_the_time_of_one() {
    let (evidence, edge) = observe("[vpc]\nendpoint_sg_allows_task = false\ntask_sg_allows_s3 = false");
    assert!(edge.elapsed_ms() < 6_000.0, "{}", edge.elapsed_ms());
    let timed_out = evidence.iter().filter(|it| matches!(it.act, Act::Connect(ConnectOutcome::TimedOut)));
    // What is tried beside a try that is silent, and is silent too, is no observation.
    assert_eq!(timed_out.map(|it| it.took_ms).collect::<Vec<_>>(), [5_000.0; 6]);
}

#[test]
fn no_secret_is_in_the_observations() {
    for toml in ["", "[reply.layer]\nstatus = 403", "[deny]\n's3:GetObject' = 'bare'"] {
        let (evidence, _) = observe(toml);
        let text = format!("{evidence:?}{}", serde_json::to_string(&evidence).unwrap());
        for canary in CANARIES {
            assert!(!text.contains(canary), "{toml}: {canary}");
        }
    }
}

#[test]
fn names_answer_as_the_vpc_has_it() {
    let class = |toml: &str, host: &str| {
        let (evidence, _) = observe(toml);
        let found = evidence.iter().find_map(|it| match &it.act {
            Act::Resolve(outcome) if it.target.as_ref().is_some_and(|target| target.host.starts_with(host)) => {
                Some(outcome.addresses().iter().map(|known| known.class).collect::<Vec<_>>())
            }
            _ => None,
        });
        found.unwrap()
    };
    use AddressClass::{Aws, Elsewhere, S3, Vpc};
    assert_eq!(class("", "api.ecr"), [Vpc, Elsewhere]);
    assert_eq!(class("", "prod-"), [S3, S3]);
    for public in [
        "[vpc]\ninterface_endpoints = []",
        "[vpc]\nprivate_dns = false",
        "[vpc]\nprivate_dns = ['ecr.dkr']",
        "[vpc]\ndns_hostnames = false",
        "[vpc]\nname_servers = ['10.8.0.53']",
    ] {
        assert_eq!(class(public, "api.ecr"), [Aws, Aws], "{public}");
    }
    assert_eq!(class("[vpc]\ninterface_endpoints = ['s3']", "prod-"), [Vpc, Elsewhere]);
    assert_eq!(class("[vpc]\nendpoint_network = '20.10.0'", "api.ecr"), [Vpc, Elsewhere]);
    assert_eq!(class("[dns]\necr-api = ['10.0.9.9', '52.94.1.10']", "api.ecr"), [Elsewhere, Aws]);
}

#[test]
fn each_trouble_of_a_name_server_is_seen() {
    let sees = |trouble: &str, expected: fn(&ResolveOutcome) -> bool| {
        saw(&format!("[dns]\nall = '{trouble}'"), |act| matches!(act, Act::Resolve(outcome) if expected(outcome)));
    };
    sees("nxdomain", |it| matches!(it, ResolveOutcome::NxDomain { aliases } if aliases.is_empty()));
    sees("blocked-alias", |it| matches!(it, ResolveOutcome::NxDomain { aliases } if aliases.len() == 1));
    sees("servfail", |it| *it == ResolveOutcome::ServerFailure);
    sees("refused", |it| *it == ResolveOutcome::Refused);
    sees("silent", |it| *it == ResolveOutcome::TimedOut);
    sees("empty", |it| matches!(it, ResolveOutcome::NoData { .. }));
    sees("closed", |it| *it == ResolveOutcome::PortClosed);
    sees("garbage", |it| matches!(it, ResolveOutcome::Malformed { .. }));
    sees("truncated", |it| matches!(it, ResolveOutcome::Answered(answer) if answer.transport == Transport::Tcp));
    saw("[vpc]\ndns_support = false", |act| *act == Act::Resolve(ResolveOutcome::Refused));
    saw("[vpc]\nname_servers = []", |act| *act == Act::Resolve(ResolveOutcome::NoServers));
}

#[test]
fn each_trouble_of_a_handshake_is_seen() {
    let sees = |trouble: &str, expected: fn(&HandshakeOutcome) -> bool| {
        saw(&format!("[tls]\ns3 = '{trouble}'"), |act| matches!(act, Act::Handshake(outcome) if expected(outcome)));
    };
    let issuer = |it: &HandshakeOutcome| it.certificate().map(|it| it.issuer.clone()).unwrap_or_default();
    sees("intercepted", |it| matches!(it, HandshakeOutcome::UnknownIssuer { .. }));
    sees("self-signed", |it| it.certificate().is_some_and(|it| it.self_signed));
    sees("old-bundle", |it| matches!(it, HandshakeOutcome::UnknownIssuer { .. }));
    sees("expired", |it| matches!(it, HandshakeOutcome::Expired { .. }));
    sees("not-yet-valid", |it| matches!(it, HandshakeOutcome::NotYetValid { .. }));
    sees("wrong-name", |it| matches!(it, HandshakeOutcome::NameMismatch { .. }));
    sees("malformed", |it| matches!(it, HandshakeOutcome::BadCertificate { .. }));
    sees("old-version", |it| matches!(it, HandshakeOutcome::NoCommonParameters { .. }));
    sees("alert", |it| matches!(it, HandshakeOutcome::Alert { .. }));
    sees("reset", |it| *it == HandshakeOutcome::Reset);
    sees("close", |it| *it == HandshakeOutcome::Closed);
    sees("silent", |it| *it == HandshakeOutcome::TimedOut);
    sees("plaintext", |it| *it == HandshakeOutcome::NotTls);
    saw(
        "[tls]\nall = 'intercepted-trusted'",
        |act| matches!(act, Act::Handshake(it @ HandshakeOutcome::Completed { .. }) if issuer(it).contains("Example Corp")),
    );
    // A name that points at the other endpoint.
    saw("[dns]\necr-dkr = ['10.0.1.10']", |act| matches!(act, Act::Handshake(HandshakeOutcome::NameMismatch { .. })));
    // A clock that is years off.
    saw("[clock]\nskew_s = 90000000", |act| matches!(act, Act::Handshake(HandshakeOutcome::Expired { .. })));
}

#[test]
fn identities_are_told_apart() {
    saw("[credentials]\nkind = 'none'", |act| *act == Act::Credentials(CredentialsOutcome::Missing));
    saw("[credentials]\nkind = 'endpoint-not-found'", |act| {
        matches!(act, Act::Credentials(CredentialsOutcome::Failed { .. }))
    });
    let code = |toml: &str, expected: &str| {
        saw(toml, |act| matches!(act, Act::Token(TokenOutcome::Rejected(it)) if it.code.as_deref() == Some(expected)));
    };
    code("[credentials]\nkind = 'invalid'", "UnrecognizedClientException");
    code("[credentials]\nkind = 'expired'", "ExpiredTokenException");
    code("[clock]\nskew_s = 600", "InvalidSignatureException");
    code("[clock]\nskew_s = -600", "InvalidSignatureException");
    saw(
        "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']",
        |act| matches!(act, Act::Caller(CallerOutcome::Known { account, .. }) if account == "123456789012"),
    );
    let refused = |toml: &str, expected: fn(&RegistryOutcome) -> bool| {
        saw(toml, |act| matches!(act, Act::RegistryAuth(outcome) if expected(outcome)));
    };
    refused("[credentials]\ntoken = 'expired'", |it| {
        matches!(it, RegistryOutcome::Rejected(Rejection { status: 403, .. }))
    });
    refused("[credentials]\ntoken = 'refused'", |it| {
        matches!(it, RegistryOutcome::Rejected(Rejection { status: 400, .. }))
    });
    refused("[credentials]\ntoken = 'stripped'", |it| matches!(it, RegistryOutcome::Challenged { .. }));
}

#[test]
fn denials_carry_the_words_of_aws() {
    let denied = |layer: &str, expected: PolicyLayer, explicit: bool| {
        let toml = format!("[deny]\n'ecr:BatchGetImage' = '{layer}'");
        saw(&toml, |act| {
            matches!(act, Act::Manifest(ManifestOutcome::Rejected(Rejection { status: 403, denial: Some(it), .. }))
                if it.layer == expected && it.explicit == explicit && it.action == "ecr:BatchGetImage")
        });
    };
    denied("identity", PolicyLayer::Identity, false);
    denied("explicit-identity", PolicyLayer::Identity, true);
    denied("boundary", PolicyLayer::PermissionsBoundary, false);
    denied("session", PolicyLayer::Session, false);
    denied("scp", PolicyLayer::ServiceControl, false);
    denied("explicit-scp", PolicyLayer::ServiceControl, true);
    denied("rcp", PolicyLayer::ResourceControl, true);
    denied("vpc-endpoint", PolicyLayer::VpcEndpoint, false);
    denied("explicit-vpc-endpoint", PolicyLayer::VpcEndpoint, true);
    denied("resource", PolicyLayer::Resource, false);
    denied("bare", PolicyLayer::Unnamed, false);
    saw("[deny]\n's3:GetObject' = 'vpc-endpoint'", |act| {
        matches!(act, Act::LayerBytes(LayerBytesOutcome::Rejected(Rejection { denial: Some(it), .. }))
            if it.layer == PolicyLayer::VpcEndpoint)
    });
    let toml = "[deny]\n'ecr:BatchGetImage' = { by = 'vpc-endpoint', only_at = 'ecr-dkr' }";
    saw(toml, |act| matches!(act, Act::ApiManifest(ManifestOutcome::Index { .. })));
}

#[test]
fn images_are_wrong_in_each_way() {
    let manifest = |toml: &str, expected: fn(&ManifestOutcome) -> bool| {
        saw(toml, |act| matches!(act, Act::Manifest(outcome) if expected(outcome)));
    };
    manifest(
        "[image]\nrepository_exists = false",
        |it| matches!(it, ManifestOutcome::Rejected(it) if it.code.as_deref() == Some("NAME_UNKNOWN")),
    );
    manifest(
        "[image]\ntag = 'v2'",
        |it| matches!(it, ManifestOutcome::Rejected(it) if it.code.as_deref() == Some("MANIFEST_UNKNOWN")),
    );
    manifest("[image]\nplatforms = ['linux/arm64']", |it| matches!(it, ManifestOutcome::NoPlatform { .. }));
    manifest("[image]\nwrong_manifest_digest = true", |it| matches!(it, ManifestOutcome::DigestMismatch { .. }));
    manifest("[image]\nmalformed_manifest = true", |it| matches!(it, ManifestOutcome::Unsupported { .. }));
    manifest(
        "[image]\nmedia_type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'\nindex = false",
        |it| matches!(it, ManifestOutcome::Unsupported { .. }),
    );
    manifest("[image]\nindex = false", |it| matches!(it, ManifestOutcome::Image { layers: 3, .. }));
    saw(
        "[image]\nindex = false\nconfig_platform = 'linux/arm64'",
        |act| matches!(act, Act::Config(outcome) if outcome.is_symptom()),
    );
}

#[test]
fn layers_are_wrong_in_each_way() {
    let bytes = |fault: &str, expected: fn(&LayerBytesOutcome) -> bool| {
        let toml = format!("[layer]\nfault = '{fault}'\nnumber = 2");
        saw(&toml, |act| matches!(act, Act::LayerBytes(outcome) if expected(outcome)));
    };
    bytes("corrupt", |it| matches!(it, LayerBytesOutcome::DigestMismatch { bytes: 5_120, .. }));
    bytes("short", |it| matches!(it, LayerBytesOutcome::LengthMismatch { expected: 5_120, received: 2_560 }));
    bytes("truncated", |it| *it == LayerBytesOutcome::Broken { received: 2_560, why: NoAnswer::Closed });
    bytes("reset", |it| *it == LayerBytesOutcome::Broken { received: 2_560, why: NoAnswer::Reset });
    bytes("stall", |it| *it == LayerBytesOutcome::Broken { received: 2_560, why: NoAnswer::TimedOut });
    bytes("url-expired", |it| matches!(it, LayerBytesOutcome::Rejected(Rejection { status: 403, .. })));
    saw("[layer]\nfault = 'missing'", |act| {
        matches!(act, Act::LayerUrl(LayerUrlOutcome::Rejected(Rejection { status: 404, .. })))
    });
    saw("[layer]\nstore = 'd2glxqk2uabbnd.cloudfront.net'\n[vpc]\nnat = true", |act| {
        matches!(act, Act::LayerBytes(LayerBytesOutcome::Verified { .. }))
    });
    let (_, slow) = observe("[image]\nlayer_sizes = [400000]\n[layer]\nbytes_per_second = 1000");
    assert!(slow.elapsed_ms() > 400_000.0);
}

#[test]
fn answers_are_forced_by_call() {
    saw("[reply.token]\nstatus = 429\ncode = 'ThrottlingException'\nmessage = 'Rate exceeded'", |act| {
        matches!(act, Act::Token(TokenOutcome::Rejected(Rejection { status: 429, code: Some(code), .. }))
            if code == "ThrottlingException")
    });
    saw("[reply.registry]\nstatus = 503\nbody = '<html><title>Squid</title>'\ncontent_type = 'text/html'", |act| {
        matches!(act, Act::RegistryPing(RegistryOutcome::Rejected(Rejection { status: 503, content_type: Some(it), .. }))
            if it == "text/html")
    });
    saw("[reply.blob]\nheaders = { Location = 'http://mirror.example/x' }", |act| {
        matches!(act, Act::LayerUrl(LayerUrlOutcome::BadRedirect { .. }))
    });
    for (fault, expected) in [
        ("silent", NoAnswer::TimedOut),
        ("reset", NoAnswer::Reset),
        ("close", NoAnswer::Closed),
        ("garbage", NoAnswer::Malformed { reason: "invalid HTTP version parsed".into() }),
    ] {
        let toml = format!("[reply.manifest]\nfault = '{fault}'");
        saw(&toml, |act| *act == Act::Manifest(ManifestOutcome::NoAnswer(expected.clone())));
    }
    saw("[reply.manifest]\nfault = 'huge'", |act| matches!(act, Act::Manifest(ManifestOutcome::Unsupported { .. })));
}
