//! Why a task stopped, in lines for a mail.

use super::style::Style;
use crate::model::{Finding, Fix};
use crate::reason::{Failed, TaskChange, Verdict};

/// A line for the task, and one for each cause: the containers, the code, what it is, and the first thing that fixes it.
pub fn summary(task: &TaskChange, failures: &[Failed]) -> String {
    Style::Plain.finished(lines(task, failures))
}

fn lines(task: &TaskChange, failures: &[Failed]) -> String {
    let title = title(task);
    if !task.is_stopped() {
        let status = if task.status.is_empty() { "in no known state" } else { &task.status };
        return format!("{title} has not stopped: it is {status}");
    }
    if failures.is_empty() {
        let why = crate::wire::scrub(&task.reason);
        let why = if why.is_empty() { "ECS gives no reason".to_owned() } else { why };
        return format!("{title} stopped, and nothing failed: {why}");
    }
    let mut lines = vec![format!("{title} stopped:")];
    lines.extend(by_words(failures).into_iter().map(|(what, whose)| format!("{}: {what}", names(&whose))));
    lines.join("\n")
}

/// What is said of each failure, once, and the containers that it is said of.
fn by_words(failures: &[Failed]) -> Vec<(String, Vec<Option<&str>>)> {
    let mut groups: Vec<(String, Vec<Option<&str>>)> = Vec::new();
    for failure in failures {
        let (what, whose) = (what(failure), failure.container.as_deref());
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, all)) => all.push(whose),
            None => groups.push((what, vec![whose])),
        }
    }
    groups
}

/// How many containers are named.
const NAMED: usize = 10;

fn names(whose: &[Option<&str>]) -> String {
    let containers: Vec<&str> = whose.iter().copied().flatten().collect();
    let shown = containers[..containers.len().min(NAMED)].join(", ");
    let more = containers.len().saturating_sub(NAMED);
    let containers = match containers.len() {
        0 => return "the task".to_owned(),
        1 => format!("container {shown}"),
        2..=NAMED => format!("containers {shown}"),
        _ => format!("containers {shown} and {more} more"),
    };
    if whose.contains(&None) { format!("the task and {containers}") } else { containers }
}

fn title(task: &TaskChange) -> String {
    let id = task.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next()).unwrap_or("without a name");
    let of = task.group.as_ref().map(|group| format!(" of {group}")).unwrap_or_default();
    format!("task {id}{of}")
}

fn what(failure: &Failed) -> String {
    let explanation = &failure.explanation;
    match (explanation.verdict, explanation.diagnoses.first()) {
        (Verdict::Diagnosed, Some(finding)) => cause(finding),
        (Verdict::NotAPullProblem, _) => format!("no failure of a pull: {}", explanation.means),
        _ => {
            let next = explanation.next.as_ref().map(|next| format!(". Next: {}", words_of(next))).unwrap_or_default();
            let is_silent = explanation.said.is_empty();
            let said =
                if is_silent { explanation.means.clone() } else { format!("not recognised: {}", explanation.said) };
            format!("{}{next}", said.trim_end_matches('.'))
        }
    }
}

fn cause(finding: &Finding) -> String {
    let sentence = finding.summary.trim_end_matches('.');
    let fix = finding.fixes.first().map(|fix| format!(". To fix it: {}", words_of(fix))).unwrap_or_default();
    format!("{} ({}): {sentence}{fix}", finding.code, finding.strength.name())
}

fn words_of(fix: &Fix) -> String {
    match fix.command() {
        Some(command) => format!("{}: {}", fix.does, command.replace('\n', " ")),
        None => fix.does.clone().into_owned(),
    }
}
