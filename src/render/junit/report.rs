//! The suites of reports: a case for the verdict, for each hop and for each finding. A hop that was not tried because of
//! what failed before it is skipped; what was not judged and not seen is no case, and stands in the output of the suite.

use super::suite::{Case, End, Suite, document};
use super::untried::untried;
use crate::diagnose;
use crate::model::{Check, Finding, Fix, Mode, Observation, Passes, Report, Severity, Verdict};
use crate::render::audit;
use crate::render::evidence::place;
use crate::render::facts;
use crate::render::finding::by_need;
use crate::render::hops;
use crate::render::outcome::outcome;
use crate::render::sentence::of_report;
use crate::render::text::{self, notes};

/// One report.
pub fn report(report: &Report) -> String {
    document(&[suite(report, &name(report))])
}

/// A suite a service.
pub fn services(reports: &[Report]) -> String {
    let suites: Vec<Suite> = reports.iter().map(|it| suite(it, &name(it))).collect();
    document(&suites)
}

fn name(report: &Report) -> String {
    match (&report.vantage.service, report.vantage.mode) {
        (Some(service), Mode::Audit) => format!("audit of {service}"),
        (None, Mode::Audit) => "audit".to_owned(),
        _ => "check".to_owned(),
    }
}

/// The suite of one report.
pub fn suite(report: &Report, name: &str) -> Suite {
    let mut cases = vec![verdict(report.verdict, &of_report(report).first)];
    cases.extend(hops(report));
    cases.extend(report.diagnoses.iter().map(finding));
    cases.extend(report.unexplained.iter().filter_map(|id| Some(unexplained(report.evidence.get(*id)?))));
    Suite {
        name: name.to_owned(),
        began: Some(report.started_at),
        took_ms: report.duration_ms as u64,
        cases,
        output: output(report),
    }
}

/// What is worth a line and no case.
fn output(report: &Report) -> Vec<String> {
    let mut lines = notes(report);
    // Where a layer failed, that is the case.
    lines.extend(pull(report).filter(|_| !has_layers(report)));
    let unseen = report.configured.iter().flat_map(|it| &it.unseen);
    lines.extend(unseen.map(|it| format!("not seen: {}", facts::unseen(it))));
    // A healthy report has judged what there is.
    if report.verdict != Verdict::Healthy {
        let of_need = |(needs, codes): (&str, Vec<String>)| format!("not judged: {}: needs {needs}", codes.join(", "));
        lines.extend(by_need(&report.not_judged).into_iter().map(of_need));
    }
    lines
}

/// How many layers came, and how fast.
fn pull(report: &Report) -> Option<String> {
    Some(text::pull(report).trim_end().to_owned()).filter(|it| !it.is_empty())
}

/// Whether layers came, and none of them failed.
fn has_layers(report: &Report) -> bool {
    let bytes = || report.evidence.iter().filter(|it| it.act.check() == Check::LayerBytes);
    report.pull.is_some() && bytes().next().is_some() && !bytes().any(Observation::is_symptom)
}

/// It fails where the program does not exit with 0.
pub fn verdict(verdict: Verdict, sentence: &str) -> Case {
    let told = format!("{}: {sentence}", verdict.name());
    let end = match verdict {
        Verdict::Healthy | Verdict::Degraded => End::Passed,
        Verdict::Unhealthy => End::Failed(told.clone(), String::new()),
        Verdict::Inconclusive => End::Unknown(told.clone()),
    };
    Case { output: told, ..Case::new("verdict", "verdict", end) }
}

fn hops(report: &Report) -> Vec<Case> {
    if let Some(configured) = report.configured.as_ref().filter(|_| report.vantage.mode == Mode::Audit) {
        let row = |path| {
            let [from, _, to, how] = audit::row(path);
            let end = match path.passes {
                Passes::Yes => End::Passed,
                Passes::No => End::Failed(how.clone(), String::new()),
                Passes::Unknown => End::Skipped(how.clone()),
            };
            Case { output: how, ..Case::new("path", format!("{from} to {to} {}", path.host), end) }
        };
        return configured.paths.iter().map(row).collect();
    }
    // A pull that works all the same has no failure.
    let is_good = matches!(report.verdict, Verdict::Healthy | Verdict::Degraded);
    let lines = hops::lines(&diagnose::Case::new(&report.evidence, &report.vantage));
    let case = |it: hops::Line| {
        let end = if it.works || is_good { End::Passed } else { End::Failed(it.detail.clone(), String::new()) };
        let name = if it.place.is_empty() { it.hop } else { format!("{} {}", it.hop, it.place) };
        Case { took_ms: it.took_ms as u64, output: it.detail, ..Case::new("hop", name, end) }
    };
    let mut cases: Vec<Case> = lines.into_iter().map(case).collect();
    if let (true, Some(pull), Some(output)) = (has_layers(report), &report.pull, pull(report)) {
        let took_ms = (pull.seconds * 1000.0) as u64;
        cases.push(Case { took_ms, output, ..Case::new("hop", "layers", End::Passed) });
    }
    if !is_good {
        let skipped = |(name, why)| Case::new("hop", name, End::Skipped(why));
        cases.extend(untried(report).into_iter().map(skipped));
    }
    cases
}

/// An error fails; what else is worth knowing is output.
pub fn finding(it: &Finding) -> Case {
    let name = format!("{} {}", it.code, it.name);
    let text = told(it);
    match it.severity {
        Severity::Error => Case::new("finding", name, End::Failed(it.summary.clone().into_owned(), text)),
        Severity::Warning | Severity::Info => {
            let output = format!("{}: {}\n{text}", it.severity.name(), it.summary);
            Case { output, ..Case::new("finding", name, End::Passed) }
        }
    }
}

/// How sure it is, where it holds and what fixes it, in lines.
fn told(it: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", it.strength.name(), it.reason)];
    let subnets = it.blame.as_ref().and_then(|blame| blame.subnets.as_ref());
    lines.extend(subnets.map(|subnets| format!("only in {}", subnets.join(", "))));
    for fixes in it.fixes.chunk_by(|one, next| one.does == next.does) {
        lines.extend(fixes.first().map(|fix| format!("fix: {}", fix.does)));
        lines.extend(fixes.iter().filter_map(Fix::command).map(|command| format!("  {command}")));
    }
    lines.push(format!("more: ecr-probe explain {}", it.code));
    lines.join("\n")
}

fn unexplained(it: &Observation) -> Case {
    let name = format!("{} {}", it.act.check(), place(it));
    Case::new("unexplained", name, End::Failed(outcome(&it.act), "no diagnosis accounts for it".to_owned()))
}
