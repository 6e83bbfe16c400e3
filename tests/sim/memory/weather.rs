//! Weather: every act may fail, whatever the world says, and would pass if it were done again.

use std::cell::Cell;

use ecr_probe::model::outcome::{CredentialsOutcome, HandshakeOutcome, RecordType, ResolveOutcome};
use ecr_probe::wire::Reply;

use super::super::packet::Fate;
use super::super::service::{Ending, Served};

/// Chance by a seed. Each act draws on its own: whether it fails, and how.
#[derive(Debug)]
pub struct Weather {
    state: Cell<u64>,
    /// Of so many acts one fails; none where it is nought.
    one_in: u64,
}

impl Weather {
    pub fn calm() -> Self {
        Weather { state: Cell::new(0), one_in: 0 }
    }

    /// Of `one_in` acts at each level one fails: questions, connects, handshakes, requests, streams.
    pub fn of_seed(seed: u64, one_in: u64) -> Self {
        Weather { state: Cell::new(seed), one_in }
    }

    /// The next of a sequence that looks random (SplitMix64).
    fn draw(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// In which of `ways` this act fails, if it does.
    fn strikes<T>(&self, ways: impl IntoIterator<Item = T>) -> Option<T> {
        if self.one_in == 0 || !self.draw().is_multiple_of(self.one_in) {
            return None;
        }
        let mut ways: Vec<T> = ways.into_iter().collect();
        let chosen = self.draw() as usize % ways.len();
        Some(ways.swap_remove(chosen))
    }

    pub fn credentials(&self) -> Option<CredentialsOutcome> {
        self.strikes([CredentialsOutcome::TimedOut, CredentialsOutcome::Failed { reason: "HTTP 500".into() }])
    }

    pub fn resolve(&self) -> Option<ResolveOutcome> {
        self.strikes([ResolveOutcome::TimedOut, ResolveOutcome::ServerFailure])
    }

    /// The type of record whose packet is lost, while the other is answered.
    pub fn lost_record(&self) -> Option<RecordType> {
        self.strikes([RecordType::Aaaa])
    }

    pub fn connect(&self) -> Option<Fate> {
        self.strikes([Fate::Dropped, Fate::Refused])
    }

    pub fn handshake(&self) -> Option<HandshakeOutcome> {
        self.strikes([HandshakeOutcome::TimedOut, HandshakeOutcome::Reset, HandshakeOutcome::Closed])
    }

    /// The answer, or what comes in its place; and of one that comes, how its body ends.
    pub fn answer(&self, served: Served) -> Served {
        let failed =
            |status| Served { reply: Reply { status, headers: Vec::new(), body: Vec::new() }, ending: Ending::Whole };
        let unanswered = |ending| Served { ending, ..Served::default() };
        let in_its_place = self.strikes([
            failed(500),
            failed(503),
            failed(504),
            failed(429),
            unanswered(Ending::Reset),
            unanswered(Ending::Close),
            unanswered(Ending::Silent),
        ]);
        if let Some(other) = in_its_place {
            return other;
        }
        let length = served.reply.body.len() as u64;
        if length == 0 || served.ending != Ending::Whole || !(200..300).contains(&served.reply.status) {
            return served;
        }
        let at = (self.draw() % length) as usize;
        match self.strikes([Ending::ResetAt(at), Ending::CloseAt(at), Ending::StallAt(at)]) {
            Some(ending) => Served { ending, ..served },
            None => served,
        }
    }
}
