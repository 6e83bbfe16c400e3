//! Words that stand in a text by themselves.

/// The forms of the word for a pull.
pub const PULLS: [&str; 4] = ["pull", "pulls", "pulling", "pulled"];

/// Whether one of the words stands in the line by itself, in any case, and not in a path or a name: `./docker-compose`.
pub fn has(line: &str, words: &[&str]) -> bool {
    let mut said = line.split(' ').map(|word| word.trim_matches(|it: char| it.is_ascii_punctuation()));
    said.any(|word| words.iter().any(|it| it.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_no_word() {
        for (line, is) in [
            ("it was \"Pulled\".", true),
            ("a pull, then", true),
            ("ErrImagePull", false),
            ("pull-secret", false),
            ("/opt/pull", false),
        ] {
            assert_eq!(has(line, &PULLS), is, "{line}");
        }
    }
}
