//! What a person tells of a pull or of a task's start: words of their own, or a message without its program.

use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// What containers run on, and where images come from.
const OF_CONTAINERS: [&str; 13] = [
    "container",
    "containers",
    "image",
    "images",
    "docker",
    "registry",
    "pod",
    "pods",
    "task",
    "tasks",
    "fargate",
    "ecs",
    "ecr",
];

/// The same without what is of any program's work.
const OF_AWS: [&str; 3] = ["fargate", "ecs", "ecr"];

/// Whether one of few messages that only a container's start or a registry's client makes a program print stands beside a
/// word of either, or a person says that an image is pulled from ECR or by ECS.
pub fn is_told(parsed: &Parsed) -> bool {
    let tight = &parsed.plain.tight;
    // Go's `fork/exec` is of any program's own children.
    let has_message = parsed.has(Sign::ExecFormat) && !tight.contains("fork/exec")
        || parsed.has(Sign::TokenExpired)
        || tight.contains("unauthorized:authenticationrequired");
    let is_of_image = parsed.has(Sign::NoSuchImage) && names_image(&parsed.plain.line) && !is_local(parsed);
    // ECR's registry says so after the code of the OCI distribution specification.
    let is_expired = parsed.has(Sign::TokenExpired) && tight.contains("denied:");
    is_of_image || is_expired || has_message && says(parsed, &OF_CONTAINERS) || is_pulled(parsed)
}

/// `No such image: NAME:TAG`, as Docker's daemon says.
fn names_image(line: &str) -> bool {
    let named = line.split("No such image: ").skip(1).filter_map(|rest| rest.split([' ', '"', '\'', ')']).next());
    named.filter(|name| !name.contains("://")).any(|name| name.contains([':', '/']))
}

/// A person says what was done: `times out pulling the image from ECR`.
fn is_pulled(parsed: &Parsed) -> bool {
    const PULLED: [&str; 4] = ["image", "images", "container", "containers"];
    says(parsed, &["pull", "pulls", "pulling", "pulled"]) && says(parsed, &PULLED) && says(parsed, &OF_AWS)
}

/// Whether one of the words stands in the text by itself, and not in a path or a name: `./docker-compose`.
pub fn says(parsed: &Parsed, words: &[&str]) -> bool {
    let is_sign = |it: char| it.is_ascii_punctuation();
    let said = || parsed.plain.line.split(' ').map(|word| word.trim_matches(is_sign));
    said().any(|word| words.iter().any(|it| it.eq_ignore_ascii_case(word)))
}

/// Whether a command did not find an image on the host: `docker rmi`, and the text tells of no pull.
pub fn is_local(parsed: &Parsed) -> bool {
    const MISSING: [&str; 4] = ["nosuchimage", "notfound", "referencedoesnotexist", "couldnotfindimage"];
    const COMMANDS: [&str; 11] = [
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
    ];
    let has = |words: &[&str]| words.iter().any(|it| parsed.plain.tight.contains(it));
    has(&MISSING) && has(&COMMANDS) && !has(&["pull"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranges::Ranges;

    #[test]
    fn a_word_beside_a_message_says_what_was_done() {
        for (text, is) in [
            ("our Fargate tasks fail with \"exec format error\"", true),
            ("getting `exec format error` on ECS", true),
            ("bash: ./run: cannot execute binary file: Exec format error", false),
            ("the task ended: fork/exec /bin/x: exec format error", false),
            ("docker: unauthorized: authentication required", true),
            ("unauthorized: authentication required", false),
            ("No such image: datadog/agent:latest", true),
            ("No such image", false),
            ("the instance times out pulling the image from ECR", true),
            ("bash: /opt/docker/kubectl-images: cannot execute binary file: Exec format error", false),
            ("docker tag a/b:1 c/d:1 Error response from daemon: No such image: a/b:1", false),
            ("git pull timed out; the image of the site is missing", false),
        ] {
            assert_eq!(is_told(&Parsed::read(text, &Ranges::embedded(), &[])), is, "{text}");
        }
    }
}
