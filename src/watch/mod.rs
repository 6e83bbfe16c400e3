//! What a watch knows beyond its last report: when to look again, what has changed, how to tell
//! others. Pure: clocks, files and chance are handed in.

mod change;
mod doubt;
mod schedule;
mod state;
mod token;

pub use change::{Change, Doubt, History, Standing};
pub use schedule::{Kind, Schedule};
pub use state::{NotVouched, SCHEMA, State, StateError};
pub use token::renew_after;

/// A report that says no more than its verdict.
#[cfg(test)]
pub fn blank_report(verdict: crate::model::Verdict) -> crate::model::Report {
    crate::model::Report {
        schema: crate::model::SCHEMA,
        version: String::new(),
        started_at: crate::model::Timestamp(0),
        duration_ms: 1.0,
        verdict,
        cut_short: None,
        trimmed: None,
        vantage: crate::model::Vantage::default(),
        images: Vec::new(),
        diagnoses: Vec::new(),
        unexplained: Vec::new(),
        not_judged: Vec::new(),
        pull: None,
        configured: None,
        evidence: crate::model::Evidence::default(),
    }
}

/// What a report shows of an act of which nothing else matters.
#[cfg(test)]
pub fn blank_observation(act: crate::model::Act) -> crate::model::Observation {
    crate::model::Observation {
        id: 1,
        target: None,
        address: None,
        image: None,
        region: None,
        subject: None,
        began_ms: 0.0,
        took_ms: 1.0,
        act,
    }
}
