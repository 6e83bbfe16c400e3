//! What the path of a URL is of.

/// Whether it is one of the registry API (OCI distribution specification, "Endpoints").
pub fn is_of_registry_api(path: &str) -> bool {
    path.contains("/v2/")
}

/// Whether it is one of a registry's token service: `/token?service=…`, `/service/token`, `/jwt/auth?service=…`.
pub fn is_of_token_service(path: &str) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_named = path.split('/').any(|segment| ["token", "auth"].contains(&segment.trim_end_matches([':', ','])));
    is_named || query.split('&').any(|field| field.starts_with("service="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_service_is_known_by_its_path_or_query() {
        for (path, is) in [
            ("/token?service=registry.docker.io&scope=x", true),
            ("/service/token:", true),
            ("/jwt/auth?client_id=docker&service=container_registry", true),
            ("/authentik/blobs/00", false),
            ("/v2/team/tokens/manifests/1", false),
            ("/", false),
        ] {
            assert_eq!(is_of_token_service(path), is, "{path}");
        }
    }
}
