//! A small image in the OCI image layout, made without any container engine.
//!
//! `v1` is an index of two platforms, `amd64` the manifest of one of them by itself. Their
//! content is random, so that no two layers are equal and none compresses. `large` is one
//! layer that is large on the wire, too, since it is not compressed.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value, json};

use super::process::run_well;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const PLAIN_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Sizes of the layers of each platform, in bytes, uncompressed.
const LAYERS: [usize; 3] = [3_000_000, 200_000, 700];
const LARGE_LAYER: usize = 64_000_000;

/// What a test may want to compare with the report.
#[derive(Debug, Clone)]
pub struct Image {
    pub index_digest: String,
    pub amd64_digest: String,
    /// Compressed bytes of the layers of linux/amd64.
    pub amd64_bytes: u64,
    pub layers: usize,
}

/// Writes the layout into `folder`.
pub fn write_layout(folder: &Path) -> Image {
    std::fs::create_dir_all(folder.join("blobs/sha256")).expect("the layout's folder can be made");
    let platforms: Vec<(Value, u64)> =
        ["amd64", "arm64"].iter().map(|name| platform(folder, name, &random_layers(folder))).collect();
    let manifests: Vec<Value> = platforms.iter().map(|(manifest, _)| manifest.clone()).collect();
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
    let mut index = blob(folder, INDEX, index.to_string().as_bytes());
    let index_digest = digest_of(&index);
    let mut single = platforms[0].0.clone();
    index["annotations"] = json!({"org.opencontainers.image.ref.name": "v1"});
    single["annotations"] = json!({"org.opencontainers.image.ref.name": "amd64"});
    let plain = tar_of("content", &vec![0; LARGE_LAYER]);
    let (mut large, _) = platform(folder, "amd64", &[(blob(folder, PLAIN_LAYER, &plain), sha256(&plain))]);
    large["annotations"] = json!({"org.opencontainers.image.ref.name": "large"});
    let top = json!({"schemaVersion": 2, "manifests": [index, single, large]});
    std::fs::write(folder.join("index.json"), top.to_string()).expect("the index can be written");
    std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("the layout can be written");
    Image { index_digest, amd64_digest: digest_of(&platforms[0].0), amd64_bytes: platforms[0].1, layers: LAYERS.len() }
}

/// The descriptor of a layer, and its digest before compression.
type Layer = (Value, String);

fn random_layers(folder: &Path) -> [Layer; LAYERS.len()] {
    LAYERS.map(|size| {
        let mut content = vec![0; size];
        SystemRandom::new().fill(&mut content).expect("random bytes");
        let tar = tar_of("content", &content);
        (blob(folder, LAYER, &gzip(folder, &tar)), sha256(&tar))
    })
}

/// Writes the manifest of one platform; returns its descriptor and the bytes of its layers.
fn platform(folder: &Path, architecture: &str, layers: &[Layer]) -> (Value, u64) {
    let (layers, uncompressed): (Vec<Value>, Vec<String>) = layers.iter().cloned().unzip();
    let config = json!({
        "architecture": architecture, "os": "linux", "config": {"Entrypoint": ["/content"]},
        "rootfs": {"type": "layers", "diff_ids": uncompressed},
    });
    let config = blob(folder, CONFIG, config.to_string().as_bytes());
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
    let mut manifest = blob(folder, MANIFEST, manifest.to_string().as_bytes());
    manifest["platform"] = json!({"architecture": architecture, "os": "linux"});
    let bytes = layers.iter().filter_map(|layer| layer["size"].as_u64()).sum();
    (manifest, bytes)
}

/// Writes a blob under its digest and returns its descriptor.
fn blob(folder: &Path, media_type: &str, bytes: &[u8]) -> Value {
    let digest = sha256(bytes);
    let file = folder.join("blobs/sha256").join(digest.trim_start_matches("sha256:"));
    std::fs::write(file, bytes).expect("a blob can be written");
    json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
}

fn digest_of(descriptor: &Value) -> String {
    descriptor["digest"].as_str().expect("a descriptor has a digest").to_owned()
}

fn sha256(bytes: &[u8]) -> String {
    let hex: String = digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// A tar archive (POSIX.1-1988, ustar) of one executable file.
fn tar_of(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000755\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = header.to_vec();
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    tar
}

fn gzip(folder: &Path, bytes: &[u8]) -> Vec<u8> {
    let (plain, packed) = (folder.join("layer.tar"), folder.join("layer.tar.gz"));
    std::fs::write(&plain, bytes).expect("a layer can be written");
    let mut command = Command::new("gzip");
    command.args(["--no-name", "--fast"]).arg(&plain);
    run_well(command, Duration::from_secs(30));
    let bytes = std::fs::read(&packed).expect("gzip wrote the layer");
    std::fs::remove_file(packed).expect("a file of ours can be removed");
    bytes
}
