//! Headings, one below the other without a gap: a screen reader lists a page by them.

use maud::{Markup, html};

/// How deep a heading is on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Of a page's sections.
    Second,
    /// Of what a section has several of.
    Third,
    /// Of what is in one of those.
    Fourth,
}

impl Level {
    /// One deeper.
    pub fn below(self) -> Level {
        match self {
            Level::Second => Level::Third,
            Level::Third | Level::Fourth => Level::Fourth,
        }
    }
}

/// A heading with an id, which may be empty. Its look goes by what it is the heading of, not by how deep that is.
pub fn heading(level: Level, look: &str, id: &str, text: &Markup) -> Markup {
    let id = (!id.is_empty()).then_some(id);
    html! {
        @match level {
            Level::Second => h2.(look) id=[id] { (text) },
            Level::Third => h3.(look) id=[id] { (text) },
            Level::Fourth => h4.(look) id=[id] { (text) },
        }
    }
}
