//! Requests that only a push makes, or what cleans up.

use crate::reason::parsed::Parsed;
use crate::reason::searched::Searched;
use crate::reason::sign::Sign;

/// What was done to an image, where it was not pulled: the last request of the text that has its method sends a manifest
/// or a layer, or deletes one (OCI distribution specification, "Push" and "Content Management"), or what failed is a push's
/// commit.
pub fn means(parsed: &Parsed) -> Option<&'static str> {
    let (line, tight) = (&parsed.plain.line, &parsed.plain.tight);
    // containerd commits what it pulled by its digest, and what it pushed by the registry's status.
    let is_commit = parsed.has(Sign::FailedCommit) && tight.contains(":unexpectedstatus");
    let of_request = || if is_logged(tight) { Some(PUSHED) } else { last_request(line) };
    if is_commit || is_for_a_push(line) { Some(PUSHED) } else { line.contains("/v2/").then(of_request).flatten() }
}

const PUSHED: &str = "an image was pushed, and not pulled";
const DELETED: &str = "an image was deleted, and not pulled";

/// Whether the last token that was asked for is one that lets a client push: `scope=repository:a/b:pull,push`. What pulls asks
/// for no such token (Distribution, "Token Scope Documentation").
fn is_for_a_push(line: &Searched) -> bool {
    const FIELD: &str = "scope=";
    let is_field = |at: &usize| line[..*at].ends_with(['?', '&']);
    let Some(at) = line.match_indices(FIELD).map(|(at, _)| at).filter(is_field).last() else { return false };
    let scope = &line[at + FIELD.len()..];
    let scope = scope.split([' ', '&', '"', '\'']).next().unwrap_or_default();
    let scope = scope.to_ascii_lowercase().replace("%3a", ":").replace("%2c", ",");
    let actions = scope.strip_prefix("repository:").and_then(|it| it.rsplit_once(':'));
    actions.is_some_and(|(_, actions)| actions.split(',').any(|it| it == "push"))
}

/// Whether a registry's own log has such a request. Before a push a client asks for each blob whether it is there.
fn is_logged(tight: &Searched) -> bool {
    let Some((_, method)) = tight.split_once("http.request.method=") else { return false };
    let is = |it: &str| method.starts_with(it);
    is("put") || is("patch") || is("head") && tight.contains("/blobs/")
}

fn last_request(line: &str) -> Option<&'static str> {
    let is_bare = |it: char| !it.is_ascii_alphanumeric();
    let mut before = "";
    let mut does = None;
    for word in line.split(' ') {
        let is_of_image = word.contains("/v2/") && ["/manifests/", "/blobs/"].iter().any(|it| word.contains(it));
        if is_of_image && word.contains("://") {
            does = match before.rsplit(is_bare).find(|it| !it.is_empty()) {
                Some("PUT" | "Put" | "PATCH" | "Patch") => Some(PUSHED),
                Some("DELETE" | "Delete") => Some(DELETED),
                Some("GET" | "Get" | "HEAD" | "Head") => None,
                _ => does,
            };
        }
        before = word;
    }
    does
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_for_a_push_is_known_by_its_scope() {
        for (line, is) in [
            ("GET https://auth.docker.io/token?service=registry.docker.io&scope=repository:a/b:pull,push", true),
            ("POST https://r.example/token?scope=x&scope=repository%3Aa%2Fb%3Apush%2Cpull failed", true),
            ("GET https://auth.docker.io/token?service=registry.docker.io&scope=repository:a/b:pull 401", false),
            ("GET https://auth.docker.io/token?service=x&scope=repository:a/push:pull", false),
            ("GET https://ghcr.io/token?scope=repository%3Aa%2Fb%3Apush%2Cpull&service=ghcr.io: DENIED", true),
            (
                "https://r.io/token?a=b&scope=repository:cache:pull,push 401; https://r.io/token?scope=repository:a:pull",
                false,
            ),
            ("GET https://example.com/token?a=b&scope=repo:push", false),
            ("GET https://example.com/token?a=b&scope=repository:push", false),
            ("", false),
        ] {
            assert_eq!(is_for_a_push(&Searched::of(line.to_owned())), is, "{line}");
        }
    }

    #[test]
    fn the_last_request_tells() {
        for (line, does) in [
            ("Put \"https://gcr.io/v2/a/manifests/1\": denied", Some(PUSHED)),
            ("failed: PUT https://gcr.io/v2/a/blobs/sha256:0: denied", Some(PUSHED)),
            ("Put \"https://gcr.io/v2/a/manifests/1\": denied; Get \"https://gcr.io/v2/a/manifests/1\": denied", None),
            ("Error: DELETE https://gcr.io/v2/a/manifests/1: UNSUPPORTED", Some(DELETED)),
            ("Head \"https://gcr.io/v2/a/manifests/1\": denied", None),
            ("Put https://example.com/api: denied", None),
            ("input https://gcr.io/v2/a/manifests/1", None),
        ] {
            assert_eq!(last_request(line), does, "{line}");
        }
    }
}
