//! Lines that tell of a try that another one followed: what was tried last decides.

use std::borrow::Cow;

use super::searched::Searched;

/// How Syft, Grype and Trivy name the registry among the places where they look for an image.
const REGISTRY: [&str; 2] = ["oci-registry:", "remote error:"];

/// What heads the list: `4 errors occurred:`, `errors occurred attempting to resolve 'a:1':`.
const LIST: &str = "errors occurred";

/// How Trivy once named it, by its requests.
const REQUESTS: [&str; 2] = ["GET http", "HEAD http"];

/// What they say of the places on the host, before it.
const ON_THE_HOST: [&str; 9] = [
    "docker: docker",
    "docker: Cannot connect",
    "podman: podman",
    "containerd: containerd",
    "docker error:",
    "podman error:",
    "containerd error:",
    "unable to inspect the image (",
    "unable to initialize Podman client:",
];

/// How Trivy begins the first of those, and what it says of the next: its older lists have no head.
const OF_TRIVY: &str = "unable to inspect the image (";
const NEXT_OF_TRIVY: [&str; 3] =
    ["containerd socket not found", "no podman socket found", "unable to initialize Podman"];

/// How the request to the registry begins in the last entry of such a list.
const LAST_OF_TRIVY: [&str; 7] =
    ["GET http", "HEAD http", "Get \"http", "Get \\\"http", "Head \"http", "Head \\\"http", "remote error: "];

/// Docker asks a registry that it may trust without TLS for HTTPS first, and then goes on with HTTP.
const OVER_HTTP: &str = "server gave HTTP response to HTTPS client";

/// What it says of the whole pull.
const ENDED: &str = "Not continuing with pull after error:";

/// What testcontainers-go says before each pull without a login, whether it then goes well or not: `Failed to get image auth
/// for H. Setting empty credentials for the image: H/a:1. Error is:credentials not found in native keychain`.
const WITHOUT_LOGIN: &str = "etting empty credentials for the image: ";
const NOTE: &str = "ailed to get image auth for ";
const NO_LOGIN: &str = "credentials not found in native keychain";

/// The text without such tries, where what followed them stands in it too.
///
/// | text | without |
/// |---|---|
/// | `* docker error: Cannot connect… * remote error: GET https://… 401` | `* remote error: GET https://… 401` |
/// | `…pull after error: …HTTP response to HTTPS client⏎Not continuing with pull after error: unknown blob` | the first line |
pub fn without(text: &str) -> Cow<'_, str> {
    let searched = Searched::of(text);
    // Few texts tell of several tries.
    if ![LIST, OF_TRIVY, WITHOUT_LOGIN, OVER_HTTP].iter().chain(&REQUESTS).any(|it| searched.contains(it)) {
        return Cow::Borrowed(text);
    }
    let text = of_places(text).or_else(|| of_trivy(text)).map_or(Cow::Borrowed(text), Cow::Owned);
    let text = of_login(&text).map_or(text, Cow::Owned);
    let has_request = REQUESTS.iter().any(|it| text.contains(it)) && text.lines().any(is_request);
    let has_ended = text.contains(OVER_HTTP) && text.contains(ENDED);
    if !has_request && !has_ended {
        return text;
    }
    let is_passed =
        |line: &str| has_request && is_of_host(line) || has_ended && line.contains(OVER_HTTP) && !line.contains(ENDED);
    Cow::Owned(text.split_inclusive('\n').filter(|line| !is_passed(line)).collect())
}

/// Without what stands between the first place on the host and the registry, however they are joined; `None` where the
/// text has not both.
fn of_places(text: &str) -> Option<String> {
    let list = text.find(LIST)?;
    // `remote error: tls: bad certificate` is Go's, of any server.
    let is_place = |at: &usize| !text[*at..].starts_with("remote error: tls:");
    let registry = REGISTRY.iter().flat_map(|it| text.match_indices(it).map(|(at, _)| at)).filter(is_place).max()?;
    let host = ON_THE_HOST.iter().filter_map(|it| text.get(list..registry)?.find(it)).min()? + list;
    Some(format!("{}{}", &text[..host], &text[registry..]))
}

/// Without the places on the host in a list of Trivy's: they are tried first, and the registry after them, whose entry may be
/// cut off.
fn of_trivy(text: &str) -> Option<String> {
    let start = text.find(OF_TRIVY)?;
    let last = NEXT_OF_TRIVY.iter().filter_map(|it| text[start..].rfind(it)).max()? + start;
    let rest = &text[last..];
    let registry = LAST_OF_TRIVY.iter().filter_map(|it| rest.find(it)).min();
    let ends = || ["\n", "\\n"].iter().filter_map(|it| rest.find(it)).min().unwrap_or(rest.len());
    Some(format!("{}{}", &text[..start], &rest[registry.unwrap_or_else(ends)..]))
}

/// Without such notes. What else they give as the error may be the reason.
fn of_login(text: &str) -> Option<String> {
    text.find(WITHOUT_LOGIN)?;
    let mut clean = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(WITHOUT_LOGIN) {
        let start = before.rfind(NOTE).filter(|at| !before[*at..].contains('\n')).unwrap_or(before.len());
        clean.push_str(&before[..start]);
        let line = &after[..after.find('\n').unwrap_or(after.len())];
        rest = line.find(NO_LOGIN).map_or(after, |at| &after[at + NO_LOGIN.len()..]);
    }
    Some(clean + rest)
}

fn is_request(line: &str) -> bool {
    item(line).is_some_and(|it| REQUESTS.iter().any(|of| it.starts_with(of)))
}

fn is_of_host(line: &str) -> bool {
    item(line).is_some_and(|it| ON_THE_HOST.iter().any(|of| it.starts_with(of)))
}

/// What a line of a list says behind its mark: `  - docker: …`, `* remote error: …`.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("* ").or_else(|| line.strip_prefix("- "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_try_decides() {
        let grype = "errors occurred:\n  - docker: docker not available: x\n  - oci-registry: GET https://x: 401\n";
        assert_eq!(without(grype), "errors occurred:\n  - oci-registry: GET https://x: 401\n");
        let joined = "4 errors occurred: docker error: Cannot connect; podman error: no socket; remote error: GET https://x: 401";
        assert_eq!(without(joined), "4 errors occurred: remote error: GET https://x: 401");
        let trivy = "2 errors occurred:\n\t* unable to inspect the image (x): y\n\t* GET https://x: 401";
        assert_eq!(without(trivy), "2 errors occurred:\n\t* GET https://x: 401");
        // Its older lists have no head, and logs escape their lines; the entry of the registry may be cut off.
        let places =
            "unable to inspect the image (x): Cannot connect to the Docker daemon\\n\\t* containerd socket not found";
        let older = format!("scan: {places}\\n\\t* GET https://x: 401");
        assert_eq!(without(&older), "scan: GET https://x: 401");
        assert_eq!(
            without(&format!("scan: {places}\\n\\t* unable to initialize Podm")),
            "scan: \\n\\t* unable to initialize Podm"
        );
        let docker = format!("next endpoint: {OVER_HTTP}\n{ENDED} unknown blob");
        assert_eq!(without(&docker), format!("{ENDED} unknown blob"));
    }

    #[test]
    fn what_nothing_followed_stays() {
        for text in [
            "",
            "  - docker: docker not available: x\n  - podman: y",
            "pulled by docker\n* remote error: y",
            "docker: Cannot connect to the Docker daemon\nfatal: remote error: Repository not found",
            "2 errors occurred: docker error: x; podman error: remote error: tls: bad certificate",
            "Get https://x/v2/: http: server gave HTTP response to HTTPS client",
            "Not continuing with pull after error: http: server gave HTTP response to HTTPS client",
        ] {
            assert_eq!(without(text), text);
        }
    }
}
