//! One argument of a command.

use std::borrow::Cow;

use serde::Serialize;

use super::blank::Blank;
use crate::model::hidden::is_hidden;

/// One argument. However it is made, a shell hands it to the program as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    pieces: Vec<Piece>,
    /// What the reader fills in within a piece, such as a JSON document.
    within: Vec<Blank>,
    /// Whether it names a file for the AWS CLI to read, by the fix's own choice.
    is_file: bool,
    is_unsafe: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Cow<'static, str>),
    Blank(Blank),
    /// What another command prints, as `"$(…)"`: its line, if it has one.
    Output(Option<String>),
}

/// What quotes may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Any,
    /// None, within the double quotes of a substitution: an interactive bash expands `!` there even between single
    /// quotes.
    None,
}

impl Word {
    /// What the command of this line prints.
    pub(super) fn output(line: Option<String>, blanks: Vec<Blank>) -> Self {
        Word { within: blanks, ..Word::of(Piece::Output(line)) }
    }

    /// `file://NAME`, which the AWS CLI reads.
    pub fn file(name: impl Into<Word>) -> Self {
        Word { is_file: true, ..Word::from("file://").then(name) }
    }

    /// A JSON document; `blanks` are what the reader fills in, as far as it is there.
    pub fn json(document: &impl Serialize, blanks: &[Blank]) -> Self {
        match serde_json::to_string(document) {
            Ok(text) => {
                let within = blanks.iter().filter(|blank| text.contains(blank.name())).copied().collect();
                Word { within, ..Word::from(text) }
            }
            Err(_) => Word { is_unsafe: true, ..Word::default() },
        }
    }

    /// Text in which the name of `blank` stands for it: a host that was made without knowing the Region.
    pub fn around(text: &str, blank: Blank) -> Self {
        let parts = text.split(blank.name()).enumerate();
        parts.fold(
            Word::default(),
            |all, (index, part)| {
                if index == 0 { all.then(part) } else { all.then(blank).then(part) }
            },
        )
    }

    /// `KEY=VALUE` in the AWS CLI's shorthand.
    pub fn field(key: &'static str, value: impl Into<Word>) -> Self {
        Word::from(key).then("=").then(value.into().in_shorthand())
    }

    /// The same argument going on with `more`.
    pub fn then(mut self, more: impl Into<Word>) -> Self {
        let more = more.into();
        self.is_unsafe |= more.is_unsafe;
        self.within.extend(more.within);
        self.pieces.extend(more.pieces);
        self
    }

    /// Words of the source.
    pub(super) fn fixed(words: &'static str) -> Self {
        Word::of(Piece::Text(words.into()))
    }

    fn of(piece: Piece) -> Self {
        Word { pieces: vec![piece], ..Word::default() }
    }

    /// As one value of the shorthand syntax: without the signs that end or quote one there.
    pub(super) fn in_shorthand(mut self) -> Self {
        let ends = |it: char| it.is_whitespace() || "=,[]{}'\"\\".contains(it);
        self.is_unsafe |= self.texts().any(|text| text.contains(ends)) || self.text_first().starts_with('@');
        self
    }

    /// Whether a program would take it for an option.
    pub(super) fn begins_with_dash(&self) -> bool {
        self.text_first().starts_with('-')
    }

    /// Whether the AWS CLI would take it for the name of something to read.
    pub(super) fn is_url(&self) -> bool {
        let schemes = ["file://", "fileb://", "http://", "https://"];
        !self.is_file && schemes.iter().any(|scheme| self.text_first().starts_with(scheme))
    }

    /// What is left for the reader to fill in, in order.
    pub(super) fn blanks(&self) -> Vec<Blank> {
        let of_pieces = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Blank(blank) => Some(*blank),
            _ => None,
        });
        of_pieces.chain(self.within.iter().copied()).collect()
    }

    /// Whether it is these words and nothing else.
    pub(super) fn is(&self, words: &str) -> bool {
        matches!(self.pieces.as_slice(), [Piece::Text(text)] if text == words)
    }

    /// Adds it to a line, as a POSIX shell reads it back to one word; `None` for what cannot be shown.
    pub(super) fn write(&self, line: &mut String, quoting: Quoting) -> Option<()> {
        if self.is_unsafe {
            return None;
        }
        // Most are no more than that.
        if let [Piece::Text(text)] = self.pieces.as_slice()
            && !text.is_empty()
            && is_plain(text)
        {
            line.push_str(text);
            return Some(());
        }
        if self.texts().any(|text| text.contains(is_hidden)) {
            return None;
        }
        let begin = line.len();
        // What is not in the shell yet: text with its blanks is quoted as one.
        let mut text = String::new();
        for piece in &self.pieces {
            let verbatim = match piece {
                Piece::Text(more) => {
                    text.push_str(more);
                    continue;
                }
                Piece::Blank(blank) => {
                    text.push_str(blank.name());
                    continue;
                }
                Piece::Output(_) if quoting == Quoting::None => return None,
                // What is plain is so within double quotes too.
                Piece::Output(line) if is_plain(&text) => {
                    &format!("\"{}$({})\"", std::mem::take(&mut text), line.as_deref()?)
                }
                Piece::Output(line) => &format!("\"$({})\"", line.as_deref()?),
            };
            line.push_str(&quoted(&std::mem::take(&mut text), quoting)?);
            line.push_str(verbatim);
        }
        line.push_str(&quoted(&text, quoting)?);
        match (line.len() > begin, quoting) {
            (true, _) => {}
            (false, Quoting::Any) => line.push_str("''"),
            (false, Quoting::None) => return None,
        }
        Some(())
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(&**text),
            _ => None,
        })
    }

    /// How it begins; nothing where that is not text.
    fn text_first(&self) -> &str {
        match self.pieces.iter().find(|piece| !matches!(piece, Piece::Text(text) if text.is_empty())) {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }
}

/// Part of a word, so that it stands for itself.
fn quoted(text: &str, quoting: Quoting) -> Option<Cow<'_, str>> {
    match quoting {
        _ if is_plain(text) => Some(Cow::Borrowed(text)),
        Quoting::Any => shlex::try_quote(text).ok(),
        Quoting::None => None,
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Word::from(text.to_owned())
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Word::of(Piece::Text(text.into()))
    }
}

impl From<Blank> for Word {
    fn from(blank: Blank) -> Self {
        Word::of(Piece::Blank(blank))
    }
}

/// Whether every shell takes it as it stands, within a word and at its start: the characters that Python's `shlex`
/// leaves alone. The library quotes `=`, `,` and `%` too, which would put quotes around half of all arguments.
fn is_plain(text: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    // zsh puts the path of a program in place of `=NAME`.
    text.bytes().all(is_safe) && !text.starts_with('=')
}
