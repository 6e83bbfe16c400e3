//! Authorization tokens that outlive a check.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::Target;
use crate::watch::renew_after;
use crate::wire::RegistryToken;

/// The tokens that the rounds of a watch were given, by API and Region. They are in memory and nowhere else, and show in
/// no text. ECR lets an account ask for so many tokens a second, and each round of each sidecar would ask.
#[derive(Debug, Default)]
pub struct KeptTokens {
    tokens: RefCell<BTreeMap<(Target, String), Kept>>,
    round: Cell<Round>,
}

/// The round under way.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    /// Since the watch began.
    began: Duration,
    asks_anew: bool,
    chance: f64,
}

#[derive(Debug)]
struct Kept {
    token: RegistryToken,
    issued: Duration,
    renew: Duration,
    expires: Duration,
}

/// A token of a round before.
#[derive(Debug, Clone)]
pub struct Reusable {
    /// For the registry.
    pub token: RegistryToken,
    /// Seconds since it was issued.
    pub age_s: u64,
    /// Seconds until it expires.
    pub valid_for_s: i64,
}

impl KeptTokens {
    /// A round begins, so long after the watch did. One that `asks_anew` reuses nothing. `chance`, between 0 and 1,
    /// spreads when the tokens of many watches are replaced.
    pub fn begin_round(&self, began: Duration, asks_anew: bool, chance: f64) {
        self.round.set(Round { began, asks_anew, chance });
    }

    fn now(&self, elapsed_ms: f64) -> Duration {
        self.round.get().began + Duration::from_secs_f64((elapsed_ms / 1e3).max(0.0))
    }

    /// The token of a round before, where it is still good, so many milliseconds into the round.
    pub fn reusable(&self, api: &Target, region: &str, elapsed_ms: f64) -> Option<Reusable> {
        let now = self.now(elapsed_ms);
        let tokens = self.tokens.borrow();
        let kept = tokens.get(&(api.clone(), region.to_owned()))?;
        let is_good = !self.round.get().asks_anew && now < kept.renew;
        is_good.then(|| Reusable {
            token: kept.token.clone(),
            age_s: now.saturating_sub(kept.issued).as_secs(),
            valid_for_s: i64::try_from(kept.expires.saturating_sub(now).as_secs()).unwrap_or(i64::MAX),
        })
    }

    /// Keeps a token that was issued so many milliseconds into the round, where it lives long enough.
    pub fn keep(&self, api: &Target, region: &str, token: &RegistryToken, valid_for_s: Option<i64>, elapsed_ms: f64) {
        let issued = self.now(elapsed_ms);
        let life = valid_for_s.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
        let used = life.and_then(|life| Some((life, renew_after(life, self.round.get().chance)?)));
        let Some((life, used)) = used else { return self.forget(api, region) };
        let (renew, expires) = (issued.saturating_add(used), issued.saturating_add(life));
        let kept = Kept { token: token.clone(), issued, renew, expires };
        self.tokens.borrow_mut().insert((api.clone(), region.to_owned()), kept);
    }

    /// Keeps it no longer: the next round asks.
    pub fn forget(&self, api: &Target, region: &str) {
        self.tokens.borrow_mut().remove(&(api.clone(), region.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    #[test]
    fn a_token_serves_until_an_hour_before_its_end() {
        let (kept, api) = (KeptTokens::default(), Target::new(Role::EcrApi, "api", 443));
        let token = RegistryToken::basic("canary");
        let at = |hours: f64, asks_anew| {
            kept.begin_round(Duration::from_secs_f64(hours * 3600.0), asks_anew, 0.0);
            kept.reusable(&api, "eu-west-1", 500.0).map(|it| (it.age_s, it.valid_for_s))
        };
        assert_eq!(at(0.0, false), None);
        kept.keep(&api, "eu-west-1", &token, Some(12 * 3600), 500.0);
        assert_eq!(at(1.0, false), Some((3600, 11 * 3600)));
        assert_eq!(at(10.9, true), None, "a round that asks anew");
        assert!(at(10.9, false).is_some());
        assert_eq!(at(11.0, false), None);
        assert!(kept.reusable(&api, "eu-west-2", 0.0).is_none());
        assert!(!format!("{kept:?}").contains("canary"));
        // What does not say how long it lives, or lives briefly, is asked for each time.
        for valid_for_s in [None, Some(60), Some(-1)] {
            kept.keep(&api, "eu-west-1", &token, valid_for_s, 0.0);
            assert_eq!(at(11.0, false), None);
        }
    }
}
