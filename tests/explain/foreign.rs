//! Lines of programs that pull no image, in words of those that do.

use ecr_probe::model::Strength;
use ecr_probe::reason::{Verdict, explain};

use crate::corpus::{codes, context};
use crate::frames::Fill;
use crate::vocabulary::rows;

/// Where ECS says that a container ended by itself, its log is no reason of ECS's.
#[test]
fn the_log_of_a_container_that_ran_is_no_pulls() {
    let context = context();
    // ECS's own words are its own wherever they stand, and a program for another CPU never ran.
    let own = ["CannotPull", "ResourceInit", "exec format", "Task failed to start"];
    let of_ecs = ["ecs-", "fargate-", "aws-batch"];
    for row in rows().iter().filter(|row| row.kind != "frame" && !own.iter().any(|it| row.template.contains(it))) {
        if of_ecs.iter().any(|it| row.program.starts_with(it)) {
            continue;
        }
        let message = Fill::new(5).template(row.template);
        if message.chars().filter(|it| it.is_alphanumeric()).count() >= 30 {
            continue;
        }
        let text = format!(
            "Task stopped: Essential container in task exited. Container log: error pulling feature flags: {message}"
        );
        let explanation = explain(&text, &context);
        let claimed = explanation.diagnoses.iter().any(|it| it.strength > Strength::Possible);
        assert!(explanation.verdict != Verdict::Diagnosed && !claimed, "{:?}: {text}", codes(&explanation));
    }
}

/// `pull` and a name like an image's are not enough to claim anything.
#[test]
fn what_names_no_registry_claims_nothing() {
    let context = context();
    let pulls = [
        "Error: failed to pull translations/de:latest from lokalise",
        "pulling fixtures/users:v2",
        "could not pull models/bert:base from the hub",
    ];
    let errors =
        ["401 Unauthorized", "403 Forbidden", "not found", "i/o timeout", "429 Too Many Requests", "unexpected EOF"];
    for (pull, error) in pulls.iter().flat_map(|pull| errors.iter().map(move |error| (pull, error))) {
        let explanation = explain(&format!("{pull}: {error}"), &context);
        let claimed = explanation.diagnoses.iter().any(|it| it.strength > Strength::Possible);
        assert!(explanation.verdict != Verdict::Diagnosed && !claimed, "{:?}: {pull}: {error}", codes(&explanation));
    }
}

/// Pull-through caches, archived images and ECR's own faults are of no other registry.
#[test]
fn what_only_ecr_has_is_not_named_of_other_registries() {
    let context = context();
    for host in ["docker.io/library", "ghcr.io/acme", "quay.io/acme"] {
        for row in rows().iter().filter(|row| ["cause", "status"].contains(&row.kind) && row.service.is_none()) {
            let is_ecrs = |code: &str| code.starts_with("PTC-") || ["IMG-13", "KMS-01", "ECR-01"].contains(&code);
            // S3's XML is of the store behind ECR.
            let is_aws =
                ["aws-", "ecs-"].iter().any(|it| row.program.starts_with(it)) || row.template.contains("<Code>");
            if is_aws || row.first.iter().any(|code| is_ecrs(code)) {
                continue;
            }
            let message = Fill::new(6).template(row.template);
            let text = format!("Failed to pull image \"{host}/app:v1\": {message}");
            let named = codes(&explain(&text, &context)).into_iter().find(|it| is_ecrs(it));
            assert_eq!(named, None, "{}: {text}", row.place);
        }
        let text = format!("Failed to pull image \"{host}/app:v1\": {host}/app:v1: not found");
        let codes = codes(&explain(&text, &context));
        assert!(
            codes.first() == Some(&"IMG-02") && !codes.iter().any(|it| ["PTC-02", "IMG-13"].contains(it)),
            "{codes:?}"
        );
    }
}

/// `Get "%s": Service Unavailable` is no part of a sentence with `GetAuthorizationToken`.
#[test]
fn a_message_is_not_found_in_parts_of_words() {
    let text = "An error occurred (ServiceUnavailableException) when calling the GetAuthorizationToken operation (reached max retries: 4): Service Unavailable";
    let explanation = explain(text, &context());
    assert_eq!(codes(&explanation).first(), Some(&"ECR-02"), "{}", explanation.means);
    assert!(!codes(&explanation).contains(&"PRX-02"), "{}", explanation.means);
}
