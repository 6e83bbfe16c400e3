//! Names of images as texts have them: where one ends, whether it names its registry, and when two are of one image.

/// The commands that pull what is named next.
pub const COMMANDS: [&str; 5] = ["docker pull ", "podman pull ", "nerdctl pull ", "buildah pull ", "crictl pull "];

/// What programs put before a name that has no registry: Docker Hub, by all of its names, and its own images' place in it.
const OF_HUB: [&str; 4] = ["docker.io/", "index.docker.io/", "registry-1.docker.io/", "library/"];

/// The name that a text begins with, in quotes or not.
pub fn first(text: &str) -> &str {
    let text = text.trim_start_matches(['"', '\'']);
    text.split([' ', '"', '\'', '`', ',', ')', ';']).next().unwrap_or_default().trim_end_matches(['.', ':'])
}

/// The registry that a name begins with: it has a dot or a port in it, or is `localhost` (Docker's reference grammar).
pub fn host(name: &str) -> Option<&str> {
    let (host, _) = name.split_once('/')?;
    (host.contains(['.', ':']) || host == "localhost").then_some(host)
}

/// The name with its tag, and without what means Docker Hub and without the digest beside a tag: two of them that are equal are
/// of one image.
///
/// | name | whole |
/// |---|---|
/// | `docker.io/library/nginx` | `nginx:latest` |
/// | `a/b:1@sha256:…` | `a/b:1` |
/// | `a/b@sha256:…` | the same |
pub fn whole(name: &str) -> String {
    let bare = OF_HUB.iter().fold(name, |name, of_hub| name.strip_prefix(of_hub).unwrap_or(name));
    let tagged = bare.split_once('@').map_or(bare, |(before, _)| before);
    let has_tag = tagged.rsplit('/').next().is_some_and(|last| last.contains(':'));
    match (has_tag, tagged.len() < bare.len()) {
        (true, _) => tagged.to_owned(),
        (false, true) => bare.to_owned(),
        (false, false) => format!("{bare}:latest"),
    }
}

/// The name without its tag and its digest.
pub fn repository(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(before, _)| before);
    let last = name.rfind('/').map_or(0, |at| at + 1);
    name[last..].find(':').map_or(name, |at| &name[..last + at])
}

/// Whether a word may be a name: an option is none.
pub fn is_name(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_alphanumeric())
}

/// The names that stand behind any of these.
pub fn behind<'t>(line: &'t str, words: &[&str]) -> Vec<&'t str> {
    let mut names = Vec::new();
    for words in words {
        for (at, _) in line.match_indices(words) {
            let name = first(&line[at + words.len()..]);
            if is_name(name) {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_of_one_image_are_equal() {
        for (name, expected) in [
            ("nginx", "nginx:latest"),
            ("docker.io/library/nginx:1", "nginx:1"),
            ("registry-1.docker.io/a/b", "a/b:latest"),
            ("ghcr.io/a/b:1@sha256:00", "ghcr.io/a/b:1"),
            ("ghcr.io/a/b@sha256:00", "ghcr.io/a/b@sha256:00"),
            ("localhost:5000/a", "localhost:5000/a:latest"),
        ] {
            assert_eq!(whole(name), expected);
        }
    }

    #[test]
    fn a_name_is_taken_apart() {
        assert_eq!(first("ghcr.io/a/b:1\": EOF"), "ghcr.io/a/b:1");
        assert_eq!(first("a/b:1: not found"), "a/b:1");
        for (name, of) in [
            ("ghcr.io/a", Some("ghcr.io")),
            ("localhost/a", Some("localhost")),
            ("h:5000/a", Some("h:5000")),
            ("a/b", None),
            ("nginx:1", None),
        ] {
            assert_eq!(host(name), of, "{name}");
        }
        assert_eq!(repository("h:5000/a/b:1@sha256:00"), "h:5000/a/b");
        assert_eq!(repository("h:5000/a"), "h:5000/a");
        let line = "docker pull a/b; docker pull c:1; docker pull -q d; FROM e";
        assert_eq!(behind(line, &["docker pull ", "FROM "]), ["a/b", "c:1", "e"]);
    }
}
