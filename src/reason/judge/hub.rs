//! Images that Docker Hub does not give: of a name without a registry it is asked, too.

use super::answer::Answer;
use crate::reason::parsed::Parsed;

/// The causes where Docker Hub says that an image is not there, or that it requires a login: it says both of private ones.
pub fn denied(answer: Answer, parsed: &Parsed) -> Answer {
    const LOGIN: &str = "the registry wants credentials that the task does not give";
    const NAME: &str = "the repository is named wrongly, or is private";
    if is_meant(parsed) {
        return answer.likely("IMG-01", NAME).possible("IAM-12", LOGIN);
    }
    answer.likely("IMG-03", "a name without a registry means Docker Hub").or(&[("IMG-01", NAME), ("IAM-12", LOGIN)])
}

/// Whether the reader wrote Docker Hub's name: in a command, a Dockerfile or a manifest. Programs put it before a name
/// that has none: `Trying to pull docker.io/library/app:1`.
fn is_meant(parsed: &Parsed) -> bool {
    const BEFORE: [&str; 6] = ["docker pull ", "podman pull ", "buildah pull ", "nerdctl pull ", "image: ", "FROM "];
    let line = &parsed.plain.line;
    let mut places = line.match_indices("docker.io/").map(|(at, _)| line[..at].trim_end_matches(['"', '\'']));
    places.any(|before| BEFORE.iter().any(|it| before.ends_with(it)))
}

#[cfg(test)]
mod tests {
    use crate::ranges::Ranges;
    use crate::reason::judge::judge;
    use crate::reason::parsed::Parsed;

    #[test]
    fn a_registry_that_was_written_out_is_not_missing() {
        let denied = "Error: initializing source docker://acme/app:1: reading manifest 1 in docker.io/acme/app: \
                      requested access to the resource is denied";
        for (before, first) in [
            ("Trying to pull docker.io/acme/app:1...", "IMG-03"),
            ("$ podman pull app:1\nTrying to pull docker.io/acme/app:1...", "IMG-03"),
            ("$ podman pull docker.io/acme/app:1", "IMG-01"),
            ("image: \"docker.io/acme/app:1\"", "IMG-01"),
        ] {
            let answer = judge(&Parsed::read(&format!("{before}\n{denied}"), &Ranges::embedded(), &[]));
            assert_eq!(answer.causes.first().map(|it| it.code), Some(first), "{before}");
        }
    }
}
