//! What the probe would make of the bytes of a blob.

use ecr_probe::edge::{BlobDepth, BlobQuery};
use ecr_probe::model::outcome::{LayerBytesOutcome, NoAnswer};
use ecr_probe::wire::oci::Hasher;
use ecr_probe::wire::rejection;

use super::super::service::{Ending, Served};

/// How many bytes prove that a blob can be reached.
pub const FIRST_BYTES: u64 = 64 * 1024;

pub struct Read {
    pub outcome: LayerBytesOutcome,
    pub kept: Option<Vec<u8>>,
    pub received: u64,
    /// The last byte was waited for in vain.
    pub stalled: bool,
}

pub fn read(served: &Served, query: &BlobQuery, first_byte_ms: f64, now: i64) -> Read {
    let reply = &served.reply;
    let done = |outcome, received| Read { outcome, kept: None, received, stalled: false };
    if (300..400).contains(&reply.status) {
        let status = http::StatusCode::from_u16(reply.status).expect("three digits");
        let reason = format!("the layer store redirects again (HTTP {status})");
        return done(LayerBytesOutcome::BadRedirect { reason }, 0);
    }
    if !(200..300).contains(&reply.status) {
        return done(LayerBytesOutcome::Rejected(rejection(reply, now)), 0);
    }
    let broken = |at: usize, why| LayerBytesOutcome::Broken { received: at as u64, why };
    match served.ending {
        Ending::StallAt(at) => {
            return Read { stalled: true, ..done(broken(at, NoAnswer::TimedOut), at as u64) };
        }
        Ending::ResetAt(at) => return done(broken(at, NoAnswer::Reset), at as u64),
        Ending::CloseAt(at) => return done(broken(at, NoAnswer::Closed), at as u64),
        Ending::Huge => {
            let received = query.size + 1;
            return done(LayerBytesOutcome::LengthMismatch { expected: query.size, received }, received);
        }
        _ => {}
    }
    let bytes = reply.body.len() as u64;
    if query.depth == BlobDepth::FirstBytes {
        let outcome = if bytes >= FIRST_BYTES.min(query.size) {
            LayerBytesOutcome::Reached { bytes, first_byte_ms }
        } else {
            LayerBytesOutcome::LengthMismatch { expected: query.size, received: bytes }
        };
        return done(outcome, bytes);
    }
    if bytes != query.size {
        return done(LayerBytesOutcome::LengthMismatch { expected: query.size, received: bytes }, bytes);
    }
    let mut hasher = Hasher::new(&query.digest);
    hasher.update(&reply.body);
    let actual = hasher.finish();
    if actual != query.digest {
        let (expected, actual) = (query.digest.to_string(), actual.to_string());
        return done(LayerBytesOutcome::DigestMismatch { expected, actual, bytes }, bytes);
    }
    let kept = (query.depth == BlobDepth::Keep).then(|| reply.body.clone());
    Read { kept, ..done(LayerBytesOutcome::Verified { bytes, first_byte_ms }, bytes) }
}
