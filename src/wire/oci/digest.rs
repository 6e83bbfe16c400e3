//! Content digests and the hashing that proves them (OCI image specification, "Digests").

use std::fmt::{self, Write};

use ring::digest::{Context, SHA256, SHA512, digest};

/// A digest that is well formed: `sha256:` and 64, or `sha512:` and 128 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(String);

/// What is wrong with a text that is no digest. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// There is no colon.
    #[error("a digest has the form sha256:<64 hexadecimal digits>")]
    Form,
    /// Neither of the two algorithms that registries use.
    #[error("the algorithm of a digest is sha256 or sha512")]
    Algorithm,
    /// Too few digits, or too many.
    #[error("a sha256 digest has 64 hexadecimal digits")]
    LengthOfSha256,
    /// Too few digits, or too many.
    #[error("a sha512 digest has 128 hexadecimal digits")]
    LengthOfSha512,
    /// Other signs than hexadecimal digits in lower case.
    #[error("the digits of a digest are 0-9 and a-f in lower case")]
    Digits,
}

impl Digest {
    /// Reads `algorithm:hex`.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, without the text.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let (algorithm, hex) = text.split_once(':').ok_or(DigestError::Form)?;
        let (length, wrong) = match algorithm {
            "sha256" => (64, DigestError::LengthOfSha256),
            "sha512" => (128, DigestError::LengthOfSha512),
            _ => return Err(DigestError::Algorithm),
        };
        if hex.len() != length {
            return Err(wrong);
        }
        if !hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(DigestError::Digits);
        }
        Ok(Digest(text.to_owned()))
    }

    /// The sha256 of some bytes.
    pub fn sha256_of(bytes: &[u8]) -> Self {
        Digest::written("sha256", digest(&SHA256, bytes).as_ref())
    }

    /// `algorithm:hex`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hexadecimal digits alone.
    pub fn hex(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, hex)| hex)
    }

    fn written(algorithm: &str, hash: &[u8]) -> Self {
        let mut text = format!("{algorithm}:");
        for byte in hash {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Digest(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.0)
    }
}

/// Hashes bytes as they stream by.
#[derive(Clone)]
pub struct Hasher {
    algorithm: &'static str,
    context: Context,
}

impl Hasher {
    /// With the algorithm of `digest`, which is what the bytes are to hash to.
    pub fn new(digest: &Digest) -> Self {
        if digest.0.starts_with("sha512:") {
            Hasher { algorithm: "sha512", context: Context::new(&SHA512) }
        } else {
            Hasher { algorithm: "sha256", context: Context::new(&SHA256) }
        }
    }

    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// The digest of all the bytes so far.
    pub fn finish(self) -> Digest {
        Digest::written(self.algorithm, self.context.finish().as_ref())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hasher({})", self.algorithm)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn the_digest_of_nothing_is_the_known_one() {
        let digest = Digest::sha256_of(b"");
        assert_eq!(digest.as_str(), EMPTY);
        assert_eq!(digest.hex().len(), 64);
        assert_eq!(Digest::parse(EMPTY), Ok(digest.clone()));
        assert_eq!(format!("{digest} {digest:?}"), format!("{EMPTY} Digest({EMPTY})"));
    }

    #[test]
    fn both_algorithms_are_read_and_hashed() {
        let sha512 = Digest::parse(&format!("sha512:{}", "0".repeat(128))).unwrap();
        let mut hasher = Hasher::new(&sha512);
        hasher.update(b"ab");
        hasher.update(b"c");
        assert!(hasher.clone().finish().as_str().starts_with("sha512:ddaf35a193617aba"));
        let mut hasher = Hasher::new(&Digest::sha256_of(b""));
        hasher.update(b"abc");
        assert_eq!(hasher.finish(), Digest::sha256_of(b"abc"));
    }

    #[test]
    fn a_malformed_digest_is_told_what_it_lacks() {
        for (text, complaint) in [
            ("", "has the form"),
            ("latest", "has the form"),
            ("sha256", "has the form"),
            ("sha256:", "64"),
            ("sha256:abc", "64"),
            ("sha512:abc", "128"),
            ("md5:d41d8cd98f00b204e9800998ecf8427e", "sha256 or sha512"),
            ("SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256 or sha512"),
            ("sha256:E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "lower case"),
            ("sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0-9"),
            ("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555", "64"),
        ] {
            let problem = Digest::parse(text).unwrap_err();
            assert!(problem.to_string().contains(complaint), "{text}: {problem}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".{0,200}") {
            let _ = Digest::parse(&text);
        }

        #[test]
        fn what_is_hashed_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let digest = Digest::sha256_of(&bytes);
            prop_assert_eq!(Digest::parse(digest.as_str()), Ok(digest));
        }
    }
}
