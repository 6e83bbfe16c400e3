//! Private keys, which people paste along with a configuration.

use std::borrow::Cow;

use super::shape::is_rest;

/// How the first line of a private key ends, and the last: `-----BEGIN RSA PRIVATE KEY-----` (RFC 7468 section 2).
const KIND: &str = "PRIVATE KEY-----";
const END: &str = "-----END";

/// The line with `…` for the bodies of private keys.
pub fn without_keys(line: &str) -> Cow<'_, str> {
    // Most lines have none, which is sooner known than where it is.
    if !line.contains(KIND) {
        return Cow::Borrowed(line);
    }
    let mut clean = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(KIND) {
        let (before, body) = rest.split_at(at + KIND.len());
        clean.push_str(before);
        let is_end = before[..at].rfind("-----").is_some_and(|dashes| before[dashes..].starts_with(END));
        let length = if is_end { 0 } else { body.find(END).unwrap_or_else(|| length_of_body(body)) };
        if length > 0 {
            clean.push_str(if body.starts_with(' ') { " …" } else { "…" });
            clean.push_str(if body[..length].ends_with(' ') { " " } else { "" });
        }
        rest = &body[length..];
    }
    if clean.is_empty() { Cow::Borrowed(line) } else { Cow::Owned(clean + rest) }
}

/// How far words that may be lines of base64 reach, where the last line of the key is cut off.
fn length_of_body(body: &str) -> usize {
    /// Lines have 64 characters, but for the last.
    const LONG: usize = 40;
    let is_of_body = |word: &&str| word.is_empty() || word.len() >= LONG || is_rest(word);
    let length: usize = body.split(' ').take_while(is_of_body).map(|word| word.len() + 1).sum();
    length.saturating_sub(1).min(body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_a_private_key_is_cut() {
        let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPBa";
        for kind in ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "] {
            let (begin, end) =
                (format!("-----BEGIN {kind}PRIVATE KEY-----"), format!("-----END {kind}PRIVATE KEY-----"));
            let key = |body: &str| format!("key: {begin}{body}{end} docker pull x failed");
            assert_eq!(without_keys(&key(&format!(" {body} {body} short= "))), key(" … "));
            assert_eq!(without_keys(&key(&format!("\\n{body}\\n"))), key("…"));
            assert_eq!(without_keys(&format!("{begin} {body} {body}")), format!("{begin} …"));
            assert_eq!(without_keys(&format!("{begin} {body} failed")), format!("{begin} … failed"));
            assert_eq!(
                without_keys(&format!("{begin} {body} {end} {begin} {body}")),
                format!("{begin} … {end} {begin} …")
            );
        }
    }

    #[test]
    fn what_is_no_private_key_stays() {
        for text in [
            "",
            "-----BEGIN CERTIFICATE----- MIIEowIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy0 -----END CERTIFICATE-----",
            "-----END PRIVATE KEY----- docker pull x failed",
            "tls: failed to find a PRIVATE KEY in PEM input",
            "-----BEGIN PRIVATE KEY----- is missing",
        ] {
            assert_eq!(without_keys(text), text);
        }
    }
}
