//! What the registry makes of a login.

use ecr_probe::diagnose::{Case, diagnose};
use ecr_probe::model::Strength;
use ecr_probe::model::outcome::{ManifestOutcome, RegistryOutcome, TokenOutcome};

use super::*;

const INVALID: (&str, &str) = ("DENIED", "Your Authorization Token is invalid.");

fn is_challenge(reply: &Reply) {
    assert_eq!(reply.status, 401);
    let expected = format!("Basic realm=\"https://{REGISTRY}/\",service=\"ecr.amazonaws.com\"");
    assert_eq!(reply.header("www-authenticate"), Some(expected.as_str()));
    assert_eq!(reply.header("docker-distribution-api-version"), Some("registry/2.0"));
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(body(reply), "Not Authorized\n");
}

fn is_invalid(reply: &Reply) {
    let (code, message) = error(reply);
    assert_eq!((reply.status, code.as_str(), message.as_str()), (400, INVALID.0, INVALID.1));
    assert_eq!(reply.header("www-authenticate"), None);
}

#[test]
fn without_a_login_the_base_and_a_manifest_are_challenged() {
    let healthy_one = services("");
    for path in ["/v2/", &format!("{REPOSITORY}/manifests/v1")] {
        is_challenge(&ask(&healthy_one, "GET", REGISTRY, path, None));
    }
    let report = healthy("");
    let challenged =
        |act: &Act| matches!(act, Act::RegistryPing(RegistryOutcome::Challenged { scheme, .. }) if scheme == "Basic");
    assert_eq!(seen(&report, challenged).len(), 1);
}

#[test]
fn a_token_of_another_region_is_400_without_a_challenge() {
    let toml = "[credentials]\ntoken = \"other-region\"";
    is_invalid(&get(&services(toml), "/v2/"));
    let report = report(toml);
    assert_eq!(codes(&report), ["TOK-02"]);
    assert_eq!(report.diagnoses[0].strength, Strength::Proven);
    assert!(report.diagnoses[0].reason.contains("us-east-1"), "{}", report.diagnoses[0].reason);
}

#[test]
fn a_mangled_or_foreign_password_is_400_without_a_challenge() {
    let foreign = format!("Basic {}", secrets::base64(b"AWS:somebody-elses-password"));
    is_invalid(&ask(&services(""), "GET", REGISTRY, "/v2/", Some(&foreign)));
    let toml = "[credentials]\ntoken = \"refused\"";
    is_invalid(&get(&services(toml), &format!("{REPOSITORY}/manifests/v1")));
    let report = report(toml);
    assert_eq!((codes(&report), report.diagnoses[0].strength), (vec!["TOK-02"], Strength::Likely));
    assert!(report.diagnoses[0].reason.contains("changes the Authorization header"), "{}", report.diagnoses[0].reason);
    let refused = |act: &Act| matches!(act, Act::Manifest(ManifestOutcome::Rejected(why)) if why.status == 400);
    assert_eq!(seen(&report, refused).len(), 1);
}

#[test]
fn the_words_count_without_regard_to_case_or_status() {
    for status in [400, 403] {
        for message in ["Your Authorization Token is invalid.", "your authorization token is invalid"] {
            let reply = format!("status = {status}\ncode = \"DENIED\"\nmessage = \"{message}\"\n");
            let report = report(&format!("[reply.registry-auth]\n{reply}[reply.manifest]\n{reply}"));
            assert_eq!(codes(&report), ["TOK-02"], "{reply}");
        }
    }
}

#[test]
fn no_header_another_scheme_and_another_user_are_challenged() {
    let healthy_one = services("");
    let other_user = format!("Basic {}", secrets::base64(b"admin:password"));
    for authorization in [format!("Bearer {}", secrets::registry_token()), other_user] {
        is_challenge(&ask(&healthy_one, "GET", REGISTRY, "/v2/", Some(&authorization)));
    }
    let report = report("[credentials]\ntoken = \"stripped\"");
    assert_eq!((codes(&report), report.diagnoses[0].strength), (vec!["TOK-02"], Strength::Likely));
    assert!(report.diagnoses[0].reason.contains("as if none was sent"), "{}", report.diagnoses[0].reason);
}

#[test]
fn an_expired_token_is_403_without_a_challenge() {
    let toml = "[credentials]\ntoken = \"expired\"";
    let reply = get(&services(toml), "/v2/");
    assert_eq!((reply.status, reply.header("www-authenticate")), (403, None));
    let expected = "Your authorization token has expired. Reauthenticate and try again.";
    assert_eq!(error(&reply), ("DENIED".to_owned(), expected.to_owned()));
    let report = report(toml);
    assert_eq!((codes(&report), alternatives(&report)), (vec!["TOK-01"], vec!["TOK-02", "CLK-01"]));
}

/// Where the API hands out a token whose time is over, something keeps the API's answers.
#[test]
fn an_expired_token_of_the_apis_own_is_proven() {
    for (left_s, strength) in [(-30, Strength::Proven), (43_200, Strength::Likely)] {
        let report = report("[credentials]\ntoken = \"expired\"");
        let mut evidence = report.evidence;
        for observation in &mut evidence.observations {
            if let Act::Token(TokenOutcome::Issued { valid_for_s, .. }) = &mut observation.act {
                *valid_for_s = Some(left_s);
            }
        }
        let finding = &diagnose(&Case::new(&evidence, &report.vantage)).findings[0];
        assert_eq!((finding.code.id(), finding.strength), ("TOK-01", strength), "{left_s}");
    }
}
