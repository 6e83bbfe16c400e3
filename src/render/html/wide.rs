//! The drawing for screens and paper: a row a service, a column a kind of station.

use maud::{Markup, html};

use super::lettering::{Font, fit, wrap};
use super::shapes::{mark, rail};
use super::station::{Lane, Picture, State, Station, Stop};

const WIDTH: f64 = 1080.0;
/// Right edge of the box that the lanes begin at.
const BOX: f64 = 164.0;
const FIRST: f64 = 258.0;
const LAST: f64 = 1006.0;
/// Height of the heads of the columns.
const HEAD: f64 = 30.0;
/// From the top of a row to its line.
const LINE: f64 = 44.0;
/// From the line to what stands below it.
const BELOW: f64 = 27.0;
const NOTE: f64 = 14.5;
/// Of the name of a lane.
const TITLE: f64 = 300.0;
/// Below the last note of a row.
const FOOT: f64 = 6.0;
const LABEL: f64 = 22.0;
/// Between texts of neighbouring columns. With six of them, the longest id of AWS has room.
const GAP: f64 = 11.0;
/// Font size of ids.
const ID: f64 = 10.2;
/// How many lines of text a station has at the most, beside its label.
const LINES: usize = 4;

/// The whole drawing.
pub fn wide(picture: &Picture) -> Markup {
    let stops = stops(picture);
    let step = if stops.len() > 1 { (LAST - FIRST) / (stops.len() - 1) as f64 } else { LAST - FIRST };
    let column = |stop: Stop| FIRST + step * stops.iter().position(|it| *it == stop).unwrap_or(0) as f64;
    // The last column ends at the edge.
    let room = step.min(2.0 * (WIDTH - LAST)) - GAP;
    let mut height = HEAD;
    let mut rows = Vec::new();
    for lane in &picture.lanes {
        rows.push(height + LINE);
        let most = lane.stations.iter().map(|it| below(it, room)).fold(NOTE, f64::max);
        height += LINE + BELOW + most + FOOT;
    }
    let trunk = BOX + 20.0;
    let (top, bottom) = (rows.first().copied().unwrap_or(HEAD), rows.last().copied().unwrap_or(HEAD));
    let middle = (top + bottom) / 2.0;
    let indent = trunk + 12.0;
    html! {
        svg.wide viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(picture.words()) {
            @for stop in &stops {
                text.head x=(column(*stop)) y="14" { (stop.title()) }
            }
            @if picture.lanes.len() > 1 {
                line class="rail dim" x1=(trunk) y1=(top) x2=(trunk) y2=(bottom) {}
            }
            line class="rail dim" x1=(BOX) y1=(middle) x2=(trunk) y2=(middle) {}
            (origin(picture, middle.max(72.0)))
            @for (lane, y) in picture.lanes.iter().zip(rows) {
                @let title = fit(&lane.title, TITLE, 13.0, Font::Words);
                @let rest = WIDTH - indent - 24.0 - Font::Words.width(&title, 13.0);
                text.lane x=(indent) y=(y - 24.0) {
                    (title)
                    tspan.host dx="10" { (fit(&lane.host, rest, 11.5, Font::Fixed)) }
                }
                (row(lane, y, trunk, room, &column))
            }
        }
    }
}

/// The kinds of stations that any lane has.
fn stops(picture: &Picture) -> Vec<Stop> {
    let mut stops: Vec<Stop> = picture.lanes.iter().flat_map(|lane| &lane.stations).map(|it| it.stop).collect();
    stops.sort_unstable();
    stops.dedup();
    stops
}

/// The box of the task.
fn origin(picture: &Picture, y: f64) -> Markup {
    let lines = some(&picture.from, 7);
    let codes = some(&picture.codes, 4);
    let height = 16.0 + 16.0 * (lines.len() + codes.len()) as f64;
    let top = y - height / 2.0;
    let baseline = |nth: usize| top + 20.0 + 16.0 * nth as f64;
    let (x, room) = (BOX / 2.0, BOX - 12.0);
    html! {
        rect class=(if codes.is_empty() { "box" } else { "box bad" }) x="1" y=(top) width=(BOX - 1.0) height=(height) rx="8" {}
        @for (nth, line) in lines.iter().enumerate() {
            @if nth == 0 {
                text.from x=(x) y=(baseline(nth)) { (fit(line, room, 13.0, Font::Words)) }
            } @else {
                text.id x=(x) y=(baseline(nth)) { (fit(line, room, ID, Font::Fixed)) }
            }
        }
        @for (nth, code) in codes.iter().enumerate() {
            text.code x=(x) y=(baseline(lines.len() + nth)) { (fit(code, room, 12.0, Font::Words)) }
        }
    }
}

/// So many lines, of which the last one says how many more there are.
fn some(all: &[String], most: usize) -> Vec<String> {
    if all.len() <= most {
        return all.to_vec();
    }
    let shown = most - 1;
    all.iter().take(shown).cloned().chain([format!("and {} more", all.len() - shown)]).collect()
}

fn row(lane: &Lane, y: f64, trunk: f64, room: f64, column: &dyn Fn(Stop) -> f64) -> Markup {
    html! {
        @if let Some(first) = lane.stations.first() {
            (rail(State::Passes, first.state, [trunk, y, column(first.stop), y]))
        }
        @for (from, to) in lane.stations.iter().zip(lane.stations.iter().skip(1)) {
            (rail(from.state, to.state, [column(from.stop), y, column(to.stop), y]))
        }
        @for it in &lane.stations { (station(it, column(it.stop), y, room)) }
    }
}

/// How high the texts below a station are.
fn below(station: &Station, room: f64) -> f64 {
    let label = if station.codes.is_empty() { 0.0 } else { LABEL };
    label + NOTE * (names(station, room).len() + details(station, room).len()) as f64
}

fn names(station: &Station, room: f64) -> Vec<String> {
    wrap(&station.name, room, ID, Font::Fixed, 2)
}

fn details(station: &Station, room: f64) -> Vec<String> {
    let most = LINES - names(station, room).len().max(1) + station.more_lines();
    wrap(station.told(), room, 11.5, Font::Words, most)
}

fn station(station: &Station, x: f64, y: f64, room: f64) -> Markup {
    let label = station.label().map(|label| fit(&label, room - 12.0, 12.0, Font::Words));
    let label = label.map(|label| (Font::Words.width(&label, 12.0) + 14.0, label));
    let (names, details) = (names(station, room), details(station, room));
    let first = y + BELOW + if label.is_some() { LABEL } else { 0.0 };
    let at = |nth: usize| first + NOTE * nth as f64;
    html! {
        (mark(station.state, x, y))
        @if let Some((width, label)) = label {
            rect class={ "solid " (station.state.class()) } x=(x - width / 2.0) y=(y + 16.0) width=(width) height="19" rx="9.5" {}
            text.label x=(x) y=(y + 30.0) { (label) }
        }
        @for (nth, line) in names.iter().enumerate() { text.id x=(x) y=(at(nth)) { (line) } }
        @for (nth, line) in details.iter().enumerate() { text.note x=(x) y=(at(names.len() + nth)) { (line) } }
    }
}
