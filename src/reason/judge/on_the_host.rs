//! Images that a command did not find on the host: `docker rmi`, `docker inspect` and their like pull nothing.

use crate::reason::parsed::Parsed;

/// What they say, as the tight text has it.
const MISSING: [&str; 5] = ["nosuchimage", "notfound", "referencedoesnotexist", "couldnotfindimage", "notpresent"];

const COMMANDS: [&str; 12] = [
    "dockerrmi",
    "dockerimagerm",
    "dockersave",
    "dockertag",
    "dockerinspect",
    "dockerimageinspect",
    "dockerhistory",
    "imageload",
    "failedtoremoveimage",
    "cantremoveimage",
    "unabletodeleteimage",
    "unabletotagimage",
];

/// What tells of a pull besides, which may be what failed.
const OF_A_PULL: [&str; 13] = [
    "pull",
    "/v2/",
    "unabletofindimage",
    "manifestfor",
    "manifestunknown",
    "nobasicauthcredentials",
    "failedtosolve",
    "failedtoresolve",
    "registry-1.docker.io",
    "dockerrun",
    "ecstask",
    "taskstopped",
    "composeup",
];

/// Whether such a command is what failed, and the text tells of no pull.
pub fn is_missing(parsed: &Parsed) -> bool {
    let has = |words: &[&str]| words.iter().any(|it| parsed.plain.tight.contains(it));
    has(&MISSING) && has(&COMMANDS) && !has(&OF_A_PULL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranges::Ranges;

    #[test]
    fn each_command_is_of_the_host() {
        for command in [
            "$ docker rmi app:1\nError response from daemon: No such image: app:1",
            "$ docker image rm app:1\nError response from daemon: No such image: app:1",
            "$ docker save app:1\nError response from daemon: reference does not exist",
            "$ docker tag app:1 b/app:1\nError response from daemon: No such image: app:1",
            "$ docker inspect app:1\nError: No such image: app:1",
            "$ docker image inspect app:1\nError response from daemon: No such image: app:1",
            "$ docker history app:1\nError response from daemon: No such image: app:1",
            "$ minikube image load app:1\nimage not found",
            "Failed to remove image app:1: could not find image",
            "can't remove image app:1: No such image: app:1",
            "Unable to delete image app:1: No such image: app:1",
            "Unable to tag image app:1: image not present",
        ] {
            let is = |text: &str| is_missing(&Parsed::read(text, &Ranges::embedded(), &[]));
            assert!(is(command), "{command}");
            for pull in [
                "Unable to find image 'app:1' locally",
                "Error response from daemon: Head \"https://registry.example/v2/app/manifests/1\": EOF",
                "docker: Error response from daemon: manifest for acme/app:1 not found",
                "ECS task stopped: ref app:1: not found",
                "docker compose up\ndenied",
                "ERROR: failed to solve: nodee:20: failed to resolve source metadata for docker.io/library/nodee:20: not found",
                "$ docker run b/app:1\ndocker: Error response from daemon: repository b/app not found: does not exist",
                "ctr: failed to resolve reference \"registry.example/app:1\": not found",
            ] {
                assert!(!is(&format!("{command}\n{pull}")), "{command}: {pull}");
            }
        }
    }
}
