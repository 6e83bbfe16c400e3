//! Whether a text is of a pull or a task's start at all.

use super::ecr_call;
use super::layers_begun;
use super::own_host::asks_runtime;
use super::pulled;
use super::told::is_told;
use crate::model::AddressClass;
use crate::reason::host_kind::{HostKind, is_known_registry};
use crate::reason::hosts::Host;
use crate::reason::parsed::Parsed;
use crate::reason::plain::Plain;
use crate::reason::product::is_product;
use crate::reason::said::Said;
use crate::reason::sign::Sign;
use crate::reason::vocabulary::Kind;

/// What only a registry client, a registry, or the ECS agent says.
const OWN_WORDS: [Sign; 5] = [Sign::CannotPull, Sign::ResourceInit, Sign::Agent, Sign::Client, Sign::EcrLogin];

/// What is said of a pull, and of much else: it counts beside the name of a registry or of an image.
const COMMON_WORDS: [Sign; 7] =
    [Sign::Pull, Sign::Pulling, Sign::Resolve, Sign::ManifestPath, Sign::BlobPath, Sign::Copy, Sign::Transport];

/// How far a text says that it is of an image pull or of a task's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sureness {
    /// Nothing may be blamed on either: every program prints time-outs, refusals, denials and full disks.
    None,
    /// Something is pulled that is named like an image, and no registry is named; a role was denied that may be the
    /// execution role; S3 was dialled, and the words are of ECR; or a person tells of a pull. It may be any program's.
    Named,
    Sure,
}

/// Whether a sign in the text says that it is of an image pull or of a task's start.
pub fn of_a_pull(parsed: &Parsed) -> Sureness {
    let own_words = parsed
        .last(&OWN_WORDS)
        .or_else(|| layers_begun::last(parsed))
        .or_else(|| message(parsed))
        .or_else(|| generic_reason(parsed))
        .or_else(|| runc(parsed));
    if let Some(pulled) = pulled::last(parsed) {
        // The next image of several.
        let goes_on = parsed.hosts.iter().any(|host| host.contacted && is_registry(host.kind) && host.at > pulled);
        return if goes_on || own_words.is_some_and(|at| at > pulled) { Sureness::Sure } else { Sureness::None };
    }
    let is_sure = own_words.is_some()
        || is_image_policy(parsed)
        || asks_runtime(parsed)
        || is_ecr_call(parsed)
        || is_registry_asked(parsed)
        || is_registry_named(parsed)
        || is_manifest_missing(&parsed.plain.line)
        || is_of_compose(parsed)
        || is_reference_missing(parsed);
    if is_sure {
        Sureness::Sure
    } else if is_execution_role(parsed)
        || is_layer_store_of_ecr(parsed)
        || is_image_named(parsed) && parsed.is_registry_port()
        || is_told(parsed)
    {
        Sureness::Named
    } else {
        Sureness::None
    }
}

/// A message that only a pull or a task's start makes a program print.
fn message(parsed: &Parsed) -> Option<usize> {
    let of_a_pull = |said: &&Said| {
        let row = said.row;
        row.of_a_pull && row.kind != Kind::Elsewhere
    };
    parsed.said().iter().filter(of_a_pull).map(|it| parsed.plain.origin(it.start)).max()
}

/// A cluster's policy refuses all sorts of requests: of an image where it says so.
fn is_image_policy(parsed: &Parsed) -> bool {
    let tight = &parsed.plain.tight;
    tight.contains("admissionwebhook") && tight.contains("image")
}

/// `ERROR: for SERVICE  WORDS`, as Compose's first version ends, where the words begin with an error code of a registry (OCI
/// distribution specification, "Error Codes").
fn is_of_compose(parsed: &Parsed) -> bool {
    const LONGEST: usize = 64;
    const CODES: [&str; 5] = ["unauthorized:", "denied:", "nameunknown:", "manifestunknown:", "toomanyrequests:"];
    let behind = parsed.plain.line.split("ERROR: for ").skip(1).filter_map(|rest| rest.split_once(' '));
    let tight = behind.map(|(_, words)| Plain::tight(&words[..words.floor_char_boundary(LONGEST)]));
    tight.into_iter().any(|words| CODES.iter().any(|it| words.starts_with(it)))
}

/// A call to the ECR API, by its name or its action. CodeArtifact has a call of the same name.
fn is_ecr_call(parsed: &Parsed) -> bool {
    let denied =
        parsed.denial.as_ref().is_some_and(|it| it.action.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("ecr")));
    // As one word: any service may fail to get an authorization token.
    let called = parsed.has(Sign::TokenCall) || parsed.plain.line.contains("GetAuthorizationToken");
    denied || called && !parsed.plain.tight.contains("codeartifact") || ecr_call::is_for_an_image(parsed)
}

/// Whether it was a task's execution role that was denied: by a name as AWS gives it (ECS Developer Guide, "Amazon ECS task
/// execution IAM role") or AWS CDK, or by a name of the sort with the task's id for its session. The same role may be the
/// task's own, too.
fn is_execution_role(parsed: &Parsed) -> bool {
    const NAMES: [&str; 3] = ["taskexecutionrole", "taskdefexecutionrole", "taskdefinitionexecutionrole"];
    const ID: usize = 32;
    let principal = parsed.denial.as_ref().and_then(|denial| denial.principal.as_deref()).unwrap_or_default();
    let (role, session) = principal
        .rsplit_once("assumed-role/")
        .map_or((principal, ""), |(_, assumed)| assumed.split_once('/').unwrap_or((assumed, "")));
    let is_id = session.len() == ID && session.bytes().all(|it| it.is_ascii_hexdigit());
    let role = role.to_ascii_lowercase().replace(['-', '_'], "");
    NAMES.iter().any(|it| role.contains(it)) || is_id && role.contains("execution")
}

/// Whether an address of S3 was dialled by something that pulls from ECR, as far as a person tells.
fn is_layer_store_of_ecr(parsed: &Parsed) -> bool {
    let line = &parsed.plain.line;
    parsed.address_class() == Some(AddressClass::S3)
        && line.split(|it: char| !it.is_alphanumeric()).any(|word| word == "ECR")
}

/// Whether only pulls and pushes ask such a host.
fn is_registry(kind: HostKind) -> bool {
    use HostKind::{Api, DockerHub, Lookalike, MalformedEcr, PublicEcr, Registry};
    matches!(kind, Api | Registry | PublicEcr | DockerHub | MalformedEcr | Lookalike { .. })
}

/// A request to a registry: by its host, or by a path of the registry API.
fn is_registry_asked(parsed: &Parsed) -> bool {
    // Nothing but a client has the name of the API.
    let by_host = |host: &Host| {
        host.contacted && (is_registry(host.kind) || is_known_registry(&host.name)) || host.kind == HostKind::Api
    };
    let line = &parsed.plain.line;
    // Go asks known hosts for the sources of a module.
    if line.contains("?go-get=1") {
        return false;
    }
    let words = || line.split([' ', '"', '\'', '?', ')', ',']).map(|it| it.trim_end_matches('>'));
    parsed.hosts.iter().any(by_host) || line.contains("/v2/") && words().any(is_registry_url)
}

/// Whether it is a URL of the registry API: `/v2/` alone, or one of a manifest, a blob or a list of tags below it (OCI
/// distribution specification).
fn is_registry_url(word: &str) -> bool {
    let Some((_, path)) = word.split_once("://").and_then(|(_, rest)| rest.split_once("/v2/")) else { return false };
    let path = path.trim_end_matches(':');
    // Stores of the distribution project have `/v2/blobs/sha256/`.
    let is_of_store = path.starts_with("blobs/sha256");
    path.is_empty() || is_of_store || ["/manifests/", "/blobs/", "/tags/list"].iter().any(|part| path.contains(part))
}

/// Words of a pull beside the name of a registry. What was dialled at a port that is no registry's is the
/// failure of something else.
fn is_registry_named(parsed: &Parsed) -> bool {
    let is_named = |host: &Host| is_registry(host.kind) || is_known_registry(&host.name) || is_product(host);
    // Of an image: schemas have references too, which are URLs.
    let is_tagged =
        |rest: &str| rest.split([' ', '"', '\'']).next().is_some_and(|it| it.contains('/') && it.contains([':', '@']));
    let is_resolved = |host: &Host| {
        let is_image = || parsed.behind(host).is_some_and(is_tagged);
        host.kind == HostKind::OtherRegistry && !host.contacted && parsed.has(Sign::Resolve) && is_image()
    };
    parsed.hosts.iter().any(|host| is_named(host) || is_resolved(host))
        && (parsed.any(&COMMON_WORDS) || parsed.plain.line.contains("/v2/"))
        && parsed.is_registry_port()
}

/// How many words may stand between the pull and what is pulled: `pulling image from NAME:TAG`.
const WORDS_BETWEEN: usize = 4;

/// Whether an image with its tag or digest follows the words of a pull: `Error pulling plugins/drone:latest`.
fn is_image_named(parsed: &Parsed) -> bool {
    let mut left = 0;
    parsed.plain.line.split(' ').any(|word| {
        let is_named = left > 0 && is_image(word);
        left = if is_pull(word) { WORDS_BETWEEN + 1 } else { left.saturating_sub(1) };
        is_named
    })
}

/// `pull`, `Pulling`, `msg="PullImage`.
fn is_pull(word: &str) -> bool {
    let word = word.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
    let word = word.rsplit(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["pull", "pulling", "pullimage"].iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// `manifest for foo/bar:1 not found`: Docker's words for what Docker Hub does not have.
fn is_manifest_missing(line: &str) -> bool {
    line.split("manifest for ").skip(1).any(|rest| {
        let (image, rest) = rest.split_once(' ').unwrap_or_default();
        is_image(image) && rest.starts_with("not found")
    })
}

/// `public.ecr.aws/a/b:1: not found`: the libraries of containerd and ORAS say so, whatever their program says before it.
fn is_reference_missing(parsed: &Parsed) -> bool {
    const QUOTES: [char; 2] = ['"', '\''];
    let Some(at) = parsed.last(&[Sign::NotFound]) else { return false };
    let before = parsed.plain.line.get(..at).unwrap_or_default();
    // BuildKit goes on without a cache; and a sentence goes on: `not found in the lock file`.
    let rest = parsed.plain.line.get(at..parsed.plain.line_around(at).end).unwrap_or_default();
    let goes_on = rest.strip_prefix("not found ").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_alphabetic()));
    if goes_on || ["importing cache", "cache import"].iter().any(|it| before.contains(it)) {
        return false;
    }
    let Some(before) = before.trim_end().strip_suffix(':').map(|it| it.trim_end_matches(QUOTES)) else { return false };
    let start = before.rfind([' ', '"', '\'', '(']).map_or(0, |at| at + 1);
    let begins = |host: &Host| host.at == start && (is_registry(host.kind) || is_known_registry(&host.name));
    is_image(&before[start..]) && parsed.hosts.iter().any(begins)
}

/// A name with a tag or a digest. `redis:6379` is a host and its port.
fn is_image(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'', '`', '.', ',', ':', ';', '(', ')']);
    let Some((name, tag)) = word.rsplit_once(':') else { return false };
    let is_tag = tag.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_')
        && tag.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_'));
    let is_name = !name.is_empty() && !name.contains("//") && !name.contains('=');
    is_name && is_tag && (name.contains('/') || !tag.chars().all(|it| it.is_ascii_digit()))
}

/// ECS's generic reason, "Task failed to start": other programs go on with the sentence.
fn generic_reason(parsed: &Parsed) -> Option<usize> {
    let at = parsed.last(&[Sign::NotStarted])?;
    let rest = parsed.plain.line.get(at + "task failed to start".len()..).unwrap_or_default();
    let ends = !rest.trim_start().starts_with(|it: char| it.is_ascii_lowercase());
    let of_ecs = ["ECS", "stoppedReason", "stopCode"].iter().any(|word| parsed.plain.line.contains(word));
    (ends || of_ecs).then_some(at)
}

/// `exec /app: exec format error`, `exec: "/app": exec format error`: runc names the program. Go's `fork/exec /app` is of
/// any program's own children.
fn runc(parsed: &Parsed) -> Option<usize> {
    parsed.last(&[Sign::ExecFormat])?;
    // The reader's own words may repeat it.
    let places = parsed.plain.tight.match_indices("execformaterror").map(|(at, _)| parsed.plain.origin(at));
    places.filter(|at| parsed.plain.line.get(..*at).is_some_and(names_program)).last()
}

/// Whether a text ends in the name of a program, as runc prints it.
fn names_program(text: &str) -> bool {
    const LONGEST_NAME: usize = 512;
    let text = &text[text.ceil_char_boundary(text.len().saturating_sub(LONGEST_NAME))..];
    let before = text.trim_end().strip_suffix(':').and_then(|it| it.rsplit_once(' '));
    let before = before.and_then(|(before, _program)| before.trim_end_matches(':').strip_suffix("exec"));
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '/';
    before.is_some_and(|it| !it.ends_with(is_word))
}
