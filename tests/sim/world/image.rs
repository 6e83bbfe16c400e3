//! The image that the registry holds, and what is wrong with it.

use serde::Deserialize;

use super::super::aws::domains;
use super::{ACCOUNT, LayerFault};

/// Every key of `[image]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Image {
    /// What `check` is asked for; by default the image that exists in the healthy world.
    pub reference: Option<String>,

    /// What is asked for besides: the images of the task's other containers.
    pub sidecars: Vec<String>,

    /// The account and the Region whose registry it is; by default the task's.
    pub account: String,
    pub region: Option<String>,
    pub repository: String,
    pub repository_exists: bool,
    pub tag: String,

    /// The tag names an index of `platforms`; otherwise one image of the first of them.
    /// `unknown/unknown` is what buildx calls an attestation.
    pub index: bool,
    pub platforms: Vec<String>,
    /// What the image's configuration says, whatever the index says.
    pub config_platform: Option<String>,
    /// Media type of what the tag names, and of the layers.
    pub media_type: Option<String>,
    pub layer_media_type: Option<String>,
    /// The registry's manifests arrive with other bytes: a mirror in its place rewrites them. The API's do not.
    pub wrong_manifest_digest: bool,
    /// It is in the archival storage class.
    pub archived: bool,
    /// The key of the repository is disabled: the API lists `KmsError`, and the registry answers with this status.
    pub key_unusable: Option<u16>,
    /// What the tag names was pushed cut in half.
    pub malformed_manifest: bool,
    /// Bytes of each layer.
    pub layer_sizes: Vec<usize>,
}

impl Default for Image {
    fn default() -> Self {
        Image {
            reference: None,
            sidecars: Vec::new(),
            account: ACCOUNT.into(),
            region: None,
            repository: "scheduled-file-writer".into(),
            repository_exists: true,
            tag: "v1".into(),
            index: true,
            platforms: vec!["linux/amd64".into(), "linux/arm64".into()],
            config_platform: None,
            media_type: None,
            layer_media_type: None,
            wrong_manifest_digest: false,
            archived: false,
            key_unusable: None,
            malformed_manifest: false,
            layer_sizes: vec![3_072, 5_120, 2_048],
        }
    }
}

impl Image {
    pub(super) fn check(&self) -> Result<(), String> {
        match self.platforms.iter().find(|platform| !platform.contains('/')) {
            Some(platform) => Err(format!("image.platforms: {platform:?} is not like linux/amd64")),
            None if self.platforms.is_empty() => Err("image.platforms is empty".into()),
            None => Ok(()),
        }
    }

    pub(super) fn reference(&self, region: &str) -> String {
        self.reference
            .clone()
            .unwrap_or_else(|| format!("{ACCOUNT}.dkr.ecr.{region}.{}/scheduled-file-writer:v1", domains(region).ipv4))
    }
}

/// Every key of `[layer]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LayerSettings {
    pub fault: Option<LayerFault>,
    /// Which layer has the fault, from 1.
    pub number: usize,
    /// Only the first so many requests for it meet the fault.
    pub times: Option<u32>,
    /// The store sends the whole of a layer, whatever part is asked for.
    pub ignores_range: bool,
    /// The host that the registry redirects to, in place of ECR's own layer bucket.
    pub store: Option<String>,
    /// Seconds that a presigned URL is good for.
    pub url_life_s: i64,
    pub bytes_per_second: u64,
}

impl Default for LayerSettings {
    fn default() -> Self {
        LayerSettings {
            fault: None,
            number: 1,
            times: None,
            ignores_range: false,
            store: None,
            url_life_s: 3_599,
            bytes_per_second: 100_000_000,
        }
    }
}
