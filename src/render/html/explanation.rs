//! What texts of ECS mean.

use maud::{Markup, html};

use super::document::document;
use super::finding::{capital, command, fixes};
use super::picture::{drawing, key};
use super::prose::words;
use super::report::footer;
use super::shapes::icon;
use super::station::{Lane, Picture, State, Station, Stop};
use crate::model::{Finding, Stage};
use crate::reason::{Explanation, Verdict};
use crate::render::reason::{by_cause, owner, word};
use crate::render::units::count;

/// A page of explanations; those of one cause stand together where `by` says so.
pub fn page(explanations: &[Explanation], is_by_cause: bool) -> String {
    let groups: Vec<Vec<&Explanation>> =
        if is_by_cause { by_cause(explanations) } else { explanations.iter().map(|it| vec![it]).collect() };
    let title = match explanations {
        [one] => format!("{}: {}", word_of(one), one.means),
        _ => format!("{} explained", count(explanations.len(), "message")),
    };
    let body = html! {
        header {
            p.brand { "ecr-probe explain" }
            @match explanations {
                [one] => {
                    h1.(state(one).class()) { (icon(state(one))) (word_of(one)) }
                    p.lead { (capital(&one.means)) }
                }
                _ => {
                    h1 { (count(explanations.len(), "message")) }
                    p.lead { (tally(explanations)) }
                }
            }
        }
        main {
            // What the marks mean is said once.
            @let keyed = groups.iter().position(|group| group.first().is_some_and(|it| picture(it).is_some()));
            @for (nth, group) in groups.iter().enumerate() {
                @if let Some(first) = group.first() { (section(first, group, explanations.len(), nth, keyed == Some(nth))) }
            }
        }
        (footer(env!("CARGO_PKG_VERSION")))
    };
    document(&title, &body)
}

/// How many there are of each kind.
fn tally(explanations: &[Explanation]) -> String {
    let of = |verdict: Verdict| explanations.iter().filter(|it| it.verdict == verdict).count();
    let told = [
        (of(Verdict::Diagnosed), "diagnosed"),
        (of(Verdict::NotAPullProblem), "no pull problem"),
        (of(Verdict::Unrecognised), "unrecognised"),
    ];
    let told: Vec<String> =
        told.iter().filter(|(count, _)| *count > 0).map(|(count, it)| format!("{count} {it}")).collect();
    if told.is_empty() { "Nothing to explain.".to_owned() } else { told.join(", ") }
}

/// The code, or why there is none.
fn word_of(explanation: &Explanation) -> String {
    match (explanation.verdict, explanation.diagnoses.first()) {
        (Verdict::Diagnosed, Some(first)) => first.code.to_string(),
        (Verdict::NotAPullProblem, _) => "not a pull problem".to_owned(),
        _ => "unrecognised".to_owned(),
    }
}

fn state(explanation: &Explanation) -> State {
    match explanation.verdict {
        Verdict::Diagnosed => State::Breaks,
        Verdict::NotAPullProblem => State::Passes,
        Verdict::Unrecognised => State::Unknown,
    }
}

fn section(it: &Explanation, group: &[&Explanation], all: usize, nth: usize, has_key: bool) -> Markup {
    let others: Vec<&str> = group.iter().skip(1).filter_map(|it| it.task_arn.as_deref()?.rsplit('/').next()).collect();
    let id = format!("explained{nth}");
    html! {
        section aria-labelledby=(id) {
            @if all > 1 {
                h2 id=(id) {
                    span.tag.(state(it).class()) { (icon(state(it))) (word_of(it)) }
                    (capital(&it.means))
                }
                @if group.len() > 1 { p.note { (group.len()) " of " (all) " stopped tasks" } }
            } @else {
                h2 id=(id) { "What it means" }
            }
            (explained(it, has_key))
            @if !others.is_empty() { p.note { "Also: task " (others.join(", ")) } }
        }
    }
}

/// All but the headline; `has_key` where what the marks mean is not said elsewhere on the page.
pub fn explained(it: &Explanation, has_key: bool) -> Markup {
    let owner = owner(it);
    let picture = picture(it);
    html! {
        div.said { blockquote { p { (it.said) } } }
        @if !owner.is_empty() { p.where { "Of " (owner) } }
        @if let Some(stage) = it.stage { p.where { "Stage: " (stage.name()) } }
        @if let Some(picture) = &picture { (drawing(picture)) @if has_key { (key()) } }
        @if !it.diagnoses.is_empty() {
            dl.because {
                @for (nth, cause) in it.diagnoses.iter().enumerate() {
                    div { dt { (capital(word(nth, cause))) " " strong { (cause.code) } } dd { (words(&cause.reason)) } }
                }
            }
        }
        @if let Some(first) = it.diagnoses.first() { (fixes(&first.fixes)) }
        @if let Some(next) = &it.next {
            p { strong { "Next: " } (next.does) }
            @if let Some(text) = next.command() { (command(text)) }
        }
        @if let Some(first) = it.diagnoses.first() { p.more { "More: " code { "ecr-probe explain " (first.code) } } }
    }
}

/// How far the pull got: what comes before the step that failed, it got over.
fn picture(it: &Explanation) -> Option<Picture> {
    let (stage, first) = (it.stage?, it.diagnoses.first()?);
    let lane = lane("the pull", &first.subject, stage, &it.diagnoses)?;
    Some(Picture { from: vec!["task".to_owned()], lanes: vec![lane], ..Picture::default() })
}

/// The lane of a text; `None` where the network and the services have no part in it.
pub fn lane(title: &str, host: &str, stage: Stage, causes: &[Finding]) -> Option<Lane> {
    let first = causes.first()?;
    let broken = Stop::of(first)?;
    let over = |stop: Stop| match stop {
        Stop::Resolver => stage > Stage::Dns,
        Stop::SecurityGroups | Stop::NetworkAcls | Stop::Routes | Stop::Endpoint => stage > Stage::Route,
        Stop::Tls => stage > Stage::Tls,
        Stop::Service => false,
    };
    let stops = [
        Stop::Resolver,
        Stop::SecurityGroups,
        Stop::NetworkAcls,
        Stop::Routes,
        Stop::Endpoint,
        Stop::Tls,
        Stop::Service,
    ];
    let station = |stop: Stop| Station::new(stop, if over(stop) { State::Passes } else { State::Unknown }, "", "");
    let mut lane = Lane { title: title.to_owned(), host: host.to_owned(), stations: stops.map(station).to_vec() };
    lane.blame(first, broken);
    lane.end_at_the_break();
    Some(lane)
}
