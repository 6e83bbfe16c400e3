//! The bytes of the image: layers, configurations, manifests and the index over them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::world::World;

pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// What buildx calls the platform of an attestation.
const NO_PLATFORM: &str = "unknown/unknown";

/// A manifest or a blob of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// `sha256:…`
    pub digest: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl Object {
    fn new(media_type: &str, bytes: Vec<u8>) -> Object {
        Object { digest: sha256(&bytes), media_type: media_type.to_owned(), bytes }
    }

    fn descriptor(&self) -> Value {
        json!({ "mediaType": self.media_type, "digest": self.digest, "size": self.bytes.len() })
    }
}

/// The image as it was pushed.
#[derive(Debug, Clone)]
pub struct Content {
    /// What the tag names comes first.
    pub manifests: Vec<Object>,
    pub configs: Vec<Object>,
    pub layers: Vec<Object>,
}

impl Content {
    pub fn of(world: &World) -> Content {
        let image = &world.image;
        let layer_type = image.layer_media_type.as_deref().unwrap_or(OCI_LAYER);
        let layers: Vec<Object> =
            (1..).zip(&image.layer_sizes).map(|(seed, size)| Object::new(layer_type, noise(seed, *size))).collect();
        let platforms = if image.index { &image.platforms[..] } else { &image.platforms[..1] };
        let mut content = Content { manifests: Vec::new(), configs: Vec::new(), layers };
        let mut entries = Vec::new();
        for platform in platforms {
            let config = configuration(image.config_platform.as_deref().unwrap_or(platform));
            let manifest = match platform.as_str() {
                NO_PLATFORM => attestation(&config, &content.layers),
                _ => manifest(OCI_MANIFEST, &config, &content.layers),
            };
            let mut entry = manifest.descriptor();
            entry["platform"] = platform_object(platform);
            entries.push(entry);
            content.configs.push(config);
            content.manifests.push(manifest);
        }
        if image.index {
            let media_type = image.media_type.as_deref().unwrap_or(OCI_INDEX);
            let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": entries });
            content.manifests.insert(0, Object::new(media_type, index.to_string().into_bytes()));
        } else if let Some(media_type) = image.media_type.as_deref() {
            content.manifests = vec![manifest(media_type, &content.configs[0], &content.layers)];
        }
        if image.malformed_manifest {
            let first = &content.manifests[0];
            content.manifests[0] = Object::new(&first.media_type, first.bytes[..first.bytes.len() / 2].to_vec());
        }
        content
    }

    /// The manifest of a tag or a digest.
    pub fn manifest(&self, tag: &str, reference: &str) -> Option<&Object> {
        if reference == tag {
            return self.manifests.first();
        }
        self.manifests.iter().find(|object| object.digest == reference)
    }

    /// A configuration or a layer.
    pub fn blob(&self, digest: &str) -> Option<&Object> {
        self.configs.iter().chain(&self.layers).find(|object| object.digest == digest)
    }
}

fn platform_object(platform: &str) -> Value {
    let mut parts = platform.splitn(3, '/');
    let mut object = json!({ "os": parts.next(), "architecture": parts.next() });
    if let Some(variant) = parts.next() {
        object["variant"] = json!(variant);
    }
    object
}

fn configuration(platform: &str) -> Object {
    let mut config = platform_object(platform);
    config["config"] = json!({ "Entrypoint": ["/scheduled-file-writer"], "User": "65532" });
    config["rootfs"] = json!({ "type": "layers", "diff_ids": [] });
    Object::new(OCI_CONFIG, config.to_string().into_bytes())
}

fn manifest(media_type: &str, config: &Object, layers: &[Object]) -> Object {
    let layers: Vec<Value> = layers.iter().map(Object::descriptor).collect();
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": media_type, "config": config.descriptor(), "layers": layers });
    Object::new(media_type, manifest.to_string().into_bytes())
}

fn attestation(config: &Object, layers: &[Object]) -> Object {
    let statements: Vec<Object> =
        layers.iter().take(1).map(|layer| Object { media_type: IN_TOTO.into(), ..layer.clone() }).collect();
    manifest(OCI_MANIFEST, config, &statements)
}

/// Bytes that compress as badly as a real layer (xorshift64).
fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..size).map(|_| next()).collect()
}

/// The OCI digest of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    let mut text = String::from("sha256:");
    for byte in digest.as_ref() {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}
