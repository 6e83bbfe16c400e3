//! Acts that are done again and again, and summed up: an address that loses one connection in ten
//! looks sound when it is tried once.

use crate::edge::Edge;
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, ResolveOutcome, Samples, TcpInfo};

/// Between one try and the next, in milliseconds: bursts would measure themselves.
pub const PAUSE_MS: f64 = 50.0;

/// What failed so often needs no more proof: each may take as long as an act may.
const MOST_FAILURES: usize = 5;

/// How often names are asked for and addresses are connected to.
#[derive(Debug, Clone, Copy)]
pub struct Sampling {
    /// At least 1.
    pub count: u32,
    /// For the names of a host, and again for its addresses, in milliseconds: then fewer have to do.
    pub longest_ms: f64,
}

/// How an act ended, and how long it took.
#[derive(Debug, Clone)]
pub struct Timed<Outcome> {
    pub outcome: Outcome,
    pub took_ms: f64,
}

/// Times `act` on the edge's clock.
pub async fn timed<E: Edge, Outcome, T>(edge: &E, act: impl Future<Output = (Outcome, T)>) -> (Timed<Outcome>, T) {
    let began_ms = edge.elapsed_ms();
    let (outcome, value) = act.await;
    (Timed { outcome, took_ms: edge.elapsed_ms() - began_ms }, value)
}

/// What a sample is judged by.
pub trait Sampled: Clone {
    /// Whether it counts as a failure.
    fn failed(&self) -> bool;

    /// Segments of the connection that were sent again so far.
    fn resent(&self) -> u32 {
        0
    }
}

impl Sampled for ResolveOutcome {
    fn failed(&self) -> bool {
        self.is_symptom()
    }
}

impl Sampled for ConnectOutcome {
    fn failed(&self) -> bool {
        self.is_symptom()
    }

    fn resent(&self) -> u32 {
        match self {
            ConnectOutcome::Connected { tcp } => retransmits(tcp.as_ref()),
            _ => 0,
        }
    }
}

impl Sampled for HandshakeOutcome {
    fn failed(&self) -> bool {
        self.is_symptom()
    }

    fn resent(&self) -> u32 {
        match self {
            HandshakeOutcome::Completed { tcp, .. } => retransmits(tcp.as_ref()),
            _ => 0,
        }
    }
}

fn retransmits(tcp: Option<&TcpInfo>) -> u32 {
    tcp.map_or(0, |tcp| tcp.retransmits)
}

/// Whether there are to be more samples.
pub fn wants_more<Outcome: Sampled>(tries: &[Timed<Outcome>], samples: u32) -> bool {
    let failed = tries.iter().filter(|it| it.outcome.failed()).count();
    tries.len() < samples as usize && failed < MOST_FAILURES
}

/// Sums the tries up.
pub fn sum<Outcome: Sampled>(tries: &[Timed<Outcome>]) -> Samples<Outcome> {
    let mut took_us: Vec<u64> =
        tries.iter().filter(|it| !it.outcome.failed()).map(|it| (it.took_ms * 1e3).round() as u64).collect();
    took_us.sort_unstable();
    let worked = took_us.len();
    // The nearest rank: a time that was seen, and none in between.
    let percentile = |percent: usize| took_us.get((worked * percent).div_ceil(100).saturating_sub(1)).copied();
    Samples {
        tries: tries.len() as u32,
        failed: (tries.len() - worked) as u32,
        resent: tries.iter().filter(|it| it.outcome.resent() > 0).count() as u32,
        p50_us: percentile(50).unwrap_or_default(),
        p95_us: percentile(95).unwrap_or_default(),
        max_us: percentile(100).unwrap_or_default(),
        failure: tries.iter().rev().map(|it| &it.outcome).find(|it| it.failed()).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connects(took_ms: &[f64]) -> Vec<Timed<ConnectOutcome>> {
        took_ms.iter().map(|&took_ms| Timed { outcome: ConnectOutcome::Connected { tcp: None }, took_ms }).collect()
    }

    #[test]
    fn percentiles_are_times_that_were_seen() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let sum = sum(&connects(&hundred));
        assert_eq!((sum.tries, sum.failed, sum.failure), (100, 0, None));
        assert_eq!((sum.p50_us, sum.p95_us, sum.max_us), (50_000, 95_000, 100_000));
    }

    #[test]
    fn failures_count_and_take_no_part_in_the_times() {
        let mut tries = connects(&[1.0, 2.0]);
        tries.push(Timed { outcome: ConnectOutcome::TimedOut, took_ms: 5_000.0 });
        let sum = sum(&tries);
        assert_eq!((sum.tries, sum.failed, sum.max_us), (3, 1, 2_000));
        assert_eq!(sum.failure, Some(ConnectOutcome::TimedOut));
        assert!(sum.is_symptom());
    }

    #[test]
    fn what_always_fails_is_no_symptom_of_its_own() {
        let tries = vec![Timed { outcome: ConnectOutcome::TimedOut, took_ms: 5_000.0 }; 3];
        let sum = sum(&tries);
        assert_eq!((sum.tries, sum.failed, sum.p50_us), (3, 3, 0));
        assert!(!sum.is_symptom());
    }

    #[test]
    fn segments_sent_again_are_seen() {
        let info = |retransmits| TcpInfo { rtt_us: 500, rtt_var_us: 50, retransmits, send_mss: 1400, path_mtu: 1500 };
        let connected = |retransmits| ConnectOutcome::Connected { tcp: Some(info(retransmits)) };
        let tries = [0, 1, 2].map(|retransmits| Timed { outcome: connected(retransmits), took_ms: 1.0 });
        assert_eq!(sum(&tries).resent, 2);
    }
}
