//! Manifests and indexes: is it what was asked for, is it an image, and which layers has it?

use serde::Deserialize;

use super::list::{Bounded, MANY};
use super::{
    DOCKER_CONFIG, DOCKER_LIST, DOCKER_MANIFEST, DOCKER_SCHEMA_1, DOCKER_SCHEMA_1_SIGNED, Digest, Hasher, OCI_CONFIG,
    OCI_EMPTY, OCI_INDEX, OCI_MANIFEST, Platform, quoted, unreadable,
};
use crate::model::outcome::{ManifestOutcome, Unfit};

/// More platforms than any real image offers: what an answer repeats of them is bounded.
const MOST_OFFERED: usize = 50;

/// A blob as a manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// As the manifest names it.
    pub media_type: String,
    /// What the blob's bytes hash to.
    pub digest: Digest,
    /// Bytes of the blob as stored, which is compressed.
    pub size: u64,
}

/// The manifest of one image on one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageManifest {
    /// What its own bytes hash to.
    pub digest: Digest,
    /// As the registry or the manifest names it.
    pub media_type: String,
    /// The image's configuration.
    pub config: Descriptor,
    /// From the lowest up.
    pub layers: Vec<Descriptor>,
}

impl ImageManifest {
    /// Compressed bytes of the layers.
    pub fn bytes(&self) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.size))
    }
}

/// What a manifest led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Ask for `chosen` next. It may be an index again, so the asker must count.
    Index {
        /// Of the index.
        digest: Digest,
        /// Of the manifest for the platform.
        chosen: Digest,
    },
    /// The manifest of one image.
    Image(ImageManifest),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawManifest {
    #[serde(default)]
    schema_version: Option<u64>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    artifact_type: Option<String>,
    #[serde(default)]
    manifests: Option<Bounded<RawEntry>>,
    #[serde(default)]
    config: Option<RawDescriptor>,
    #[serde(default)]
    layers: Option<Bounded<RawDescriptor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawDescriptor {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    digest: String,
    #[serde(default)]
    size: Option<u64>,
}

#[derive(Deserialize)]
struct RawEntry {
    #[serde(default)]
    digest: String,
    #[serde(default)]
    platform: Option<RawPlatform>,
}

#[derive(Deserialize)]
struct RawPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default, rename = "os.version")]
    os_version: Option<String>,
}

/// Reads a manifest.
///
/// `content_type` is the `Content-Type` header or the API's `imageManifestMediaType`, `announced` is
/// `Docker-Content-Digest`. The bytes must hash to `expected`, or to `announced` where nothing is expected.
/// The caller has bounded `body`.
pub fn read_manifest(
    body: &[u8],
    content_type: Option<&str>,
    announced: Option<&str>,
    expected: Option<&Digest>,
    platform: &Platform,
) -> (ManifestOutcome, Option<Found>) {
    let read = proven_digest(body, announced, expected).and_then(|digest| {
        let raw = parse(body)?;
        match Form::of(content_type, &raw)? {
            Form::Index(media_type) => choose(raw.manifests.unwrap_or_default(), media_type, digest, platform),
            Form::Image(media_type) => image(raw, media_type, digest),
        }
    });
    match read {
        Ok((outcome, found)) => (outcome, Some(found)),
        Err(outcome) => (*outcome, None),
    }
}

/// The error is how reading ended, where no manifest was found.
type Read<T> = Result<T, Box<ManifestOutcome>>;

fn unsupported<T>(reason: impl Into<Unfit>) -> Read<T> {
    Err(Box::new(ManifestOutcome::Unsupported { reason: reason.into() }))
}

fn proven_digest(body: &[u8], announced: Option<&str>, expected: Option<&Digest>) -> Read<Digest> {
    let wanted = match (expected, announced.map(str::trim)) {
        (Some(expected), _) => expected.clone(),
        (None, None) => return Ok(Digest::sha256_of(body)),
        (None, Some(announced)) => match Digest::parse(announced) {
            Ok(announced) => announced,
            Err(problem) => {
                return unsupported(format!("the announced digest {} cannot be read: {problem}", quoted(announced)));
            }
        },
    };
    let mut hasher = Hasher::new(&wanted);
    hasher.update(body);
    match hasher.finish() {
        actual if actual == wanted => Ok(wanted),
        actual => {
            let (expected, actual) = (wanted.to_string(), actual.to_string());
            Err(Box::new(ManifestOutcome::DigestMismatch { expected, actual }))
        }
    }
}

fn parse(body: &[u8]) -> Read<RawManifest> {
    // serde would also take the fields from a JSON array, in order.
    match body.trim_ascii_start().first() {
        Some(b'{') => serde_json::from_slice(body).or_else(|error| unsupported(unreadable(&error))),
        Some(_) => unsupported("what came is not a JSON object"),
        None => unsupported("what came is empty"),
    }
}

/// The forms that a runtime can pull, with their media types.
enum Form {
    Index(&'static str),
    Image(&'static str),
}

impl Form {
    /// By the media type that came with the bytes, as containerd decides; by the one inside them where none came,
    /// which OCI allows to be left out.
    fn of(content_type: Option<&str>, raw: &RawManifest) -> Read<Form> {
        let given = content_type.or(raw.media_type.as_deref());
        let bare = given.map(|value| value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase());
        let form = match bare.as_deref() {
            Some(OCI_INDEX) => Form::Index(OCI_INDEX),
            Some(DOCKER_LIST) => Form::Index(DOCKER_LIST),
            Some(OCI_MANIFEST) => Form::Image(OCI_MANIFEST),
            Some(DOCKER_MANIFEST) => Form::Image(DOCKER_MANIFEST),
            Some(DOCKER_SCHEMA_1 | DOCKER_SCHEMA_1_SIGNED) => return unsupported(SCHEMA_1),
            Some("") => return unsupported("the media type is empty"),
            Some(other) => return unsupported(format!("the media type is {}, not a manifest's", quoted(other))),
            None if raw.schema_version == Some(1) => return unsupported(SCHEMA_1),
            None if raw.manifests.is_some() => Form::Index(OCI_INDEX),
            None if raw.layers.is_some() => Form::Image(OCI_MANIFEST),
            None => return unsupported("it names no media type, no layers and no manifests"),
        };
        // A document that is both can mean one thing to a scanner and another to a runtime
        // (CVE-2021-41190): containerd refuses it.
        match form {
            Form::Index(_) if raw.layers.is_some() || raw.config.is_some() => {
                unsupported("it is an index by its media type, and has the layers of an image")
            }
            Form::Image(_) if raw.manifests.is_some() => {
                unsupported("it is an image by its media type, and has the manifests of an index")
            }
            form => Ok(form),
        }
    }
}

const SCHEMA_1: &str = "it is a docker schema 1 manifest, which runtimes no longer pull";

fn choose(
    entries: Bounded<RawEntry>,
    media_type: &str,
    digest: Digest,
    platform: &Platform,
) -> Read<(ManifestOutcome, Found)> {
    if entries.count > MANY {
        return unsupported(format!("the index has {} entries", entries.count));
    }
    let mut offered = Vec::new();
    let mut windows_versions = Vec::new();
    let mut best: Option<(usize, Digest)> = None;
    let mut unmarked = None;
    for entry in entries.first {
        let this = match Digest::parse(&entry.digest) {
            Ok(this) => this,
            Err(problem) => return unsupported(format!("an entry of the index has no good digest: {problem}")),
        };
        let Some(raw) = entry.platform else {
            unmarked.get_or_insert(this);
            continue;
        };
        // BuildKit files its attestations under this platform; taking one for an image is IMG-06.
        if raw.os == "unknown" && raw.architecture == "unknown" {
            continue;
        }
        let theirs = Platform::new(&raw.os, &raw.architecture, raw.variant.as_deref());
        let name = match Platform::parse(&theirs.to_string()) {
            Ok(named) => named.to_string(),
            Err(_) => "unreadable".to_owned(),
        };
        if offered.len() < MOST_OFFERED && !offered.contains(&name) {
            offered.push(name);
        }
        let rank = platform.rank(&theirs);
        if let Some(version) = raw.os_version.filter(|it| rank.is_some() && theirs.os == "windows" && is_version(it))
            && windows_versions.len() < MOST_OFFERED
            && !windows_versions.contains(&version)
        {
            windows_versions.push(version);
        }
        if let Some(rank) = rank.filter(|rank| best.as_ref().is_none_or(|(best, _)| rank > best)) {
            best = Some((rank, this));
        }
    }
    // An entry without a platform may be any: a runtime tries it last, and looks at its configuration.
    match best.map(|(_, chosen)| chosen).or(unmarked) {
        Some(chosen) => Ok((
            ManifestOutcome::Index {
                digest: digest.to_string(),
                media_type: media_type.to_owned(),
                platforms: offered,
                chosen: chosen.to_string(),
                windows_versions: if windows_versions.len() > 1 { windows_versions } else { Vec::new() },
            },
            Found::Index { digest, chosen },
        )),
        None => {
            let (digest, wanted) = (digest.to_string(), platform.to_string());
            Err(Box::new(ManifestOutcome::NoPlatform { digest, wanted, offered }))
        }
    }
}

/// The form of `os.version` of a Windows image: `10.0.20348.2227`.
fn is_version(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn image(raw: RawManifest, media_type: &str, digest: Digest) -> Read<(ManifestOutcome, Found)> {
    let Some(config) = raw.config else { return unsupported("it has no configuration") };
    let Some(raw_layers) = raw.layers else { return unsupported("it has no list of layers") };
    if raw_layers.count > MANY {
        return unsupported(format!("it has {} layers", raw_layers.count));
    }
    let raw_layers = raw_layers.first;
    // BuildKit gives an attestation an image's configuration, so its layers must be looked at first.
    if raw_layers.iter().any(|layer| layer.media_type.starts_with("application/vnd.in-toto")) {
        return unsupported(Unfit::Attestation);
    }
    if !is_image_config(&config.media_type) {
        let artifact = raw.artifact_type.as_deref().filter(|artifact| !artifact.is_empty());
        let what = match artifact {
            Some(artifact) => quoted(artifact),
            None if config.media_type == OCI_EMPTY || config.media_type.is_empty() => "no type".to_owned(),
            None => quoted(&config.media_type),
        };
        return unsupported(format!("it is an artifact of {what}, not an image"));
    }
    let config = descriptor(config, "the configuration")?;
    let mut layers = Vec::with_capacity(raw_layers.len());
    let mut bytes = 0u64;
    for (number, layer) in raw_layers.into_iter().enumerate() {
        let name = format!("layer {}", number + 1);
        if !is_layer(&layer.media_type) {
            return unsupported(format!("{name} is {}, not a layer of an image", quoted(&layer.media_type)));
        }
        let layer = descriptor(layer, &name)?;
        // Sizes are signed 64-bit numbers in the image specification, and so must be their sum.
        bytes = match bytes.checked_add(layer.size).filter(|sum| i64::try_from(*sum).is_ok()) {
            Some(sum) => sum,
            None => return unsupported("the sizes of the layers add up to more than any disk holds"),
        };
        layers.push(layer);
    }
    let manifest = ImageManifest { digest, media_type: media_type.to_owned(), config, layers };
    Ok((
        ManifestOutcome::Image {
            digest: manifest.digest.to_string(),
            media_type: manifest.media_type.clone(),
            layers: manifest.layers.len(),
            bytes,
            zstd_layers: manifest.layers.iter().filter(|layer| is_zstd(&layer.media_type)).count(),
            // Which layers other images have, no manifest tells.
            shared_layers: 0,
            shared_bytes: 0,
        },
        Found::Image(manifest),
    ))
}

fn descriptor(raw: RawDescriptor, name: &str) -> Read<Descriptor> {
    let digest = match Digest::parse(&raw.digest) {
        Ok(digest) => digest,
        Err(problem) => return unsupported(format!("{name} has no good digest: {problem}")),
    };
    match raw.size {
        Some(size) if i64::try_from(size).is_ok() => Ok(Descriptor { media_type: raw.media_type, digest, size }),
        Some(size) => unsupported(format!("{name} claims to have {size} bytes")),
        None => unsupported(format!("{name} has no size")),
    }
}

/// `…layer.v1.tar+zstd` of OCI 1.1, and `…diff.tar.zstd`, which some builders write.
fn is_zstd(media_type: &str) -> bool {
    media_type.ends_with("+zstd") || media_type.ends_with(".zstd")
}

/// Early Docker wrote octet-stream where it now writes its own type.
fn is_image_config(media_type: &str) -> bool {
    matches!(media_type, OCI_CONFIG | DOCKER_CONFIG | "application/octet-stream")
}

/// The layers of OCI (`layer.v1.tar`, `layer.nondistributable.v1.tar`) and of Docker (`rootfs.diff`,
/// `rootfs.foreign.diff`), however compressed. containerd has no processor for any other.
fn is_layer(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.oci.image.layer.")
        || media_type.starts_with("application/vnd.docker.image.rootfs.")
}

#[cfg(test)]
#[path = "tests/manifest.rs"]
mod tests;
