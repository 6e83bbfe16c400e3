//! Colour, which is never needed to read the text, and no other characters that do not show.

use crate::model::is_hidden;

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No colour: for files, pipes and `NO_COLOR`.
    Plain,
    /// ANSI escapes.
    Colour,
}

/// All that a text in colour may hold of them.
const ESCAPES: [&str; 7] =
    ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;33m", "\u{1b}[1;32m", "\u{1b}[1;36m", "\u{1b}[1;34m"];

impl Style {
    /// A finished text. What does not show, or turns the order of a line round, is replaced by a sign: a message of
    /// somebody else's may be in it.
    pub fn finished(self, text: String) -> String {
        let is_lost = |it: char| is_hidden(it) && it != '\n';
        let escape = |rest: &str| ESCAPES.into_iter().find(|escape| rest.starts_with(escape));
        if !text.contains(is_lost) {
            return text;
        }
        let mut finished = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(is_lost) {
            let (before, from) = rest.split_at(at);
            finished.push_str(before);
            let own = escape(from).filter(|_| self == Style::Colour);
            finished.push_str(own.unwrap_or("\u{fffd}"));
            let lost = from.chars().next().map_or(0, char::len_utf8);
            rest = &from[own.map_or(lost, str::len)..];
        }
        finished + rest
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_escapes_are_left() {
        for style in [Style::Plain, Style::Colour] {
            let own = format!("{} {} {}", style.bold("a"), style.error("b"), style.warning("c"));
            let own = format!("{own} {} {} {}\n", style.good("d"), style.info("e"), style.frame("f"));
            assert_eq!(style.finished(own.clone()), own);
            assert_eq!(
                style.finished(format!("{own}\u{202e}x\u{1b}[2J\u{3164}\r")),
                format!("{own}\u{fffd}x\u{fffd}[2J\u{fffd}\u{fffd}")
            );
        }
        assert_eq!(Style::Plain.finished("\u{1b}[1mx".to_owned()), "\u{fffd}[1mx");
    }
}
