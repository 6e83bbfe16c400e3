//! Colour, which is never needed to read the text.

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No colour: for files, pipes and `NO_COLOR`.
    Plain,
    /// ANSI escapes.
    Colour,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    /// Bold.
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Bold red.
    pub fn error(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// Bold yellow.
    pub fn warning(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    /// Bold green.
    pub fn good(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// Bold cyan.
    pub fn info(self, text: &str) -> String {
        self.paint("1;36", text)
    }

    /// The frame around the evidence.
    pub fn frame(self, text: &str) -> String {
        self.paint("1;34", text)
    }
}
