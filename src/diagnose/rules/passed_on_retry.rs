//! ECR-04: what failed at first and passed when it was tried again. It changes no verdict: a pull tries again too.

use super::words;
use crate::diagnose::answers::stage_of;
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::{
    ConnectOutcome, CredentialsOutcome, HandshakeOutcome, LayerBytesOutcome, NoAnswer, ResolveOutcome,
};
use crate::model::{Act, Fix, Observation, Target};

rule!(ECR_04, "ECR-04", "passed-on-retry", Need::Names, judge);

/// So many kinds of failures are told one by one.
const MOST_TOLD: usize = 3;

/// What was tried, as far as it makes sense to count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    Question,
    Connection,
    Handshake,
    Request,
}

impl Noun {
    fn of(act: &Act) -> Self {
        match act {
            Act::Resolve(_) => Noun::Question,
            Act::Connect(_) => Noun::Connection,
            Act::Handshake(_) => Noun::Handshake,
            _ => Noun::Request,
        }
    }

    /// `1 of 14 requests to`, before a host.
    fn words(self) -> &'static str {
        match self {
            Noun::Question => "DNS queries for",
            Noun::Connection => "connections to",
            Noun::Handshake => "TLS handshakes with",
            Noun::Request => "requests to",
        }
    }
}

/// Failures of one kind at one host.
struct Group<'e> {
    target: Option<&'e Target>,
    noun: Noun,
    how: String,
    count: usize,
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    // A token that had grown old and was renewed is no weather.
    let passed: Vec<&Observation> = case.passed.iter().copied().filter(|it| it.act.may_pass()).collect();
    let Some(first) = passed.first() else { return Vec::new() };
    let mut groups: Vec<Group<'_>> = Vec::new();
    for observation in &passed {
        let (target, noun, how) = (observation.target.as_ref(), Noun::of(&observation.act), how(&observation.act));
        match groups.iter_mut().find(|it| it.target == target && it.noun == noun && it.how == how) {
            Some(group) => group.count += 1,
            None => groups.push(Group { target, noun, how, count: 1 }),
        }
    }
    let told: Vec<String> = groups.iter().take(MOST_TOLD).map(|group| tell(case, group)).collect();
    let rest: usize = groups.iter().skip(MOST_TOLD).map(|group| group.count).sum();
    let rest = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    let hosts = words::list(groups.iter().filter_map(|group| group.target).map(ToString::to_string));
    let subject = if hosts.is_empty() { "credentials".to_owned() } else { hosts };
    let summary = format!("failed at first and passed when tried again: {}{rest}", told.join(", "));
    vec![
        Draft::info(stage_of(&first.act), subject, summary)
            .proven("a container runtime tries again as well, so that this costs a pull seconds and does not stop it")
            .cite(passed)
            .fix(Fix::advice(
                "nothing needs to be fixed; if most checks say so, measure the path: ecr-probe check --samples 20 --pull reach",
            )),
    ]
}

/// `1 of 14 requests to HOST (HTTP 503)`.
fn tell(case: &Case<'_>, group: &Group<'_>) -> String {
    let alike = case.whole.iter().filter(|it| it.target.as_ref() == group.target && Noun::of(&it.act) == group.noun);
    let of_all = alike.filter(|it| is_try(&it.act)).count();
    match group.target {
        Some(target) => format!("{} of {of_all} {} {target} ({})", group.count, group.noun.words(), group.how),
        None => format!("the look for credentials, {} ({})", words::times(group.count), group.how),
    }
}

/// Whether something was sent for it, once.
fn is_try(act: &Act) -> bool {
    !matches!(
        act,
        Act::ResolveSamples(_)
            | Act::ConnectSamples(_)
            | Act::HandshakeSamples(_)
            | Act::VpcResolve(_)
            | Act::Config(_)
    )
}

fn how(act: &Act) -> String {
    if let Some(why) = act.rejection() {
        return format!("HTTP {}", why.status);
    }
    if let Some(why) = act.no_answer() {
        return unanswered(why);
    }
    let how = match act {
        Act::Resolve(ResolveOutcome::ServerFailure) => "SERVFAIL",
        Act::Resolve(ResolveOutcome::PortClosed) => "port closed",
        Act::Resolve(ResolveOutcome::Unreachable { .. }) => "name server unreachable",
        Act::Resolve(ResolveOutcome::NotSent { lacking }) | Act::Connect(ConnectOutcome::NotSent { lacking }) => {
            lacking.title()
        }
        Act::Connect(ConnectOutcome::Refused) => "connection refused",
        Act::Connect(ConnectOutcome::Reset) | Act::Handshake(HandshakeOutcome::Reset) => "connection reset",
        Act::Connect(ConnectOutcome::HostUnreachable) => "host unreachable",
        Act::Handshake(HandshakeOutcome::Closed) => "connection closed",
        Act::Resolve(ResolveOutcome::TimedOut | ResolveOutcome::Truncated { .. })
        | Act::Connect(ConnectOutcome::TimedOut)
        | Act::Handshake(HandshakeOutcome::TimedOut)
        | Act::Credentials(CredentialsOutcome::TimedOut) => "timed out",
        Act::LayerBytes(LayerBytesOutcome::Broken { why: NoAnswer::TimedOut, .. }) => "layer stalled",
        Act::LayerBytes(LayerBytesOutcome::Broken { .. }) => "layer cut off",
        Act::LayerBytes(LayerBytesOutcome::RangeRefused { .. }) => "rest of the layer refused",
        _ => "failed",
    };
    how.to_owned()
}

fn unanswered(why: &NoAnswer) -> String {
    match why {
        NoAnswer::Connect { reason } => format!("connect {reason}"),
        NoAnswer::Handshake { reason } => format!("TLS {reason}"),
        NoAnswer::TimedOut => "timed out".to_owned(),
        NoAnswer::Reset => "connection reset".to_owned(),
        NoAnswer::Closed => "connection closed".to_owned(),
        _ => "no answer".to_owned(),
    }
}
