//! A finding: what is wrong, what shows it, what fixes it.

use maud::{Markup, html};

use super::evidence::rows;
use super::heading::{Level, heading};
use super::prose::words;
use super::shapes::icon;
use super::station::State;
use crate::model::{Finding, Fix, Observation, Report, Severity};
use crate::render::evidence::short_digests;
use crate::render::finding::{blanks, other_causes};

/// One finding, whole. `id` tells it apart on the page.
pub fn finding(report: &Report, finding: &Finding, id: &str, level: Level) -> Markup {
    let cited: Vec<&Observation> = finding.cites.iter().filter_map(|id| report.evidence.get(*id)).collect();
    let others: Vec<String> = finding.alternatives.iter().map(ToString::to_string).collect();
    html! {
        article.finding.(class(finding.severity)) aria-labelledby=(id) {
            (heading(level, "what", id, &html! { (head(finding)) (words(&capital(&short_digests(&finding.summary)))) }))
            dl.because {
                div { dt { (capital(finding.strength.name())) } dd { (words(&finding.reason)) } }
                @if !finding.alternatives.is_empty() { div { dt { (capital(other_causes(finding))) } dd { (others.join(", ")) } } }
                @if let Some(subnets) = finding.blame.as_ref().and_then(|blame| blame.subnets.as_ref()) {
                    div { dt { "Only in" } dd { (words(&subnets.join(", "))) } }
                }
                @for symptom in &finding.explains { div { dt { "Explains" } dd { (words(symptom)) } } }
                @if let Some(message) = &finding.ecs_message {
                    div { dt { "ECS would say" } dd { code { (short_digests(message)) } } }
                }
            }
            @if !cited.is_empty() { (rows(&cited, "What shows it")) }
            (fixes(&finding.fixes))
            p.more { "More: " code { "ecr-probe explain " (finding.code) } }
        }
    }
}

/// The severity and the code, as a label.
pub fn head(finding: &Finding) -> Markup {
    html! {
        span.tag.(class(finding.severity)) {
            (icon(state(finding.severity)))
            (finding.severity.name()) " " (finding.code)
        }
        " "
    }
}

/// What fixes it. Commands for the same purpose stand together.
pub fn fixes(fixes: &[Fix]) -> Markup {
    html! {
        @if !fixes.is_empty() {
            ol.fixes {
                @for fixes in fixes.chunk_by(|one, next| one.does == next.does) {
                    li {
                        p { (words(&capital(fixes.first().map(|fix| &*fix.does).unwrap_or_default()))) }
                        @for text in fixes.iter().filter_map(Fix::command) { (command(text)) }
                        @let blanks = blanks(fixes);
                        @if !blanks.is_empty() { p.blanks { "Fill in " (blanks.join(", ")) } }
                    }
                }
            }
        }
    }
}

/// Text to copy: one click selects the whole of it. Its lines end between words and not at hyphens.
pub fn command(text: &str) -> Markup {
    html! {
        pre.command {
            code {
                @for (nth, word) in text.split(' ').enumerate() {
                    @if nth > 0 { " " }
                    @if word.contains('-') && !word.contains('\n') { span { (word) } } @else { (word) }
                }
            }
        }
    }
}

/// Text whose columns stand below each other: it scrolls by itself.
pub fn sample(text: &str, name: &str) -> Markup {
    html! { pre.sample tabindex="0" role="region" aria-label=(name) { code { (text) } } }
}

/// The class of a severity's colour.
pub fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Info => "info",
    }
}

fn state(severity: Severity) -> State {
    match severity {
        Severity::Error => State::Breaks,
        Severity::Warning => State::Strains,
        Severity::Info => State::Unknown,
    }
}

/// With a capital letter, as the first word of a line.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
