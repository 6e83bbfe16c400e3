//! Observations as a table, and as bars on a common scale of time.

use maud::{Markup, html};

use super::prose::words;
use super::shapes::icon;
use super::station::State;
use crate::model::{Observation, Report};
use crate::render::evidence::{place, short_digests};
use crate::render::outcome::outcome;
use crate::render::units::{count, milliseconds};

/// How many bars are drawn at the most.
const BARS: usize = 80;

/// How many bars a screen shows.
const SCREEN: usize = 12;

/// The rows of a table, numbered as the report numbers them.
pub fn rows(observations: &[&Observation], caption: &str) -> Markup {
    html! {
        div.rows role="table" aria-label=(caption) {
            div.titles role="row" {
                span role="columnheader" { "No." }
                span role="columnheader" { "Step" }
                span role="columnheader" { "Target" }
                span role="columnheader" { "Outcome" }
                span role="columnheader" { "Time" }
            }
            @for it in observations {
                div role="row" class=[it.is_symptom().then_some("failed")] {
                    span.number role="cell" { (it.id) }
                    span.step role="cell" { (mark(it)) (it.act.check()) }
                    span.place role="cell" { (place(it)) }
                    span.outcome role="cell" { (words(&short_digests(&outcome(&it.act)))) }
                    span.took role="cell" { (milliseconds(it.took_ms)) }
                }
            }
        }
    }
}

/// Seen by all: the words say it too.
fn mark(observation: &Observation) -> Markup {
    html! {
        @if observation.is_symptom() {
            (icon(State::Breaks))
            span.unseen { "failed: " }
        }
    }
}

/// The steps that took time, each where it began: what waits for what, and what takes long.
pub fn waterfall(report: &Report) -> Markup {
    let took = |it: &&Observation| it.took_ms > 0.0 && !it.act.check().is_configuration();
    let steps: Vec<&Observation> = report.evidence.iter().filter(took).collect();
    let end = steps.iter().map(|it| it.began_ms + it.took_ms).fold(1.0, f64::max);
    let shown: Vec<&&Observation> = steps.iter().take(BARS).collect();
    html! {
        @if !shown.is_empty() {
            ol.falls {
                (scale(end))
                @for it in &shown {
                    li class=[it.is_symptom().then_some("failed")] {
                        span.step { (mark(it)) (it.act.check()) }
                        span.place { (place(it)) }
                        (bar(it, end))
                        span.took {
                            span.unseen { "began after " (milliseconds(it.began_ms)) ", took " }
                            (milliseconds(it.took_ms))
                        }
                    }
                }
                // Below many bars the upper one is out of sight.
                @if shown.len() > SCREEN { (scale(end)) }
            }
            @if steps.len() > BARS { p.note { "And " (count(steps.len() - BARS, "step")) " more: see the evidence." } }
        }
    }
}

/// The times at the beginning, the middle and the end. Each bar says its own to those who do not see it.
fn scale(end: f64) -> Markup {
    html! {
        li.scale aria-hidden="true" {
            span.step {} span.place {}
            span.ends { span { "0" } span { (milliseconds(end / 2.0)) } span { (milliseconds(end)) } }
            span.took {}
        }
    }
}

fn bar(it: &Observation, end: f64) -> Markup {
    const SCALE: f64 = 1000.0;
    // Too short a bar would not show.
    let width = (it.took_ms / end * SCALE).clamp(4.0, SCALE);
    let x = (it.began_ms / end * SCALE).clamp(0.0, SCALE - width);
    let class = if it.is_symptom() { "bar bad" } else { "bar good" };
    html! {
        svg.time viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.ground x="0" y="0" width="1000" height="10" {}
            line.half x1="500" y1="0" x2="500" y2="10" {}
            rect class=(class) x=(round(x)) y="0" width=(round(width)) height="10" {}
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
