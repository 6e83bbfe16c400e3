//! What a text of ECS means, in the voice of a check.

use super::finding::{fixes, head};
use super::style::Style;
use crate::model::{Finding, Strength};
use crate::reason::{Explanation, Verdict};

/// The explanation of one text.
pub fn reason(explanation: &Explanation, style: Style) -> String {
    let mut text = headline(explanation, style);
    text.push_str(&whose(explanation));
    text.push_str(&format!("  said: {}\n", explanation.said));
    if let Some(stage) = explanation.stage {
        text.push_str(&format!("  stage: {}\n", stage.name()));
    }
    text.push_str(&causes(&explanation.diagnoses));
    if let Some(first) = explanation.diagnoses.first() {
        text.push_str(&fixes(&first.fixes, style));
    }
    text.push_str(&next(explanation, style));
    if let Some(first) = explanation.diagnoses.first() {
        text.push_str(&format!("more: ecr-probe explain {}\n", first.code));
    }
    style.finished(text)
}

/// The verdict, and what the text means.
pub(super) fn headline(explanation: &Explanation, style: Style) -> String {
    let head = match (explanation.verdict, explanation.diagnoses.first()) {
        (Verdict::Diagnosed, Some(first)) => head(first, style),
        (Verdict::NotAPullProblem, _) => style.info("not a pull problem"),
        _ => style.warning("unrecognised"),
    };
    format!("{head}: {}\n", style.bold(&explanation.means))
}

/// What to do next, where there is something.
pub(super) fn next(explanation: &Explanation, style: Style) -> String {
    let Some(next) = &explanation.next else { return String::new() };
    let command = next.command().map(|command| format!("      {command}\n")).unwrap_or_default();
    format!("{}: {}\n{command}", style.good("next"), next.does)
}

/// Whose the text is, in one line; empty where nobody knows.
pub(super) fn owner(explanation: &Explanation) -> String {
    let task = explanation.task_arn.as_deref().map(|arn| format!("task {}", arn.rsplit('/').next().unwrap_or(arn)));
    let stopped = explanation.stopped_at.as_deref().map(|at| format!("stopped {at}"));
    let known: Vec<String> = task.into_iter().chain(explanation.group.clone()).chain(stopped).collect();
    known.join(" · ")
}

/// The same as a line.
pub(super) fn whose(explanation: &Explanation) -> String {
    let owner = owner(explanation);
    if owner.is_empty() { String::new() } else { format!("  of: {owner}\n") }
}

/// How likely the cause of this number is.
pub(super) fn word(nth: usize, finding: &Finding) -> &'static str {
    match (nth, finding.strength) {
        (1.., Strength::Possible) => "or",
        (_, strength) => strength.name(),
    }
}

/// The likeliest is the one in the headline; what else may be is in the order of likelihood.
fn causes(findings: &[Finding]) -> String {
    let width = findings.iter().enumerate().map(|(nth, finding)| word(nth, finding).len()).max().unwrap_or_default();
    let codes = findings.iter().map(|finding| finding.code.id().len()).max().unwrap_or_default();
    let line = |(nth, finding): (usize, &Finding)| {
        format!("   = {:width$} {:codes$}  {}\n", word(nth, finding), finding.code.id(), finding.reason)
    };
    findings.iter().enumerate().map(line).collect()
}

/// Explanations by what they have in common: the commonest cause first.
pub(super) fn by_cause(explanations: &[Explanation]) -> Vec<Vec<&Explanation>> {
    let mut groups: Vec<Vec<&Explanation>> = Vec::new();
    for explanation in explanations {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| key(first) == key(explanation))) {
            Some(group) => group.push(explanation),
            None => groups.push(vec![explanation]),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

/// What explanations of one cause share.
fn key(it: &Explanation) -> (Option<&'static str>, &str) {
    (it.diagnoses.first().map(|finding| finding.code.id()), &it.means)
}

/// Whether some of them have one cause.
pub fn has_equal_causes(explanations: &[Explanation]) -> bool {
    by_cause(explanations).len() < explanations.len()
}

/// `3 of 100 stopped tasks`.
pub(super) fn share(group: &[&Explanation], all: &[Explanation]) -> String {
    let what = if all.iter().all(|it| it.task_arn.is_some()) { "stopped tasks" } else { "messages" };
    format!("{} of {} {what}", group.len(), all.len())
}

/// How many tasks are named beside the first.
const NAMED: usize = 10;

/// The tasks besides the first that stopped for the same cause, as a line.
pub(super) fn others(group: &[&Explanation]) -> String {
    let others = group.iter().skip(1).filter_map(|it| it.task_arn.as_deref()?.rsplit('/').next());
    let others: Vec<&str> = others.collect();
    let more = others.len().saturating_sub(NAMED);
    let named = others[..others.len() - more].join(", ");
    match (others.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!("  also: task {named}\n"),
        (false, _) => format!("  also: task {named} and {more} more: --output json has all\n"),
    }
}

/// Many explanations, by what they have in common.
pub fn reasons_by_cause(explanations: &[Explanation], style: Style) -> String {
    let mut text = String::new();
    for group in by_cause(explanations) {
        let Some(first) = group.first() else { continue };
        text.push_str(&format!("{}\n", share(&group, explanations)));
        text.push_str(&reason(first, style));
        text.push_str(&others(&group));
        text.push('\n');
    }
    style.finished(text)
}
