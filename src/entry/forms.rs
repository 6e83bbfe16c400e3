//! What is printed, in the form asked for.

use super::style;
use super::terminal::screen;
use crate::config::{Depth, Output, UsageError};
use crate::diagnose::Rule;
use crate::model::{Mode, Report};
use crate::reason::Explanation;
use crate::render::{self, html, junit, markdown, short};
use crate::sweep::Sweep;

/// The report of a check or an audit.
pub fn report(report: &Report, output: Output) -> String {
    match output {
        Output::Text(Depth::Screen) => short::report(report, screen()),
        Output::Text(Depth::Whole) => render::text(report, style()),
        Output::Json => render::json(report) + "\n",
        Output::Html => html::report(report),
        Output::Markdown => markdown::report(report),
        Output::Junit => junit::report(report),
    }
}

/// The reports of a cluster's services, where they are one document; `None` where each is told by itself.
pub fn services(cluster: &str, reports: &[Report], output: Output) -> Option<String> {
    match output {
        Output::Text(_) | Output::Json => None,
        Output::Html => Some(html::services(cluster, reports)),
        Output::Markdown => Some(markdown::services(reports)),
        Output::Junit => Some(junit::services(reports)),
    }
}

/// So many characters the names of services take in a table.
pub fn width<'n>(names: impl Iterator<Item = &'n str>) -> usize {
    names.map(|name| name.chars().count()).max().unwrap_or(0).min(60)
}

/// Several reports of a file: those of a cluster's services as its audit tells them, others one after another.
pub fn reports(reports: &[Report], output: Output) -> String {
    let names: Vec<&str> = reports.iter().filter_map(|it| it.vantage.service.as_deref()).collect();
    let cluster = reports.iter().find_map(|it| it.vantage.cluster.as_deref()).unwrap_or("?");
    if let Some(document) = services(cluster, reports, output) {
        return document;
    }
    let is_of_services = names.len() == reports.len() && reports.iter().all(|it| it.vantage.mode == Mode::Audit);
    match output {
        Output::Text(Depth::Screen) if is_of_services => {
            let width = width(names.into_iter());
            let lines = reports.iter().map(|it| render::audit_line(it, width, style()));
            lines.chain(["\nmore: -v, or one of the lines alone\n".to_owned()]).collect()
        }
        Output::Text(_) => reports.iter().map(|it| report(it, output)).collect::<Vec<_>>().join("\n"),
        _ => reports.iter().map(|it| report(it, output)).collect(),
    }
}

/// A sweep.
pub fn sweep(sweep: &Sweep, output: Output) -> String {
    match output {
        Output::Text(Depth::Screen) => short::sweep(sweep, screen()),
        Output::Text(Depth::Whole) => render::sweep(sweep, style()),
        Output::Json => render::json(sweep) + "\n",
        Output::Html => html::sweep(sweep),
        Output::Markdown => markdown::sweep(sweep),
        Output::Junit => junit::sweep(sweep),
    }
}

/// What several texts of ECS mean, where that is one document; those of one cause stand together where that is asked for.
pub fn explanations(all: &[Explanation], is_by_cause: bool, output: Output) -> String {
    match output {
        Output::Text(Depth::Screen) if is_by_cause => short::explanations_by_cause(all, screen()),
        Output::Text(Depth::Whole) if is_by_cause => render::reasons_by_cause(all, style()),
        Output::Text(depth) => all.iter().map(|it| explanation(it, depth)).collect::<Vec<_>>().join("\n"),
        Output::Json => all.iter().map(|it| render::json(it) + "\n").collect(),
        Output::Html => html::explanations(all, is_by_cause),
        Output::Markdown => markdown::explanations(all, is_by_cause),
        Output::Junit => junit::explanations(all),
    }
}

/// What one text of ECS means, as text.
pub fn explanation(explanation: &Explanation, depth: Depth) -> String {
    match depth {
        Depth::Screen => short::explanation(explanation, screen()),
        Depth::Whole => render::reason(explanation, style()),
    }
}

/// A code's page.
///
/// # Errors
///
/// A page is no test.
pub fn code(rule: &Rule, output: Output) -> Result<String, UsageError> {
    match output {
        // There is one way to print a page, and scripts may have the variable set.
        Output::Text(_) | Output::Json => Ok(render::explain(rule, style())),
        Output::Html => Ok(html::code(rule)),
        Output::Markdown => Ok(markdown::code(rule)),
        Output::Junit => Err(UsageError(format!(
            "explain {}: a code's page has no form for junit; take text, html or markdown",
            rule.code
        ))),
    }
}
