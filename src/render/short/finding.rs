//! The root cause with the first fix, and the other findings in a line each.

use super::fit;
use super::screen::Screen;
use crate::model::{Applicability, Code, Finding, Fix, Observation, Report, Severity, Strength};
use crate::render::evidence::{self, Cells};
use crate::render::finding::{fixes, head};
use crate::render::units::count;
use crate::render::vantage::vantage;

/// How many observations are shown.
const SHOWN: usize = 3;
/// How many other causes are named.
const CAUSES: usize = 6;
/// How many other findings are named.
const OTHERS: usize = 6;
/// A longer command is not shown beside another finding's.
const LONG: usize = 240;
/// A command of more lines is not shown: a document that the whole text has.
const LINES: usize = 12;

/// The finding: headline, evidence, cause, and the first fix.
pub(super) fn finding(report: &Report, finding: &Finding, screen: Screen) -> String {
    let style = screen.style;
    let summary = evidence::short_digests(&finding.summary);
    let mut text = format!("{}: {}\n  at {}\n", head(finding, style), style.bold(&summary), vantage(&report.vantage));
    let cited: Vec<&Observation> = finding.cites.iter().filter_map(|&id| report.evidence.get(id)).collect();
    let shown = telling(&cited);
    text.push_str(&rows(&shown, screen));
    text.push_str(&format!("   = {}: {}\n", finding.strength.name(), finding.reason));
    if let Some(subnets) = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref()) {
        text.push_str(&format!("   = only in {}\n", subnets.join(", ")));
    }
    let (fix, more_fixes) = first_fix(&finding.fixes, screen);
    text.push_str(&fix);
    let observations = cited.len().saturating_sub(shown.len());
    let causes = if finding.strength == Strength::Proven { "narrower causes" } else { "other causes" };
    text.push_str(&more(more_fixes, observations, causes, &finding.alternatives));
    text.push_str(&format!("more: ecr-probe explain {}\n", finding.code));
    text
}

/// Findings in a line each.
pub(super) fn others(findings: &[&Finding], screen: Screen) -> String {
    let line = |finding: &&Finding| {
        let way_out = way_out(finding).map(|way_out| format!("      {way_out}\n")).unwrap_or_default();
        format!("{}: {}\n{way_out}", head(finding, screen.style), evidence::short_digests(&finding.summary))
    };
    let mut text: String = findings.iter().take(OTHERS).map(line).collect();
    if findings.len() > OTHERS {
        text.push_str(&format!("+{}: -v\n", count(findings.len() - OTHERS, "more finding")));
    }
    text
}

/// What to do about a fault that has one line more: its first command, or where the others are.
fn way_out(finding: &Finding) -> Option<String> {
    if finding.severity == Severity::Info || finding.fixes.is_empty() {
        return None;
    }
    let first = finding.fixes.first().filter(|fix| fix.applicability == Applicability::Ready).and_then(Fix::command);
    let line = first.filter(|command| !command.contains('\n') && command.len() <= LONG);
    Some(line.map_or_else(|| format!("fix: ecr-probe explain {}", finding.code), str::to_owned))
}

/// The observations that show the most: those that failed, in their order.
fn telling<'o>(cited: &[&'o Observation]) -> Vec<&'o Observation> {
    if cited.len() <= SHOWN {
        return cited.to_vec();
    }
    let (failed, rest): (Vec<&Observation>, Vec<&Observation>) = cited.iter().partition(|it| it.is_symptom());
    let mut shown: Vec<&Observation> = failed.into_iter().chain(rest).take(SHOWN).collect();
    shown.sort_by_key(|it| it.id);
    shown
}

/// Observations as rows that fit the screen.
pub(super) fn rows(observations: &[&Observation], screen: Screen) -> String {
    let rows: Vec<Cells> = observations.iter().map(|it| evidence::cells(it)).collect();
    let width = |of: fn(&Cells) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let (gutter, check) = (width(|it| &it.id).max(2), width(|it| &it.check));
    // Between the columns: " | ", three blanks twice, and the time.
    let together = screen.width.saturating_sub(gutter + 3 + check + 3 + 3 + 11);
    let (names, words) = fit::shares(width(|it| &it.place), width(|it| &it.outcome), together);
    let bar = screen.style.frame("|");
    let row = |row: &Cells| {
        let id = screen.style.frame(&format!("{:>gutter$}", row.id));
        let (place, outcome) = (fit::name(&row.place, names), fit::words(&row.outcome, words));
        let line = format!("{id} {bar} {:<check$}   {place:<names$}   {outcome:<words$}   {:>8}", row.check, row.took);
        line.trim_end().to_owned() + "\n"
    };
    rows.iter().map(row).collect()
}

/// The first thing to do, with its commands; and how many more there are.
pub(super) fn first_fix(all: &[Fix], screen: Screen) -> (String, usize) {
    let mut groups = all.chunk_by(|one, next| one.does == next.does);
    let Some(first) = groups.next() else { return (String::new(), 0) };
    let lines: usize = first.iter().filter_map(Fix::command).map(|command| command.lines().count()).sum();
    if lines > LINES {
        let does = first.first().map(|fix| &*fix.does).unwrap_or_default();
        let text = format!("{}: {does} (a command of {}: -v)\n", screen.style.good("help"), count(lines, "line"));
        return (text, groups.count());
    }
    (fixes(first, screen.style), groups.count())
}

/// What `-v` shows besides; empty where that is nothing.
pub(super) fn more(fixes: usize, observations: usize, causes: &str, codes: &[Code]) -> String {
    let mut parts = Vec::new();
    if fixes > 0 {
        parts.push(format!("+{}", count(fixes, "more fix")));
    }
    if observations > 0 {
        parts.push(format!("+{}", count(observations, "observation")));
    }
    if !codes.is_empty() {
        let shown: Vec<&str> = codes.iter().take(CAUSES).map(|code| code.id()).collect();
        let rest = if codes.len() > CAUSES { format!(" and {} more", codes.len() - CAUSES) } else { String::new() };
        parts.push(format!("{causes} {}{rest}", shown.join(", ")));
    }
    if parts.is_empty() { String::new() } else { format!("{}: -v\n", parts.join(", ")) }
}
