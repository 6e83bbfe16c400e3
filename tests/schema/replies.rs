//! What registries and layer stores answer, in every form.

use ecr_probe::model::outcome::{
    ConfigOutcome, LayerBytesOutcome, LayerStoreOutcome, LayerUrlOutcome, ManifestOutcome, NoAnswer, PolicyLayer,
    RegistryOutcome, RegistryTokenOutcome, Unfit,
};
use ecr_probe::wire::oci;

use super::variants::{digest, each, no_answers, rejection};

pub fn registries() -> Vec<RegistryOutcome> {
    each! { RegistryOutcome:
        Challenged {
            scheme: "Basic".into(),
            realm: Some("https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/".into()),
            service: Some("ecr.amazonaws.com".into()),
            clock_offset_s: Some(-3),
        },
        Accepted { clock_offset_s: Some(0) },
        Rejected(rejection(PolicyLayer::Resource)),
        NoAnswer(NoAnswer::Closed),
    }
}

pub fn registry_tokens() -> Vec<RegistryTokenOutcome> {
    each! { RegistryTokenOutcome:
        Spared,
        Granted { valid_for_s: Some(300) },
        NeedsCredentials { scheme: "Basic".into() },
        Refused { reason: "the realm is not https".into() },
        Malformed { reason: "the answer holds no token".into() },
        Rejected(rejection(PolicyLayer::Unnamed)),
        NoAnswer(NoAnswer::TimedOut),
    }
}

pub fn manifests() -> Vec<ManifestOutcome> {
    let platforms = || vec!["linux/amd64".into(), "linux/arm/v7".into(), "unreadable".into()];
    let mut all = each! { ManifestOutcome:
        Index {
            digest: digest('a'),
            media_type: oci::OCI_INDEX.into(),
            platforms: platforms(),
            chosen: digest('b'),
            windows_versions: vec!["10.0.17763.5458".into(), "10.0.20348.2227".into()],
        },
        Image { digest: digest('b'), media_type: oci::OCI_MANIFEST.into(), layers: 3, bytes: 10_240, zstd_layers: 3, shared_layers: 1, shared_bytes: 512 },
        NoPlatform { digest: digest('a'), wanted: "linux/s390x".into(), offered: platforms() },
        DigestMismatch { expected: digest('a'), actual: format!("sha512:{}", "c".repeat(128)) },
        Unsupported { reason: "it has no layers".into() },
        TooDeep { indexes: 3 },
        Failure { code: "ImageNotFound".into(), reason: Some("Requested image not found".into()) },
        Rejected(rejection(PolicyLayer::ServiceControl)),
        NoAnswer(NoAnswer::TooLarge { limit_bytes: 4_194_304 }),
    };
    all.push(ManifestOutcome::Unsupported { reason: Unfit::Attestation });
    let media_type = oci::DOCKER_LIST.into();
    all.push(ManifestOutcome::Index {
        digest: digest('a'),
        media_type,
        platforms: platforms(),
        chosen: digest('b'),
        windows_versions: Vec::new(),
    });
    let media_type = oci::DOCKER_MANIFEST.into();
    all.push(ManifestOutcome::Image {
        digest: digest('b'),
        media_type,
        layers: 0,
        bytes: 0,
        zstd_layers: 0,
        shared_layers: 0,
        shared_bytes: 0,
    });
    all
}

pub fn configs() -> Vec<ConfigOutcome> {
    each! { ConfigOutcome:
        Matches { platform: "linux/amd64".into() },
        OtherPlatform { wanted: "linux/amd64".into(), found: "linux/arm64".into() },
        Malformed { reason: "the JSON is cut off".into() },
    }
}

pub fn layer_urls() -> Vec<LayerUrlOutcome> {
    let host = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";
    each! { LayerUrlOutcome:
        Redirected { host: host.into(), port: 443, signed: true },
        Direct,
        BadRedirect { reason: "the URL is relative".into() },
        Failure { code: "LayersNotFoundException".into(), reason: Some("no such layer".into()) },
        Rejected(rejection(PolicyLayer::PermissionsBoundary)),
        NoAnswer(NoAnswer::Malformed { reason: "invalid header".into() }),
    }
}

pub fn layer_stores() -> Vec<LayerStoreOutcome> {
    each! { LayerStoreOutcome:
        Answered { status: 403, code: Some("AccessDenied".into()), clock_offset_s: Some(1) },
        NoAnswer(NoAnswer::Connect { reason: "refused".into() }),
    }
}

pub fn layer_bytes() -> Vec<LayerBytesOutcome> {
    let mut all = each! { LayerBytesOutcome:
        Verified { bytes: 5_120, first_byte_ms: 7.125 },
        Reached { bytes: 65_536, first_byte_ms: 7.125 },
        DigestMismatch { expected: digest('a'), actual: digest('b'), bytes: 5_120 },
        LengthMismatch { expected: 5_120, received: 5_119 },
        Unfinished { received: 5_119 },
        Broken { received: 2_048, why: NoAnswer::Reset },
        RangeRefused { from: 2_048, status: 206, content_range: Some("bytes 0-5119/5120".into()) },
        BadRedirect { reason: "a redirect within the layer store".into() },
        Rejected(rejection(PolicyLayer::Session)),
        NoAnswer(NoAnswer::Handshake { reason: "timed out".into() }),
    };
    all.extend(no_answers().into_iter().map(|why| LayerBytesOutcome::Broken { received: 2_048, why }));
    all
}
