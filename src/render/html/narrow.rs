//! The drawing for small screens: each service's stations below each other.

use maud::{Markup, html};

use super::lettering::{Font, fit};
use super::shapes::{mark, rail};
use super::station::{Lane, Picture, State, Station};

const WIDTH: f64 = 340.0;
/// Of the line of a lane, from the left.
const LINE: f64 = 16.0;
const TEXT: f64 = 40.0;
/// Where what a station is begins.
const VALUE: f64 = 146.0;
const HEAD: f64 = 50.0;
const STEP: f64 = 36.0;
const FOOT: f64 = 14.0;
/// Height of a lane on which all is well, and the way from station to station there.
const CALM: f64 = 24.0;
const BESIDE: f64 = 34.0;

/// The whole drawing.
pub fn narrow(picture: &Picture) -> Markup {
    let top = if picture.from.is_empty() { 0.0 } else { 34.0 };
    let height = |lane: &Lane| HEAD + if is_calm(lane) { CALM } else { STEP * lane.stations.len() as f64 } + FOOT;
    let mut bottom = top;
    let mut tops = Vec::new();
    for lane in &picture.lanes {
        tops.push(bottom);
        bottom += height(lane);
    }
    let from = picture.from.iter().chain(&picture.codes).cloned().collect::<Vec<_>>().join(" · ");
    html! {
        svg.narrow viewBox={ "0 0 " (WIDTH) " " (bottom) } role="img" aria-label=(picture.words()) {
            @if !picture.from.is_empty() {
                rect class=(if picture.codes.is_empty() { "box" } else { "box bad" }) x="1" y="1" width=(WIDTH - 2.0) height="28" rx="8" {}
                text.start x="12" y="19" { (fit(&from, WIDTH - 24.0, 11.0, Font::Fixed)) }
            }
            @for (lane, top) in picture.lanes.iter().zip(tops) {
                text.lane x="0" y=(top + 20.0) { (fit(&lane.title, WIDTH, 14.0, Font::Words)) }
                text.host x="0" y=(top + 36.0) { (fit(&lane.host, WIDTH, 11.0, Font::Fixed)) }
                @if is_calm(lane) { (calm(lane, top + HEAD + 12.0)) } @else { (stations(lane, top + HEAD + 16.0)) }
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
    let y = |nth: usize| top + STEP * nth as f64;
    html! {
        @for (nth, (from, to)) in lane.stations.iter().zip(lane.stations.iter().skip(1)).enumerate() {
            (rail(from.state, to.state, [LINE, y(nth), LINE, y(nth + 1)]))
        }
        @for (nth, station) in lane.stations.iter().enumerate() { (row(station, y(nth))) }
    }
}

fn row(station: &Station, y: f64) -> Markup {
    let room = WIDTH - VALUE;
    let label = station.label().map(|label| fit(&label, room - 14.0, 12.0, Font::Words));
    let label = label.map(|label| (Font::Words.width(&label, 12.0) + 14.0, label));
    let detail = fit(station.told(), room, 11.5, Font::Words);
    let name = fit(&station.name, room, 11.0, Font::Fixed);
    // With a label above it, there is room for one line.
    let is_double = label.is_none() && !name.is_empty() && !detail.is_empty();
    html! {
        (mark(station.state, LINE, y))
        text.stop x=(TEXT) y=(y + 4.5) { (station.stop.title()) }
        @if let Some((width, label)) = &label {
            rect class={ "solid " (station.state.class()) } x=(VALUE) y=(y - 17.0) width=(width) height="19" rx="9.5" {}
            text.label x=(VALUE + width / 2.0) y=(y - 3.0) { (label) }
        }
        @let single = if label.is_some() { y + 15.0 } else { y + 4.5 };
        @if !name.is_empty() {
            text.value.fixed x=(VALUE) y=(if is_double { y - 2.0 } else { single }) { (name) }
        }
        @if name.is_empty() || is_double {
            text.value x=(VALUE) y=(if is_double { y + 13.0 } else { single }) { (detail) }
        }
    }
}
