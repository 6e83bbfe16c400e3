//! Public ECR.

use super::*;

const PUBLIC: &str = "public.ecr.aws";

fn public(method: &str, path: &str, authorization: Option<&str>) -> Reply {
    ask(&services(""), method, PUBLIC, path, authorization)
}

#[test]
fn without_a_token_public_ecr_challenges_in_json() {
    for path in ["/v2/", "/v2/nginx/nginx/manifests/latest"] {
        let reply = public("GET", path, None);
        assert_eq!(reply.status, 401);
        let challenge = "Bearer realm=\"https://public.ecr.aws/token/\",service=\"public.ecr.aws\",scope=\"aws\"";
        assert_eq!(reply.header("www-authenticate"), Some(challenge));
        assert_eq!(body(&reply), "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"Not Authorized\"}]}\n");
        assert_eq!(reply.body.len(), 58);
    }
    healthy("[image]\nreference = \"public.ecr.aws/nginx/nginx:latest\"\n[vpc]\nnat = true");
}

#[test]
fn a_bad_token_of_public_ecr_is_400_without_a_challenge() {
    let reply = public("GET", "/v2/nginx/nginx/manifests/latest", Some("Bearer of-yesterday"));
    assert_eq!((reply.status, reply.header("www-authenticate"), reply.body.len()), (400, None, 80));
    assert_eq!(error(&reply), ("DENIED".to_owned(), "Your Authorization Token is invalid.".to_owned()));
    // A token that grows old while the layers come is renewed.
    healthy(
        "[image]\nreference = \"public.ecr.aws/nginx/nginx:latest\"\n[vpc]\nnat = true\n[elsewhere]\ntoken_life_s = 30",
    );
}

#[test]
fn head_of_a_public_blob_is_401() {
    let services = services("");
    let token = format!("Bearer {}", secrets::bearer("nginx/nginx", NOW));
    let path = format!("/v2/nginx/nginx/blobs/{}", services.content().layers[0].digest);
    assert_eq!(ask(&services, "HEAD", PUBLIC, &path, Some(&token)).status, 401);
    assert_eq!(ask(&services, "GET", PUBLIC, &path, Some(&token)).status, 307);
    let manifest = "/v2/nginx/nginx/manifests/latest";
    assert_eq!(ask(&services, "GET", PUBLIC, manifest, Some(&token)).header("docker-content-digest"), None);
}
