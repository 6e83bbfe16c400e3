//! Many words, found in one pass over a text.

use std::ops::Range;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;

/// An automaton that finds words wherever they stand, also within and across each other. Linear in the text.
#[derive(Debug)]
pub struct Keywords(NFA);

impl Keywords {
    /// The words as they are written. None may be empty.
    pub fn new(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Keywords(NFA::new(words).expect(FITS))
    }

    /// The words in capitals and small letters of ASCII alike.
    pub fn in_any_case(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Keywords(NFA::builder().ascii_case_insensitive(true).build(words).expect(FITS))
    }

    /// Hands out each word that stands in the text, by its number, with its place, in the order of their ends.
    ///
    /// The automaton is asked byte by byte: the crate's own search begins anew after each match, and there are many.
    pub fn each(&self, text: &str, mut found: impl FnMut(usize, Range<usize>)) {
        let Keywords(nfa) = self;
        let Ok(mut state) = nfa.start_state(Anchored::No) else { return };
        for (byte, end) in text.bytes().zip(1..) {
            state = nfa.next_state(Anchored::No, state, byte);
            if !nfa.is_match(state) {
                continue;
            }
            for nth in 0..nfa.match_len(state) {
                let word = nfa.match_pattern(state, nth);
                found(word.as_usize(), end - nfa.pattern_len(word)..end);
            }
        }
    }

    /// Whether any of the words stands in the text.
    pub fn are_in(&self, text: &str) -> bool {
        let Keywords(nfa) = self;
        let Ok(mut state) = nfa.start_state(Anchored::No) else { return false };
        text.bytes().any(|byte| {
            state = nfa.next_state(Anchored::No, state, byte);
            nfa.is_match(state)
        })
    }
}

const FITS: &str = "a few kilobytes of words make an automaton";

#[cfg(test)]
mod tests {
    use super::*;

    fn found(keywords: &Keywords, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        keywords.each(text, |word, place| found.push((word, place)));
        found
    }

    #[test]
    fn words_are_found_within_and_across_each_other() {
        let keywords = Keywords::new(["bcd", "abc", "c", "x"]);
        let mut all = found(&keywords, "abcd");
        all.sort_by_key(|(word, place)| (place.end, *word));
        assert_eq!(all, [(1, 0..3), (2, 2..3), (0, 1..4)]);
        assert!(keywords.are_in("zzx") && !keywords.are_in("") && !keywords.are_in("X"));
        assert_eq!(found(&Keywords::new([""; 0]), "a"), []);
    }

    #[test]
    fn case_counts_where_it_is_meant_to() {
        let keywords = Keywords::in_any_case(["Token"]);
        assert_eq!(found(&keywords, "é tOKEN"), [(0, 3..8)]);
        assert!(keywords.are_in("a token") && !keywords.are_in("tok en"));
    }
}
