//! A finding in rustc's layout: what is wrong, what shows it, what fixes it; and what no finding accounts for.

use super::evidence::{short_digests, table};
use super::style::Style;
use super::units::count;
use super::vantage::vantage;
use crate::diagnose::Need;
use crate::model::{Finding, Fix, Observation, Report, Role, Severity, Skipped, Strength, Verdict};

/// One finding, whole.
pub(super) fn diagnosis(report: &Report, finding: &Finding, style: Style) -> String {
    let mut text = format!("{}: {}\n", head(finding, style), style.bold(&short_digests(&finding.summary)));
    text.push_str(&format!("  at {}\n", vantage(&report.vantage)));
    let cited: Vec<&Observation> = finding.cites.iter().filter_map(|&id| report.evidence.get(id)).collect();
    text.push_str(&table(&cited, style));
    text.push_str(&format!("   = {}: {}\n", finding.strength.name(), finding.reason));
    if !finding.alternatives.is_empty() {
        let codes: Vec<String> = finding.alternatives.iter().map(ToString::to_string).collect();
        text.push_str(&format!("   = {}: {}\n", other_causes(finding), codes.join(", ")));
    }
    if let Some(message) = &finding.ecs_message {
        text.push_str(&format!("   = expected ECS message: {}\n", short_digests(message)));
    }
    if let Some(subnets) = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref()) {
        text.push_str(&format!("   = only in {}\n", subnets.join(", ")));
    }
    for symptom in &finding.explains {
        text.push_str(&format!("   = explains {symptom}\n"));
    }
    text.push_str(&fixes(&finding.fixes, style));
    text.push_str(&format!("more: ecr-probe explain {}\n", finding.code));
    text
}

/// `error[SG-01]`.
pub(super) fn head(finding: &Finding, style: Style) -> String {
    let head = format!("{}[{}]", finding.severity.name(), finding.code);
    match finding.severity {
        Severity::Error => style.error(&head),
        Severity::Warning => style.warning(&head),
        Severity::Info => style.info(&head),
    }
}

/// What the reader fills in, each once.
pub(super) fn blanks(fixes: &[Fix]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for name in fixes.iter().flat_map(Fix::blanks).map(|blank| blank.name()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What the alternatives of a finding are to it.
pub(super) fn other_causes(finding: &Finding) -> &'static str {
    match finding.strength {
        Strength::Proven => "narrower causes",
        Strength::Likely | Strength::Possible => "other causes that look the same from here",
    }
}

/// What fixes it. Commands for the same purpose stand together.
pub(super) fn fixes(fixes: &[Fix], style: Style) -> String {
    let mut text = String::new();
    for fixes in fixes.chunk_by(|one, next| one.does == next.does) {
        let does = fixes.first().map(|fix| fix.does.replace('\n', "\n      ")).unwrap_or_default();
        text.push_str(&format!("{}: {does}\n", style.good("help")));
        for command in fixes.iter().filter_map(Fix::command) {
            text.push_str(&format!("      {}\n", command.replace('\n', "\n      ")));
        }
        let blanks = blanks(fixes);
        if !blanks.is_empty() {
            text.push_str(&format!("      (fill in {})\n", blanks.join(", ")));
        }
    }
    text
}

/// Failures that no finding accounts for; empty where there is none.
pub(super) fn unexplained(report: &Report, style: Style) -> String {
    let rows: Vec<&Observation> = report.unexplained.iter().filter_map(|&id| report.evidence.get(id)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = style.warning("unexplained");
    format!("{head}: {} that no diagnosis accounts for\n{}\n", count(rows.len(), "failure"), table(&rows, style))
}

/// What could not be judged, by what it lacked: the same is lacking for many.
pub(super) fn by_need(skipped: &[Skipped]) -> Vec<(&str, Vec<String>)> {
    let mut needs: Vec<(&str, Vec<String>)> = Vec::new();
    for it in skipped {
        match needs.iter_mut().find(|(need, _)| *need == it.needs) {
            Some((_, codes)) => codes.push(it.code.to_string()),
            None => needs.push((&it.needs, vec![it.code.to_string()])),
        }
    }
    needs
}

/// The first code that could not be judged, and how many more there are; empty where all were.
pub(super) fn not_judged(report: &Report) -> String {
    // A healthy report has judged what there is; the rest did not apply.
    if report.verdict == Verdict::Healthy {
        return String::new();
    }
    // What needs configuration facts is lacking in every check, and what nobody uses is not wanted.
    // Below the hops a function's report says whose permissions are not judged.
    let of_function = [Need::ExecutionRole, Need::TaskResolver];
    let always = [Need::Configuration, Need::VpcResolver, Need::Service(Role::Logs), Need::TaskDisk];
    let always: Vec<&str> = always.into_iter().chain(of_function).map(Need::text).collect();
    let lacking = report.not_judged.iter().filter(|skipped| !always.contains(&skipped.needs.as_str()));
    let mut lacking = lacking.peekable();
    let Some(first) = lacking.peek().copied() else { return String::new() };
    // What follows in the pull lacks the same and more; the JSON report lists it all.
    format!(
        "not judged: {}; the first, {}, needs {} (--output json lists them)\n",
        count(lacking.count(), "code"),
        first.code,
        first.needs
    )
}
