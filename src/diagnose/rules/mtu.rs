//! MTU-01: large packets are dropped silently, and small ones pass.

use super::words;
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::{HandshakeOutcome, LayerBytesOutcome};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage, Word};

rule!(MTU_01, "MTU-01", "path-mtu-black-hole", Need::Handshakes, judge);

/// The act that ended well with small segments where `silent` did not, if there is one. A handshake is `silent` before it
/// and after it.
pub(super) fn cure<'e>(case: &Case<'e>, silent: &Observation) -> Option<&'e Observation> {
    case.evidence.iter().find(|again| {
        let same = again.target == silent.target && again.address == silent.address && again.subject == silent.subject;
        let cured = match (&silent.act, &again.act) {
            (Act::Handshake(_), Act::ClampedHandshake(outcome)) => is_answer(outcome),
            (Act::LayerBytes(_), Act::ClampedBytes(outcome)) => matches!(outcome, LayerBytesOutcome::Reached { .. }),
            _ => false,
        };
        same && cured
    })
}

/// Whether the server's flight arrived, whatever became of it: a certificate that is refused has come.
fn is_answer(outcome: &HandshakeOutcome) -> bool {
    matches!(outcome, HandshakeOutcome::Completed { .. }) || outcome.certificate().is_some()
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let silent = |it: &&Observation| match &it.act {
        Act::Handshake(outcome) => matches!(outcome, HandshakeOutcome::TimedOut),
        Act::LayerBytes(outcome) => outcome.is_symptom(),
        _ => false,
    };
    let cured: Vec<(&Observation, &Observation)> =
        case.evidence.iter().filter(silent).filter_map(|it| Some((it, cure(case, it)?))).collect();
    if cured.is_empty() {
        return Vec::new();
    }
    let hosts = words::list(cured.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string));
    let handshake = cured.iter().any(|(it, _)| matches!(it.act, Act::Handshake(_)));
    let stage = if handshake { Stage::Tls } else { Stage::LayerBytes };
    let summary = format!("large packets to {hosts} are silently dropped (path MTU black hole); small ones pass");
    let address = cured
        .iter()
        .find_map(|(it, _)| it.address)
        .map_or_else(|| Blank::ADDRESS.into(), |it| Word::from(it.to_string()));
    vec![
        Draft::error(stage, format!("the path to {hosts}"), summary)
            .proven("the same act got no answer with full segments and was answered with segments of 1,100 bytes")
            .cite(cured.iter().flat_map(|&(silent, again)| [silent, again]))
            .or(&["ACL-03"])
            .fix(Fix::advice("let ICMP type 3 code 4 (IPv6: type 2) pass in both directions, in ACLs, security appliances and firewalls: it tells a sender to send smaller packets"))
            .fix(Fix::advice("or clamp the MSS to the path's MTU on the transit gateway appliance, VPN or firewall that has the smaller MTU"))
            .fix(Fix::run(
                "find the largest packet that passes, from a host in the same subnet",
                &Command::of("tracepath -n").operand(address),
            )),
    ]
}
