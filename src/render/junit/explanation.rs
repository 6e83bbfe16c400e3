//! The suite of texts of ECS: a case a text.

use super::report::finding;
use super::suite::{Case, End, Suite, document};
use crate::reason::{Explanation, Verdict};

/// All of them.
pub fn explanations(explanations: &[Explanation]) -> String {
    let cases = explanations.iter().map(case).collect();
    document(&[Suite { name: "explain".to_owned(), began: None, took_ms: 0, cases, output: Vec::new() }])
}

fn case(it: &Explanation) -> Case {
    let first = it.diagnoses.first().map(finding);
    let end = match (it.verdict, first) {
        (Verdict::Diagnosed, Some(Case { end: End::Failed(_, text), .. })) => End::Failed(it.means.clone(), text),
        (Verdict::NotAPullProblem, _) => End::Skipped(format!("not a pull problem: {}", it.means)),
        _ => End::Unknown(format!("unrecognised: {}", it.means)),
    };
    let task = it.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    let name = match (task, it.diagnoses.first()) {
        (Some(task), _) => format!("task {task}"),
        (None, Some(first)) => first.code.to_string(),
        (None, None) => "message".to_owned(),
    };
    Case { output: it.said.clone(), ..Case::new("explain", name, end) }
}
