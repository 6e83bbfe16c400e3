//! From a case to what it comes to: every rule, then the fold.

use std::cmp::Reverse;

use super::{Case, Need, configured, fold, function, puller, rules};
use crate::model::{EvidenceId, Finding, Mode, Skipped};

/// What the evidence comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// Ranked, the root cause first.
    pub findings: Vec<Finding>,
    /// Failed observations that no finding accounts for.
    pub unexplained: Vec<EvidenceId>,
    /// Without those that no check comes to.
    pub not_judged: Vec<Skipped>,
    /// Whether a fault stops this Lambda function and may not stop a task.
    pub of_the_function: bool,
}

/// Judges a case by every rule.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let mut drafts = Vec::new();
    let mut not_judged = Vec::new();
    // It sends no packets, so that what needs them is not lacking.
    let is_audit = case.vantage.mode == Mode::Audit;
    for rule in rules::all() {
        let found = (rule.judge)(case);
        if found.is_empty() && !is_audit && rule.need.is_of_a_check() {
            let lacking =
                if rule.need.is_met(case) { Need::beyond_a_function(case, rule.code) } else { Some(rule.need) };
            not_judged.extend(lacking.map(|need| Skipped { code: rule.code, needs: need.text().to_owned() }));
        }
        drafts.extend(found.into_iter().map(|draft| (rule, draft)));
    }
    if let Some(configuration) = &case.configuration {
        drafts = configured::join(case, drafts, configuration);
        if is_audit {
            not_judged = configured::not_judged(configuration);
        }
    }
    let unexplained = case
        .symptoms()
        .map(|observation| observation.id)
        .filter(|id| !drafts.iter().any(|(_, draft)| draft.covers.contains(id)))
        .collect();
    let mut findings = fold::fold(case, drafts);
    // After the folding, which goes by what the evidence is worth where it was made.
    // What the configuration proves holds for the machine that pulls.
    let mut of_the_function = false;
    for finding in findings.iter_mut().filter(|it| it.blame.is_none()) {
        puller::cap(case.vantage, finding);
        of_the_function |= function::weigh(case, finding);
    }
    // A severity may be lower now.
    findings.sort_by_key(|finding| Reverse(finding.severity));
    Diagnosis { findings, unexplained, not_judged, of_the_function }
}
