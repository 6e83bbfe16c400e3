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
    let reason = rest.trim_end_matches(['"', '\'', '}', ')', ']', '.', ' ', '*']);
    let is_plain = reason.chars().all(|it| it.is_ascii_alphabetic() || matches!(it, ' ' | '-'));
    (!reason.is_empty() && is_plain && reason.split(' ').count() <= MOST_WORDS).then_some(reason)
}
