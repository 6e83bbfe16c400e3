//! Numbers as fine as they mean anything.

/// To a thousandth: microseconds of milliseconds, milliseconds of seconds. The clocks here are no finer.
pub fn to_thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
