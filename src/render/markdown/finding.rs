//! A finding, its evidence and its fixes.

use super::escape::{code, fenced, inline};
use super::table::table;
use crate::model::{Finding, Fix, Observation, Report, Severity};
use crate::render::evidence::{place, short_digests};
use crate::render::finding::{blanks, other_causes};
use crate::render::outcome::outcome;
use crate::render::units::milliseconds;

/// The mark of a severity, which its word stands beside.
pub fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    }
}

/// One finding, whole, as a section.
pub fn finding(report: &Report, finding: &Finding) -> String {
    let head = format!("{} {} {}", mark(finding.severity), finding.severity.name(), finding.code);
    let mut text = format!("### {head}: {}\n\n", inline(&short_digests(&finding.summary)));
    text.push_str(&format!("- {}: {}\n", finding.strength.name(), inline(&finding.reason)));
    if !finding.alternatives.is_empty() {
        let codes: Vec<String> = finding.alternatives.iter().map(ToString::to_string).collect();
        text.push_str(&format!("- {}: {}\n", other_causes(finding), codes.join(", ")));
    }
    if let Some(message) = &finding.ecs_message {
        text.push_str(&format!("- expected ECS message: {}\n", code(&short_digests(message))));
    }
    if let Some(subnets) = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref()) {
        text.push_str(&format!("- only in {}\n", inline(&subnets.join(", "))));
    }
    for symptom in &finding.explains {
        text.push_str(&format!("- explains {}\n", inline(symptom)));
    }
    let cited: Vec<&Observation> = finding.cites.iter().filter_map(|id| report.evidence.get(*id)).collect();
    text.push('\n');
    text.push_str(&observations(&cited));
    text.push_str(&fixes(&finding.fixes));
    text + &format!("More: `ecr-probe explain {}`\n\n", finding.code)
}

/// A row an observation.
pub fn observations(observations: &[&Observation]) -> String {
    let row = |it: &&Observation| {
        let failed = if it.is_symptom() { "❌ " } else { "" };
        let what = short_digests(&outcome(&it.act));
        [it.id.to_string(), it.act.check().to_string(), place(it), format!("{failed}{what}"), milliseconds(it.took_ms)]
    };
    let rows: Vec<[String; 5]> = observations.iter().map(row).collect();
    table(["No.", "Step", "Of", "Outcome", "Time"], &rows)
}

/// What fixes it, numbered. Commands for the same purpose stand together.
pub fn fixes(fixes: &[Fix]) -> String {
    let mut text = String::new();
    for (nth, fixes) in fixes.chunk_by(|one, next| one.does == next.does).enumerate() {
        let lead = format!("{}. ", nth + 1);
        let indent = " ".repeat(lead.len());
        text.push_str(&format!("{lead}{}\n", inline(fixes.first().map(|it| &*it.does).unwrap_or_default())));
        for command in fixes.iter().filter_map(Fix::command) {
            text.push_str(&format!("\n{}", fenced(command, "sh", &indent)));
        }
        let blanks = blanks(fixes);
        if !blanks.is_empty() {
            text.push_str(&format!("\n{indent}Fill in {}\n", inline(&blanks.join(", "))));
        }
    }
    if text.is_empty() { text } else { text + "\n" }
}
