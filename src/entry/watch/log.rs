//! What the log says of a round.

use crate::model::{Code, Report, Verdict};
use crate::watch::{Change, Standing};

/// The dashboard of `deploy/monitoring.yaml` finds changes by it.
const TARGET: &str = "ecr_probe::entry::watch";

/// A change is told once, with the first diagnosis; a round like the one before is told to who asks for more.
pub fn log(report: &Report, change: &Change, standing: &Standing) {
    let verdict = standing.verdict.name();
    let codes = list(standing.codes.iter());
    let summary = report.diagnoses.first().map(|finding| &*finding.summary);
    let summary = summary.or(report.cut_short.as_deref()).unwrap_or(if report.unexplained.is_empty() {
        ""
    } else {
        "no known fault explains all that failed"
    });
    let took_ms = report.duration_ms;
    let (was, appeared, gone) = match change {
        Change::Same => {
            tracing::debug!(target: TARGET, verdict, codes, took_ms, "as before");
            return;
        }
        Change::InDoubt => {
            let doubted = standing.doubt.as_ref().map(|doubt| list(doubt.codes.iter())).unwrap_or_default();
            tracing::warn!(target: TARGET,
                verdict,
                codes = doubted,
                took_ms,
                summary,
                "one bad round; unhealthy if the next one is too"
            );
            return;
        }
        Change::Passed => {
            tracing::info!(target: TARGET, verdict, codes, took_ms, "the bad round before has passed");
            return;
        }
        Change::First => ("", String::new(), String::new()),
        Change::Changed { was, appeared, gone } => (was.name(), list(appeared.iter()), list(gone.iter())),
    };
    match standing.verdict {
        Verdict::Healthy => tracing::info!(target: TARGET, verdict, was, gone, took_ms, "pulls work"),
        Verdict::Degraded => {
            tracing::warn!(target: TARGET, verdict, was, codes, appeared, gone, summary, "pulls work, with faults");
        }
        Verdict::Inconclusive => {
            tracing::warn!(target: TARGET, verdict, was, codes, appeared, gone, summary, "whether pulls work is not known");
        }
        Verdict::Unhealthy => {
            tracing::error!(target: TARGET, verdict, was, codes, appeared, gone, summary, "pulls fail");
        }
    }
}

fn list<'c>(codes: impl Iterator<Item = &'c Code>) -> String {
    codes.map(ToString::to_string).collect::<Vec<_>>().join(",")
}
