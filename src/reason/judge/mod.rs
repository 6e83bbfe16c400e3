//! From what a text says to its causes: rules in order, of which the first that speaks decides.
//!
//! Words that name a cause come before words that name a symptom, and both before words that only
//! name a step: a time-out in a text that also has an expired token is not what stopped the pull.

mod address;
mod answer;
mod denied;
mod elsewhere;
mod hop;
mod image;
mod layer;
mod login;
mod names;
mod silence;
mod start;
mod status;
mod step;
mod throttled;
mod tls;

pub use answer::{Answer, Cause, Kind};

use super::parsed::Parsed;

type Rule = fn(&Parsed) -> Option<Answer>;

const RULES: [Rule; 14] = [
    elsewhere::judge,
    denied::judge,
    start::judge,
    login::judge,
    throttled::judge,
    names::written_wrong,
    tls::judge,
    layer::judge,
    image::judge,
    names::judge,
    silence::judge,
    status::judge,
    start::unexplained,
    step::judge,
];

/// What the text means: the answer of the first rule that has one.
pub fn judge(parsed: &Parsed) -> Answer {
    RULES
        .iter()
        .find_map(|rule| rule(parsed))
        .unwrap_or_else(|| Answer::unrecognised(None, "no phrase in it is known to come from a pull or a task's start"))
}

#[cfg(test)]
mod tests;
