//! The drawing in both forms, with the same in words.

use maud::{Markup, html};

use super::narrow::narrow;
use super::shapes::icon;
use super::station::{Picture, State};
use super::wide::wide;

/// How many lanes are drawn at the most; those that stop come first where there are more.
const LANES: usize = 12;

/// The drawing; nothing where there is no lane.
pub fn drawing(picture: &Picture) -> Markup {
    let mut drawn = picture.clone();
    if drawn.lanes.len() > LANES {
        drawn.lanes.sort_by_key(|lane| lane.broken().is_none());
        drawn.lanes.truncate(LANES);
    }
    let left_out = picture.lanes.len() - drawn.lanes.len();
    html! {
        @if !drawn.lanes.is_empty() {
            figure.path {
                (wide(&drawn))
                (narrow(&drawn))
                @if left_out > 0 { figcaption { (left_out) " more ways are in the table below." } }
            }
        }
    }
}

/// What the marks mean.
pub fn key() -> Markup {
    let entries = [State::Passes, State::Strains, State::Breaks, State::Unknown, State::Unreached];
    html! {
        ul.key aria-label="What the marks mean" {
            @for state in entries { li { (icon(state)) (state.words()) } }
        }
    }
}
