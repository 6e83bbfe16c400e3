//! The drawing for screens and paper: a row a service, a column a kind of station.

use maud::{Markup, html};

use super::shapes::{Font, fit, mark, rail};
use super::station::{Lane, Picture, State, Station, Stop};

const WIDTH: f64 = 1080.0;
/// Right edge of the box that the lanes begin at.
const BOX: f64 = 126.0;
const FIRST: f64 = 218.0;
const LAST: f64 = 1012.0;
/// Height of the heads of the columns.
const HEAD: f64 = 30.0;
const ROW: f64 = 104.0;
/// From the top of a row to its line.
const LINE: f64 = 42.0;
/// Between texts of neighbouring columns.
const GAP: f64 = 12.0;

/// The whole drawing.
pub fn wide(picture: &Picture) -> Markup {
    let stops = stops(picture);
    let step = if stops.len() > 1 { (LAST - FIRST) / (stops.len() - 1) as f64 } else { LAST - FIRST };
    let column = |stop: Stop| FIRST + step * stops.iter().position(|it| *it == stop).unwrap_or(0) as f64;
    let room = step - GAP;
    let height = HEAD + ROW * picture.lanes.len() as f64;
    let middle = |row: usize| HEAD + ROW * row as f64 + LINE;
    let trunk = BOX + 22.0;
    let (top, bottom) = (middle(0), middle(picture.lanes.len().saturating_sub(1)));
    html! {
        svg.wide viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(picture.words()) {
            @for stop in &stops {
                text.head x=(column(*stop)) y="14" { (stop.title()) }
            }
            @if picture.lanes.len() > 1 {
                line class="rail dim" x1=(trunk) y1=(top) x2=(trunk) y2=(bottom) {}
            }
            line class="rail dim" x1=(BOX) y1=((top + bottom) / 2.0) x2=(trunk) y2=((top + bottom) / 2.0) {}
            (origin(picture, (top + bottom) / 2.0))
            @for (row, lane) in picture.lanes.iter().enumerate() {
                (row_of(lane, middle(row), trunk, room, &column))
            }
        }
    }
}

/// The kinds of stations that any lane has.
pub fn stops(picture: &Picture) -> Vec<Stop> {
    let mut stops: Vec<Stop> = picture.lanes.iter().flat_map(|lane| &lane.stations).map(|it| it.stop).collect();
    stops.sort_unstable();
    stops.dedup();
    stops
}

/// The box of the task.
fn origin(picture: &Picture, y: f64) -> Markup {
    let lines: Vec<&String> = picture.from.iter().take(5).collect();
    let (codes, broken) = (&picture.codes, !picture.codes.is_empty());
    let count = lines.len() + codes.len().min(2);
    let height = 16.0 + 16.0 * count as f64;
    let top = y - height / 2.0;
    let baseline = |nth: usize| top + 20.0 + 16.0 * nth as f64;
    html! {
        rect class=(if broken { "box bad" } else { "box" }) x="1" y=(top) width=(BOX - 1.0) height=(height) rx="8" {}
        @for (nth, line) in lines.iter().enumerate() {
            @if nth == 0 {
                text.from x=(BOX / 2.0) y=(baseline(nth)) { (fit(line, BOX - 14.0, 13.0, Font::Words)) }
            } @else {
                text.id x=(BOX / 2.0) y=(baseline(nth)) { (fit(line, BOX - 14.0, 11.0, Font::Fixed)) }
            }
        }
        @for (nth, code) in codes.iter().take(2).enumerate() {
            text.code x=(BOX / 2.0) y=(baseline(lines.len() + nth)) { (fit(code, BOX - 14.0, 12.0, Font::Words)) }
        }
    }
}

fn row_of(lane: &Lane, y: f64, trunk: f64, room: f64, column: &dyn Fn(Stop) -> f64) -> Markup {
    let title = fit(&lane.title, 150.0, 13.0, Font::Words);
    let indent = trunk + 14.0;
    // The title is bold, and the host follows it on the same line.
    let host = indent + title.chars().count() as f64 * 13.0 * 0.62 + 10.0;
    html! {
        text.lane x=(indent) y=(y - 22.0) { (title) }
        text.host x=(host) y=(y - 22.0) { (fit(&lane.host, WIDTH - host - 4.0, 11.5, Font::Fixed)) }
        @if let Some(first) = lane.stations.first() {
            (rail(&Station::new(first.stop, State::Passes, "", ""), first, [trunk, y, column(first.stop), y]))
        }
        @for (from, to) in lane.stations.iter().zip(lane.stations.iter().skip(1)) {
            (rail(from, to, [column(from.stop), y, column(to.stop), y]))
        }
        @for station in &lane.stations {
            (station_of(station, column(station.stop), y, room))
        }
    }
}

fn station_of(station: &Station, x: f64, y: f64, room: f64) -> Markup {
    let lead = if station.name.is_empty() && station.detail.is_empty() { station.state.words() } else { "" };
    let lines = [station.name.as_str(), station.detail.as_str(), lead];
    let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    html! {
        (mark(station.state, x, y))
        @if let Some(code) = station.codes.first() {
            @let more = station.codes.len() - 1;
            @let label = if more == 0 { code.clone() } else { format!("{code} +{more}") };
            @let label = fit(&label, room - 12.0, 12.0, Font::Words);
            @let width = (label.chars().count() as f64 * 12.0 * 0.62 + 14.0).min(room);
            rect class={ "solid " (station.state.class()) } x=(x - width / 2.0) y=(y + 17.0) width=(width) height="19" rx="9.5" {}
            text.label x=(x) y=(y + 31.0) { (label) }
        }
        @let first = if station.codes.is_empty() { y + 29.0 } else { y + 51.0 };
        @for (nth, line) in lines.iter().take(if station.codes.is_empty() { 2 } else { 1 }).enumerate() {
            text.note x=(x) y=(first + 15.0 * nth as f64) { (fit(line, room, 11.5, Font::Words)) }
        }
    }
}
