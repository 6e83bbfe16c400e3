//! CLK-01: the clock here is wrong.

use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{
    CallerOutcome, HandshakeOutcome, LayerBytesOutcome, LayerStoreOutcome, ManifestOutcome, RegistryOutcome, Rejection,
    TokenOutcome,
};
use crate::model::{Act, Code, EvidenceId, Fix, Observation, Stage};

pub static CLK_01: Rule = Rule {
    code: Code("CLK-01"),
    name: "clock-skew",
    page: include_str!("../../../docs/codes/CLK-01.md"),
    need: Need::RegistryReply,
    judge,
};

/// ECR takes a signature that is off by five minutes (AWS General Reference, "Signature Version 4").
const SIGNATURE_TOLERANCE_S: i64 = 300;

/// Error codes that only say that the times differ.
const SKEW_CODES: [&str; 3] = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let offsets: Vec<(EvidenceId, i64)> =
        case.evidence.iter().filter_map(|it| offset(&it.act).map(|offset| (it.id, offset))).collect();
    let refused: Vec<&Observation> =
        case.evidence.iter().filter(|it| rejected(&it.act).is_some_and(is_about_time)).collect();
    let largest = offsets.iter().map(|&(_, offset)| offset).max_by_key(|offset| offset.abs());
    let skewed = largest.filter(|offset| offset.abs() > SIGNATURE_TOLERANCE_S);
    if refused.is_empty() && skewed.is_none() {
        return Vec::new();
    }
    // A certificate that the servers' own time would accept is a symptom of the clock.
    let certificates = case.evidence.iter().filter(|it| skewed.is_some_and(|offset| cured_by(&it.act, offset)));
    let shown = offsets.iter().filter(|(_, offset)| offset.abs() > SIGNATURE_TOLERANCE_S).take(2);
    let shown: Vec<&Observation> = shown.filter_map(|(id, _)| case.evidence.get(*id)).collect();
    let summary = match largest {
        Some(offset) if offset != 0 => format!(
            "the clock here is {} s {} the servers' own, so AWS refuses what it signs",
            offset.abs(),
            if offset > 0 { "behind" } else { "ahead of" },
        ),
        _ => "the clock here is wrong, so AWS refuses what it signs".to_owned(),
    };
    let draft = Draft::error(Stage::Credentials, "the system clock", summary)
        .cite(refused.iter().copied())
        .cite(shown)
        .cover(certificates)
        .fix(Fix::advice("synchronise the clock: point chrony at 169.254.169.123, the Amazon Time Sync Service"))
        .fix(Fix::ready("see how far it is off", "chronyc tracking"));
    vec![match (refused.is_empty(), skewed.is_some()) {
        (false, true) => draft
            .proven("AWS refused a signature for its time, and the Date of its answers differs from the clock here"),
        (false, false) => draft.proven("AWS refused a signature for its time"),
        _ => draft.likely("the Date of the answers differs from the clock here by more than AWS tolerates"),
    }]
}

fn is_about_time(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let message = rejection.message.as_deref().unwrap_or_default();
    SKEW_CODES.contains(&code)
        || (code.contains("InvalidSignature") || code == "SignatureDoesNotMatch")
            && (message.contains("Signature expired") || message.contains("Signature not yet current"))
}

fn rejected(act: &Act) -> Option<&Rejection> {
    match act {
        Act::Caller(CallerOutcome::Rejected(it))
        | Act::Token(TokenOutcome::Rejected(it))
        | Act::RegistryPing(RegistryOutcome::Rejected(it))
        | Act::RegistryAuth(RegistryOutcome::Rejected(it))
        | Act::Manifest(ManifestOutcome::Rejected(it))
        | Act::ApiManifest(ManifestOutcome::Rejected(it))
        | Act::LayerBytes(LayerBytesOutcome::Rejected(it)) => Some(it),
        _ => None,
    }
}

/// The server's clock minus ours, seconds.
fn offset(act: &Act) -> Option<i64> {
    match act {
        Act::RegistryPing(
            RegistryOutcome::Challenged { clock_offset_s, .. } | RegistryOutcome::Accepted { clock_offset_s },
        )
        | Act::LayerStore(LayerStoreOutcome::Answered { clock_offset_s, .. }) => *clock_offset_s,
        other => rejected(other)?.clock_offset_s,
    }
}

fn cured_by(act: &Act, offset: i64) -> bool {
    match act {
        Act::Handshake(HandshakeOutcome::Expired { certificate: Some(it), now }) => now.0 + offset <= it.not_after.0,
        Act::Handshake(HandshakeOutcome::NotYetValid { certificate: Some(it), now }) => {
            now.0 + offset >= it.not_before.0
        }
        _ => false,
    }
}
