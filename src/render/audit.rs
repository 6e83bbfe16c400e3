//! The text report of an audit: what ECS said, what is wrong, from where to where packets pass, and what was not seen.

use super::facts;
use super::finding::{diagnosis, not_judged, unexplained};
use super::style::Style;
use super::units::count;
use crate::model::facts::{Fact, StoppedTask};
use crate::model::{Act, Configured, Does, Passes, Path, Report, Severity, Verdict};

/// How much of ECS's words is repeated, in characters.
const SHOWN: usize = 200;
/// How many different messages of ECS's are shown.
const MESSAGES: usize = 3;

/// The whole report.
pub fn audit(report: &Report, style: Style) -> String {
    let mut text = said(report);
    for finding in &report.diagnoses {
        text.push_str(&diagnosis(report, finding, style));
        text.push('\n');
    }
    text.push_str(&unexplained(report, style));
    if let Some(configured) = &report.configured {
        text.push_str(&paths(configured, style));
        text.push_str(&unseen(configured));
    }
    for note in &report.vantage.unknown {
        text.push_str(&format!("note: {note}\n"));
    }
    text.push_str(&not_judged(report));
    if let Some(why) = &report.cut_short {
        text.push_str(&format!("cut short: {why}\n"));
    }
    text.push_str(&conclusion(report, style));
    text
}

/// One line of a cluster's audit: the verdict, the service, and the codes.
pub fn audit_line(report: &Report, width: usize, style: Style) -> String {
    let service = report.vantage.service.as_deref().unwrap_or("-");
    let what = outcome_of(report);
    style.finished(format!("{}  {service:<width$}  {what}\n", padded(report.verdict, style)))
}

/// The codes, or what else came of it.
pub(super) fn outcome_of(report: &Report) -> String {
    let codes: Vec<String> = report
        .diagnoses
        .iter()
        .filter(|finding| finding.severity != Severity::Info)
        .map(|finding| {
            let at = finding.blame.as_ref().and_then(|blame| blame.resources.first());
            match at {
                Some(resource) => format!("{} {resource}", finding.code),
                None => finding.code.to_string(),
            }
        })
        .collect();
    match (report.verdict, codes.is_empty()) {
        (Verdict::Healthy, _) => "the configuration lets the pull through".to_owned(),
        (_, false) => codes.join(", "),
        (_, true) => "what decides could not be seen".to_owned(),
    }
}

fn padded(verdict: Verdict, style: Style) -> String {
    let name = format!("{:<12}", verdict.name());
    match verdict {
        Verdict::Healthy => style.good(&name),
        Verdict::Unhealthy => style.error(&name),
        Verdict::Degraded | Verdict::Inconclusive => style.warning(&name),
    }
}

/// What ECS said, each message once, the newest tasks first; and how many more there are.
pub(super) fn messages(report: &Report) -> (Vec<String>, usize) {
    let mut lines: Vec<String> = Vec::new();
    for observation in report.evidence.iter() {
        let Act::StoppedTask(Fact::Known(task)) = &observation.act else { continue };
        let words = words(task);
        if !words.is_empty() && !lines.contains(&words) {
            lines.push(words);
        }
    }
    let more = lines.len().saturating_sub(MESSAGES);
    lines.truncate(MESSAGES);
    (lines, more)
}

fn said(report: &Report) -> String {
    let (lines, more) = messages(report);
    let mut text: String = lines.iter().map(|line| format!("ECS said: {line}\n")).collect();
    if more > 0 {
        text.push_str(&format!("          and {} more\n", count(more, "message")));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn words(task: &StoppedTask) -> String {
    let of_container = || task.containers.iter().find_map(|container| container.reason.as_deref());
    let words = task.reason.as_deref().or_else(of_container).unwrap_or_default();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// A row a subnet and host. Rows that differ in nothing but their host's registry are all shown: their hosts differ.
fn paths(configured: &Configured, style: Style) -> String {
    if configured.paths.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 4]> = configured.paths.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(72);
    let mut text = "paths\n".to_owned();
    for (path, [from, az, to, how]) in configured.paths.iter().zip(&rows) {
        let mark = match path.passes {
            Passes::Yes => style.good("  ok"),
            Passes::No => style.error("FAIL"),
            Passes::Unknown => style.warning("   ?"),
        };
        let row = format!(
            "  {mark}  {from:<from_width$}  {az:<az_width$}  {to:<to_width$}  {how}",
            from_width = width(0),
            az_width = width(1),
            to_width = width(2)
        );
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// The cells of a row: from, its zone, to, and how.
pub(super) fn row(path: &Path) -> [String; 4] {
    let stop = path.hops.iter().find(|hop| match path.passes {
        Passes::Yes => false,
        Passes::No => hop.does == Does::Blocks,
        Passes::Unknown => hop.does == Does::Unknown,
    });
    let how = match (path.passes, stop, &path.via) {
        (Passes::Yes, _, Some(via)) => format!("via {via}"),
        (Passes::Yes, _, None) => "passes".to_owned(),
        (Passes::No, Some(hop), _) => format!("stops at {}: {}", hop.id, hop.by),
        (Passes::No, None, _) => "stops".to_owned(),
        (Passes::Unknown, Some(hop), _) => format!("not known at {}: {}", hop.id, hop.by),
        (Passes::Unknown, None, _) => "not known".to_owned(),
    };
    [path.from.clone(), path.az.clone().unwrap_or_default(), path.to.title().to_owned(), how]
}

fn unseen(configured: &Configured) -> String {
    let lines: Vec<String> = configured.unseen.iter().map(|it| format!("  {}\n", facts::unseen(it))).collect();
    if lines.is_empty() { String::new() } else { format!("not seen\n{}", lines.concat()) }
}

/// The verdict in one sentence.
pub(super) fn conclusion(report: &Report, style: Style) -> String {
    let what = subject(report);
    let of = |severity: Severity| {
        let findings = report.diagnoses.iter().filter(|finding| finding.severity == severity);
        let mut codes: Vec<String> = Vec::new();
        for code in findings.map(|finding| finding.code.to_string()) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes.join(", ")
    };
    // Without a service or a task it is the images that are asked about, which do not start.
    let does =
        if report.vantage.service.is_some() || report.vantage.task_arn.is_some() { "start" } else { "be pulled" };
    let (word, sentence) = match report.verdict {
        Verdict::Healthy => (style.good("healthy"), format!("the configuration lets the pull of {what} through")),
        Verdict::Degraded => (
            style.warning("degraded"),
            format!("the configuration lets the pull of {what} through, but see {}", of(Severity::Warning)),
        ),
        Verdict::Unhealthy => {
            (style.error("unhealthy"), format!("the configuration does not let {what} {does}: {}", of(Severity::Error)))
        }
        Verdict::Inconclusive => {
            let see = of(Severity::Error);
            let see = if see.is_empty() { String::new() } else { format!("; see {see}") };
            let sentence = format!("whether the configuration lets {what} {does} is not known{}{see}", because(report));
            (style.warning("inconclusive"), sentence)
        }
    };
    format!("{word}: {sentence}\n")
}

/// What leaves it open: the first of several.
fn because(report: &Report) -> String {
    let open = report.configured.as_ref().map(|it| it.open.as_slice()).unwrap_or_default();
    match open {
        [] => String::new(),
        [one] => format!(", because of this: {one}"),
        [first, rest @ ..] => format!(", because of this and {} more: {first}", rest.len()),
    }
}

fn subject(report: &Report) -> String {
    let vantage = &report.vantage;
    let task = vantage.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    match (&vantage.service, task) {
        (_, Some(task)) => format!("task {task}"),
        (Some(service), None) => service.clone(),
        (None, None) => report.images.iter().map(|image| image.image.as_str()).collect::<Vec<_>>().join(", "),
    }
}
