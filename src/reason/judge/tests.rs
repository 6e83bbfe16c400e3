//! What tells look-alikes apart, one text a rule.

use super::{Answer, Kind};
use crate::model::Strength;
use crate::ranges::Ranges;
use crate::reason::parsed::Parsed;

pub fn judge(text: &str) -> Answer {
    super::judge(&Parsed::read(text, &Ranges::embedded(), &[]))
}

pub fn first(text: &str) -> &'static str {
    judge(text).causes.first().map_or("none", |cause| cause.code)
}

const REGISTRY: &str = "Get https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/1";

#[test]
fn no_login_after_no_token_is_an_effect() {
    let token = "requesting ECR authorization token RequestError: send request failed caused by: Post https://api.ecr.eu-west-1.amazonaws.com/: dial tcp 10.0.1.5:443: i/o timeout";
    assert_eq!(first(&format!("{token}\n{REGISTRY}: no basic auth credentials")), "SG-01");
    assert_eq!(first(&format!("{REGISTRY}: no basic auth credentials")), "TOK-03");
}

#[test]
fn an_ipv6_address_may_be_of_either_side() {
    let lost = |address: &str| judge(&format!("{REGISTRY}: dial tcp [{address}]:443: i/o timeout"));
    let of_ec2 = lost("2600:1f18::1");
    assert!(of_ec2.causes.iter().all(|cause| cause.strength == Strength::Possible), "{:?}", of_ec2.causes);
    let codes: Vec<&str> = of_ec2.causes.iter().map(|cause| cause.code).collect();
    assert_eq!(codes[..3], ["RTE-01", "DNS-12", "SG-01"]);
    assert_eq!(lost("2600:9000:5300::1").causes[0].code, "RTE-01");
    assert_eq!(lost("64:ff9b::345e:b88f").causes[0].code, "RTE-16");
    assert_eq!(lost("fd00:1::5").causes[0].code, "SG-01");
}

/// A registry that asks nobody for a login refuses nobody for one.
#[test]
fn a_refusal_is_weighed_by_its_host() {
    let refused = |url: &str| first(&format!("unexpected status from HEAD request to https://{url}: 403 Forbidden"));
    for open in
        ["mcr.microsoft.com/v2/a/manifests/1", "europe-docker.pkg.dev/v2/k8s-artifacts-prod/images/a/manifests/1"]
    {
        assert_eq!(refused(open), "PRX-02", "{open}");
    }
    assert_eq!(refused("ghcr.io/v2/a/b/manifests/1"), "IAM-12");
    let layer = |host: &str| {
        format!(
            "failed to copy: httpReadSeeker: failed open: unexpected status code https://{host}/v2/a/blobs/sha256:1: 403 Forbidden"
        )
    };
    for other in ["ghcr.io", "eu.gcr.io", "us.icr.io", "registry.example.com"] {
        let codes: Vec<&str> = judge(&layer(other)).causes.iter().map(|cause| cause.code).collect();
        assert!(codes[0] == "IAM-12" && !codes.contains(&"VPE-04"), "{other}: {codes:?}");
    }
    let codes: Vec<&str> = judge(&layer("registry.k8s.io")).causes.iter().map(|cause| cause.code).collect();
    assert_eq!(codes.first(), Some(&"VPE-04"));
    // Without a message of the registry's it may be S3's answer, for which containerd prints the registry's URL.
    let own = layer("123456789012.dkr.ecr.eu-west-1.amazonaws.com");
    let has_store = |text: &str| judge(text).causes.iter().any(|cause| cause.code == "VPE-04");
    assert!(has_store(&own), "{own}");
}

/// A name that the end of the text cuts is that of before, and longer than what is left of the text.
#[test]
fn a_host_that_is_cut_has_nothing_behind_it() {
    let whole = "pull europe-docker.pkg.dev/k8s-artifacts-prod/a: unexpected status: 403 Forbidden: Head https://europe-docker.pkg.dev";
    for (at, _) in whole.char_indices().skip("pull europe-docker.pkg.dev/".len()) {
        judge(&whole[..at]);
    }
    let registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    let denied = format!("pull access denied for {registry}: Get https://{registry}");
    for (at, _) in denied.char_indices().skip(80) {
        judge(&denied[..at]);
    }
    judge("pull access denied for 123456789012.dkr.ecr.eu-west-1.amazona ws.com");
}

/// Ollama pulls models from a registry of its own, and is an image itself.
#[test]
fn a_model_is_no_image_and_the_image_of_its_program_is_one() {
    let model = "pulling manifest\nError: pull model manifest: Get \"https://registry.ollama.ai/v2/library/a/manifests/1\": dial tcp: lookup registry.ollama.ai: no such host";
    assert_eq!(judge(model).kind, Kind::NotAPull);
    let image = "ollama Pulling\nollama Error Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving";
    assert_eq!(judge(image).kind, Kind::Diagnosed, "{:?}", judge(image));
}

/// What AWS is named beside is not the registry; and a service that throttles is none.
#[test]
fn another_name_in_the_text_is_not_the_registry() {
    assert_eq!(first("In GitLab CI docker pull fails: no basic auth credentials"), "TOK-03");
    assert_eq!(first("Mirrored from Quay to ECR, docker pull fails: no basic auth credentials"), "TOK-03");
    let secret = "ResourceInitializationError: unable to retrieve secret from asm: unexpected status code https://secretsmanager.eu-west-1.amazonaws.com/: 429";
    assert!(!["HUB-01", "THR-02", "PUB-02"].contains(&first(secret)), "{}", first(secret));
    let before = "failed to exec in container: no such process\nError response from daemon: pull access denied for a/b, repository does not exist";
    assert_eq!(first(before), "IMG-03");
}

/// A container ran and was killed; the image of the next cannot be pulled.
#[test]
fn what_ran_before_a_failed_pull_is_not_its_cause() {
    let pull = "Failed to pull image \"app:2\": rpc error: code = Unknown desc = Error response from daemon: toomanyrequests: You have reached your pull rate limit.";
    for ran in
        ["Last State: Terminated\nReason: OOMKilled", "Readiness probe failed: HTTP probe failed with statuscode: 500"]
    {
        assert_eq!(first(&format!("{ran}\n{pull}")), "HUB-01", "{ran}");
        let pulled = "Successfully pulled image \"app:2\"";
        assert_eq!(judge(&format!("{pull}\n{pulled}\n{ran}")).kind, Kind::NotAPull, "{ran}");
    }
}

#[test]
fn the_failure_is_where_the_log_ends() {
    let text = format!(
        "level=debug msg=\"Calling ECR.GetAuthorizationToken\"\n{REGISTRY}: dial tcp 10.0.1.5:443: i/o timeout"
    );
    assert!(judge(&text).means.starts_with("the ECR registry did not answer"), "{}", judge(&text).means);
}

#[test]
fn a_token_service_refuses_or_is_not_reached() {
    let text = "failed to authorize: failed to fetch anonymous token: ";
    assert_eq!(
        first(&format!("{text}unexpected status from GET request to https://ghcr.io/token: 401 Unauthorized")),
        "IAM-12"
    );
    let lost = format!("{text}Get \"https://auth.docker.io/token\": dial tcp 54.83.42.45:443: i/o timeout");
    assert_eq!(first(&lost), "HUB-02");
}

#[test]
fn another_registrys_refusal_is_not_ecrs() {
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let text = format!(
            "failed to pull image: unexpected status from HEAD request to https://gcr.io/v2/a/manifests/1: {status}"
        );
        assert_eq!(first(&text), "IAM-12", "{status}");
    }
    assert_eq!(
        first("pull access denied for ghcr.io/a/b, repository does not exist or may require 'docker login'"),
        "IAM-12"
    );
    assert_eq!(first("pull access denied for a/b, repository does not exist or may require 'docker login'"), "IMG-03");
}

#[test]
fn only_the_layers_bucket_is_the_layers() {
    let text = |bucket: &str| {
        format!(
            "User: arn:aws:iam::123456789012:role/r is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::{bucket}/k\" because no VPC endpoint policy allows the s3:GetObject action"
        )
    };
    assert_eq!(first(&text("prod-eu-west-1-starport-layer-bucket")), "VPE-04");
    assert_eq!(judge(&text("my-bucket")).kind, Kind::NotAPull);
    // Whose bucket is masked, only a sign of a pull tells.
    assert_eq!(judge(&text("***")).kind, Kind::Unrecognised);
    assert_eq!(first(&format!("CannotPullContainerError: {}", text("***"))), "VPE-04");
    assert_eq!(first(&format!("failed to download env files: {}", text("my-bucket"))), "INIT-11");
    let bare = "failed to download env files: file download command: non empty error stream: AccessDenied: Access Denied status code: 403";
    assert_eq!(first(bare), "INIT-11");
}

#[test]
fn a_first_pull_through_a_cache_makes_a_repository() {
    let denied = "denied: User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ecr:CreateRepository on resource: arn:aws:ecr:eu-west-1:123456789012:repository/quay/a because no identity-based policy allows the ecr:CreateRepository action";
    assert_eq!(first(&format!("failed to pull and unpack image: {denied}")), "PTC-01");
    assert_eq!(judge(denied).kind, Kind::NotAPull);
    assert_eq!(first(&denied.replace("CreateRepository", "BatchImportUpstreamImage")), "PTC-02");
}

#[test]
fn the_end_of_a_denial_still_tells() {
    assert_eq!(first("... because no VPC endpoint policy allows the ecr:BatchGetImage action"), "VPE-02");
    assert_eq!(first("no permissions boundary allows the ecr:GetAuthorizationToken action"), "IAM-04");
}

#[test]
fn windows_words_are_known() {
    let text =
        |words: &str| format!("Error response from daemon: {REGISTRY}: dial tcp 10.0.1.5:443: connectex: {words}");
    assert_eq!(first(&text("No connection could be made because the target machine actively refused it.")), "RTE-13");
    let silent =
        "A connection attempt failed because the connected party did not properly respond after a period of time";
    assert_eq!(first(&text(silent)), "SG-01");
}

#[test]
fn what_is_not_said_to_be_of_a_pull_is_not_blamed_on_one() {
    for text in [
        "dial tcp 10.0.0.5:5432: connect: connection refused",
        "Get https://example.com/: x509: certificate signed by unknown authority",
        "ThrottlingException: Rate exceeded",
        "AccessDeniedException: The ciphertext refers to a customer master key that does not exist",
    ] {
        assert_eq!(judge(text).kind, Kind::Unrecognised, "{text}");
    }
    for text in [
        "Readiness probe failed: dial tcp 10.0.1.5:8080: connect: connection refused",
        "Your Spot Task was interrupted.",
    ] {
        assert_eq!(judge(text).kind, Kind::NotAPull, "{text}");
    }
}

#[test]
fn a_cut_text_tells_a_lost_request_from_a_refused_one() {
    let store = "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/a?X-Amz-A";
    assert_eq!(
        first(&format!("failed to copy: httpReadSeeker: failed open: failed to do request: Get {store}")),
        "RTE-03"
    );
    assert_eq!(
        first(&format!("failed to copy: httpReadSeeker: failed open: unexpected status code {store}")),
        "VPE-04"
    );
}

#[test]
fn a_refusal_without_words_is_the_named_registrys() {
    let text = |host: &str, words: &str| {
        format!("Error response from daemon: Head \"https://{host}/v2/a/b/manifests/1\": {words}")
    };
    for words in ["denied: denied", "denied: access forbidden", "unauthorized"] {
        assert_eq!(first(&text("ghcr.io", words)), "IAM-12", "{words}");
    }
    let ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    assert_eq!(first(&text(ecr, "denied: no")), "IAM-02");
    assert_eq!(first(&text(ecr, "unauthorized")), "TOK-03");
    for other in ["error: Unauthorized", "admission webhook \"a\" denied the request: denied: no"] {
        assert_eq!(judge(other).kind, Kind::Unrecognised, "{other}");
    }
}

#[test]
fn a_name_server_that_refuses_is_no_registry_that_does() {
    let asked = "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53";
    for end in [
        "read udp 127.0.0.1:4500->127.0.0.53:53: read: connection refused",
        "dial udp 127.0.0.53:53: connect: network is unreachable",
    ] {
        assert_eq!(first(&format!("{asked}: {end}")), "DNS-15", "{end}");
    }
    let dialled = "Get \"https://registry-1.docker.io/v2/\": dial tcp 54.83.42.45:443: connect: connection refused";
    assert_eq!(first(dialled), "RTE-13");
}

#[test]
fn lambda_pulls_when_a_function_is_made() {
    let call = |words: &str| format!("An error occurred (X) when calling the CreateFunction operation: {words}");
    assert_eq!(first(&call("Lambda does not have permission to access the ECR image.")), "IAM-10");
    assert_eq!(first(&call("Source image a:1 is not valid. Provide a valid source image.")), "CFG-02");
    assert_eq!(first(&call("Source image a:1 does not exist. Provide a valid source image.")), "IMG-02");
    assert_eq!(judge(&call("the role cannot be assumed")).kind, Kind::NotAPull);
}

#[test]
fn a_stop_code_is_no_reason() {
    let code = "\"stopCode\": \"TaskFailedToStart\"";
    assert_eq!(judge(&format!("{code}, \"stoppedReason\": \"something new\"")).kind, Kind::Unrecognised);
    assert_eq!(judge(&format!("{code}, \"stoppedReason\": \"Task failed to start\"")).kind, Kind::Diagnosed);
    assert_eq!(judge(code).kind, Kind::Diagnosed);
}

#[test]
fn secrets_or_the_token_are_asked_for_at_an_address() {
    let text = |address: &str| {
        format!(
            "ResourceInitializationError: unable to pull secrets or registry auth: dial tcp {address}:443: i/o timeout"
        )
    };
    assert_eq!(first(&text("10.0.1.5")), "SG-01");
    assert_eq!(first(&text("52.46.145.142")), "RTE-01");
}

#[test]
fn what_ecs_names_is_not_overridden_by_what_stands_beside_it() {
    let pull = "CannotPullContainerError: ref pull has been retried 5 time(s): Get \\\"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/\\\": net/http: request canceled while waiting for connection";
    let secrets = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed";
    for (error, code) in [(pull, "RTE-01"), (secrets, "RTE-01")] {
        for beside in [
            "\"capacityProviderName\": \"my-asg\"",
            "\"stoppedReason\": \"Task stopped by user\"",
            "(service web) (task 1) failed container health checks.",
            "Scaling activity initiated by (deployment ecs-svc/1)",
            "\"stoppedReason\": \"Essential container in task exited\"",
            "Capacity is unavailable at this time.",
            "OutOfMemoryError: Container killed due to memory usage",
            "An error occurred (ValidationException) when calling the UpdateService operation",
        ] {
            assert_eq!(first(&format!("{{ {beside}, \"reason\": \"{error}\"")), code, "{beside}");
            assert_eq!(first(&format!("\"reason\": \"{error}\", {beside}")), code, "{beside}");
        }
    }
    // What the error itself says is another matter.
    let other = "ResourceInitializationError: failed to configure ENI: failed to setup regular eni";
    assert_eq!(judge(other).kind, Kind::NotAPull);
    assert_eq!(judge("\"capacityProviderName\": \"my-asg\", \"lastStatus\": \"RUNNING\"").kind, Kind::Unrecognised);
}

#[test]
fn a_database_is_no_registry() {
    let pulled = format!("{REGISTRY}: 200 OK\napp: dial tcp 10.0.5.9:5432: i/o timeout");
    assert_eq!(first(&pulled), "none", "{}", judge(&pulled).means);
    for end in ["i/o timeout", "connect: connection refused"] {
        let by_port =
            |port: u16| first(&format!("CannotPullContainerError: {REGISTRY}: dial tcp 10.0.5.9:{port}: {end}"));
        assert_ne!(by_port(443), "PRX-01", "{end}");
        // Of a pull, at a port that no registry has: what a proxy variable leads to.
        assert_eq!(by_port(3128), "PRX-01", "{end}");
    }
    let own_port = "Error response from daemon: Get \"http://registry.corp.example:5000/v2/\": dial tcp 10.0.5.9:5000: connect: connection refused";
    assert_eq!(first(own_port), "RTE-13");
}

#[test]
fn rate_exceeded_is_of_aws() {
    let text = |words: &str| format!("CannotPullContainerError: pulling docker.io/library/nginx:1: {words}");
    let hub = judge(&text("toomanyrequests: You have reached your pull rate limit"));
    assert_eq!((hub.causes[0].code, hub.causes[0].strength), ("HUB-01", Strength::Proven));
    let aws = judge(&text("toomanyrequests: Rate exceeded"));
    assert!(aws.causes.iter().all(|cause| cause.code != "HUB-01"), "{aws:?}");
    let neither = judge(&text("toomanyrequests: too many requests"));
    assert_eq!((neither.causes[0].code, neither.causes[0].strength), ("HUB-01", Strength::Likely));
}

#[test]
fn the_name_that_docker_was_denied_decides_its_registry() {
    let denied = |name: &str| {
        format!(
            "[ci.yml/tests] Error response from daemon: pull access denied for {name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
        )
    };
    assert_eq!(first(&denied("myapp")), "IMG-03");
    assert_eq!(first(&format!("docker login registry.example.com/team\n{}", denied("myapp"))), "IMG-03");
    assert_eq!(first(&denied("registry.example.com/team/myapp")), "IAM-12");
    let explicit = denied("registry-1.docker.io/team/myapp");
    assert_eq!(first(&explicit), "IMG-01");
    assert_eq!(first(&format!("{explicit}: server message: insufficient_scope: authorization failed")), "IMG-01");
    assert_eq!(first(&denied("123456789012.dkr.ecr.eu-west-1.amazonaws.com/myapp")), "IMG-01");
}

#[test]
fn what_is_given_its_login_is_not_put_to_a_role() {
    let has_role = |text: &str| judge(text).causes.iter().any(|cause| cause.code == "IAM-01");
    let missing = format!("{REGISTRY}: no basic auth credentials");
    assert!(has_role(&format!("CannotPullContainerError: {missing}")));
    assert!(has_role(&format!("kubelet Failed to pull image: rpc error: code = Unknown desc = {missing}")));
    assert!(!has_role(&format!("$ docker pull x\nError response from daemon: {missing}")));
}

#[test]
fn a_bare_refusal_speaks_of_no_tag() {
    let refused = |reference: &str| {
        judge(&format!(
            "pulling from host 123456789012.dkr.ecr.eu-west-1.amazonaws.com failed with status code [manifests {reference}]: 403 Forbidden"
        ))
    };
    let has_image = |answer: &Answer| answer.causes.iter().any(|cause| cause.code == "IMG-02");
    assert!(!has_image(&refused("v1")));
    assert!(has_image(&refused("sha256:0123")));
}

#[test]
fn what_was_asked_for_weighs_an_answer_that_broke_off() {
    let broke = |step: &str| first(&format!("Failed to pull image \"ghcr.io/a:1\": {step}: unexpected EOF"));
    assert_eq!(broke("failed to resolve reference \"ghcr.io/a:1\""), "ECR-03");
    assert_eq!(broke("failed to copy"), "LYR-04");
}

#[test]
fn a_registry_on_the_host_itself_has_no_way_to_it() {
    for url in ["http://localhost:5000/v2/", "http://127.0.0.1:5000/v2/"] {
        let answer = judge(&format!("Error response from daemon: Get {url}: context deadline exceeded"));
        let codes: Vec<&str> = answer.causes.iter().map(|cause| cause.code).collect();
        assert_eq!(codes, ["ECR-03", "PRX-01"], "{url}");
    }
}

#[test]
fn a_code_of_grpc_is_not_what_happened() {
    let cut = "rpc error: code = DeadlineExceeded desc = failed to pull and unpack image \"123456789012.dkr.ecr.eu";
    let is_too_slow = |text: &str| judge(text).causes.first().is_some_and(|cause| cause.code == "SLOW-01");
    assert!(!is_too_slow(cut));
    assert!(is_too_slow("Failed to pull image: rpc error: code = DeadlineExceeded desc = context deadline exceeded"));
}

#[test]
fn a_cluster_that_is_not_reached_is_no_registry() {
    let text = "Kubernetes cluster unreachable: Get \"https://X.yl4.eu-west-2.eks.amazonaws.com/version\": dial tcp: lookup X.yl4.eu-west-2.eks.amazonaws.com on 127.0.0.53:53: no such host\nrepository = \"oci://public.ecr.aws/karpenter\"";
    assert_eq!((judge(text).kind, first(text)), (Kind::NotAPull, "none"));
}

#[test]
fn a_label_of_kubernetes_names_no_host() {
    let label = "eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/app";
    let pull = "Failed to pull image \"app:1\": rpc error: unauthorized: authentication required";
    assert_eq!(judge(&format!("{label}\n{pull}")).causes, judge(pull).causes);
}
