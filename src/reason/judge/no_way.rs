//! Signs that nothing was reached, whatever it would have answered.

use crate::reason::sign::Sign;

/// A name or a connection failed.
pub const NO_WAY: [Sign; 9] = [
    Sign::TimedOut,
    Sign::NoAnswer,
    Sign::Refused,
    Sign::NoRoute,
    Sign::NetUnreachable,
    Sign::NoSuchHost,
    Sign::NameError,
    Sign::NameTimedOut,
    Sign::TlsTimedOut,
];
