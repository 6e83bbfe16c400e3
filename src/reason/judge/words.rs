//! The messages of the vocabulary that the text holds: which decides, and what is made of it beside the rules' answer.

use super::answer::{Answer, Kind as Verdict};
use super::fitting::fits;
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::said::Said;
use crate::reason::vocabulary::{Kind, Row};

/// The message that decides: of the earliest kind, and of those the innermost, which stands last.
pub fn deciding(parsed: &Parsed) -> Option<&Said> {
    let decides = |said: &&Said| said.row.kind < Kind::Frame;
    let said = || parsed.said().iter().filter(decides);
    // A message may be told in few words or in many: `manifest unknown`, `manifest for X not found: manifest unknown`.
    let is_part = |one: &Said| {
        let longer = |it: &&Said| it.row.template.letters() > one.row.template.letters();
        said().filter(longer).any(|it| it.start == one.start || it.holds(one))
    };
    let whole = said().filter(|it| !is_part(it));
    whole.min_by_key(|it| (it.row.kind, usize::MAX - it.end, usize::MAX - it.row.template.letters()))
}

/// The answer to a message that no pull prints.
pub fn elsewhere(row: &Row) -> Option<Answer> {
    (row.kind == Kind::Elsewhere).then(|| Answer::no_pull(row.means))
}

/// An answer that no message overrides: what the message rules out is no alternative to it.
pub fn beside(own: Answer, row: Option<&'static Row>) -> Answer {
    match row {
        // Of a denial the rules read more than the clause.
        Some(row) if row.kind != Kind::Clause => own.without_later(|code| row.rules_out(code)),
        _ => own,
    }
}

/// A cause of the rules against that of a message.
pub fn against(own: Answer, row: Option<&'static Row>, parsed: &Parsed) -> Answer {
    let Some(row) = row else { return own };
    let agreed = own.causes.first().is_none_or(|cause| row.first.contains(&cause.code));
    match row.kind {
        // What the rules only hold possible, the message may claim.
        Kind::Clause | Kind::Cause | Kind::Tls
            if !agreed || own.kind == Verdict::Unrecognised && !row.first.is_empty() =>
        {
            by(row, Some(&own), parsed)
        }
        _ => own.without_later(|code| row.rules_out(code)),
    }
}

/// A message over a symptom; `None` where there is neither.
pub fn over(symptom: Option<Answer>, row: Option<&'static Row>, parsed: &Parsed) -> Option<Answer> {
    let Some(row) = row else { return symptom };
    match (row.kind, symptom) {
        (Kind::Clause | Kind::Cause | Kind::Tls, Some(own)) => {
            let agreed = own
                .causes
                .first()
                .is_some_and(|cause| row.first.contains(&cause.code) || row.also.contains(&cause.code));
            Some(if agreed { beside(own, Some(row)) } else { by(row, Some(&own), parsed) })
        }
        (_, Some(own)) if !own.causes.is_empty() || row.first.is_empty() => Some(beside(own, Some(row))),
        // The rules read the address, and know that it is nothing of a pull's.
        (Kind::Net | Kind::Silence, Some(own)) => Some(own),
        (Kind::Elsewhere, own) => elsewhere(row).filter(|_| own.is_none()).or(own),
        (Kind::Symptom, None) => None,
        (_, own) if !row.first.is_empty() => Some(by(row, own.as_ref(), parsed)),
        (_, own) => own,
    }
}

/// Fewer letters than these may head a cause of their own: `RegistryUnavailable: …`.
const FEW: usize = 24;

/// What the message means by itself. Of codes that may each be the first, those come first that the rest of the text
/// speaks for.
fn by(row: &'static Row, own: Option<&Answer>, parsed: &Parsed) -> Answer {
    let stage = row.stage.or(own.and_then(|it| it.stage)).unwrap_or(Stage::TaskStart);
    let spoken = |code: &str| own.and_then(|it| it.causes.iter().position(|cause| cause.code == code));
    let some_fit = row.first.iter().any(|code| fits(code, parsed));
    // The message is of another service than the one that the text is of, as far as the rules can tell.
    if let Some(own) = own.filter(|it| !some_fit && !it.causes.is_empty()) {
        return own.clone();
    }
    let mut first: Vec<_> = row.first.iter().copied().filter(|code| !some_fit || fits(code, parsed)).collect();
    first.sort_by_key(|code| spoken(code).unwrap_or(usize::MAX));
    let also = row.also.iter().copied().filter(|code| fits(code, parsed));
    let answer = Answer::at(stage, row.means);
    let mut codes = first.into_iter().chain(also);
    let answer = match codes.next() {
        Some(code) => answer.likely(code, row.means),
        None => answer,
    };
    let answer = codes.fold(answer, |answer, code| answer.possible(code, "the same message has this cause too"));
    match row.kind {
        Kind::Symptom => answer.hedged(),
        _ if !some_fit && !row.of_a_pull => answer.hedged(),
        _ if row.template.letters() < FEW => answer.unless_unread(parsed),
        _ => answer,
    }
}

/// No cause is known: the step, and what the names of steps leave open.
pub fn of_step(own: Option<Answer>, said: Option<&Said>, parsed: &Parsed) -> Answer {
    let answer = step(own, parsed);
    let answer = match said {
        Some(said) if said.row.kind != Kind::Elsewhere => answer.without(|code| said.row.rules_out(code)),
        _ => answer,
    };
    let step =
        parsed.said().iter().filter(|it| it.row.kind == Kind::Frame && it.row.stage.is_some()).map(|it| it.start).max();
    let is_inner = |said: &Said| step.is_none_or(|step| said.start > step);
    match said.filter(|it| is_inner(it)).map(|it| it.row) {
        Some(row) if row.kind == Kind::Symptom && !row.first.is_empty() => by(row, Some(&answer), parsed),
        _ => answer,
    }
}

fn step(own: Option<Answer>, parsed: &Parsed) -> Answer {
    let frames = || parsed.said().iter().filter(|it| it.row.kind == Kind::Frame);
    let inner = frames().filter(|it| !it.row.first.is_empty() || !it.row.also.is_empty()).max_by_key(|it| it.start);
    let stage = frames().filter(|it| it.row.stage.is_some()).max_by_key(|it| it.start).and_then(|it| it.row.stage);
    let ruled_out = |code: &str| frames().any(|it| it.row.rules_out(code));
    if let Some(own) = own.filter(|it| inner.is_none() || !it.causes.is_empty()) {
        return own.without(ruled_out).hedged();
    }
    let unknown = "the text names a step of a pull or of a task's start; the reason after it is not known";
    let answer = Answer::unrecognised(stage, unknown);
    let Some(inner) = inner else { return answer };
    let codes =
        inner.row.first.iter().chain(&inner.row.also).copied().filter(|code| fits(code, parsed) && !ruled_out(code));
    codes.fold(answer, |answer, code| {
        answer.possible(code, "the same step fails in this way too; the text does not say")
    })
}
