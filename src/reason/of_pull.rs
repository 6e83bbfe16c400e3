//! Whether a line tells of a pull, whichever program printed it.

/// What says that a pull failed, or a task's start.
pub const FAILED: [&str; 8] = [
    "CannotPull",
    "ResourceInitializationError",
    "ailed to pull",
    "ErrImagePull",
    "ImagePullBackOff",
    "rror response from daemon",
    "failed to resolve",
    "pull access denied",
];

/// What a line of a pull, or of the login before it, may have besides.
const SIGNS: [&str; 22] = [
    "pull image",
    "image pull",
    "ulling ",
    "to pull",
    "docker pull",
    "docker login",
    "Pull complete",
    "PullImage",
    "/v2/",
    "registry.",
    "registry-1.",
    "docker registry",
    "registry auth",
    "dkr.ecr",
    "api.ecr",
    "ecr:",
    "ecr.",
    "GetAuthorizationToken",
    "toomanyrequests",
    "manifest for ",
    "manifest unknown",
    "no basic auth credentials",
];

/// Whether the line has any of them.
pub fn is_told_in(line: &str) -> bool {
    SIGNS.iter().chain(&FAILED).any(|it| line.contains(it))
}

/// Whether a shell takes its next command there.
pub fn is_prompt(line: &str) -> bool {
    let line = line.trim_start();
    ["$ ", "# ", "% ", "> ", "+ "].iter().any(|it| line.starts_with(it)) || line.contains("$ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_pull_is_known_by_its_words() {
        for (line, is) in [
            ("docker: Error response from daemon: denied", true),
            ("agent[7]: CannotPullContainerError: x", true),
            ("ResourceInitializationError: x", true),
            ("Head \"https://registry.example/v2/a/manifests/1\": EOF", true),
            ("Post \"https://api.ecr.eu-west-1.example/\": i/o timeout", true),
            ("User: x is not authorized to perform: ecr:GetAuthorizationToken", true),
            ("web Error toomanyrequests: You have reached your unauthenticated rate limit", true),
            ("manifest for acme/app:1 not found: manifest unknown", true),
            ("schema-registry: Get \"https://schemas.example/\": x509: unknown authority", false),
            ("Could not resolve host: git.example (pull failed)", false),
            ("[Errno 28] No space left on device: '/data/images'", false),
            ("SSLError: certificate verify failed", false),
        ] {
            assert_eq!(is_told_in(line), is, "{line}");
        }
    }

    #[test]
    fn a_prompt_is_known_at_the_start() {
        assert!(is_prompt("  $ docker ps") && is_prompt("+ docker ps") && is_prompt("me@host:~$ docker ps"));
        assert!(!is_prompt("costs 3$"));
    }
}
