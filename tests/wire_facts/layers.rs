//! Where layers are, and what S3 says.

use ecr_probe::model::outcome::LayerUrlOutcome;
use ecr_probe::model::{Strength, Target};

use super::*;

fn layer(services: &Services) -> String {
    services.content().layers[0].digest.clone()
}

/// Host, path and query of where the registry redirects to.
fn redirect(services: &Services) -> (String, String, String) {
    let reply = get(services, &format!("{REPOSITORY}/blobs/{}", layer(services)));
    assert_eq!(reply.status, 307);
    let location = reply.header("location").unwrap().to_owned();
    let (host, rest) = location.strip_prefix("https://").unwrap().split_once('/').unwrap();
    let (path, query) = rest.split_once('?').unwrap();
    (host.to_owned(), format!("/{path}"), query.to_owned())
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[test]
fn head_of_a_blob_is_200_of_the_blobs_own_type() {
    let healthy_one = services("");
    let config = &healthy_one.content().configs[0];
    let reply = head(&healthy_one, &format!("{REPOSITORY}/blobs/{}", config.digest));
    assert_eq!((reply.status, reply.header("location")), (200, None));
    assert_eq!(reply.header("content-type"), Some(config.media_type.as_str()));
    assert_eq!(reply.header("docker-content-digest"), Some(config.digest.as_str()));
    assert_eq!(reply.header("content-length"), Some(config.bytes.len().to_string().as_str()));
}

#[test]
fn a_blob_is_elsewhere_whatever_the_redirects_body_is() {
    let healthy_one = services("");
    let (host, ..) = redirect(&healthy_one);
    assert_eq!(host, "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com");
    for (content_type, body) in [("text/html", "<html>moved</html>"), ("application/json", "{"), ("text/plain", "")] {
        healthy(&format!("[reply.blob]\ncontent_type = \"{content_type}\"\nbody = \"{body}\""));
    }
}

#[test]
fn the_key_of_a_layer_has_two_uuids_and_no_digest() {
    let healthy_one = services("");
    let (_, path, _) = redirect(&healthy_one);
    let (repository, blob) = path.trim_start_matches('/').split_once('/').unwrap();
    let mut parts = repository.splitn(3, '-');
    let (hex, account) = (parts.next().unwrap(), parts.next().unwrap());
    assert!(hex.len() == 4 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}");
    assert_eq!(account, "123456789012");
    assert!(is_uuid(parts.next().unwrap()) && is_uuid(blob), "{path}");
    let digest = layer(&healthy_one);
    assert!(!path.contains(&digest["sha256:".len()..][..12]), "{path}");
    // The bytes are known by their hash and not by their place.
    assert!(healthy("").pull.is_some_and(|pull| pull.layers_verified == 3));
}

#[test]
fn a_presigned_url_has_seven_parameters_and_less_than_an_hour() {
    let (_, _, query) = redirect(&services(""));
    let names: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap()).collect();
    let expected = ["Security-Token", "Algorithm", "Date", "SignedHeaders", "Expires", "Credential", "Signature"];
    assert_eq!(names, expected.map(|name| format!("X-Amz-{name}")));
    assert!(query.contains("X-Amz-SignedHeaders=host&X-Amz-Expires=3599&"), "{query}");
    let credential = query.split("X-Amz-Credential=").nth(1).unwrap().split('&').next().unwrap();
    let scope: Vec<&str> = credential.split("%2F").collect();
    assert!(scope[0].starts_with("ASIA"), "{credential}");
    assert_eq!(scope[2..], ["eu-west-1", "s3", "aws4_request"]);
    for life in [1_800, 60] {
        healthy(&format!("[layer]\nurl_life_s = {life}"));
    }
    assert_eq!(codes(&report("[layer]\nfault = \"url-expired\"\nurl_life_s = 1800")), ["LYR-02"]);
}

#[test]
fn a_range_of_a_layer_needs_no_signature_of_its_own() {
    let healthy_one = services("");
    let (host, path, query) = redirect(&healthy_one);
    let request = Request {
        method: "GET".into(),
        host,
        path: format!("{path}?{query}"),
        headers: vec![("Range".into(), "bytes=0-99".into())],
        ..Request::default()
    };
    let reply = healthy_one.answer(&request, NOW).reply;
    assert_eq!((reply.status, reply.body.len()), (206, 100));
    assert!(reply.header("content-range").unwrap().starts_with("bytes 0-99/"), "{reply:?}");
}

/// The account that signs is AWS's and another one from Region to Region: no advice may name it.
#[test]
fn no_advice_names_the_account_that_signs() {
    let report = report("[deny]\n\"s3:GetObject\" = \"vpc-endpoint\"");
    let fixes: Vec<String> = report.diagnoses[0].fixes.iter().map(|fix| format!("{fix:?}")).collect();
    assert!(fixes.iter().any(|fix| fix.contains("Principal")), "{fixes:?}");
    assert!(fixes.iter().all(|fix| !fix.contains("812812325446")), "{fixes:?}");
}

#[test]
fn the_layer_store_is_where_the_redirect_leads() {
    for (toml, host) in [
        (
            "[layer]\nstore = \"prod-eu-west-1-starport-layer-bucket.s3.dualstack.eu-west-1.amazonaws.com\"\n[vpc]\nnat = true",
            "s3.dualstack.",
        ),
        (
            "[vpc]\nregion = \"us-gov-west-1\"\nnat = true",
            "prod-us-gov-west-1-starport-layer-bucket.s3.us-gov-west-1.amazonaws.com",
        ),
    ] {
        let report = healthy(toml);
        let leads =
            |act: &Act| matches!(act, Act::LayerUrl(LayerUrlOutcome::Redirected { host: at, .. }) if at.contains(host));
        assert_eq!(seen(&report, leads).len(), 4, "{toml}");
        let is_there = |target: &Target| target.host.contains(host);
        let fetched = seen(&report, |act| matches!(act, Act::LayerBytes(_)));
        assert!(fetched.iter().all(|it| it.target.as_ref().is_some_and(is_there)), "{toml}");
    }
}

#[test]
fn s3_names_the_endpoints_policy_or_says_no_more_than_denied() {
    let long = "[deny]\n\"s3:GetObject\" = \"vpc-endpoint\"";
    let services = services(long);
    let (host, path, query) = redirect(&services);
    let reply = ask(&services, "GET", &host, &format!("{path}?{query}"), None);
    assert_eq!((reply.status, reply.header("content-type")), (403, Some("application/xml")));
    assert!(body(&reply).contains("because no VPC endpoint policy allows the s3:GetObject action"), "{reply:?}");
    let (told, bare) = (report(long), report("[deny]\n\"s3:GetObject\" = \"bare\""));
    assert_eq!((codes(&told), told.diagnoses[0].strength), (vec!["VPE-04"], Strength::Proven));
    assert_eq!((codes(&bare), bare.diagnoses[0].strength), (vec!["VPE-04"], Strength::Likely));
}

/// Without a signature S3 says 403 to everybody, and the probe concludes that it can be reached, and no more.
#[test]
fn an_unsigned_request_proves_the_way_and_no_policy() {
    let (host, path, _) = redirect(&services(""));
    assert_eq!(ask(&services(""), "GET", &host, &path, None).status, 403);
    let report = report("[credentials]\nkind = \"none\"");
    assert!(codes(&report).iter().all(|code| !code.starts_with("VPE")), "{:?}", codes(&report));
}

#[test]
fn a_blob_that_redirects_to_itself_is_a_bad_redirect() {
    let toml = "[layer]\nfault = \"redirect-loop\"";
    let services = services(toml);
    let path = format!("{REPOSITORY}/blobs/{}", layer(&services));
    assert_eq!(get(&services, &path).header("location"), Some(format!("https://{REGISTRY}{path}").as_str()));
    let report = report(toml);
    assert_eq!(codes(&report), ["LYR-05"]);
    assert!(report.diagnoses[0].summary.contains("to itself"), "{}", report.diagnoses[0].summary);
    // To another URL of the registry, where the probe shows no login: no client may count on it.
    let back = super::report(&format!("[reply.blob]\nheaders = {{ Location = \"https://{REGISTRY}/blobs/1\" }}"));
    assert_eq!(codes(&back), ["LYR-05"]);
}
