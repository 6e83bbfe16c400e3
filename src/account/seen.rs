//! What is known of one resource, with the observation that tells it.

use crate::model::facts::{Fact, Hidden};
use crate::model::{EvidenceId, Observation};

/// What a question about a resource came to.
#[derive(Debug)]
pub enum Seen<'e, T> {
    /// AWS told it.
    Known(&'e Observation, &'e T),
    /// AWS did not tell it.
    Hidden(&'e Observation, &'e Hidden),
    /// AWS says that there is no such thing.
    Absent(&'e Observation),
    /// It was not asked for.
    NotAsked,
}

impl<T> Clone for Seen<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Seen<'_, T> {}

impl<'e, T> Seen<'e, T> {
    /// What an observation of the fact tells.
    pub(super) fn of(observation: &'e Observation, fact: &'e Fact<T>) -> Self {
        match fact {
            Fact::Known(known) => Seen::Known(observation, known),
            Fact::Hidden(hidden) => Seen::Hidden(observation, hidden),
            Fact::Absent => Seen::Absent(observation),
        }
    }

    /// What is known.
    pub fn known(self) -> Option<&'e T> {
        match self {
            Seen::Known(_, known) => Some(known),
            _ => None,
        }
    }

    /// The observation that tells it, whatever it tells.
    pub fn observation(self) -> Option<&'e Observation> {
        match self {
            Seen::Known(observation, _) | Seen::Hidden(observation, _) | Seen::Absent(observation) => Some(observation),
            Seen::NotAsked => None,
        }
    }

    /// Its number.
    pub fn id(self) -> Option<EvidenceId> {
        self.observation().map(|observation| observation.id)
    }
}
