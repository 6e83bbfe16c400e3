//! Pulls that went well after all: what went wrong before is over then.

use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// What stands before the name of an image whose pull failed, or was asked for.
const FAILED: [&str; 4] = ["ailed to pull image \"", "ailed to pull image '", "docker pull ", "podman pull "];

/// What stands before the name of an image that is there.
const THERE: [&str; 4] =
    ["uccessfully pulled image \"", "Container image \"", "newer image for ", "Image is up to date for "];

/// What no pull cures: it is of a program that was to start.
const OF_A_START: [Sign; 3] = [Sign::ExecFormat, Sign::Logger, Sign::NoPlatform];

/// Where the text says last that an image is there, unless one that failed is another, or what failed is the start.
pub fn last(parsed: &Parsed) -> Option<usize> {
    let pulled = parsed.last(&[Sign::Pulled])?;
    let line = parsed.plain.line.as_str();
    let there: Vec<&str> = THERE.iter().flat_map(|before| names(line, before)).collect();
    let is_other = |name: &str| !there.is_empty() && !there.contains(&name);
    let is_another = FAILED.iter().flat_map(|before| names(line, before)).any(is_other);
    (!is_another && !parsed.any(&OF_A_START)).then_some(pulled)
}

/// The names of images that stand behind these words, without the host of Docker Hub, which programs put there.
fn names<'t>(line: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    let name = |(at, _)| {
        let rest: &str = &line[at + before.len()..];
        let name = rest.split([' ', '"', '\'', ',']).next().unwrap_or_default();
        name.trim_start_matches("docker.io/").trim_start_matches("library/")
    };
    // An option is no name, and a sentence goes on: `docker pull works`.
    let is_name = |name: &&str| name.contains([':', '/', '@']) && !name.starts_with('-');
    line.match_indices(before).map(name).filter(is_name)
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
    fn no_pull_cures_a_program_for_another_cpu() {
        let text = "exec /bin/sh: exec format error\nContainer image \"a/web:1\" already present on machine";
        assert_eq!(first(text), Some("IMG-05"));
    }
}
