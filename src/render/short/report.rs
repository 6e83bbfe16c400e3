//! The report of a check.

use super::audit::audit;
use super::finding::{finding, others, rows};
use super::hops::hops;
use super::screen::Screen;
use crate::model::{Finding, Mode, Observation, Report, Verdict};
use crate::render::conclusion::conclusion;
use crate::render::finding::not_judged;
use crate::render::text::{notes, pull};
use crate::render::units::count;

/// How many notes and how many failures that nothing explains are shown.
const SHOWN: usize = 2;

/// What fits on one screen.
pub fn report(report: &Report, screen: Screen) -> String {
    if report.vantage.mode == Mode::Audit {
        return audit(report, screen);
    }
    let mut text = findings(report, screen);
    text.push_str(&hops(report, screen));
    text.push_str(&pull(report));
    text.push_str(&first_lines("note: ", &notes(report)));
    if report.verdict == Verdict::Inconclusive {
        text.push_str(&not_judged(report));
    }
    text + &conclusion(report, screen.style)
}

/// The root cause, the others in a line each, and what no finding accounts for.
pub(super) fn findings(report: &Report, screen: Screen) -> String {
    let mut text = String::new();
    if let Some((first, rest)) = report.diagnoses.split_first() {
        let rest: Vec<&Finding> = rest.iter().collect();
        text.push_str(&finding(report, first, screen));
        text.push_str(&others(&rest, screen));
    }
    let unexplained: Vec<&Observation> = report.unexplained.iter().filter_map(|&id| report.evidence.get(id)).collect();
    if !unexplained.is_empty() {
        let head = screen.style.warning("unexplained");
        let what = count(unexplained.len(), "failure");
        text.push_str(&format!("{head}: {what} that no diagnosis accounts for\n"));
        let shown = &unexplained[..unexplained.len().min(SHOWN)];
        text.push_str(&rows(shown, screen));
        if unexplained.len() > SHOWN {
            text.push_str(&format!("+{}: -v\n", count(unexplained.len() - SHOWN, "failure")));
        }
    }
    if text.is_empty() { text } else { text + "\n" }
}

/// The first lines, each after `before`, and how many more there are.
pub(super) fn first_lines(before: &str, lines: &[String]) -> String {
    let mut text: String = lines.iter().take(SHOWN).map(|line| format!("{before}{line}\n")).collect();
    if lines.len() > SHOWN {
        text.push_str(&format!("+{}: -v\n", count(lines.len() - SHOWN, "more line")));
    }
    text
}
