//! How sure an answer is: no surer than its text.

use ecr_probe::model::Strength::{self, Likely, Possible, Proven};
use ecr_probe::reason::{Explanation, explain};

use crate::corpus::context;

/// A text, and the code that comes first with its strength.
const TEXTS: [(&str, &str, Strength); 16] = [
    // A request that waited is refused with the same words.
    (
        "CannotPullECRContainerError: operation error ECR: GetAuthorizationToken, InvalidSignatureException: Signature expired: 20260301T100000Z is now earlier than 20260301T101500Z (20260301T102000Z - 5 min.)",
        "CLK-01",
        Likely,
    ),
    ("CannotPullECRContainerError: engine ecr credentials: not found", "IAM-11", Likely),
    (
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/x: 403 Forbidden: Request has expired",
        "LYR-02",
        Likely,
    ),
    (
        "CannotPullContainerError: failed to copy: unexpected status 403: KMS.DisabledException: key is disabled",
        "KMS-01",
        Likely,
    ),
    (
        "CannotStartTaskError: ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: NoCredentialProviders: no valid providers in chain",
        "INIT-15",
        Likely,
    ),
    (
        "Failed to pull your application image. Reason: Invalid Access Role in AuthenticationConfiguration",
        "IAM-06",
        Likely,
    ),
    ("CannotPullECRContainerError: ThrottlingException: Rate exceeded", "THR-01", Likely),
    (
        "docker pull: failed to resolve reference: dial tcp: lookup ecr-fips.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host",
        "CFG-06",
        Likely,
    ),
    (
        "Post \"https://ecr-fips.us-east-1.amazonaws.com/\": dial tcp: lookup ecr-fips.us-east-1.amazonaws.com on 10.0.0.2:53: no such host",
        "DNS-09",
        Likely,
    ),
    (
        "Error response from daemon: login attempt to https://None.dkr.ecr.eu-west-1.amazonaws.com/v2/ failed with status: 400 Bad Request",
        "DNS-05",
        Likely,
    ),
    // What the service or the runtime says of itself admits no other cause.
    ("denied: Your authorization token has expired. Reauthenticate and try again.", "TOK-01", Proven),
    (
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:00: write /var/lib/x: no space left on device: unknown",
        "DSK-01",
        Proven,
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /app/key",
        "INIT-04",
        Proven,
    ),
    (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: ResourceNotFoundException: The specified log group does not exist.",
        "INIT-06",
        Proven,
    ),
    ("Failed to pull ctr image: failed to resolve reference \"\": hostname required", "CFG-02", Proven),
    (
        "pull access denied: User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/app because no identity-based policy allows the ecr:BatchGetImage action",
        "IAM-02",
        Proven,
    ),
];

fn first(explanation: &Explanation) -> Option<(&'static str, Strength)> {
    explanation.diagnoses.first().map(|finding| (finding.code.id(), finding.strength))
}

#[test]
fn an_answer_is_no_surer_than_its_text() {
    let context = context();
    for (text, code, strength) in TEXTS {
        assert_eq!(first(&explain(text, &context)), Some((code, strength)), "{text}");
    }
}

#[test]
fn several_attempts_that_failed_differently_prove_nothing() {
    let context = context();
    let expired =
        "CannotPullContainerError: denied: Your authorization token has expired. Reauthenticate and try again.";
    let full = "CannotPullContainerError: failed to extract layer sha256:00: write /x: no space left on device";
    assert_eq!(first(&explain(expired, &context)), Some(("TOK-01", Proven)));
    // The same twice, as in stoppedReason and containers[].reason, is one.
    let twice = explain(&format!("stoppedReason: {expired}\nreason: {expired}"), &context);
    assert_eq!(first(&twice), Some(("TOK-01", Proven)));
    let both = explain(&format!("10:00 {expired}\n10:05 {full}"), &context);
    assert!(!both.diagnoses.is_empty());
    assert!(both.diagnoses.iter().all(|finding| finding.strength < Proven), "{:?}", first(&both));
}

#[test]
fn a_repositorys_policy_is_no_matter_within_one_account() {
    let denial = |repository: &str| {
        let text = format!(
            "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:{repository}:repository/app because no identity-based policy allows the ecr:BatchGetImage action"
        );
        let found = explain(&text, &context());
        found.diagnoses.iter().map(|finding| (finding.code.id(), finding.strength)).collect::<Vec<_>>()
    };
    assert!(denial("123456789012").iter().all(|(code, _)| *code != "IAM-10"));
    assert!(denial("210987654321").contains(&("IAM-10", Possible)));
}

#[test]
fn the_meaning_is_in_the_readers_words() {
    let context = context();
    for (text, means) in [
        (
            "User: arn:aws:sts::123456789012:assumed-role/pull/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/app because no identity-based policy allows the ecr:BatchGetImage action",
            "the role pull was denied ecr:BatchGetImage: no identity-based policy allows it (implicit deny)",
        ),
        (
            "User: arn:aws:sts::123456789012:assumed-role/pull/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/app with an explicit deny in a service control policy",
            "the role pull was denied ecr:BatchGetImage: explicit deny in a service control policy",
        ),
        (
            "Get \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/\": dial tcp 10.0.1.20:443: connect: no route to host",
            "10.0.1.20 is unreachable: no route (kernel) or ICMP unreachable (router)",
        ),
        (
            "Error response from daemon: Get https://ghcr.io/v2/x/manifests/1: unexpected status: 400 Bad Request",
            "the server rejected the request as malformed (HTTP 400)",
        ),
    ] {
        assert_eq!(explain(text, &context).means, means, "{text}");
    }
}

/// The host that pulls had none left of what it takes to connect: no security group is to blame, and no route for sure.
#[test]
fn a_lack_of_ports_or_files_blames_no_network() {
    let files = "CannotPullContainerError: Error response from daemon: Get \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/\": dial tcp: lookup 123456789012.dkr.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: dial udp 10.0.0.2:53: socket: too many open files";
    let Explanation { diagnoses, means, .. } = explain(files, &context());
    let codes: Vec<_> = diagnoses.iter().map(|finding| finding.code.id()).collect();
    assert!(codes == ["HOST-03"] && means.contains("no open files left"), "{means}: {codes:?}");

    let dialled = |to: &str| {
        let text = format!(
            "CannotPullContainerError: failed to do request: Get \"https://123456789012.dkr-ecr.eu-west-1.on.aws/v2/\": dial tcp {to}:443: connect: cannot assign requested address"
        );
        let diagnoses = explain(&text, &context()).diagnoses;
        diagnoses.iter().map(|finding| (finding.code.id(), finding.strength)).collect::<Vec<_>>()
    };
    assert_eq!(dialled("52.218.36.24"), [("RTE-14", Possible)]);
    // Of an IPv6 address the kernel says the same where the host has no address of that family.
    assert_eq!(dialled("[2600:1f18::1]")[0].0, "DNS-12");
}

/// A layer that no program of the runtime reads: which code it is, the media type tells.
#[test]
fn the_media_type_tells_a_compressed_layer_from_what_is_none() {
    const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    let kinds = [
        (format!("{LAYER}+zstd"), "IMG-08", Likely),
        ("application/vnd.docker.image.rootfs.diff.tar.zstd".to_owned(), "IMG-08", Likely),
        (format!("{LAYER}+gzip+encrypted"), "IMG-08", Possible),
        ("application/vnd.docker.image.rootfs.diff.tar.lz4".to_owned(), "IMG-08", Possible),
        ("application/vnd.in-toto+json".to_owned(), "IMG-06", Likely),
        ("application/vnd.cncf.helm.chart.content.v1.tar+gzip".to_owned(), "IMG-06", Likely),
    ];
    for (kind, code, strength) in kinds {
        for head in [
            "Failed to pull image \"x.example/app:v1\": failed to pull and unpack image: ",
            "CannotPullContainerError: ",
        ] {
            let text = format!(
                "{head}failed to extract layer sha256:0f: failed to get stream processor for {kind}: no processor for media-type: unknown"
            );
            assert_eq!(first(&explain(&text, &context())), Some((code, strength)), "{text}");
        }
    }
}

/// A program that is for another CPU is the image's only where the image runs.
#[test]
fn a_helper_for_another_cpu_is_no_images() {
    let image = "Failed to pull image \"123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1\": ";
    for helper in [
        "error execing credential provider plugin: fork/exec /opt/x: exec format error",
        "error execing credential provider plugin ecr-credential-provider for image x:v1: fork/exec /opt/x: exec format error",
        "error getting credentials - err: fork/exec /usr/local/bin/docker-credential-ecr-login: exec format error",
        "error getting credentials - err: fork/exec /usr/local/bin/docker-credential-ecr-login: exec format error, out: ``",
    ] {
        for head in [image, "CannotPullContainerError: ", "docker pull x:v1: "] {
            let text = format!("{head}{helper}");
            assert_eq!(first(&explain(&text, &context())), Some(("TOK-03", Likely)), "{text}");
        }
    }
    for program in ["exec /app: exec format error", "exec /usr/local/bin/run.sh: exec format error"] {
        let text = format!("CannotStartContainerError: Error response from daemon: {program}");
        assert_eq!(first(&explain(&text, &context())).map(|(code, _)| code), Some("IMG-05"), "{text}");
    }
}
