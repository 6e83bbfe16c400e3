//! The result of a sweep.

use super::finding::{finding, first_fix, others};
use super::parts::first_lines;
use super::screen::Screen;
use super::told::explanation;
use crate::model::{Finding, Severity, Verdict};
use crate::render::facts;
use crate::render::finding::head;
use crate::render::sweep::{
    audit_command, conclusion, configured_line, difference, notes, report_of, row, unseen, unstarted, where_it_holds,
    whose, worth_knowing,
};
use crate::render::units::count;
use crate::sweep::{Place, Shared, Sweep};

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
    text.push_str(&configured(sweep, screen));
    text.push_str(&first_lines("not seen: ", &unseen(sweep).iter().map(facts::unseen).collect::<Vec<_>>()));
    text.push_str(&first_lines("note: ", &notes(sweep)));
    text.extend(sweep.cut_short.as_ref().map(|why| format!("cut short: {why}\n")));
    screen.style.finished(text + &conclusion(sweep, screen.style))
}

/// What the configuration shows and no check did; with the first fix, where the checks themselves found nothing to fix.
fn configured(sweep: &Sweep, screen: Screen) -> String {
    let Some(first) = sweep.configured.first() else { return String::new() };
    let line = |finding: &Finding| format!("{}: {}\n", head(finding, screen.style), configured_line(finding));
    let rest: String = sweep.configured.iter().skip(1).map(line).collect();
    let is_the_first = !sweep.diagnoses.iter().any(|it| it.finding.severity != Severity::Info);
    let fix = if is_the_first { first_fix(&first.fixes, screen).0 } else { String::new() };
    format!("\nby the configuration alone ({})\n{}{fix}{rest}", audit_command(sweep), line(first))
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
    let line = |shared: &Shared| {
        let holds = where_it_holds(shared, sweep.places.len());
        let one = Finding { summary: format!("{} ({holds})", shared.finding.summary).into(), ..shared.finding.clone() };
        others(&[&one], screen)
    };
    for (nth, (shared, report)) in shown.enumerate() {
        if nth > 0 {
            text.push_str(&line(shared));
            continue;
        }
        // Where it holds stands before it.
        let first = Finding { blame: None, ..shared.finding.clone() };
        let holds = screen.style.bold(&where_it_holds(shared, sweep.places.len()));
        text.push_str(&format!("\n{holds}\n{}", finding(report, &first, screen)));
    }
    let asides: String = worth_knowing(sweep).into_iter().map(line).collect();
    if text.is_empty() && !asides.is_empty() {
        text.push('\n');
    }
    text + &asides
}
