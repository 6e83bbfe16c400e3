//! Handshakes that get no certificate: cut (TLS-02), without common ground (TLS-07), not TLS (CFG-03).

use super::words;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::HandshakeOutcome;
use crate::model::{Act, Code, Fix, Observation, Stage};

pub static TLS_02: Rule = Rule {
    code: Code("TLS-02"),
    name: "handshake-cut",
    page: include_str!("../../../docs/codes/TLS-02.md"),
    need: Need::Handshakes,
    judge: cut,
};

pub static TLS_07: Rule = Rule {
    code: Code("TLS-07"),
    name: "tls-parameters-mismatch",
    page: include_str!("../../../docs/codes/TLS-07.md"),
    need: Need::Handshakes,
    judge: no_common_ground,
};

pub static CFG_03: Rule = Rule {
    code: Code("CFG-03"),
    name: "wrong-scheme-or-port",
    page: include_str!("../../../docs/codes/CFG-03.md"),
    need: Need::Handshakes,
    judge: not_tls,
};

/// Handshakes that ended as `fits` says, with the names of their hosts.
fn gather<'e>(
    case: &Case<'e>,
    fits: fn(&HandshakeOutcome) -> bool,
) -> (Vec<(&'e Observation, &'e HandshakeOutcome)>, String) {
    let shakes: Vec<_> = case
        .acts(|act| match act {
            Act::Handshake(outcome) => Some(outcome),
            _ => None,
        })
        .into_iter()
        .filter(|(_, outcome)| fits(outcome))
        .collect();
    let names = words::list(shakes.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string));
    (shakes, names)
}

fn cut(case: &Case<'_>) -> Vec<Draft> {
    let (shakes, names) = gather(case, |outcome| {
        matches!(
            outcome,
            HandshakeOutcome::Reset
                | HandshakeOutcome::Closed
                | HandshakeOutcome::TimedOut
                | HandshakeOutcome::Alert { .. }
        )
    });
    if shakes.is_empty() {
        return Vec::new();
    }
    let silent = shakes.iter().all(|(_, outcome)| matches!(outcome, HandshakeOutcome::TimedOut));
    let how = match shakes[0].1 {
        HandshakeOutcome::TimedOut => "left without an answer".to_owned(),
        HandshakeOutcome::Reset => "reset".to_owned(),
        HandshakeOutcome::Alert { alert } => format!("ended with the alert {alert}"),
        _ => "closed".to_owned(),
    };
    let draft = Draft::error(
        Stage::Tls,
        names.clone(),
        format!("the TLS handshake with {names} is {how} after the ClientHello, although TCP connects"),
    )
    .likely("TCP was accepted and the first message that names the host was not: a firewall that filters by name (SNI) does that")
    .cite(shakes.iter().map(|(observation, _)| *observation))
    .fix(Fix::advice(format!(
        "allow these server names (SNI) in AWS Network Firewall or the appliance on the path, by exact name: {names}"
    )));
    match silent {
        true => vec![draft.or(&["MTU-01"])],
        false => vec![draft],
    }
}

fn no_common_ground(case: &Case<'_>) -> Vec<Draft> {
    let (shakes, names) = gather(case, |outcome| matches!(outcome, HandshakeOutcome::NoCommonParameters { .. }));
    if shakes.is_empty() {
        return Vec::new();
    }
    let summary = format!("{names} and the probe have no TLS version or cipher in common");
    vec![
        Draft::error(Stage::Tls, names, summary)
            .proven("AWS's endpoints take TLS 1.2 and 1.3, as the probe does: something old answers in their place")
            .cite(shakes.iter().map(|(observation, _)| *observation))
            .fix(Fix::advice("update the proxy, mirror or inspector in between so that it speaks TLS 1.2 or newer")),
    ]
}

fn not_tls(case: &Case<'_>) -> Vec<Draft> {
    let (shakes, names) = gather(case, |outcome| matches!(outcome, HandshakeOutcome::NotTls));
    if shakes.is_empty() {
        return Vec::new();
    }
    let places = words::list(shakes.iter().filter_map(|(it, _)| it.address).map(|address| address.to_string()));
    let summary = format!("{places} does not speak TLS on the port of {names}");
    vec![
        Draft::error(Stage::Tls, format!("{places} ({names})"), summary)
            .proven("the answer to the ClientHello is not a TLS record")
            .cite(shakes.iter().map(|(observation, _)| *observation))
            .fix(Fix::advice("a plain-HTTP service, a proxy port or a mirror answers there: correct the port, or the record that leads there")),
    ]
}
