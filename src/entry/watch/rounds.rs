//! One round of a watch, from where it arrives to its report.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::chance::chance;
use crate::config::WatchSettings;
use crate::edge::CloudWatch;
use crate::entry::failure::Failure;
use crate::model::{Act, Report};
use crate::observe::KeptTokens;
use crate::run;
use crate::watch::Kind;

/// How long a round may overrun its budget before it is given up as lost.
const OVERRUN: Duration = Duration::from_secs(5);

/// What does the looking; the tests have rounds of their own.
pub trait Rounds {
    /// One round, which ends within its budget.
    async fn round(&self, kind: Kind) -> Result<Round, Failure>;
}

/// What a round leaves.
pub struct Round {
    /// What it found.
    pub report: Report,
    /// From where it stood; the tests' rounds stand nowhere.
    pub cloudwatch: Option<CloudWatch>,
}

/// Each round arrives anew: a task's credentials, name servers and addresses change under way.
pub struct LiveRounds<'s> {
    settings: &'s WatchSettings,
    began: Instant,
    tokens: Rc<KeptTokens>,
    start: RefCell<Start>,
}

impl<'s> LiveRounds<'s> {
    /// None so far.
    pub fn new(settings: &'s WatchSettings) -> Self {
        LiveRounds { settings, began: Instant::now(), tokens: Rc::default(), start: RefCell::default() }
    }
}

impl Rounds for LiveRounds<'_> {
    async fn round(&self, kind: Kind) -> Result<Round, Failure> {
        let settings = match kind {
            Kind::Plain => &self.settings.plain,
            Kind::Verify => &self.settings.verify,
        };
        let check = async || -> Result<Round, Failure> {
            let mut context = run::discover(settings).await?;
            self.tokens.begin_round(self.began.elapsed(), kind == Kind::Verify, chance());
            context.tokens = Some(self.tokens.clone());
            self.start.borrow().without_told(&mut context.facts);
            let cloudwatch = Some(context.live.cloudwatch(context.region()));
            Ok(Round { report: run::check(settings, context, std::future::pending()).await, cloudwatch })
        };
        let longest = settings.budget + OVERRUN;
        let Ok(round) = tokio::time::timeout(longest, check()).await else { return Err(Failure::Overrun(longest)) };
        let round = round?;
        self.start.borrow_mut().told(&round.report);
        Ok(round)
    }
}

/// How long the task's own images took to pull, as it was told. It is over, and no round can fix it: a watch tells it
/// once, or it would be degraded for as long as the task lives.
#[derive(Debug, Default)]
struct Start(Option<Act>);

impl Start {
    /// Takes out of what was learnt on arrival what was told before. The EC2 agent moves the end on with each image of
    /// the task, and then it is news.
    fn without_told(&self, facts: &mut Vec<Act>) {
        facts.retain(|fact| !matches!(fact, Act::TaskPull(_)) || self.0.as_ref() != Some(fact));
    }

    /// Remembers what a report tells of it.
    fn told(&mut self, report: &Report) {
        let mut acts = report.evidence.iter().map(|it| &it.act);
        if let Some(fact) = acts.find(|act| matches!(act, Act::TaskPull(_))) {
            self.0 = Some(fact.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::TaskPullOutcome;
    use crate::model::{Evidence, Timestamp, Vantage, Verdict};
    use crate::run::{Observed, judge};
    use crate::watch::blank_observation;

    fn pulled(seconds: f64) -> Act {
        Act::TaskPull(TaskPullOutcome::Measured { seconds, holds: Vec::new() })
    }

    /// A round that learnt this on arrival, and to which nothing else happened.
    fn report(start: &mut Start, fact: Act) -> Report {
        let mut facts = vec![fact];
        start.without_told(&mut facts);
        let report = judge(Observed {
            started_at: Timestamp(0),
            duration_ms: 1.0,
            vantage: Vantage::default(),
            images: Vec::new(),
            evidence: Evidence { observations: facts.into_iter().map(blank_observation).collect() },
            cut_short: None,
            trimmed: None,
            pull: None,
            placement: None,
        });
        start.told(&report);
        report
    }

    #[test]
    fn a_slow_start_is_told_once() {
        let mut start = Start::default();
        let mut says = |seconds| {
            let report = report(&mut start, pulled(seconds));
            report.diagnoses.iter().any(|finding| finding.code.id() == "SLOW-01")
        };
        assert!(says(400.0));
        assert!(!says(400.0) && !says(400.0));
        assert!(says(450.0), "another image of the task was pulled");
        assert!(!says(450.0));
        assert_ne!(report(&mut Start::default(), pulled(400.0)).verdict, Verdict::Unhealthy);
    }
}
