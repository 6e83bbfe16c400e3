//! The marks of the drawing. Each state has a shape of its own, so that none is told by its colour alone.

use maud::{Markup, html};

use super::station::{State, Station};
use crate::model::Verdict;

/// How wide a character is, in parts of the font's size: a little more than those of the usual sans-serif fonts.
const WIDTH: f64 = 0.56;
/// The same of a fixed-width font.
const FIXED: f64 = 0.61;

/// A font of the drawing.
#[derive(Debug, Clone, Copy)]
pub enum Font {
    /// For words.
    Words,
    /// For ids and addresses.
    Fixed,
}

/// The text cut in its middle, where it is wider than `width` at this size: ids and hosts differ at their ends.
pub fn fit(text: &str, width: f64, size: f64, font: Font) -> String {
    let one = size
        * match font {
            Font::Words => WIDTH,
            Font::Fixed => FIXED,
        };
    let most = (width / one) as usize;
    let length: usize = text.chars().map(cells).sum();
    if length <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let head = take(text.chars(), kept - kept / 3);
    let tail: String = take(text.chars().rev(), kept / 3).chars().rev().collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

/// Characters of East Asian scripts, emoji and the like are twice as wide.
fn cells(it: char) -> usize {
    if it < '\u{1100}' { 1 } else { 2 }
}

fn take(characters: impl Iterator<Item = char>, most: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|it| {
            used += cells(*it);
            used <= most
        })
        .collect()
}

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
                circle class="hollow dots" cx=(x) cy=(y) r="5" {}
            }
        }
    }
}

/// The piece of line between two stations.
pub fn rail(from: &Station, to: &Station, [x1, y1, x2, y2]: [f64; 4]) -> Markup {
    let class = match (from.state, to.state) {
        (State::Passes | State::Strains, State::Passes | State::Strains | State::Breaks) => "rail good",
        _ => "rail dim",
    };
    html! { line class=(class) x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} }
}

/// The mark of a verdict, beside its word.
pub fn verdict(verdict: Verdict) -> Markup {
    let state = match verdict {
        Verdict::Healthy => State::Passes,
        Verdict::Degraded => State::Strains,
        Verdict::Unhealthy => State::Breaks,
        Verdict::Inconclusive => State::Unknown,
    };
    icon(state)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_loses_its_middle() {
        assert_eq!(fit("vpce-1", 100.0, 10.0, Font::Fixed), "vpce-1");
        assert_eq!(fit("vpce-0381524f2426277b2", 80.0, 10.0, Font::Fixed), "vpce-038…77b2");
        assert_eq!(fit("ab", 0.0, 10.0, Font::Words), "…");
        let wide = fit(&"漢".repeat(40), 80.0, 10.0, Font::Words);
        assert!(wide.chars().count() <= 8, "{wide}");
    }
}
