//! The result of a sweep.

use super::finding::{finding, others};
use super::report::first_lines;
use super::screen::Screen;
use super::told::explanation;
use crate::model::{Finding, Severity, Verdict};
use crate::render::facts;
use crate::render::finding::head;
use crate::render::sweep::{
    conclusion, configured_line, difference, notes, report_of, row, unseen, unstarted, where_it_holds, whose,
};
use crate::render::units::count;
use crate::sweep::{Place, Sweep};

/// What fits on one screen.
pub fn sweep(sweep: &Sweep, screen: Screen) -> String {
    let mut text = format!("{}\n", whose(sweep));
    text.extend(sweep.places.iter().map(|place| line(place, screen)));
    text.push_str(&findings(sweep, screen));
    if !sweep.differs.is_empty() {
        let differences: String = sweep.differs.iter().map(difference).collect();
        text.push_str(&format!("\nwhat differs\n{differences}"));
    }
    for (told, subnets) in unstarted(sweep) {
        let all = count(sweep.places.len(), "subnet");
        let holds = format!("in {} of {all} the probe's task could not start: {}", subnets.len(), subnets.join(", "));
        text.push_str(&format!("\n{}\n{}", screen.style.bold(&holds), explanation(told, screen)));
    }
    if !sweep.configured.is_empty() {
        let line = |finding: &Finding| format!("{}: {}\n", head(finding, screen.style), configured_line(finding));
        let lines: String = sweep.configured.iter().map(line).collect();
        let audit = format!("ecr-probe audit --cluster {} --service {}", sweep.cluster, sweep.service);
        text.push_str(&format!("\nby the configuration alone ({audit})\n{lines}"));
    }
    text.push_str(&first_lines("not seen: ", &unseen(sweep).iter().map(facts::unseen).collect::<Vec<_>>()));
    text.push_str(&first_lines("note: ", &notes(sweep)));
    text.extend(sweep.cut_short.as_ref().map(|why| format!("cut short: {why}\n")));
    text + &conclusion(sweep, screen.style)
}

fn line(place: &Place, screen: Screen) -> String {
    let mark = match place.verdict {
        Verdict::Healthy | Verdict::Degraded => screen.style.good("  ok"),
        Verdict::Unhealthy => screen.style.error("FAIL"),
        Verdict::Inconclusive => screen.style.warning("   ?"),
    };
    let [subnet, zone, verdict, times, what] = row(place);
    let told = if what.is_empty() { times } else { what };
    format!("  {mark}  {subnet}  {zone}  {verdict:<12}  {told}").trim_end().to_owned() + "\n"
}

/// The root cause with where it holds, and the others in a line each.
fn findings(sweep: &Sweep, screen: Screen) -> String {
    let of_service = sweep.diagnoses.iter().filter(|it| it.finding.severity != Severity::Info);
    let shown = of_service.filter_map(|shared| Some((shared, report_of(sweep, shared)?)));
    let mut text = String::new();
    for (nth, (shared, report)) in shown.enumerate() {
        let holds = where_it_holds(shared, sweep.places.len());
        if nth == 0 {
            // Where it holds stands before it.
            let first = Finding { blame: None, ..shared.finding.clone() };
            text.push_str(&format!("\n{}\n{}", screen.style.bold(&holds), finding(report, &first, screen)));
        } else {
            let one = Finding { summary: format!("{} ({holds})", shared.finding.summary), ..shared.finding.clone() };
            text.push_str(&others(&[&one], screen));
        }
    }
    text
}
