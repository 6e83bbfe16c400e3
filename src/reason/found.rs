//! What the phrases of a text say, one by one.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::mark::{MARKS, Marked};
use super::phrases::PHRASES;
use super::phrases_elsewhere::ELSEWHERE;
use super::plain::Plain;
use super::sign::{COUNT, Sign};

/// What was found in a text.
#[derive(Debug, Clone)]
pub struct Found {
    /// For each sign, where it stands last in the line.
    last: [Option<usize>; COUNT],
    /// In the order of the text; of each kind the last few.
    pub marks: Vec<Marked>,
}

impl Found {
    /// Where the sign stands last.
    pub fn last(&self, sign: Sign) -> Option<usize> {
        self.last[sign as usize]
    }
}

/// No message holds more numbers than this.
const MOST_MARKS: usize = 64;

/// All that say something, in the order of the automaton's patterns; the marks come after them.
fn phrases() -> impl Iterator<Item = &'static (&'static str, Sign)> {
    PHRASES.iter().chain(ELSEWHERE)
}

/// Every phrase in the text, in one pass. Linear in the text.
pub fn find(plain: &Plain) -> Found {
    static MATCHER: OnceLock<AhoCorasick> = OnceLock::new();
    let matcher = MATCHER.get_or_init(|| {
        let phrases = phrases().map(|(phrase, _)| *phrase).chain(MARKS.iter().map(|(phrase, _)| *phrase));
        let tight = phrases.map(|phrase| Plain::of(phrase).tight);
        AhoCorasickBuilder::new().build(tight).expect("a few kilobytes of phrases make an automaton")
    });
    let mut found = Found { last: [None; COUNT], marks: Vec::new() };
    for matched in matcher.find_overlapping_iter(&plain.tight) {
        let pattern = matched.pattern().as_usize();
        match PHRASES.get(pattern).or_else(|| ELSEWHERE.get(pattern.checked_sub(PHRASES.len())?)) {
            Some((_, sign)) => {
                let last = &mut found.last[*sign as usize];
                *last = (*last).max(Some(plain.origin(matched.start())));
            }
            None => {
                if found.marks.len() == MOST_MARKS {
                    found.marks.remove(0);
                }
                let mark = MARKS[pattern - PHRASES.len() - ELSEWHERE.len()].1;
                found.marks.push(Marked { mark, start: matched.start(), end: matched.end() });
            }
        }
    }
    found
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
        assert_eq!(found.last.iter().flatten().count(), 2);
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
            assert!(seen.insert((Plain::of(phrase).tight, sign)), "{phrase:?} stands twice");
        }
    }
}
