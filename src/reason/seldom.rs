//! Words that few texts have. The standard library knows that they are missing much sooner than it finds where they are:
//! `contains` compares many bytes at once, and `find` prepares a search first.

/// Where the words begin.
pub fn find(text: &str, words: &str) -> Option<usize> {
    if text.contains(words) { text.find(words) } else { None }
}

/// What stands before the first of the words, and behind it.
pub fn split_once<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    if text.contains(words) { text.split_once(words) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_found_as_the_standard_library_finds_them() {
        for (text, words) in [("", "a"), ("b", "a"), ("bab", "a"), ("xaxa", "a"), ("é: a", ": "), ("a", "")] {
            assert_eq!(find(text, words), text.find(words), "{text:?} {words:?}");
            assert_eq!(split_once(text, words), text.split_once(words), "{text:?} {words:?}");
        }
    }
}
