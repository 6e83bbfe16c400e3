//! When the next round begins, and how deep it goes.

use std::time::Duration;

/// How far a start is moved at random, either way, as a share of the interval: tasks that start
/// together shall not ask together for ever.
const JITTER: f64 = 0.1;

/// Between one round and the next even when rounds take longer than the interval; a tenth of the
/// interval where that is less.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// How much of a pull a round does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As `--pull` says.
    Plain,
    /// Every byte of every layer, hashed.
    Verify,
}

/// Times are since the watch began.
#[derive(Debug, Clone)]
pub struct Schedule {
    interval: Duration,
    verify_every: Option<Duration>,
    next_verify: Option<Duration>,
    /// How long after a full round that was bad the next one is due; twice as long after each that follows.
    again_after: Option<Duration>,
}

impl Schedule {
    /// `chance` is between 0 and 1: it says how far into the first period the first full round
    /// falls, so that a deployment's tasks do not fetch their images at once.
    pub fn new(interval: Duration, verify_every: Option<Duration>, chance: f64) -> Self {
        let next_verify = verify_every.map(|every| every.mul_f64(chance.clamp(0.0, 1.0)));
        Schedule { interval, verify_every, next_verify, again_after: None }
    }

    /// What the round that begins now is to do.
    pub fn begin(&mut self, now: Duration) -> Kind {
        match (self.next_verify, self.verify_every) {
            (Some(due), Some(every)) if now >= due => {
                self.next_verify = Some(now + every);
                Kind::Verify
            }
            _ => Kind::Plain,
        }
    }

    /// Takes in how a full round ended, at this time. After a bad one the very next round is full again; where that is bad
    /// too, the one after twice the time is, and so on up to the usual period: what one round saw in the bytes is
    /// soon confirmed or gone, and a store that fails for long is not asked for every image each minute.
    pub fn verified(&mut self, is_bad: bool, now: Duration) {
        let Some(every) = self.verify_every else { return };
        if is_bad {
            let after = self.again_after.unwrap_or(Duration::ZERO);
            self.next_verify = Some(now + after.min(every));
            self.again_after = Some((after * 2).max(self.interval * 2).min(every));
        } else if self.again_after.take().is_some() {
            self.next_verify = Some(now + every);
        }
    }

    /// When the next round begins, after one that began and ended at these times. `chance` as above.
    pub fn next(&self, began: Duration, ended: Duration, chance: f64) -> Duration {
        let factor = 1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0);
        (began + self.interval.mul_f64(factor)).max(ended + LEAST_PAUSE.min(self.interval / 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn rounds_begin_an_interval_apart_give_or_take() {
        let schedule = Schedule::new(MINUTE, None, 0.0);
        let ended = Duration::from_secs(3);
        assert_eq!(schedule.next(Duration::ZERO, ended, 0.0), Duration::from_secs(54));
        assert_eq!(schedule.next(Duration::ZERO, ended, 0.5), MINUTE);
        assert_eq!(schedule.next(Duration::ZERO, ended, 1.0), Duration::from_secs(66));
    }

    #[test]
    fn a_long_round_is_followed_by_a_pause() {
        let schedule = Schedule::new(MINUTE, None, 0.0);
        let ended = Duration::from_secs(200);
        assert_eq!(schedule.next(Duration::ZERO, ended, 0.5), ended + LEAST_PAUSE);
        let hurried = Schedule::new(Duration::from_millis(200), None, 0.0);
        let ended = Duration::from_millis(100);
        assert_eq!(hurried.next(Duration::ZERO, ended, 0.5), Duration::from_millis(200));
    }

    #[test]
    fn one_round_in_a_period_verifies() {
        let mut schedule = Schedule::new(MINUTE, Some(6 * HOUR), 0.5);
        let deep = (0..24 * 60).filter(|minute| schedule.begin(MINUTE * *minute) == Kind::Verify).count();
        assert_eq!(deep, 4);
        let mut never = Schedule::new(MINUTE, None, 0.0);
        assert!((0..100).all(|minute| never.begin(MINUTE * minute) == Kind::Plain));
    }

    #[test]
    fn a_full_round_that_was_bad_is_made_again_and_ever_less_often() {
        let mut schedule = Schedule::new(MINUTE, Some(6 * HOUR), 0.0);
        let mut full = Vec::new();
        for minute in 0..60 {
            if schedule.begin(MINUTE * minute) == Kind::Verify {
                full.push(minute);
                schedule.verified(true, MINUTE * minute);
            }
        }
        assert_eq!(full, [0, 1, 3, 7, 15, 31]);
        let next = (60..).find(|minute| schedule.begin(MINUTE * *minute) == Kind::Verify).unwrap();
        assert_eq!(next, 63);
        schedule.verified(false, MINUTE * next);
        let next = (64..).find(|minute| schedule.begin(MINUTE * *minute) == Kind::Verify).unwrap();
        assert_eq!(next, 63 + 360);
    }
}
