//! Layers: what the store answered, and what became of the bytes.

use super::answer::Answer;
use super::hop::Hop;
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let at = |means: &str| Answer::at(Stage::LayerBytes, means);
    let has = |sign| parsed.has(sign);
    // KMS says the same to every program: only a pull's words make it a layer's key.
    let secret = matches!(Hop::of(parsed, None), Some(Hop::SecretsManager | Hop::Ssm));
    Some(if has(Sign::KmsKey) && secret {
        Answer::at(Stage::TaskStart, "the execution role cannot use the key of the secret")
            .likely("INIT-03", "the key is gone, disabled, or not allowed to the role")
    } else if has(Sign::KmsKey) && (Hop::of(parsed, None).is_some() || has(Sign::S3Denied)) {
        at("the layer's encryption key cannot be used")
            .likely("KMS-01", "it is disabled or deleted, or ECR's grant on it was revoked")
    } else if has(Sign::S3Denied) {
        at("S3 refused the layer: AccessDenied")
            .likely("VPE-04", "the S3 endpoint's policy allows nothing of ECR's layer bucket")
            .or(&[
                ("VPE-05", "or it does, under a condition on the principal: the URL is signed by a role of ECR's own"),
                ("VPE-06", "or a Deny statement of it matches"),
                ("VPE-08", "or it names the bucket of another Region or partition"),
                ("KMS-01", "or the layer's encryption key cannot be used"),
            ])
    } else if has(Sign::UrlExpired) {
        at("the store rejected a presigned URL as expired")
            .likely(
                "LYR-02",
                "the layer was requested after its URL had expired: the pull is slow, or the URL was cached",
            )
            .possible("CLK-01", "or the clock of a machine on the way is wrong")
    } else if has(Sign::TwoSignatures) {
        at("a client or proxy sent its credentials along to S3, which takes one kind only")
            .likely("LYR-05", "the redirect to the layer store was followed with the registry's Authorization header")
            .possible("PRX-02", "a proxy adds one")
    } else if has(Sign::UpstreamFailed) {
        Answer::at(Stage::Manifest, "the pull-through cache could not get the image from upstream")
            .proven("PTC-04", "the error code is ECR's: the upstream rejected the secret, throttled, or is down")
    } else if has(Sign::BlobUnknown) {
        at("the registry does not have the layer")
            .likely("LYR-01", "the push was incomplete, or the layer is a foreign one")
    } else if has(Sign::Redirects) && Hop::of(parsed, None).is_some() {
        at("the client was sent from one address to the next, and gave up")
            .likely(
                "LYR-05",
                "a mirror or proxy redirects in a circle: the registry redirects once, to the layer store",
            )
            .possible("CFG-05", "it may have the wrong prefix")
    } else if has(Sign::Panic) && has(Sign::Pull) {
        at("the pull crashed on the way to S3: AWS lists this message under networking")
            .likely("SG-04", "the task's security group lets nothing out to S3's prefix list")
            .or(&[
                ("RTE-04", "the gateway endpoint is not on the route table of the task's subnet"),
                ("RTE-03", "there is no S3 gateway endpoint"),
            ])
    } else {
        return stored(parsed);
    })
}

/// The bytes came, and something is wrong with them or with the disk.
fn stored(parsed: &Parsed) -> Option<Answer> {
    let at = |means: &str| Answer::at(Stage::LayerBytes, means);
    let has = |sign| parsed.has(sign);
    Some(if has(Sign::NoSpace) {
        Answer::at(Stage::Unpack, "the disk of the task or host is full")
            .proven("DSK-01", "the compressed and the unpacked layers need room at the same time")
    } else if has(Sign::NoProcessor) {
        unprocessed(&parsed.plain.tight)
    } else if has(Sign::ManifestMismatch) {
        Answer::at(Stage::Manifest, "the bytes of the manifest are not those of its digest")
            .likely("IMG-12", "a mirror or proxy rewrites manifests")
            .possible("PRX-02", "or a proxy answers in the registry's place")
            .unless_unread(parsed)
    } else if parsed.any(&[Sign::SizeMismatch, Sign::DigestMismatch])
        || has(Sign::FailedCommit) && !parsed.any(&[Sign::TimedOut, Sign::Eof, Sign::CutShort])
    {
        at("the bytes that came are not those of the manifest")
            .likely("LYR-03", "they were cut or changed on the way")
            .or(&[
                ("LYR-04", "the connection ends before large layers do"),
                ("PRX-02", "a proxy answers in the store's place"),
            ])
            .unless_unread(parsed)
    } else if has(Sign::LayersMismatch) {
        at("the image's manifest and configuration do not match")
            .proven("IMG-11", "the image was built or pushed wrongly")
    } else if has(Sign::HtmlMedia) {
        Answer::at(Stage::Manifest, "a web page came where a manifest was asked for")
            .likely("PRX-02", "a mirror, proxy or login page answers in the registry's place")
            .possible("CFG-05", "or a mirror was given the wrong prefix")
    } else if has(Sign::Compression) && parsed.any(&[Sign::Unpack, Sign::Copy]) {
        at("the runtime cannot read the layer")
            .likely("IMG-08", "it is compressed in a way that the runtime does not know")
            .or(&[("DSK-02", "or unpacking failed for another reason"), ("LYR-03", "or the bytes are damaged")])
    } else if has(Sign::Unpack) {
        let answer = Answer::at(Stage::Unpack, "a layer came and could not be unpacked");
        if has(Sign::IoError) {
            answer.likely("DSK-02", "the host's disk or file system failed").possible("DSK-01", "or it is full")
        } else if parsed.plain.tight.contains("hcsshim") {
            answer.likely("DSK-02", "Windows could not write the layer")
        } else if parsed.any(&[Sign::CutShort, Sign::Eof]) {
            answer
                .likely("DSK-02", "the snapshotter's stream broke off: the host's disk or file system")
                .possible("LYR-03", "or the bytes are damaged")
        } else {
            return None;
        }
    } else {
        return None;
    })
}

/// The runtime has no program for the media type of a layer.
fn unprocessed(tight: &str) -> Answer {
    let at = |means: &str| Answer::at(Stage::Unpack, means);
    let kind =
        tight.rsplit_once("streamprocessorfor").map_or("", |(_, rest)| rest.split(':').next().unwrap_or_default());
    if kind.contains("zstd") {
        return at("the runtime cannot read the layer")
            .likely("IMG-08", "its media type says zstd, which the runtime does not know");
    }
    if kind.contains(".layer.") || kind.contains("rootfs.diff") {
        let means = "the runtime cannot read the layer: its media type is one of layers that it does not know";
        return at(means).possible("IMG-08", "it may be compressed in a way that the runtime does not know").hedged();
    }
    at("a layer is no file system: it is an attestation or another artifact")
        .likely("IMG-06", "the runtime names the media type that it cannot process")
}
