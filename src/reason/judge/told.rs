//! What a person tells of a pull or of a task's start: words of their own, or a message without its program.

use super::on_the_host;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;
use crate::reason::whole_words::{self, PULLS};

/// What containers run on, and where images come from.
const OF_CONTAINERS: [&str; 10] =
    ["container", "containers", "image", "images", "docker", "registry", "pod", "pods", "task", "tasks"];

/// The same of AWS.
const OF_AWS: [&str; 3] = ["fargate", "ecs", "ecr"];

/// Whether a person tells of a pull or of a task's start. Any of these does:
///
/// - a message that containers and registries share with few others stands beside a word for either;
/// - Docker's daemon has no image of the name, and no command on the host was to find it;
/// - ECR says that a token has expired;
/// - an image is pulled from ECR or by ECS.
pub fn is_told(parsed: &Parsed) -> bool {
    let tight = &parsed.plain.tight;
    let says = |words: &[&str]| whole_words::has(&parsed.plain.line, words);
    // Go's `fork/exec` is of any program's own children.
    let has_message = parsed.has(Sign::ExecFormat) && !tight.contains("fork/exec")
        || parsed.has(Sign::TokenExpired)
        || tight.contains("unauthorized:authenticationrequired");
    let is_of_image =
        parsed.has(Sign::NoSuchImage) && names_image(&parsed.plain.line) && !on_the_host::is_missing(parsed);
    // ECR's registry says so after the code of the OCI distribution specification.
    let is_expired = parsed.has(Sign::TokenExpired) && tight.contains("denied:");
    is_of_image || is_expired || has_message && (says(&OF_CONTAINERS) || says(&OF_AWS)) || is_pulled(parsed)
}

/// `No such image: NAME:TAG`, as Docker's daemon says.
fn names_image(line: &str) -> bool {
    let named = line.split("No such image: ").skip(1).filter_map(|rest| rest.split([' ', '"', '\'', ')']).next());
    named.filter(|name| !name.contains("://")).any(|name| name.contains([':', '/']))
}

/// A person says what was done: `times out pulling the image from ECR`.
fn is_pulled(parsed: &Parsed) -> bool {
    const IMAGES: [&str; 4] = ["image", "images", "container", "containers"];
    let says = |words: &[&str]| whole_words::has(&parsed.plain.line, words);
    says(&PULLS) && says(&IMAGES) && says(&OF_AWS)
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
