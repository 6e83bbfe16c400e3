//! A watch reuses its authorization token from round to round, and says so.

mod sim;
mod support;

use std::rc::Rc;
use std::time::Duration;

use ecr_probe::config::PullDepth;
use ecr_probe::model::outcome::{RegistryOutcome, TokenOutcome};
use ecr_probe::model::{Act, Report, Role, Target, Verdict};
use ecr_probe::observe::KeptTokens;
use ecr_probe::wire::RegistryToken;

use sim::{MemoryEdge, World};

const HOUR: Duration = Duration::from_secs(3600);

/// Rounds in a world, which may be another each time.
struct Rounds {
    tokens: Rc<KeptTokens>,
}

impl Rounds {
    fn new() -> Self {
        Rounds { tokens: Rc::default() }
    }

    /// A round so long after the watch began; a full one asks for a token.
    fn round(&self, toml: &str, at: Duration, full: bool) -> Report {
        self.tokens.begin_round(at, full, 0.0);
        let edge = MemoryEdge::new(World::from_toml(toml).expect("it is a world"));
        let depth = if full { PullDepth::Verify } else { PullDepth::Reach };
        support::check_edge_with(&edge, depth, Some(self.tokens.clone()))
    }
}

/// What the token came from, and what the registry made of it.
fn told(report: &Report) -> Vec<&'static str> {
    let words = report.evidence.iter().filter_map(|it| match &it.act {
        Act::Token(TokenOutcome::Issued { .. }) => Some("issued"),
        Act::Token(TokenOutcome::Reused { .. }) => Some("reused"),
        Act::Token(TokenOutcome::Lapsed { .. }) => Some("lapsed"),
        Act::Token(_) => Some("failed"),
        Act::RegistryAuth(RegistryOutcome::Accepted { .. }) => Some("accepted"),
        Act::RegistryAuth(_) => Some("refused"),
        _ => None,
    });
    words.collect()
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.diagnoses.iter().map(|finding| finding.code.id()).collect()
}

#[test]
fn a_token_is_reused_until_an_hour_before_its_end_and_proven_each_round() {
    let rounds = Rounds::new();
    assert_eq!(told(&rounds.round("", Duration::ZERO, false)), ["issued", "accepted"]);
    for hours in [1, 5, 10] {
        let report = rounds.round("", HOUR * hours, false);
        assert_eq!((told(&report), report.verdict), (vec!["reused", "accepted"], Verdict::Healthy), "{hours} h");
        assert_eq!(codes(&report), Vec::<&str>::new());
        assert!(report.not_judged.iter().any(|skipped| skipped.code.id() == "IAM-01"), "nobody asked the API");
    }
    assert_eq!(told(&rounds.round("", HOUR * 11 + Duration::from_secs(60), false)), ["issued", "accepted"]);
    assert_eq!(told(&rounds.round("", HOUR * 12, false)), ["reused", "accepted"]);
}

#[test]
fn a_full_round_asks_for_a_token() {
    let rounds = Rounds::new();
    rounds.round("", Duration::ZERO, false);
    assert_eq!(told(&rounds.round("", HOUR, true)), ["issued", "accepted"]);
    assert_eq!(told(&rounds.round("", HOUR * 11, false)), ["reused", "accepted"], "it is an hour younger");
}

#[test]
fn a_token_that_the_registry_takes_no_longer_is_no_fault() {
    let rounds = Rounds::new();
    let region = World::healthy().region().to_owned();
    let api = Target::new(Role::EcrApi, format!("api.ecr.{region}.amazonaws.com"), 443);
    // Of the user AWS, and not the one that the registry knows.
    let old = RegistryToken::basic("QVdTOmFub3RoZXI=");
    rounds.tokens.keep(&api, &region, &old, Some(43_200), 0.0);
    let report = rounds.round("", HOUR, false);
    assert_eq!(told(&report), ["reused", "lapsed", "issued", "accepted"]);
    assert_eq!((report.verdict, codes(&report)), (Verdict::Healthy, Vec::new()));
    assert!(report.unexplained.is_empty());
    assert_eq!(told(&rounds.round("", HOUR * 2, false)), ["reused", "accepted"]);
}

/// The one that was kept goes first, and the verdict is that of the new one.
#[test]
fn a_registry_that_takes_no_token_is_told_each_round() {
    let rounds = Rounds::new();
    rounds.round("", Duration::ZERO, false);
    let broken = "[credentials]\ntoken = 'stripped'";
    let report = rounds.round(broken, HOUR, false);
    assert_eq!(told(&report)[..4], ["reused", "lapsed", "issued", "refused"]);
    assert_eq!((report.verdict, codes(&report)[0]), (Verdict::Unhealthy, "TOK-02"));
    let report = rounds.round(broken, HOUR * 2, false);
    assert_eq!(told(&report)[..2], ["issued", "refused"]);
    assert_eq!((report.verdict, codes(&report)[0]), (Verdict::Unhealthy, "TOK-02"));
}

#[test]
fn a_denial_is_not_hidden_by_a_token_of_before() {
    let rounds = Rounds::new();
    rounds.round("", Duration::ZERO, false);
    let denied = "[deny]\n'ecr:GetAuthorizationToken' = 'identity'";
    let report = rounds.round(denied, HOUR, true);
    assert_eq!((told(&report), codes(&report)[0]), (vec!["failed"], "IAM-01"));
    // The next round asks, though it is not full.
    assert_eq!(told(&rounds.round(denied, HOUR * 2, false)), ["failed"]);
    assert_eq!(told(&rounds.round("", HOUR * 3, false)), ["issued", "accepted"]);
}

#[test]
fn the_token_of_before_shows_nowhere() {
    let rounds = Rounds::new();
    let report = rounds.round("", Duration::ZERO, false);
    let again = rounds.round("", HOUR, false);
    let texts = [ecr_probe::render::json(&report), ecr_probe::render::json(&again), format!("{:?}", rounds.tokens)];
    for text in texts {
        assert!(!sim::CANARIES.iter().any(|canary| text.contains(canary)), "{text}");
    }
}
