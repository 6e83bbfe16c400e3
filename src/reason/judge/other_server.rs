//! A server that failed to answer a program of the image's own, or one that stands beside the pull in a job's log: its URL is
//! that of no registry.

use super::url_path::{is_of_registry_api, is_of_token_service};
use crate::reason::host_kind::HostKind;
use crate::reason::hosts::Host;
use crate::reason::parsed::Parsed;
use crate::reason::searched::Searched;
use crate::reason::sign::Sign;

/// What says that the pull itself failed, or at which of its requests.
const OF_THE_PULL: [Sign; 12] = [
    Sign::CannotPull,
    Sign::ResourceInit,
    Sign::Resources,
    Sign::RegistryAuth,
    Sign::Resolve,
    Sign::Copy,
    Sign::Config,
    Sign::ManifestPath,
    Sign::BlobPath,
    Sign::TokenService,
    Sign::NoBasicAuth,
    Sign::HelperFailed,
];

/// Whether the failure is at a server that is not the registry of any image that the text names, and nothing says that it is of
/// the pull. A registry may send its clients to a store of any name, so that this is no proof.
pub fn is_asked(parsed: &Parsed) -> bool {
    if parsed.any(&OF_THE_PULL) || has_failed(&parsed.plain.tight) {
        return false;
    }
    let mut images = parsed.hosts.iter().filter(|host| !host.contacted && host.kind.is_registry()).peekable();
    let is_hub = parsed.plain.line.contains("ulling from ");
    if images.peek().is_none() && !is_hub {
        return false;
    }
    let asked = parsed.hosts.iter().rfind(|host| host.contacted);
    let url = asked.filter(|host| is_unknown(host, parsed)).map(|host| host.name.as_str());
    let of_python = || {
        let (_, rest) = parsed.plain.line.rsplit_once("ConnectionPool(host='")?;
        rest.split('\'').next().filter(|name| HostKind::of(name).is_none())
    };
    // A name of one label, such as `docker`, is the host's own network's.
    let is_other = |name: &str| name.contains('.') && images.all(|image| domain(&image.name) != domain(name));
    url.or_else(of_python).is_some_and(is_other)
}

/// Whether a program says that it was the pull that failed.
fn has_failed(tight: &Searched) -> bool {
    ["pullaccessdenied", "failedtopull", "errorpulling", "errorresponsefromdaemon", "imagepull"]
        .iter()
        .any(|it| tight.contains(it))
}

/// Whether a URL is at a host that is known for nothing of a pull, and of none of the registry API's paths.
fn is_unknown(host: &Host, parsed: &Parsed) -> bool {
    let is_of_store = |path: &str| path.contains("blob") || path.contains("registry/");
    let path = parsed.path(host).unwrap_or_default();
    let is_of_pulls = is_of_registry_api(path) || is_of_token_service(path) || is_of_store(path);
    host.kind == HostKind::OtherRegistry && !is_of_pulls
}

/// The last two labels of a host's name, which most owners of a domain have for themselves.
fn domain(host: &str) -> &str {
    let second = host.rmatch_indices('.').nth(1);
    second.map_or(host, |(at, _)| &host[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranges::Ranges;

    #[test]
    fn a_server_is_another_that_no_image_is_of() {
        let pulling = "Pulling docker image ghcr.io/acme/etl:1\n";
        for (text, is) in [
            ("ReadTimeout: HTTPSConnectionPool(host='api.stripe.example', port=443): Read timed out.", true),
            ("error sending request for url (https://static.crates.example/x): operation timed out", true),
            ("Get \"https://api.stripe.example/v1\": net/http: TLS handshake timeout", true),
            ("Get \"https://ghcr.io/v2/\": net/http: TLS handshake timeout", false),
            ("Get \"https://pkg.ghcr.io/x\": net/http: TLS handshake timeout", false),
            ("Get \"https://login.example/token?service=x\": net/http: TLS handshake timeout", false),
            ("failed to copy: Get \"https://store.example/x\": net/http: TLS handshake timeout", false),
            ("Error response from daemon: Get \"https://store.example/x\": EOF", false),
            ("net/http: TLS handshake timeout", false),
            ("error during connect: Get \"http://docker:2375/v1.24/images/json\": EOF", false),
        ] {
            let text = format!("{pulling}{text}");
            assert_eq!(is_asked(&Parsed::read(&text, &Ranges::embedded(), &[])), is, "{text}");
        }
        let hub = "18.0: Pulling from cimg/node\nerror https://registry.yarnpkg.example/x.tgz: ESOCKETTIMEDOUT";
        assert!(is_asked(&Parsed::read(hub, &Ranges::embedded(), &[])));
        let of_hub = "Pulling from a/b\nHTTPSConnectionPool(host='registry-1.docker.io', port=443): Read timed out.";
        assert!(!is_asked(&Parsed::read(of_hub, &Ranges::embedded(), &[])));
        let none = "Get \"https://api.stripe.example/v1\": net/http: TLS handshake timeout";
        assert!(!is_asked(&Parsed::read(none, &Ranges::embedded(), &[])));
    }
}
