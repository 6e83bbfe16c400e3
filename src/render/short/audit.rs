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

/// A line a subnet for the paths that pass, and one for each path that does not.
fn paths(configured: &Configured, screen: Screen) -> String {
    if configured.paths.is_empty() {
        return String::new();
    }
    let mut text = "paths\n".to_owned();
    for of_subnet in configured.paths.chunk_by(|one, next| one.from == next.from) {
        let passing: Vec<&Path> = of_subnet.iter().filter(|path| path.passes == Passes::Yes).collect();
        if let Some(first) = passing.first() {
            let mut to: Vec<&str> = Vec::new();
            for path in &passing {
                if !to.contains(&path.to.title()) {
                    to.push(path.to.title());
                }
            }
            let [from, az, ..] = row(first);
            text.push_str(&line(&screen.style.good("  ok"), &[&from, &az, &to.join(", ")]));
        }
        for path in of_subnet.iter().filter(|path| path.passes != Passes::Yes) {
            let mark = match path.passes {
                Passes::No => screen.style.error("FAIL"),
                Passes::Yes | Passes::Unknown => screen.style.warning("   ?"),
            };
            let [from, az, to, how] = row(path);
            text.push_str(&line(&mark, &[&from, &az, &to, &how]));
        }
    }
    text
}

fn line(mark: &str, cells: &[&str]) -> String {
    let cells: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
    format!("  {mark}  {}\n", cells.join("  "))
}
