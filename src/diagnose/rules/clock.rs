//! CLK-01: the clock here is wrong.

use super::tls_certificate::from_amazon;
use super::{clock_metadata, words};
use crate::aws::is_aws_host;
use crate::diagnose::{Case, Draft, Host, Need};
use crate::model::outcome::{
    CallerOutcome, Certificate, HandshakeOutcome, LayerStoreOutcome, LayerUrlOutcome, ManifestOutcome, RegistryOutcome,
    Rejection, TokenOutcome,
};
use crate::model::{Act, Fix, Observation, Stage, Target};
use crate::wire::said;

rule!(CLK_01, "CLK-01", "clock-skew", Need::RegistryReply, judge);

/// ECR takes a signature that is off by five minutes (AWS General Reference, "Signature Version 4").
pub(super) const SIGNATURE_TOLERANCE_S: u64 = 300;

/// Error codes that only say that the times differ.
const SKEW_CODES: [&str; 3] = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let offsets = offsets(case);
    let skewed = skew(&offsets);
    let refused: Vec<&Observation> =
        case.evidence.iter().filter(|it| rejected(&it.act).is_some_and(is_about_time)).collect();
    if refused.is_empty() && skewed.is_none() {
        let found = by_certificates(case).map(|draft| clock_metadata::beside(case, draft, false));
        return found.or_else(|| clock_metadata::alone(case)).into_iter().collect();
    }
    // A certificate that the servers' own time would accept is a symptom of the clock.
    let certificates = case.evidence.iter().filter(|it| skewed.is_some_and(|offset| cured_by(&it.act, offset)));
    // One Date for each of two hosts is enough to see it.
    let mut shown: Vec<&Observation> = Vec::new();
    for (observation, _) in offsets.iter().filter(|_| skewed.is_some()) {
        if shown.len() < 2 && shown.iter().all(|it| it.target != observation.target) {
            shown.push(observation);
        }
    }
    let apart = skewed.map(|offset| {
        let side = if offset > 0 { "behind AWS's" } else { "ahead of AWS's" };
        format!("the clock here is {} {side}", span(offset.unsigned_abs()))
    });
    let apart = apart.unwrap_or_else(|| "the clock here is wrong".to_owned());
    let tune = |draft: Draft| {
        draft
            .cite(shown.iter().copied())
            .cite(refused.iter().copied())
            .cover(certificates)
            .fix(words::in_region(
                case.region(),
                "compare the clock here with AWS's",
                format!("date -u; curl -sI https://api.ecr.{}.amazonaws.com/ | grep -i ^date", case.region()),
            ))
            .fix(keep_in_step())
            .fix(step())
    };
    let subject = "the system clock";
    let draft = match (refused.is_empty(), signed(case)) {
        (false, _) => tune(Draft::error(
            Stage::Credentials,
            subject,
            format!("{apart}, and AWS refuses what it signs"),
        ))
        .proven(match skewed {
            Some(_) => "AWS refused a signature for its time, and the Date of its answers differs from the clock here",
            None => "AWS refused a signature for its time",
        }),
        // AWS took a signature all the same: the clock is being set, or the Dates are not AWS's.
        (true, Some(issued)) => tune(Draft::warning(
            Stage::Credentials,
            subject,
            format!("{apart} by the Date of the answers, and yet AWS takes what it signs"),
        ))
        .cite([issued])
        .likely("a signature that is five minutes off is refused: the clock is at the edge of that, or is being set just now"),
        (true, None) => tune(Draft::error(
            Stage::Credentials,
            subject,
            format!("{apart}: AWS refuses signatures that are {} off", span(SIGNATURE_TOLERANCE_S)),
        ))
        .likely("the Date of every AWS answer differs from the clock here by more than AWS tolerates"),
    };
    vec![clock_metadata::beside(case, draft, refused.is_empty())]
}

/// Seconds, or minutes and up where those say more.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn is_about_time(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    SKEW_CODES.contains(&code) || said::signature_is_of_another_time(rejection)
}

fn rejected(act: &Act) -> Option<&Rejection> {
    match act {
        Act::Caller(CallerOutcome::Rejected(it))
        | Act::ApiManifest(ManifestOutcome::Rejected(it))
        | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(it)) => Some(it),
        of_the_pull => of_the_pull.rejection(),
    }
}

/// A mirror in AWS's place (`AWS_ENDPOINT_URL`) has a clock of its own.
fn is_aws(target: &Target) -> bool {
    target.role.is_aws() && is_aws_host(&target.host)
}

/// AWS's clock minus ours in seconds, wherever an answer of AWS's own tells it.
fn offsets<'e>(case: &Case<'e>) -> Vec<(&'e Observation, i64)> {
    let of_aws = case.evidence.iter().filter(|it| it.target.as_ref().is_some_and(is_aws));
    of_aws.filter_map(|it| offset(&it.act).map(|offset| (it, offset))).collect()
}

fn offset(act: &Act) -> Option<i64> {
    match act {
        Act::RegistryPing(
            RegistryOutcome::Challenged { clock_offset_s, .. } | RegistryOutcome::Accepted { clock_offset_s },
        )
        | Act::RegistryAuth(
            RegistryOutcome::Challenged { clock_offset_s, .. } | RegistryOutcome::Accepted { clock_offset_s },
        )
        | Act::LayerStore(LayerStoreOutcome::Answered { clock_offset_s, .. }) => *clock_offset_s,
        other => rejected(other)?.clock_offset_s,
    }
}

/// The offset, where all of them are too large in one direction: a single server's Date proves
/// nothing against another's.
fn skew(offsets: &[(&Observation, i64)]) -> Option<i64> {
    let least = offsets.iter().map(|&(_, offset)| offset).min_by_key(|offset| offset.unsigned_abs())?;
    let agree = offsets.iter().all(|&(_, offset)| offset.signum() == least.signum());
    (agree && least.unsigned_abs() > SIGNATURE_TOLERANCE_S).then_some(least)
}

/// AWS's clock minus ours in seconds, by the answer that differs least: the others came through more on the way.
pub fn clock_offset(case: &Case<'_>) -> Option<i64> {
    offsets(case).into_iter().map(|(_, offset)| offset).min_by_key(|offset| offset.unsigned_abs())
}

/// Whether an answer of AWS's says so: by its Date, or by taking a signature.
pub(super) fn is_right(case: &Case<'_>) -> bool {
    offsets(case).iter().any(|&(_, offset)| offset.unsigned_abs() <= SIGNATURE_TOLERANCE_S) || signed(case).is_some()
}

/// What AWS gave to a request that was signed by the clock here.
fn signed<'e>(case: &Case<'e>) -> Option<&'e Observation> {
    let taken =
        |act: &Act| matches!(act, Act::Token(TokenOutcome::Issued { .. }) | Act::Caller(CallerOutcome::Known { .. }));
    case.evidence.iter().find(|it| taken(&it.act))
}

fn cured_by(act: &Act, offset: i64) -> bool {
    match act {
        Act::Handshake(HandshakeOutcome::Expired { certificate: Some(it), now }) => {
            now.0.saturating_add(offset) <= it.not_after.0
        }
        Act::Handshake(HandshakeOutcome::NotYetValid { certificate: Some(it), now }) => {
            now.0.saturating_add(offset) >= it.not_before.0
        }
        _ => false,
    }
}

/// Certificates that AWS's hosts show, one a host, where the clock here finds every one of them
/// expired, or every one of them not valid yet: those of several hosts do not end together.
fn stale_together<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e Certificate)> {
    let expired = |outcome: &HandshakeOutcome| matches!(outcome, HandshakeOutcome::Expired { .. });
    let early = |outcome: &HandshakeOutcome| matches!(outcome, HandshakeOutcome::NotYetValid { .. });
    let shown: Vec<(&Host<'e>, &'e Observation, &'e HandshakeOutcome)> = case
        .hosts
        .iter()
        .filter(|host| is_aws(host.target))
        .flat_map(|host| {
            host.contacts.iter().filter_map(|it| it.handshake).map(move |(it, outcome)| (host, it, outcome))
        })
        .collect();
    let all = |stale: fn(&HandshakeOutcome) -> bool| {
        shown.iter().all(|(_, _, outcome)| stale(outcome) && outcome.certificate().is_some_and(from_amazon))
    };
    if is_right(case) || !all(expired) && !all(early) {
        return Vec::new();
    }
    let mut found: Vec<(&'e Observation, &'e Certificate)> = Vec::new();
    for (_, observation, outcome) in shown {
        let Some(certificate) = outcome.certificate() else { continue };
        if found.iter().all(|(known, _)| known.target != observation.target) {
            found.push((observation, certificate));
        }
    }
    if found.len() < 2 { Vec::new() } else { found }
}

/// Whether the certificates alone say that the clock here is wrong.
pub(super) fn is_wrong_by_certificates(case: &Case<'_>) -> bool {
    !stale_together(case).is_empty()
}

fn by_certificates(case: &Case<'_>) -> Option<Draft> {
    let stale = stale_together(case);
    let now = stale.iter().find_map(|(observation, _)| match &observation.act {
        Act::Handshake(HandshakeOutcome::Expired { now, .. } | HandshakeOutcome::NotYetValid { now, .. }) => Some(now),
        _ => None,
    })?;
    let from = stale.iter().map(|(_, certificate)| certificate.not_before).max()?;
    let until = stale.iter().map(|(_, certificate)| certificate.not_after).min()?;
    let how = if *now > until { "have expired" } else { "are not valid yet" };
    let summary = format!("the clock here says {now}, by which the certificates of all AWS hosts {how}");
    let of_aws = case.evidence.iter().filter(|it| it.target.as_ref().is_some_and(is_aws));
    let handshakes = of_aws.filter(|it| matches!(it.act, Act::Handshake(_)) && it.is_symptom());
    Some(
        Draft::error(Stage::Tls, "the system clock", summary)
            .likely(format!(
                "certificates of several hosts do not end together; these were all valid from {from} until {until}"
            ))
            .cite(stale.iter().map(|(observation, _)| *observation))
            .cover(handshakes)
            .or(&["TLS-06"])
            .fix(Fix::ready("look at the clock", "date -u"))
            .fix(keep_in_step())
            .fix(step()),
    )
}

pub(super) fn keep_in_step() -> Fix {
    Fix::advice(
        "on an EC2 instance point chrony at 169.254.169.123, the Amazon Time Sync Service; on a host of your own at an NTP server that it reaches",
    )
}

fn step() -> Fix {
    Fix::ready("step the clock at once, and see that it holds", "sudo chronyc makestep && chronyc tracking")
}
