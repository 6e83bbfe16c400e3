//! The report of a check.

use super::audit::audit;
use super::hops::hops;
use super::parts::{findings, first_lines};
use super::screen::Screen;
use crate::model::{Mode, Report, Verdict};
use crate::render::conclusion::conclusion;
use crate::render::finding::not_judged;
use crate::render::text::{pull, remarks, shortened};

/// What fits on one screen.
pub fn report(report: &Report, screen: Screen) -> String {
    if report.vantage.mode == Mode::Audit {
        return screen.style.finished(audit(report, screen));
    }
    let mut text = findings(report, screen);
    text.push_str(&hops(report, screen));
    text.push_str(&pull(report));
    text.push_str(&first_lines("note: ", &remarks(report)));
    // It says why a verdict is no better, and so is never left out.
    text.extend(shortened(report).map(|line| line + "\n"));
    if report.verdict == Verdict::Inconclusive {
        text.push_str(&not_judged(report));
    }
    screen.style.finished(text + &conclusion(report, screen.style))
}
