//! A sweep.

use super::escape::inline;
use super::explanation::explanation;
use super::finding::{finding, fixes, mark};
use super::report::{body, verdict};
use super::table::table;
use crate::model::{Finding, Severity};
use crate::render::facts;
use crate::render::sentence::of_sweep;
use crate::render::sweep::{
    self, configured_line, difference, report_of, row, unseen, unstarted, where_it_holds, whose, worth_knowing,
};
use crate::sweep::Sweep;

/// The whole of it; the report of each subnet is folded.
pub fn sweep(sweep: &Sweep) -> String {
    let mut text = format!("## {}: {}\n\n", verdict(sweep.verdict), inline(&of_sweep(sweep).first));
    text.push_str(&format!("{} · {}\n\n", inline(&whose(sweep)), sweep.started_at));
    let rows: Vec<[String; 5]> = sweep.places.iter().map(row).collect();
    text.push_str(&table(["Subnet", "Zone", "Verdict", "Times", "What"], &rows));
    for shared in sweep.diagnoses.iter().filter(|it| it.finding.severity != Severity::Info) {
        let Some(report) = report_of(sweep, shared) else { continue };
        // Where it holds stands before it.
        let told = finding(report, &Finding { blame: None, ..shared.finding.clone() });
        text.push_str(&format!("{}\n\n{told}", inline(&where_it_holds(shared, sweep.places.len()))));
    }
    for shared in worth_knowing(sweep) {
        let holds = where_it_holds(shared, sweep.places.len());
        text.push_str(&aside_of(&shared.finding, &shared.finding.summary, &holds));
    }
    for it in &sweep.differs {
        text.extend(difference(it).trim().lines().map(|line| format!("- {}\n", inline(line))));
        text.push('\n');
    }
    for (explained, subnets) in unstarted(sweep) {
        text.push_str(&format!(
            "In {} the probe's task could not start\n\n{}",
            inline(&subnets.join(", ")),
            explanation(explained)
        ));
    }
    for it in &sweep.configured {
        text.push_str(&aside_of(it, &configured_line(it), "by the configuration alone"));
        text.push_str(&fixes(it.fixes.get(..1).unwrap_or_default()));
    }
    text.push_str(&notes(sweep));
    for place in &sweep.places {
        let Some(report) = &place.report else { continue };
        let title = format!("{}: {}", inline(&place.subnet), verdict(place.verdict));
        text.push_str(&format!("<details><summary>{title}</summary>\n\n{}</details>\n\n", body(report)));
    }
    text
}

fn aside_of(finding: &Finding, line: &str, holds: &str) -> String {
    format!("- {} {}: {} ({})\n\n", mark(finding.severity), finding.code, inline(line), inline(holds))
}

fn notes(sweep: &Sweep) -> String {
    let unseen = unseen(sweep).iter().map(|it| format!("not seen: {}", facts::unseen(it)));
    let cut = sweep.cut_short.iter().map(|why| format!("cut short: {why}"));
    let notes = sweep::notes(sweep).into_iter().chain(cut).map(|it| format!("note: {it}"));
    let lines: String = unseen.chain(notes).map(|line| format!("- {}\n", inline(&line))).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}
