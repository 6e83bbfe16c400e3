//! Who is blamed when somebody says no: worlds beyond those of the pages.

mod sim;
mod support;

use ecr_probe::model::{Report, Strength, Verdict};
use sim::World;

/// The image is not the task's own, so that the probe asks as the role that pulls it.
fn report(world: &str) -> Report {
    let world = World::from_toml(&format!("task.image = 'ecr-probe:v1'\n{world}"))
        .unwrap_or_else(|why| panic!("{why}\n{world}"));
    support::check(world)
}

fn codes(report: &Report) -> String {
    let codes: Vec<String> =
        report.diagnoses.iter().map(|finding| format!("{}[{}]", finding.severity.name(), finding.code)).collect();
    codes.join(" ")
}

/// Checks the worlds, each with the findings it must yield, in order, and nothing left unexplained.
fn blames(worlds: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (world, expected) in worlds {
        let report = report(world);
        if codes(&report) != *expected || !report.unexplained.is_empty() {
            wrong.push(format!(
                "{world}\n  {} and not {expected}, unexplained {:?}",
                codes(&report),
                report.unexplained
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

fn alternatives(report: &Report) -> Vec<&str> {
    report.diagnoses.first().map(|it| it.alternatives.iter().map(|code| code.id()).collect()).unwrap_or_default()
}

#[test]
fn the_layer_that_aws_names_is_the_one_that_is_blamed() {
    let by = |layer: &str, action: &str| format!("[deny]\n\"{action}\" = \"{layer}\"");
    for (layer, token, manifest, layers) in [
        ("identity", "IAM-01", "IAM-02", "IAM-03"),
        ("bare", "IAM-01", "IAM-02", "IAM-03"),
        ("explicit-identity", "IAM-04", "IAM-04", "IAM-04"),
        ("boundary", "IAM-04", "IAM-04", "IAM-04"),
        ("explicit-boundary", "IAM-04", "IAM-04", "IAM-04"),
        ("session", "IAM-04", "IAM-04", "IAM-04"),
        ("scp", "IAM-04", "IAM-04", "IAM-04"),
        ("explicit-scp", "IAM-04", "IAM-04", "IAM-04"),
        ("rcp", "IAM-04", "IAM-04", "IAM-04"),
        ("resource", "IAM-10", "IAM-10", "IAM-10"),
        ("explicit-resource", "IAM-09", "IAM-09", "IAM-09"),
        ("explicit-vpc-endpoint", "VPE-01", "VPE-02", "VPE-02"),
    ] {
        for (action, code) in [
            ("ecr:GetAuthorizationToken", token),
            ("ecr:BatchGetImage", manifest),
            ("ecr:GetDownloadUrlForLayer", layers),
        ] {
            let report = report(&by(layer, action));
            let first = report.diagnoses.first().map(|it| it.code.id());
            assert_eq!((first, report.unexplained.len()), (Some(code), 0), "{action} by {layer}: {}", codes(&report));
        }
    }
}

#[test]
fn a_denial_by_s3_is_never_laid_on_the_task() {
    for layer in ["bare", "identity", "explicit-scp", "resource", "rcp", "session", "vpc-endpoint"] {
        blames(&[(&format!("[deny]\n\"s3:GetObject\" = \"{layer}\""), "error[VPE-04]")]);
    }
    let told = report("[deny]\n\"s3:GetObject\" = \"explicit-vpc-endpoint\"");
    assert_eq!((codes(&told).as_str(), told.diagnoses[0].strength), ("error[VPE-06]", Strength::Proven));
    assert_eq!(alternatives(&report("[deny]\n\"s3:GetObject\" = \"vpc-endpoint\"")), ["VPE-05", "VPE-08"]);
    assert!(alternatives(&report("[deny]\n\"s3:GetObject\" = \"bare\"")).contains(&"KMS-01"));
}

#[test]
fn each_endpoint_answers_for_its_own_policy() {
    blames(&[
        ("[deny]\n\"ecr:BatchGetImage\" = \"vpc-endpoint\"", "error[VPE-02] info[VPE-01]"),
        ("[deny]\n\"ecr:BatchGetImage\" = { by = \"vpc-endpoint\", only_at = \"ecr-dkr\" }", "error[VPE-02]"),
        (
            "[image]\ntag = \"v2\"\n[deny]\n\"ecr:BatchGetImage\" = { by = \"vpc-endpoint\", only_at = \"ecr-api\" }",
            "error[IMG-02] info[VPE-01]",
        ),
    ]);
}

#[test]
fn what_the_registry_leaves_out_the_api_may_tell() {
    let bare = "[reply.manifest]\ncode = \"DENIED\"\n";
    let granted = report(bare);
    assert_eq!(codes(&granted), "error[VPE-02]");
    assert_eq!(granted.diagnoses[0].strength, Strength::Likely);
    let told = report(&format!("{bare}[deny]\n\"ecr:BatchGetImage\" = {{ by = \"identity\", only_at = \"ecr-api\" }}"));
    assert_eq!(codes(&told), "error[IAM-02]");
    assert_eq!(told.diagnoses[0].strength, Strength::Proven);
    let endpoint =
        report(&format!("{bare}[deny]\n\"ecr:BatchGetImage\" = {{ by = \"vpc-endpoint\", only_at = \"ecr-api\" }}"));
    assert_eq!(codes(&endpoint), "error[VPE-02] info[VPE-01]");
    assert!(alternatives(&endpoint).contains(&"IAM-02"));
}

#[test]
fn a_cache_that_may_not_import_is_told_from_a_pull_that_may_not_read() {
    let report = report(
        "[reply.manifest]\ncode = \"DENIED\"\nmessage = \"User: arn:aws:sts::123456789012:assumed-role/app/1 is not \
         authorized to perform: ecr:BatchImportUpstreamImage on resource: \
         arn:aws:ecr:eu-west-1:123456789012:repository/scheduled-file-writer because no identity-based policy allows \
         the ecr:BatchImportUpstreamImage action\"",
    );
    assert_eq!((codes(&report).as_str(), alternatives(&report)), ("error[IAM-02]", vec!["PTC-02"]));
    let commands: Vec<&str> = report.diagnoses[0].fixes.iter().filter_map(|fix| fix.command()).collect();
    assert!(
        commands.iter().any(|command| command.contains("\"Action\":\"ecr:BatchImportUpstreamImage\"")),
        "{commands:?}"
    );
}

#[test]
fn one_throttle_beside_successes_is_a_warning() {
    let once = report("[reply.registry-auth]\nstatus = 429\ncode = \"TOOMANYREQUESTS\"");
    assert_eq!((codes(&once).as_str(), once.verdict), ("warning[THR-02]", Verdict::Degraded));
    blames(&[
        ("[reply.registry-auth]\nstatus = 503", "warning[ECR-02]"),
        ("[reply.manifest]\nstatus = 429\ncode = \"TOOMANYREQUESTS\"", "error[THR-02]"),
        ("[reply.token]\nstatus = 429", "error[THR-01]"),
        ("[reply.layer]\nstatus = 503\ncode = \"SlowDown\"", "error[THR-03]"),
    ]);
}

#[test]
fn a_throttle_of_another_registry_is_not_ecrs() {
    let images = [("public.ecr.aws/nginx/nginx:1.27", "PUB-02"), ("docker.io/library/nginx:1.27", "HUB-01")];
    let calls = ["registry", "registry-token", "manifest", "blob"];
    for (image, code, call) in images.iter().flat_map(|(image, code)| calls.map(|call| (image, code, call))) {
        let report =
            report(&format!("[vpc]\nnat = true\n[image]\nreference = \"{image}\"\n[reply.{call}]\nstatus = 429"));
        assert_eq!(codes(&report), format!("error[{code}]"), "{call}");
        let commands: Vec<&str> = report.diagnoses[0].fixes.iter().filter_map(|fix| fix.command()).collect();
        assert!(commands.iter().any(|it| it.contains("create-pull-through-cache-rule")), "{commands:?}");
        assert!(!commands.iter().any(|it| it.contains("service-quotas")), "ECR's quotas are no matter there");
    }
}

#[test]
fn a_token_that_is_not_taken() {
    blames(&[
        ("[credentials]\ntoken = \"expired\"", "error[TOK-01]"),
        ("[credentials]\ntoken = \"stripped\"", "error[TOK-02]"),
        ("[credentials]\ntoken = \"refused\"", "error[TOK-02]"),
    ]);
    assert_eq!(report("[credentials]\ntoken = \"other-region\"").diagnoses[0].strength, Strength::Proven);
    assert!(alternatives(&report("[credentials]\ntoken = \"expired\"")).contains(&"TOK-02"));
}

#[test]
fn web_pages_are_not_the_registrys_own_words() {
    let page = "content_type = \"text/html\"\nbody = \"<html><head><title>Access policy</title></head></html>\"";
    blames(&[
        (&format!("[reply.manifest]\nstatus = 200\n{page}"), "error[PRX-02]"),
        (&format!("[reply.manifest]\nstatus = 401\n{page}"), "error[PRX-02]"),
        (&format!("[reply.manifest]\nstatus = 429\n{page}"), "error[PRX-02]"),
        (&format!("[reply.blob]\nstatus = 404\n{page}"), "error[PRX-02]"),
        (&format!("[reply.manifest]\nstatus = 502\n{page}"), "error[ECR-02]"),
    ]);
    assert_eq!(alternatives(&report(&format!("[reply.manifest]\nstatus = 502\n{page}"))), ["PRX-02"]);
}

#[test]
fn a_missing_blob_is_the_images_fault() {
    blames(&[
        ("[reply.blob]\nstatus = 404\ncode = \"BLOB_UNKNOWN\"", "error[LYR-01]"),
        ("[reply.layer]\nstatus = 404\ncode = \"NoSuchKey\"", "error[LYR-01]"),
        (
            "[reply.layer]\nstatus = 400\ncode = \"ExpiredToken\"\nmessage = \"The provided token has expired.\"",
            "error[LYR-02]",
        ),
        ("[reply.layer]\nstatus = 400\ncode = \"KMS.DisabledException\"", "error[KMS-01]"),
        (
            "[reply.layer]\nstatus = 403\ncode = \"AccessDenied\"\nmessage = \"User: arn:aws:sts::1:assumed-role/s/1 is \
             not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/2\"",
            "error[KMS-01]",
        ),
    ]);
}

#[test]
fn the_platform_is_that_of_the_index_or_of_the_configuration() {
    let lie = report("[image]\nconfig_platform = \"linux/arm64\"");
    assert_eq!((codes(&lie).as_str(), lie.diagnoses[0].strength), ("error[IMG-05]", Strength::Likely));
    assert_eq!(alternatives(&lie), ["IMG-04"]);
    let single = report("[image]\nindex = false\nplatforms = [\"linux/arm64\"]");
    assert_eq!((codes(&single).as_str(), single.diagnoses[0].strength), ("error[IMG-04]", Strength::Proven));
}

#[test]
fn where_the_api_has_the_image_the_registry_is_doubted() {
    let report = report("[reply.manifest]\nstatus = 404\ncode = \"MANIFEST_UNKNOWN\"");
    assert_eq!((codes(&report).as_str(), report.diagnoses[0].strength), ("error[IMG-02]", Strength::Likely));
    assert_eq!(alternatives(&report), ["PRX-02"]);
}

#[test]
fn a_cache_is_told_from_a_repository_by_its_name() {
    let missing = |account: &str, repository: &str, exists: bool| {
        report(&format!(
            "[image]\nreference = \"{account}.dkr.ecr.eu-west-1.amazonaws.com/{repository}:v2\"\n\
             account = \"{account}\"\nrepository = \"{repository}\"\nrepository_exists = {exists}"
        ))
    };
    let (own, other) = ("123456789012", "210987654321");
    for (account, repository, exists, code, others) in [
        (own, "docker-hub/library/busybox", false, "PTC-01", vec!["IMG-01"]),
        (own, "mirror/docker.io/library/busybox", false, "PTC-01", vec!["IMG-01"]),
        (own, "docker-hub/library/busybox", true, "PTC-02", vec!["IMG-02"]),
        (other, "docker-hub/library/busybox", false, "PTC-05", vec!["IMG-01", "PTC-01"]),
        (other, "ghcr.io/org/app", true, "PTC-05", vec!["IMG-02", "PTC-02"]),
        (own, "team/app", false, "IMG-01", vec!["PTC-01"]),
        (own, "team/app", true, "IMG-02", vec!["IMG-13", "PTC-02"]),
        (other, "team/app", true, "IMG-02", vec!["IMG-13", "PTC-02"]),
        (own, "app", false, "IMG-01", vec![]),
    ] {
        let report = missing(account, repository, exists);
        let found = (codes(&report), alternatives(&report), report.unexplained.len());
        assert_eq!(found, (format!("error[{code}]"), others, 0), "{repository} of {account}");
    }
}

#[test]
fn a_cache_that_holds_the_image_is_not_blamed_for_a_mirror() {
    let report = report(
        "[image]\nreference = \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/busybox:1\"\n\
         repository = \"docker-hub/library/busybox\"\ntag = \"1\"\n\
         [reply.manifest]\nstatus = 404\ncode = \"MANIFEST_UNKNOWN\"",
    );
    assert_eq!((codes(&report).as_str(), alternatives(&report)), ("error[IMG-02]", vec!["PTC-02", "PRX-02"]));
}
