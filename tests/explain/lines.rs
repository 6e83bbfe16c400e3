//! Texts of several lines, and texts that end early: the registry and the step are those of the line that failed.

use ecr_probe::reason::{Verdict, explain};

use super::corpus::{codes, context};

const ECR: &str = "411058145986.dkr.ecr.eu-central-1.amazonaws.com";

/// A log tells of a login at ECR, or names ECR as where an image goes, and another registry refuses the pull.
#[test]
fn the_registry_is_that_of_the_line_that_failed() {
    for (before, failed, first) in [
        ("docker login HOST\nLogin Succeeded", "Head \"https://ghcr.io/v2/a/b/manifests/1\": denied: denied", "IAM-12"),
        (
            "+ skopeo copy docker://ghcr.io/a/b:1 docker://HOST/b:1",
            "level=fatal msg=\"initializing source docker://ghcr.io/a/b:1: reading manifest 1 in ghcr.io/a/b: denied: denied\"",
            "IAM-12",
        ),
        (
            "+ skopeo copy docker://docker.io/a/b:1 docker://HOST/b:1",
            "level=fatal msg=\"initializing source docker://a/b:1: reading manifest 1 in docker.io/a/b: requested access to the resource is denied\"",
            "IMG-03",
        ),
        (
            "+ skopeo copy docker://docker.io/a/b:1 docker://HOST/b:1",
            "level=fatal msg=\"initializing source docker://a/b:1: reading manifest 1 in docker.io/a/b: toomanyrequests: You have reached your pull rate limit\"",
            "HUB-01",
        ),
    ] {
        let text = format!("{}\n{failed}", before.replace("HOST", ECR));
        let explained = explain(&text, &context());
        assert_eq!(codes(&explained).first(), Some(&first), "{text}");
        assert!(explained.diagnoses.iter().all(|it| !it.subject.contains("amazonaws")), "{text}");
        let of_ecr = ["IAM-02", "IAM-10", "PTC-01", "PTC-02", "TOK-01", "TOK-02"];
        assert!(!codes(&explained).iter().any(|code| of_ecr.contains(code)), "{:?}: {text}", codes(&explained));
    }
}

/// The log goes on to the next pull, of which nothing is known yet.
#[test]
fn a_pull_that_begins_behind_the_failure_takes_no_blame() {
    for (error, first) in [
        ("no basic auth credentials", "TOK-03"),
        ("dial tcp 10.0.1.10:443: i/o timeout", "SG-01"),
        ("denied: denied", "IAM-02"),
    ] {
        for next in ["+ docker pull ghcr.io/a/b:1", "Trying to pull ghcr.io/a/b:1..."] {
            let text =
                format!("Error response from daemon: Head \"https://{ECR}/v2/app/manifests/v1\": {error}\n{next}");
            assert_eq!(codes(&explain(&text, &context())).first(), Some(&first), "{text}");
        }
    }
}

/// ECS cuts its messages, and shells and consoles do: wherever it ends behind the step, that step's causes are left.
#[test]
fn a_request_that_is_cut_before_its_status_is_still_of_its_step() {
    let whole = format!(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {ECR}/app:v1: unexpected status from HEAD request to https://{ECR}/v2/app/manifests/v1: 40"
    );
    let request = whole.find("unexpected status from").expect("there") + "unexpected status from HEAD".len();
    for end in request..=whole.len() {
        for text in [whole[..end].to_owned(), format!("\"reason\": \"{}\", \"runtimeId\": \"a-1\"", &whole[..end])] {
            let explained = explain(&text, &context());
            assert_eq!(codes(&explained).first(), Some(&"IAM-02"), "{text}");
            assert!(explained.verdict == Verdict::Unrecognised, "{text}");
            assert!(explained.diagnoses[0].subject == ECR, "{}: {text}", explained.diagnoses[0].subject);
        }
    }
}

/// What ECS and Docker do with a container's volumes and name is after the pull.
#[test]
fn a_volume_is_no_image() {
    for (error, codes_of) in [
        (
            "failed to copy file info for /var/lib/ecs/volumes/x: failed to chown /var/lib/ecs/volumes/x: operation not permitted",
            &[] as &[&str],
        ),
        ("Error response from daemon: failed to chmod /var/lib/docker/volumes/x/_data: read-only file system", &[]),
        ("Error response from daemon: Conflict. The container name \"/ecs-x\" is already in use", &[]),
        (
            "Error response from daemon: failed to mount local volume: mount :/:/var/lib/docker/volumes/x/_data, data: addr=10.0.1.5,nfsvers=4.1: connection timed out",
            &["INIT-10"],
        ),
    ] {
        let explained = explain(&format!("CannotCreateContainerError: {error}"), &context());
        assert_eq!((explained.verdict, codes(&explained).as_slice()), (Verdict::NotAPullProblem, codes_of), "{error}");
    }
}

/// Several images in one log: one is there, and the next is not to be had.
#[test]
fn what_follows_a_pull_that_succeeded_is_the_next_one() {
    for (error, first) in
        [("x509: certificate signed by unknown authority", "TLS-01"), ("net/http: TLS handshake timeout", "MTU-01")]
    {
        let text = format!(
            "Status: Image is up to date for postgres:9\nPulling consul (library/consul:latest)...\n\
             Get https://registry-1.docker.io/v2/library/consul/manifests/latest: {error}"
        );
        assert_eq!(codes(&explain(&text, &context())).first(), Some(&first), "{text}");
    }
    let done = "Pulling postgres...\nStatus: Image is up to date for postgres:9\ndial tcp 10.0.0.9:5432: i/o timeout";
    assert_eq!(codes(&explain(done, &context())), [] as [&str; 0]);
}

/// Without a name, and at an address that is neither private nor AWS's, nothing speaks for an endpoint or for S3.
#[test]
fn a_foreign_address_without_a_name_is_no_endpoint() {
    for address in ["31.13.88.26", "[2a03:2880:f10d:83:face:b00c:0:25de]"] {
        let text = format!("download failed after attempts=6: dial tcp {address}:443: i/o timeout");
        let explained = explain(&text, &context());
        assert_eq!(codes(&explained).first(), Some(&"RTE-01"), "{text}");
        assert!(!codes(&explained).iter().any(|code| ["SG-01", "SG-02", "SG-05", "RTE-03"].contains(code)), "{text}");
    }
}

/// In Go's words and in Node's: the name of a service in a Region that is known exists, and another does not.
#[test]
fn a_name_that_exists_is_not_mistyped() {
    for (host, first) in [
        ("api.ecr.us-east-1.amazonaws.com", "DNS-09"),
        ("api.ecr-public.us-east-1.amazonaws.com", "DNS-09"),
        ("secretsmanager.eu-west-1.amazonaws.com", "DNS-09"),
        ("api.ecr-public.ap-southeast-1.amazonaws.com", "DNS-05"),
        ("ecr.cn-northwest-1.amazonaws.com", "DNS-05"),
        ("api.ecr.us-north-1.amazonaws.com", "DNS-05"),
    ] {
        let go = format!(
            "error pulling image: Post \"https://{host}/\": dial tcp: lookup {host} on 10.0.0.2:53: no such host"
        );
        let node = format!("docker pull failed: getaddrinfo ENOTFOUND {host}");
        for text in [go, node] {
            assert_eq!(codes(&explain(&text, &context())).first(), Some(&first), "{text}");
        }
    }
}

/// What failed beside a pull, at a probe, a volume, a network or a database, is no cause of it, wherever it stands.
#[test]
fn lines_of_something_else_change_no_answer() {
    let events = |error: &str| {
        format!(
            "Normal   Pulling  7m (x5 over 10m)  kubelet  Pulling image \"{ECR}/app:v1\"\n\
             Warning  Failed   7m (x5 over 10m)  kubelet  Failed to pull image \"{ECR}/app:v1\": failed to pull and unpack image \
             \"{ECR}/app:v1\": failed to resolve reference \"{ECR}/app:v1\": {error}\n\
             Warning  Failed   23s (x42 over 10m)  kubelet  Error: ErrImagePull"
        )
    };
    let pulls = [
        events(&format!("unexpected status from HEAD request to https://{ECR}/v2/app/manifests/v1: 403 Forbidden")),
        events(&format!("{ECR}/app:v1: not found")),
        events(&format!(
            "failed to do request: Head \"https://{ECR}/v2/app/manifests/v1\": dial tcp 10.0.1.10:443: i/o timeout"
        )),
        events(
            "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth \
             credentials",
        ),
        format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {ECR}/app:v1: \
             {ECR}/app:v1: not found"
        ),
    ];
    let others = [
        "Startup probe failed: Get \"http://192.168.145.185:15021/healthz/ready\": dial tcp 192.168.145.185:15021: connect: connection refused",
        "Liveness probe failed: Get \"http://10.0.3.4:8080/live\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        "Readiness probe failed: Get \"https://10.0.3.4:8443/ready\": x509: certificate signed by unknown authority",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        "Readiness probe failed: dial tcp 10.0.3.4:8080: connect: no route to host",
        "FailedCreatePodSandBox: failed to setup network for sandbox \"0a\": plugin type=\"aws-cni\" failed (add): dial tcp 127.0.0.1:50051: connect: connection refused",
        "MountVolume.SetUp failed for volume \"token\": Post \"https://10.100.0.1:443/api/v1/namespaces/x/token\": dial tcp 10.100.0.1:443: i/o timeout",
        "Error from server: Get \"https://10.0.1.2:10250/containerLogs/x/y\": dial tcp 10.0.1.2:10250: i/o timeout",
        "panic: dial tcp 10.0.3.4:5432: connect: connection refused",
        "Error: connect ECONNREFUSED 10.0.3.4:6379",
    ];
    for pull in &pulls {
        let alone = codes(&explain(pull, &context())).first().copied();
        assert!(alone.is_some(), "{pull}");
        for other in others {
            for text in [format!("{other}\n{pull}"), format!("{pull}\n{other}")] {
                assert_eq!(codes(&explain(&text, &context())).first().copied(), alone, "{text}");
            }
        }
    }
}

/// What one line says is not put to the registry that the next names.
#[test]
fn two_registries_that_fail_are_not_mixed() {
    let failed =
        |error: &str| format!("Error response from daemon: Head \"https://{ECR}/v2/app/manifests/1\": {error}");
    for (error, first) in [("unauthorized: 401 Unauthorized", "TOK-03"), ("no basic auth credentials", "TOK-03")] {
        for next in [
            "failed to resolve reference \"ghcr.io/x/y:1\": ghcr.io/x/y:1: not found",
            "Head \"https://ghcr.io/v2/x/y/manifests/1\": dial tcp 192.0.2.1:443: i/o timeout",
            "manifest for quay.io/x/y:1 not found: manifest unknown",
        ] {
            let text = format!("{}\nError response from daemon: {next}", failed(error));
            assert_eq!(codes(&explain(&text, &context())).first(), Some(&first), "{text}");
        }
    }
}
