//! A line a hop: what works in few words, what fails in more.

use super::fit;
use super::screen::Screen;
use crate::diagnose::Case;
use crate::model::Report;
use crate::render::hops::{Line, lines, who};

/// The hops. Beside a finding, requests that went well stand together in one line.
pub(super) fn hops(report: &Report, screen: Screen) -> String {
    let case = Case::new(&report.evidence, &report.vantage);
    let lines = lines(&case);
    if lines.is_empty() {
        return String::new();
    }
    let lines = if report.diagnoses.is_empty() { lines } else { together(lines) };
    let width = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0);
    // A line without a place is a list of hops.
    let listed = |line: &&Line| !line.place.is_empty();
    let hop = lines.iter().filter(listed).map(|line| line.hop.chars().count()).max().unwrap_or(0);
    let (names, words) =
        fit::shares(width(|it| &it.place), width(|it| &it.brief), screen.width.saturating_sub(2 + 4 + 2 + hop + 2 + 2));
    let mut text = "hops\n".to_owned();
    text.extend(who(&case).map(|who| format!("  {who}\n")));
    for line in &lines {
        let mark = if line.works { screen.style.good("  ok") } else { screen.style.error("FAIL") };
        let (place, brief) = (fit::name(&line.place, names), fit::words(&line.brief, words));
        let row = if line.place.is_empty() && line.brief.is_empty() {
            format!("  {mark}  {}", line.hop)
        } else {
            format!("  {mark}  {:<hop$}  {place:<names$}  {brief}", line.hop)
        };
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// With each run of requests that went well as one line that lists them.
fn together(lines: Vec<Line>) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for run in lines.chunk_by(|one, next| is_quiet(one) && is_quiet(next)) {
        match run {
            [one] => all.push(one.clone()),
            run => {
                let same = run.chunk_by(|one, next| one.hop == next.hop);
                let named = same.filter_map(|same| {
                    let hop = &same.first()?.hop;
                    Some(if same.len() > 1 { format!("{hop} ({})", same.len()) } else { hop.clone() })
                });
                all.push(Line::listed(named.collect::<Vec<_>>().join(", ")));
            }
        }
    }
    all
}

fn is_quiet(line: &Line) -> bool {
    line.works && !line.is_host
}
