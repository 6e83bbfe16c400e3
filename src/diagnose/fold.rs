//! Symptoms go under the cause that accounts for them; what is left is ranked.

use std::cmp::Reverse;

use super::images::images_of;
use super::predict::predict;
use super::{Case, Draft, Rule};
use crate::model::{EvidenceId, Finding, Severity};

/// Where a code's page can be read.
pub fn page_of(rule: &Rule) -> String {
    format!("ecr-probe explain {}", rule.code)
}

/// Folds and ranks.
///
/// A draft is a symptom of another when all that it shows to have failed is accounted for by
/// the other, and not the other way round; or when both do and only the other is proven.
pub fn fold(case: &Case<'_>, drafts: Vec<(&'static Rule, Draft)>) -> Vec<Finding> {
    let failed: Vec<EvidenceId> = case.symptoms().map(|observation| observation.id).collect();
    let shows =
        |draft: &Draft| -> Vec<EvidenceId> { draft.cites.iter().copied().filter(|id| failed.contains(id)).collect() };
    let accounts_for = |cause: &Draft, symptom: &Draft| {
        let shown = shows(symptom);
        !shown.is_empty() && shown.iter().all(|id| cause.covers.contains(id))
    };
    let is_under = |symptom: usize, cause: usize| {
        let (symptom, cause) = (&drafts[symptom].1, &drafts[cause].1);
        cause.severity >= symptom.severity
            && accounts_for(cause, symptom)
            // For the same observations what is proven stands before what is likely.
            && (!accounts_for(symptom, cause) || cause.strength > symptom.strength)
    };
    let all = || 0..drafts.len();
    let is_root = |index: usize| !all().any(|cause| cause != index && is_under(index, cause));
    // A cause that is itself a symptom takes nothing with it that its own cause does not account for.
    let roots: Vec<Option<usize>> = all()
        .map(|symptom| all().find(|&cause| cause != symptom && is_root(cause) && is_under(symptom, cause)))
        .collect();
    let mut explains: Vec<Vec<String>> = vec![Vec::new(); drafts.len()];
    for (index, root) in roots.iter().enumerate() {
        let Some(root) = root else { continue };
        let (rule, draft) = &drafts[index];
        explains[*root].push(format!("{}: {}", rule.code, draft.summary));
    }
    let mut kept: Vec<(Draft, Finding)> = drafts
        .into_iter()
        .zip(roots)
        .zip(explains)
        .filter(|((_, root), _)| root.is_none())
        .map(|(((rule, draft), _), explains)| (draft.clone(), finding(case, rule, draft, explains)))
        .collect();
    kept.sort_by_key(|(draft, _)| (Reverse(draft.severity), draft.stage, Reverse(draft.strength), draft.cites.clone()));
    kept.into_iter().map(|(_, finding)| finding).collect()
}

fn finding(case: &Case<'_>, rule: &Rule, draft: Draft, explains: Vec<String>) -> Finding {
    // What the agents of other hosts than Fargate's print is not known.
    let is_printed = draft.severity == Severity::Error && case.vantage.host().is_none();
    Finding {
        code: rule.code,
        name: rule.name,
        severity: draft.severity,
        strength: draft.strength,
        stage: draft.stage,
        subject: draft.subject,
        summary: draft.summary.into(),
        reason: draft.reason,
        images: match draft.images {
            Some(images) => images,
            None => images_of(case.whole, &draft.cites).into_iter().map(str::to_owned).collect(),
        },
        ecs_message: is_printed.then(|| predict(case, &draft.cites)).flatten(),
        cites: draft.cites,
        alternatives: draft.alternatives,
        explains,
        fixes: draft.fixes,
        page: page_of(rule),
        blame: draft.blame,
    }
}
