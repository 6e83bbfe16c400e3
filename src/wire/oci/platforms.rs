//! Which platforms an image is for: those that an index lists, or the one that a configuration names.

use serde::Deserialize;

use super::list::Bounded;
use super::{Digest, Platform};

/// More platforms than any real image offers.
const MOST: usize = 50;

/// Where the platforms of an image stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Platforms {
    /// An index lists them, such as `linux/amd64`.
    Listed(Vec<String>),
    /// The manifest of one image: its configuration names the platform.
    Of(Digest),
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    manifests: Option<Bounded<Entry>>,
    #[serde(default)]
    config: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    platform: Option<Named>,
}

#[derive(Deserialize)]
struct Descriptor {
    #[serde(default)]
    digest: String,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Named {
    /// `None` for what is no image's, as BuildKit's attestations, and for what has not the form of a platform.
    fn platform(&self) -> Option<Platform> {
        if self.os == "unknown" && self.architecture == "unknown" {
            return None;
        }
        let variant = self.variant.as_deref().filter(|variant| !variant.is_empty());
        Platform::parse(&Platform::new(&self.os, &self.architecture, variant).to_string()).ok()
    }
}

/// Reads a manifest or an index. `None` where it is neither, or an index that does not say its platforms.
pub fn platforms(body: &[u8]) -> Option<Platforms> {
    if body.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let manifest: Manifest = serde_json::from_slice(body).ok()?;
    match (manifest.manifests, manifest.config) {
        (Some(entries), None) => {
            // An entry without a platform may be for any.
            if entries.count > MOST || entries.first.iter().any(|it| it.platform.is_none()) {
                return None;
            }
            let named = entries.first.iter().filter_map(|it| it.platform.as_ref()?.platform());
            let mut listed: Vec<String> = named.map(|it| it.to_string()).collect();
            listed.dedup();
            Some(Platforms::Listed(listed))
        }
        (None, Some(config)) => Digest::parse(&config.digest).ok().map(Platforms::Of),
        _ => None,
    }
}

/// The platform that an image configuration names.
pub fn platform_of(configuration: &[u8]) -> Option<Platform> {
    if configuration.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice::<Named>(configuration).ok()?.platform()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_index_lists_its_platforms() {
        let entry = |platform: &str| format!(r#"{{"digest":"sha256:00","platform":{platform}}}"#);
        let index = |entries: &[String]| format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.join(","));
        let amd64 = entry(r#"{"os":"linux","architecture":"amd64"}"#);
        let arm64 = entry(r#"{"os":"linux","architecture":"arm64","variant":"v8"}"#);
        let attestation = entry(r#"{"os":"unknown","architecture":"unknown"}"#);
        let body = index(&[amd64.clone(), arm64, attestation]);
        let listed = vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()];
        assert_eq!(platforms(body.as_bytes()), Some(Platforms::Listed(listed)));
        assert_eq!(platforms(index(&[amd64, r#"{"digest":"sha256:00"}"#.to_owned()]).as_bytes()), None);
    }

    #[test]
    fn one_image_has_a_configuration() {
        let digest = format!("sha256:{}", "0".repeat(64));
        let body = format!(r#"{{"schemaVersion":2,"config":{{"digest":"{digest}"}},"layers":[]}}"#);
        assert_eq!(platforms(body.as_bytes()), Some(Platforms::Of(Digest::parse(&digest).unwrap())));
        let configuration = br#"{"os":"linux","architecture":"arm64","config":{"Env":["A=canary"]}}"#;
        assert_eq!(platform_of(configuration).map(|it| it.to_string()).as_deref(), Some("linux/arm64"));
    }

    #[test]
    fn what_is_neither_names_none() {
        for body in
            ["", "[]", "null", "{}", r#"{"config":{"digest":"x"}}"#, r#"{"manifests":[],"config":{"digest":"a"}}"#]
        {
            assert_eq!(platforms(body.as_bytes()), None, "{body}");
            assert_eq!(platform_of(body.as_bytes()), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            platforms(&body);
            platform_of(&body);
        }
    }
}
