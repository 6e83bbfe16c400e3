//! Shell commands as fixes print them: built of words, so that no text from outside is ever run.
//!
//! Operators, programs and names of options come from `&'static str`, which only the source can hold. All the rest is
//! a [`Word`], printed as one argument whatever is in it. A command of which that cannot be said has no text.

mod aws;
mod blank;
mod script;
mod word;

pub use aws::Values;
pub use blank::Blank;
pub use script::{Filled, Script};
pub use word::Word;

use word::Quoting;

/// How a command follows the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Pipe,
    And,
    Then,
}

impl Link {
    fn shell(self) -> &'static str {
        match self {
            Link::Pipe => " | ",
            Link::And => " && ",
            Link::Then => "; ",
        }
    }
}

/// One program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Call {
    /// The program first.
    words: Vec<Word>,
    /// Whether stdin is empty: `</dev/null`.
    without_input: bool,
    /// Whether some value cannot be an argument here and nothing else.
    is_unsafe: bool,
}

/// One line for a shell: a program with its arguments, or several that feed or follow each other.
///
/// The methods that add arguments add them to the last program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    before: Vec<(Call, Link)>,
    last: Call,
}

impl Command {
    /// A program and its first arguments: `docker buildx imagetools inspect`.
    pub fn of(words: &'static str) -> Self {
        Command { before: Vec::new(), last: Call::default() }.words(words)
    }

    /// Arguments that are the same whatever was seen, with blanks between them: `--protocol tcp --port 443`.
    pub fn words(mut self, words: &'static str) -> Self {
        self.last.words.extend(words.split_ascii_whitespace().map(Word::fixed));
        self
    }

    /// One argument that is the same whatever was seen and has blanks or signs of the shell's in it.
    pub fn word(self, word: &'static str) -> Self {
        self.push(Word::fixed(word))
    }

    /// An option and its value. A value that begins with a dash is joined to it, so that it is no option itself.
    pub fn option(mut self, name: &'static str, value: impl Into<Word>) -> Self {
        let value = value.into();
        self.last.is_unsafe |= self.reads_files() && value.is_url();
        match (value.begins_with_dash(), name.starts_with("--")) {
            (false, _) => self.push(Word::fixed(name)).push(value),
            (true, true) => self.push(Word::fixed(name).then("=").then(value)),
            // Where `-t-x` is read in one way by this program and in another by that.
            (true, false) => self.unsafe_here(),
        }
    }

    /// An option that takes several values, each an argument.
    pub fn options<W: Into<Word>>(mut self, name: &'static str, values: impl IntoIterator<Item = W>) -> Self {
        self = self.push(Word::fixed(name));
        for value in values {
            let value = value.into();
            self.last.is_unsafe |= value.begins_with_dash() || self.reads_files() && value.is_url();
            self = self.push(value);
        }
        self
    }

    /// An argument that is no option, whatever it begins with: all programs that fixes call with one take `--` for
    /// the end of their options.
    pub fn operand(self, word: impl Into<Word>) -> Self {
        let word = word.into();
        let command = if word.begins_with_dash() { self.words("--") } else { self };
        command.push(word)
    }

    /// A variable of the environment, for the last program alone.
    pub fn with(mut self, name: &'static str, value: impl Into<Word>) -> Self {
        self.last.words.insert(0, Word::fixed(name).then("=").then(value));
        self
    }

    /// Nothing to read on stdin.
    pub fn without_input(mut self) -> Self {
        self.last.without_input = true;
        self
    }

    /// The output of this goes into `next`.
    pub fn pipe(self, next: Command) -> Self {
        self.follow(Link::Pipe, next)
    }

    /// `next` runs if this ends well.
    pub fn and(self, next: Command) -> Self {
        self.follow(Link::And, next)
    }

    /// `next` runs after this, however that ends.
    pub fn then(self, next: Command) -> Self {
        self.follow(Link::Then, next)
    }

    /// What it prints, as an argument of another.
    pub fn printed(&self) -> Word {
        Word::output(self.line(Quoting::None), self.blanks())
    }

    /// The line to paste into a shell; `None` where some word cannot be shown, or cannot be kept to its place.
    pub fn shell(&self) -> Option<String> {
        self.line(Quoting::Any)
    }

    /// What the reader fills in, each once, in the order of the line.
    pub fn blanks(&self) -> Vec<Blank> {
        let mut found = Vec::new();
        for blank in self.calls().flat_map(|call| &call.words).flat_map(Word::blanks) {
            if !found.contains(&blank) {
                found.push(blank);
            }
        }
        found
    }

    fn calls(&self) -> impl Iterator<Item = &Call> {
        self.before.iter().map(|(call, _)| call).chain([&self.last])
    }

    fn line(&self, quoting: Quoting) -> Option<String> {
        let mut line = String::new();
        for (call, link) in &self.before {
            call.write(&mut line, quoting)?;
            line.push_str(link.shell());
        }
        self.last.write(&mut line, quoting)?;
        Some(line)
    }

    fn push(mut self, word: Word) -> Self {
        self.last.words.push(word);
        self
    }

    fn unsafe_here(mut self) -> Self {
        self.last.is_unsafe = true;
        self
    }

    fn follow(mut self, link: Link, next: Command) -> Self {
        self.before.push((self.last, link));
        self.before.extend(next.before);
        Command { before: self.before, last: next.last }
    }

    /// Whether the program takes the value `file://NAME` for what the file holds: the AWS CLI does, and its first
    /// version fetches `http://` as well (AWS CLI User Guide, "Loading parameters from a file").
    fn reads_files(&self) -> bool {
        self.last.words.first().is_some_and(|program| program.is("aws"))
    }
}

impl Call {
    /// Adds it to a line; `None` where it cannot be shown.
    fn write(&self, line: &mut String, quoting: Quoting) -> Option<()> {
        if self.is_unsafe {
            return None;
        }
        for (nth, word) in self.words.iter().enumerate() {
            if nth > 0 {
                line.push(' ');
            }
            word.write(line, quoting)?;
        }
        if self.without_input {
            line.push_str(" </dev/null");
        }
        Some(())
    }
}

#[cfg(test)]
#[path = "tests/command.rs"]
mod tests;
