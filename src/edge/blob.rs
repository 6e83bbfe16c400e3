//! A blob as it comes: counted, hashed, and put together from several answers where one ends early.

use crate::model::outcome::{LayerBytesOutcome, NoAnswer};
use crate::wire::oci::{Digest, Hasher};
use crate::wire::scrub;

/// How many bytes prove that a blob can be reached.
pub const FIRST_BYTES: u64 = 64 * 1024;

/// The largest blob that is kept: an image configuration.
const KEEP_LIMIT: u64 = 4 * 1024 * 1024;

/// HTTP's status for a part (RFC 9110 section 15.3.7).
const PARTIAL_CONTENT: u16 = 206;
/// And for a part that is not there (section 15.5.17).
const RANGE_NOT_SATISFIABLE: u16 = 416;

/// Which blob is wanted, and how much of it.
#[derive(Debug, Clone, PartialEq)]
pub struct BlobQuery {
    /// What the bytes must hash to.
    pub digest: Digest,
    /// Bytes, as the manifest says.
    pub size: u64,
    /// How much of it is wanted.
    pub depth: BlobDepth,
    /// When to stop, in milliseconds since the check began: what came until then is measured.
    pub until_ms: f64,
}

/// How much of a blob is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobDepth {
    /// The first bytes: proves the path.
    FirstBytes,
    /// Every byte, hashed while it streams.
    Verify,
    /// Every byte, hashed, and kept in memory (only for blobs of at most 4 MiB).
    Keep,
}

/// What one request for a blob leaves.
#[derive(Debug)]
pub struct Fetched {
    /// How it ended.
    pub outcome: LayerBytesOutcome,
    /// The bytes, with [`BlobDepth::Keep`].
    pub kept: Option<Vec<u8>>,
    /// What the next request goes on from, where this one ended before the blob did.
    pub rest: Option<Assembly>,
}

impl From<LayerBytesOutcome> for Fetched {
    fn from(outcome: LayerBytesOutcome) -> Self {
        Fetched { outcome, kept: None, rest: None }
    }
}

/// The bytes of a blob that are there so far. containerd goes on in the same way when a flow ends early: it asks for the
/// rest by `Range` and starts anew where the server sends the whole.
#[derive(Debug, Clone)]
pub struct Assembly {
    query: BlobQuery,
    hasher: Hasher,
    received: u64,
    kept: Vec<u8>,
}

/// Whether more bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// As long as any come.
    GoesOn,
    /// No more are wanted.
    Enough,
}

impl Assembly {
    /// None yet.
    pub fn new(query: &BlobQuery) -> Self {
        Assembly { hasher: Hasher::new(&query.digest), query: query.clone(), received: 0, kept: Vec::new() }
    }

    /// What is wanted.
    pub fn query(&self) -> &BlobQuery {
        &self.query
    }

    /// Bytes that are there.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The `Range` to ask for; `None` for the whole.
    pub fn range(&self) -> Option<String> {
        let from = self.received;
        match self.query.depth {
            // There is no range of nothing: S3 says 416.
            BlobDepth::FirstBytes if self.query.size > 0 => Some(format!("bytes={from}-{}", FIRST_BYTES - 1)),
            _ => (from > 0).then(|| format!("bytes={from}-")),
        }
    }

    /// Takes the head of an answer in. `None` for one that is no success, other than one about the range.
    ///
    /// # Errors
    ///
    /// Another part than was asked for, or none.
    pub fn begin(&mut self, status: u16, content_range: Option<&str>) -> Result<(), LayerBytesOutcome> {
        let refused = |from| LayerBytesOutcome::RangeRefused {
            from,
            status,
            content_range: content_range.map(|text| scrub(text).chars().take(100).collect()),
        };
        match (status, self.received) {
            (RANGE_NOT_SATISFIABLE, from @ 1..) => Err(refused(from)),
            (PARTIAL_CONTENT, from) => match content_range {
                // What was not asked for in parts has no other part.
                None if from == 0 => Ok(()),
                Some(range) if self.goes_on(range) => Ok(()),
                _ => Err(refused(from)),
            },
            (_, 0) => Ok(()),
            // The whole in place of the rest.
            _ => {
                *self = Assembly::new(&self.query);
                Ok(())
            }
        }
    }

    /// Whether `bytes FIRST-LAST/TOTAL` begins where these bytes end, in a blob of this size.
    fn goes_on(&self, content_range: &str) -> bool {
        let parts = content_range.strip_prefix("bytes ").and_then(|range| {
            let (range, total) = range.split_once('/')?;
            let (first, _) = range.split_once('-')?;
            Some((first.parse::<u64>().ok()?, total))
        });
        let is_total = |total: &str| total == "*" || total.parse() == Ok(self.query.size);
        // Of first bytes alone the size is no matter: it is told when all are there.
        let sized = |total: &str| self.received == 0 || is_total(total);
        parts.is_some_and(|(first, total)| first == self.received && sized(total))
    }

    /// Takes bytes in.
    ///
    /// # Errors
    ///
    /// More of them than are kept.
    pub fn take(&mut self, chunk: &[u8]) -> Result<Flow, NoAnswer> {
        self.received = self.received.saturating_add(chunk.len() as u64);
        match self.query.depth {
            BlobDepth::FirstBytes => return Ok(if self.has_enough() { Flow::Enough } else { Flow::GoesOn }),
            // More than was promised: no need to see how much more.
            _ if self.received > self.query.size => return Ok(Flow::Enough),
            BlobDepth::Keep if self.received > KEEP_LIMIT => {
                return Err(NoAnswer::TooLarge { limit_bytes: KEEP_LIMIT });
            }
            BlobDepth::Keep => self.kept.extend_from_slice(chunk),
            BlobDepth::Verify => {}
        }
        self.hasher.update(chunk);
        Ok(Flow::GoesOn)
    }

    /// Whether all that was asked for is there.
    pub fn has_enough(&self) -> bool {
        let wanted = match self.query.depth {
            BlobDepth::FirstBytes => FIRST_BYTES.min(self.query.size),
            BlobDepth::Verify | BlobDepth::Keep => self.query.size,
        };
        self.received >= wanted
    }

    /// The flow ended before the end of its body. Where all is there all the same, nothing is missing.
    pub fn broken(self, why: NoAnswer, first_byte_ms: f64) -> Fetched {
        if self.has_enough() {
            return self.ended(first_byte_ms);
        }
        let outcome = LayerBytesOutcome::Broken { received: self.received, why };
        Fetched { outcome, kept: None, rest: Some(self) }
    }

    /// The body ended as HTTP wants it. Length first: a body that is short also hashes to something else.
    pub fn ended(self, first_byte_ms: f64) -> Fetched {
        let Assembly { query, hasher, received: bytes, kept } = self;
        let mismatch = LayerBytesOutcome::LengthMismatch { expected: query.size, received: bytes };
        if query.depth == BlobDepth::FirstBytes {
            let enough = bytes >= FIRST_BYTES.min(query.size);
            return if enough { LayerBytesOutcome::Reached { bytes, first_byte_ms }.into() } else { mismatch.into() };
        }
        if bytes != query.size {
            return mismatch.into();
        }
        let actual = hasher.finish();
        if actual != query.digest {
            let (expected, actual) = (query.digest.to_string(), actual.to_string());
            return LayerBytesOutcome::DigestMismatch { expected, actual, bytes }.into();
        }
        let kept = (query.depth == BlobDepth::Keep).then_some(kept);
        Fetched { kept, ..LayerBytesOutcome::Verified { bytes, first_byte_ms }.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOB: &[u8] = b"the whole of the blob";

    fn assembly(depth: BlobDepth) -> Assembly {
        let (digest, size) = (Digest::sha256_of(BLOB), BLOB.len() as u64);
        Assembly::new(&BlobQuery { digest, size, depth, until_ms: f64::INFINITY })
    }

    /// One that has nine bytes, after a flow that was reset.
    fn interrupted() -> Assembly {
        let mut assembly = assembly(BlobDepth::Keep);
        assembly.begin(200, None).unwrap();
        assert_eq!(assembly.take(&BLOB[..9]), Ok(Flow::GoesOn));
        let fetched = assembly.broken(NoAnswer::Reset, 1.0);
        assert_eq!(fetched.outcome, LayerBytesOutcome::Broken { received: 9, why: NoAnswer::Reset });
        fetched.rest.unwrap()
    }

    #[test]
    fn the_rest_is_asked_for_and_hashed_with_what_is_there() {
        let mut rest = interrupted();
        assert_eq!(rest.range().as_deref(), Some("bytes=9-"));
        rest.begin(206, Some("bytes 9-20/21")).unwrap();
        rest.take(&BLOB[9..]).unwrap();
        let fetched = rest.ended(1.0);
        assert!(matches!(fetched.outcome, LayerBytesOutcome::Verified { bytes: 21, .. }), "{:?}", fetched.outcome);
        assert_eq!(fetched.kept.as_deref(), Some(BLOB));
    }

    #[test]
    fn the_whole_in_place_of_the_rest_begins_anew() {
        let mut anew = interrupted();
        anew.begin(200, None).unwrap();
        anew.take(BLOB).unwrap();
        let fetched = anew.ended(1.0);
        assert!(matches!(fetched.outcome, LayerBytesOutcome::Verified { bytes: 21, .. }), "{:?}", fetched.outcome);
        assert_eq!(fetched.kept.as_deref(), Some(BLOB));
    }

    #[test]
    fn another_part_than_was_asked_for_is_refused() {
        let of_nothing = (416, Some("bytes */21"));
        let parts = [(206, None), (206, Some("bytes 0-20/21")), (206, Some("bytes 9-20/22")), (206, Some("bytes"))];
        for (status, range) in parts.into_iter().chain([of_nothing]) {
            let outcome = interrupted().begin(status, range).unwrap_err();
            let content_range = range.map(str::to_owned);
            assert_eq!(outcome, LayerBytesOutcome::RangeRefused { from: 9, status, content_range });
        }
        assert_eq!(interrupted().begin(206, Some("bytes 9-20/*")), Ok(()));
    }

    #[test]
    fn wrong_bytes_are_told_from_missing_ones() {
        let mut other = interrupted();
        other.begin(206, Some("bytes 9-20/21")).unwrap();
        other.take(&[b'x'; 12]).unwrap();
        let outcome = other.ended(1.0).outcome;
        assert!(matches!(outcome, LayerBytesOutcome::DigestMismatch { bytes: 21, .. }), "{outcome:?}");
        // The connection is cut, and nothing is missing.
        let mut all = assembly(BlobDepth::Verify);
        all.take(BLOB).unwrap();
        let outcome = all.broken(NoAnswer::Closed, 1.0).outcome;
        assert!(matches!(outcome, LayerBytesOutcome::Verified { .. }), "{outcome:?}");
    }

    #[test]
    fn first_bytes_go_on_too() {
        let query = BlobQuery { size: 1 << 20, ..assembly(BlobDepth::FirstBytes).query };
        let mut first = Assembly::new(&query);
        assert_eq!(first.range().as_deref(), Some("bytes=0-65535"));
        first.begin(206, Some("bytes 0-65535/1048576")).unwrap();
        first.take(&[0; 1000]).unwrap();
        let mut rest = first.broken(NoAnswer::Closed, 1.0).rest.unwrap();
        assert_eq!(rest.range().as_deref(), Some("bytes=1000-65535"));
        rest.begin(206, Some("bytes 1000-65535/1048576")).unwrap();
        assert_eq!(rest.take(&[0; 64_536]), Ok(Flow::Enough));
        assert!(matches!(rest.ended(1.0).outcome, LayerBytesOutcome::Reached { bytes: FIRST_BYTES, .. }));
    }
}
