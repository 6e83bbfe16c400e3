//! Digests, platforms, manifests and image configurations, as the OCI image
//! specification and Docker's schema 2 write them.

mod config;
mod digest;
mod list;
mod manifest;
mod platform;
mod platforms;

pub use config::read_config;
pub use digest::{Digest, DigestError, Hasher};
pub use manifest::{Descriptor, Found, ImageManifest, read_manifest};
pub use platform::{Platform, PlatformError};
pub use platforms::{Platforms, platform_of, platforms};

/// OCI image index.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// OCI image manifest.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// OCI image configuration.
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The empty JSON object that stands for the configuration of an artifact that is no image.
pub const OCI_EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// Docker manifest list, the elder of the OCI index.
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Docker schema 2 manifest.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker image configuration.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// Docker schema 1, which runtimes no longer pull.
pub const DOCKER_SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+json";
/// Docker schema 1 with a signature.
pub const DOCKER_SCHEMA_1_SIGNED: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";

/// The `Accept` header for manifests: the formats that containerd asks for, without its final wildcard, so that the
/// list also serves `ecr:BatchGetImage` as `acceptedMediaTypes`.
pub const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// A text of the server's, fit for a reason: without secrets and at most 100 characters.
fn quoted(text: &str) -> String {
    let clean = super::scrub(text);
    match clean.char_indices().nth(100) {
        Some((at, _)) => format!("`{}…`", &clean[..at]),
        None => format!("`{clean}`"),
    }
}

/// Why JSON cannot be read, without quoting any of it.
fn unreadable(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let at = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        Category::Eof => format!("the JSON is cut off at {at}"),
        Category::Data => format!("a field is not of the type that the image specification gives it, at {at}"),
        Category::Syntax | Category::Io => format!("the JSON is broken at {at}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_names_every_format_that_a_runtime_pulls() {
        let offered: Vec<&str> = ACCEPT.split(", ").collect();
        assert_eq!(offered, [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST]);
    }

    #[test]
    fn a_quoted_text_is_short_and_clean() {
        assert_eq!(quoted("a\u{7}b"), "`a b`");
        assert_eq!(quoted(&"é".repeat(300)).chars().count(), 103);
        assert_eq!(quoted("https://s3/x?X-Amz-Signature=00"), "`https://s3/x?…`");
    }
}
