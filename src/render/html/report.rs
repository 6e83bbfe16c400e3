//! The page of a check or an audit.

use maud::{Markup, html};

use super::configured;
use super::document::document;
use super::evidence::{rows, waterfall};
use super::finding::{capital, finding};
use super::heading::{Level, heading};
use super::picture::{drawing, key};
use super::prose::words;
use super::seen;
use super::shapes::{class, icon, verdict};
use super::station::{Picture, State};
use crate::diagnose::Case;
use crate::model::{Mode, Observation, Passes, Report, Severity, Verdict};
use crate::render::audit;
use crate::render::facts;
use crate::render::finding::by_need;
use crate::render::hops;
use crate::render::sentence::{Sentence, of_report};
use crate::render::units::{count, milliseconds};
use crate::render::vantage::vantage;

/// A whole page of one report.
pub fn page(report: &Report) -> String {
    let told = of_report(report);
    let title = format!("{}: {}", report.verdict.name(), told.first);
    document(
        &title,
        &html! { (header(report, &told)) main { (body(report, "", Level::Second)) } (footer(&report.version)) },
    )
}

/// What is on top.
fn header(report: &Report, told: &Sentence) -> Markup {
    html! {
        header {
            p.brand { "ecr-probe " (if is_audit(report) { "audit" } else { "check" }) " · " (report.started_at) " · " (milliseconds(report.duration_ms)) }
            h1.(class(report.verdict)) { (verdict(report.verdict)) (report.verdict.name()) }
            p.lead { (capital(&told.first)) }
            @for line in &told.rest { p.each { (line) } }
            p.where { "From " (words(&vantage(&report.vantage))) }
        }
    }
}

/// The last line.
pub fn footer(version: &str) -> Markup {
    html! { footer { p { "Made by ecr-probe " (version) ". This file loads nothing and runs nothing." } } }
}

fn is_audit(report: &Report) -> bool {
    report.vantage.mode == Mode::Audit
}

/// All sections; `prefix` keeps their ids apart from those of another report on the page, and `level` is that of their
/// headings.
pub fn body(report: &Report, prefix: &str, level: Level) -> Markup {
    let pictures = if is_audit(report) { configured::pictures(report) } else { vec![seen::picture(report)] };
    html! {
        (said(report))
        (path(report, &pictures, prefix, level))
        (findings(report, prefix, level))
        (unexplained(report, level))
        (times(report, prefix, level))
        (evidence(report))
        (notes(report, level))
    }
}

/// The heading of a section.
fn section(level: Level, id: &str, text: &str) -> Markup {
    heading(level, "section", id, &html! { (text) })
}

/// The heads of a table's columns, of which the first holds marks.
pub fn titles([mark, titles @ ..]: [&str; 4]) -> Markup {
    html! {
        div.titles role="row" {
            span.mark role="columnheader" { span.unseen { (mark) } }
            @for title in titles { span role="columnheader" { (title) } }
        }
    }
}

fn said(report: &Report) -> Markup {
    let (lines, more) = audit::messages(report);
    html! {
        @if !lines.is_empty() {
            section.said aria-label="What ECS said" {
                @for line in &lines { blockquote { p { (line) } } }
                @if more > 0 { p.note { "and " (count(more, "message")) " more" } }
            }
        }
    }
}

fn path(report: &Report, pictures: &[Picture], prefix: &str, level: Level) -> Markup {
    let id = format!("{prefix}path");
    let lines = in_words(report);
    let case = Case::new(&report.evidence, &report.vantage);
    html! {
        @if pictures.iter().any(|it| !it.lanes.is_empty()) || !lines.is_empty() {
            section aria-labelledby=(id) {
                (section(level, &id, "Path to each service"))
                @if let Some(who) = hops::who(&case).filter(|_| !is_audit(report)) { p.note { (capital(&who)) } }
                @for picture in pictures { (drawing(picture)) }
                @if pictures.iter().any(|it| !it.lanes.is_empty()) { (key()) }
                details.same {
                    summary { "The same as a table" }
                    div.lines role="table" aria-label="Hops" {
                        (titles(if is_audit(report) { ["State", "Service", "Subnet", "How"] } else { ["State", "Step", "Target", "Outcome"] }))
                        @for (state, cells) in &lines {
                            div role="row" class=(state.class()) {
                                span.mark role="cell" { (icon(*state)) span.unseen { (state.words()) } }
                                @for cell in cells { span role="cell" { (words(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A row a hop, or a path.
fn in_words(report: &Report) -> Vec<(State, Vec<String>)> {
    if let Some(configured) = report.configured.as_ref().filter(|_| is_audit(report)) {
        let state = |passes: Passes| match passes {
            Passes::Yes => State::Passes,
            Passes::No => State::Breaks,
            Passes::Unknown => State::Unknown,
        };
        let row = |path| {
            let [from, az, to, how] = audit::row(path);
            vec![to, format!("{from} {az}"), how]
        };
        return configured.paths.iter().map(|path| (state(path.passes), row(path))).collect();
    }
    let state = |works: bool| if works { State::Passes } else { State::Breaks };
    let lines = hops::lines(&Case::new(&report.evidence, &report.vantage));
    lines.into_iter().map(|it| (state(it.works), vec![it.hop, it.place, it.detail])).collect()
}

fn findings(report: &Report, prefix: &str, level: Level) -> Markup {
    let id = format!("{prefix}findings");
    let title =
        if report.diagnoses.iter().any(|it| it.severity > Severity::Info) { "What is wrong" } else { "Worth knowing" };
    html! {
        @if !report.diagnoses.is_empty() {
            section aria-labelledby=(id) {
                (section(level, &id, title))
                @for (nth, it) in report.diagnoses.iter().enumerate() {
                    (finding(report, it, &format!("{prefix}finding{nth}"), level.below()))
                }
            }
        }
    }
}

fn unexplained(report: &Report, level: Level) -> Markup {
    let failed: Vec<&Observation> = report.unexplained.iter().filter_map(|id| report.evidence.get(*id)).collect();
    html! {
        @if !failed.is_empty() {
            section.unexplained {
                (section(level, "", &format!("Unexplained: {} that no diagnosis accounts for", count(failed.len(), "failure"))))
                (rows(&failed, "Unexplained failures"))
            }
        }
    }
}

fn times(report: &Report, prefix: &str, level: Level) -> Markup {
    let id = format!("{prefix}times");
    let pull = crate::render::text::pull(report);
    html! {
        @if !is_audit(report) {
            section aria-labelledby=(id) {
                (section(level, &id, "Times"))
                @if !pull.is_empty() { p { (capital(pull.trim_end())) } }
                (waterfall(report))
            }
        }
    }
}

fn evidence(report: &Report) -> Markup {
    let all: Vec<&Observation> = report.evidence.iter().collect();
    html! {
        @if !all.is_empty() {
            details.evidence {
                summary { "Evidence: " (count(all.len(), "observation")) }
                (rows(&all, "Evidence"))
            }
        }
    }
}

fn notes(report: &Report, level: Level) -> Markup {
    let unseen = report.configured.as_ref().map(|it| &it.unseen[..]).unwrap_or_default();
    let notes = crate::render::text::notes(report);
    // A healthy report has judged what there is.
    let skipped = if report.verdict == Verdict::Healthy { &[] } else { &report.not_judged[..] };
    html! {
        @if !unseen.is_empty() {
            section.notes {
                (section(level, "", "Not seen"))
                ul { @for it in unseen { li { (words(&facts::unseen(it))) } } }
            }
        }
        @if !skipped.is_empty() || !notes.is_empty() {
            section.notes {
                (section(level, "", "Notes"))
                @if !notes.is_empty() { ul { @for note in &notes { li { (words(note)) } } } }
                @if !skipped.is_empty() {
                    details {
                        summary { "Not judged: " (count(skipped.len(), "code")) }
                        ul { @for (needs, codes) in by_need(skipped) { li { (codes.join(", ")) ": needs " (words(needs)) } } }
                    }
                }
            }
        }
    }
}
