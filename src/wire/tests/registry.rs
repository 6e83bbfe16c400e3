//! Registry replies, good and bad.

use proptest::prelude::*;

use super::*;
use crate::model::outcome::Rejection;
use crate::wire::oci::OCI_MANIFEST;

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: body.as_bytes().to_vec() }
}

fn challenge(header: &str) -> RegistryOutcome {
    base(&reply(401, &[("WWW-Authenticate", header), ("Date", "Mon, 23 Nov 2026 14:00:00 GMT")], ""), 1_795_442_390)
}

fn challenged(scheme: &str, realm: Option<&str>, service: Option<&str>) -> RegistryOutcome {
    RegistryOutcome::Challenged {
        scheme: scheme.to_owned(),
        realm: realm.map(str::to_owned),
        service: service.map(str::to_owned),
        clock_offset_s: Some(10),
    }
}

#[test]
fn a_challenge_is_read() {
    let ecr = "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/";
    for (header, expected) in [
        (
            format!("Basic realm=\"{ecr}\",service=\"ecr.amazonaws.com\""),
            challenged("Basic", Some(ecr), Some("ecr.amazonaws.com")),
        ),
        (
            "bearer  SERVICE = registry , Realm=\"a \\\"b\\\", c\" , Basic realm=x".to_owned(),
            challenged("bearer", Some("a \"b\", c"), Some("registry")),
        ),
        ("Basic".to_owned(), challenged("Basic", None, None)),
        ("Negotiate".to_owned(), challenged("Negotiate", None, None)),
        ("Negotiate YWJj==, Basic realm=\"r\"".to_owned(), challenged("Negotiate", None, None)),
        ("Basic, Negotiate realm=\"r\"".to_owned(), challenged("Basic", None, None)),
        // The one that can be answered without credentials.
        ("Basic, Bearer realm=\"r\"".to_owned(), challenged("Bearer", Some("r"), None)),
        ("Basic realm=x , bearer service=s".to_owned(), challenged("bearer", None, Some("s"))),
        ("Basic realm=\"cut".to_owned(), challenged("Basic", Some("cut"), None)),
        ("Basic realm=\"cut\\".to_owned(), challenged("Basic", Some("cut"), None)),
        ("Basic realm=a, realm=b".to_owned(), challenged("Basic", Some("a"), None)),
        (
            "Bearer realm=\"https://auth/?X-Amz-Signature=secret\"".to_owned(),
            challenged("Bearer", Some("https://auth/?…"), None),
        ),
    ] {
        assert_eq!(challenge(&header), expected, "{header}");
    }
}

#[test]
fn the_bearer_challenge_may_stand_in_a_header_of_its_own() {
    let headers = [("WWW-Authenticate", "Basic realm=x"), ("www-authenticate", "Bearer realm=\"https://a.example/\"")];
    let RegistryOutcome::Challenged { scheme, realm, .. } = base(&reply(401, &headers, ""), 0) else { panic!() };
    assert_eq!((scheme.as_str(), realm.as_deref()), ("Bearer", Some("https://a.example/")));
}

#[test]
fn a_token_is_granted_or_it_is_told_why_not() {
    let granted = |body: &str| {
        let (outcome, token) = token(&reply(200, &[("Content-Type", "application/json")], body), 0);
        (outcome, token.map(|token| token.header_value().to_owned()))
    };
    for (body, valid_for_s, header) in [
        (r#"{"token":"abc","access_token":"def","expires_in":300}"#, Some(300), "Bearer abc"),
        (r#"{"access_token":"def"}"#, None, "Bearer def"),
        (r#"{"token":"","access_token":"def","expires_in":"soon"}"#, None, "Bearer def"),
        (r#"{"token":"abc","expires_in":-1,"issued_at":[]}"#, Some(-1), "Bearer abc"),
    ] {
        assert_eq!(granted(body), (RegistryTokenOutcome::Granted { valid_for_s }, Some(header.to_owned())), "{body}");
    }
    for body in ["", "[]", "{}", "\"abc\"", r#"{"token":7}"#, r#"{"token":"a b"}"#, r#"{"token":"a\r\nX: y"}"#] {
        let (outcome, header) = granted(body);
        assert!(matches!(outcome, RegistryTokenOutcome::Malformed { .. }) && header.is_none(), "{body}: {outcome:?}");
    }
    for (status, content_type) in [(200, "text/html"), (307, "application/json"), (403, "application/json")] {
        let (outcome, header) = token(&reply(status, &[("content-type", content_type)], r#"{"token":"abc"}"#), 0);
        assert!(matches!(outcome, RegistryTokenOutcome::Rejected(it) if it.status == status) && header.is_none());
    }
}

#[test]
fn an_answer_without_a_challenge_is_a_rejection() {
    for header in ["", " ", "=", "\"Basic\"", "realm=\"x\"", "é"] {
        assert!(matches!(challenge(header), RegistryOutcome::Rejected(Rejection { status: 401, .. })), "{header}");
    }
    assert!(matches!(base(&reply(401, &[], ""), 0), RegistryOutcome::Rejected(_)));
    for status in [204, 301, 400, 403, 404, 429, 503] {
        assert!(matches!(base(&reply(status, &[], ""), 0),
            RegistryOutcome::Rejected(rejection) if rejection.status == status));
    }
    assert_eq!(base(&reply(200, &[], "{}"), 0), RegistryOutcome::Accepted { clock_offset_s: None });
}

#[test]
fn a_manifest_reply_is_read_or_rejected() {
    let amd64 = Platform::new("linux", "amd64", None);
    let body = r#"{"schemaVersion":2,"manifests":[]}"#;
    let announced = Digest::sha256_of(b"other");
    let headers = [("content-type", OCI_MANIFEST), ("Docker-Content-Digest", announced.as_str())];
    let (outcome, found) = manifest(&reply(200, &headers, body), None, &amd64, 0);
    assert!(matches!(outcome, ManifestOutcome::DigestMismatch { expected, .. } if expected == announced.as_str()));
    assert_eq!(found, None);
    let missing = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"Requested image not found"}]}"#;
    let (outcome, _) = manifest(&reply(404, &headers, missing), None, &amd64, 0);
    assert!(matches!(outcome, ManifestOutcome::Rejected(rejection)
        if rejection.code.as_deref() == Some("MANIFEST_UNKNOWN")));
}

/// What was asked for where a redirect came.
const ASKED: &str = "https://registry.example.com/v2/app/blobs/sha256:01";

#[test]
fn a_redirect_to_where_it_came_from_is_none() {
    for location in [
        ASKED,
        "https://REGISTRY.example.com:443/v2/app/blobs/sha256:01?X-Amz-Signature=secret",
        "/v2/app/blobs/sha256:01?again=1",
    ] {
        let (outcome, url) = redirect(&reply(307, &[("location", location)], ""), ASKED, 0);
        let LayerUrlOutcome::BadRedirect { reason } = outcome else { panic!("{location}: {outcome:?}") };
        assert!(reason.contains("to itself") && !reason.contains("secret") && url.is_none(), "{reason}");
    }
    for location in [
        "https://registry.example.com/v2/app/blobs/sha256:02",
        "https://registry.example.com:8443/v2/app/blobs/sha256:01",
    ] {
        let (outcome, _) = redirect(&reply(307, &[("location", location)], ""), ASKED, 0);
        assert!(matches!(outcome, LayerUrlOutcome::Redirected { .. }), "{location}: {outcome:?}");
    }
}

#[test]
fn a_redirect_to_https_is_followed() {
    let url = "https://prod-eu-west-1-starport-layer-bucket.S3.eu-west-1.amazonaws.com/a/b?X-Amz-Signature=secret";
    for status in [301, 302, 303, 307, 308] {
        let (outcome, layer) = redirect(&reply(status, &[("Location", url)], ""), ASKED, 0);
        let host = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com".to_owned();
        assert_eq!(outcome, LayerUrlOutcome::Redirected { host, port: 443, signed: true });
        assert_eq!(layer.map(|layer| layer.for_request().to_owned()).as_deref(), Some(url));
    }
    let (outcome, _) = api_url("https://mirror.example:8443/blob");
    let host = "mirror.example".to_owned();
    assert_eq!(outcome, LayerUrlOutcome::Redirected { host, port: 8443, signed: false });
}

#[test]
fn any_other_redirect_is_refused_without_its_query() {
    for (location, expected) in [
        (None, "no Location"),
        (Some(""), "URL"),
        (Some("/v2/other?X-Amz-Signature=secret"), "relative"),
        (Some("http://s3.example/a?X-Amz-Signature=secret"), "s3.example"),
        (Some("ftp://s3.example/a?X-Amz-Signature=secret"), "neither"),
        (Some("https://user:secret@s3.example/a"), "user information"),
        (Some("https://"), "URL"),
        (Some("https:// secret"), "cannot be read"),
        (Some("https://exa\u{7}mple/secret"), "cannot be read"),
    ] {
        let headers: Vec<(&str, &str)> = location.map(|location| ("location", location)).into_iter().collect();
        let (outcome, layer) = redirect(&reply(307, &headers, ""), ASKED, 0);
        let LayerUrlOutcome::BadRedirect { reason } = outcome else { panic!("{location:?}: {outcome:?}") };
        assert!(reason.contains(expected) && !reason.contains("secret"), "{location:?}: {reason}");
        assert_eq!(layer, None);
    }
}

#[test]
fn a_blob_may_be_served_or_denied() {
    assert_eq!(redirect(&reply(200, &[], "bytes"), ASKED, 0), (LayerUrlOutcome::Direct, None));
    assert_eq!(redirect(&reply(206, &[("location", "https://x/")], "b"), ASKED, 0), (LayerUrlOutcome::Direct, None));
    for status in [204, 304, 403, 404, 500] {
        assert!(matches!(
            redirect(&reply(status, &[("location", "https://x/")], ""), ASKED, 0),
            (LayerUrlOutcome::Rejected(_), None)
        ));
    }
}

proptest! {
    #[test]
    fn reading_never_panics(status in 100u16..600, header in ".{0,120}", body in ".{0,120}") {
        let names = ["www-authenticate", "location", "content-type", "docker-content-digest", "date", "server"];
        let headers: Vec<(&str, &str)> = names.iter().map(|name| (*name, header.as_str())).collect();
        let reply = reply(status, &headers, &body);
        base(&reply, 0);
        redirect(&reply, ASKED, 0);
        api_url(&header);
        token(&reply, 0);
        manifest(&reply, None, &Platform::new("linux", "amd64", None), 0);
    }

    #[test]
    fn a_challenge_never_panics(header in "[A-Za-z=\", \\\\]{0,60}") {
        challenge(&header);
    }
}
