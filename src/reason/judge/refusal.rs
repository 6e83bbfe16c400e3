//! A reason that stands alone behind a URL: what Go's client prints of a proxy that refuses CONNECT is the text of the
//! status in the proxy's own words, and nothing else (net/http, `Transport.dialConn`).

use crate::reason::parsed::Parsed;

/// More words are a sentence of a program's.
const MOST_WORDS: usize = 6;

/// The words after the last URL of the text, if they are few and end it: `Get "https://HOST/v2/": Policy Denied`.
pub fn reason_alone(parsed: &Parsed) -> Option<&str> {
    let (_, url) = parsed.plain.line.rsplit_once("://")?;
    let end = url.find([' ', '"'])?;
    let (url, rest) = url.split_at(end);
    let rest = if url.ends_with(':') { rest.strip_prefix(' ')? } else { rest.strip_prefix("\": ")? };
    let reason = rest.trim_end_matches(['"', '\'', '`', '}', ')', ']', '.', ' ', '*']);
    let is_plain = reason.chars().all(|it| it.is_ascii_alphabetic() || matches!(it, ' ' | '-'));
    (!reason.is_empty() && is_plain && reason.split(' ').count() <= MOST_WORDS).then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranges::Ranges;

    #[test]
    fn a_reason_stands_alone_where_nothing_but_a_url_is_before_it() {
        for (text, reason) in [
            ("Get \"https://ghcr.io/v2/\": Policy Denied", Some("Policy Denied")),
            ("{\"message\":\"Get https://ghcr.io/v2/: AuthorizedOnly\"}", Some("AuthorizedOnly")),
            ("Get \"https://ghcr.io/v2/\": unauthorized: authentication required", None),
            ("Get \"https://ghcr.io/v2/\": dial tcp 10.0.0.9:443: i/o timeout", None),
            ("denied. Refer https://aka.ms/acr/firewall to grant access.", None),
            ("Get \"https://ghcr.io/v2/\": the words of a program go on and on and on", None),
            ("Get \"https://ghcr.io/v2/\"", None),
        ] {
            let parsed = Parsed::read(text, &Ranges::embedded(), &[]);
            assert_eq!(reason_alone(&parsed), reason, "{text}");
        }
    }
}
