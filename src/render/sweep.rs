//! The text of a sweep: a row a subnet, what was found where, what differs, and what kept the rest from being checked.

use super::facts;
use super::finding::{diagnosis, fixes, head};
use super::obstacle::obstacle;
use super::reason::reason;
use super::style::Style;
use super::units::{count, milliseconds};
use crate::model::{Finding, Report, Severity, Unseen, Verdict};
use crate::reason::Explanation;
use crate::sweep::{Difference, DifferenceKind, Place, Shared, Sweep, Via};

/// No column is padded further than this.
const WIDEST: usize = 60;

/// The whole of it.
pub fn sweep(sweep: &Sweep, style: Style) -> String {
    let mut text = rows(sweep, style);
    text.push_str(&findings(sweep, style));
    text.push_str(&differences(sweep));
    text.push_str(&not_started(sweep, style));
    text.push_str(&configured(sweep, style));
    if !unseen(sweep).is_empty() {
        let lines: Vec<String> = unseen(sweep).iter().map(|it| format!("  {}\n", facts::unseen(it))).collect();
        text.push_str(&format!("not seen\n{}", lines.concat()));
    }
    text.extend(notes(sweep).iter().map(|note| format!("note: {note}\n")));
    if let Some(why) = &sweep.cut_short {
        text.push_str(&format!("cut short: {why}\n"));
    }
    text.push_str(&conclusion(sweep, style));
    text
}

/// The service, and what carried out the checks.
pub(super) fn whose(sweep: &Sweep) -> String {
    let done = |via: Via| sweep.places.iter().any(|place| place.via == Some(via));
    let by = match (done(Via::Lambda), done(Via::RunTask)) {
        (true, true) => " · by Lambda functions and tasks",
        (true, false) => " · by Lambda functions",
        (false, true) => " · by tasks",
        (false, false) => "",
    };
    let cluster = sweep.cluster.rsplit('/').next().unwrap_or_default();
    format!("service {} of cluster {cluster} · {}{by}", sweep.service, sweep.region)
}

/// The report that shows a finding.
pub(super) fn report_of<'s>(sweep: &'s Sweep, shared: &Shared) -> Option<&'s Report> {
    let mut shown_in = sweep.places.iter().filter(|place| place.subnet == shared.shown_in);
    shown_in.find_map(|place| place.report.as_ref())
}

/// What is worth knowing and no fault; nothing where all is well.
pub(super) fn worth_knowing(sweep: &Sweep) -> Vec<&Shared> {
    let is_well = sweep.verdict == Verdict::Healthy;
    sweep.diagnoses.iter().filter(|it| !is_well && it.finding.severity == Severity::Info).collect()
}

/// What could not be read; nothing where all is well, since nothing was lacking then.
pub(super) fn unseen(sweep: &Sweep) -> &[Unseen] {
    if sweep.verdict == Verdict::Healthy { &[] } else { &sweep.unseen }
}

/// What the configuration alone says, in one line with the subnets that it holds in.
pub(super) fn configured_line(finding: &Finding) -> String {
    let subnets = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref());
    let subnets = subnets.map(|it| format!(" (only in {})", it.join(", "))).unwrap_or_default();
    format!("{}{subnets}", finding.summary)
}

/// What else is to be known, a line each.
pub(super) fn notes(sweep: &Sweep) -> Vec<String> {
    let of_places =
        sweep.places.iter().flat_map(|place| place.notes.iter().map(move |it| format!("{}: {it}", place.subnet)));
    of_places.chain(sweep.notes.iter().cloned()).collect()
}

fn rows(sweep: &Sweep, style: Style) -> String {
    let mut text = format!("{}\n", whose(sweep));
    let rows: Vec<[String; 5]> = sweep.places.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(WIDEST);
    for (place, [subnet, zone, verdict, times, what]) in sweep.places.iter().zip(&rows) {
        let mark = match place.verdict {
            Verdict::Healthy | Verdict::Degraded => style.good("  ok"),
            Verdict::Unhealthy => style.error("FAIL"),
            Verdict::Inconclusive => style.warning("   ?"),
        };
        let row = format!(
            "  {mark}  {subnet:<subnet_width$}  {zone:<zone_width$}  {verdict:<verdict_width$}  {times:<times_width$}  {what}",
            subnet_width = width(0),
            zone_width = width(1),
            verdict_width = width(2),
            times_width = width(3),
        );
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// The cells of a row: the subnet, its zone, its verdict, its times, and what was found.
pub(super) fn row(place: &Place) -> [String; 5] {
    let zone = match (&place.az, &place.az_id) {
        (Some(az), Some(id)) => format!("{az} ({id})"),
        (Some(zone), None) | (None, Some(zone)) => zone.clone(),
        (None, None) => "zone not known".to_owned(),
    };
    let verdict = if place.is_told() { place.verdict.name() } else { "not checked" };
    let times = match &place.report {
        Some(report) => format!("check {}, {} in all", milliseconds(report.duration_ms), milliseconds(place.took_ms)),
        None if place.via.is_some() => milliseconds(place.took_ms),
        None => String::new(),
    };
    let mut what = Vec::new();
    what.extend(place.obstacle.as_ref().map(|it| obstacle(it, place)));
    if let Some(stops) = &place.stops {
        let code = stops.code.map(|code| format!(" ({code})")).unwrap_or_default();
        what.push(format!("stops at {}: {}{code}", stops.stage.name(), stops.subject));
    } else if place.verdict == Verdict::Degraded {
        what.push(codes(place.findings().iter(), Severity::Warning));
    } else if place.verdict == Verdict::Inconclusive {
        what.extend(place.report.as_ref().and_then(|report| report.cut_short.clone()));
    }
    [place.subnet.clone(), zone, verdict.to_owned(), times, what.join("; ")]
}

/// `in 2 of 3 subnets: subnet-…, subnet-…`
pub(super) fn where_it_holds(shared: &Shared, all: usize) -> String {
    let checked = if shared.of < all { " with a report" } else { "" };
    let subnets = count(shared.of, "subnet");
    if shared.is_partial() {
        format!("in {} of {subnets}{checked}: {}", shared.subnets.len(), shared.subnets.join(", "))
    } else if shared.of == 1 {
        format!("in the one subnet{}: {}", if all > 1 { " with a report" } else { "" }, shared.subnets.join(", "))
    } else {
        format!("in all {subnets}{checked}")
    }
}

/// Errors and warnings, each once, by the report that shows it.
fn findings(sweep: &Sweep, style: Style) -> String {
    let mut text = String::new();
    for shared in sweep.diagnoses.iter().filter(|it| it.finding.severity != Severity::Info) {
        let Some(report) = report_of(sweep, shared) else { continue };
        // Where it holds stands before it.
        let finding = Finding { blame: None, ..shared.finding.clone() };
        let holds = style.bold(&where_it_holds(shared, sweep.places.len()));
        text.push_str(&format!("\n{holds}\n{}", diagnosis(report, &finding, style)));
    }
    text + &asides(sweep, style)
}

/// A line each.
fn asides(sweep: &Sweep, style: Style) -> String {
    let line = |shared: &Shared| {
        let holds = where_it_holds(shared, sweep.places.len());
        format!("{}: {} ({holds})\n", head(&shared.finding, style), shared.finding.summary)
    };
    let lines: Vec<String> = worth_knowing(sweep).into_iter().map(line).collect();
    if lines.is_empty() { String::new() } else { format!("\n{}", lines.concat()) }
}

fn differences(sweep: &Sweep) -> String {
    if sweep.differs.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = sweep.differs.iter().map(difference).collect();
    format!("\nwhat differs\n{}", lines.concat())
}

/// A difference in a line, and what differs in lines below it.
pub(super) fn difference(it: &Difference) -> String {
    let (fails, works) = (it.fails.join(", "), it.works.join(", "));
    let instead =
        |what: &str| format!("another {what}: {} in place of {}", it.failing.join(", "), it.working.join(", "));
    let code = it.code.map(|code| format!(" ({code})")).unwrap_or_default();
    let what = match it.kind {
        DifferenceKind::RouteTable => instead("route table"),
        DifferenceKind::NetworkAcl => instead("network ACL"),
        DifferenceKind::Zone => format!(
            "the zone: {} in place of {}, with the same route table and network ACL{code}{}",
            it.failing.join(", "),
            it.working.join(", "),
            if it.lines.is_empty() { "" } else { "; VPC endpoints there:" }
        ),
        DifferenceKind::Nothing => format!(
            "nothing: route table, network ACL and zone are the same. The fault comes and goes, or it is at one of several addresses{code}"
        ),
        DifferenceKind::Unknown => {
            let why: Vec<String> = it.unread.iter().map(facts::unseen).collect();
            format!("not known: {}", why.join("; "))
        }
    };
    let lines: Vec<String> = it.lines.iter().map(|line| format!("      {line}\n")).collect();
    format!("  {fails} against {works}: {what}\n{}", lines.concat())
}

/// Tasks that could not start, each cause once, in ECS's words.
fn not_started(sweep: &Sweep, style: Style) -> String {
    let mut text = String::new();
    for (explanation, subnets) in unstarted(sweep) {
        let all = count(sweep.places.len(), "subnet");
        let holds = format!("in {} of {all} the probe's task could not start: {}", subnets.len(), subnets.join(", "));
        text.push_str(&format!("\n{}\n{}", style.bold(&holds), reason(explanation, style)));
    }
    text
}

/// What ECS said of tasks that could not start, each cause once, with the subnets.
pub(super) fn unstarted(sweep: &Sweep) -> Vec<(&Explanation, Vec<&str>)> {
    let mut groups: Vec<(&Explanation, Vec<&str>)> = Vec::new();
    for place in &sweep.places {
        let Some(explanation) = &place.explanation else { continue };
        let is_same = |other: &Explanation| {
            let code = |it: &Explanation| it.diagnoses.first().map(|finding| finding.code);
            code(other) == code(explanation) && other.means == explanation.means
        };
        match groups.iter_mut().find(|(of, _)| is_same(of)) {
            Some((_, subnets)) => subnets.push(&place.subnet),
            None => groups.push((explanation, vec![&place.subnet])),
        }
    }
    groups
}

/// What the configuration shows and no check did, a line each.
fn configured(sweep: &Sweep, style: Style) -> String {
    if sweep.configured.is_empty() {
        return String::new();
    }
    let line = |finding: &Finding| {
        let first = finding.fixes.get(..1).unwrap_or_default();
        format!("{}: {}\n{}", head(finding, style), configured_line(finding), fixes(first, style))
    };
    let lines: Vec<String> = sweep.configured.iter().map(line).collect();
    let audit = format!("ecr-probe audit --cluster {} --service {}", sweep.cluster, sweep.service);
    format!("\nby the configuration alone ({audit})\n{}", lines.concat())
}

fn codes<'f>(findings: impl Iterator<Item = &'f Finding>, severity: Severity) -> String {
    let mut codes: Vec<String> = Vec::new();
    for code in findings.filter(|it| it.severity == severity).map(|it| it.code.to_string()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.join(", ")
}

/// The verdict in one sentence.
pub(super) fn conclusion(sweep: &Sweep, style: Style) -> String {
    let all = sweep.places.len();
    let of = |verdict: Verdict| sweep.places.iter().filter(|place| place.verdict == verdict).count();
    let images = format!("the images of {}", sweep.service);
    let from_all = match all {
        1 => "its subnet".to_owned(),
        2 => "both subnets".to_owned(),
        _ => format!("all {all} subnets"),
    };
    let unknown = match of(Verdict::Inconclusive) {
        0 => String::new(),
        some => format!("; for {some} more it is not known"),
    };
    let shared = |severity: Severity| codes(sweep.diagnoses.iter().map(|it| &it.finding), severity);
    let (word, sentence) = match sweep.verdict {
        Verdict::Healthy => (style.good("healthy"), format!("{images} can be pulled from {from_all}")),
        Verdict::Degraded => (
            style.warning("degraded"),
            format!("{images} can be pulled from {from_all}, but see {}", shared(Severity::Warning)),
        ),
        Verdict::Unhealthy => {
            let after = |codes: String| if codes.is_empty() { codes } else { format!(": {codes}") };
            let configured = || after(codes(sweep.configured.iter(), Severity::Error));
            let sentence = match of(Verdict::Unhealthy) {
                0 => format!("the configuration does not let {} start{}", sweep.service, configured()),
                some => {
                    let codes = after(shared(Severity::Error));
                    format!("{images} cannot be pulled from {some} of {}{codes}{unknown}", count(all, "subnet"))
                }
            };
            (style.error("unhealthy"), sentence)
        }
        Verdict::Inconclusive if all == 0 => {
            (style.warning("inconclusive"), format!("whether {images} can be pulled is not known: see the note"))
        }
        Verdict::Inconclusive => (
            style.warning("inconclusive"),
            format!(
                "whether {images} can be pulled is not known for {} of {}",
                of(Verdict::Inconclusive),
                count(all, "subnet")
            ),
        ),
    };
    format!("\n{word}: {sentence}\n")
}
