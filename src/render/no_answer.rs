//! Why a request got no answer, in a few words.

use super::units::bytes;
use crate::model::outcome::NoAnswer;

/// Lower case, such as `connection reset`.
pub fn no_answer(why: &NoAnswer) -> String {
    match why {
        NoAnswer::Connect { reason } => format!("connect {reason}"),
        NoAnswer::Handshake { reason } => format!("TLS {reason}"),
        NoAnswer::TimedOut => "no answer in time".to_owned(),
        NoAnswer::Reset => "connection reset".to_owned(),
        NoAnswer::Closed => "connection closed".to_owned(),
        NoAnswer::Malformed { reason } => format!("unreadable: {reason}"),
        NoAnswer::TooLarge { limit_bytes } => format!("larger than {}", bytes(*limit_bytes)),
        NoAnswer::NotSent { reason } => format!("not sent: {reason}"),
    }
}
