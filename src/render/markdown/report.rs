//! The report of a check or an audit.

use super::escape::inline;
use super::finding::{finding, observations};
use super::table::table;
use crate::diagnose::Case;
use crate::model::{Mode, Observation, Passes, Report, Verdict};
use crate::render::audit;
use crate::render::facts;
use crate::render::hops;
use crate::render::sentence::of_report;
use crate::render::text::{notes, pull};
use crate::render::units::count;
use crate::render::vantage::vantage;

/// A verdict with its mark.
pub fn verdict(verdict: Verdict) -> String {
    let mark = match verdict {
        Verdict::Healthy => "✅",
        Verdict::Degraded => "⚠️",
        Verdict::Unhealthy => "❌",
        Verdict::Inconclusive => "❔",
    };
    format!("{mark} {}", verdict.name())
}

/// The whole report.
pub fn report(report: &Report) -> String {
    let told = of_report(report);
    let mut text = format!("## {}: {}\n\n", verdict(report.verdict), inline(&told.first));
    text.extend(told.rest.iter().map(|line| format!("- {}\n", inline(line))));
    let from = format!("From {} · {}", vantage(&report.vantage), report.started_at);
    text.push_str(&format!("{}\n\n", inline(&from)));
    text + &body(report)
}

/// All but the headline.
pub fn body(report: &Report) -> String {
    let mut text = String::new();
    for line in audit::messages(report).0 {
        text.push_str(&format!("> ECS said: {}\n\n", inline(&line)));
    }
    for it in &report.diagnoses {
        text.push_str(&finding(report, it));
    }
    let failed: Vec<&Observation> = report.unexplained.iter().filter_map(|id| report.evidence.get(*id)).collect();
    if !failed.is_empty() {
        let what = count(failed.len(), "failure");
        text.push_str(&format!(
            "### ⚠️ unexplained: {what} that no diagnosis accounts for\n\n{}",
            observations(&failed)
        ));
    }
    text.push_str(&paths(report));
    let pull = pull(report);
    if !pull.is_empty() {
        text.push_str(&format!("{}\n\n", inline(&pull)));
    }
    text.push_str(&lists(report));
    let all: Vec<&Observation> = report.evidence.iter().collect();
    let what = count(all.len(), "observation");
    text + &format!("<details><summary>Evidence: {what}</summary>\n\n{}</details>\n\n", observations(&all))
}

/// A row a hop, or a path.
fn paths(report: &Report) -> String {
    if let Some(configured) = report.configured.as_ref().filter(|_| report.vantage.mode == Mode::Audit) {
        let row = |path| {
            let [from, az, to, how] = audit::row(path);
            let mark = match path.passes {
                Passes::Yes => "✅ ok",
                Passes::No => "❌ fails",
                Passes::Unknown => "❔ unknown",
            };
            [mark.to_owned(), format!("{from} {az}"), to, how]
        };
        let rows: Vec<[String; 4]> = configured.paths.iter().map(row).collect();
        return table(["", "From", "To", "How"], &rows);
    }
    let mark = |works: bool| if works { "✅ ok" } else { "❌ fails" }.to_owned();
    let case = Case::new(&report.evidence, &report.vantage);
    let rows: Vec<[String; 4]> =
        hops::lines(&case).into_iter().map(|it| [mark(it.works), it.hop, it.place, it.detail]).collect();
    let who = hops::who(&case).map(|who| format!("{}\n\n", inline(&who))).unwrap_or_default();
    who + &table(["", "Hop", "Of", "How"], &rows)
}

fn lists(report: &Report) -> String {
    let unseen =
        report.configured.iter().flat_map(|it| &it.unseen).map(|it| format!("not seen: {}", facts::unseen(it)));
    let notes = notes(report).into_iter().map(|it| format!("note: {it}"));
    let lines: String = unseen.chain(notes).map(|line| format!("- {}\n", inline(&line))).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}
