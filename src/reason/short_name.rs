//! Images that are named without a registry, which means Docker Hub.

/// What stands before a name as somebody gave it: events of the kubelet, and the command lines and words of Docker.
const BEFORE: [&str; 9] = [
    "pull image \"",
    "Pulling image \"",
    "pulling image \"",
    "docker pull ",
    "docker run ",
    "Unable to find image '",
    "pull access denied for ",
    "daemon: repository ",
    "daemon: manifest for ",
];

/// Where in the line a name stands that has no registry: `Failed to pull image "nginx:1.27"`.
pub fn find(line: &str) -> Option<usize> {
    BEFORE
        .iter()
        .flat_map(|before| line.match_indices(before).map(|(at, _)| at + before.len()))
        .find(|at| is_short(&line[*at..]))
}

/// Whether a text begins with such a name: `nginx`, `library/nginx:1.27`. A host has a dot or a port in it, or is
/// `localhost` (Docker's reference grammar).
fn is_short(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | ':' | '/' | '@');
    let name = &text[..text.find(|it| !is_part(it)).unwrap_or(text.len())];
    let ends_well = !text[name.len()..].starts_with(['<', '[', '{', '$', '*']) && !name.ends_with([':', '/', '.']);
    let host = name.split_once('/').map(|(host, _)| host);
    let has_host = host.is_some_and(|host| host.contains(['.', ':']) || host == "localhost");
    ends_well && !has_host && name.starts_with(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_host_is_short() {
        for (line, short) in [
            ("Failed to pull image \"nginx\": rpc error", true),
            ("Failed to pull image \"library/nginx:1.27@sha256:00\"", true),
            ("Failed to pull image \"ghcr.io/a/b:1\"", false),
            ("Failed to pull image \"registry:5000/b:1\"", false),
            ("Failed to pull image \"localhost/b\"", false),
            ("Failed to pull image \"<image>\"", false),
            ("docker pull --quiet x", false),
            ("docker pull nginx", true),
            ("docker pull ghcr.io/a/b; docker pull a/b", true),
            ("nginx", false),
        ] {
            assert_eq!(find(line).is_some(), short, "{line}");
        }
    }
}
