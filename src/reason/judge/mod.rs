//! From what a text says to its causes: rules in order, of which the first that speaks decides.
//!
//! One gate stands before them: [`frame::of_a_pull`]. No rule need ask whether the text is of a pull.
//!
//! Words that name a cause come before words that name a symptom, and both before words that only
//! name a step: a time-out in a text that also has an expired token is not what stopped the pull.

mod address;
mod answer;
mod any_program;
mod container_start;
mod denied;
mod ecr_call;
mod elsewhere;
mod fitting;
mod foreign;
mod frame;
mod general;
mod hop;
mod hub;
mod image;
mod layer;
mod layers_begun;
mod login;
mod names;
mod no_way;
mod on_the_host;
mod other_server;
mod own_host;
mod pause;
mod plugin;
mod pulled;
mod push;
mod refusal;
mod scarce;
mod signature;
mod silence;
mod speaks_of_ecr;
mod start;
mod status;
mod step;
mod throttled;
mod tls;
mod told;
mod url_path;
mod words;

pub use answer::{Answer, Cause, Kind};

use self::frame::Sureness;
use super::parsed::Parsed;
use super::said::Said;

type Rule = fn(&Parsed) -> Option<Answer>;

/// What they read is told by no message better: a denial's grammar, a name, what is no pull's.
const EXACT: [Rule; 3] = [elsewhere::judge, denied::judge, signature::missing];

/// The same of words that mean something else at another step.
const OF_A_STEP: [Rule; 2] = [start::judge, names::written_wrong];

/// A cause by its words. A message that says another is longer than they are.
const CAUSES: [Rule; 9] = [
    denied::unnamed,
    pause::judge,
    login::judge,
    throttled::judge,
    scarce::judge,
    tls::judge,
    layer::judge,
    image::judge,
    names::judge,
];

/// A symptom, of which the host, the address and the step tell whose it is.
const SYMPTOMS: [Rule; 2] = [silence::judge, status::judge];

/// What the name of a step still tells, where nothing else does.
const STEPS: [Rule; 2] = [start::unexplained, step::judge];

/// What the text means. Where nothing marks it as one of a pull or a task's start, no code is named, and where little
/// does none is claimed.
pub fn judge(parsed: &Parsed) -> Answer {
    let said = words::deciding(parsed);
    match frame::of_a_pull(parsed) {
        Sureness::None => {
            let elsewhere = elsewhere::judge(parsed).map(Answer::without_causes);
            elsewhere.or_else(|| words::elsewhere(said?.row)).unwrap_or_else(|| any_program::judge(parsed))
        }
        Sureness::Named => of_a_pull(said, parsed).hedged(),
        Sureness::Sure if other_server::is_asked(parsed) => of_a_pull(said, parsed).hedged(),
        Sureness::Sure => of_a_pull(said, parsed),
    }
}

fn of_a_pull(said: Option<&Said>, parsed: &Parsed) -> Answer {
    let row = said.map(|it| it.row);
    let by = |rules: &[Rule]| rules.iter().find_map(|rule| rule(parsed));
    let exact = by(&EXACT).map(|exact| words::beside(exact, row));
    if let Some(exact) = exact {
        // A denial says itself of which step it is.
        let is_plain = exact.kind == Kind::NotAPull || parsed.denial.is_some();
        return if is_plain { exact } else { words::within_steps(exact, said, parsed) };
    }
    let answer = if let Some(exact) = by(&OF_A_STEP) {
        words::beside(exact, row)
    } else if let Some(cause) = by(&CAUSES) {
        words::against(cause, said, parsed)
    } else if let Some(answer) = words::over(by(&SYMPTOMS), said, parsed) {
        answer
    } else {
        return by_step(said, parsed);
    };
    words::within_steps(answer, said, parsed)
}

/// What the step tells, of a text that names no cause.
fn by_step(said: Option<&Said>, parsed: &Parsed) -> Answer {
    // What ECS says where it says no more.
    let generic = start::unexplained(parsed).filter(|it| {
        it.kind == Kind::Diagnosed && it.causes.first().is_some_and(|cause| matches!(cause.code, "INIT-07" | "INIT-09"))
    });
    let step = || STEPS.iter().find_map(|rule| rule(parsed));
    let of_step = || general::opened(words::of_step(step(), said, parsed), parsed);
    generic.map(|it| it.unless_unread(parsed)).unwrap_or_else(of_step)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_logs;
