//! Manifests, and what the registry denies.

use ecr_probe::model::Strength;
use ecr_probe::model::outcome::{ManifestOutcome, PolicyLayer};
use ecr_probe::ranges::Ranges;
use ecr_probe::reason;

use super::*;

#[test]
fn a_manifest_has_its_digest_in_the_answer_to_head_only() {
    let healthy_one = services("");
    let path = format!("{REPOSITORY}/manifests/v1");
    let (got, only_head) = (get(&healthy_one, &path), head(&healthy_one, &path));
    assert_eq!((got.status, got.header("docker-content-digest"), got.header("sizes")), (200, None, None));
    let manifest = &healthy_one.content().manifests[0];
    assert_eq!(only_head.header("docker-content-digest"), Some(manifest.digest.as_str()));
    assert_eq!(only_head.header("sizes"), Some(""));
    // The probe hashes what it gets, and proves it by the next digest down.
    let report = healthy("");
    let digests: Vec<&str> = report.images.iter().filter_map(|image| image.index_digest.as_deref()).collect();
    assert_eq!(digests, [manifest.digest.as_str()]);
    // Where one is sent all the same, it is compared.
    let other = format!("[reply.manifest]\nheaders = {{ Docker-Content-Digest = \"sha256:{}\" }}", "0".repeat(64));
    assert_eq!(codes(&super::report(&other)), ["IMG-12"]);
}

#[test]
fn head_of_a_manifest_says_its_type_and_length_and_sends_nothing() {
    let healthy_one = services("");
    let reply = head(&healthy_one, &format!("{REPOSITORY}/manifests/v1"));
    let manifest = &healthy_one.content().manifests[0];
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(reply.header("content-type"), Some(manifest.media_type.as_str()));
    assert_eq!(reply.header("content-length"), Some(manifest.bytes.len().to_string().as_str()));
    for absent in ["server", "etag", "x-amzn-requestid"] {
        assert_eq!(reply.header(absent), None, "{absent}");
    }
}

#[test]
fn answers_have_a_date_and_name_no_server() {
    let healthy_one = services("");
    for path in ["/v2/", &format!("{REPOSITORY}/manifests/v1"), &format!("{REPOSITORY}/manifests/none")] {
        let reply = get(&healthy_one, path);
        assert!(reply.header("date").is_some() && reply.header("server").is_none(), "{path}: {reply:?}");
    }
    // The date is what the clock is judged by.
    assert_eq!(codes(&report("[clock]\nskew_s = 4000"))[0], "CLK-01");
}

#[test]
fn a_denied_manifest_is_403_denied_in_the_apis_own_words() {
    let toml = "[deny]\n\"ecr:BatchGetImage\" = \"identity\"";
    let reply = get(&services(toml), &format!("{REPOSITORY}/manifests/v1"));
    let (code, message) = error(&reply);
    assert_eq!((reply.status, code.as_str()), (403, "DENIED"));
    assert!(message.starts_with("User: arn:aws:sts::123456789012:assumed-role/"), "{message}");
    assert!(message.contains("is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:"), "{message}");
    let report = report(toml);
    assert_eq!((codes(&report), report.diagnoses[0].strength), (vec!["IAM-02"], Strength::Proven));
    let denied = |act: &Act| {
        matches!(act, Act::Manifest(ManifestOutcome::Rejected(why))
            if why.denial.as_ref().is_some_and(|it| it.layer == PolicyLayer::Identity))
    };
    assert_eq!(seen(&report, denied).len(), 1);
}

/// Older ones print the status of HEAD alone; containerd since 2.3 follows it with a GET, whose body has the reason.
#[test]
fn a_runtime_may_print_the_reason_of_403_or_none() {
    let context = reason::Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let reference = format!("{REGISTRY}/scheduled-file-writer:v1");
    let status = format!(
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {reference}: \
         unexpected status from HEAD request to https://{REGISTRY}{REPOSITORY}/manifests/v1: 403 Forbidden"
    );
    let reply = get(&services("[deny]\n\"ecr:BatchGetImage\" = \"resource\""), &format!("{REPOSITORY}/manifests/v1"));
    let with_reason = format!("{status}: denied: {}", error(&reply).1);
    let codes = |text: &str| -> Vec<String> {
        reason::explain(text, &context).diagnoses.iter().map(|it| it.code.to_string()).collect()
    };
    assert!(codes(&status).len() > 1, "{:?}", codes(&status));
    assert_eq!(codes(&with_reason)[0], "IAM-10");
}

#[test]
fn the_list_of_tags_takes_a_permission_that_no_pull_needs() {
    let reply = get(&services(""), &format!("{REPOSITORY}/tags/list"));
    assert_eq!(reply.status, 403);
    assert!(error(&reply).1.contains("ecr:ListImages"), "{reply:?}");
    healthy("");
}

#[test]
fn what_is_not_there_is_404_by_name() {
    let no_repository = "[image]\nrepository_exists = false";
    let reply = get(&services(no_repository), &format!("{REPOSITORY}/manifests/v1"));
    let expected =
        "The repository with name 'scheduled-file-writer' does not exist in the registry with id '123456789012'";
    assert_eq!((reply.status, error(&reply)), (404, ("NAME_UNKNOWN".to_owned(), expected.to_owned())));
    assert_eq!(codes(&report(no_repository)), ["IMG-01"]);
    // Who has no login is not told.
    let unknown = ask(&services(no_repository), "GET", REGISTRY, &format!("{REPOSITORY}/manifests/v1"), None);
    assert_eq!(unknown.status, 401);

    let no_tag = "[image]\ntag = \"v2\"";
    let reply = get(&services(no_tag), &format!("{REPOSITORY}/manifests/v1"));
    assert_eq!((reply.status, error(&reply).0), (404, "MANIFEST_UNKNOWN".to_owned()));
    assert_eq!(codes(&report(no_tag)), ["IMG-02"]);
}

#[test]
fn an_archived_image_is_404_like_one_that_is_not_there() {
    let archived = "[image]\narchived = true";
    let path = format!("{REPOSITORY}/manifests/v1");
    let (reply, absent) = (get(&services(archived), &path), get(&services("[image]\ntag = \"v2\""), &path));
    assert_eq!((reply.status, error(&reply)), (404, error(&absent)));
    let report = report(archived);
    assert_eq!(codes(&report), ["IMG-02"]);
    assert!(alternatives(&report).contains(&"IMG-13"), "{:?}", alternatives(&report));
    let commands: Vec<&str> = report.diagnoses[0].fixes.iter().filter_map(|fix| fix.command()).collect();
    assert!(commands.iter().any(|command| command.contains("imageStatus")), "{commands:?}");
}

#[test]
fn a_throttled_request_is_429() {
    let toml = "[reply.manifest]\nstatus = 429\ncode = \"TOOMANYREQUESTS\"\nmessage = \"Rate exceeded\"";
    let reply = get(&services(toml), &format!("{REPOSITORY}/manifests/v1"));
    assert_eq!((reply.status, error(&reply)), (429, ("TOOMANYREQUESTS".to_owned(), "Rate exceeded".to_owned())));
    assert_eq!(codes(&report(toml)), ["THR-02"]);
}
