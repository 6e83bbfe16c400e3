//! What URLs hold that nobody else may see: names and passwords, and the queries of presigned ones.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::ops::Range;

use memchr::memchr2;

/// The text without the names and passwords that its URLs have before an `@` (RFC 3986 section 3.2.1), or itself where it is one
/// without its scheme.
pub fn without_user_information(text: &str) -> Cow<'_, str> {
    const BEGINS: &str = "://";
    if let Some(information) = bare_authority(text) {
        return Cow::Owned(format!("{}…{}", &text[..information.start], &text[information.end..]));
    }
    let mut clean = String::new();
    let mut rest = text;
    while let Some((at, _)) = rest.match_indices(':').find(|(at, _)| rest[*at..].starts_with(BEGINS)) {
        let (before, after) = rest.split_at(at + BEGINS.len());
        let kept = authority(after).rfind('@').filter(|at| !is_digest(&after[at + 1..])).unwrap_or_default();
        clean.push_str(before);
        if kept > 0 {
            clean.push('…');
        }
        rest = &after[kept..];
    }
    if clean.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(clean + rest) }
}

/// What stands before the path of a URL. A slash in a password is none of its path, though it belongs escaped: behind a colon a
/// host has nothing but digits.
fn authority(after: &str) -> &str {
    let is_in_word = |it: char| !it.is_whitespace() && !['"', '<', '>'].contains(&it);
    let word = &after[..after.find(|it| !is_in_word(it)).unwrap_or(after.len())];
    let authority = &word[..word.find(['/', '?', '#']).unwrap_or(word.len())];
    let is_user = |user: &str| user.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it));
    let is_cut = authority
        .split_once(':')
        .is_some_and(|(user, rest)| !user.is_empty() && is_user(user) && rest.bytes().any(|it| !it.is_ascii_digit()));
    match word.rfind('@') {
        Some(at) if is_cut && !authority.contains('@') => &word[..=at],
        _ => authority,
    }
}

/// So many `@` of a word are looked at, from its end on: that of a digest may be the last.
const MOST_ATS: usize = 4;

/// The name and the password, up to the `@`, in `user:password@host.example` and `PROXY=user:password@proxy:3128`.
fn bare_authority(text: &str) -> Option<Range<usize>> {
    text.rmatch_indices('@').take(MOST_ATS).find_map(|(at, _)| user_information(&text[..at], &text[at + 1..]))
}

/// Where they stand in what is before an `@`. Digests and versions follow one, too.
fn user_information(before: &str, host: &str) -> Option<Range<usize>> {
    // What stands so before addresses of people, and the ids that STS puts before the name of a session.
    const OF_NAMES: [&str; 5] = ["mailto", "email", "e-mail", "pkg", "acct"];
    const IDS: [&str; 2] = ["AROA", "AIDA"];
    let start =
        before.find(':').and_then(|at| before[..at].rfind(['=', '(', '[', '"', '\'', '`'])).map_or(0, |at| at + 1);
    let (user, password) = before[start..].split_once(':')?;
    let is_user = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '%' | '\\' | '+' | '@');
    let is_name = OF_NAMES.iter().any(|it| user.eq_ignore_ascii_case(it)) || IDS.iter().any(|it| user.starts_with(it));
    // `localhost:5000/app@…` is a name of an image.
    let is_port = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    let is_password = password.split_once('/').map_or(!password.is_empty(), |(first, _)| !is_port(first));
    let is_plain = !user.is_empty() && user.chars().all(is_user) && !is_name && is_password;
    let is_of_proxy = before[..start].to_ascii_lowercase().ends_with("proxy=");
    (is_plain && (is_host(host) || is_of_proxy) && !before.contains("arn:")).then_some(start..before.len())
}

/// Whether a text begins with a host: a name with a domain or with a port, or an address.
fn is_host(text: &str) -> bool {
    let name = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '-' && it != '.').next().unwrap_or_default();
    let port = text[name.len()..].strip_prefix(':');
    let has_port = port.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
    // `pkg:npm/app@1.2.3` is a version.
    let has_domain =
        name.rsplit_once('.').is_some_and(|(_, last)| last.starts_with(|it: char| it.is_ascii_alphabetic()));
    has_domain || has_port && !is_digest(text) || name.parse::<Ipv4Addr>().is_ok()
}

/// Whether a text begins with a digest (OCI image specification, "Registered Algorithms").
fn is_digest(text: &str) -> bool {
    const ALGORITHMS: [&str; 3] = ["sha256:", "sha512:", "blake3:"];
    ALGORITHMS.iter().any(|it| text.starts_with(it))
}

/// A question mark, as it is and escaped once and twice.
const QUESTION_MARKS: [&str; 4] = ["?", "%3F", "%3f", "%253F"];

/// Whether a text has a question mark of any kind.
pub(super) fn may_hold_query(text: &str) -> bool {
    memchr2(b'?', b'%', text.as_bytes()).is_some()
}

/// Where the query of a URL in `word` begins, after its question mark; `None` where there is none with a value.
pub(super) fn query(word: &str) -> Option<usize> {
    if !may_hold_query(word) {
        return None;
    }
    let begins = |mark: &&str| word.find(*mark).map(|at| at + mark.len());
    let at = QUESTION_MARKS.iter().filter_map(begins).min()?;
    let query = &word[at..];
    let escaped = at > 1 && word.as_bytes().get(at - 1) != Some(&b'?');
    let has_value = query.contains('=') || escaped && (query.contains("%3D") || query.contains("%3d"));
    (has_value || escaped && query.contains("%253D")).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_information_of_every_url_is_cut() {
        for (text, clean) in [
            ("https://me:canary@x https://you:can@ary@y/z@1", "https://…@x https://…@y/z@1"),
            ("https://canary@x", "https://…@x"),
            ("https://me:can/a?ry@x/y", "https://…@x/y"),
            ("https://x:443/y@sha256:1", "https://x:443/y@sha256:1"),
            ("postgres://me:canary@[::1]:80/x?a=b@c", "postgres://…@[::1]:80/x?a=b@c"),
            ("me:canary@registry.example/x:1", "…@registry.example/x:1"),
            ("me:can@ary@registry.example", "…@registry.example"),
            ("PROXY=me:canary@proxy:3128", "PROXY=…@proxy:3128"),
            ("(me:canary@proxy.example)", "(…@proxy.example)"),
            ("me:can/ary@registry.example", "…@registry.example"),
            ("app:v1@sha256:0a.b", "app:v1@sha256:0a.b"),
            ("app:v1@sha256:0123", "app:v1@sha256:0123"),
            ("localhost:5000/app@sha256:0123", "localhost:5000/app@sha256:0123"),
            ("localhost:5000/me@x.example", "localhost:5000/me@x.example"),
            ("app:v1@build", "app:v1@build"),
            ("me:canary@registry.example/app@sha256:0123", "…@registry.example/app@sha256:0123"),
            ("PROXY=CORP%5Cme:canary@proxy:3128", "PROXY=…@proxy:3128"),
            ("PROXY=CORP\\me:canary@proxy:3128", "PROXY=…@proxy:3128"),
            ("PROXY=me@corp.example:canary@proxy:3128", "PROXY=…@proxy:3128"),
            ("https_proxy=me:canary@proxy", "https_proxy=…@proxy"),
            ("docker-pullable://nginx@sha256:0123", "docker-pullable://nginx@sha256:0123"),
            ("docker://redis:7@sha256:0123", "docker://redis:7@sha256:0123"),
            ("AROAEXAMPLEID:alice@corp.example", "AROAEXAMPLEID:alice@corp.example"),
            ("mailto:me@corp.example", "mailto:me@corp.example"),
            ("email:me@corp.example", "email:me@corp.example"),
            ("user:hunter2@registry.example", "…@registry.example"),
            ("HTTPS_PROXY=user:hunter2@proxy.corp.example:3128", "HTTPS_PROXY=…@proxy.corp.example:3128"),
            ("me:canary@192.0.2.1", "…@192.0.2.1"),
            ("pkg:npm/app@1.2.3", "pkg:npm/app@1.2.3"),
            ("arn:aws:sts::1:assumed-role/Admin/me@corp.example", "arn:aws:sts::1:assumed-role/Admin/me@corp.example"),
            ("git@github.com:a/b", "git@github.com:a/b"),
            ("https://@x", "https://@x"),
            ("https://x/y@sha256:1", "https://x/y@sha256:1"),
            ("x/y@sha256:1", "x/y@sha256:1"),
            ("http://", "http://"),
        ] {
            assert_eq!(without_user_information(text), clean);
        }
    }

    #[test]
    fn queries_begin_after_their_mark() {
        for (word, at) in [
            ("https://x/a?b=c", Some(12)),
            ("x%3Fsig%3Dabc", Some(4)),
            ("x%253Fsig%253Dabc", Some(6)),
            ("what?", None),
            ("100%3Fx", None),
        ] {
            assert_eq!(query(word), at, "{word}");
        }
    }
}
