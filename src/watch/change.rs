//! Telling a change from noise: the same trouble is told once, and its end once.

use std::collections::{BTreeMap, BTreeSet};

use super::doubt::{is_of_the_start, may_be_weather};
use crate::diagnose::{Need, rules};
use crate::model::outcome::TokenOutcome;
use crate::model::{Act, Code, Finding, Report, Severity, Verdict};

/// What a round says that the rounds before did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There was none before.
    First,
    /// Nothing has changed.
    Same,
    /// A bad round that may be weather: unhealthy, if the next one is bad too.
    InDoubt,
    /// It was: the next one is as those before it.
    Passed,
    /// The verdict or the codes are others than before.
    Changed {
        /// The verdict before.
        was: Verdict,
        /// Codes that were not there before.
        appeared: Vec<Code>,
        /// Codes that are there no more.
        gone: Vec<Code>,
    },
}

/// How things stand, over rounds.
#[derive(Debug, Clone, Default)]
pub struct History {
    last: Option<Standing>,
    /// Whether anything was told without a doubt.
    has_begun: bool,
    /// What was found where most rounds do not look.
    found: BTreeMap<Code, (Severity, Sight)>,
}

/// Where not every round looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// At the bytes of layers.
    Bytes,
    /// At the API's answer to a request for a token.
    Token,
}

impl Sight {
    /// Where a finding was seen; `None` where every round looks.
    fn of(report: &Report, full: bool, finding: &Finding) -> Option<Sight> {
        let mut cited = finding.cites.iter().filter_map(|id| report.evidence.get(*id));
        if cited.any(|it| matches!(it.act, Act::Token(_)) && it.is_symptom()) {
            return Some(Sight::Token);
        }
        (full && takes_bytes(finding.code) && !is_of_the_start(report, finding)).then_some(Sight::Bytes)
    }

    /// Whether a round did not look there for the fault.
    fn is_missing(self, report: &Report, code: Code) -> bool {
        match self {
            Sight::Bytes => report.not_judged.iter().any(|skipped| skipped.code == code),
            Sight::Token => {
                let mut tokens = report.evidence.iter().filter(|it| matches!(it.act, Act::Token(_))).peekable();
                tokens.peek().is_some() && tokens.all(|it| matches!(it.act, Act::Token(TokenOutcome::Reused { .. })))
            }
        }
    }
}

/// A verdict and the codes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The one word for it all.
    pub verdict: Verdict,
    /// Of the findings that are errors or warnings.
    pub codes: BTreeSet<Code>,
    /// What the last round made of it, where that may be weather: it counts when the next one is bad too.
    pub doubt: Option<Doubt>,
}

/// One bad round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Unhealthy or inconclusive.
    pub verdict: Verdict,
    /// The codes behind it.
    pub codes: BTreeSet<Code>,
}

impl Standing {
    /// Nothing vouches for health yet, and nothing speaks against it.
    pub fn unknown() -> Self {
        Standing { verdict: Verdict::Degraded, codes: BTreeSet::new(), doubt: None }
    }

    /// Whether it says that pulls fail, or that nobody knows.
    pub fn is_bad(&self) -> bool {
        is_bad(self.verdict)
    }
}

fn is_bad(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Unhealthy | Verdict::Inconclusive)
}

impl History {
    /// Takes a round in; `full` tells whether it looked at every byte of the layers. What such a round found there
    /// stands until another has seen them again, and what the API said to a request for a token until one has asked
    /// again: that a round did not look is no recovery.
    ///
    /// A bad round that may be weather changes nothing but for the doubt, until a second one comes in a row.
    pub fn take(&mut self, report: &Report, full: bool) -> (Change, Standing) {
        let found = || report.diagnoses.iter().filter(|finding| finding.severity > Severity::Info);
        self.found.retain(|code, (_, sight)| sight.is_missing(report, *code));
        let (mut verdict, mut codes) = (report.verdict, found().map(|finding| finding.code).collect::<BTreeSet<_>>());
        for (code, (severity, _)) in &self.found {
            codes.insert(*code);
            verdict = worse(verdict, of_severity(*severity));
        }
        let stays = |it: &Finding| Sight::of(report, full, it).map(|sight| (it.code, (it.severity, sight)));
        self.found.extend(found().filter_map(stays));
        let now = match &self.last {
            // Bad rounds in a row, or what a bad round left and this one did not look at.
            Some(last) if is_bad(verdict) && last.doubt.is_some() && !is_bad(report.verdict) => last.clone(),
            Some(last) if is_bad(verdict) && (last.is_bad() || last.doubt.is_some()) => {
                Standing { verdict, codes, doubt: None }
            }
            last if is_bad(verdict) && may_be_weather(report) => {
                let doubt = Some(Doubt { verdict, codes });
                Standing { doubt, ..last.clone().unwrap_or_else(Standing::unknown) }
            }
            _ => Standing { verdict, codes, doubt: None },
        };
        let change = match &self.last {
            None if now.doubt.is_some() => Change::InDoubt,
            None => Change::First,
            Some(last) if *last == now => Change::Same,
            Some(_) if !self.has_begun && now.doubt.is_none() => Change::First,
            Some(last) if last.doubt.is_none() && now.doubt.is_some() => Change::InDoubt,
            Some(last) if (last.verdict, &last.codes) == (now.verdict, &now.codes) => Change::Passed,
            Some(last) => Change::Changed {
                was: last.verdict,
                appeared: now.codes.difference(&last.codes).copied().collect(),
                gone: last.codes.difference(&now.codes).copied().collect(),
            },
        };
        self.has_begun |= now.doubt.is_none();
        self.last = Some(now.clone());
        (change, now)
    }
}

fn takes_bytes(code: Code) -> bool {
    rules::of(code.id()).is_some_and(|rule| rule.need == Need::LayerBytes)
}

/// What a finding alone would make of a round.
fn of_severity(severity: Severity) -> Verdict {
    match severity {
        Severity::Info => Verdict::Healthy,
        Severity::Warning => Verdict::Degraded,
        Severity::Error => Verdict::Unhealthy,
    }
}

/// The worse of two; not knowing is no worse than knowing of trouble.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    let rank = |verdict| match verdict {
        Verdict::Healthy => 0,
        Verdict::Degraded => 1,
        Verdict::Inconclusive => 2,
        Verdict::Unhealthy => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::{LayerBytesOutcome, ManifestOutcome, NoAnswer, Rejection, ResolveOutcome};
    use crate::model::{Skipped, Stage, Strength};
    use crate::watch::{blank_observation, blank_report};

    /// A round with these findings, which judged all but `unjudged`.
    fn round(verdict: Verdict, found: &[(&'static str, Severity)], unjudged: &[&'static str]) -> Report {
        let finding = |(code, severity): &(&'static str, Severity)| Finding {
            code: Code(code),
            name: "",
            severity: *severity,
            strength: Strength::Likely,
            stage: Stage::Route,
            subject: String::new(),
            summary: String::new().into(),
            reason: String::new(),
            ecs_message: None,
            images: Vec::new(),
            cites: Vec::new(),
            alternatives: Vec::new(),
            explains: Vec::new(),
            fixes: Vec::new(),
            page: String::new(),
            blame: None,
        };
        let skipped = |code: &&'static str| Skipped { code: Code(code), needs: String::new() };
        Report {
            diagnoses: found.iter().map(finding).collect(),
            not_judged: unjudged.iter().map(skipped).collect(),
            ..blank_report(verdict)
        }
    }

    const UNSEEN: [&str; 2] = ["LYR-03", "SLOW-01"];

    fn codes(standing: &Standing) -> Vec<&'static str> {
        standing.codes.iter().map(|code| code.id()).collect()
    }

    #[test]
    fn a_change_is_told_once_and_so_is_its_end() {
        let mut history = History::default();
        let broken = round(Verdict::Unhealthy, &[("SG-01", Severity::Error), ("PRX-01", Severity::Info)], &UNSEEN);
        let sound = round(Verdict::Healthy, &[], &UNSEEN);
        assert_eq!(history.take(&sound, true).0, Change::First);
        assert_eq!(history.take(&sound, true).0, Change::Same);
        let (appeared, gone) = (vec![Code("SG-01")], vec![]);
        assert_eq!(history.take(&broken, true).0, Change::Changed { was: Verdict::Healthy, appeared, gone });
        assert_eq!(history.take(&broken, true).0, Change::Same);
        let (appeared, gone) = (vec![], vec![Code("SG-01")]);
        assert_eq!(history.take(&sound, true).0, Change::Changed { was: Verdict::Unhealthy, appeared, gone });
    }

    #[test]
    fn wrong_bytes_stand_until_bytes_are_seen_again() {
        let mut history = History::default();
        let wrong = [("LYR-03", Severity::Error)];
        history.take(&round(Verdict::Unhealthy, &wrong, &["SLOW-01"]), true);
        // A round that does not look, and a full one that does not get as far.
        for unseen in [
            round(Verdict::Healthy, &[], &UNSEEN),
            round(Verdict::Unhealthy, &[("SG-01", Severity::Error)], &UNSEEN),
            round(Verdict::Healthy, &[], &UNSEEN),
        ] {
            let (_, standing) = history.take(&unseen, false);
            assert!(standing.verdict == Verdict::Unhealthy && standing.codes.contains(&Code("LYR-03")), "{standing:?}");
        }
        let (_, standing) = history.take(&round(Verdict::Healthy, &[], &[]), true);
        assert_eq!((standing.verdict, codes(&standing)), (Verdict::Healthy, vec![]));
    }

    #[test]
    fn what_stands_weighs_what_it_weighed() {
        let mut history = History::default();
        let both = [("SG-01", Severity::Error), ("SLOW-01", Severity::Warning)];
        history.take(&round(Verdict::Unhealthy, &both, &[]), true);
        // The error is gone, and what stands was never one.
        let (_, standing) = history.take(&round(Verdict::Healthy, &[], &UNSEEN), false);
        assert_eq!((standing.verdict, codes(&standing)), (Verdict::Degraded, vec!["SLOW-01"]));
    }

    #[test]
    fn what_a_plain_round_finds_does_not_stand() {
        let mut history = History::default();
        let cut = [("LYR-04", Severity::Error)];
        history.take(&round(Verdict::Unhealthy, &cut, &[]), false);
        let (_, standing) = history.take(&round(Verdict::Healthy, &[], &["LYR-04"]), false);
        assert_eq!((standing.verdict, codes(&standing)), (Verdict::Healthy, vec![]));
    }

    /// A round that failed by what its evidence shows.
    fn failed(act: Act) -> Report {
        let mut report = round(Verdict::Unhealthy, &[("ECR-02", Severity::Error)], &UNSEEN);
        report.diagnoses[0].cites = vec![1];
        report.evidence.observations = vec![blank_observation(act)];
        report
    }

    fn status(status: u16) -> Act {
        Act::Manifest(ManifestOutcome::Rejected(Rejection { status, ..Rejection::default() }))
    }

    #[test]
    fn one_bad_round_is_in_doubt_and_two_are_not() {
        let (good, bad) = (round(Verdict::Healthy, &[], &UNSEEN), failed(status(503)));
        let mut history = History::default();
        history.take(&good, false);
        let (change, standing) = history.take(&bad, false);
        assert_eq!((change, standing.verdict), (Change::InDoubt, Verdict::Healthy));
        assert!(standing.doubt.is_some_and(|doubt| doubt.codes.contains(&Code("ECR-02"))));
        let (change, standing) = history.take(&good, false);
        assert_eq!((change, standing.verdict, standing.doubt), (Change::Passed, Verdict::Healthy, None));
        history.take(&bad, false);
        let (change, standing) = history.take(&bad, false);
        assert!(matches!(change, Change::Changed { was: Verdict::Healthy, .. }), "{change:?}");
        assert_eq!((standing.verdict, codes(&standing)), (Verdict::Unhealthy, vec!["ECR-02"]));
        // Its end needs no second round.
        assert_eq!(history.take(&good, false).1.verdict, Verdict::Healthy);
        // Not to know is no better.
        history.take(&round(Verdict::Inconclusive, &[], &UNSEEN), false);
        assert_eq!(history.take(&bad, false).1.verdict, Verdict::Unhealthy);
    }

    #[test]
    fn what_cannot_be_weather_counts_at_once() {
        for act in [status(403), status(404), Act::Resolve(ResolveOutcome::NxDomain { aliases: Vec::new() })] {
            let mut history = History::default();
            history.take(&round(Verdict::Healthy, &[], &UNSEEN), false);
            assert_eq!(history.take(&failed(act), false).1.verdict, Verdict::Unhealthy);
        }
    }

    #[test]
    fn a_watch_that_begins_with_a_bad_round_is_not_unhealthy_yet() {
        let mut history = History::default();
        let (change, standing) = history.take(&failed(status(503)), false);
        assert_eq!((change, standing.verdict, standing.doubt.is_some()), (Change::InDoubt, Verdict::Degraded, true));
        let (change, standing) = history.take(&failed(status(503)), false);
        assert_eq!((change, standing.verdict), (Change::First, Verdict::Unhealthy));
    }

    #[test]
    fn what_the_api_said_stands_until_it_is_asked_again() {
        let throttled =
            || failed(Act::Token(TokenOutcome::Rejected(Rejection { status: 429, ..Rejection::default() })));
        let with = |outcome| Report {
            evidence: failed(Act::Token(outcome)).evidence,
            ..round(Verdict::Healthy, &[], &UNSEEN)
        };
        let reused = || with(TokenOutcome::Reused { age_s: 60, valid_for_s: 40_000 });
        let issued = || with(TokenOutcome::Issued { valid_for_s: Some(43_200), registry: None });
        let mut history = History::default();
        for (report, verdict) in [
            (issued(), Verdict::Healthy),
            (throttled(), Verdict::Healthy),
            (reused(), Verdict::Healthy),
            (throttled(), Verdict::Unhealthy),
            (reused(), Verdict::Unhealthy),
            (issued(), Verdict::Healthy),
            (reused(), Verdict::Healthy),
        ] {
            assert_eq!(history.take(&report, false).1.verdict, verdict, "{:?}", report.evidence);
        }
    }

    #[test]
    fn what_a_full_round_left_in_doubt_is_not_confirmed_by_a_round_that_does_not_look() {
        let mut history = History::default();
        history.take(&round(Verdict::Healthy, &[], &UNSEEN), false);
        let mut cut = failed(Act::LayerBytes(LayerBytesOutcome::Broken { received: 1, why: NoAnswer::Closed }));
        cut.diagnoses[0].code = Code("LYR-04");
        cut.not_judged.clear();
        assert_eq!(history.take(&cut, true).1.verdict, Verdict::Healthy);
        let unseen = round(Verdict::Healthy, &[], &["LYR-04"]);
        assert_eq!(history.take(&unseen, false).1.verdict, Verdict::Healthy);
        assert_eq!(history.take(&cut, true).1.verdict, Verdict::Unhealthy);
        assert_eq!(history.take(&unseen, false).1.verdict, Verdict::Unhealthy);
        assert_eq!(history.take(&round(Verdict::Healthy, &[], &[]), true).1.verdict, Verdict::Healthy);
    }
}
