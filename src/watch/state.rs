//! What a watch leaves for the container health check.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Standing;
use crate::model::{Code, Timestamp, Verdict};

/// The value of `schema` in a state.
pub const SCHEMA: &str = "ecr-probe.state/1";

/// A clock that was set back leaves a state with a time ahead of now: it is accepted up to this far, in seconds.
const TOLERANCE_S: i64 = 60;

/// How things stand, and for how long that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// [`SCHEMA`].
    pub schema: String,
    /// Of the last round, and of what stands since a full one.
    pub verdict: Verdict,
    /// The codes behind it, such as `SG-01`.
    pub codes: Vec<String>,
    /// When the last round ended.
    pub at: Timestamp,
    /// After so many seconds nobody vouches for it any more.
    pub valid_for_s: u64,
    /// The codes, or else the verdict, of one bad round that counts when the next one is bad too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_doubt: Vec<String>,
    /// Why rounds do not begin since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_begun: Option<String>,
}

impl State {
    /// A state of this moment.
    pub fn new(standing: &Standing, at: Timestamp, valid_for_s: u64) -> Self {
        let names = |codes: &BTreeSet<Code>| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let in_doubt = standing.doubt.as_ref().map(|doubt| match names(&doubt.codes) {
            none if none.is_empty() => vec![doubt.verdict.name().to_owned()],
            codes => codes,
        });
        State {
            schema: SCHEMA.to_owned(),
            verdict: standing.verdict,
            codes: names(&standing.codes),
            at,
            valid_for_s,
            in_doubt: in_doubt.unwrap_or_default(),
            not_begun: None,
        }
    }

    /// Reads what a watch wrote.
    ///
    /// # Errors
    ///
    /// Bytes that are no state, or one of another version.
    pub fn read(bytes: &[u8]) -> Result<Self, StateError> {
        let state: State = serde_json::from_slice(bytes).map_err(|_| StateError::NotAState)?;
        if state.schema == SCHEMA { Ok(state) } else { Err(StateError::OtherVersion) }
    }

    /// Whether pulls work, as far as is known now.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn vouches(&self, now: Timestamp) -> Result<(), NotVouched> {
        let age_s = now.0.saturating_sub(self.at.0);
        if age_s < -TOLERANCE_S {
            return Err(NotVouched::InTheFuture { ahead_s: age_s.unsigned_abs() });
        }
        if age_s > i64::try_from(self.valid_for_s).unwrap_or(i64::MAX) {
            return Err(NotVouched::Old { age_s, not_begun: self.not_begun.clone() });
        }
        match self.verdict {
            Verdict::Healthy | Verdict::Degraded => Ok(()),
            verdict @ (Verdict::Unhealthy | Verdict::Inconclusive) => {
                Err(NotVouched::Verdict { verdict, codes: self.codes.clone() })
            }
        }
    }
}

/// Why bytes are no state that this version reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// No JSON, or not of the form of a state.
    #[error("not the state of a watch")]
    NotAState,
    /// Another `schema`.
    #[error("the state of another version of the watch")]
    OtherVersion,
}

/// Why a state does not say that pulls work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotVouched {
    /// Later than the clock here.
    #[error("the state is dated {ahead_s} s in the future: the clock was set back")]
    InTheFuture {
        /// Seconds from now to its date.
        ahead_s: u64,
    },
    /// Older than it counts. The watch may have ended, hang, or not get a round to its end.
    #[error(
        "no round of the watch has ended for {age_s} s{}{}",
        if not_begun.is_some() { ": rounds fail to start: " } else { "" },
        not_begun.as_deref().unwrap_or_default()
    )]
    Old {
        /// Seconds from its date to now.
        age_s: i64,
        /// Why rounds do not begin, where they do not. Otherwise the watch has ended or hangs.
        not_begun: Option<String>,
    },
    /// The last round said otherwise.
    #[error("{}{}{}", verdict.name(), if codes.is_empty() { "" } else { ": " }, codes.join(", "))]
    Verdict {
        /// Unhealthy or inconclusive.
        verdict: Verdict,
        /// The codes behind it.
        codes: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_442_400);

    fn state(verdict: Verdict, age_s: i64) -> State {
        let standing = Standing { verdict, codes: BTreeSet::from([Code("SG-01")]), doubt: None };
        State::new(&standing, Timestamp(NOW.0 - age_s), 240)
    }

    #[test]
    fn only_what_is_fresh_and_healthy_vouches() {
        assert_eq!(state(Verdict::Healthy, 10).vouches(NOW), Ok(()));
        assert_eq!(state(Verdict::Degraded, 240).vouches(NOW), Ok(()));
        assert_eq!(state(Verdict::Healthy, -60).vouches(NOW), Ok(()));
        assert!(state(Verdict::Healthy, 241).vouches(NOW).unwrap_err().to_string().contains("241 s"));
        assert!(state(Verdict::Healthy, -61).vouches(NOW).unwrap_err().to_string().contains("set back"));
        assert_eq!(state(Verdict::Unhealthy, 0).vouches(NOW).unwrap_err().to_string(), "unhealthy: SG-01");
        assert!(state(Verdict::Inconclusive, 0).vouches(NOW).is_err());
    }

    #[test]
    fn a_watch_that_gets_no_round_to_begin_says_why() {
        let not_begun = Some("task metadata is silent".to_owned());
        let state = State { not_begun, ..state(Verdict::Healthy, 241) };
        let why = state.vouches(NOW).unwrap_err().to_string();
        assert_eq!(why, "no round of the watch has ended for 241 s: rounds fail to start: task metadata is silent");
        let state = State { at: NOW, ..state };
        assert_eq!(state.vouches(NOW), Ok(()));
    }

    #[test]
    fn a_state_reads_back_and_nothing_else_does() {
        let state = state(Verdict::Healthy, 0);
        assert_eq!(State::read(&serde_json::to_vec(&state).unwrap()), Ok(state.clone()));
        let torn = serde_json::to_string(&state).unwrap();
        for length in 0..torn.len() {
            assert!(State::read(&torn.as_bytes()[..length]).is_err(), "{length}");
        }
        let other = torn.replace("state/1", "state/2");
        assert_eq!(State::read(other.as_bytes()), Err(StateError::OtherVersion));
    }
}
