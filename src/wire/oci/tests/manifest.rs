//! Manifests, good and bad.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::read_config;
use super::*;

const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

fn amd64() -> Platform {
    Platform::new("linux", "amd64", None)
}

fn read(document: &Value, content_type: Option<&str>) -> (ManifestOutcome, Option<Found>) {
    read_manifest(document.to_string().as_bytes(), content_type, None, None, &amd64())
}

fn reason(document: &Value, content_type: Option<&str>) -> String {
    match read(document, content_type) {
        (ManifestOutcome::Unsupported { reason }, None) => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

fn image_document() -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": { "mediaType": OCI_CONFIG, "digest": digest('c'), "size": 7 },
        "layers": [
            { "mediaType": OCI_LAYER, "digest": digest('1'), "size": 100 },
            { "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": digest('2'), "size": 23 },
            { "mediaType": "application/vnd.oci.image.layer.v1.tar+zstd", "digest": digest('3'), "size": 0 },
        ],
        "annotations": { "a": "b" },
    })
}

fn entry(digit: char, os: &str, architecture: &str, variant: Option<&str>) -> Value {
    json!({ "mediaType": OCI_MANIFEST, "digest": digest(digit), "size": 1,
            "platform": { "os": os, "architecture": architecture, "variant": variant } })
}

fn index_document(entries: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries })
}

#[test]
fn an_image_is_read() {
    for content_type in [Some(OCI_MANIFEST), Some(" Application/vnd.oci.image.manifest.v1+JSON; charset=utf-8"), None] {
        let document = image_document();
        let (outcome, found) = read(&document, content_type);
        let hash = Digest::sha256_of(document.to_string().as_bytes());
        let expected = ManifestOutcome::Image {
            digest: hash.to_string(),
            media_type: OCI_MANIFEST.to_owned(),
            layers: 3,
            bytes: 123,
            zstd_layers: 1,
            shared_layers: 0,
            shared_bytes: 0,
        };
        assert_eq!(outcome, expected);
        let Some(Found::Image(manifest)) = found else { panic!("no image") };
        assert_eq!((manifest.digest.clone(), manifest.bytes(), manifest.config.size), (hash, 123, 7));
        assert_eq!(manifest.layers.last().map(|layer| layer.digest.as_str()), Some(digest('3').as_str()));
    }
}

#[test]
fn docker_schema_2_is_read_by_its_media_type() {
    let mut document = image_document();
    document["mediaType"] = json!(DOCKER_MANIFEST);
    document["config"]["mediaType"] = json!(DOCKER_CONFIG);
    let (outcome, _) = read(&document, Some(DOCKER_MANIFEST));
    assert!(matches!(outcome, ManifestOutcome::Image { media_type, .. } if media_type == DOCKER_MANIFEST));
}

#[test]
fn a_manifest_without_any_media_type_is_known_by_its_fields() {
    let mut document = image_document();
    document["mediaType"].take();
    assert!(matches!(read(&document, None), (ManifestOutcome::Image { .. }, Some(_))));
    let mut document = index_document(&[entry('a', "linux", "amd64", None)]);
    document["mediaType"].take();
    assert!(matches!(read(&document, None), (ManifestOutcome::Index { .. }, Some(_))));
}

#[test]
fn the_platform_is_chosen_and_attestations_are_not() {
    let document = index_document(&[
        entry('9', "unknown", "unknown", None),
        entry('a', "linux", "arm64", Some("v8")),
        entry('b', "linux", "amd64", None),
        entry('8', "unknown", "unknown", None),
        entry('d', "linux", "amd64", None),
    ]);
    let (outcome, found) = read(&document, Some(OCI_INDEX));
    let ManifestOutcome::Index { platforms, chosen, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((platforms.join(" ").as_str(), chosen), ("linux/arm64 linux/amd64", digest('b')));
    assert!(matches!(found, Some(Found::Index { chosen, .. }) if chosen.as_str() == digest('b')));
}

#[test]
fn the_closest_variant_is_chosen() {
    let wanted = Platform::parse("linux/arm/v7").unwrap();
    let document = index_document(&[
        entry('5', "linux", "arm", Some("v5")),
        entry('6', "linux", "arm", Some("v6")),
        entry('8', "linux", "arm", Some("v8")),
    ]);
    let (_, found) = read_manifest(document.to_string().as_bytes(), None, None, None, &wanted);
    assert!(matches!(found, Some(Found::Index { chosen, .. }) if chosen.as_str() == digest('6')));
}

#[test]
fn versions_of_windows_are_told_where_they_decide() {
    let of_version = |digit, version: &str| {
        let mut entry = entry(digit, "windows", "amd64", None);
        entry["platform"]["os.version"] = json!(version);
        entry
    };
    let versions = |entries: &[Value], wanted: &str| {
        let wanted = Platform::parse(wanted).unwrap();
        match read_manifest(index_document(entries).to_string().as_bytes(), None, None, None, &wanted).0 {
            ManifestOutcome::Index { windows_versions, .. } => windows_versions,
            other => panic!("{other:?}"),
        }
    };
    let (older, newer) = (of_version('a', "10.0.17763.5458"), of_version('b', "10.0.20348.2227"));
    let strange = of_version('c', "\u{1b}[31m");
    let all = [entry('d', "linux", "amd64", None), older.clone(), newer.clone(), older.clone(), strange.clone()];
    assert_eq!(versions(&all, "windows/amd64"), ["10.0.17763.5458", "10.0.20348.2227"]);
    assert_eq!(versions(&all, "linux/amd64"), [""; 0]);
    assert_eq!(versions(&[older, strange], "windows/amd64"), [""; 0]);
}

#[test]
fn an_entry_without_a_platform_is_the_last_resort() {
    let unmarked = json!({ "mediaType": OCI_MANIFEST, "digest": digest('e'), "size": 1 });
    let document = index_document(&[unmarked.clone(), entry('b', "linux", "amd64", None)]);
    assert!(matches!(read(&document, None).1, Some(Found::Index { chosen, .. }) if chosen.as_str() == digest('b')));
    let document = index_document(&[unmarked, entry('b', "linux", "s390x", None)]);
    assert!(matches!(read(&document, None).1, Some(Found::Index { chosen, .. }) if chosen.as_str() == digest('e')));
}

#[test]
fn a_missing_platform_is_named_with_what_there_is() {
    let document = index_document(&[
        entry('a', "linux", "arm64", None),
        entry('b', "windows", "amd64", None),
        entry('c', "\u{1b}[31m", "evil", None),
        entry('9', "unknown", "unknown", None),
    ]);
    let (outcome, found) = read(&document, Some(OCI_INDEX));
    let ManifestOutcome::NoPlatform { wanted, offered, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((wanted.as_str(), offered.join(" ").as_str()), ("linux/amd64", "linux/arm64 windows/amd64 unreadable"));
    assert_eq!(found, None);
    let (outcome, _) = read(&index_document(&[]), Some(DOCKER_LIST));
    assert!(matches!(outcome, ManifestOutcome::NoPlatform { offered, .. } if offered.is_empty()));
}

#[test]
fn the_bytes_must_hash_to_what_was_asked_for() {
    let body = image_document().to_string();
    let true_digest = Digest::sha256_of(body.as_bytes());
    let other = Digest::sha256_of(b"other");
    let read = |announced: Option<&str>, expected: Option<&Digest>| {
        read_manifest(body.as_bytes(), Some(OCI_MANIFEST), announced, expected, &amd64()).0
    };
    assert!(matches!(read(Some(true_digest.as_str()), None), ManifestOutcome::Image { .. }));
    assert!(matches!(read(Some(other.as_str()), Some(&true_digest)), ManifestOutcome::Image { .. }));
    let mismatch = ManifestOutcome::DigestMismatch { expected: other.to_string(), actual: true_digest.to_string() };
    assert_eq!(read(Some(other.as_str()), None), mismatch);
    assert_eq!(read(Some(true_digest.as_str()), Some(&other)), mismatch);
    assert!(matches!(read(Some("sha256:cut"), None), ManifestOutcome::Unsupported { .. }));
    let sha512 = Digest::parse(&format!("sha512:{}", "0".repeat(128))).unwrap();
    assert!(matches!(read(None, Some(&sha512)),
        ManifestOutcome::DigestMismatch { actual, .. } if actual.starts_with("sha512:")));
}

#[test]
fn what_is_no_image_is_unsupported_with_its_reason() {
    let image = image_document();
    let edit = |pointer: &str, value: Value| {
        let mut document = image.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let schema_1 = json!({ "schemaVersion": 1, "name": "x", "fsLayers": [], "signatures": [] });
    let with_artifact = {
        let mut document = edit("/config/mediaType", json!(OCI_EMPTY));
        document["artifactType"] = json!("application/vnd.example.sbom");
        document
    };
    let both = {
        let mut document = image.clone();
        document["manifests"] = json!([]);
        document
    };
    for (document, content_type, expected) in [
        (schema_1.clone(), None, "schema 1"),
        (schema_1.clone(), Some(DOCKER_SCHEMA_1_SIGNED), "schema 1"),
        (schema_1, Some(DOCKER_SCHEMA_1), "schema 1"),
        (image.clone(), Some(""), "media type is empty"),
        (image.clone(), Some("text/html; charset=utf-8"), "`text/html`"),
        (image.clone(), Some("application/json"), "`application/json`"),
        (edit("/mediaType", json!("application/x-evil")), None, "`application/x-evil`"),
        (json!({}), None, "no media type"),
        (with_artifact, None, "`application/vnd.example.sbom`"),
        (edit("/config/mediaType", json!(OCI_EMPTY)), None, "artifact of no type"),
        (edit("/config/mediaType", json!("application/vnd.cncf.helm.config.v1+json")), None, "helm"),
        (edit("/layers/1/mediaType", json!("application/vnd.in-toto+json")), None, "attestation"),
        (edit("/layers/0/mediaType", json!("application/vnd.cncf.helm.chart")), None, "layer 1 is"),
        (edit("/layers/2/digest", json!("sha256:short")), None, "layer 3 has no good digest"),
        (edit("/config/digest", json!("")), None, "the configuration has no good digest"),
        (edit("/layers/0/size", json!(u64::MAX)), None, "18446744073709551615 bytes"),
        (edit("/layers/0/size", json!(i64::MAX)), None, "add up"),
        (edit("/layers/0/size", json!(-1)), None, "not of the type"),
        (edit("/layers/0/size", json!(1.5)), None, "not of the type"),
        (edit("/layers/0/size", json!(null)), None, "layer 1 has no size"),
        (edit("/layers", json!(null)), None, "no list of layers"),
        (edit("/config", json!(null)), None, "no configuration"),
        (edit("/layers", json!(vec![image["layers"][0].clone(); 1001])), None, "1001 layers"),
        (index_document(&vec![entry('a', "linux", "amd64", None); 1001]), None, "1001 entries"),
        (index_document(&[json!({ "digest": "x" })]), None, "no good digest"),
        (both.clone(), Some(OCI_MANIFEST), "manifests of an index"),
        (both, Some(OCI_INDEX), "layers of an image"),
        (json!([2, "x"]), None, "not a JSON object"),
    ] {
        let reason = reason(&document, content_type);
        assert!(reason.contains(expected), "{reason:?} should say {expected:?}");
    }
}

#[test]
fn a_reason_holds_no_secret_and_is_short() {
    let mut document = image_document();
    document["layers"][0]["mediaType"] = json!(format!("https://x/?X-Amz-Signature=secret{}", "a".repeat(9000)));
    let reason = reason(&document, None);
    assert!(!reason.contains("secret") && reason.len() < 300, "{reason}");
}

#[test]
fn a_cut_at_any_byte_is_unsupported() {
    let body = image_document().to_string();
    for end in 0..body.len() {
        let (outcome, found) = read_manifest(&body.as_bytes()[..end], Some(OCI_MANIFEST), None, None, &amd64());
        assert!(matches!(outcome, ManifestOutcome::Unsupported { .. }) && found.is_none(), "{end}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let body = format!("{{\"config\":{}", "[".repeat(100_000));
    let (outcome, _) = read_manifest(body.as_bytes(), None, None, None, &amd64());
    assert!(matches!(outcome, ManifestOutcome::Unsupported { .. }));
    let body = format!("{{\"x\":{}", "{\"x\":".repeat(100_000));
    assert!(matches!(
        read_manifest(body.as_bytes(), None, None, None, &amd64()).0,
        ManifestOutcome::Unsupported { .. }
    ));
    read_config(body.as_bytes(), &amd64());
}

proptest! {
    #[test]
    fn reading_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), header in ".{0,80}") {
        read_manifest(&body, Some(&header), Some(&header), None, &amd64());
        read_manifest(&body, None, None, None, &amd64());
    }

    #[test]
    fn a_changed_byte_never_panics(position in 0usize..700, byte in any::<u8>()) {
        let mut body = image_document().to_string().into_bytes();
        let position = position % body.len();
        body[position] = byte;
        read_manifest(&body, Some(OCI_MANIFEST), None, None, &amd64());
    }
}
