//! The message that decides, of those that the text holds of the vocabulary.

use super::answer::{Answer, Kind as Verdict};
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::said::Said;
use crate::reason::vocabulary::Kind;

/// The message that decides: of the earliest kind, and of those the innermost, which stands last.
pub fn deciding(parsed: &Parsed) -> Option<Said> {
    let whole = |said: &&Said| !parsed.said().iter().any(|other| other.holds(said));
    let said = parsed.said().iter().filter(whole).filter(|it| it.row.kind < Kind::Frame);
    said.copied().min_by_key(|it| (it.row.kind, usize::MAX - it.end, usize::MAX - (it.end - it.start)))
}

/// What the message means by itself.
pub fn alone(said: &Said, own: Option<&Answer>) -> Answer {
    let row = said.row;
    if row.kind == Kind::Elsewhere {
        return Answer::no_pull(row.means);
    }
    let stage = row.stage.or(own.and_then(|it| it.stage)).unwrap_or(Stage::TaskStart);
    let mut answer = Answer::at(stage, row.means);
    // What the rest of the text speaks for comes first.
    let spoken = |code: &str| own.is_some_and(|it| it.causes.iter().any(|cause| cause.code == code));
    let (mut first, others): (Vec<_>, Vec<_>) = row.first.iter().copied().partition(|it| spoken(it));
    first.extend(others);
    for (at, code) in first.iter().enumerate() {
        answer = match at {
            0 => answer.likely(code, row.means),
            _ => answer.possible(code, row.means),
        };
    }
    row.also.iter().fold(answer, |answer, code| answer.possible(code, row.means))
}

/// The answer of the rules, and that of the message, as one.
pub fn joined(own: Answer, said: &Said) -> Answer {
    let row = said.row;
    let first = own.causes.first().map(|cause| cause.code);
    let Some(first) = first else {
        return if row.first.is_empty() || own.kind == Verdict::NotAPull { own } else { alone(said, Some(&own)) };
    };
    if row.first.contains(&first) {
        return own.without(|code| row.rules_out(code));
    }
    let narrows = row.also.contains(&first)
        || matches!(row.kind, Kind::Status | Kind::Net | Kind::Silence | Kind::Sentence | Kind::Symptom);
    if row.kind >= Kind::Elsewhere || row.first.is_empty() || narrows {
        return own.without(|code| row.rules_out(code));
    }
    alone(said, Some(&own))
}
