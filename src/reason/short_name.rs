//! Images that are named without a registry, which means Docker Hub.

use super::image_name;
use super::plain::Plain;

/// What stands before a name in events of the kubelet and in Docker's words.
const WORDS: [&str; 7] = [
    "pull image \"",
    "Pulling image \"",
    "pulling image \"",
    "Unable to find image '",
    "pull access denied for ",
    "daemon: repository ",
    "daemon: manifest for ",
];

/// The command lines that end with one. A sentence goes on: `docker pull failed`.
const COMMANDS: [&str; 2] = ["docker pull ", "docker run "];

/// Where in the line a name stands that has no registry: `Failed to pull image "nginx:1.27"`.
pub fn find(plain: &Plain) -> Option<usize> {
    let line = &plain.line;
    // Most texts have none of them, and that is soon known.
    let behind = |before: &'static str| {
        let found = line.contains(before).then(|| line.match_indices(before).map(|(at, before)| at + before.len()));
        found.into_iter().flatten()
    };
    let is_alone = |at: &usize, name: &str| {
        let end = plain.line_around(*at).end;
        line.get(at + name.len()..end).is_some_and(|rest| rest.trim().is_empty()) || name.contains([':', '/'])
    };
    let in_words = WORDS.into_iter().flat_map(behind).find(|at| short(&line[*at..]).is_some());
    let command = |at: &usize| short(&line[*at..]).is_some_and(|name| is_alone(at, name));
    in_words.or_else(|| COMMANDS.into_iter().flat_map(behind).find(command))
}

/// The name that a text begins with, if it is such: `nginx`, `library/nginx:1.27`.
fn short(text: &str) -> Option<&str> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | ':' | '/' | '@');
    let name = &text[..text.find(|it| !is_part(it)).unwrap_or(text.len())];
    let ends_well = !text[name.len()..].starts_with(['<', '[', '{', '$', '*']) && !name.ends_with([':', '/', '.']);
    let begins_well = name.starts_with(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit());
    let is_mask = ["redacted", "masked", "hidden", "xxx"].iter().any(|it| name.starts_with(it));
    (ends_well && image_name::host(name).is_none() && begins_well && !is_mask).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_host_is_short() {
        for (text, is_found) in [
            ("Failed to pull image \"nginx\": rpc error", true),
            ("Failed to pull image \"library/nginx:1.27@sha256:00\"", true),
            ("Failed to pull image \"ghcr.io/a/b:1\"", false),
            ("Failed to pull image \"registry:5000/b:1\"", false),
            ("Failed to pull image \"localhost/b\"", false),
            ("Failed to pull image \"<image>\"", false),
            ("Failed to pull image \"redacted\"", false),
            ("docker pull --quiet x", false),
            ("docker pull nginx", true),
            ("$ docker pull nginx\nunexpected EOF", true),
            ("docker pull ghcr.io/a/b; docker pull a/b", true),
            ("docker pull failed: i/o timeout", false),
            ("the docker pull command timed out", false),
            ("docker run a:1 sh", true),
            ("nginx", false),
        ] {
            assert_eq!(find(&Plain::of(text)).is_some(), is_found, "{text}");
        }
    }
}
