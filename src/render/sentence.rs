//! The verdict in a sentence, for the forms that show its word in a way of their own.

use super::audit;
use super::conclusion::conclusion;
use super::style::Style;
use super::sweep;
use crate::model::{Mode, Report, Verdict};
use crate::sweep::Sweep;

/// The verdict without its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// What is so.
    pub first: String,
    /// A line an image, where they fare differently.
    pub rest: Vec<String>,
}

/// The sentence of a report.
pub(super) fn of_report(report: &Report) -> Sentence {
    let text = match report.vantage.mode {
        Mode::Audit => audit::conclusion(report, Style::Plain),
        _ => conclusion(report, Style::Plain),
    };
    without_word(report.verdict, &text)
}

/// The sentence of a sweep.
pub(super) fn of_sweep(it: &Sweep) -> Sentence {
    without_word(it.verdict, &sweep::conclusion(it, Style::Plain))
}

fn without_word(verdict: Verdict, text: &str) -> Sentence {
    let mut lines = text.trim().lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let first = first.strip_prefix(verdict.name()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(first);
    Sentence { first: first.to_owned(), rest: lines.map(str::to_owned).collect() }
}
