//! Many words, found in one pass over a text.

use std::ops::Range;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError};

/// An automaton that finds words wherever they stand, also within and across each other. Linear in the text.
#[derive(Debug)]
pub struct Keywords {
    nfa: NFA,
    /// For each byte, whether one of the words begins with it.
    begins: [bool; 256],
}

impl Keywords {
    /// The words as they are written. None may be empty.
    pub fn new(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Keywords::of(NFA::new(words))
    }

    /// The words in capitals and small letters of ASCII alike.
    pub fn in_any_case(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Keywords::of(NFA::builder().ascii_case_insensitive(true).build(words))
    }

    fn of(built: Result<NFA, BuildError>) -> Self {
        let nfa = built.expect("a few kilobytes of words make an automaton");
        let begins = match nfa.start_state(Anchored::No) {
            Ok(start) => std::array::from_fn(|byte| nfa.next_state(Anchored::No, start, byte as u8) != start),
            Err(_) => [false; 256],
        };
        Keywords { nfa, begins }
    }

    /// Hands out each word that stands in the text, by its number, with its place, in the order of their ends.
    ///
    /// The automaton is asked byte by byte: the crate's own search begins anew after each match, and there are many.
    pub fn each(&self, text: &str, mut found: impl FnMut(usize, Range<usize>)) {
        let nfa = &self.nfa;
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
        let Ok(start) = self.nfa.start_state(Anchored::No) else { return false };
        let mut state = start;
        text.bytes().any(|byte| {
            // Most bytes begin none of a few words.
            if state == start && !self.begins[usize::from(byte)] {
                return false;
            }
            state = self.nfa.next_state(Anchored::No, state, byte);
            self.nfa.is_match(state)
        })
    }
}

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
