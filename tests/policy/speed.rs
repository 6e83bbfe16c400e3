//! How many decisions a second one core makes: `cargo test --locked --test policy speed -- --nocapture`, with
//! `--release` for the build that ships.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ecr_probe::policy::{Policies, Request, decide};

use crate::draw::{self, Range};

/// A decision of all layers takes less than this, documents read beforehand. A build without optimization gets ten
/// times as long.
const LONGEST: Duration = Duration::from_micros(100);

#[test]
fn speed() {
    let range = Range { endpoint_only: false, all_layers: true, rare: true };
    let cases: Vec<(Request, Policies)> = (0..500)
        .map(|seed| {
            let case = draw::case(seed, range);
            (case.request(), case.policies())
        })
        .collect();
    let (mut decided, started) = (0, Instant::now());
    while started.elapsed() < Duration::from_millis(500) {
        for (request, policies) in &cases {
            black_box(decide(black_box(request), policies));
            decided += 1;
        }
    }
    let each = started.elapsed() / decided;
    let a_second = 1_000_000_000 / each.as_nanos().max(1);
    eprintln!("{a_second} decisions a second, {each:?} each");
    let longest = if cfg!(debug_assertions) { 10 * LONGEST } else { LONGEST };
    assert!(each < longest, "a decision takes {each:?}");
}
