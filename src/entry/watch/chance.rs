//! What spreads the rounds of many watches.

use std::hash::{BuildHasher, RandomState};

/// Between 0 and 1, from the seed that the system gives each hasher.
pub fn chance() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    (random >> 11) as f64 / (1_u64 << 53) as f64
}
