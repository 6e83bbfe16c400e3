//! CLK-01: the clock here is wrong.

use super::clock_metadata::{self, keep_in_step};
use crate::aws::{Service, Variant};
use crate::diagnose::clock::{
    SIGNATURE_TOLERANCE_S, is_about_time, is_aws, offsets, rejected, signed, skew, span, stale_together,
};
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::HandshakeOutcome;
use crate::model::{Act, Blank, Command, Fix, Mode, Observation, Stage, Word};

rule!(CLK_01, "CLK-01", "clock-skew", Need::RegistryReply, judge);

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
    let host = Service::EcrApi.host(case.region(), Variant::default());
    let api = Word::around(&format!("https://{host}/"), Blank::REGION);
    let tune = |draft: Draft| draft.cite(shown.iter().copied()).cite(refused.iter().copied()).cover(certificates);
    let compare = Fix::run(
        "compare the clock here with AWS's",
        &Command::of("date -u").then(Command::of("curl -sI").operand(api).pipe(Command::of("grep -i ^date"))),
    );
    let subject = "the system clock";
    let draft = match (refused.is_empty(), signed(case)) {
        (false, _) => tune(Draft::error(
            Stage::Credentials,
            subject,
            format!("{apart}, and AWS rejects what is signed by it"),
        ))
        .proven(match skewed {
            Some(_) => "AWS refused a signature for its time, and the Date of its answers differs from the clock here",
            None => "AWS refused a signature for its time",
        }),
        // AWS took a signature all the same: the clock is being set, or the Dates are not AWS's.
        (true, Some(issued)) => tune(Draft::warning(
            Stage::Credentials,
            subject,
            format!("{apart} by the Date of the answers, and yet AWS accepts what is signed by it"),
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
    vec![clock_metadata::beside(case, with_fixes(case, draft, compare), refused.is_empty())]
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
    let draft = Draft::error(Stage::Tls, "the system clock", summary)
        .likely(format!(
            "certificates of several hosts do not end together; these were all valid from {from} until {until}"
        ))
        .cite(stale.iter().map(|(observation, _)| *observation))
        .cover(handshakes)
        .or(&["TLS-06"]);
    Some(with_fixes(case, draft, Fix::run("look at the clock", &Command::of("date -u"))))
}

/// Adds what sets the clock right, after a look at it. Nobody has a shell in a Lambda function.
fn with_fixes(case: &Case<'_>, draft: Draft, look: Fix) -> Draft {
    if case.vantage.mode == Mode::Lambda {
        return draft.fix(keep_in_step(case));
    }
    let step = Fix::run(
        "step the clock at once, and see that it holds",
        &Command::of("sudo chronyc makestep").and(Command::of("chronyc tracking")),
    );
    draft.fix(look).fix(keep_in_step(case)).fix(step)
}
