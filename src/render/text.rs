//! The text report: what is wrong, then the hops.

use super::audit::audit;
use super::conclusion::conclusion;
use super::finding::{diagnosis, not_judged, unexplained};
use super::hops;
use super::style::Style;
use super::units::{bytes, count};
use crate::diagnose::too_small_function;
use crate::model::outcome::RegistryTokenOutcome;
use crate::model::{Act, Check, Mode, Report, Target};

/// The whole report.
pub fn text(report: &Report, style: Style) -> String {
    if report.vantage.mode == Mode::Audit {
        return style.finished(audit(report, style));
    }
    let mut text = String::new();
    for finding in &report.diagnoses {
        text.push_str(&diagnosis(report, finding, style));
        text.push('\n');
    }
    text.push_str(&unexplained(report, style));
    text.push_str(&hops::hops(report, style));
    text.push_str(&pull(report));
    for note in &report.vantage.unknown {
        text.push_str(&format!("note: {note}\n"));
    }
    text.extend(only_reached(report).map(|line| line + "\n"));
    text.push_str(&not_judged(report));
    text.extend(shortened(report).map(|line| line + "\n"));
    text.push_str(&conclusion(report, style));
    style.finished(text)
}

/// What was fetched and how fast, in one line; empty where nothing was.
pub(super) fn pull(report: &Report) -> String {
    let Some(pull) = &report.pull else { return String::new() };
    let rate = pull.bytes_per_second.map(|rate| format!(" ({}/s)", bytes(rate as u64))).unwrap_or_default();
    // The registry gave no URL, so that its own way to the layers is not proven.
    let urls = |check: Check| report.evidence.iter().any(|it| it.act.check() == check);
    let by_api = urls(Check::ApiLayerUrl) && !urls(Check::LayerUrl);
    let how = if by_api { " (layer URLs by the ECR API, not by the registry)" } else { "" };
    let mut text = format!(
        "pull: {} of {} verified{how}, {} in {:.2} s{rate}",
        pull.layers_verified,
        count(pull.layers_total, "layer"),
        bytes(pull.bytes),
        pull.seconds,
    );
    if let Some(estimate) = pull.estimated_full_seconds {
        text.push_str(&format!(", whole image in {estimate:.1} s of the {:.0} s it may take", pull.budget_seconds));
        text.push_str(&by_function(report));
    }
    text.push('\n');
    text
}

/// Whose speed it is, where that is no task's.
fn by_function(report: &Report) -> String {
    let vantage = &report.vantage;
    if vantage.mode != Mode::Lambda {
        return String::new();
    }
    match too_small_function(vantage) {
        Some(size) => format!(" (the speed of a function of {size} MB: slower than a task's)"),
        None => " (the speed of a function; a task has its own)".to_owned(),
    }
}

/// What else is to be known, a line each.
pub(super) fn notes(report: &Report) -> Vec<String> {
    remarks(report).into_iter().chain(shortened(report)).collect()
}

/// What is not known of the place, and what was not pulled, a line each.
pub(super) fn remarks(report: &Report) -> Vec<String> {
    report.vantage.unknown.iter().cloned().chain(only_reached(report)).collect()
}

/// Why there is less in the report than there might be.
pub(super) fn shortened(report: &Report) -> impl Iterator<Item = String> {
    let cut = report.cut_short.as_ref().map(|why| format!("cut short: {why}"));
    let trimmed = report.trimmed.map(|trimmed| {
        let what = count(trimmed, "observation");
        format!("trimmed: {what} of successful steps left out, to keep the report within the size limit")
    });
    cut.into_iter().chain(trimmed)
}

/// Images of registries that allow no anonymous pull.
fn only_reached(report: &Report) -> impl Iterator<Item = String> {
    let barred = report.evidence.iter().filter_map(|it| match &it.act {
        Act::RegistryToken(RegistryTokenOutcome::NeedsCredentials { scheme }) => {
            Some((it.target.as_ref()?, it.subject.as_deref()?, scheme))
        }
        _ => None,
    });
    let line = |(registry, repository, scheme): (&Target, &str, &String)| {
        format!(
            "not pulled: {registry}/{repository} takes credentials ({scheme}) that the probe does not have; only the way to it was checked"
        )
    };
    barred.map(line)
}
