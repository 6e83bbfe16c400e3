//! Image references: which registry, which repository, which image of it.
//!
//! No packet is sent here, and yet many a failed pull is explained: a host that nearly is ECR's
//! is told apart from one that is, before anything resolves it.

mod distance;
mod error;
mod grammar;
mod registry;

pub use error::{Problem, ReferenceError};
pub use grammar::names_host;
pub use registry::Registry;

use crate::model::outcome::ReferenceOutcome;
use crate::wire::oci::Digest;

/// A valid image reference, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As it was given.
    pub text: String,
    /// In lower case, without the port. `docker.io` where the text names no host.
    pub host: String,
    /// 443 unless the text has another.
    pub port: u16,
    /// As the registry's API names it: `library/` is there for Docker Hub's own images.
    pub repository: String,
    /// `latest` where the text has neither tag nor digest.
    pub tag: Option<String>,
    /// What follows an `@`.
    pub digest: Option<Digest>,
    /// Which registry the host is.
    pub registry: Registry,
}

impl Reference {
    /// Reads a reference.
    ///
    /// # Errors
    ///
    /// The text is no reference: one line says why, and the way out. A reference that cannot be pulled, such as one
    /// with a mistyped domain, is none of these: see [`Reference::registry`].
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let parts = grammar::split(text).map_err(|problem| ReferenceError::new(text, problem))?;
        let host = match parts.host {
            // Docker's old name for its index.
            Some(host) if host == "index.docker.io" => "docker.io".to_owned(),
            Some(host) => host,
            None => "docker.io".to_owned(),
        };
        let repository = if host == "docker.io" && !parts.path.contains('/') {
            format!("library/{}", parts.path)
        } else {
            parts.path.to_owned()
        };
        let tag = match (parts.tag, &parts.digest) {
            (None, None) => Some("latest"),
            (tag, _) => tag,
        };
        Ok(Reference {
            text: text.to_owned(),
            registry: Registry::of(&host),
            host,
            port: parts.port.unwrap_or(443),
            repository,
            tag: tag.map(str::to_owned),
            digest: parts.digest,
        })
    }

    /// The host that serves the registry's API. Docker Hub's is not the one in its references.
    pub fn contact_host(&self) -> &str {
        match self.host.as_str() {
            "docker.io" => "registry-1.docker.io",
            host => host,
        }
    }

    /// What the manifest is asked for by: the digest if there is one, since it wins over the tag.
    pub fn selector(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, tag) => tag.clone().unwrap_or_else(|| "latest".to_owned()),
        }
    }

    /// What a reader is shown: `tag`, `digest` or `tag@digest`.
    pub fn selector_text(&self) -> String {
        match (&self.tag, &self.digest) {
            (Some(tag), Some(digest)) => format!("{tag}@{digest}"),
            _ => self.selector(),
        }
    }

    /// What was learnt from the text alone.
    pub fn outcome(&self) -> ReferenceOutcome {
        self.registry.outcome()
    }
}

#[cfg(test)]
mod tests;
