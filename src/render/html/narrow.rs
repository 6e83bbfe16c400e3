//! The drawing for small screens: each service's stations below each other.

use maud::{Markup, html};

use super::lettering::{Font, fill, fit, wrap};
use super::shapes::{mark, rail};
use super::station::{Lane, Picture, State, Station};

const WIDTH: f64 = 340.0;
/// Of the line of a lane, from the left.
const LINE: f64 = 16.0;
const TEXT: f64 = 40.0;
/// Where what a station is begins.
const VALUE: f64 = 152.0;
const HEAD: f64 = 50.0;
/// Height of a station with one or two lines of text.
const STEP: f64 = 36.0;
const LABEL: f64 = 22.0;
const NOTE: f64 = 15.0;
/// Between the texts of two stations.
const GAP: f64 = 8.0;
const FOOT: f64 = 14.0;
/// Height of a lane on which all is well, and the way from station to station there.
const CALM: f64 = 24.0;
const BESIDE: f64 = 34.0;

/// The whole drawing.
pub fn narrow(picture: &Picture) -> Markup {
    let from: Vec<String> = picture.from.iter().chain(&picture.codes).cloned().collect();
    let from = fill(&from, " · ", WIDTH - 24.0, 11.0, Font::Fixed, 12);
    let top = if from.is_empty() { 0.0 } else { 19.0 + NOTE * from.len() as f64 };
    let rest = |lane: &Lane| if is_calm(lane) { CALM } else { lane.stations.iter().map(step).sum() };
    let mut bottom = top;
    let mut tops = Vec::new();
    for lane in &picture.lanes {
        tops.push(bottom);
        bottom += HEAD + rest(lane) + FOOT;
    }
    html! {
        svg.narrow viewBox={ "0 0 " (WIDTH) " " (bottom) } role="img" aria-label=(picture.words()) {
            @if !from.is_empty() {
                rect class=(if picture.codes.is_empty() { "box" } else { "box bad" }) x="1" y="1" width=(WIDTH - 2.0) height=(top - 6.0) rx="8" {}
                @for (nth, line) in from.iter().enumerate() {
                    text.start x="12" y=(19.0 + NOTE * nth as f64) { (line) }
                }
            }
            @for (lane, top) in picture.lanes.iter().zip(tops) {
                text.lane x="0" y=(top + 20.0) { (fit(&lane.title, WIDTH, 14.0, Font::Words)) }
                text.host x="0" y=(top + 36.0) { (fit(&lane.host, WIDTH, 11.0, Font::Fixed)) }
                @if is_calm(lane) { (calm(lane, top + HEAD + 12.0)) } @else { (stations(lane, top + HEAD)) }
            }
        }
    }
}

/// Whether nothing on a lane asks for a look.
fn is_calm(lane: &Lane) -> bool {
    lane.stations.iter().all(|it| it.state == State::Passes)
}

/// All stations in a row, which says that all is well.
fn calm(lane: &Lane, y: f64) -> Markup {
    let x = |nth: usize| LINE + BESIDE * nth as f64;
    html! {
        @for nth in 1..lane.stations.len() { (rail(State::Passes, State::Passes, [x(nth - 1), y, x(nth), y])) }
        @for nth in 0..lane.stations.len() { (mark(State::Passes, x(nth), y)) }
        text.value x=(x(lane.stations.len()) - 10.0) y=(y + 4.5) { "all pass" }
    }
}

fn stations(lane: &Lane, top: f64) -> Markup {
    let mut bottom = top;
    let mut middles = Vec::new();
    for station in &lane.stations {
        middles.push(bottom + step(station) / 2.0);
        bottom += step(station);
    }
    html! {
        @for (pair, y) in lane.stations.windows(2).zip(middles.windows(2)) {
            (rail(pair[0].state, pair[1].state, [LINE, y[0], LINE, y[1]]))
        }
        @for (station, y) in lane.stations.iter().zip(middles) { (row(station, y)) }
    }
}

fn names(station: &Station) -> Vec<String> {
    wrap(&station.name, WIDTH - VALUE, 11.0, Font::Fixed, 2)
}

fn details(station: &Station) -> Vec<String> {
    wrap(station.told(), WIDTH - VALUE, 11.5, Font::Words, 3 + station.more_lines())
}

/// How high the texts beside a station are.
fn height(station: &Station) -> f64 {
    let label = if station.codes.is_empty() { 0.0 } else { LABEL };
    label + NOTE * (names(station).len() + details(station).len()) as f64
}

/// From the top of a station to that of the next one.
fn step(station: &Station) -> f64 {
    STEP.max(height(station) + GAP)
}

fn row(station: &Station, y: f64) -> Markup {
    let label = station.label().map(|label| fit(&label, WIDTH - VALUE - 14.0, 12.0, Font::Words));
    let label = label.map(|label| (Font::Words.width(&label, 12.0) + 14.0, label));
    let (names, details) = (names(station), details(station));
    let top = y - height(station) / 2.0;
    let first = top + if label.is_some() { LABEL } else { 0.0 } + 11.5;
    let at = |nth: usize| first + NOTE * nth as f64;
    html! {
        (mark(station.state, LINE, y))
        text.stop x=(TEXT) y=(y + 4.5) { (station.stop.title()) }
        @if let Some((width, label)) = &label {
            rect class={ "solid " (station.state.class()) } x=(VALUE) y=(top) width=(width) height="19" rx="9.5" {}
            text.label x=(VALUE + width / 2.0) y=(top + 14.0) { (label) }
        }
        @for (nth, line) in names.iter().enumerate() { text.value.fixed x=(VALUE) y=(at(nth)) { (line) } }
        @for (nth, line) in details.iter().enumerate() { text.value x=(VALUE) y=(at(names.len() + nth)) { (line) } }
    }
}
