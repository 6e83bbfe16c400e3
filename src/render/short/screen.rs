//! What a short text is shown on.

use crate::render::style::Style;

/// A terminal, or what stands in for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Whether to colour.
    pub style: Style,
    /// Characters in a line.
    pub width: usize,
}

impl Screen {
    /// The width where there is no terminal that tells one.
    pub const USUAL_WIDTH: usize = 80;

    /// No colour, and the usual width: a file or a pipe.
    pub const PLAIN: Screen = Screen { style: Style::Plain, width: Self::USUAL_WIDTH };
}
