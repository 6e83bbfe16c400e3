//! Requests for what a policy wants beside an image: its signature, and what somebody attests of it (Cosign's tags, and the
//! referrers of the OCI distribution specification).

use super::answer::Answer;
use crate::model::Stage;
use crate::reason::hosts::Host;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// How such a path ends, or what is in it.
const OF_A_SIGNATURE: [&str; 3] = [".sig", ".att", "/referrers/"];

/// Whether a URL at the host is for one of them.
pub fn is_at(host: &Host, parsed: &Parsed) -> bool {
    parsed.path(host).is_some_and(|path| path.contains("/v2/") && OF_A_SIGNATURE.iter().any(|it| path.contains(it)))
}

/// The answer where the registry has none: the image itself may be there.
pub fn missing(parsed: &Parsed) -> Option<Answer> {
    let asked = parsed.hosts.iter().rfind(|host| host.contacted)?;
    let is_missing = parsed.any(&[Sign::ManifestUnknown, Sign::NotFound]) && is_at(asked, parsed);
    is_missing.then(|| {
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
