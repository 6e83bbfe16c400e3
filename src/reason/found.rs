//! What the phrases of a text say, one by one.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::LazyLock;

use super::mark::{MARKS, Mark, Marked};
use super::phrases::PHRASES;
use super::phrases_ecr::ECR;
use super::phrases_elsewhere::ELSEWHERE;
use super::phrases_frame::FRAMES;
use super::phrases_way::WAY;
use super::plain::Plain;
use super::said::{Places, Said};
use super::sign::{COUNT, Sign};
use super::vocabulary::{Kind, rows};
use crate::wire::Keywords;

/// What was found in a text.
#[derive(Debug, Clone)]
pub struct Found {
    /// For each sign, where it stands last in the line, counted from one: a table of zeroes is soon made and moved.
    last: [Option<NonZeroU32>; COUNT],
    /// In the order of the text; of each kind the last few.
    pub marks: Vec<Marked>,
    /// The messages of programs, in no order.
    pub said: Vec<Said>,
    /// Where the last phrase or message ends in the tight text.
    pub end: usize,
    /// Where the last phrase stands in the line that says that something failed, counted from one.
    failed: Option<NonZeroU32>,
}

impl Found {
    /// Where the sign stands last.
    pub fn last(&self, sign: Sign) -> Option<usize> {
        place(self.last[sign as usize])
    }

    /// Where in the line the text last says that something failed, and not only what was begun or done.
    pub fn failure(&self, plain: &Plain) -> Option<usize> {
        let said = self.said.iter().filter(|it| it.row.kind < Kind::Symptom).map(|it| plain.origin(it.start));
        place(self.failed).into_iter().chain(said).max()
    }
}

/// A place of which one was added.
fn place(counted: Option<NonZeroU32>) -> Option<usize> {
    counted.map(|it| it.get() as usize - 1)
}

/// The place with one added.
fn counted(place: usize) -> Option<NonZeroU32> {
    u32::try_from(place + 1).ok().and_then(NonZeroU32::new)
}

/// For each sign, whether programs say it of a pull or a login before anything has failed, or after it went well.
const IS_NEUTRAL: [bool; COUNT] = {
    let mut is_neutral = [false; COUNT];
    is_neutral[Sign::Pull as usize] = true;
    is_neutral[Sign::Pulling as usize] = true;
    is_neutral[Sign::Pulled as usize] = true;
    is_neutral[Sign::Trying as usize] = true;
    is_neutral[Sign::LayerProgress as usize] = true;
    is_neutral[Sign::Client as usize] = true;
    is_neutral[Sign::Agent as usize] = true;
    is_neutral[Sign::TokenCall as usize] = true;
    is_neutral[Sign::EcrLogin as usize] = true;
    is_neutral[Sign::LoggedIn as usize] = true;
    is_neutral[Sign::Routine as usize] = true;
    is_neutral
};

/// No message holds more numbers than this.
const MOST_MARKS: usize = 64;

/// All that say something; the marks come after them.
fn phrases() -> impl Iterator<Item = &'static (&'static str, Sign)> {
    PHRASES.iter().chain(WAY).chain(ELSEWHERE).chain(FRAMES).chain(ECR)
}

/// Finds every phrase in one pass, and knows what each pattern means.
struct Matcher {
    keywords: Keywords,
    /// In the order of the automaton's patterns.
    meanings: Vec<Meaning>,
}

#[derive(Clone, Copy)]
enum Meaning {
    Sign(Sign),
    Mark(Mark),
    /// A message of the vocabulary may stand here, by its row.
    Row(u16),
}

impl Matcher {
    fn new() -> Self {
        let marks = MARKS.iter().map(|(phrase, mark)| (*phrase, Meaning::Mark(*mark)));
        let all = phrases().map(|(phrase, sign)| (*phrase, Meaning::Sign(*sign))).chain(marks);
        let all = all.map(|(phrase, meaning)| (Plain::tight(phrase), meaning));
        let messages = (0..).zip(rows()).map(|(at, row)| (row.template.anchor().to_owned(), Meaning::Row(at)));
        let (patterns, meanings): (Vec<_>, Vec<_>) =
            all.chain(messages.filter(|(anchor, _)| !anchor.is_empty())).unzip();
        Matcher { keywords: Keywords::new(patterns), meanings }
    }
}

/// Every phrase in the text, in one pass. Linear in the text.
pub fn find(plain: &Plain) -> Found {
    static MATCHER: LazyLock<Matcher> = LazyLock::new(Matcher::new);
    let mut found = Found { last: [None; COUNT], marks: Vec::new(), said: Vec::new(), end: 0, failed: None };
    let mut places = Places::new();
    let matcher = &*MATCHER;
    matcher.keywords.each(&plain.tight, |nth, Range { start, end }| match matcher.meanings[nth] {
        Meaning::Sign(Sign::CannotPull | Sign::ResourceInit) if is_within_a_name(plain, start) => {}
        Meaning::Sign(Sign::LayerProgress) if !follows_layer(plain, start) => {}
        // A code of gRPC, and not yet what happened.
        Meaning::Sign(Sign::TimedOut) if plain.tight[end..].starts_with("desc=") => {}
        Meaning::Sign(sign) => {
            found.end = found.end.max(end);
            let (at, last) = (counted(plain.origin(start)), &mut found.last[sign as usize]);
            *last = (*last).max(at);
            if !IS_NEUTRAL[sign as usize] {
                found.failed = found.failed.max(at);
            }
        }
        Meaning::Mark(mark) => {
            if found.marks.len() == MOST_MARKS {
                found.marks.remove(0);
            }
            found.marks.push(Marked { mark, start, end });
        }
        Meaning::Row(row) => places.note(row, start),
    });
    found.said = places.said(plain);
    found.end = found.said.iter().map(|it| it.end).fold(found.end, usize::max);
    found
}

/// Whether what is at `at` of the tight text follows a layer's short name: `0258593a9987: Pull complete`.
fn follows_layer(plain: &Plain, at: usize) -> bool {
    const DIGITS: usize = 12;
    let before = plain.tight.as_bytes().get(..at).unwrap_or_default();
    let before = before.strip_suffix(b":").unwrap_or(before);
    let Some((_, name)) = before.split_last_chunk::<DIGITS>() else { return false };
    name.iter().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) && !plain.is_word_before(before.len() - DIGITS)
}

/// Whether the error at `at` of the tight text is a part of a name: services are named after errors, too, as
/// `web-CannotPullContainerErrorService`. A blank that got lost before an error does not make it one.
fn is_within_a_name(plain: &Plain, at: usize) -> bool {
    let (before, error) = plain.line.split_at_checked(plain.origin(at)).unwrap_or_default();
    let is_of_name = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    let word = error.split(|it| !is_of_name(it)).next().unwrap_or_default();
    before.ends_with(is_of_name) && !word.ends_with("Error")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn phrases_are_found_however_they_are_wrapped() {
        let plain = Plain::of("Error: no basic\n auth   credentials; then “tls: handshake\nfailure”");
        let found = find(&plain);
        assert_eq!(found.last(Sign::NoBasicAuth), Some("Error: ".len()));
        assert!(found.last(Sign::NoCommonTls).is_some());
        // The first is a registry client's own phrase, besides.
        assert_eq!(found.last.iter().flatten().count(), 3);
    }

    #[test]
    fn no_phrase_is_found_where_two_words_meet() {
        for text in ["ResourceNotFoundException", "image not found", "file not found", "service timed out"] {
            assert_eq!(find(&Plain::of(text)).last(Sign::NoSuchHost), None, "{text}");
        }
    }

    #[test]
    fn each_phrase_stands_once() {
        let mut seen = HashSet::new();
        for (phrase, sign) in phrases() {
            assert!(seen.insert((Plain::tight(phrase), sign)), "{phrase:?} stands twice");
        }
    }
}
