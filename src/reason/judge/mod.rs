//! From what a text says to its causes: rules in order, of which the first that speaks decides.
//!
//! One gate stands before them: [`frame::is_of_a_pull`]. No rule need ask whether the text is of a pull.
//!
//! Words that name a cause come before words that name a symptom, and both before words that only
//! name a step: a time-out in a text that also has an expired token is not what stopped the pull.

mod address;
mod answer;
mod any_program;
mod denied;
mod elsewhere;
mod frame;
mod hop;
mod image;
mod layer;
mod login;
mod names;
mod scarce;
mod silence;
mod start;
mod status;
mod step;
mod throttled;
mod tls;
mod words;

pub use answer::{Answer, Cause, Kind};

use super::parsed::Parsed;
use super::vocabulary;

type Rule = fn(&Parsed) -> Option<Answer>;

const RULES: [Rule; 13] = [
    elsewhere::judge,
    denied::judge,
    start::judge,
    names::written_wrong,
    login::judge,
    throttled::judge,
    scarce::judge,
    tls::judge,
    layer::judge,
    image::judge,
    names::judge,
    silence::judge,
    status::judge,
];

/// What the name of a step still tells, where nothing else does.
const STEPS: [Rule; 2] = [start::unexplained, step::judge];

/// What the text means. Where nothing marks it as one of a pull or a task's start, no code is named.
pub fn judge(parsed: &Parsed) -> Answer {
    let said = words::deciding(parsed);
    if !frame::is_of_a_pull(parsed) {
        let elsewhere =
            || said.filter(|it| it.row.kind == vocabulary::Kind::Elsewhere).map(|it| words::alone(&it, None));
        return elsewhere::judge(parsed)
            .map(Answer::without_causes)
            .or_else(elsewhere)
            .unwrap_or_else(|| any_program::judge(parsed));
    }
    let unknown = || Answer::unrecognised(None, "it is of a pull or of a task's start, and no reason in it is known");
    let step = || STEPS.iter().find_map(|rule| rule(parsed));
    match (RULES.iter().find_map(|rule| rule(parsed)), said) {
        (Some(own), Some(said)) => words::joined(own, &said),
        (Some(own), None) => own,
        (None, Some(said)) if !said.row.first.is_empty() || said.row.kind == vocabulary::Kind::Elsewhere => {
            words::alone(&said, step().as_ref())
        }
        (None, _) => step().unwrap_or_else(unknown),
    }
}

#[cfg(test)]
mod tests;
