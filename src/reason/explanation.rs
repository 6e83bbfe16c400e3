//! What a text means: the answer of the rules, with their causes as findings.

use serde::{Deserialize, Serialize};

use crate::diagnose::Rule;
use crate::model::{Blank, Code, Command, Finding, Fix, Severity, Stage};
use crate::ranges::{Cidr, Ranges};

use super::apart;
use super::attempts;
use super::ended;
use super::judge::{self, Answer, Cause, Kind};
use super::known::Known;
use super::page::{self, Page, Puller};
use super::parsed::Parsed;
use super::plain::Plain;
use super::record::Record;

/// The schema's name; the number changes when a reader must.
pub const SCHEMA: &str = "ecr-probe.explain/1";

/// The longest text that is read, in bytes. ECS cuts its own at 1,024 characters.
pub const LONGEST: usize = 1024 * 1024;

/// What is known beside the text.
#[derive(Debug, Clone)]
pub struct Context {
    /// AWS's published address ranges.
    pub ranges: Ranges,
    /// The VPC's own ranges, where they are known.
    pub vpc: Vec<Cidr>,
}

/// Whether the text is of a pull, and how much it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// At least one cause is known.
    Diagnosed,
    /// A failure that no image pull and no task's start caused.
    NotAPullProblem,
    /// No reason in the text is known; `stage` is the nearest hop.
    Unrecognised,
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Whether a cause is known.
    pub verdict: Verdict,
    /// Whose it is, where the input says so.
    pub task_arn: Option<String>,
    /// What started the task: `service:NAME` or `family:NAME`.
    pub group: Option<String>,
    /// When the task stopped, as the input has it.
    pub stopped_at: Option<String>,
    /// The step of the pull that failed, where the text tells it.
    pub stage: Option<Stage>,
    /// The text in one line, cut where it is long.
    pub said: String,
    /// What it means in one sentence.
    pub means: String,
    /// The causes in the order of likelihood.
    pub diagnoses: Vec<Finding>,
    /// What tells the remaining causes apart.
    pub next: Option<Fix>,
}

/// How much of the text is repeated, in characters.
const SHOWN: usize = 300;

/// How much of it is looked through for that: what has been scrubbed is not longer.
const READ: usize = 1_000;

/// The messages of a text, each with a cause of its own: of a log, or of several messages that were pasted together. A text
/// that has one cause is one message, however many lines it has.
pub fn messages<'t>(text: &'t str, context: &Context) -> Vec<&'t str> {
    let parts = apart::parts(text, &|part| judged(part, context));
    if parts.iter().all(|part| is_clean_alone(text, part)) { parts } else { vec![text] }
}

/// Judges a text of any puller. Bytes beyond [`LONGEST`] are not read.
pub fn explain(text: &str, context: &Context) -> Explanation {
    explain_for(Puller::Any, text, &Record::default(), context)
}

/// Judges what ECS says of a task of its own: what fixes other programs is left out.
pub fn explain_of_ecs(text: &str, context: &Context) -> Explanation {
    explain_for(Puller::Ecs, text, &Record::default(), context)
}

/// The same of a task, of which the record tells more than its text.
pub(super) fn explain_task(record: &Record, context: &Context) -> Explanation {
    explain_for(Puller::Ecs, &record.text, record, context)
}

fn explain_for(puller: Puller, text: &str, record: &Record, context: &Context) -> Explanation {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    let mut parsed = Parsed::read(text, &context.ranges, &context.vpc);
    let mut answer = judge::judge(&parsed);
    if let Some(line) = unmixed(text, &parsed, &answer, context) {
        parsed = Parsed::read(line, &context.ranges, &context.vpc);
        answer = judge::judge(&parsed);
    }
    if answer.is_proven() && are_different(attempts::of(text), context) {
        answer = answer.at_most_likely();
    }
    let known = Known::of(&parsed, record);
    let mut said = shown(&parsed.plain.line);
    // What is of a task has no lines that its reader could look up.
    if puller == Puller::Any {
        let codes: Vec<&str> = answer.causes.iter().map(|cause| cause.code).collect();
        let is_cut = parsed.plain.line.len() > said.len();
        let may_differ = is_cut || apart::has_whole_line(text);
        let judged = |part: &str| judged(part, context);
        let deciding = if may_differ { apart::deciding(text, &codes, is_cut, &judged) } else { None };
        if let Some(deciding) = deciding.filter(|it| is_clean_alone(text, it.text)) {
            said = shown(&Plain::of(deciding.text).line);
            answer.means.extend(deciding.other.map(|(number, line)| beside(text, number, line)));
        }
    }
    Explanation {
        schema: SCHEMA,
        verdict: match answer.kind {
            Kind::Diagnosed => Verdict::Diagnosed,
            Kind::NotAPull => Verdict::NotAPullProblem,
            Kind::Unrecognised => Verdict::Unrecognised,
        },
        task_arn: None,
        group: None,
        stopped_at: None,
        stage: answer.stage,
        said,
        diagnoses: findings(&parsed, &answer, puller, &known),
        next: next(&parsed, &answer, record, &known),
        means: answer.means,
    }
}

/// The line that is judged alone, of a text that names registries of several kinds: what is said of one is no cause of the
/// other's failure.
fn unmixed<'t>(text: &'t str, parsed: &Parsed, answer: &Answer, context: &Context) -> Option<&'t str> {
    let first = answer.causes.first().filter(|_| answer.kind == Kind::Diagnosed)?;
    if !parsed.has_several_registries || !apart::has_whole_line(text) {
        return None;
    }
    apart::unmixed(text, first.code, &|part| judged(part, context)).filter(|line| is_clean_alone(text, line))
}

fn judged(text: &str, context: &Context) -> Answer {
    judge::judge(&Parsed::read(text, &context.ranges, &context.vpc))
}

/// How much of the line of another sign is repeated, in characters.
const BESIDE: usize = 120;

/// Where the text has a sign of another fault than the one that it is judged by.
fn beside(text: &str, number: usize, line: &str) -> String {
    let line = if is_clean_alone(text, line) { shown(&Plain::of(line).line) } else { String::new() };
    let end = line.char_indices().nth(BESIDE).map_or(line.len(), |(at, _)| at);
    let (line, cut) = (&line[..end], if end < line.len() { "…" } else { "" });
    let words = if line.is_empty() { String::new() } else { format!(": {line}{cut}") };
    format!("; another sign of a fault stands in line {number}{words}; give it alone")
}

/// So many bytes before a part, and of it, tell whether a secret goes on in it: what is scrubbed has 1,024 characters.
const ANNOUNCED: usize = 500;

/// Whether a part shows no secret that the words before it give away: of a wrapped URL, say.
fn is_clean_alone(text: &str, part: &str) -> bool {
    let at = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let Some((before, from)) = text.split_at_checked(at) else { return false };
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(ANNOUNCED))..];
    let part = &from[..from.floor_char_boundary(part.len().min(ANNOUNCED))];
    let clean = |text: &str| crate::wire::scrub(&Plain::of(text).line);
    clean(&format!("{before}{part}")).ends_with(&clean(part))
}

/// Whether the attempts that a text tells of failed for different reasons: then none of them is proven to be that of the
/// task that the reader asks about.
fn are_different(attempts: Vec<&str>, context: &Context) -> bool {
    if attempts.len() < 2 {
        return false;
    }
    let first = |text: &str| judged(text, context).causes.first().map(|cause| cause.code);
    let codes: Vec<&str> = attempts.into_iter().filter_map(first).collect();
    codes.windows(2).any(|two| two[0] != two[1])
}

/// Without secrets, and not longer than a reader wants. The wrappers come first and what failed last.
pub(super) fn shown(line: &str) -> String {
    let cut = || line.char_indices().nth(READ).map_or(line, |(at, _)| &line[..at]);
    let read = if line.len() <= READ { line } else { cut() };
    let clean = crate::wire::scrub(read);
    if clean.len() <= SHOWN {
        return clean;
    }
    let length = clean.chars().count();
    let place = |nth: usize| clean.char_indices().nth(nth).map_or(clean.len(), |(at, _)| at);
    if length <= SHOWN {
        return clean;
    }
    if read.len() < line.len() {
        return format!("{}…", &clean[..place(SHOWN)]);
    }
    let (head, tail) = (&clean[..place(SHOWN / 3)], &clean[place(length - SHOWN * 2 / 3)..]);
    let head = head.rsplit_once(' ').map_or(head, |(whole, _)| whole);
    let tail = tail.split_once(' ').map_or(tail, |(_, whole)| whole);
    format!("{head} … {tail}")
}

/// The causes as findings; their pages say what each is and how to fix it.
fn findings(parsed: &Parsed, answer: &Answer, puller: Puller, known: &Known) -> Vec<Finding> {
    let stage = answer.stage.unwrap_or(Stage::TaskStart);
    let causes: Vec<_> = answer.causes.iter().filter_map(|cause| Some((cause, page::of(cause.code)?))).collect();
    let codes: Vec<Code> = causes.iter().map(|(_, (rule, _))| rule.code).collect();
    let subject = subject(parsed, stage);
    let finding = |(cause, (rule, page)): (&Cause, (&'static Rule, &Page))| Finding {
        code: rule.code,
        name: rule.name,
        severity: Severity::Error,
        strength: cause.strength,
        stage,
        subject: subject.clone(),
        summary: page.sentence.into(),
        // Each stands by itself, whatever stood before it in the rule.
        reason: cause.why.strip_prefix("or ").unwrap_or(&cause.why).to_owned(),
        ecs_message: None,
        images: Vec::new(),
        cites: Vec::new(),
        alternatives: codes.iter().copied().filter(|code| *code != rule.code).collect(),
        explains: Vec::new(),
        fixes: match answer.kind {
            // Nobody shall change an account for a cause that the text does not name: `next` says how to find it.
            Kind::Unrecognised => Vec::new(),
            Kind::Diagnosed | Kind::NotAPull => {
                known.completed(page.fixes(puller, known.region(), &|line, blank| known.value(line, blank)))
            }
        },
        page: format!("ecr-probe explain {}", rule.code),
        blame: None,
    };
    causes.into_iter().map(finding).collect()
}

/// The most exact name that the text has for what failed.
fn subject(parsed: &Parsed, stage: Stage) -> String {
    let address = parsed.address.as_ref().map(|known| known.address.to_string());
    let host = || parsed.host_before(None).map(|host| crate::wire::scrub(&host.name));
    address.or_else(host).unwrap_or_else(|| stage.name().to_owned())
}

/// What tells the causes apart: the configuration, which can be read from anywhere, and a check from where the task
/// stands. Anywhere else a check judges another machine, so that no line to paste runs one.
fn next(parsed: &Parsed, answer: &Answer, record: &Record, known: &Known) -> Option<Fix> {
    let does = match answer.kind {
        Kind::NotAPull => return ended::next(parsed),
        Kind::Diagnosed if answer.causes.len() < 2 => return None,
        Kind::Diagnosed => "let the configuration tell them apart",
        Kind::Unrecognised if answer.stage.is_some() || record.task_arn.is_some() || record.group.is_some() => {
            "see whether the configuration stops the start of the task"
        }
        Kind::Unrecognised => {
            return Some(Fix::run(
                "read both of the fields in which ECS gives reasons, the task's and the containers'",
                &Command::of("aws ecs describe-tasks")
                    .region(known.region().unwrap_or_default())
                    .option("--cluster", Blank::CLUSTER)
                    .option("--tasks", Blank::TASK_ID)
                    .query("tasks[].[stoppedReason,containers[].reason]"),
            ));
        }
    };
    // A pull sees no secret, no log group and no volume.
    let is_seen_by_a_pull = answer.stage.is_some_and(|stage| stage != Stage::TaskStart);
    let check = if is_seen_by_a_pull {
        format!(
            ". Or check {} from inside the subnet, as a task of its own (docs/operations.md, \"Ask once\") or by ecr-probe sweep",
            known.image()
        )
    } else {
        String::new()
    };
    Some(Fix::run(format!("{does} (read-only, from anywhere){check}"), &known.audit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ends a secret where it is looked for must not be put into it before.
    #[test]
    fn a_secret_that_is_escaped_or_framed_is_none_the_less_cut() {
        let shown = |text: &str| shown(&Plain::of(text).line);
        for text in [
            "GET https://x.example/?password=my%20canary%20phrase%20of%20four failed to pull image",
            "https://x.example/?password=my%20canary%20phrase%20of%20four",
            "docker pull x; password=pa%3Ccanary failed",
            "docker pull x; password=%2Acanary1 failed",
            "password%3Dpa%20canary%20b%20c",
            "docker%20pull%20x%20--password%3Dcanary%20y",
        ] {
            assert!(!shown(text).contains("canary"), "{text}: {}", shown(text));
        }
        let token = format!("eyJ{}Canary1", "aB3".repeat(30));
        let framed: Vec<String> =
            token.as_bytes().chunks(40).map(|it| format!("│ {} │", String::from_utf8_lossy(it))).collect();
        assert!(!shown(&framed.join("\n")).contains("Canary"), "{}", shown(&framed.join("\n")));
        assert_eq!(shown("error:%20no%20space%20left%3A%20x"), "error: no space left: x");
    }

    #[test]
    fn a_long_text_is_cut_in_its_midst() {
        let wrapped = format!("CannotPullContainerError: {}dial tcp 10.0.1.10:443: i/o timeout", "again ".repeat(90));
        let short = shown(&wrapped);
        assert!(short.starts_with("CannotPullContainerError: again"), "{short}");
        assert!(short.contains(" … again"), "{short}");
        assert!(short.ends_with("dial tcp 10.0.1.10:443: i/o timeout"), "{short}");
        assert!(short.chars().count() <= SHOWN + 3, "{short}");
        // Of what is longer than a message nobody knows where the end of it is.
        assert!(shown(&wrapped.repeat(9)).ends_with('…'));
        assert_eq!(shown("no basic auth credentials"), "no basic auth credentials");
        let words_of_no_end = shown(&"\u{1f600}".repeat(700));
        assert!(words_of_no_end.chars().count() <= SHOWN + 3);
    }
}
