//! The report of an audit.

use super::report::{findings, first_lines};
use super::screen::Screen;
use crate::model::{Configured, Passes, Path, Report};
use crate::render::audit::{conclusion, messages, row};
use crate::render::facts;

/// What fits on one screen.
pub(super) fn audit(report: &Report, screen: Screen) -> String {
    let (said, more) = messages(report);
    let more = more + said.len().saturating_sub(1);
    let mut text = String::new();
    if let Some(first) = said.first() {
        let more = if more > 0 { format!(" (+{more} more: -v)") } else { String::new() };
        text.push_str(&format!("ECS said: {first}{more}\n\n"));
    }
    text.push_str(&findings(report, screen));
    if let Some(configured) = &report.configured {
        text.push_str(&paths(configured, screen));
        let unseen: Vec<String> = configured.unseen.iter().map(facts::unseen).collect();
        text.push_str(&first_lines("not seen: ", &unseen));
    }
    text.push_str(&first_lines("note: ", &report.vantage.unknown));
    text.extend(report.cut_short.as_ref().map(|why| format!("cut short: {why}\n")));
    text + &conclusion(report, screen.style)
}

/// A line a subnet for the paths that pass, and one for those that stop at the same thing.
fn paths(configured: &Configured, screen: Screen) -> String {
    if configured.paths.is_empty() {
        return String::new();
    }
    let mut text = "paths\n".to_owned();
    for of_subnet in configured.paths.chunk_by(|one, next| one.from == next.from) {
        for (passes, how, to) in alike(of_subnet) {
            let mark = match passes {
                Passes::Yes => screen.style.good("  ok"),
                Passes::No => screen.style.error("FAIL"),
                Passes::Unknown => screen.style.warning("   ?"),
            };
            let [from, az, ..] = of_subnet.first().map(row).unwrap_or_default();
            text.push_str(&line(&mark, &[&from, &az, &to.join(", "), &how]));
        }
    }
    text
}

/// Paths that fare alike: how, and to where.
fn alike(paths: &[Path]) -> Vec<(Passes, String, Vec<&'static str>)> {
    let mut groups: Vec<(Passes, String, Vec<&'static str>)> = Vec::new();
    for path in paths {
        let to = path.to.title();
        let how = if path.passes == Passes::Yes { String::new() } else { row(path)[3].clone() };
        match groups.iter_mut().find(|(passes, known, _)| *passes == path.passes && *known == how) {
            Some((_, _, all)) if all.contains(&to) => {}
            Some((_, _, all)) => all.push(to),
            None => groups.push((path.passes, how, vec![to])),
        }
    }
    groups
}

fn line(mark: &str, cells: &[&str]) -> String {
    let cells: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
    format!("  {mark}  {}\n", cells.join("  "))
}
