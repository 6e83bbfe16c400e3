//! Telling a change from noise: the same trouble is told once, and its end once.

use std::collections::BTreeSet;

use super::Kind;
use crate::diagnose::{Need, rules};
use crate::model::{Code, Report, Severity, Verdict};

/// What a round says that the rounds before did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There was none before.
    First,
    Same,
    Changed {
        was: Verdict,
        appeared: Vec<Code>,
        gone: Vec<Code>,
    },
}

/// How things stand, over rounds.
#[derive(Debug, Clone, Default)]
pub struct History {
    last: Option<Standing>,
    /// What the last full round found in the bytes of layers, which no other round looks at.
    in_bytes: Option<Standing>,
}

/// A verdict and the codes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub verdict: Verdict,
    pub codes: BTreeSet<Code>,
}

impl Standing {
    fn of(report: &Report) -> Self {
        let told = report.diagnoses.iter().filter(|finding| finding.severity > Severity::Info);
        Standing { verdict: report.verdict, codes: told.map(|finding| finding.code).collect() }
    }

    /// The part of it that takes every byte of a layer to see.
    fn in_bytes(&self) -> Option<Standing> {
        let needs_bytes = |code: &&Code| rules::of(code.id()).is_some_and(|rule| rule.need == Need::LayerBytes);
        let codes: BTreeSet<Code> = self.codes.iter().filter(needs_bytes).copied().collect();
        (!codes.is_empty()).then_some(Standing { verdict: self.verdict, codes })
    }

    fn with(mut self, other: &Standing) -> Self {
        self.codes.extend(&other.codes);
        self.verdict = worse(self.verdict, other.verdict);
        self
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

impl History {
    /// Takes a round in. What only a full round can see stands until the next full round.
    pub fn take(&mut self, report: &Report, kind: Kind) -> (Change, Standing) {
        let found = Standing::of(report);
        let now = match kind {
            Kind::Verify => {
                self.in_bytes = found.in_bytes();
                found
            }
            Kind::Plain => match &self.in_bytes {
                Some(deep) => found.with(deep),
                None => found,
            },
        };
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
