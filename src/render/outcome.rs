//! Every outcome in a few words.

use crate::model::outcome::{
    CallerOutcome, ClockOutcome, ConfigOutcome, ConnectOutcome, CredentialsOutcome, DiskOutcome, EnvironmentOutcome,
    HandshakeOutcome, LayerBytesOutcome, LayerStoreOutcome, LayerUrlOutcome, ManifestOutcome, ReferenceOutcome,
    RegistryOutcome, RegistryTokenOutcome, Rejection, ResolveOutcome, Samples, TaskPullOutcome, TokenOutcome,
};
use crate::model::{Act, AddressClass, KnownAddress};

use super::facts;
use super::no_answer::no_answer;
use super::units::{bytes, count, milliseconds};

/// How the act ended, lower case, fact first.
pub fn outcome(act: &Act) -> String {
    match act {
        Act::Reference(outcome) => reference(outcome),
        Act::Environment(EnvironmentOutcome::ProxyVariables { names }) => format!("{} set", names.join(", ")),
        Act::Credentials(outcome) => credentials(outcome),
        Act::Caller(outcome) => caller(outcome),
        Act::Resolve(outcome) | Act::VpcResolve(outcome) => resolve(outcome),
        Act::Connect(outcome) => connect(outcome),
        Act::Handshake(outcome) | Act::ClampedHandshake(outcome) => handshake(outcome),
        Act::ResolveSamples(tries) => samples(tries, resolve),
        Act::ConnectSamples(tries) => samples(tries, connect),
        Act::HandshakeSamples(tries) => samples(tries, handshake),
        Act::Token(outcome) => token(outcome),
        Act::RegistryPing(outcome) | Act::RegistryAuth(outcome) => registry(outcome),
        Act::RegistryToken(outcome) => registry_token(outcome),
        Act::Manifest(outcome) | Act::ApiManifest(outcome) => manifest(outcome),
        Act::Config(outcome) => config(outcome),
        Act::LayerUrl(outcome) | Act::ApiLayerUrl(outcome) => layer_url(outcome),
        Act::LayerStore(outcome) => layer_store(outcome),
        Act::LayerBytes(outcome) | Act::ClampedBytes(outcome) => layer_bytes(outcome),
        Act::Disk(outcome) => disk(outcome),
        Act::Clock(outcome) => clock(outcome),
        Act::TaskPull(outcome) => task_pull(outcome),
        fact => facts::outcome(fact),
    }
}

fn reference(outcome: &ReferenceOutcome) -> String {
    match outcome {
        ReferenceOutcome::Ecr { account, region, .. } => format!("private ECR of {account} in {region}"),
        ReferenceOutcome::PublicEcr => "public ECR".to_owned(),
        ReferenceOutcome::DockerHub => "Docker Hub".to_owned(),
        ReferenceOutcome::OtherRegistry => "a registry that is not ECR".to_owned(),
        ReferenceOutcome::MalformedEcrHost { problem, .. } => problem.clone(),
        ReferenceOutcome::Lookalike { nearest, .. } => format!("not AWS's domain; did you mean {nearest}?"),
    }
}

fn credentials(outcome: &CredentialsOutcome) -> String {
    match outcome {
        CredentialsOutcome::Found { source } => format!("found: {source}"),
        CredentialsOutcome::Missing => "none in the credential chain".to_owned(),
        CredentialsOutcome::Failed { reason } => format!("failed: {reason}"),
        CredentialsOutcome::TimedOut => "timed out".to_owned(),
    }
}

fn caller(outcome: &CallerOutcome) -> String {
    match outcome {
        CallerOutcome::Known { arn, .. } => arn.clone(),
        CallerOutcome::Rejected(why) => rejection(why),
        CallerOutcome::NoAnswer(why) => format!("unknown, since STS gives no answer: {}", no_answer(why)),
    }
}

/// The owner of an address, in a word or two.
pub fn class(known: &KnownAddress) -> String {
    match (known.class, &known.s3_region) {
        (AddressClass::Vpc, _) => "this subnet".to_owned(),
        (AddressClass::S3, Some(region)) => format!("S3, {region}"),
        (AddressClass::S3, None) => "S3".to_owned(),
        (AddressClass::Aws, _) => "public AWS".to_owned(),
        (AddressClass::AwsOrVpc, _) => "public AWS or a VPC".to_owned(),
        (AddressClass::Elsewhere, _) => "not a public AWS address".to_owned(),
    }
}

fn resolve(outcome: &ResolveOutcome) -> String {
    match outcome {
        ResolveOutcome::Answered(answer) => {
            let mut classes: Vec<String> = Vec::new();
            for answered in &answer.addresses {
                let class = class(&answered.known);
                if !classes.contains(&class) {
                    classes.push(class);
                }
            }
            let addresses: Vec<String> =
                answer.addresses.iter().take(4).map(|answered| answered.known.address.to_string()).collect();
            let more = match answer.addresses.len().saturating_sub(4) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let unanswered =
                answer.unanswered.as_ref().map(|it| format!("; for {}: {}", it.record.name(), resolve(&it.why)));
            format!("{}{more} ({}){}", addresses.join(", "), classes.join("; "), unanswered.unwrap_or_default())
        }
        ResolveOutcome::IpLiteral(known) => format!("{} ({})", known.address, class(known)),
        ResolveOutcome::NoData { .. } => "exists, but has no address".to_owned(),
        ResolveOutcome::NxDomain { .. } => "does not exist (NXDOMAIN)".to_owned(),
        ResolveOutcome::ServerFailure => "the server failed (SERVFAIL)".to_owned(),
        ResolveOutcome::Refused => "the server refused (REFUSED)".to_owned(),
        ResolveOutcome::OtherError { rcode } => format!("the server answered an error ({rcode})"),
        ResolveOutcome::TimedOut => "no answer".to_owned(),
        ResolveOutcome::PortClosed => "nothing listens on the server's port".to_owned(),
        ResolveOutcome::Unreachable { reason } => format!("the server cannot be reached: {reason}"),
        ResolveOutcome::Truncated { reason } => format!("the answer was cut to fit a datagram, and {reason}"),
        ResolveOutcome::Malformed { reason } => format!("an answer that cannot be read: {reason}"),
        ResolveOutcome::NoServers => "no name server is configured".to_owned(),
        ResolveOutcome::NotSent { lacking } => format!("not sent: {}", lacking.title()),
    }
}

fn connect(outcome: &ConnectOutcome) -> String {
    match outcome {
        ConnectOutcome::Connected { .. } => "connected".to_owned(),
        ConnectOutcome::TimedOut => "timed out".to_owned(),
        ConnectOutcome::Refused => "refused".to_owned(),
        ConnectOutcome::Reset => "reset".to_owned(),
        ConnectOutcome::HostUnreachable => "host unreachable".to_owned(),
        ConnectOutcome::NetworkUnreachable => "network unreachable".to_owned(),
        ConnectOutcome::Forbidden => "forbidden".to_owned(),
        ConnectOutcome::NotSent { lacking } => format!("not sent: {}", lacking.title()),
        ConnectOutcome::Failed { reason } => format!("failed: {reason}"),
    }
}

fn handshake(outcome: &HandshakeOutcome) -> String {
    let issuer = || outcome.certificate().map(|it| it.issuer.clone()).unwrap_or_else(|| "nobody".to_owned());
    match outcome {
        HandshakeOutcome::Completed { version, .. } => format!("{version}, issued by {}", common_name(&issuer())),
        HandshakeOutcome::UnknownIssuer { .. } => format!("not trusted: issued by {}", issuer()),
        HandshakeOutcome::NameMismatch { certificate } => match certificate {
            Some(it) if !it.names.is_empty() => format!("for another name: {}", it.names.join(", ")),
            _ => "for another name".to_owned(),
        },
        HandshakeOutcome::Expired { certificate: Some(it), .. } => format!("expired at {}", it.not_after),
        HandshakeOutcome::Expired { .. } => "expired".to_owned(),
        HandshakeOutcome::NotYetValid { certificate: Some(it), .. } => format!("not valid before {}", it.not_before),
        HandshakeOutcome::NotYetValid { .. } => "not yet valid".to_owned(),
        HandshakeOutcome::BadCertificate { reason, .. } => format!("bad certificate: {reason}"),
        HandshakeOutcome::Alert { alert } => format!("ended by the server: {alert}"),
        HandshakeOutcome::NoCommonParameters { reason } => format!("nothing in common: {reason}"),
        HandshakeOutcome::NotTls => "the answer is not TLS".to_owned(),
        HandshakeOutcome::Reset => "reset after the ClientHello".to_owned(),
        HandshakeOutcome::Closed => "closed after the ClientHello".to_owned(),
        HandshakeOutcome::TimedOut => "no answer to the ClientHello".to_owned(),
        HandshakeOutcome::Failed { reason } => format!("failed: {reason}"),
    }
}

/// How many failed, and in what time the others ended.
fn samples<Outcome>(tries: &Samples<Outcome>, words: fn(&Outcome) -> String) -> String {
    let failed = match &tries.failure {
        Some(failure) => format!("{} of {} failed ({})", tries.failed, tries.tries, words(failure)),
        None => format!("none of {} failed", tries.tries),
    };
    let resent = match tries.resent {
        0 => String::new(),
        resent => format!(", {resent} with segments sent again"),
    };
    let [half, most, longest] = [tries.p50_us, tries.p95_us, tries.max_us].map(|us| milliseconds(us as f64 / 1e3));
    format!("{failed}{resent} · p50 {half} · p95 {most} · max {longest}")
}

/// The CN of a distinguished name, or all of it.
fn common_name(name: &str) -> &str {
    name.split(',').find_map(|part| part.trim().strip_prefix("CN=")).unwrap_or(name)
}

fn token(outcome: &TokenOutcome) -> String {
    match outcome {
        TokenOutcome::Issued { valid_for_s: Some(seconds), .. } => {
            format!("issued, valid for {:.1} h", *seconds as f64 / 3600.0)
        }
        TokenOutcome::Issued { .. } => "issued".to_owned(),
        TokenOutcome::Reused { age_s, valid_for_s } => {
            let (age, left) = (*age_s as f64 / 3600.0, *valid_for_s as f64 / 3600.0);
            format!("not asked: the token of {age:.1} h ago is reused, valid for {left:.1} h")
        }
        TokenOutcome::Lapsed { age_s } => {
            format!("the token of {:.1} h ago is refused: a new one is asked for", *age_s as f64 / 3600.0)
        }
        TokenOutcome::Malformed { reason } => reason.clone(),
        TokenOutcome::Rejected(why) => rejection(why),
        TokenOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn registry(outcome: &RegistryOutcome) -> String {
    match outcome {
        RegistryOutcome::Challenged { scheme, clock_offset_s, .. } => {
            format!("401 with a {scheme} challenge{}", apart(*clock_offset_s))
        }
        RegistryOutcome::Accepted { clock_offset_s } => format!("200, accepted{}", apart(*clock_offset_s)),
        RegistryOutcome::Rejected(why) => rejection(why),
        RegistryOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn registry_token(outcome: &RegistryTokenOutcome) -> String {
    match outcome {
        RegistryTokenOutcome::Granted { .. } => "anonymous token granted".to_owned(),
        RegistryTokenOutcome::NeedsCredentials { scheme } => format!("wants credentials ({scheme}): not asked"),
        RegistryTokenOutcome::Refused { reason } => format!("not asked: {reason}"),
        RegistryTokenOutcome::Spared => "not pulled this time, since the registry counts pulls".to_owned(),
        RegistryTokenOutcome::Malformed { reason } => reason.clone(),
        RegistryTokenOutcome::Rejected(why) => rejection(why),
        RegistryTokenOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn manifest(outcome: &ManifestOutcome) -> String {
    match outcome {
        ManifestOutcome::Index { platforms, windows_versions, .. } => {
            let several = if windows_versions.is_empty() {
                String::new()
            } else {
                format!("; for Windows {}, of which the host's version decides", windows_versions.join(", "))
            };
            format!("index of {}{several}", platforms.join(", "))
        }
        ManifestOutcome::Image { layers, bytes: size, zstd_layers, shared_layers, .. } => {
            let zstd = if *zstd_layers > 0 { format!(" ({zstd_layers} zstd)") } else { String::new() };
            let shared =
                if *shared_layers > 0 { format!(", {shared_layers} of them listed before") } else { String::new() };
            format!("{}{zstd}, {}{shared}", count(*layers, "layer"), bytes(*size))
        }
        ManifestOutcome::NoPlatform { wanted, offered, .. } => {
            format!("no {wanted} among {}", if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") })
        }
        ManifestOutcome::DigestMismatch { actual, .. } => format!("hashes to {actual}"),
        ManifestOutcome::Unsupported { reason } => reason.to_string(),
        ManifestOutcome::TooDeep { indexes } => format!("an index after {indexes} others, and no manifest"),
        ManifestOutcome::Failure { code, reason } => match reason {
            Some(reason) => format!("{code}: {reason}"),
            None => code.clone(),
        },
        ManifestOutcome::Rejected(why) => rejection(why),
        ManifestOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn config(outcome: &ConfigOutcome) -> String {
    match outcome {
        ConfigOutcome::Matches { platform } => format!("built for {platform}"),
        ConfigOutcome::OtherPlatform { wanted, found } => format!("built for {found}, not for {wanted}"),
        ConfigOutcome::Malformed { reason } => reason.clone(),
    }
}

fn layer_url(outcome: &LayerUrlOutcome) -> String {
    match outcome {
        LayerUrlOutcome::Redirected { host, .. } => format!("at {host}"),
        LayerUrlOutcome::Direct => "served by the registry itself".to_owned(),
        LayerUrlOutcome::BadRedirect { reason } => reason.clone(),
        LayerUrlOutcome::Failure { code, reason } => match reason {
            Some(reason) => format!("{code}: {reason}"),
            None => code.clone(),
        },
        LayerUrlOutcome::Rejected(why) => rejection(why),
        LayerUrlOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn layer_store(outcome: &LayerStoreOutcome) -> String {
    match outcome {
        LayerStoreOutcome::Answered { status, code, clock_offset_s } => {
            let code = code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
            format!("answers {status}{code}: reachable{}", apart(*clock_offset_s))
        }
        LayerStoreOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn layer_bytes(outcome: &LayerBytesOutcome) -> String {
    match outcome {
        LayerBytesOutcome::Verified { bytes: size, .. } => format!("{}, digest verified", bytes(*size)),
        LayerBytesOutcome::Reached { bytes: size, .. } => format!("first {} came", bytes(*size)),
        LayerBytesOutcome::Unfinished { received } => format!("{} when time ran out", bytes(*received)),
        LayerBytesOutcome::DigestMismatch { actual, .. } => format!("hashes to {actual}"),
        LayerBytesOutcome::LengthMismatch { expected, received } => format!("{received} bytes of {expected}"),
        LayerBytesOutcome::Broken { received, why } => format!("{} after {}", no_answer(why), bytes(*received)),
        LayerBytesOutcome::RangeRefused { from, status, content_range } => {
            let range = content_range.as_deref().map(|range| format!(" with `{range}`")).unwrap_or_default();
            format!("HTTP {status}{range} to a request for what follows {}", bytes(*from))
        }
        LayerBytesOutcome::BadRedirect { reason } => reason.clone(),
        LayerBytesOutcome::Rejected(why) => rejection(why),
        LayerBytesOutcome::NoAnswer(why) => no_answer(why),
    }
}

fn disk(outcome: &DiskOutcome) -> String {
    let DiskOutcome::Measured { reserved_mib, utilized_mib, .. } = outcome;
    let used = utilized_mib.map(|used| format!(", {used} MiB used")).unwrap_or_default();
    format!("this task's has {reserved_mib} MiB{used}")
}

fn clock(outcome: &ClockOutcome) -> String {
    let (word, error_bound_ms) = match outcome {
        ClockOutcome::Synchronized { error_bound_ms } => ("synchronized", error_bound_ms),
        ClockOutcome::NotSynchronized { error_bound_ms } => ("not synchronized", error_bound_ms),
    };
    let bound = error_bound_ms.map(|bound| format!(", off by {} at most", milliseconds(bound))).unwrap_or_default();
    format!("the host calls it {word}{bound}")
}

fn task_pull(outcome: &TaskPullOutcome) -> String {
    let TaskPullOutcome::Measured { seconds, holds } = outcome;
    format!("{} took {}", count(holds.len(), "image"), milliseconds(seconds * 1e3))
}

/// How far the answer's Date is from the clock here, where that is worth a word.
fn apart(clock_offset_s: Option<i64>) -> String {
    match clock_offset_s {
        Some(offset @ 61..) => format!(", its Date {offset} s ahead of the clock here"),
        Some(offset @ ..=-61) => format!(", its Date {} s behind the clock here", offset.unsigned_abs()),
        _ => String::new(),
    }
}

fn rejection(why: &Rejection) -> String {
    let code = why.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    let message = why.message.as_deref().map(|message| format!(": {message}")).unwrap_or_default();
    format!("HTTP {}{code}{message}", why.status)
}
