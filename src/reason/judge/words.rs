//! The messages of the vocabulary that the text holds: which decides, and what is made of it beside the rules' answer.

use super::answer::{Answer, Kind as Verdict};
use super::fitting::{fits, is_of_registry, is_of_service, service};
use super::signature;
use super::url_path::{is_of_registry_api, is_of_token_service};
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::said::Said;
use crate::reason::sign::Sign;
use crate::reason::vocabulary::{Kind, Row, Service};

/// The message that decides: of the earliest kind, and of those the innermost, which stands last.
pub fn deciding(parsed: &Parsed) -> Option<&Said> {
    let is_of = |of: Service| service(parsed).is_none_or(|service| service == of);
    let decides = |said: &&Said| {
        said.row.kind < Kind::Frame && said.row.service.is_none_or(is_of) && !is_policy_that_asks(said, parsed)
    };
    let said = || parsed.said().iter().filter(decides);
    let whole = said().filter(|one| !said().any(|it| it.exceeds(one)));
    whole.min_by_key(|it| (it.row.kind, usize::MAX - it.end, usize::MAX - it.row.template.letters()))
}

/// Whether a policy gave up because its own request to the registry failed: what the registry answered decides. A missing
/// signature is the policy's own reason.
fn is_policy_that_asks(said: &Said, parsed: &Parsed) -> bool {
    // The rows of policies.
    if said.row.first != ["IMG-14"] {
        return false;
    }
    let end = parsed.plain.origin(said.end);
    let asked = parsed.hosts.iter().rfind(|host| host.contacted && host.at >= end);
    let is_of_registry = |path: &str| is_of_registry_api(path) || is_of_token_service(path);
    let is_asked = asked.and_then(|host| parsed.path(host)).is_some_and(is_of_registry);
    is_asked && signature::missing(parsed).is_none()
}

/// The answer to a message that no pull prints.
pub fn elsewhere(row: &Row) -> Option<Answer> {
    (row.kind == Kind::Elsewhere).then(|| Answer::no_pull(row.means))
}

/// An answer that no message overrides: what the message rules out is no alternative to it.
pub fn beside(own: Answer, row: Option<&'static Row>) -> Answer {
    match row {
        // Of a denial the rules read more than the clause, and credentials are asked of an address, too.
        Some(row) if row.kind != Kind::Clause && own.stage != Some(Stage::Credentials) => {
            own.without_later(|code| row.rules_out(code))
        }
        _ => own,
    }
}

/// A cause of the rules against that of a message.
pub fn against(own: Answer, said: Option<&Said>, parsed: &Parsed) -> Answer {
    let Some(said) = said else { return own };
    let row = said.row;
    let agreed = own.causes.first().is_none_or(|cause| row.first.contains(&cause.code));
    if is_of_another_command(row, &own) {
        return own;
    }
    match row.kind {
        // What the rules only hold possible, the message may claim.
        Kind::Clause | Kind::Cause | Kind::Tls
            if !agreed || own.kind == Verdict::Unrecognised && (!row.first.is_empty() || has_no_code(row)) =>
        {
            by(said, Some(&own), parsed)
        }
        _ => own.without_later(|code| row.rules_out(code)),
    }
}

/// A message over a symptom; `None` where there is neither.
pub fn over(symptom: Option<Answer>, said: Option<&Said>, parsed: &Parsed) -> Option<Answer> {
    let Some(said) = said else { return symptom };
    let row = said.row;
    match (row.kind, symptom) {
        (Kind::Clause | Kind::Cause | Kind::Tls, Some(own)) if !is_of_another_command(row, &own) => {
            let agreed = own
                .causes
                .first()
                .is_some_and(|cause| row.first.contains(&cause.code) || row.also.contains(&cause.code));
            Some(if agreed { beside(own, Some(row)) } else { by(said, Some(&own), parsed) })
        }
        (_, Some(own)) if !own.causes.is_empty() || row.first.is_empty() => Some(beside(own, Some(row))),
        // The rules read the address, and know that it is nothing of a pull's.
        (Kind::Net | Kind::Silence, Some(own)) => Some(own),
        (Kind::Elsewhere, own) => elsewhere(row).filter(|_| own.is_none() && !is_gone_on_from(said, parsed)).or(own),
        (Kind::Symptom, None) => None,
        (_, own) if !row.first.is_empty() || has_no_code(row) => Some(by(said, own.as_ref(), parsed)),
        (_, own) => own,
    }
}

/// Whether the message is of another command than the one that the answer tells of: a script goes on where one is not
/// installed. Where both are of the same failure, the message rules the answer's code out.
fn is_of_another_command(row: &Row, own: &Answer) -> bool {
    has_no_code(row)
        && own.kind == Verdict::Diagnosed
        && own.causes.first().is_some_and(|cause| !row.rules_out(cause.code))
}

/// Whether the message tells the cause, and no code is of it.
fn has_no_code(row: &Row) -> bool {
    row.kind == Kind::Cause && row.first.is_empty()
}

/// Whether a step of a pull that failed stands behind a message that no failure is: `docker run` says first that it pulls, and
/// of a task each container has a reason of its own.
fn is_gone_on_from(said: &Said, parsed: &Parsed) -> bool {
    let error = parsed.last(&[Sign::CannotPull, Sign::ResourceInit]);
    if error.is_some_and(|at| parsed.has(Sign::Exited) || at > parsed.plain.origin(said.start)) {
        return true;
    }
    let is_step = |it: &&Said| it.row.kind == Kind::Frame && it.row.of_a_pull && it.row.stage.is_some();
    // What the client then says of the daemon, and no reference as Skopeo has it.
    let behind = parsed.plain.tight.get(said.end..).unwrap_or_default();
    let is_ended = behind.split("docker:").skip(1).any(|rest| !rest.starts_with("//"));
    is_ended || parsed.said().iter().filter(is_step).any(|it| it.start > said.start)
}

/// Fewer letters than these may head a cause of their own: `RegistryUnavailable: …`.
const FEW: usize = 24;

/// What the message means by itself. Of codes that may each be the first, those come first that the rest of the text
/// speaks for.
fn by(said: &Said, own: Option<&Answer>, parsed: &Parsed) -> Answer {
    let row = said.row;
    if has_no_code(row) {
        return Answer::unrecognised(row.stage, row.means);
    }
    let service = service(parsed);
    let fits = |code: &str| fits(code, service, parsed) && !is_ruled_out(code, said.start, parsed);
    let stage = row.stage.or(own.and_then(|it| it.stage)).unwrap_or(Stage::TaskStart);
    let spoken = |code: &str| own.and_then(|it| it.causes.iter().position(|cause| cause.code == code));
    let some_fit = row.first.iter().any(|code| fits(code));
    // The message is of another service than the one that the text is of, as far as the rules can tell.
    if let Some(own) = own.filter(|it| !some_fit && !it.causes.is_empty()) {
        return own.clone();
    }
    let mut first: Vec<_> = row.first.iter().copied().filter(|code| !some_fit || fits(code)).collect();
    first.sort_by_key(|code| spoken(code).unwrap_or(usize::MAX));
    let also = row.also.iter().copied().filter(|code| fits(code));
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

/// Whether a step rules the code out within which the words at `at` stand: its frame begins before them, and not before
/// their attempt. None does that is known by the code: credentials fail by a request that failed.
fn is_ruled_out(code: &str, at: usize, parsed: &Parsed) -> bool {
    // A step of layers that asked for a manifest, as containerd's copy does, is one of a manifest.
    let is_of_manifest = matches!(code, "IMG-01" | "IMG-02")
        && parsed.has(Sign::Copy)
        && parsed.has(Sign::ManifestPath)
        && !parsed.has(Sign::BlobPath);
    let is_of_layers = |row: &Row| matches!(row.stage, Some(Stage::LayerUrl | Stage::LayerBytes));
    // A snapshotter that fetches layers itself does so in the step that else unpacks them.
    let is_fetched = |one: &Said| {
        let start = parsed.plain.origin(one.start);
        let behind = start..parsed.plain.line_around(start).end;
        one.row.stage == Some(Stage::Unpack)
            && parsed.hosts.iter().any(|host| host.contacted && behind.contains(&host.at))
    };
    let attempt = parsed.last(&[Sign::CannotPull, Sign::ResourceInit, Sign::Trying]).unwrap_or_default();
    let attempt = if at < parsed.plain.tight.len() && attempt > parsed.plain.origin(at) { 0 } else { attempt };
    let frames = || parsed.said().iter().filter(|it| it.row.kind == Kind::Frame);
    let is_around = |it: &&Said| it.start < at && it.row.template.begins() && parsed.plain.origin(it.start) >= attempt;
    let is_other = |one: &Said| is_of_manifest && is_of_layers(one.row) || is_fetched(one);
    let rules_out = |one: &Said| one.row.rules_out(code) && !is_other(one) && !frames().any(|it| it.exceeds(one));
    frames().filter(is_around).any(rules_out) && !frames().filter(is_around).any(|it| it.row.first.contains(&code))
}

/// The same without what the steps rule out that the text names before its reason. A claim that they rule out was read
/// out of words that mean something else there: the text tells no more than its step.
pub fn within_steps(answer: Answer, said: Option<&Said>, parsed: &Parsed) -> Answer {
    let at = said.map_or(usize::MAX, |it| it.start);
    let Some(first) = answer.causes.first() else { return answer };
    let service = service(parsed);
    let has_frames = parsed.said().iter().any(|it| it.row.kind == Kind::Frame && it.start < at);
    let is_ruled_out = |code: &str| !is_of_service(code, service) || has_frames && is_ruled_out(code, at, parsed);
    if is_ruled_out(first.code) {
        return step(None, parsed);
    }
    answer.without_later(|code| is_ruled_out(code) || !is_of_registry(code, parsed))
}

/// Whether the steps that the text names, and what it is of, leave the code open.
pub fn is_open(code: &str, parsed: &Parsed) -> bool {
    let is_ruled_out = parsed.said().iter().any(|it| it.row.kind == Kind::Frame && it.row.rules_out(code));
    // Of another registry a failure of its server has no code of its own.
    !is_ruled_out && (code == "ECR-02" || fits(code, service(parsed), parsed))
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
    match said.filter(|it| is_inner(it)) {
        // That ECS gives no reason is no alternative to one.
        Some(said) if said.row.first == ["INIT-09"] && !answer.causes.is_empty() => answer,
        Some(said) if said.row.kind == Kind::Symptom && !said.row.first.is_empty() => by(said, Some(&answer), parsed),
        _ => answer,
    }
}

fn step(own: Option<Answer>, parsed: &Parsed) -> Answer {
    let frames = || parsed.said().iter().filter(|it| it.row.kind == Kind::Frame);
    // That the kubelet waits before it tries again tells less than the attempt before.
    let inner = frames()
        .filter(|it| !it.row.first.is_empty() || !it.row.also.is_empty())
        .max_by_key(|it| (it.row.also != ["INIT-09"], it.start));
    let stage = frames().filter(|it| it.row.stage.is_some()).max_by_key(|it| it.start).and_then(|it| it.row.stage);
    let ruled_out = |code: &str| frames().any(|it| it.row.rules_out(code));
    if let Some(own) = own.filter(|it| inner.is_none() || !it.causes.is_empty()) {
        return own.without(ruled_out).hedged();
    }
    let unknown = "the text names a step of a pull or of a task's start; the reason after it is not known";
    let answer = Answer::unrecognised(stage, unknown);
    let Some(inner) = inner else { return answer };
    let service = service(parsed);
    let codes = inner.row.first.iter().chain(inner.row.also).copied();
    // A full disk is told: it is possible where the reason is cut off.
    let is_told = |code: &str| code == "DSK-01" && parsed.goes_on_after(inner.end);
    // An address was dialled: its name was known, and nothing was said there yet.
    let is_past = |code: &str| parsed.address.is_some() && (code.starts_with("DNS-") || code.starts_with("TLS-"));
    // What is said of a container says so where it is of its log.
    let is_of_no_log = |code: &str| {
        matches!(code, "INIT-05" | "INIT-06" | "INIT-13" | "INIT-14" | "INIT-15") && !parsed.plain.tight.contains("log")
    };
    let is_open = |code: &str| !ruled_out(code) && !is_told(code) && !is_past(code) && !is_of_no_log(code);
    let codes = codes.filter(|code| fits(code, service, parsed) && is_open(code));
    codes.fold(answer, |answer, code| {
        answer.possible(code, "the same step fails in this way too; the text does not say")
    })
}
