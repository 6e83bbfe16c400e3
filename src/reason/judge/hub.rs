//! What a denial by Docker Hub means: it denies private images and missing ones in the same words, and is asked for names
//! without a registry, too.

use super::answer::Answer;
use crate::reason::image_name::{COMMANDS, behind, repository};
use crate::reason::parsed::Parsed;

const LOGIN: &str = "the registry wants credentials that the task does not give";
const NAME: &str = "the repository is named wrongly, or is private";

/// What the reader gives a name in, besides the commands that pull: fields of manifests, Dockerfiles.
const FIELDS: [&str; 5] = ["image: ", "Image: ", "image\": \"", "FROM ", "docker run "];

/// How Docker Hub is named with its own name.
const DOCKER_HUB: &str = "docker.io/";

/// So many names are looked for in the rest of the text.
const MOST: usize = 64;

/// The causes where the name may lack its registry, or be Docker Hub's.
pub fn denied(answer: Answer, parsed: &Parsed) -> Answer {
    if is_meant(parsed) {
        return private(answer);
    }
    answer.likely("IMG-03", "a name without a registry means Docker Hub").or(&[("IMG-01", NAME), ("IAM-12", LOGIN)])
}

/// The causes where Docker Hub is the registry that is meant.
pub fn private(answer: Answer) -> Answer {
    answer.likely("IMG-01", NAME).possible("IAM-12", LOGIN)
}

/// Whether the reader wrote Docker Hub's name before that of the image that was denied. Programs put it there by themselves:
/// `Trying to pull docker.io/library/app:1`.
fn is_meant(parsed: &Parsed) -> bool {
    let line = parsed.plain.line.as_str();
    let mut written = behind(line, &COMMANDS);
    written.extend(behind(line, &FIELDS));
    let told = parsed.failure.map_or(line, |at| &line[parsed.plain.line_around(at)]);
    // The name itself, where it is written, tells of no denial.
    let is_denied = |name: &str| {
        let given = written.iter().filter(|it| times(it, name) > 0).count();
        times(told, name) > 0 && times(line, name) > given
    };
    written
        .iter()
        .filter_map(|name| of_hub(name))
        .take(MOST)
        .any(|name| is_denied(name) || written.iter().all(|it| of_hub(it) == Some(name)))
}

/// How often a repository is named, and not as a part of another name.
fn times(text: &str, name: &str) -> usize {
    let goes_on = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '/');
    text.match_indices(name).filter(|(at, _)| !text[at + name.len()..].starts_with(goes_on)).count()
}

/// The repository of a name that Docker Hub's name stands before.
fn of_hub(name: &str) -> Option<&str> {
    name.strip_prefix(DOCKER_HUB).map(repository)
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
            ("{\"image\": \"docker.io/acme/app:1\"}", "IMG-01"),
            ("    Image:          docker.io/acme/app:1", "IMG-01"),
            ("$ docker run docker.io/acme/app:1", "IMG-01"),
            ("$ crictl pull docker.io/acme/app:1", "IMG-01"),
        ] {
            let answer = judge(&Parsed::read(&format!("{before}\n{denied}"), &Ranges::embedded(), &[]));
            assert_eq!(answer.causes.first().map(|it| it.code), Some(first), "{before}");
        }
    }

    /// However the lines were joined.
    #[test]
    fn the_registry_of_another_image_says_nothing() {
        for text in [
            "FROM docker.io/library/node:20 AS base\nFROM my-base:latest\nERROR: failed to solve: my-base:latest: \
             pull access denied, repository does not exist or may require authorization: server message: \
             insufficient_scope: authorization failed",
            "image: docker.io/app\nimage: app-web:1\nError response from daemon: pull access denied for app-web, \
             repository does not exist or may require 'docker login'",
            "image: docker.io/istio/proxyv2:1.20\nimage: my-service:latest\nFailed to pull image \
             \"my-service:latest\": Error response from daemon: pull access denied for my-service, repository does not \
             exist or may require 'docker login'",
        ] {
            let answer = judge(&Parsed::read(text, &Ranges::embedded(), &[]));
            assert_eq!(answer.causes.first().map(|it| it.code), Some("IMG-03"), "{text}");
            let answer = judge(&Parsed::read(&text.replace('\n', " "), &Ranges::embedded(), &[]));
            assert_eq!(answer.causes.first().map(|it| it.code), Some("IMG-03"), "{text}");
        }
    }
}
