//! Whether a bad round may be weather: then a watch waits for a second one before it says so.

use crate::model::{Act, Finding, Report, Severity, Verdict};

/// Whether everything that makes the round bad often passes by itself: lost packets, cut connections, answers that did
/// not come in time, 5xx. A denial, an absent image, NXDOMAIN or a wrong certificate does not.
pub fn may_be_weather(report: &Report) -> bool {
    match report.verdict {
        Verdict::Healthy | Verdict::Degraded => false,
        // Something failed that no fault explains, or the round did not get to its end.
        Verdict::Inconclusive => true,
        Verdict::Unhealthy => {
            let mut errors = report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error).peekable();
            errors.peek().is_some() && errors.all(|finding| rests_on_weather(report, finding))
        }
    }
}

/// Whether all that failed of what a finding cites may pass.
fn rests_on_weather(report: &Report, finding: &Finding) -> bool {
    let cited = finding.cites.iter().filter_map(|id| report.evidence.get(*id));
    let mut failed = cited.filter(|it| it.is_symptom()).peekable();
    failed.peek().is_some() && failed.all(|it| it.act.may_pass())
}

/// Whether a finding speaks of how the task's own images were pulled when it started, and of nothing since.
pub fn is_of_the_start(report: &Report, finding: &Finding) -> bool {
    let is_cited = |matches: fn(&Act) -> bool| {
        finding.cites.iter().filter_map(|id| report.evidence.get(*id)).any(|it| matches(&it.act))
    };
    is_cited(|act| matches!(act, Act::TaskPull(_))) && !is_cited(|act| matches!(act, Act::LayerBytes(_)))
}
