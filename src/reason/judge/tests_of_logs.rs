//! Texts of several lines, of which one tells what failed: scripts, logs, and what people add to them.

use super::Kind;
use super::tests::{first, judge};

const ECR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

#[test]
fn a_command_that_is_missing_is_not_why_the_next_one_failed() {
    let missing = "line 2: aws: command not found";
    for (failed, code) in [
        (
            format!("Error response from daemon: Head \"https://{ECR}/v2/a/manifests/1\": no basic auth credentials"),
            "TOK-03",
        ),
        (format!("Error response from daemon: Get \"https://{ECR}/v2/\": dial tcp 10.0.1.5:443: i/o timeout"), "SG-01"),
    ] {
        assert_eq!(first(&format!("{missing}\n{failed}")), code);
        assert_eq!(first(&format!("{failed}\n{missing}")), code);
    }
    // What needed its output.
    let login = "Error: Cannot perform an interactive login from a non TTY device";
    assert_eq!(judge(&format!("{missing}\n{login}")).kind, Kind::Unrecognised);
}

#[test]
fn a_login_on_another_line_is_not_what_was_refused() {
    let login = format!("aws ecr get-login-password --region eu-west-1 | docker login -u AWS --password-stdin {ECR}");
    let refused = "GET https://<registry>/<image>/tags/list = (statusCode=403 retryCount=0)";
    let works = format!("{refused}\nBut this works:\n{}", login.replace(ECR, "<host>"));
    assert_eq!(judge(&works).kind, Kind::Unrecognised);
    let failed = "Unable to locate credentials. You can configure credentials by running \"aws configure\".";
    assert_eq!(first(&format!("{login}\n{failed}")), "IAM-13");
}

#[test]
fn where_an_image_was_pushed_to_is_not_where_it_is_pulled_from() {
    let denied = "CannotPullContainerError: failed to resolve ref \"docker.io/library/app:1\": pull access denied, repository \
                  does not exist or may require authorization: server message: insufficient_scope: authorization failed";
    assert_eq!(first(&format!("{denied}\nI pushed it using `docker push {ECR}/app:1`")), first(denied));
    // Prose of a push is no push.
    let pulled = format!(
        "Error response from daemon: repository {ECR}/app not found: name unknown: The repository with name 'app' does not exist"
    );
    assert_eq!(first(&format!("After docker push/pull:\n{pulled}")), "IMG-01");
}

#[test]
fn the_last_attempt_has_its_own_steps() {
    let full = "Trying to pull icr.io/a/b:1...\nError: Error committing the finished image: error adding layer with blob \
                \"sha256:91\": ApplyLayer exit status 1 stdout:  stderr: write /usr/bin/a: no space left on device";
    let refused =
        "Trying to pull icr.io/a/b:1...\n  unable to retrieve auth token: invalid username/password: unauthorized";
    assert_eq!(first(full), "DSK-01");
    assert_eq!(first(&format!("{full}\n$ sudo podman pull\n{refused}")), first(refused));
}

#[test]
fn a_status_has_a_code_or_a_url_before_it() {
    let url = "https://registry.example.com/v2/a/manifests/1";
    assert_eq!(first(&format!("Head \"{url}\": Service Unavailable")), "PRX-02");
    for of_registry in [
        format!(
            "unexpected status code {url}: 500 Internal Server Error - Server message: unknown: internal server error"
        ),
        format!("Error response from daemon: Head \"{url}\": unavailable: service unavailable"),
    ] {
        assert_ne!(first(&of_registry), "PRX-02", "{of_registry}");
    }
    // The status of the daemon's API is nobody's.
    assert_eq!(judge("docker pull a/b\nError: 500 Server Error: Internal Server Error").kind, Kind::Unrecognised);
}

#[test]
fn what_only_a_start_can_be_denied_is_of_one() {
    let denied = |role: &str, session: &str| {
        format!(
            "User: arn:aws:sts::123456789012:assumed-role/{role}/{session} is not authorized to perform: \
             secretsmanager:GetSecretValue on resource: x because no identity-based policy allows the \
             secretsmanager:GetSecretValue action"
        )
    };
    let id = "0123456789abcdef0123456789abcdef";
    assert_eq!(first(&denied("ecsTaskExecutionRole", id)), "INIT-03");
    assert_eq!(first(&denied("appTaskRole", id)), "none");
    assert_eq!(first(&denied("lambdaExecutionRole", "my-function")), "none");
}

#[test]
fn docker_says_of_an_image_alone_that_its_manifest_is_not_found() {
    assert_eq!(first("Step 1/3 : FROM a/b:1\nmanifest for a/b:1 not found"), "IMG-02");
    assert_eq!(first("the manifest for the plugin not found"), "none");
}

/// testcontainers-go prints the line before each pull without a login.
#[test]
fn a_pull_without_a_login_is_no_failure() {
    let note = "Failed to get image auth for docker.io. Setting empty credentials for the image: docker.io/a/b:1. Error is:credentials not found in native keychain";
    assert_eq!(first(note), "none");
    assert_eq!(first(&format!("{note}\nContainer created: 0123456789ab")), "none");
    assert_eq!(first(&format!("{note}\ntoomanyrequests: You have reached your pull rate limit.")), "HUB-01");
}

/// The libraries of containerd and of ORAS say so of a reference, and their programs put any words before it.
#[test]
fn a_reference_that_is_not_found_is_of_a_pull() {
    for host in ["public.ecr.aws", "ghcr.io", ECR] {
        assert_eq!(first(&format!("Error: cannot fetch the bundle: {host}/a/b:1: not found")), "IMG-02", "{host}");
        assert_eq!(first(&format!("FATA[0001] \"{host}/a/b:1\": not found")), "IMG-02", "{host}");
        assert_eq!(first(&format!("{host}/a/b: not found")), "none", "{host}");
        assert_eq!(first(&format!("the page of {host}/a/b:1 was: not found")), "none", "{host}");
    }
    assert_eq!(first("cannot open example.com/a/b:1: not found"), "none");
}

#[test]
fn the_server_that_was_asked_decides() {
    for (text, code) in [
        ("Error response from daemon: Get \"http://registry.local:5000/v2/\": EOF", "ECR-03"),
        ("Error response from daemon: Get \"https://registry.local:5000/v2/\": EOF", "TLS-02"),
        ("Get \"https://ghcr.io/v2/\": dial tcp: lookup ghcr.io on 75.75.76.76:53: server misbehaving", "DNS-16"),
        ("Get \"https://ghcr.io/v2/\": dial tcp: lookup ghcr.io on 10.0.0.2:53: server misbehaving", "DNS-01"),
        ("Get \"https://ghcr.io/v2/\": dial tcp: lookup ghcr.io on 127.0.0.53:53: server misbehaving", "DNS-01"),
        (
            "Get \"https://registry-1.docker.io/v2/\": dialing registry-1.docker.io:443 container via direct connection because app \
             settings has no HTTPS proxy: connecting to 192.0.2.1:443: dial tcp 192.0.2.1:443: i/o timeout",
            "HUB-02",
        ),
        ("Pulling from ECR: dial tcp 52.219.148.94:443: i/o timeout", "RTE-03"),
        ("Backup: dial tcp 52.219.148.94:443: i/o timeout", "none"),
        (
            "User: ecsTaskExecutionRole is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:x",
            "INIT-13",
        ),
        ("User: deploy is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:x", "none"),
    ] {
        assert_eq!(first(text), code, "{text}");
    }
}

#[test]
fn the_step_within_a_step_decides() {
    let blob = "Error reading blob sha256:0a: Error fetching blob: invalid status code from registry 404 (Not Found)";
    let soci = "failed to prepare extraction snapshot \"extract-1\": failed to preload layers for image manifest digest sha256:0a: Get \
                \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/blobs/sha256:0b\"";
    for (text, code) in [
        (blob.to_owned(), "LYR-01"),
        (format!("Trying to pull registry.example/a/b:1...\n{blob}"), "LYR-01"),
        (format!("{soci}: failed to handle challenge: authorization failed: no basic auth credentials"), "TOK-03"),
        ("failed to prepare extraction snapshot \"extract-1\": no space left on device".to_owned(), "DSK-01"),
        (
            "failed to pull and unpack image \"r.example/a:1\": no match for current platform linux/arm64 in manifest sha256:0a: not found"
                .to_owned(),
            "IMG-04",
        ),
    ] {
        assert_eq!(first(&text), code, "{text}");
    }
}

#[test]
fn a_reason_that_is_cut_leaves_what_its_step_leaves() {
    let exited = "Essential container in task exited";
    let cut = "CannotPullContainerError: inspect image has been retried 5 time(s)";
    for text in [format!("{exited}\n{cut}"), format!("{cut}\n{exited}"), format!("Task failed to start: {cut}")] {
        assert_eq!(first(&text), "IMG-09", "{text}");
    }
    let secret = "ResourceInitializationError: unable to retrieve secret from asm";
    for text in [secret.to_owned(), format!("{secret}\nno internet access, as it turned out")] {
        let answer = judge(&text);
        assert!(answer.causes.iter().any(|cause| cause.code == "INIT-01"), "{text}: {:?}", answer.causes);
    }
}

#[test]
fn a_push_that_is_told_beside_a_pull_hides_it_not() {
    let denied = "denied: requested access to the resource is denied";
    for told in [
        "CI can push the image. ECS event: CannotPullContainerError: Error response from daemon:",
        "Argo CD syncs on push; pod status ErrImagePull: rpc error:",
        "on push to main. Deploy step: docker compose up -d\nError response from daemon:",
        "Workflow: push\nError response from daemon: Head \"https://ghcr.io/v2/acme/app/manifests/1\":",
        "I can push to ghcr.io with the same token, but Kubernetes says",
    ] {
        assert_eq!(judge(&format!("{told} {denied}")).kind, Kind::Diagnosed, "{told}");
    }
    assert_eq!(judge(&format!("We push to the registry: {denied}")).kind, Kind::NotAPull);
}

#[test]
fn a_base_image_is_pulled_in_the_job_that_pushes() {
    let pushes = "docker build -t registry.example.com/app . && docker push registry.example.com/app\n";
    let asked = "Get https://registry.example.com/v2/base/manifests/1: no basic auth credentials";
    assert_eq!(first(&format!("{pushes}Step 1/5 : FROM registry.example.com/base:1\n{asked}")), "IAM-12");
    assert_eq!(judge(&format!("{pushes}no basic auth credentials")).kind, Kind::NotAPull);
}

#[test]
fn a_model_of_ollama_is_none_where_an_image_failed() {
    let model = "ollama.models = [llama3] (from registry.ollama.ai later).\n";
    let image =
        "Failed to pull image \"ollama/ollama:0.3.12\": toomanyrequests: You have reached your pull rate limit.";
    assert_eq!(first(&format!("{model}{image}")), first(image));
    let pulled = "Error: pull model manifest: Get \"https://registry.ollama.ai/v2/library/x/manifests/latest\": EOF";
    assert_eq!(judge(pulled).kind, Kind::NotAPull);
}

#[test]
fn a_plugin_refuses_requests_of_all_kinds() {
    let plugin = "Error response from daemon: authorization denied by plugin casbin: Access denied";
    assert_eq!(judge(&format!("$ docker ps\n{plugin}")).kind, Kind::NotAPull);
    assert_eq!(first(&format!("$ docker pull a/b:1\n{plugin}")), "IMG-14");
}

#[test]
fn what_fails_when_a_container_starts_is_no_layer() {
    for failed in [
        "network sandbox join failed: error creating vxlan interface: file exists",
        "failed to create endpoint web on network bridge: adding interface veth12: operation not supported",
        "error while creating mount source path '/data': mkdir /data: read-only file system",
    ] {
        let text = format!("CannotStartContainerError: Error response from daemon: {failed}");
        assert_eq!(judge(&text).kind, Kind::NotAPull, "{failed}");
    }
    let volume = "Pulling image \"ghcr.io/x/app:1\"\nAttachVolume.Attach failed for volume \"pvc-1\" : rpc error: code = \
                  DeadlineExceeded desc = context deadline exceeded";
    assert!(judge(volume).causes.iter().all(|it| it.code != "SLOW-01"));
}

#[test]
fn an_id_is_no_name() {
    assert_eq!(
        first(
            "docker: Error response from daemon: pull access denied for sha256, repository does not exist or may \
               require 'docker login'"
        ),
        "CFG-02"
    );
}
