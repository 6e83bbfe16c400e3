//! Requests that only a push makes.

use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// Whether the last request of the text that has its method sends a manifest or a layer (OCI distribution specification,
/// "Push"), or what failed is a push's commit.
pub fn is_sent(parsed: &Parsed) -> bool {
    let (line, tight) = (&parsed.plain.line, &parsed.plain.tight);
    // containerd commits what it pulled by its digest, and what it pushed by the registry's status.
    let is_commit = parsed.has(Sign::FailedCommit) && tight.contains(":unexpectedstatus");
    is_commit || line.contains("/v2/") && (is_logged(tight) || last_sends(line))
}

/// Whether a registry's own log has such a request. Before a push a client asks for each blob whether it is there.
fn is_logged(tight: &str) -> bool {
    let Some((_, method)) = tight.split_once("http.request.method=") else { return false };
    let is = |it: &str| method.starts_with(it);
    is("put") || is("patch") || is("head") && tight.contains("/blobs/")
}

fn last_sends(line: &str) -> bool {
    let is_bare = |it: char| !it.is_ascii_alphanumeric();
    let mut before = "";
    let mut sends = false;
    for word in line.split(' ') {
        let is_of_image = word.contains("/v2/") && ["/manifests/", "/blobs/"].iter().any(|it| word.contains(it));
        if is_of_image && word.contains("://") {
            sends = match before.rsplit(is_bare).find(|it| !it.is_empty()) {
                Some("PUT" | "Put" | "PATCH" | "Patch") => true,
                Some("GET" | "Get" | "HEAD" | "Head") => false,
                _ => sends,
            };
        }
        before = word;
    }
    sends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_request_tells() {
        for (line, sends) in [
            ("Put \"https://gcr.io/v2/a/manifests/1\": denied", true),
            ("failed: PUT https://gcr.io/v2/a/blobs/sha256:0: denied", true),
            ("Put \"https://gcr.io/v2/a/manifests/1\": denied; Get \"https://gcr.io/v2/a/manifests/1\": denied", false),
            ("Head \"https://gcr.io/v2/a/manifests/1\": denied", false),
            ("Put https://example.com/api: denied", false),
            ("input https://gcr.io/v2/a/manifests/1", false),
        ] {
            assert_eq!(last_sends(line), sends, "{line}");
        }
    }
}
