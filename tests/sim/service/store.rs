//! The layer store: S3 with presigned GETs, signed by ECR and not by the caller.

use std::sync::atomic::Ordering;

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;

use super::super::aws::{self, Host};
use super::super::content::{Object, sha256};
use super::super::secrets::{SIGNATURE, SIGNER_KEY, SIGNER_TOKEN};
use super::super::world::{Action, Call, LayerFault, strikes};
use super::{Ending, Request, Served, Services, clock, error_xml, reply, turn};

impl Services {
    pub(super) fn store(&self, request: &Request, host: &Host, now: i64) -> (Call, Served) {
        let presigned = request.query("X-Amz-Signature").is_some();
        let call = if presigned { Call::Layer } else { Call::LayerStore };
        if request.header("authorization").is_some() {
            self.stray_credentials.fetch_add(1, Ordering::Relaxed);
            let reply = if presigned {
                error_xml(400, "InvalidArgument", "Only one auth mechanism allowed")
            } else {
                error_xml(500, "StrayCredentials", "credentials of another service were sent here")
            };
            return (call, reply.into());
        }
        let served = if presigned {
            self.presigned_get(request, host, now)
        } else {
            error_xml(403, "AccessDenied", "Access Denied").into()
        };
        (call, served)
    }

    /// The URL that the registry and the API give out for a blob.
    pub(super) fn presigned(&self, digest: &str, region: &str, now: i64) -> String {
        self.presigned_at(&aws::layer_host(&self.world, region), digest, region, now)
    }

    pub(super) fn presigned_at(&self, host: &str, digest: &str, region: &str, now: i64) -> String {
        let life_s = self.world.layer.url_life_s;
        let expired = self.has_fault(digest, LayerFault::UrlExpired);
        let date = clock::amz_date(if expired { now - 2 * life_s } else { now });
        let key = self.key(digest);
        let scope = format!("{}%2F{region}%2Fs3%2Faws4_request", &date[..8]);
        format!(
            "https://{host}/{key}?X-Amz-Security-Token={SIGNER_TOKEN}&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Date={date}&X-Amz-SignedHeaders=host&X-Amz-Expires={life_s}\
             &X-Amz-Credential={SIGNER_KEY}%2F{scope}&X-Amz-Signature={}",
            signature(digest)
        )
    }

    /// Where a blob lies in the bucket: repository and layer have UUIDs of their own there, and the digest is no part
    /// of it.
    pub fn key(&self, digest: &str) -> String {
        let image = &self.world.image;
        format!("59f0-{}-{}/{}", image.account, uuid(&image.repository), uuid(digest))
    }

    fn digest_at(&self, path: &str) -> Option<&str> {
        let blobs = self.content.configs.iter().chain(&self.content.layers);
        blobs.map(|blob| blob.digest.as_str()).find(|digest| path.trim_start_matches('/') == self.key(digest))
    }

    fn presigned_get(&self, request: &Request, host: &Host, now: i64) -> Served {
        let path = request.path.split('?').next().unwrap_or_default();
        let digest = self.digest_at(path).unwrap_or_default();
        let signature_fits = request.query("X-Amz-Signature") == Some(&signature(digest))
            && request.query("X-Amz-Security-Token") == Some(SIGNER_TOKEN);
        // The method is part of what is signed: HEAD on a GET URL is refused.
        if request.method != "GET" || !signature_fits {
            return signature_mismatch(request).into();
        }
        let life = request.query("X-Amz-Expires").and_then(|text| text.parse().ok()).unwrap_or(0);
        let signed_at = request.query("X-Amz-Date").and_then(clock::read_amz_date).unwrap_or(0);
        if signed_at + life < now {
            return error_xml(403, "AccessDenied", "Request has expired").into();
        }
        if let Some(message) = self.denied_by_s3(host, path) {
            return error_xml(403, "AccessDenied", &message).into();
        }
        match self.content.blob(digest) {
            Some(object) => self.layer(object, request),
            None => error_xml(404, "NoSuchKey", "The specified key does not exist.").into(),
        }
    }

    fn denied_by_s3(&self, host: &Host, path: &str) -> Option<String> {
        let region = host.region.as_deref().unwrap_or_default();
        let partition = aws::partition(region);
        let signer = format!(
            "arn:{partition}:sts::812812325446:assumed-role/storage-access-role-prod-{region}/0123456789012-session"
        );
        let resource = format!("\"arn:{partition}:s3:::{}{path}\"", aws::layer_bucket(region));
        self.world.deny.message(Action::GetObject, Role::S3, &signer, &resource)
    }

    /// Whether the blob is the layer that has the fault.
    pub(super) fn has_fault(&self, digest: &str, fault: LayerFault) -> bool {
        self.fault_of(digest) == Some(fault)
    }

    fn fault_of(&self, digest: &str) -> Option<LayerFault> {
        let faulty = self.content.layers.get(self.world.layer.number - 1)?;
        self.world.layer.fault.filter(|_| faulty.digest == digest)
    }

    pub(super) fn layer(&self, object: &Object, request: &Request) -> Served {
        let mut bytes = object.bytes.clone();
        let half = bytes.len() / 2;
        let fault = self
            .fault_of(&object.digest)
            .filter(|_| strikes(self.world.layer.times, turn(&self.layers, object.digest.clone())));
        match fault {
            Some(LayerFault::Corrupt) => bytes[half] ^= 1,
            Some(LayerFault::Short) => bytes.truncate(half),
            _ => {}
        }
        let ignores_range = self.world.layer.ignores_range;
        let range = request.header("range").filter(|_| !ignores_range).map(|range| read_range(range, bytes.len()));
        let first = match range {
            Some(Some((first, _))) => first,
            _ => 0,
        };
        // What limits a flow ends the rest of it at the same place.
        let at = half.saturating_sub(first);
        let ending = match fault {
            Some(LayerFault::Truncated) => Ending::CloseAt(at),
            Some(LayerFault::Reset) => Ending::ResetAt(at),
            Some(LayerFault::Stall) => Ending::StallAt(at),
            _ => Ending::Whole,
        };
        let mut reply = match range {
            Some(Some((first, last))) => {
                let mut part = reply(206, "application/octet-stream", &bytes[first..=last]);
                part.headers.push(("Content-Range".into(), format!("bytes {first}-{last}/{}", bytes.len())));
                part
            }
            Some(None) => {
                let mut none = error_xml(416, "InvalidRange", "The requested range is not satisfiable");
                none.headers.push(("Content-Range".into(), format!("bytes */{}", bytes.len())));
                return none.into();
            }
            None => reply(200, "application/octet-stream", bytes),
        };
        reply.headers.push(("Accept-Ranges".into(), "bytes".into()));
        reply.headers.push(("Server".into(), "AmazonS3".into()));
        Served { reply, ending }
    }
}

fn uuid(of: &str) -> String {
    let hex = sha256(of.as_bytes());
    let hex = hex.trim_start_matches("sha256:");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]].join("-")
}

fn signature(digest: &str) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    format!("{SIGNATURE}{}", hex.get(..24).unwrap_or_default())
}

/// `bytes=0-99`, within a body of `length` bytes.
fn read_range(text: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok().filter(|first| *first < length)?;
    Some((first, last.parse().unwrap_or(usize::MAX).min(length - 1)))
}

/// S3 echoes what it was sent: none of it may be printed.
fn signature_mismatch(request: &Request) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request \
         signature we calculated does not match the signature you provided. Check your key and signing method.\
         </Message><AWSAccessKeyId>{SIGNER_KEY}</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 {SIGNER_KEY}\
         </StringToSign><SignatureProvided>{}</SignatureProvided><RequestId>737684B48CCF79B7</RequestId></Error>",
        request.query("X-Amz-Signature").unwrap_or_default()
    );
    let mut reply = reply(403, "application/xml", body);
    reply.headers.push(("Server".into(), "AmazonS3".into()));
    reply
}
