//! A text that is asked for many words, of which it has few.

use std::ops::Deref;

/// A text, and which two bytes stand side by side in it: what lacks two of a word lacks the word, and that is soon known.
/// The methods are those of `str`.
#[derive(Debug, Clone)]
pub struct Searched<S = String> {
    text: S,
    pairs: Box<Pairs>,
}

/// For the low six bits of a byte, a bit for those of each that follows it.
type Pairs = [u64; 64];

/// Where a pair of bytes has its bit.
fn place(pair: &[u8; 2]) -> (usize, u64) {
    (usize::from(pair[0] & 63), 1 << (pair[1] & 63))
}

impl<S: Deref<Target = str>> Searched<S> {
    /// Looks the text through once.
    pub fn of(text: S) -> Self {
        let mut pairs = Box::new([0; 64]);
        for pair in text.as_bytes().array_windows() {
            let (first, second) = place(pair);
            pairs[first] |= second;
        }
        Searched { text, pairs }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it may have the words; most that it has not are told from them.
    fn may_have(&self, words: &str) -> bool {
        words.as_bytes().array_windows().all(|pair| {
            let (first, second) = place(pair);
            self.pairs[first] & second != 0
        })
    }

    /// Whether the words stand in it.
    pub fn contains(&self, words: &str) -> bool {
        self.may_have(words) && self.text.contains(words)
    }

    /// Where the words begin first.
    pub fn find(&self, words: &str) -> Option<usize> {
        if self.may_have(words) { self.text.find(words) } else { None }
    }

    /// Where the words begin last.
    pub fn rfind(&self, words: &str) -> Option<usize> {
        if self.may_have(words) { self.text.rfind(words) } else { None }
    }

    /// What stands before the first of the words, and behind it.
    pub fn split_once(&self, words: &str) -> Option<(&str, &str)> {
        if self.may_have(words) { self.text.split_once(words) } else { None }
    }

    /// What stands before the last of the words, and behind it.
    pub fn rsplit_once(&self, words: &str) -> Option<(&str, &str)> {
        if self.may_have(words) { self.text.rsplit_once(words) } else { None }
    }

    /// Wherever the words begin, in order; none within another.
    pub fn match_indices<'s>(&'s self, words: &'s str) -> impl Iterator<Item = (usize, &'s str)> {
        self.may_have(words).then(|| self.text.match_indices(words)).into_iter().flatten()
    }
}

impl<S: Deref<Target = str>> Deref for Searched<S> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_the_standard_library_finds_them() {
        let texts = ["", "a", "ab", "bab", "é: a, é: b", "i/o timeout; i/o timeout", "\u{0}A@"];
        for text in texts {
            let searched = Searched::of(text);
            for words in ["", "a", "b", "ab", "ba", "é: ", ": ", "i/o timeout", "o timeou", "to", "A@", "\u{0}A", "!a"]
            {
                assert_eq!(searched.contains(words), text.contains(words), "{text:?} {words:?}");
                assert_eq!(searched.find(words), text.find(words), "{text:?} {words:?}");
                assert_eq!(searched.rfind(words), text.rfind(words), "{text:?} {words:?}");
                assert_eq!(searched.split_once(words), text.split_once(words), "{text:?} {words:?}");
                assert_eq!(searched.rsplit_once(words), text.rsplit_once(words), "{text:?} {words:?}");
                let all: Vec<_> = searched.match_indices(words).collect();
                assert_eq!(all, text.match_indices(words).collect::<Vec<_>>(), "{text:?} {words:?}");
            }
        }
    }
}
