//! The hosts that a text names.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::ops::Range;

use memchr::memchr;

use super::contact::{is_address_of_dialled, is_contacted};
use super::host_kind::{HostKind, is_known_registry};
use super::searched::Searched;
use crate::aws::{aws_labels, is_aws_host, is_reversed};

/// Names and addresses beyond so many tell nothing more.
const MOST_NAMES: usize = 64;

/// A host that the text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    pub name: String,
    pub kind: HostKind,
    pub at: usize,
    /// In a URL, or looked up: contacted, and not only named.
    pub contacted: bool,
}

/// What may be part of a host's name, masks included.
fn is_of_host(it: char) -> bool {
    if it.is_ascii() { OF_HOST[it as usize] } else { is_mask(it) }
}

/// The part of ASCII that may be part of a host's name: each byte of a text is asked for.
static OF_HOST: [bool; 256] = {
    let mut table = [false; 256];
    let mut at: u8 = 0;
    while at < 128 {
        table[at as usize] = at.is_ascii_alphanumeric()
            || matches!(at, b'.' | b'-' | b'_' | b'*' | b'<' | b'>' | b'$' | b'{' | b'}' | b'#');
        at += 1;
    }
    table
};

/// Where the word that a text begins with ends.
fn end_of_word(text: &str) -> usize {
    let mut at = 0;
    while let Some(ahead) = text.as_bytes()[at..].iter().position(|byte| !OF_HOST[usize::from(*byte)]) {
        at += ahead;
        if text.as_bytes()[at].is_ascii() {
            return at;
        }
        match text[at..].chars().next() {
            Some(it) if is_mask(it) => at += it.len_utf8(),
            _ => return at,
        }
    }
    text.len()
}

/// The line with `<…>` for the `[…]` and `"…"` that people put for a part of a host's name, and with a mask for one that a
/// browser has escaped: `[account].dkr.ecr."region".amazonaws.com`, `%2A%2A.dkr.ecr.…`. No byte moves.
fn unbracketed(line: &Searched) -> Cow<'_, str> {
    if ![".[", "].", ".\"", "\".", "%2A"].iter().any(|it| line.contains(it)) {
        return Cow::Borrowed(line);
    }
    let mut bytes = line.replace("%2A", "***").into_bytes();
    for (at, mark) in line.as_str().match_indices(['[', '"']) {
        let inside = &line[at + 1..];
        let length = inside.bytes().take_while(|it| it.is_ascii_alphanumeric() || b"-_".contains(it)).count();
        let Some(rest) = inside[length..].strip_prefix(if mark == "[" { ']' } else { '"' }) else { continue };
        let goes_on = rest
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|it: char| is_of_host(it) || it == '"' || it == '['));
        if length > 0 && (line[..at].ends_with('.') || goes_on) {
            (bytes[at], bytes[at + 1 + length]) = (b'<', b'>');
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(line), Cow::Owned)
}

/// The hosts that a line names, in its order; of many the last.
pub fn hosts(line: &Searched) -> Vec<Host> {
    let line = &*unbracketed(line);
    let mut hosts: VecDeque<Host> = VecDeque::new();
    let mut start = 0;
    while let Some(rest) = line.get(start..).filter(|rest| !rest.is_empty()) {
        let (word, after) = rest.split_at(end_of_word(rest));
        let found = host(&line[..start], word, after);
        let found = match cut(&hosts, &line[..start], word, after) {
            Some((name, kind)) => Some((name, kind, found.is_none_or(|(_, _, contacted)| contacted))),
            None => found,
        };
        if let Some((name, kind, contacted)) = found {
            if hosts.len() == MOST_NAMES {
                hosts.pop_front();
            }
            hosts.push_back(Host { name, kind, at: start, contacted });
        }
        start += word.len() + after.chars().next().map_or(0, char::len_utf8);
    }
    hosts.into()
}

/// What stands before the name of an image that is pushed, and not pulled.
const PUSHES: [&str; 3] = ["docker push ", "podman push ", "push refers to repository ["];

/// Without the registries that something was pushed to, where the text names another: people tell where the image came from.
pub fn without_pushed(mut hosts: Vec<Host>, line: &str) -> Vec<Host> {
    let is_pushed =
        |host: &Host| line.get(..host.at).is_some_and(|before| PUSHES.iter().any(|it| before.ends_with(it)));
    if hosts.iter().any(|it| it.kind.is_registry() && !is_pushed(it)) {
        hosts.retain(|it| !is_pushed(it));
    }
    hosts
}

/// Without the registries of other lines, where the line of the failure names one of another kind: a log tells of a login
/// at one registry and of a pull from the next.
pub fn of_failure(mut hosts: Vec<Host>, line: Range<usize>) -> Vec<Host> {
    let own: Vec<HostKind> =
        hosts.iter().filter(|it| line.contains(&it.at) && it.kind.is_registry()).map(|it| it.kind).collect();
    if !own.is_empty() {
        hosts.retain(|it| !it.kind.is_registry() || own.contains(&it.kind));
    }
    hosts
}

/// The shortest beginning of a name that is taken for that name.
const SHORTEST_CUT: usize = 4;

/// The name of before that a URL or a lookup begins, where its text is cut within the host: at its end, or at that of a JSON string.
fn cut(hosts: &VecDeque<Host>, before: &str, word: &str, after: &str) -> Option<(String, HostKind)> {
    if hosts.is_empty() || word.len() < SHORTEST_CUT || !["://", "lookup "].iter().any(|it| before.ends_with(it)) {
        return None;
    }
    if !after.is_empty() && !after.starts_with(['"', '\'']) {
        return None;
    }
    let word = word.trim_end_matches('.');
    hosts.iter().rev().find(|it| it.name.starts_with(word)).map(|it| (it.name.clone(), it.kind))
}

/// The host that a word is, its kind, and whether it was contacted. `before` and `after` are the line around the word:
///
/// | before | word | after | host |
/// |---|---|---|---|
/// | `Get "https://` | `api.ecr.eu-west-1.amazonaws.com` | `/": dial tcp` | `Api`, contacted |
/// | `lookup ` | `ghcr.io` | ` on 10.0.0.2:53` | `OtherRegistry`, contacted |
/// | `ref ` | `1.dkr.ecr.eu-west-1.amazonaws.com` | `/app:v1` | `Registry`, named only |
/// | `mirror/` | `docker.io` | `/library/nginx` | none: a part of a repository's name |
/// | `the ` | `app.log` | ` is full` | none: no `/` or scheme says that it is a host |
fn host(before: &str, word: &str, after: &str) -> Option<(String, HostKind, bool)> {
    // A repository may be named after its upstream's host: `mirror/docker.io/library/nginx`.
    let last = before.as_bytes().last();
    if word.is_empty() || word.len() > LONGEST_NAME || last == Some(&b'/') && !before.ends_with("//") {
        return None;
    }
    if is_reversed(word) {
        return None;
    }
    let contacted = is_contacted(before);
    if contacted && is_address_of_dialled(before, word) {
        return None;
    }
    // A word with a dot in it is a host only where something says so.
    let said_so =
        contacted || last != Some(&b'.') && (after.as_bytes().first() == Some(&b'/') || is_port_of_path(after));
    if !said_so && memchr(b'.', word.as_bytes()).is_none() {
        return None;
    }
    let name = word.trim_end_matches(['.', '-', '>']);
    if !said_so
        && (!name.contains('.')
            || !(["ecr", "aws", "dkr", "docker", "cloud"].iter().any(|it| name.contains(it))
                || is_known_registry(name)))
    {
        return None;
    }
    if contacted && is_of_pages(name) && !after.starts_with("/v2/") || !contacted && is_of_no_registry(name) {
        return None;
    }
    let is_cut = after.is_empty() || word.ends_with("..");
    let own = HostKind::of(&unmasked(name))
        .or_else(|| ((contacted || is_port_of_path(after)) && is_elsewhere(name)).then_some(HostKind::OtherRegistry))
        .or_else(|| is_single(name, after).then_some(HostKind::OtherRegistry));
    let broken = if own.is_none_or(is_doubtful) && !is_cut { whole(before, word, after) } else { None };
    // Before a path that nobody asked for: Kubernetes puts its labels under a service, `eks.amazonaws.com/role-arn`. And
    // policies name services as principals.
    let own = match own {
        Some(HostKind::OtherService) if is_masked_registry(name, after, contacted) => Some(HostKind::Registry),
        Some(HostKind::OtherService) if !contacted && (after.starts_with('/') || is_principal(name)) => return None,
        Some(HostKind::OtherRegistry) if contacted && is_path_of_store(after) => Some(HostKind::BlobStore),
        own => own,
    };
    let (name, kind) = match broken {
        Some(whole) => whole,
        None => (name.to_owned(), own.map(|kind| if is_cut { uncut(name, kind) } else { with_head(name, kind) })?),
    };
    (said_so || kind != HostKind::OtherRegistry || is_known_registry(word)).then_some((name, kind, contacted))
}

/// Whether a URL goes on with a path as the distribution project's registry stores blobs: a registry sends its clients there,
/// whichever service of objects it keeps them in.
fn is_path_of_store(after: &str) -> bool {
    let url = after.split([' ', '"', '\'', ',']).next().unwrap_or_default();
    url.contains("/docker/registry/v2/blobs/")
}

/// Whether a name is a service's in a policy, `sagemaker.amazonaws.com`: endpoints have a Region, all but a few.
fn is_principal(name: &str) -> bool {
    aws_labels(name).is_some_and(|of_domain| name.split('.').count() == of_domain + 1)
}

/// Whether a name is of pages to read, to which programs send their users.
fn is_of_pages(name: &str) -> bool {
    ["docs.", "www."].iter().any(|it| name.starts_with(it)) || matches!(name, "aka.ms" | "github.com")
}

/// Longer names of images are not looked at.
const LONGEST_IMAGE: usize = 256;

/// Whether a word stands for all that a registry's name has before AWS's domain, and an image or the path of the registry
/// API follows: `redacted.amazonaws.com/app:1`, `https://xxxx.amazonaws.com/v2/`. Labels of Kubernetes have a service there:
/// `eks.amazonaws.com/role-arn: arn:…`.
fn is_masked_registry(name: &str, after: &str, contacted: bool) -> bool {
    const MASKS: [&str; 5] = ["redacted", "masked", "registry", "account", "xxx"];
    let mut labels = name.split('.');
    let first = labels.next().unwrap_or_default().trim_matches(['<', '>', '*', '{', '}', '$']);
    let is_mask =
        MASKS.iter().any(|it| first.eq_ignore_ascii_case(it)) || !first.contains(|it: char| it != 'x' && it != 'X');
    if !is_mask || labels.count() != 2 {
        return false;
    }
    let path = &after[..after.floor_char_boundary(LONGEST_IMAGE)];
    let image = path.split([' ', '"', '\'', ',']).next().unwrap_or_default();
    let is_image = image.starts_with('/') && image.contains([':', '@']) && !image.ends_with([':', '@']);
    if contacted { path.starts_with("/v2/") } else { is_image }
}

/// Whether a name before a path is a file of sources or of a job's steps, a module of Go or the head of a label:
/// `[ci.yml/tests]`, `main.go/build`, `app.kubernetes.io/name`.
fn is_of_no_registry(name: &str) -> bool {
    const FILES: [&str; 10] = ["yml", "yaml", "json", "toml", "xml", "go", "js", "ts", "java", "gradle"];
    // Countries have these too.
    const DOMAINS: [&str; 2] = ["py", "rs"];
    let is_file = name
        .rsplit_once('.')
        .is_some_and(|(stem, end)| FILES.contains(&end) || DOMAINS.contains(&end) && !stem.contains('.'));
    is_file || name == "github.com" || name == "kubernetes.io" || name.ends_with(".kubernetes.io")
}

/// Whether an address is that of another host: requests that stay on the host are for no registry.
fn is_elsewhere(name: &str) -> bool {
    name.parse::<Ipv4Addr>().is_ok_and(|it| !it.is_loopback() && !it.is_link_local() && !it.is_unspecified())
}

/// Whether a name without a dot is a host of the reader's network: it has a port, and then a path.
fn is_single(name: &str, after: &str) -> bool {
    is_port_of_path(after)
        && name != "localhost"
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
        && name.starts_with(|it: char| it.is_ascii_alphabetic())
}

/// `:5000/app`: a port, and then a path.
pub fn is_port_of_path(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(':') else { return false };
    let digits = rest.bytes().take(6).take_while(u8::is_ascii_digit).count();
    digits > 1 && rest[digits..].starts_with('/')
}

/// Whether it may be the piece of a name.
fn is_doubtful(kind: HostKind) -> bool {
    matches!(kind, HostKind::OtherRegistry | HostKind::MalformedEcr | HostKind::Lookalike { .. })
}

/// A name that a line break cut in two. The word is joined with the next one or with the one before it, and counts
/// only if the two make a name of AWS's or of a registry.
///
/// | before | word | after | name |
/// |---|---|---|---|
/// | `https://` | `api.ecr.eu-west-1.amazona` | ` ws.com/": dial` | `api.ecr.eu-west-1.amazonaws.com` |
/// | `https://api.ecr.eu-west-1.amazona ` | `ws.com` | `/": dial` | `api.ecr.eu-west-1.amazonaws.com` |
/// | `https://` | `ghcr.example` | ` said no` | none |
fn whole(before: &str, word: &str, after: &str) -> Option<(String, HostKind)> {
    let known = |name: String| {
        let kind =
            HostKind::of(&unmasked(&name)).filter(|kind| !is_doubtful(*kind) && *kind != HostKind::OtherService)?;
        Some((name, kind))
    };
    let next = after.strip_prefix(' ').and_then(|rest| rest.split(|it| !is_of_host(it)).next());
    let with_next = next.filter(|next| word.contains(".dkr") || known((*next).to_owned()).is_none());
    let previous = before.strip_suffix(' ').and_then(|rest| rest.rsplit(|it| !is_of_host(it)).next());
    let with_next = with_next.and_then(|next| known(format!("{word}{next}")));
    with_next.or_else(|| known(format!("{}{word}", previous.filter(|it| !it.is_empty())?)))
}

/// A name at the end of the text may be the beginning of one: what is missing from it is no fault of it.
fn uncut(name: &str, kind: HostKind) -> HostKind {
    match kind {
        // Nothing is missing.
        HostKind::MalformedEcr if is_aws_host(name) => kind,
        HostKind::MalformedEcr | HostKind::Lookalike { .. } if name.contains(".dkr") => HostKind::Registry,
        HostKind::MalformedEcr | HostKind::Lookalike { .. } if name.starts_with("api.") => HostKind::Api,
        it => it,
    }
}

/// A name of which the head is cut off, `...9012.dkr.ecr.eu-west-1.amazonaws.com`: what is missing is no fault of it.
fn with_head(name: &str, kind: HostKind) -> HostKind {
    let is_cut = name.starts_with("..") && name.contains("ecr.") && is_aws_host(name);
    if is_cut && is_doubtful(kind) { HostKind::Registry } else { kind }
}

/// The longest name (RFC 1035 section 2.3.4), with its final dot.
const LONGEST_NAME: usize = 255;

/// A name with a letter for each character that people black things out with, and for what an ellipsis stands for.
fn unmasked(name: &str) -> Cow<'_, str> {
    let is_masked = |it: char| matches!(it, '<' | '>' | '{' | '}' | '$' | '#' | '*') || is_mask(it);
    let elided = name.starts_with("..");
    let dashes = name.len() - name.trim_start_matches('-').len();
    if dashes > 0 {
        return Cow::Owned("x".repeat(dashes) + &unmasked(&name[dashes..]));
    }
    if !elided && !name.contains(is_masked) {
        return Cow::Borrowed(name);
    }
    let whole = name.trim_start_matches('.').chars().map(|it| if is_masked(it) { 'x' } else { it });
    Cow::Owned(if elided { "x.".chars().chain(whole).collect() } else { whole.collect() })
}

/// The block characters that people black things out with.
fn is_mask(character: char) -> bool {
    ('\u{2580}'..='\u{259f}').contains(&character)
}
