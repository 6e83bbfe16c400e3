//! A text that ends within the words of its reason: consoles and logs cut at a number of letters.

use std::borrow::Cow;

/// Reasons that stand last in a text, as programs print them. What could be the beginning of two is the beginning of none.
const REASONS: [&str; 26] = [
    "unauthorized: authentication required",
    "denied: requested access to the resource is denied",
    "manifest unknown",
    "no basic auth credentials",
    "toomanyrequests: Rate exceeded",
    "i/o timeout",
    "net/http: TLS handshake timeout",
    "TLS handshake timeout",
    "context deadline exceeded",
    "connect: connection refused",
    "connection refused",
    "connect: no route to host",
    "no route to host",
    "no such host",
    "no such image",
    "no such container",
    "no such file or directory",
    "connection reset by peer",
    "read: connection reset by peer",
    "x509: certificate signed by unknown authority",
    "x509: certificate has expired or is not yet valid",
    "x509: certificate is valid for",
    "unexpected EOF",
    "no space left on device",
    "Could not transition to started; timed out after waiting",
    "Could not transition to created; timed out after waiting",
];

/// Fewer letters are no beginning of anything.
const SHORTEST: usize = 5;

/// The text with the rest of its last word, where it ends within one of those reasons: `…: unauthori` to `…: unauthorized`.
pub fn completed(text: &str) -> Cow<'_, str> {
    let is_end = |it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '`' | ')' | ']' | '}' | '.' | '\u{2026}');
    let cut = text.trim_end_matches(is_end);
    // A reason may hold a colon itself.
    let begun = cut.rmatch_indices(": ").take(2).map(|(at, colon)| &cut[at + colon.len()..]);
    match begun.filter_map(missing).next() {
        Some(rest) => Cow::Owned(format!("{cut}{rest}")),
        None => Cow::Borrowed(text),
    }
}

/// What the last word lacks of the one reason that these words begin.
fn missing(begun: &str) -> Option<&'static str> {
    if begun.len() < SHORTEST || REASONS.contains(&begun) {
        return None;
    }
    let may_begin = |reason: &&&str| reason.as_bytes().first() == begun.as_bytes().first();
    let mut rests = REASONS.iter().filter(may_begin).filter_map(|reason| reason.strip_prefix(begun));
    let rest = rests.next().filter(|_| rests.next().is_none())?;
    // No word is cut where the next one is missing.
    let is_in_word = rest.starts_with(|it: char| it.is_ascii_alphanumeric());
    rest.split([' ', ':', ';']).next().filter(|_| is_in_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_cut_is_whole_again() {
        for (text, whole) in [
            (
                "Error reading manifest latest in r.example/a: unauthori",
                "Error reading manifest latest in r.example/a: unauthorized",
            ),
            (
                "Get \"https://x/v2/\": x509: certificate signed by unk...",
                "Get \"https://x/v2/\": x509: certificate signed by unknown",
            ),
            ("dial tcp 10.0.1.5:443: i/o tim", "dial tcp 10.0.1.5:443: i/o timeout"),
            (
                "STOPPED (DockerTimeoutError: Could not transition to starte)",
                "STOPPED (DockerTimeoutError: Could not transition to started",
            ),
        ] {
            assert_eq!(completed(text), whole);
        }
    }

    #[test]
    fn what_is_whole_or_could_be_two_stays() {
        for text in [
            "",
            "a: unauthorized",
            "a: no such ",
            "a: no such",
            "a: connection re",
            "a: unau",
            "unauthori",
            "a: unauthorized: authentication required",
            "a: denied",
            "a: frobbed",
        ] {
            assert_eq!(completed(text), text);
        }
    }
}
