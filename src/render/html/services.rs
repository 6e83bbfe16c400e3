//! The page of a cluster's audit: every service in a line, then each by itself.

use maud::{Markup, html};

use super::document::document;
use super::finding::capital;
use super::heading::Level;
use super::prose::words;
use super::report::{body, footer, titles};
use super::shapes::{class, icon, verdict};
use crate::model::{Report, Verdict};
use crate::render::audit::outcome_of;
use crate::render::sentence::of_report;
use crate::render::units::count;

/// The whole page.
pub fn page(cluster: &str, reports: &[Report]) -> String {
    let of = |verdict: Verdict| reports.iter().filter(|it| it.verdict == verdict).count();
    let (bad, unknown) = (of(Verdict::Unhealthy), of(Verdict::Inconclusive));
    let worst = [Verdict::Unhealthy, Verdict::Inconclusive, Verdict::Degraded].into_iter().find(|it| of(*it) > 0);
    let worst = worst.unwrap_or(Verdict::Healthy);
    let all = count(reports.len(), "service");
    let lead = match (bad, unknown) {
        (0, 0) => format!("the configuration lets {all} of cluster {cluster} start"),
        (0, some) => format!("of {some} of {all} of cluster {cluster} it is not known whether they can start"),
        (some, _) => format!("{some} of {all} of cluster {cluster} cannot start"),
    };
    let content = html! {
        header {
            p.brand { "ecr-probe audit" @if let Some(first) = reports.first() { " · " (first.started_at) } }
            h1.(class(worst)) { (verdict(worst)) (worst.name()) }
            p.lead { (capital(&lead)) }
        }
        main {
            nav aria-label="Services" {
                div.lines.index role="table" aria-label="Services" {
                    (titles(["Mark", "Verdict", "Service", "Outcome"]))
                    @for (nth, report) in reports.iter().enumerate() { (line(report, nth)) }
                }
            }
            @for (nth, report) in reports.iter().enumerate() { (service(report, nth)) }
        }
        (footer(env!("CARGO_PKG_VERSION")))
    };
    document(&format!("{}: {lead}", worst.name()), &content)
}

fn name(report: &Report) -> &str {
    report.vantage.service.as_deref().unwrap_or("-")
}

fn line(report: &Report, nth: usize) -> Markup {
    html! {
        div role="row" {
            span.mark role="cell" { (icon(report.verdict.into())) }
            span role="cell" { (report.verdict.name()) }
            span role="cell" { a href={ "#service" (nth) } { (name(report)) } }
            span role="cell" { (words(&outcome_of(report))) }
        }
    }
}

fn service(report: &Report, nth: usize) -> Markup {
    html! {
        section.service aria-labelledby={ "service" (nth) } {
            h2.(class(report.verdict)) id={ "service" (nth) } { (verdict(report.verdict)) (name(report)) ": " (report.verdict.name()) }
            p { (capital(&of_report(report).first)) }
            @let id = format!("s{nth}-");
            @if report.verdict == Verdict::Healthy {
                details { summary { "The whole report" } (body(report, &id, Level::Third)) }
            } @else {
                (body(report, &id, Level::Third))
            }
        }
    }
}
