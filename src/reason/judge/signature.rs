//! Requests for what a policy wants beside an image: its signature, and what somebody attests of it (Cosign's tags, and the
//! referrers of the OCI distribution specification).

use super::answer::Answer;
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// How Cosign's tags end, behind `sha256-` and the digest of the image.
const ENDS: [&str; 3] = [".sig", ".att", ".sbom"];

/// Whether the path of a request is for one of them.
fn is_of_signature(path: &str) -> bool {
    let selector = path.rsplit('/').next().unwrap_or_default().trim_end_matches([':', ',']);
    let is_tag = selector.starts_with("sha256-") && ENDS.iter().any(|it| selector.ends_with(it));
    is_tag || path.contains("/referrers/sha256:")
}

/// The answer where the registry has none of what was asked for beside the image, which itself may be there.
pub fn missing(parsed: &Parsed) -> Option<Answer> {
    if !parsed.any(&[Sign::ManifestUnknown, Sign::NotFound]) || parsed.plain.tight.contains("failedtopullimage") {
        return None;
    }
    let contacted = parsed.hosts.iter().filter(|host| host.contacted).filter_map(|host| parsed.path(host));
    let mut asked = contacted.filter(|path| path.contains("/manifests/") || path.contains("/referrers/")).peekable();
    (asked.peek().is_some() && asked.all(is_of_signature)).then(|| {
        Answer::at(Stage::Manifest, "the registry has no signature or attestation of the image, which a policy wants")
            .likely("IMG-14", "what was asked for is not the image, but what a policy wants beside it")
    })
}

#[cfg(test)]
mod tests {
    use crate::ranges::Ranges;
    use crate::reason::judge::judge;
    use crate::reason::parsed::Parsed;

    #[test]
    fn an_image_is_no_signature_by_its_name() {
        for (text, code) in [
            (
                "Error response from daemon: Head \"https://ghcr.io/v2/a/app/manifests/1.0.sig\": manifest unknown",
                "IMG-02",
            ),
            (
                "Error response from daemon: Get \"https://r.example.com/v2/com.att/b/manifests/1\": manifest unknown",
                "IMG-02",
            ),
            (
                "GET https://ghcr.io/v2/x/app/manifests/1: MANIFEST_UNKNOWN: manifest unknown; \
                 GET https://ghcr.io/v2/x/app/manifests/sha256-00.sig: MANIFEST_UNKNOWN: manifest unknown",
                "IMG-02",
            ),
        ] {
            let answered = judge(&Parsed::read(text, &Ranges::embedded(), &[]));
            assert_eq!(answered.causes.first().map(|it| it.code), Some(code), "{text}");
        }
    }

    #[test]
    fn a_signature_that_is_missing_is_no_missing_image() {
        let policy = "failed to verify image ghcr.io/x/app:1: .attestors[0].entries[0].keys: GET ";
        for (answer, code) in [
            ("https://ghcr.io/v2/x/app/manifests/sha256-00.sig: MANIFEST_UNKNOWN: manifest unknown", "IMG-14"),
            ("https://ghcr.io/v2/x/app/manifests/sha256-00.att: MANIFEST_UNKNOWN: manifest unknown", "IMG-14"),
            ("https://ghcr.io/v2/x/app/referrers/sha256:00: 404 Not Found", "IMG-14"),
            ("https://ghcr.io/v2/x/app/manifests/1: MANIFEST_UNKNOWN: manifest unknown", "IMG-02"),
            ("https://ghcr.io/v2/x/app/manifests/sha256-00.sig: UNAUTHORIZED: authentication required", "IAM-12"),
            (
                "https://ghcr.io/token?scope=repository%3Ax%2Fapp%3Apull: UNAUTHORIZED: authentication required",
                "IAM-12",
            ),
        ] {
            let answered = judge(&Parsed::read(&format!("{policy}{answer}"), &Ranges::embedded(), &[]));
            assert_eq!(answered.causes.first().map(|it| it.code), Some(code), "{answer}");
        }
    }
}
