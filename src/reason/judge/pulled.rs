//! Pulls that went well after all: what went wrong before is over then.

use crate::reason::image_name::{COMMANDS, behind, first, host, is_name, whole};
use crate::reason::parsed::Parsed;
use crate::reason::searched::Searched;
use crate::reason::sign::Sign;

/// What stands before the name of an image whose pull failed, as programs tell.
const WANTED: [&str; 9] = [
    "ailed to pull image \"",
    "ailed to pull image '",
    "nable to find image '",
    "manifest for ",
    "PullImage \"",
    "ailed to resolve reference \"",
    "ailed to resolve ref ",
    "unpack image \"",
    "pull access denied for ",
];

/// What stands before the name of an image that is there.
const THERE: [&str; 4] =
    ["uccessfully pulled image \"", "Container image \"", "newer image for ", "Image is up to date for "];

/// What no pull cures: it is of a program that was to start.
const OF_A_START: [Sign; 3] = [Sign::ExecFormat, Sign::Logger, Sign::NoPlatform];

/// Where the text says last that an image is there, unless one that failed is another, or what failed is the start.
pub fn last(parsed: &Parsed) -> Option<usize> {
    let pulled = parsed.last(&[Sign::Pulled])?;
    let line = &parsed.plain.line;
    let mut there: Vec<String> = behind(line, &THERE).into_iter().map(whole).collect();
    there.sort();
    let is_there = |name: &str| there.binary_search(&whole(name)).is_ok();
    // A mirror that was asked may have another name than the registry.
    let mut without_host: Vec<String> = there.iter().map(|name| without_host(name).to_owned()).collect();
    without_host.sort();
    // The tag of a blob's image is not told.
    let is_asked_there = |(name, tag): (&str, Option<&str>)| {
        let name = match tag {
            Some(tag) => whole(&format!("{name}:{tag}")),
            None => format!("{}:", repository_of_hub(name)),
        };
        let at = without_host.partition_point(|it| *it < name);
        without_host.get(at).is_some_and(|it| if tag.is_some() { *it == name } else { it.starts_with(&name) })
    };
    let is_missing = || {
        let mut wanted = behind(line, &WANTED).into_iter().chain(given(parsed));
        wanted.any(|name| !is_there(name)) || asked(line).any(|request| !is_asked_there(request))
    };
    ((there.is_empty() || !is_missing()) && !parsed.any(&OF_A_START)).then_some(pulled)
}

/// The names that commands were given. A sentence goes on: `docker pull works`.
fn given(parsed: &Parsed) -> impl Iterator<Item = &str> {
    let line = &parsed.plain.line;
    COMMANDS.iter().flat_map(move |command| line.match_indices(command)).filter_map(move |(at, command)| {
        let start = at + command.len();
        let rest = line[start..parsed.plain.line_around(at).end.max(start)].trim_end();
        let name = rest[..rest.floor_char_boundary(LONGEST_PATH)].rsplit(' ').next().map(first)?;
        let is_alone = rest.split(' ').filter(|word| is_name(word)).count() == 1;
        let named = if is_alone { name } else { rest.split(' ').map(first).find(|word| is_reference(word))? };
        is_name(named).then_some(named)
    })
}

/// Whether a word is the name of an image and of nothing else.
fn is_reference(word: &str) -> bool {
    is_name(word) && word.contains([':', '/', '@']) && !word.starts_with("linux/")
}

/// The name without the registry that it begins with.
fn without_host(name: &str) -> &str {
    host(name).map_or(name, |host| &name[host.len() + 1..])
}

/// The name that Docker Hub's own images have without its place for them.
fn repository_of_hub(name: &str) -> &str {
    name.strip_prefix("library/").unwrap_or(name)
}

/// A name has 255 characters and a tag 128 (OCI distribution specification, "Pulling manifests").
const LONGEST_PATH: usize = 512;

/// The name in each request for a manifest or a blob, and the tag of the first (OCI distribution specification, "Endpoints"). By
/// a digest an image is asked for that has a tag elsewhere.
fn asked(line: &Searched) -> impl Iterator<Item = (&str, Option<&str>)> {
    line.match_indices("/v2/").filter_map(|(at, path)| {
        let path = &line[at + path.len()..];
        let path = path[..path.floor_char_boundary(LONGEST_PATH)].split([' ', '"']).next()?;
        if let Some((name, _)) = path.split_once("/blobs/") {
            return Some((name, None));
        }
        let (name, rest) = path.split_once("/manifests/")?;
        let tag = rest.split(['\'', ':', '?', '/', ',']).next().filter(|tag| !tag.is_empty())?;
        Some((name, Some(tag).filter(|_| !rest.starts_with("sha256:"))))
    })
}

#[cfg(test)]
mod tests {
    use crate::ranges::Ranges;
    use crate::reason::judge::judge;
    use crate::reason::parsed::Parsed;

    fn first(text: &str) -> Option<&'static str> {
        judge(&Parsed::read(text, &Ranges::embedded(), &[])).causes.first().map(|it| it.code)
    }

    const FAILED: &str = "Failed to pull image \"ghcr.io/x/app:1\": failed to resolve reference \"ghcr.io/x/app:1\": \
                          ghcr.io/x/app:1: not found\n";

    #[test]
    fn a_pull_that_went_well_then_is_no_failure() {
        assert_eq!(first(FAILED), Some("IMG-02"));
        assert_eq!(first(&format!("{FAILED}Successfully pulled image \"ghcr.io/x/app:1\" in 3s\n")), None);
        let again = "docker pull a/b:1\ndenied: requested access to the resource is denied\ndocker login\n\
                     docker pull a/b:1\nStatus: Downloaded newer image for a/b:1";
        assert_eq!(first(again), None);
    }

    #[test]
    fn another_image_that_is_there_says_nothing_of_it() {
        for there in [
            "Container image \"docker.io/istio/proxyv2:1.20\" already present on machine\n",
            "Successfully pulled image \"redis:7\" in 3s\n",
            "$ docker pull nginx:1\nStatus: Image is up to date for nginx:1\n",
        ] {
            assert_eq!(first(&format!("{FAILED}{there}")), Some("IMG-02"), "{there}");
        }
    }

    #[test]
    fn a_name_without_its_tag_is_of_the_same_image() {
        for (wanted, there) in [
            ("bitnami/redis", "bitnami/redis:latest"),
            ("ghcr.io/x/app", "ghcr.io/x/app:latest"),
            ("registry-1.docker.io/library/nginx:1", "nginx:1"),
            ("ghcr.io/x/app:1", "ghcr.io/x/app:1@sha256:00"),
        ] {
            let text = format!(
                "$ docker pull {wanted}\nnet/http: TLS handshake timeout\n$ docker pull {wanted}\n\
                 Status: Downloaded newer image for {there}"
            );
            assert_eq!(first(&text), None, "{wanted}");
        }
    }

    #[test]
    fn what_was_wanted_is_known_in_each_programs_words() {
        let there = "$ docker run hello-world\nStatus: Downloaded newer image for hello-world:latest";
        for (wanted, code) in [
            (
                "$ docker run ghcr.io/x/app:1\nUnable to find image 'ghcr.io/x/app:1' locally\n\
                 docker: Error response from daemon: unauthorized: authentication required",
                "IAM-12",
            ),
            ("web Error Head \"https://ghcr.io/v2/x/app/manifests/1\": unauthorized", "IAM-12"),
            ("ERROR: manifest for acme/app:2 not found: manifest unknown", "IMG-02"),
            (
                "\"PullImage from image service failed\" err=\"ghcr.io/x/app:1: not found\" PullImage \"ghcr.io/x/app:1\"",
                "IMG-02",
            ),
        ] {
            assert_eq!(first(wanted), Some(code), "{wanted}");
            assert_eq!(first(&format!("{wanted}\n{there}")), Some(code), "{wanted}");
        }
        let mirror = "Get \"https://mirror.example/v2/library/nginx/manifests/1\": EOF\n\
                      Status: Downloaded newer image for nginx:1";
        assert_eq!(first(mirror), None);
    }

    #[test]
    fn a_name_of_one_word_is_known_where_it_stands() {
        for wanted in [
            "$ docker pull --platform linux/amd64 acme/app\nError response from daemon: pull access denied for acme/app",
            "$ docker pull redis\nError response from daemon: toomanyrequests: You have reached your pull rate limit.",
            "failed open: unexpected status code https://ghcr.io/v2/x/app/blobs/sha256:aa: 401 Unauthorized",
        ] {
            let before = first(wanted);
            assert!(before.is_some(), "{wanted}");
            let then = format!("{wanted}\n$ docker pull nginx\nStatus: Downloaded newer image for nginx:latest");
            assert_eq!(first(&then), before, "{wanted}");
        }
    }

    #[test]
    fn no_pull_cures_a_program_for_another_cpu() {
        let text = "exec /bin/sh: exec format error\nContainer image \"a/web:1\" already present on machine";
        assert_eq!(first(text), Some("IMG-05"));
    }
}
