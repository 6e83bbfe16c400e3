//! How long a token serves a watch.

use std::time::Duration;

/// This long before its end a token is no longer used, so that none ends under way.
const SPARE: Duration = Duration::from_secs(3600);

/// How long after it was issued a token that lives so long is replaced; `None` where it is not worth keeping. ECR's live
/// twelve hours. `chance` is between 0 and 1: it moves the moment by up to an hour, so that tasks that start together do
/// not ask together again.
pub fn renew_after(life: Duration, chance: f64) -> Option<Duration> {
    let used = life.checked_sub(SPARE).filter(|used| !used.is_zero())?;
    Some(used - SPARE.min(used / 2).mul_f64(chance.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::{Kind, Schedule};

    const HOUR: Duration = Duration::from_secs(3600);
    const MINUTE: Duration = Duration::from_secs(60);
    const LIFE: Duration = Duration::from_secs(12 * 3600);

    /// A fleet of one account.
    const SIDECARS: usize = 10_000;
    /// What the account may ask each second.
    const QUOTA: usize = 20;

    #[test]
    fn a_token_is_replaced_an_hour_before_its_end_or_somewhat_sooner() {
        assert_eq!(renew_after(LIFE, 0.0), Some(11 * HOUR));
        assert_eq!(renew_after(LIFE, 1.0), Some(10 * HOUR));
        assert_eq!(renew_after(2 * HOUR, 1.0), Some(HOUR / 2));
        assert_eq!(renew_after(HOUR, 0.5), None);
        assert_eq!(renew_after(Duration::ZERO, 0.5), None);
    }

    /// Looks random (SplitMix64).
    struct Chance(u64);

    impl Chance {
        fn draw(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// How a fleet is set up.
    #[derive(Clone, Copy)]
    struct Fleet {
        start: fn(usize) -> Duration,
        spread: Duration,
        verify_every: Option<Duration>,
    }

    impl Fleet {
        /// The seconds in which one sidecar asks for a token.
        fn asks(self, sidecar: usize, end: Duration, chance: &mut Chance) -> Vec<usize> {
            let first = (self.start)(sidecar) + self.spread.mul_f64(chance.draw());
            let mut schedule = Schedule::new(MINUTE, self.verify_every, chance.draw());
            let (mut now, mut renew, mut asked) = (Duration::ZERO, Duration::ZERO, Vec::new());
            while first + now < end {
                if schedule.begin(now) == Kind::Verify || now >= renew {
                    asked.push((first + now).as_secs() as usize);
                    renew = now + renew_after(LIFE, chance.draw()).expect("it is worth keeping");
                }
                now = schedule.next(now, now + MINUTE / 30, chance.draw());
            }
            asked
        }

        /// The most requests in one second from `since` on, and the mean.
        fn peak(self, since: usize) -> (usize, f64) {
            let end = 13 * HOUR;
            let mut chance = Chance(1);
            let mut seconds = vec![0_usize; end.as_secs() as usize];
            for sidecar in 0..SIDECARS {
                self.asks(sidecar, end, &mut chance).into_iter().for_each(|second| seconds[second] += 1);
            }
            let seen = &seconds[since..];
            (seen.iter().copied().max().unwrap_or_default(), seen.iter().sum::<usize>() as f64 / seen.len() as f64)
        }
    }

    /// The figures of `docs/operations.md`.
    #[test]
    fn ten_thousand_sidecars_stay_below_the_quota() {
        let spread = HOUR;
        let together = Fleet { start: |_| Duration::ZERO, spread: Duration::ZERO, verify_every: Some(6 * HOUR) };
        // The pace at which Fargate starts the tasks of an account: a hundred at once, then twenty a second.
        let by_fargate = |sidecar: usize| Duration::from_millis(sidecar.saturating_sub(100) as u64 * 50);
        let figures = [
            ("under way", together.peak(60)),
            ("under way, --verify-every off", Fleet { verify_every: None, ..together }.peak(60)),
            ("all at once, --start-spread 1h", Fleet { spread, ..together }.peak(0)),
            ("as Fargate starts them, --start-spread 1h", Fleet { spread, start: by_fargate, ..together }.peak(0)),
        ];
        for (when, (most, mean)) in figures {
            println!("{when}: at most {most} a second, {mean:.2} on average");
            assert!(
                most <= QUOTA * 3 / 4 && mean < QUOTA as f64 / 10.0,
                "{when}: {most} a second, {mean:.2} on average"
            );
        }
    }
}
