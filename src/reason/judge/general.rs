//! Words that say what kind of failure it was, whichever program prints them: what is left of a reason that no phrase and
//! no message accounts for. They make causes possible, and claim none.

use super::answer::{Answer, Kind};
use super::words::is_open;
use crate::reason::parsed::Parsed;

/// Words, and the causes that they leave open, the likeliest first: one family a line, `CODE CODE<tab>words, words`.
const FAMILIES: &str = include_str!("../vocabulary/general.tsv");

/// Each of the words, with the codes of its family.
fn families() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = FAMILIES.lines().filter_map(|line| line.split_once('\t'));
    lines.flat_map(|(codes, words)| words.split(", ").map(move |word| (word, codes)))
}

/// What only texts about images have, beside the words of a failure.
const OF_IMAGES: [&str; 9] =
    ["secret", "image", "manifest", "registry", "repositor", "pull", "layer", "docker://", "oci://"];

/// An answer that claims no cause, with those that such words leave open: of what a step leaves open those, and else all of
/// theirs. Of several words the last decide: the innermost cause stands last.
pub fn opened(answer: Answer, parsed: &Parsed) -> Answer {
    if answer.kind != Kind::Unrecognised {
        return answer;
    }
    let line = parsed.plain.line.to_ascii_lowercase();
    // A daemon and an agent have much else that fails.
    if !OF_IMAGES.iter().any(|it| line.contains(it)) {
        return answer;
    }
    let by_status = status(&line).and_then(|(status, of)| Some((status, families().find(|(word, _)| *word == of)?.1)));
    let found = || families().filter_map(|(word, codes)| Some((last(&line, word)? + word.len(), word, codes)));
    let by_words = || found().max_by_key(|(end, word, _)| (*end, word.len())).map(|(_, word, codes)| (word, codes));
    let Some((word, codes)) = by_status.or_else(by_words) else { return answer };
    let codes = || codes.split(' ');
    // That ECS gives no reason is no alternative to one.
    if answer.causes.iter().any(|cause| cause.code != "INIT-09") {
        let are_open = answer.causes.iter().any(|cause| codes().any(|it| it == cause.code));
        return if are_open { answer.without(|code| codes().all(|it| it != code)) } else { answer };
    }
    let mut open = codes().filter(|code| is_open(code, parsed)).peekable();
    let answer = if open.peek().is_some() { answer.without_causes() } else { answer };
    let why = format!("\"{word}\" is all that is known of the reason");
    open.fold(answer, |answer, code| answer.possible(code, why.as_str()))
}

/// A status that a person tells of, and what its own text would say: `a 503 error when pulling`, `fails with HTTP 503`.
fn status(line: &str) -> Option<(&str, &'static str)> {
    const BEFORE: [&str; 6] = ["http", "status", "code", "error", "getting", "a"];
    const AFTER: [&str; 4] = ["error", "errors", "when", "while"];
    let words: Vec<&str> = line.split(|it: char| !it.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(3).rev().find_map(|words| {
        let [before, status, after] = words else { return None };
        let is_told = BEFORE.contains(before) && (AFTER.contains(after) || *before != "a");
        let of = match status.parse::<u16>().ok().filter(|_| is_told && status.len() == 3)? {
            401 => "unauthorized",
            403 => "forbidden",
            404 => "not found",
            429 => "too many",
            500..=504 => "server error",
            _ => return None,
        };
        Some((*status, of))
    })
}

/// Where the words stand last as whole words.
fn last(line: &str, word: &str) -> Option<usize> {
    let is_of_word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    let is_whole = |at: &usize| {
        let (before, after) = (line[..*at].chars().next_back(), line[*at + word.len()..].chars().next());
        !is_of_word(before) && !(is_of_word(after) && word.ends_with(|it: char| it.is_ascii_alphanumeric()))
    };
    line.rmatch_indices(word).map(|(at, _)| at).find(is_whole)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::diagnose::rules;
    use crate::ranges::Ranges;
    use crate::reason::judge::judge;

    #[test]
    fn the_table_has_its_form() {
        let mut seen = HashSet::new();
        for (word, codes) in families() {
            assert!(seen.insert(word), "{word:?} stands twice");
            assert_eq!(word, word.to_lowercase());
            for code in codes.split(' ') {
                assert!(rules::of(code).is_some(), "{word:?}: {code:?}");
            }
        }
        assert!(seen.len() > 100);
    }

    #[test]
    fn words_open_causes_and_claim_none() {
        let causes = |text: &str| {
            let answer = judge(&Parsed::read(text, &Ranges::embedded(), &[]));
            assert_eq!(answer.kind, Kind::Unrecognised, "{text}: {:?}", answer.causes);
            answer.causes.into_iter().map(|cause| cause.code).collect::<Vec<_>>()
        };
        let pull = |reason: &str| causes(&format!("Failed to pull image \"ghcr.io/a/b:1\": frobber: {reason}"));
        assert_eq!(pull("the frobs are out of grease"), [""; 0]);
        assert_eq!(
            pull("this tag could not be greased, since it was frobbed and has been deleted"),
            ["IMG-02", "IMG-01"]
        );
        assert_eq!(pull("greased by policy, not found"), ["IMG-02", "IMG-01"]);
        assert_eq!(pull("not found greased by policy"), ["IMG-14"]);
        assert_eq!(pull("the greaser is inaccessible"), ["IAM-12"]);
        assert_eq!(pull("the greaser is uninaccessible"), [""; 0]);
        assert_eq!(causes("Getting 403 when pulling images from ghcr.io, and no login helps"), ["IAM-12"]);
        // Docker has more than images.
        assert_eq!(causes("Error response from daemon: network prod_default not found"), [""; 0]);
    }
}
