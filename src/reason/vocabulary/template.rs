//! A message as its program's source has it: words, with blanks to fill in between.

use std::ops::Range;

use memchr::memchr_iter;

use crate::reason::plain::Plain;

/// What varies between two pieces of a message, at most so many bytes of it.
const WIDEST: usize = 400;

/// The same where its words are few: they may stand in a text by chance.
const WIDE: usize = 100;

/// Words of fewer letters are few.
const FEW: usize = 24;

/// The longest number.
const DIGITS: usize = 20;

/// So many bytes of its longest piece announce a message.
const ANCHOR: usize = 12;

/// Words of fewer letters are found as whole words only.
const SHORT: usize = 30;

/// The words of a message, as they stand in a text without blanks, quotes and capitals.
#[derive(Debug)]
pub struct Template {
    pieces: Box<[Piece]>,
    longest: usize,
    letters: usize,
    /// The message begins with its first piece, and ends with its last.
    ends: (bool, bool),
}

#[derive(Debug)]
struct Piece {
    words: Box<str>,
    /// What stands before it is a number.
    after_digits: bool,
    /// A number begins right after it.
    before_digits: bool,
    /// It begins, and ends, with a word that something parts from what varies beside it: `Get "%s"`.
    parted: (bool, bool),
}

impl Piece {
    fn of(words: &str) -> Self {
        let (tight, is_of_word) = (Plain::tight(words), |it: char| it.is_ascii_alphanumeric());
        let parted = (
            tight.starts_with(is_of_word) && !words.starts_with(is_of_word),
            tight.ends_with(is_of_word) && !words.ends_with(is_of_word),
        );
        Piece { words: tight.into(), after_digits: false, before_digits: false, parted }
    }

    /// Where its words stand in a part of a text. The parts are short, and most have none.
    fn places<'t>(&'t self, part: &'t str) -> impl DoubleEndedIterator<Item = usize> + 't {
        let (part, words) = (part.as_bytes(), self.words.as_bytes());
        memchr_iter(words[0], part).filter(move |at| part[*at..].starts_with(words))
    }
}

impl Template {
    /// Takes a message apart: `failed after %d tries: %s` to `failedafter` and `tries:`.
    pub fn of(text: &str) -> Self {
        let (mut pieces, mut words): (Vec<Piece>, _) = (Vec::new(), String::new());
        // The blanks since the last piece: how many, whether the first is a number, whether the last piece is at its end.
        let (mut blanks, mut is_number, mut rest) = (0, false, text);
        let mut begins = true;
        while let Some((character, after)) = first(rest) {
            let Some((length, number)) = blank(rest) else {
                words.push(character);
                rest = after;
                continue;
            };
            let piece = Piece { after_digits: blanks == 1 && is_number, before_digits: number, ..Piece::of(&words) };
            words.clear();
            if piece.words.is_empty() {
                begins &= !pieces.is_empty();
                blanks += 1;
            } else {
                pieces.push(piece);
                (blanks, is_number) = (1, number);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        let last = Piece { after_digits: blanks == 1 && is_number, ..Piece::of(&words) };
        let ends = !last.words.is_empty();
        if ends {
            pieces.push(last);
        }
        let longest = (0..pieces.len()).max_by_key(|at| (pieces[*at].words.len(), usize::MAX - at)).unwrap_or_default();
        let letters = pieces.iter().map(|it| letters(&it.words)).sum();
        Template { pieces: pieces.into(), longest, letters, ends: (begins, ends) }
    }

    /// The bytes by which the message is looked for; empty where it has no words.
    pub fn anchor(&self) -> &str {
        let words = self.pieces.get(self.longest).map_or("", |piece| &*piece.words);
        &words[..words.floor_char_boundary(ANCHOR)]
    }

    /// Whether it begins with words, and not with what varies.
    pub fn begins(&self) -> bool {
        self.ends.0
    }

    /// How many letters and digits its words have.
    pub fn letters(&self) -> usize {
        self.letters
    }

    /// Where the message stands in the tight text, given that its anchor stands at `at`.
    pub fn place(&self, plain: &Plain, at: usize) -> Option<Range<usize>> {
        let text = plain.tight.as_str();
        let middle = self.pieces.get(self.longest)?;
        if !text.get(at..)?.starts_with(&*middle.words) {
            return None;
        }
        let widest = if self.letters() < FEW { WIDE } else { WIDEST };
        let number_follows =
            |piece: &Piece, end: usize| !piece.before_digits || text.as_bytes().get(end).is_none_or(u8::is_ascii_digit);
        let last = self.pieces.len() - 1;
        // The edges of the whole message are looked at where it was found.
        let is_parted = |nth: usize, piece: &Piece, start: usize| {
            let (begins, ends) = if self.letters() < SHORT { piece.parted } else { (false, false) };
            !(nth > 0 && begins && plain.is_word_before(start)
                || nth < last && ends && plain.is_word_after(start + piece.words.len()))
        };
        let (mut start, mut end) = (at, at + middle.words.len());
        if !number_follows(middle, end) || !is_parted(self.longest, middle, at) {
            return None;
        }
        for (nth, (piece, after)) in self.pieces[..self.longest].iter().zip(&self.pieces[1..]).enumerate().rev() {
            let from = text.floor_char_boundary(start.saturating_sub(widest + piece.words.len()));
            let window = text.get(from..start)?;
            let found = piece.places(window).rev().find(|found| is_parted(nth, piece, from + found))?;
            let between = &window[found + piece.words.len()..];
            if after.after_digits && !are_digits(between) || !number_follows(piece, from + found + piece.words.len()) {
                return None;
            }
            start = from + found;
        }
        for (nth, piece) in self.pieces.iter().enumerate().skip(self.longest + 1) {
            let to = text.floor_char_boundary(text.len().min(end + widest + piece.words.len()));
            let window = text.get(end..to)?;
            let found = piece.places(window).find(|found| is_parted(nth, piece, end + found))?;
            if piece.after_digits && !are_digits(&window[..found]) {
                return None;
            }
            end += found + piece.words.len();
            if !number_follows(piece, end) {
                return None;
            }
        }
        Some(start..end)
    }

    /// Whether its first and its last words must be whole ones: short words are parts of others.
    pub fn whole(&self) -> (bool, bool) {
        let is_short = |piece: Option<&Piece>, edge: fn(&str) -> Option<char>| {
            piece.is_some_and(|it| {
                self.letters() < SHORT && edge(&it.words).is_some_and(|it| it.is_ascii_alphanumeric())
            })
        };
        let begins = is_short(self.pieces.first(), |words| words.chars().next());
        let ends = is_short(self.pieces.last(), |words| words.chars().next_back());
        (self.ends.0 && begins, self.ends.1 && ends)
    }
}

fn letters(words: &str) -> usize {
    words.chars().filter(|it| it.is_alphanumeric()).count()
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= DIGITS && text.bytes().all(|it| it.is_ascii_digit())
}

fn first(text: &str) -> Option<(char, &str)> {
    let character = text.chars().next()?;
    Some((character, &text[character.len_utf8()..]))
}

/// How long the blank is that the text begins with, and whether a number goes there: `%s`, `%+v`, `%.1f`, `{actual}`.
fn blank(text: &str) -> Option<(usize, bool)> {
    if let Some(rest) = text.strip_prefix('{') {
        let name = rest.split_once('}')?.0;
        return name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_').then_some((name.len() + 2, false));
    }
    let rest = text.strip_prefix('%')?;
    let flags = rest.find(|it: char| !matches!(it, '+' | '#' | '.' | '0'..='9'))?;
    let verb = rest[flags..].chars().next()?;
    matches!(verb, 's' | 'v' | 'q' | 'd' | 'x' | 'w' | 'T' | 'f').then_some((flags + 2, verb == 'd'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(template: &str, text: &str) -> Option<Range<usize>> {
        let (template, plain) = (Template::of(template), Plain::of(text));
        plain.tight.match_indices(template.anchor()).find_map(|(at, _)| template.place(&plain, at))
    }

    #[test]
    fn a_message_is_found_whatever_fills_its_blanks() {
        let template = "short read: expected %d bytes but got %d: unexpected EOF";
        assert!(place(template, "short read:\n expected 12 bytes but got 7: unexpected EOF").is_some());
        assert!(place(template, "short read: expected many bytes but got 7: unexpected EOF").is_none());
        assert!(place("%s: not found (%v)", "a/b:1: not found (404)").is_some());
        let far = format!("ref {} locked for 1s", "x".repeat(2 * WIDEST));
        assert!(place("ref %s locked for %s", &far).is_none());
        assert_eq!(place("a %s b", "a 1 b 2 b").map(|it| it.end), Some("a1b".len()));
    }

    #[test]
    fn a_word_is_no_part_of_a_longer_one() {
        let template = "Get \"%s\": Service Unavailable";
        assert!(place(template, "Get \"https://x/v2/\": Service Unavailable").is_some());
        assert!(place(template, "when calling the GetAuthorizationToken operation: Service Unavailable").is_none());
        assert!(place("ref %s locked for %s", "xref x locked for 1s").is_some(), "the edges are the finder's");
        assert!(place("a %s was gone", "a x iswas gone").is_none());
        assert!(place("a %s was gone", "a x iswas, and was gone").is_some());
    }

    /// Of every message: what varies takes its place between words, and is no part of one.
    #[test]
    fn no_message_is_found_in_words_that_run_on() {
        let mut count = 0;
        for row in super::super::rows() {
            let Template { pieces, .. } = &row.template;
            let ends = pieces.iter().rev().skip(1).any(|it| it.parted.1);
            if row.template.letters() >= SHORT || !ends && !pieces.iter().skip(1).any(|it| it.parted.0) {
                continue;
            }
            let glued = pieces.iter().map(|it| &*it.words).collect::<Vec<_>>().join("zq");
            let plain = Plain::of(&glued);
            let places = plain.tight.match_indices(row.template.anchor());
            let found = places.filter_map(|(at, _)| row.template.place(&plain, at)).next();
            assert_eq!(found, None, "{glued}");
            count += 1;
        }
        assert!(count > 50, "{count} messages");
    }

    #[test]
    fn blanks_are_told_from_words() {
        let pieces = |text: &str| Template::of(text).pieces.iter().map(|it| it.words.to_string()).collect::<Vec<_>>();
        assert_eq!(pieces("100% of %+v in %.1f s"), ["100%of", "in", "s"]);
        assert_eq!(pieces("{actual} read, <Code>X</Code> {}"), ["read,<code>x</code>"]);
        assert_eq!(Template::of("%s: %s").anchor(), ":");
    }
}
