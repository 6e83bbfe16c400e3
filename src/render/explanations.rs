//! Why a task stopped, in lines for a mail.

use crate::model::{Finding, Fix};
use crate::reason::{Failed, TaskChange, Verdict};

/// A line for the task, and one for each failure: the code, what it is, and the first thing that mends it.
pub fn summary(task: &TaskChange, failures: &[Failed]) -> String {
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
    lines.extend(failures.iter().map(line));
    lines.join("\n")
}

/// The same event again.
pub fn told_before(task: &TaskChange) -> String {
    let version = task.version.map(|version| format!(" in its version {version}")).unwrap_or_default();
    format!("{}{version} was explained before", title(task))
}

fn title(task: &TaskChange) -> String {
    let id = task.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next()).unwrap_or("without a name");
    let of = task.group.as_ref().map(|group| format!(" of {group}")).unwrap_or_default();
    format!("task {id}{of}")
}

fn line(failure: &Failed) -> String {
    let whose = failure.container.as_ref().map_or("the task".to_owned(), |name| format!("container {name}"));
    let explanation = &failure.explanation;
    let what = match (explanation.verdict, explanation.diagnoses.first()) {
        (Verdict::Diagnosed, Some(finding)) => cause(finding),
        (Verdict::NotAPullProblem, _) => format!("no failure of a pull: {}", explanation.means),
        _ => format!("not recognised: {}", explanation.said),
    };
    format!("{whose}: {what}")
}

fn cause(finding: &Finding) -> String {
    let sentence = finding.summary.trim_end_matches('.');
    let fix = finding.fixes.first().map(|fix| format!(". To mend it: {}", mends(fix))).unwrap_or_default();
    format!("{} ({}): {sentence}{fix}", finding.code, finding.strength.name())
}

fn mends(fix: &Fix) -> String {
    match fix.command() {
        Some(command) => format!("{}: {}", fix.does, command.replace('\n', " ")),
        None => fix.does.clone(),
    }
}
