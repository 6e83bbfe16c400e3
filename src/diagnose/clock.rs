//! What the evidence tells of the clock here, for every rule that judges it.

use super::certificates::from_amazon;
use super::{Case, Host};
use crate::aws::is_aws_host;
use crate::model::outcome::{
    CallerOutcome, Certificate, HandshakeOutcome, LayerStoreOutcome, LayerUrlOutcome, ManifestOutcome, RegistryOutcome,
    Rejection, TokenOutcome,
};
use crate::model::{Act, Observation, Target};
use crate::wire::said;

/// ECR takes a signature that is off by five minutes (AWS General Reference, "Signature Version 4").
pub const SIGNATURE_TOLERANCE_S: u64 = 300;

/// Error codes that only say that the times differ.
const SKEW_CODES: [&str; 3] = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];

/// Whether AWS turned a signature down for its time.
pub fn is_about_time(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    SKEW_CODES.contains(&code) || said::signature_is_of_another_time(rejection)
}

/// What turned a request down, those beside the pull among them.
pub fn rejected(act: &Act) -> Option<&Rejection> {
    match act {
        Act::Caller(CallerOutcome::Rejected(it))
        | Act::ApiManifest(ManifestOutcome::Rejected(it))
        | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(it)) => Some(it),
        of_the_pull => of_the_pull.rejection(),
    }
}

/// A mirror in AWS's place (`AWS_ENDPOINT_URL`) has a clock of its own.
pub fn is_aws(target: &Target) -> bool {
    target.role.is_aws() && is_aws_host(&target.host)
}

/// AWS's clock minus ours in seconds, wherever an answer of AWS's own tells it.
pub fn offsets<'e>(case: &Case<'e>) -> Vec<(&'e Observation, i64)> {
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
pub fn skew(offsets: &[(&Observation, i64)]) -> Option<i64> {
    let least = offsets.iter().map(|&(_, offset)| offset).min_by_key(|offset| offset.unsigned_abs())?;
    let agree = offsets.iter().all(|&(_, offset)| offset.signum() == least.signum());
    (agree && least.unsigned_abs() > SIGNATURE_TOLERANCE_S).then_some(least)
}

/// AWS's clock minus ours in seconds, by the answer that differs least: the others came through more on the way.
pub fn clock_offset(case: &Case<'_>) -> Option<i64> {
    offsets(case).into_iter().map(|(_, offset)| offset).min_by_key(|offset| offset.unsigned_abs())
}

/// Whether an answer of AWS's says so: by its Date, or by taking a signature.
pub fn is_right(case: &Case<'_>) -> bool {
    offsets(case).iter().any(|&(_, offset)| offset.unsigned_abs() <= SIGNATURE_TOLERANCE_S) || signed(case).is_some()
}

/// What AWS gave to a request that was signed by the clock here.
pub fn signed<'e>(case: &Case<'e>) -> Option<&'e Observation> {
    let taken =
        |act: &Act| matches!(act, Act::Token(TokenOutcome::Issued { .. }) | Act::Caller(CallerOutcome::Known { .. }));
    case.evidence.iter().find(|it| taken(&it.act))
}

/// Certificates that AWS's hosts show, one a host, where the clock here finds every one of them
/// expired, or every one of them not valid yet: those of several hosts do not end together.
pub fn stale_together<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e Certificate)> {
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
pub fn is_wrong_by_certificates(case: &Case<'_>) -> bool {
    !stale_together(case).is_empty()
}

/// Seconds, or minutes and up where those say more.
pub fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
