//! The image: not there, not for this machine, not for this client.

use super::answer::Answer;
use super::hop::Hop;
use super::hub;
use super::layers_begun;
use super::no_way::NO_WAY;
use crate::aws::REGISTRY_FORM;
use crate::model::Stage;
use crate::reason::host_kind::HostKind;
use crate::reason::hosts::Host;
use crate::reason::image_name;
use crate::reason::parsed::Parsed;
use crate::reason::plain::Plain;
use crate::reason::sign::Sign;

/// The names under which the console proposes to keep upstream registries.
const CACHE_PREFIXES: [&str; 7] =
    ["ecr-public/", "docker-hub/", "dockerhub/", "quay/", "kubernetes/", "github/", "gitlab/"];

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::NoPlatform) {
        let answer = Answer::at(Stage::Manifest, "the image has nothing for the task's platform");
        let answer = answer.likely("IMG-04", "the index lists other platforms only");
        // Docker says so of the list that it has read.
        let is_of_list = parsed.plain.tight.contains("manifestlistentries");
        return Some(answer.or(if is_of_list {
            &[]
        } else {
            &[
                ("IMG-07", "or the manifest has a form that the client does not read"),
                ("IMG-10", "or its configuration names no platform"),
            ]
        }));
    }
    if parsed.has(Sign::SourceImage) {
        return Some(source_image(parsed));
    }
    if parsed.has(Sign::ExecFormat) {
        let answer = Answer::at(Stage::TaskStart, "the image was pulled, and its program is for another CPU");
        return Some(
            answer
                .likely("IMG-05", "the configuration names the platform, and the program in it is of another")
                .possible("IMG-04", "or the image of another platform was chosen"),
        );
    }
    if parsed.has(Sign::MediaType) && parsed.plain.tight.contains("text/html") {
        let answer = Answer::at(Stage::Manifest, "a web page came where a manifest was expected");
        return Some(
            answer
                .likely("PRX-02", "a proxy or a login page answers in the registry's place")
                .or(&[("CFG-05", "or a mirror was given the wrong prefix"), ("CFG-03", "or the wrong port")]),
        );
    }
    if parsed.has(Sign::MediaType) && parsed.has(Sign::Compression) {
        let answer = Answer::at(Stage::LayerBytes, "the client does not read layers that are compressed like this");
        return Some(
            answer
                .likely("IMG-08", "it is too old for zstd")
                .possible("IMG-10", "or the manifest is of another form altogether"),
        );
    }
    if parsed.has(Sign::MediaType) && ["in-toto", "oci.empty"].iter().any(|it| parsed.plain.tight.contains(it)) {
        let answer =
            Answer::at(Stage::Manifest, "what the reference names is no image: an attestation or another artifact");
        return Some(
            answer.likely("IMG-06", "its media type is none of images").possible("IMG-10", "or the client is old"),
        );
    }
    if parsed.has(Sign::MediaType) || parsed.has(Sign::BadManifest) && Hop::of(parsed, None).is_some() {
        let answer = Answer::at(Stage::Manifest, "the client does not read a manifest of this form");
        return Some(
            answer
                .likely("IMG-10", "it is old, or no image's")
                .possible("IMG-07", "by digest ECR does not translate it"),
        );
    }
    if parsed.any(&[Sign::AsmSecret, Sign::SsmSecret, Sign::Logger, Sign::LogStream, Sign::EnvFiles]) {
        return None;
    }
    if parsed.has(Sign::NameUnknown) {
        return Some(no_repository(parsed));
    }
    if parsed.has(Sign::ManifestUnknown) {
        let answer = Answer::at(Stage::Manifest, "the repository has no such tag or digest")
            .likely("IMG-02", "it was never pushed, or a lifecycle policy removed it");
        // Distribution's words, which ECR does not have.
        if parsed.plain.tight.contains("namedmanifestisnotknown") {
            return Some(answer);
        }
        return Some(
            answer
                .possible("PTC-02", "through a cache: the import was not allowed, or upstream lacks it")
                .possible("IMG-13", ARCHIVED),
        );
    }
    denied(parsed).or_else(|| not_found(parsed))
}

/// The registry answers 404 for an archived image as for one that is not there.
const ARCHIVED: &str = "or it is in the archival storage class: aws ecr describe-images tells";

/// Lambda takes an image of private ECR by its whole name, and nothing else.
fn source_image(parsed: &Parsed) -> Answer {
    if parsed.plain.tight.contains("mediatypeforthesourceimage") {
        return Answer::at(Stage::Manifest, "Lambda does not read a manifest of this form")
            .likely("IMG-10", "it is an index, or of a form that Lambda does not take")
            .or(&[("IMG-06", "or an attestation was pushed along"), ("IMG-04", "or it is of several platforms")]);
    }
    if parsed.plain.tight.contains("doesnotexist") {
        return Answer::at(Stage::Manifest, "Lambda finds no such image")
            .likely("IMG-02", "the tag or digest was never pushed, or a lifecycle policy removed it")
            .possible("IMG-01", "or the repository is named wrongly, or is in another account or Region");
    }
    let answer = Answer::at(Stage::Reference, "Lambda does not take this for the name of an image in ECR")
        .likely("CFG-02", format!("it wants {REGISTRY_FORM}/REPOSITORY:TAG, and no public registry's"));
    let other = "or it is in another account or Region";
    if parsed.names(HostKind::Registry) {
        answer.or(&[("IMG-01", other), ("IMG-02", "or it has no such tag")])
    } else {
        answer.or(&[("IMG-03", "the registry's name is missing"), ("IMG-01", other)])
    }
}

fn no_repository(parsed: &Parsed) -> Answer {
    let cached = CACHE_PREFIXES.iter().any(|prefix| parsed.plain.tight.contains(&format!("name{prefix}")));
    let answer = Answer::at(Stage::Manifest, "the registry has no repository of that name");
    if cached {
        answer
            .likely(
                "PTC-01",
                "the name is a pull-through cache's, and the first pull makes the repository: that was not allowed",
            )
            .or(&[
                ("IMG-01", "or the rule has another prefix"),
                ("PTC-05", "in another account: a cache imports nothing for callers from outside"),
            ])
    } else {
        let answer = answer.proven("IMG-01", "the registry says so: the name, the account or the Region is wrong");
        // Public ECR has no cache.
        let may_be_cached = parsed.names(HostKind::Registry) || !parsed.names(HostKind::PublicEcr);
        if may_be_cached { answer.possible("PTC-01", "or a pull-through cache should have made it") } else { answer }
    }
}

/// `https://ghcr.io/v2/a/b/manifests/1: denied`: a registry's code, and no more.
fn is_bare_denial(plain: &Plain) -> bool {
    let goes_on = |it: char| it.is_ascii_alphanumeric() || it == ':' || it == '-';
    plain.tight.match_indices(":denied").any(|(at, words)| !plain.after(at + words.len()).starts_with(goes_on))
}

/// Whether the body of a registry's answer stands alone, and on another line a connection that did not come about: somebody
/// has asked the registry in a browser, too.
fn is_of_another_request(parsed: &Parsed) -> bool {
    let denied = parsed.last(&[Sign::RegistryDenied]);
    let apart = |lost: usize| denied.is_some_and(|at| !parsed.plain.line_around(at).contains(&lost));
    let is_body = || parsed.plain.tight.contains("{errors:[{code:denied");
    parsed.last(&NO_WAY).is_some_and(apart) && is_body()
}

/// Docker's words for a 401, 403 or 404 whose reason it does not print, and registries' own without a reason.
fn denied(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::AbsentOrDenied) {
        let answer = Answer::at(Stage::Manifest, "the image is not there, or may not be pulled: the text says no more");
        return Some(answer.likely("IMG-01", "its name, account or Region is wrong").or(&[
            ("IMG-02", "or the tag"),
            ("IAM-02", "or the role may not pull it"),
            ("IAM-10", "or the repository's policy does not allow it"),
        ]));
    }
    // What says so in a page is no registry.
    if parsed.has(Sign::WebPage) {
        return None;
    }
    let worded = parsed.any(&[Sign::AccessDenied, Sign::NoScope]);
    let coded = parsed.has(Sign::RegistryDenied) && !is_of_another_request(parsed) || is_bare_denial(&parsed.plain);
    if !worded && !coded {
        return None;
    }
    if layers_begun::have_begun(parsed) {
        return Some(layers_begun::denied(parsed));
    }
    if let Some(answer) = denied_for(parsed) {
        return Some(answer);
    }
    let is_bare = |host: &Host| parsed.behind(host).is_none_or(|it| !it.starts_with(['/', ':']));
    if worded
        && !parsed.hosts.is_empty()
        && parsed.hosts.iter().all(|host| host.kind == HostKind::Registry && is_bare(host))
    {
        let answer = Answer::at(Stage::Reference, "the image's name is a registry's host without a repository");
        return Some(
            answer
                .likely("IMG-03", "Docker looks for it on Docker Hub, as for every name without a path")
                .possible("IMG-01", "the repository is missing from the name"),
        );
    }
    let answer = Answer::at(Stage::Manifest, "the image was not found, or this client is not allowed to pull it");
    Some(if parsed.names(HostKind::Registry) && !worded {
        answer.likely("IAM-02", "the role may not pull it").or(&[
            ("IAM-10", "in another account: the repository's policy does not allow it"),
            ("TOK-01", "or the login is an old one"),
        ])
    } else if parsed.names(HostKind::Registry) {
        answer.likely("IMG-01", "the repository is named wrongly, or is in another account or Region").or(&[
            ("IAM-02", "the role may not pull it"),
            ("IAM-10", "in another account: the repository's policy does not allow it"),
            ("TOK-03", "the client has no login"),
            ("IAM-09", "the repository's policy denies it"),
        ])
    } else if parsed.names(HostKind::PublicEcr) && parsed.plain.tight.contains("/v2/:denied") {
        let answer = Answer::at(Stage::RegistryAuth, "public.ecr.aws does not take the login it was shown");
        answer
            .likely("TOK-01", "an old login stands in the way: docker logout public.ecr.aws")
            .or(&[("TOK-02", "or a token of private ECR was sent"), ("TOK-04", "or it was mangled")])
    } else if parsed.names(HostKind::PublicEcr) {
        answer
            .likely("IMG-01", "there is no such public repository")
            .possible("TOK-01", "an old login stands in the way: docker logout public.ecr.aws")
    } else if (parsed.names(HostKind::OtherRegistry) || !worded) && !parsed.names(HostKind::DockerHub) {
        let answer = answer
            .likely("IAM-12", "it wants credentials that the task does not give, or others")
            .possible("IMG-01", "or the repository is named wrongly");
        // Of a registry that nothing tells of.
        let may_be_ecr = parsed.hosts.is_empty() && !parsed.has(Sign::LoggedIn);
        if may_be_ecr { answer.possible("TOK-03", "or the client has no login for it") } else { answer }
    } else {
        hub::denied(answer, parsed)
    })
}

/// Where the text has the name that was denied, as Docker had it from its user, that name decides, whatever hosts stand beside
/// it: one without a host is Docker Hub's, and one with a host of Docker Hub's is not missing it.
fn denied_for(parsed: &Parsed) -> Option<Answer> {
    const BEFORE: &str = "pull access denied for ";
    let at = parsed.plain.line.rfind(BEFORE)? + BEFORE.len();
    let name = parsed.plain.line[at..].split([' ', ',', '"', '\'']).next().filter(|it| !it.is_empty())?;
    let is_plain =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_' | '/' | ':' | '.' | '@');
    let answer = Answer::at(Stage::Manifest, "the image was not found, or this client is not allowed to pull it");
    // The text may end within the name, of which it has the whole elsewhere.
    let is_cut = at + name.len() == parsed.plain.line.len() || name.ends_with("..");
    let is_whole = |host: &Host| is_cut && host.name.starts_with(name.trim_end_matches('.'));
    match image_name::host(name) {
        _ if parsed.hosts.iter().any(is_whole) => None,
        // The ID of an image, which a message of the vocabulary knows.
        None if name == "sha256" => None,
        // Masks may stand for a host.
        None if name.chars().all(is_plain) && !parsed.hosts.is_empty() && !parsed.names(HostKind::DockerHub) => {
            Some(hub::denied(answer, parsed))
        }
        Some(host) if host != "docker.io" && HostKind::of(host) == Some(HostKind::DockerHub) => {
            Some(hub::private(answer))
        }
        _ => None,
    }
}

/// Whether what is not found is an image, and no program, platform or file: `REGISTRY/a:1: not found`, `manifest for
/// a:1 not found`.
fn is_image_missing(parsed: &Parsed) -> bool {
    let Some(at) = parsed.last(&[Sign::NotFound]) else { return false };
    if parsed.has(Sign::ImageNotFound) {
        return true;
    }
    let before = parsed.plain.line.get(..at).unwrap_or_default();
    let before = before.trim_end_matches([' ', ':', '.', '"', '\'', '`', '(', '[', '<', '>']);
    let clause = before.rsplit_once(": ").map_or(before, |(_, clause)| clause);
    let name = clause.rsplit(' ').next().unwrap_or_default();
    let is_reference =
        name.contains('/') && !name.starts_with('/') || name.contains(":sha256") || name.contains("@sha");
    let is_tagged =
        name.split_once(':').is_some_and(|(name, tag)| !name.is_empty() && !tag.is_empty()) && !name.contains("//");
    let nouns = ["image", "manifest", "repository", "tag", "repo"];
    let named = clause
        .split(|it: char| !it.is_ascii_alphanumeric())
        .any(|word| nouns.iter().any(|it| it.eq_ignore_ascii_case(word)));
    is_reference || is_tagged || named
}

/// So many bytes before `not found` are of what is not found.
const NAMED: usize = 200;

/// Whether it is a repository, and not one of its tags: `repository a/b not found`.
fn is_repository_missing(parsed: &Parsed) -> bool {
    let line = &parsed.plain.line;
    parsed.last(&[Sign::NotFound]).is_some_and(|at| {
        let before = &line[line.floor_char_boundary(at.saturating_sub(NAMED))..at];
        before.to_ascii_lowercase().contains("repository")
    })
}

fn not_found(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::WebPage) || parsed.plain.tight.contains("invalidcharacter<") {
        return None;
    }
    // The host did not have it: the pull after that is what failed.
    let is_before = |at: usize, lost: usize| at < lost && !parsed.plain.line_around(at).contains(&lost);
    let is_gone_on_from =
        parsed.last(&[Sign::NotFound]).zip(parsed.last(&NO_WAY)).is_some_and(|(at, lost)| is_before(at, lost));
    // Docker's API was asked what it knows of the image.
    let is_inspected = ["/jsonreturnederror", "/json:notfound"].iter().any(|it| parsed.plain.tight.contains(it));
    let is_of_host = parsed.has(Sign::NoSuchImage) && (parsed.any(&NO_WAY) || is_inspected);
    if is_gone_on_from || is_of_host {
        return None;
    }
    // Go's own words for a path that nothing serves.
    if parsed.plain.tight.contains("404pagenotfound") {
        let answer = Answer::at(Stage::Manifest, "what answers is no registry: it has no such path");
        return Some(answer.likely("CFG-05", "a mirror or proxy has the wrong prefix").or(&[
            ("PRX-02", "or a proxy answers in the registry's place"),
            ("IMG-01", "or the repository is named wrongly"),
        ]));
    }
    let missing = is_image_missing(parsed) || parsed.status(|status| status == 404).is_some();
    let hop = Hop::of(parsed, parsed.last(&[Sign::NotFound])).filter(|_| missing)?;
    if !matches!(
        hop,
        Hop::Registry | Hop::PublicEcr | Hop::DockerHub | Hop::OtherRegistry | Hop::Unnamed | Hop::LayerStore
    ) {
        return None;
    }
    if hop == Hop::LayerStore || parsed.has(Sign::BlobPath) && parsed.has(Sign::Copy) {
        let answer = Answer::at(Stage::LayerBytes, "a layer of the image is not there");
        return Some(answer.likely("LYR-01", "the push was incomplete, or the layer is a foreign one"));
    }
    let is_named = |host: &Host| host.contacted || parsed.plain.line[host.at..].starts_with(host.name.as_str());
    let bare = !parsed.hosts.iter().any(is_named);
    let answer = Answer::at(Stage::Manifest, "the registry has no such image");
    Some(match (is_repository_missing(parsed), bare) {
        (true, true) => answer
            .likely("IMG-03", "a name without a registry means Docker Hub")
            .possible("IMG-01", "the repository is named wrongly"),
        (true, false) => answer
            .likely("IMG-01", "the repository is named wrongly, or is in another account or Region")
            .possible("IMG-02", "or it lacks the tag"),
        (false, _) => {
            let answer =
                answer.likely("IMG-02", "the tag or digest was never pushed, or a lifecycle policy removed it");
            // Docker says otherwise of a repository that is not there.
            let is_of_tag = parsed.plain.tight.contains("manifestfor");
            let answer =
                if is_of_tag { answer } else { answer.possible("IMG-01", "or the repository is named wrongly") };
            let answer = answer.or(&[("PTC-02", "or a pull-through cache may not import it"), ("IMG-13", ARCHIVED)]);
            if bare && !is_of_tag {
                answer.possible("IMG-03", "a name without a registry means Docker Hub")
            } else {
                answer
            }
        }
    })
}
