//! Credentials that are known by their own looks, whatever stands before them.

use std::ops::Range;

/// How credentials begin, and from which length on (in bytes) they are no coincidence.
pub const BEGINNINGS: [(&str, usize); 11] = [
    // The base64 of `{"`: an ECR password is JSON, and so is the head of every JSON Web Token.
    ("eyJ", 24),
    // The base64 of `AWS:`, which GetAuthorizationToken's tokens begin with.
    ("QVdTO", 24),
    // Session tokens of STS.
    ("IQoJb3JpZ2lu", 24),
    ("FwoGZXIvYXdz", 24),
    ("FQoGZXIvYXdz", 24),
    // Tokens of Docker Hub, GitHub and GitLab.
    ("dckr_pat_", 16),
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
        if !matches!(bytes[at], b'e' | b'Q' | b'I' | b'F' | b'd' | b'g')
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
    fn every_beginning_is_looked_for() {
        for (beginning, shortest) in BEGINNINGS {
            let word = format!("({beginning}{})", "x".repeat(shortest - beginning.len()));
            assert_eq!(credential(&word), Some(1..1 + shortest), "{word}");
            assert_eq!(credential(&word[..shortest]), None, "{word}");
        }
    }
}
