//! A bare HTTP status, when nothing else tells more.

use super::answer::Answer;
use super::hop::Hop;
use super::speaks_of_ecr::speaks_of_ecr;
use crate::model::Stage;
use crate::reason::host_kind::{HostKind, is_known_registry};
use crate::reason::hosts::Host;
use crate::reason::mark::BEFORE_STATUS;
use crate::reason::parsed::Parsed;
use crate::reason::plain::Plain;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let hop = Hop::of(parsed, None)?;
    if parsed.statuses.is_empty() && is_cut_before_status(parsed) {
        return Some(cut_off(parsed, hop));
    }
    if is_bare_refusal(&parsed.plain) {
        let answer = Answer::at(Stage::Route, format!("something on the way to {} refused the request", hop.title()));
        return Some(
            answer
                .likely("PRX-02", "the text of the status stands alone, as a proxy's answer to CONNECT does")
                .possible("PRX-01", "the proxy may not be meant for what pulls"),
        );
    }
    let status = parsed.statuses.last().copied()?;
    // A layer's URL ECS puts the image's name for.
    let by_containerd = BEFORE_STATUS.iter().any(|it| parsed.plain.tight.contains(it));
    if parsed.has(Sign::WebPage) {
        let answer = Answer::at(hop.stage(), format!("{} answered {status} with a web page", hop.title()));
        return Some(
            answer
                .likely("PRX-02", "a proxy or a mirror answers in its place: AWS answers in JSON and XML")
                .or(&[("CFG-03", "it may be the wrong port"), ("ECR-02", "or the registry fails at this time")]),
        );
    }
    if is_of_no_registry(parsed) {
        let answer = Answer::at(hop.stage(), format!("{status} came in JSON, and not in a registry's form of it"));
        return Some(
            answer
                .likely("PRX-02", "a proxy or a mirror answers in the registry's place")
                .possible("CFG-05", "or a mirror was given the wrong prefix"),
        );
    }
    let by_path = |sign: Sign| parsed.has(sign);
    Some(match (hop, status) {
        (_, 407) => Answer::at(Stage::Route, "a proxy requires a login")
            .likely("PRX-02", "only proxies answer 407")
            .possible("PRX-01", "or it is set for what pulls, and must not be"),
        (Hop::Registry, 403) if by_path(Sign::BlobPath) && by_path(Sign::Copy) && !by_path(Sign::LayerStore) => {
            Answer::at(Stage::LayerUrl, "the registry answered 403 Forbidden to a request for a layer")
                .likely("IAM-03", "the role may get the manifest, and not the layers")
                .or(if parsed.plain.tight.contains("servermessage:") {
                    &[]
                } else {
                    // containerd before 2.1 prints the registry's URL for the store's answer, too (core/remotes/docker/fetcher.go).
                    &[("VPE-04", "or it is S3's answer: the S3 endpoint's policy does not allow ECR's layer bucket")]
                })
                .or(&[
                    ("IAM-02", "or it may pull nothing of it"),
                    ("IAM-10", "in another account: the repository's policy does not allow it"),
                    ("VPE-02", "the endpoint's policy denies it"),
                ])
        }
        (Hop::OtherRegistry, 403) if by_path(Sign::BlobPath) && by_path(Sign::Copy) && !may_be_on_s3(parsed) => {
            Answer::at(Stage::LayerUrl, "the registry answered 403 Forbidden to a request for a layer")
                .likely("IAM-12", "it wants other credentials, or a quota of its own is used up")
                .or(&[
                    ("PRX-02", "or a proxy or a filter refuses the host of its layers"),
                    ("LYR-02", "or the layer's signed URL had expired"),
                ])
        }
        // The manifest was given: the login is right, and it is the store behind the registry that refuses.
        (Hop::OtherRegistry, 403) if by_path(Sign::BlobPath) && by_path(Sign::Copy) => {
            let answer = Answer::at(Stage::LayerBytes, "the store of the registry's layers answered 403 Forbidden");
            // Clients on AWS are sent to a bucket of S3 by registry.k8s.io.
            let on_aws = parsed.has(Sign::CannotPull)
                || parsed.hosts.iter().any(|host| host.kind.is_aws() || is_under(&host.name, "registry.k8s.io"));
            let of_s3 = "where it is a bucket of S3: the S3 endpoint's policy does not allow it";
            let by_proxy = "a proxy or a filter refuses its host";
            let answer = if on_aws {
                answer.likely("VPE-04", of_s3).possible("PRX-02", by_proxy)
            } else {
                answer.likely("PRX-02", by_proxy)
            };
            answer.or(&[
                ("LYR-02", "or the layer's signed URL had expired"),
                ("IAM-12", "or the registry wants other credentials"),
            ])
        }
        (_, 400) if parsed.plain.tight.contains("/token") => {
            Answer::at(Stage::RegistryAuth, "the token service does not take the login it was shown")
                .likely("TOK-01", "it has expired, or is a token where a password is wanted")
                .possible("IAM-12", "or the credentials that the task gives are others")
        }
        // The daemon's own: what it was asked for is malformed, whatever the registry has.
        (_, 400) if parsed.plain.tight.contains("apierror(400)") => return None,
        (Hop::Unnamed | Hop::OtherRegistry | Hop::DockerHub, 400)
            if parsed.plain.tight.contains("invalidcharacter<lookingfor") =>
        {
            Answer::at(hop.stage(), format!("{} answered 400 with a web page", hop.title()))
                .likely("PRX-02", "a proxy, or what stands before the registry, answers in its place")
                .possible("CFG-05", "or a mirror was given the wrong prefix")
        }
        (Hop::Unnamed, 400) => Answer::at(hop.stage(), "the server rejected the request as malformed (HTTP 400)")
            .likely("CFG-05", "a mirror or proxy has the wrong prefix")
            .possible("PRX-02", "or it changes what it passes on"),
        (Hop::LayerStore, 403) => layers_refused("the layer store answered 403 Forbidden"),
        (Hop::PublicEcr | Hop::DockerHub | Hop::BlobStore, 403) if is_at_store(parsed) => {
            Answer::at(Stage::LayerBytes, "the store of the registry's layers answered 403 Forbidden")
                .likely("PRX-02", "a proxy or a filter refuses its host")
                .or(&[
                    ("LYR-02", "or the layer's signed URL had expired"),
                    ("LYR-07", "or the store refuses this network"),
                ])
        }
        (Hop::PublicEcr, 403 | 401) => Answer::at(
            Stage::RegistryAuth,
            "public.ecr.aws refuses a login that it does not take, even for public images",
        )
        .likely("TOK-01", "an old login stands in the way: docker logout public.ecr.aws")
        .possible("TOK-02", "or a token of private ECR was sent"),
        (Hop::PublicEcr, 400) => Answer::at(Stage::RegistryAuth, "public.ecr.aws does not take the token it was shown")
            .likely("TOK-01", "to a token that has expired it answers 400, and does not ask for another"),
        (Hop::Registry, 400) => Answer::at(Stage::RegistryAuth, "the registry does not take the login it was shown")
            .likely("TOK-02", "the token is of another Region or registry")
            .or(&[("TOK-04", "or it was mangled"), ("TOK-01", "or it has expired")]),
        (Hop::OtherRegistry | Hop::DockerHub, 400) => {
            Answer::at(hop.stage(), "the server rejected the request as malformed (HTTP 400)")
                .likely("CFG-05", "a mirror or proxy has the wrong prefix")
                .possible("PRX-02", "or it changes what it passes on")
        }
        (Hop::OtherRegistry, 403) if parsed.hosts.iter().any(|host| is_open(host, parsed)) => {
            Answer::at(hop.stage(), "a registry that gives its images to everybody answered 403 Forbidden").likely(
                "PRX-02",
                "it asks nobody for a login: a proxy or a filter refuses, or the registry blocks this network",
            )
        }
        (Hop::OtherRegistry | Hop::DockerHub, 401 | 403) => {
            Answer::at(Stage::RegistryAuth, "a registry that is not ECR denied this client the image")
                .likely("IAM-12", "it wants credentials that the task does not give, or others")
                .possible("IMG-01", "or the image is named wrongly")
        }
        (Hop::EnvFiles, 403 | 404) => {
            Answer::at(Stage::TaskStart, format!("S3 answered {status} for an environment file"))
                .likely("INIT-11", "the file or bucket is named wrongly, or the execution role may not read it")
        }
        (Hop::SecretsManager | Hop::Ssm | Hop::Logs | Hop::EnvFiles, _) => return None,
        (Hop::Api, 403) => Answer::at(Stage::AuthToken, "the ECR API answered 403 Forbidden, without a reason")
            .likely("IAM-01", "the role may not ask for a token")
            .or(&[("VPE-01", "or the endpoint's policy denies it"), ("IAM-14", "or the keys are not valid")]),
        (_, 403) if parsed.hosts.is_empty() && !speaks_of_ecr(parsed) => {
            Answer::at(Stage::Manifest, "a registry that the text does not name answered 403 Forbidden")
                .likely("IAM-12", "it requires a login, or another")
                .or(&[
                    ("IAM-02", "or it is ECR: the role may not pull the image"),
                    ("PRX-02", "or a proxy refuses the request"),
                ])
        }
        (_, 403) => Answer::at(
            Stage::Manifest,
            "the registry answered 403 Forbidden; the answer to a HEAD request gives no reason",
        )
        .likely("IAM-02", "the role may not pull it")
        .or(&[
            ("IAM-10", "in another account: the repository's policy does not allow it"),
            ("IAM-09", "the repository's policy denies it"),
            ("VPE-02", "the endpoint's policy denies it"),
            ("IAM-04", "a policy above the role denies it"),
        ])
        .or(if parsed.plain.tight.contains("sha256") {
            &[("IMG-02", "the digest is gone: for some clients ECR hides what is not there")]
        } else {
            &[]
        }),
        (_, 500..) if is_at_store(parsed) => {
            Answer::at(Stage::LayerBytes, format!("the store of the registry's layers answered {status}"))
                .likely("LYR-06", "the store itself fails at this time")
                .possible("PRX-02", "or a proxy answers in its place")
        }
        (Hop::OtherRegistry | Hop::DockerHub, 500..) => {
            Answer::at(hop.stage(), format!("{} answered {status}", hop.title()))
                .likely("ECR-02", "the registry itself fails at this time")
                .possible("PRX-02", "or a proxy answers in its place")
        }
        (_, 503) => Answer::at(hop.stage(), "the server answered 503")
            .likely("ECR-02", "the service itself fails at this time")
            .possible("THR-03", "from S3 it means: too many requests"),
        (Hop::LayerStore, 500..) if by_containerd || parsed.has(Sign::LayerStore) => {
            Answer::at(Stage::LayerBytes, format!("the layer store answered {status}"))
                .likely("LYR-06", "S3 itself fails at this time")
                .or(&[("ECR-02", "or the registry does"), ("THR-03", "or takes no more requests")])
        }
        (_, 500..) => Answer::at(hop.stage(), format!("the server answered {status}"))
            .likely("ECR-02", "the registry itself fails at this time")
            .or(&[("THR-03", "from S3 it means: too many requests"), ("PRX-02", "or a proxy answers in its place")]),
        (_, 301..=308) => Answer::at(hop.stage(), format!("{} sent the client elsewhere ({status})", hop.title()))
            .likely("LYR-05", "the redirect is one that a client must not follow, or leads nowhere")
            .possible("CFG-05", "a mirror or proxy has the wrong prefix"),
        (_, 402 | 406..=410 | 415..=428) => {
            let means = format!("{} answered {status}, which no registry answers to a pull", hop.title());
            Answer::unrecognised(Some(hop.stage()), means).possible("PRX-02", "if a proxy answers in its place")
        }
        (_, 405) => Answer::at(hop.stage(), "the server does not take this request")
            .likely("CFG-05", "a mirror or proxy has the wrong prefix"),
        _ => return None,
    })
}

/// Registries that send clients to S3 for layers, or may do so.
fn may_be_on_s3(parsed: &Parsed) -> bool {
    const ON_OTHER_STORES: [&str; 4] = ["ghcr.io", "gcr.io", "pkg.dev", "icr.io"];
    let is_elsewhere = |host: &str| ON_OTHER_STORES.iter().any(|it| is_under(host, it));
    // Nothing is known of a stranger's.
    let is_known = |host: &str| is_known_registry(host) && !is_elsewhere(host);
    parsed.hosts.iter().any(|host| host.contacted && is_known(&host.name))
}

/// Whether a registry has no logins at all: a refusal says nothing of one.
fn is_open(host: &Host, parsed: &Parsed) -> bool {
    const OPEN: [&str; 5] =
        ["mcr.microsoft.com", "registry.k8s.io", "k8s.gcr.io", "registry.access.redhat.com", "docker.elastic.co"];
    // Where registry.k8s.io sends clients.
    let is_kubernetes = || parsed.behind(host).is_some_and(|it| it.starts_with("/v2/k8s-artifacts-prod/"));
    host.contacted && (OPEN.iter().any(|it| is_under(&host.name, it)) || is_kubernetes())
}

fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether the last host that was asked holds layers, and the URL is what lets a client in.
fn is_at_store(parsed: &Parsed) -> bool {
    let is_store = |kind| matches!(kind, HostKind::Cdn | HostKind::BlobStore);
    parsed.host_before(None).is_some_and(|host| host.contacted && is_store(host.kind))
}

/// Whether the server's error is JSON that Docker finds no error in: all registries list theirs under `errors` (OCI
/// distribution specification).
fn is_of_no_registry(parsed: &Parsed) -> bool {
    parsed.plain.tight.contains("noerrordetailsfoundinhttpresponsebody:{")
}

/// The server answered, and not with what was asked for; the status is cut off.
fn cut_off(parsed: &Parsed, hop: Hop) -> Answer {
    if hop == Hop::LayerStore || parsed.has(Sign::LayerStore) {
        return layers_refused("the layer store refused the layer; the status is cut off");
    }
    let means = format!("{} answered, and gave nothing; the status is cut off", hop.title());
    let answer = Answer::at(hop.stage(), means);
    let answer = if parsed.names(HostKind::DockerHub) {
        answer.likely("HUB-01", "most often its rate limit").possible("IAM-12", "or it wants other credentials")
    } else {
        match hop {
            Hop::PublicEcr => answer
                .likely("TOK-01", "most often an old login that it does not take: docker logout public.ecr.aws")
                .possible("PUB-02", "or its rate limit"),
            Hop::Registry => answer.likely("IAM-02", "most often the role may not pull it").or(&[
                ("IMG-02", "or there is no such tag or digest"),
                ("TOK-03", "or the client has no login"),
                ("IAM-10", "or the repository's policy does not allow it"),
            ]),
            Hop::OtherRegistry => answer.likely("IAM-12", "most often it wants credentials, or others"),
            _ => answer,
        }
    };
    answer.hedged()
}

/// More words than `HEAD request to URL: 40`.
const MOST_BEFORE_STATUS: usize = 5;

/// Whether the text ends, or the JSON string that holds it, before the status that it announces.
fn is_cut_before_status(parsed: &Parsed) -> bool {
    let tight = &parsed.plain.tight;
    let ends = BEFORE_STATUS.iter().filter_map(|it| Some(tight.rfind(it)? + it.len()));
    let Some(rest) = ends.max().and_then(|end| parsed.plain.line.get(parsed.plain.origin(end)..)) else { return false };
    let rest = rest.split("\",").next().unwrap_or_default();
    let is_number = |text: &str| text.trim_end_matches('.').bytes().all(|byte| byte.is_ascii_digit());
    rest.split(' ').count() <= MOST_BEFORE_STATUS && rest.split_once(": ").is_none_or(|(_, status)| is_number(status))
}

/// `Get "https://HOST/x": Forbidden`: the text of a status without its number, right behind a URL.
fn is_bare_refusal(plain: &Plain) -> bool {
    const TEXTS: [&str; 8] = [
        ":forbidden",
        ":badrequest",
        ":internalservererror",
        ":notimplemented",
        ":badgateway",
        ":serviceunavailable",
        ":gatewaytimeout",
        ":gatewaytime-out",
    ];
    let tight = &plain.tight;
    // Of an error of the registry's the code stands between: `URL: unknown: internal server error`, `URL: : Forbidden`.
    let follows_url = |at: usize| {
        let before = &plain.line[..plain.origin(at)];
        let before = before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST_URL))..]
            .trim_end_matches(['"', '\'', '`', ' ']);
        let url = before.rsplit(' ').next().unwrap_or_default();
        (url.contains("://") || url.contains("/...")) && !url.contains("+docker") && !url.ends_with(':')
    };
    TEXTS.iter().flat_map(|text| tight.match_indices(text)).any(|(at, words)| {
        let ends = !plain.after(at + words.len()).starts_with(|it: char| it.is_ascii_alphanumeric() || it == ':');
        ends && follows_url(at)
    })
}

/// So much of the text before a status is looked through for a URL, in bytes.
const LONGEST_URL: usize = 600;

fn layers_refused(means: &str) -> Answer {
    Answer::at(Stage::LayerBytes, means)
        .likely("VPE-04", "the S3 endpoint's policy does not allow ECR's layer bucket")
        .or(&[
            ("VPE-05", "or only under a condition that never holds"),
            ("VPE-06", "or a Deny statement of it matches"),
            ("IAM-03", "the role may not get layers' URLs"),
            ("LYR-02", "the layer's URL had expired"),
            ("KMS-01", "the layer's encryption key cannot be used"),
        ])
}
