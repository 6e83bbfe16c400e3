//! Hedged acts: where no answer has come after half of `--timeout`, the same is tried beside it, and the first answer
//! counts. So a lost packet is found out, an answer that is merely slow is still taken, and silence costs no more time
//! than it did.

use std::pin::pin;

use futures_util::future::{self, Either};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::samples::{Timed, timed};
use super::{Recorder, Step};
use crate::edge::Edge;
use crate::model::Act;

/// When each further try begins, in parts of `--timeout`.
const LATER: [f64; 2] = [0.5, 0.75];

/// How a hedged act ended.
#[derive(Debug)]
pub struct Hedged<Outcome, T> {
    /// The first try.
    pub first: Timed<Outcome>,
    /// A later one, where that was answered first.
    pub later: Option<Timed<Outcome>>,
    /// What the one that counts yielded beside its outcome.
    pub value: T,
}

impl<Outcome, T> Hedged<Outcome, T> {
    /// The outcome that counts.
    pub fn outcome(&self) -> &Outcome {
        &self.later.as_ref().unwrap_or(&self.first).outcome
    }

    /// Adds all that is written down to `tries`, and gives the value.
    pub fn into_tries(self, tries: &mut Vec<Timed<Outcome>>) -> T {
        tries.push(self.first);
        tries.extend(self.later);
        self.value
    }
}

/// Does `act`. Where all tries are silent, the first alone is an observation: a further packet into the same silence is
/// none. Where a later one is answered, the first is written down as `silent`, and the later one after it.
pub async fn hedged<E: Edge, Outcome: Clone, T>(
    recorder: &Recorder<'_, E>,
    step: Step,
    as_act: impl Fn(Outcome) -> Act,
    silent: Outcome,
    act: impl AsyncFn() -> (Outcome, T),
) -> Hedged<Outcome, T> {
    let edge = recorder.edge;
    let began_ms = edge.elapsed_ms();
    let later = async {
        let act = &act;
        let begun_at = |part: f64| async move {
            edge.sleep(edge.timeout_ms() * part).await;
            timed(edge, act()).await
        };
        let mut tries: FuturesUnordered<_> = LATER.into_iter().map(begun_at).collect();
        while let Some((ended, value)) = tries.next().await {
            if !as_act(ended.outcome.clone()).timed_out() {
                return (ended, value);
            }
        }
        // The first try ends the race.
        future::pending().await
    };
    let race = async {
        match future::select(pin!(timed(edge, act())), pin!(later)).await {
            Either::Left(((first, value), _)) => (as_act(first.outcome.clone()), Hedged { first, later: None, value }),
            Either::Right(((later, value), _)) => {
                let first = Timed { outcome: silent.clone(), took_ms: edge.elapsed_ms() - began_ms };
                (as_act(silent), Hedged { first, later: Some(later), value })
            }
        }
    };
    let ended = recorder.act(step.clone(), race).await;
    if let Some(later) = &ended.later {
        recorder.note_timed(step, later.took_ms, as_act(later.outcome.clone()));
    }
    ended
}
