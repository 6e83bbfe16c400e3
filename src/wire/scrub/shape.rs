//! Credentials that are known by their own looks, whatever stands before them.

use std::ops::Range;

use memchr::memchr_iter;

/// How credentials begin, and from which length on (in bytes) they are no coincidence.
pub const BEGINNINGS: [(&str, usize); 15] = [
    // The base64 of `{"`: an ECR password is JSON, and so is the head of every JSON Web Token.
    ("eyJ", 24),
    // The base64 of `AWS:`, which GetAuthorizationToken's tokens begin with.
    ("QVdTO", 24),
    // Session tokens of STS.
    ("IQoJb3JpZ2lu", 24),
    ("FwoGZXIvYXdz", 24),
    ("FQoGZXIvYXdz", 24),
    // Tokens of Docker Hub, GitHub, GitLab and npm.
    ("dckr_pat_", 16),
    ("dckr_oat_", 16),
    ("ghu_", 16),
    ("ghr_", 16),
    ("npm_", 40),
    ("github_pat_", 16),
    ("ghp_", 16),
    ("ghs_", 16),
    ("gho_", 16),
    ("glpat-", 16),
];

/// The shortest of them.
const SHORTEST: usize = 16;

/// The first credential in a word.
pub fn credential(word: &str) -> Option<Range<usize>> {
    if word.len() < SHORTEST {
        return None;
    }
    let bytes = word.as_bytes();
    let begins = |at: usize| {
        // The first letters of the beginnings.
        if !matches!(bytes[at], b'e' | b'Q' | b'I' | b'F' | b'd' | b'g' | b'n')
            || at > 0 && bytes[at - 1].is_ascii_alphanumeric()
        {
            return None;
        }
        let rest = &bytes[at..];
        let (_, shortest) = BEGINNINGS.iter().find(|(beginning, _)| rest.starts_with(beginning.as_bytes()))?;
        let length = rest.iter().take_while(|byte| is_of_token(**byte)).count();
        (length >= *shortest).then_some(at..at + length)
    };
    (0..=word.len() - SHORTEST).find_map(begins)
}

/// A line of a private key in a word, whatever stands around it: logs put each line of a key into an entry of its own.
/// RFC 7468 has 64 characters in a line, and others up to 76. Paths and ARNs are of the same characters, in shorter pieces.
pub fn key_line(word: &str) -> Option<Range<usize>> {
    const SHORTEST_LINE: usize = 60;
    const SHORTEST_PIECE: usize = 24;
    if word.len() < SHORTEST_LINE || word.contains("arn:") {
        return None;
    }
    let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_mixed = |piece: &[u8]| {
        let has = |is: fn(&u8) -> bool| piece.iter().any(is);
        has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
    };
    let mut start = 0;
    word.as_bytes().split(|byte| !is_of_key(*byte)).find_map(|run| {
        let range = start..start + run.len();
        start = range.end + 1;
        let has_piece = || run.split(|byte| *byte == b'/').any(|it| it.len() >= SHORTEST_PIECE && is_mixed(it));
        (run.len() >= SHORTEST_LINE && has_piece()).then_some(range)
    })
}

/// Whether a word of a line holds one.
pub fn has_key_line(line: &str) -> bool {
    let ends = memchr_iter(b' ', line.as_bytes()).chain([line.len()]);
    let mut words = ends.scan(0, |start, end| Some(&line[std::mem::replace(start, end)..end]));
    words.any(|word| key_line(word).is_some())
}

/// A secret access key, which has forty characters (IAM User Guide, "Manage access keys for IAM users"), of which some are
/// capitals and some are not: a commit's hash has no capitals.
pub fn access_key(word: &str) -> Option<Range<usize>> {
    const LENGTH: usize = 40;
    let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut start = 0;
    word.as_bytes().split(|byte| !is_of_key(*byte)).find_map(|run| {
        let range = start..start + run.len();
        start = range.end + 1;
        let is_mixed = run.iter().any(u8::is_ascii_lowercase) && run.iter().any(u8::is_ascii_uppercase);
        (run.len() == LENGTH && is_mixed).then_some(range)
    })
}

/// Whether a word may be the rest of a credential that a terminal wrapped.
pub fn is_rest(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    word.len() >= SHORTEST && mixed && word.bytes().all(is_of_token)
}

/// What base64, its variant for URLs and JSON Web Tokens are made of.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_key_is_known_by_its_looks() {
        let line = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPBa";
        assert_eq!(key_line(line), Some(0..64));
        assert_eq!(key_line(&format!("\"{line}\\n\",")), Some(1..65));
        let path = "/Users/jenkins/Workspace/Project2/build/outputs/images/Release/app/Now";
        let role =
            "arn:aws:iam::123456789012:role/Division1Department2Application3Environment4Service5TaskExecutionRole";
        let digest = format!("sha256:{}", "0a".repeat(32));
        for word in ["", "short", &"0123456789abcdef".repeat(4), &digest, &line[..59], path, role] {
            assert_eq!(key_line(word), None, "{word}");
        }
    }

    #[test]
    fn a_secret_access_key_has_forty_characters() {
        assert_eq!(access_key("\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\","), Some(1..41));
        assert_eq!(access_key("AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Some(21..61));
        for word in ["", "wJalrXUtnFEMI", "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY", &"0a".repeat(20)] {
            assert_eq!(access_key(word), None, "{word}");
        }
    }

    #[test]
    fn every_beginning_is_looked_for() {
        for (beginning, shortest) in BEGINNINGS {
            let word = format!("({beginning}{})", "x".repeat(shortest - beginning.len()));
            assert_eq!(credential(&word), Some(1..1 + shortest), "{word}");
            assert_eq!(credential(&word[..shortest]), None, "{word}");
        }
    }
}
