//! The API's own answers, and what only it tells.

use ecr_probe::model::outcome::{LayerUrlOutcome, ManifestOutcome, TokenOutcome};

use super::*;

/// What a key that is disabled or gone makes of the registry's answer is not published: the API's word decides.
#[test]
fn an_unusable_key_is_a_failure_within_a_200_of_the_api() {
    for status in [400, 403, 500] {
        let toml = format!("[image]\nkey_unusable = {status}");
        assert_eq!(get(&services(&toml), &format!("{REPOSITORY}/manifests/v1")).status, status);
        let report = report(&toml);
        assert_eq!(codes(&report), ["KMS-01"], "{status}");
        let listed =
            |act: &Act| matches!(act, Act::ApiManifest(ManifestOutcome::Failure { code, .. }) if code == "KmsError");
        assert_eq!(seen(&report, listed).len(), 1);
    }
}

#[test]
fn a_layer_of_no_image_is_inaccessible_and_thus_missing() {
    let report = report(
        "[reply.blob]\nstatus = 404\ncode = \"LayerInaccessibleException\"\nmessage = \"The layer is not associated with an image\"",
    );
    assert_eq!(codes(&report), ["LYR-01"]);
    assert!(report.diagnoses[0].reason.contains("belongs to no image"), "{}", report.diagnoses[0].reason);
}

#[test]
fn the_upstream_of_a_cache_fails_for_an_image_or_for_a_layer() {
    for status in [400, 404, 500] {
        let toml = format!(
            "[reply.manifest]\nstatus = {status}\ncode = \"MANIFEST_UNKNOWN\"\n[reply.api-manifest]\ncode = \
             \"UnableToGetUpstreamImageException\"\nmessage = \"the secret is gone\""
        );
        assert_eq!(codes(&report(&toml)), ["PTC-04"], "{status}");
    }
    let layer = "code = \"UnableToGetUpstreamLayerException\"\nmessage = \"the upstream does not give the layer\"";
    let report = report(&format!("[reply.blob]\nstatus = 400\n{layer}"));
    assert_eq!(codes(&report), ["PTC-04"]);
    let refused = |act: &Act| matches!(act, Act::LayerUrl(LayerUrlOutcome::Rejected(_)));
    assert!(!seen(&report, refused).is_empty());
    // By the API, where the registry gave no manifest.
    let by_api =
        super::report(&format!("[reply.manifest]\nstatus = 500\n[reply.api-layer-url]\nstatus = 400\n{layer}"));
    assert!(codes(&by_api).contains(&"PTC-04"), "{:?}", codes(&by_api));
}

#[test]
fn whatever_the_apis_host_answers_is_a_sign_of_life() {
    for (method, authorization) in [("GET", None), ("GET", Some(login()))] {
        let reply = ask(&services(""), method, API, "/v2/", authorization.as_deref());
        assert_eq!(reply.status, 403);
    }
    healthy("");
}

#[test]
fn a_denial_of_the_api_is_400_access_denied() {
    let toml = "[deny]\n\"ecr:GetAuthorizationToken\" = \"identity\"";
    let report = report(toml);
    assert_eq!(codes(&report), ["IAM-01"]);
    let denied = |act: &Act| {
        matches!(act, Act::Token(TokenOutcome::Rejected(why))
            if why.status == 400 && why.code.as_deref() == Some("AccessDeniedException") && why.denial.is_some())
    };
    assert_eq!(seen(&report, denied).len(), 1);
}
