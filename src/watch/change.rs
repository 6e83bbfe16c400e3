//! Telling a change from noise: the same trouble is told once, and its end once.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::{Need, rules};
use crate::model::{Code, Report, Severity, Verdict};

/// What a round says that the rounds before did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There was none before.
    First,
    /// Nothing has changed.
    Same,
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
    /// What was found in the bytes of layers, which most rounds do not look at.
    in_bytes: BTreeMap<Code, Severity>,
}

/// A verdict and the codes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The one word for it all.
    pub verdict: Verdict,
    /// Of the findings that are errors or warnings.
    pub codes: BTreeSet<Code>,
}

impl History {
    /// Takes a round in. What takes every byte of a layer to see stands until a round has seen them again: that a
    /// round could not judge it is no recovery.
    pub fn take(&mut self, report: &Report) -> (Change, Standing) {
        let found = || report.diagnoses.iter().filter(|finding| finding.severity > Severity::Info);
        self.in_bytes.retain(|code, _| report.not_judged.iter().any(|skipped| skipped.code == *code));
        let mut now = Standing { verdict: report.verdict, codes: found().map(|finding| finding.code).collect() };
        for (code, severity) in &self.in_bytes {
            now.codes.insert(*code);
            now.verdict = worse(now.verdict, of_severity(*severity));
        }
        self.in_bytes.extend(found().filter(|it| takes_bytes(it.code)).map(|it| (it.code, it.severity)));
        let change = match &self.last {
            None => Change::First,
            Some(last) if *last == now => Change::Same,
            Some(last) => Change::Changed {
                was: last.verdict,
                appeared: now.codes.difference(&last.codes).copied().collect(),
                gone: last.codes.difference(&now.codes).copied().collect(),
            },
        };
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
    use crate::model::{Finding, Skipped, Stage, Strength};
    use crate::watch::blank_report;

    /// A round with these findings, which judged all but `unjudged`.
    fn round(verdict: Verdict, found: &[(&'static str, Severity)], unjudged: &[&'static str]) -> Report {
        let finding = |(code, severity): &(&'static str, Severity)| Finding {
            code: Code(code),
            name: "",
            severity: *severity,
            strength: Strength::Likely,
            stage: Stage::Route,
            subject: String::new(),
            summary: String::new(),
            reason: String::new(),
            ecs_message: None,
            images: Vec::new(),
            cites: Vec::new(),
            alternatives: Vec::new(),
            explains: Vec::new(),
            fixes: Vec::new(),
            page: String::new(),
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
        assert_eq!(history.take(&sound).0, Change::First);
        assert_eq!(history.take(&sound).0, Change::Same);
        let (appeared, gone) = (vec![Code("SG-01")], vec![]);
        assert_eq!(history.take(&broken).0, Change::Changed { was: Verdict::Healthy, appeared, gone });
        assert_eq!(history.take(&broken).0, Change::Same);
        let (appeared, gone) = (vec![], vec![Code("SG-01")]);
        assert_eq!(history.take(&sound).0, Change::Changed { was: Verdict::Unhealthy, appeared, gone });
    }

    #[test]
    fn wrong_bytes_stand_until_bytes_are_seen_again() {
        let mut history = History::default();
        let wrong = [("LYR-03", Severity::Error)];
        history.take(&round(Verdict::Unhealthy, &wrong, &["SLOW-01"]));
        // A round that does not look, and a full one that does not get as far.
        for unseen in [
            round(Verdict::Healthy, &[], &UNSEEN),
            round(Verdict::Unhealthy, &[("SG-01", Severity::Error)], &UNSEEN),
            round(Verdict::Healthy, &[], &UNSEEN),
        ] {
            let (_, standing) = history.take(&unseen);
            assert!(standing.verdict == Verdict::Unhealthy && standing.codes.contains(&Code("LYR-03")), "{standing:?}");
        }
        let (_, standing) = history.take(&round(Verdict::Healthy, &[], &[]));
        assert_eq!((standing.verdict, codes(&standing)), (Verdict::Healthy, vec![]));
    }

    #[test]
    fn what_stands_weighs_what_it_weighed() {
        let mut history = History::default();
        let both = [("SG-01", Severity::Error), ("SLOW-01", Severity::Warning)];
        history.take(&round(Verdict::Unhealthy, &both, &[]));
        // The error is gone, and what stands was never one.
        let (_, standing) = history.take(&round(Verdict::Healthy, &[], &UNSEEN));
        assert_eq!((standing.verdict, codes(&standing)), (Verdict::Degraded, vec!["SLOW-01"]));
    }
}
