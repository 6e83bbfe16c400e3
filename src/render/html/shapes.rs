//! The marks of the drawing. Each state has a shape of its own, so that none is told by its colour alone.

use maud::{Markup, html};

use super::station::State;
use crate::model::Verdict;

/// The mark of a station, around its centre.
pub fn mark(state: State, x: f64, y: f64) -> Markup {
    let at = |points: &str| {
        let points = points.split(' ').filter_map(|point| point.split_once(','));
        let moved = points.filter_map(|(dx, dy)| Some((x + dx.parse::<f64>().ok()?, y + dy.parse::<f64>().ok()?)));
        moved.map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
    };
    html! {
        @match state {
            State::Passes => {
                circle class="solid good" cx=(x) cy=(y) r="9" {}
                polyline class="sign" points=(at("-4,0 -1,3.5 4.5,-3.5")) {}
            }
            State::Strains => {
                polygon class="solid warn" points=(at("0,-11 11,9 -11,9")) {}
                polyline class="sign" points=(at("0,-4.5 0,2")) {}
                circle class="dot" cx=(x) cy=(y + 5.5) r="1.3" {}
            }
            State::Breaks => {
                polygon class="solid bad" points=(at("-5,-12 5,-12 12,-5 12,5 5,12 -5,12 -12,5 -12,-5")) {}
                polyline class="sign" points=(at("-4.5,-4.5 4.5,4.5")) {}
                polyline class="sign" points=(at("-4.5,4.5 4.5,-4.5")) {}
            }
            State::Unknown => {
                circle class="hollow" cx=(x) cy=(y) r="8.5" {}
                text class="ask" x=(x) y=(y + 4.2) { "?" }
            }
            State::Unreached => {
                circle class="hollow dots" cx=(x) cy=(y) r="6" {}
            }
        }
    }
}

/// The piece of line between two stations.
pub fn rail(from: State, to: State, [x1, y1, x2, y2]: [f64; 4]) -> Markup {
    let class = match (from, to) {
        (State::Passes | State::Strains, State::Passes | State::Strains | State::Breaks) => "rail good",
        _ => "rail dim",
    };
    html! { line class=(class) x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} }
}

/// The mark of a verdict, beside its word.
pub fn verdict(verdict: Verdict) -> Markup {
    icon(verdict.into())
}

/// A mark that stands in a line of text, which says the same.
pub fn icon(state: State) -> Markup {
    html! { svg class={ "icon " (state.class()) } viewBox="-13 -13 26 26" aria-hidden="true" { (mark(state, 0.0, 0.0)) } }
}

/// The class of a verdict's colour.
pub fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Healthy => "good",
        Verdict::Degraded | Verdict::Inconclusive => "warn",
        Verdict::Unhealthy => "bad",
    }
}
