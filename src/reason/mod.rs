//! From ECS's own words to the cause: what a stopped task, a service event or a log line says.
//!
//! Pure and linear in the text: [`explain`] takes any text, and never fails. The text is made
//! [plain](plain), taken [apart](said) into typed evidence, and [judged](judge) by rules in order.

mod judge;
mod mark;
mod page;
mod phrases;
mod place;
mod plain;
mod record;
mod respaced;
mod said;
mod sign;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnose::rules;
use crate::model::{Code, Finding, Fix, Severity, Stage};
use crate::ranges::{Cidr, Ranges};

use self::judge::{Answer, Cause, Kind};
use self::said::Said;

pub use record::{Record, records};

/// The schema's name; the number changes when a reader must.
pub const SCHEMA: &str = "ecr-probe.explain/1";

/// The longest text that is read, in bytes. ECS cuts its own at 1,024 characters.
pub const LONGEST: usize = 1024 * 1024;

/// What is known beside the text.
#[derive(Debug, Clone)]
pub struct Context {
    pub ranges: Ranges,
    /// The VPC's own ranges, where they are known.
    pub vpc: Vec<Cidr>,
}

/// Whether the text is of a pull, and how much it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Diagnosed,
    /// A failure that no image pull and no task's start caused.
    NotAPullProblem,
    /// No reason in the text is known; `stage` is the nearest hop.
    Unrecognised,
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    pub schema: &'static str,
    pub verdict: Verdict,
    /// Whose it is, where the input says so.
    pub task_arn: Option<String>,
    pub group: Option<String>,
    pub stopped_at: Option<String>,
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

/// Judges a text. Bytes beyond [`LONGEST`] are not read.
pub fn explain(text: &str, context: &Context) -> Explanation {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    let said = Said::read(text, &context.ranges, &context.vpc);
    let answer = judge::judge(&said);
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
        said: shown(&said.plain.line),
        diagnoses: findings(&answer),
        next: next(&said, &answer),
        means: answer.means,
    }
}

/// Judges every failure in an event, a task, or a list of either (EventBridge, DescribeTasks). Empty
/// where it holds none.
pub fn explain_event(event: &Value, context: &Context) -> Vec<Explanation> {
    records(event).iter().map(|record| explain_record(record, context)).collect()
}

/// The same for one of them.
pub fn explain_record(record: &Record, context: &Context) -> Explanation {
    Explanation {
        task_arn: record.task_arn.clone(),
        group: record.group.clone(),
        stopped_at: record.stopped_at.clone(),
        ..explain(&record.text, context)
    }
}

/// Without secrets, and not longer than a reader wants.
fn shown(line: &str) -> String {
    let clean = crate::wire::scrub(&line[..line.floor_char_boundary(SHOWN * 8)]);
    match clean.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &clean[..at]),
        None => clean,
    }
}

fn findings(answer: &Answer) -> Vec<Finding> {
    let stage = answer.stage.unwrap_or(Stage::TaskStart);
    let codes: Vec<Code> = answer.causes.iter().filter_map(|cause| Some(rules::of(cause.code)?.code)).collect();
    answer.causes.iter().filter_map(|cause| finding(cause, stage, &answer.means, &codes)).collect()
}

/// The cause as a finding; its page says what it is and how to mend it.
fn finding(cause: &Cause, stage: Stage, means: &str, codes: &[Code]) -> Option<Finding> {
    let rule = rules::of(cause.code)?;
    let page = page::of(rule);
    Some(Finding {
        code: rule.code,
        name: rule.name,
        severity: Severity::Error,
        strength: cause.strength,
        stage,
        subject: means.to_owned(),
        summary: page.sentence.clone(),
        reason: cause.why.clone(),
        ecs_message: None,
        cites: Vec::new(),
        alternatives: codes.iter().copied().filter(|code| *code != rule.code).collect(),
        explains: Vec::new(),
        fixes: page.fixes.clone(),
        page: format!("ecr-probe explain {}", rule.code),
    })
}

/// A check from where the task stands tells most causes apart that a text cannot.
fn next(said: &Said, answer: &Answer) -> Option<Fix> {
    if answer.kind == Kind::NotAPull || answer.causes.len() < 2 && answer.kind == Kind::Diagnosed {
        return None;
    }
    let does = "tell them apart from where the task stands: run the probe as a task in the same subnets, with the same security groups and role";
    Some(match said.image() {
        Some(image) => Fix::ready(does, format!("ecr-probe check {image}")),
        None => Fix::fill_in(does, "ecr-probe check IMAGE"),
    })
}
