//! Words that say what kind of failure it was, whichever program prints them: what is left of a reason that no phrase and
//! no message accounts for. They make causes possible, and claim none.

use super::answer::{Answer, Kind};
use super::words::is_open;
use crate::reason::parsed::Parsed;

/// Words, and the causes that they leave open, the likeliest first.
type Family = (&'static [&'static str], &'static [&'static str]);

const FAMILIES: [Family; 17] = [
    (
        &[
            "media type",
            "mediatype",
            "manifest.v1",
            "schema version",
            "schemaversion",
            "manifest version",
            "manifest format",
            "parse manifest",
            "parsing manifest",
            "decode manifest",
            "unmarshal manifest",
            "invalid manifest",
            "malformed manifest",
            "unsupported manifest",
            "unsupported image",
            "image format",
            "image layout",
            "parent id",
        ],
        &["IMG-10", "IMG-07", "PRX-02"],
    ),
    (
        &[
            "policy",
            "policies",
            "signature",
            "signatures",
            "attestation",
            "attestations",
            "attestors",
            "notary",
            "trust data",
            "vulnerable",
            "vulnerability",
            "vulnerabilities",
            "prohibited",
            "not allowed",
            "disallowed",
            "whitelist",
            "allowlist",
            "blacklist",
            "blocklist",
            "blocked",
            "unverified",
            "untrusted",
            "quarantined",
        ],
        &["IMG-14"],
    ),
    (
        &[
            "platform",
            "platforms",
            "architecture",
            "architectures",
            "os/arch",
            "operating system does not match",
            "host operating system",
        ],
        &["IMG-04"],
    ),
    (&["disk full", "disk is full", "out of space", "out of disk", "disk space", "free space"], &["DSK-01", "DSK-02"]),
    (
        &[
            "unpack",
            "unpacking",
            "extract",
            "extracting",
            "extraction",
            "untar",
            "tar",
            "squashfs",
            "snapshot",
            "snapshotter",
            "overlay",
            "overlayfs",
            "hardlink",
            "symlink",
            "lchown",
            "chown",
            "xattr",
            "read-only file system",
            "already exists",
        ],
        &["DSK-02"],
    ),
    (
        &[
            "certificate",
            "certificates",
            "x509",
            "ssl",
            "tls",
            "handshake",
            "peer certificate",
            "unknownissuer",
            "pkix",
        ],
        &["TLS-01", "TLS-04"],
    ),
    (&["unknown host", "name resolution", "resolve host"], &["DNS-05", "DNS-15", "DNS-04"]),
    (
        &[
            "unauthorized",
            "unauthorised",
            "not authenticated",
            "unauthenticated",
            "could not be authenticated",
            "authentication",
            "auth error",
            "auth config",
            "credential",
            "credentials",
            "login",
            "log in",
            "password",
        ],
        &["IAM-12", "TOK-03", "IAM-13"],
    ),
    (
        &[
            "not authorized",
            "not authorised",
            "forbidden",
            "permission",
            "permissions",
            "denied",
            "no access",
            "not accessible",
            "inaccessible",
            "unable to access",
        ],
        &["IAM-12", "IAM-02", "IAM-10", "INIT-03"],
    ),
    (
        &[
            "not found",
            "no such image",
            "no such repository",
            "no such tag",
            "no such manifest",
            "not exist",
            "doesn't exist",
            "not find",
            "unable to find",
            "unable to locate",
            "couldn't find",
            "can't find",
            "not in registry",
            "unknown tag",
            "unknown image",
            "no longer available",
            "has been deleted",
            "has been disabled",
        ],
        &["IMG-02", "IMG-01", "INIT-04"],
    ),
    (&["secret does not exist", "secret was not found", "secret not found", "no such secret"], &["INIT-04"]),
    (&["too many", "rate limit", "rate limited", "throttled", "throttling"], &["THR-02", "HUB-01", "PUB-02"]),
    (
        &[
            "internal server error",
            "server error",
            "internal error",
            "bad gateway",
            "gateway",
            "unavailable",
            "overloaded",
        ],
        &["ECR-02"],
    ),
    (
        &["stream error", "connection closed", "closed connection", "reset", "eof", "unexpected end", "truncated"],
        &["LYR-04", "ECR-03"],
    ),
    (
        &[
            "invalid reference",
            "invalid image",
            "invalid image name",
            "image reference",
            "invalid name",
            "invalid repository",
            "invalid registry",
            "invalid tag",
            "image name",
        ],
        &["CFG-02"],
    ),
    (
        &[
            "docker daemon",
            "docker engine",
            "unimplemented",
            "not implemented",
            "executable file not found",
            "fork/exec",
        ],
        &["HOST-01"],
    ),
    (&["<html", "<!doctype", "malformed mime", "malformed http", "no json in", "not json"], &["PRX-02", "CFG-05"]),
];

/// What only texts about images have, beside the words of a failure.
const OF_IMAGES: [&str; 9] =
    ["secret", "image", "manifest", "registry", "repositor", "pull", "layer", "docker://", "oci://"];

/// An answer that claims no cause, with those that such words leave open: of what a step leaves open those, and else all of
/// theirs. Of several words the last decide: the innermost cause stands last.
pub fn opened(answer: Answer, parsed: &Parsed) -> Answer {
    if answer.kind != Kind::Unrecognised {
        return answer;
    }
    let line = parsed.plain.line.to_ascii_lowercase();
    // A daemon and an agent have much else that fails.
    if !OF_IMAGES.iter().any(|it| line.contains(it)) {
        return answer;
    }
    let families = || FAMILIES.iter().flat_map(|(words, codes)| words.iter().map(move |word| (*word, *codes)));
    let by_status = status(&line).and_then(|(status, of)| Some((status, families().find(|(word, _)| *word == of)?.1)));
    let found = families().filter_map(|(word, codes)| Some((last(&line, word)? + word.len(), word, codes)));
    let by_words = || found.max_by_key(|(end, word, _)| (*end, word.len())).map(|(_, word, codes)| (word, codes));
    let Some((word, codes)) = by_status.or_else(by_words) else { return answer };
    // That ECS gives no reason is no alternative to one.
    if answer.causes.iter().any(|cause| cause.code != "INIT-09") {
        let are_open = answer.causes.iter().any(|cause| codes.contains(&cause.code));
        return if are_open { answer.without(|code| !codes.contains(&code)) } else { answer };
    }
    let codes: Vec<_> = codes.iter().filter(|code| is_open(code, parsed)).collect();
    let answer = if codes.is_empty() { answer } else { answer.without_causes() };
    let why = format!("\"{word}\" is all that is known of the reason");
    codes.into_iter().fold(answer, |answer, code| answer.possible(code, why.as_str()))
}

/// A status that a person tells of, and what its own text would say: `a 503 error when pulling`, `fails with HTTP 503`.
fn status(line: &str) -> Option<(&str, &'static str)> {
    const BEFORE: [&str; 6] = ["http", "status", "code", "error", "getting", "a"];
    const AFTER: [&str; 4] = ["error", "errors", "when", "while"];
    let words: Vec<&str> = line.split(|it: char| !it.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(3).rev().find_map(|words| {
        let [before, status, after] = words else { return None };
        let is_told = BEFORE.contains(before) && (AFTER.contains(after) || *before != "a");
        let of = match status.parse::<u16>().ok().filter(|_| is_told && status.len() == 3)? {
            401 => "unauthorized",
            403 => "forbidden",
            404 => "not found",
            429 => "too many",
            500..=504 => "server error",
            _ => return None,
        };
        Some((*status, of))
    })
}

/// Where the words stand last as whole words.
fn last(line: &str, word: &str) -> Option<usize> {
    let is_of_word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    let is_whole = |at: &usize| {
        let (before, after) = (line[..*at].chars().next_back(), line[*at + word.len()..].chars().next());
        !is_of_word(before) && !(is_of_word(after) && word.ends_with(|it: char| it.is_ascii_alphanumeric()))
    };
    line.rmatch_indices(word).map(|(at, _)| at).find(is_whole)
}
