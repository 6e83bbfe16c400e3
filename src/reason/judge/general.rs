//! Words that say what kind of failure it was, whichever program prints them: what is left of a reason that no phrase and
//! no message accounts for. They make causes possible, and claim none.

use std::ops::Range;
use std::sync::LazyLock;

use super::answer::{Answer, Kind};
use super::words::is_open;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;
use crate::wire::Keywords;

/// Words, and the causes that they leave open, the likeliest first: one family a line, `CODE CODE<tab>words, words`.
const FAMILIES: &str = include_str!("general.tsv");

/// The words of all families, and of each the codes.
struct General {
    keywords: Keywords,
    words: Vec<(&'static str, &'static str)>,
}

/// They are looked for where nothing else is known: most texts never need them.
static GENERAL: LazyLock<General> = LazyLock::new(|| {
    let words: Vec<_> = families().collect();
    General { keywords: Keywords::in_any_case(words.iter().map(|(word, _)| word)), words }
});

/// Each of the words, with the codes of its family.
fn families() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = FAMILIES.lines().filter_map(|line| line.split_once('\t'));
    lines.flat_map(|(codes, words)| words.split(", ").map(move |word| (word, codes)))
}

/// An answer that claims no cause, with those that such words leave open: of what a step leaves open those, and else all of
/// theirs. Of several words the last decide: the innermost cause stands last.
pub fn opened(answer: Answer, parsed: &Parsed) -> Answer {
    if answer.kind != Kind::Unrecognised {
        return answer;
    }
    let line = &parsed.plain.line;
    // A daemon and an agent have much else that fails.
    if !is_of_an_image(parsed) {
        return answer;
    }
    let Some((word, codes)) = by_status(line).or_else(|| by_words(line)) else { return answer };
    let codes = || codes.split(' ');
    // That ECS gives no reason is no alternative to one.
    if answer.causes.iter().any(|cause| cause.code != "INIT-09") {
        let are_open = answer.causes.iter().any(|cause| codes().any(|it| it == cause.code));
        return if are_open { answer.without(|code| codes().all(|it| it != code)) } else { answer };
    }
    let is_of_secrets = parsed.plain.tight.contains("secret");
    // What is not found is a secret only where the text has one.
    let is_possible = |code: &&str| is_of_secrets || *code != "INIT-04";
    let mut open = codes().filter(is_possible).filter(|code| is_open(code, parsed)).peekable();
    let answer = if open.peek().is_some() { answer.without_causes() } else { answer };
    let why = format!("\"{word}\" is all that is known of the reason");
    open.fold(answer, |answer, code| answer.possible(code, why.as_str()))
}

/// The last status that a person tells of, and the codes of what its text says: `a 503 error when pulling`, `fails with HTTP 503`.
fn by_status(line: &str) -> Option<(&str, &'static str)> {
    const BEFORE: [&str; 5] = ["http", "status", "code", "error", "getting"];
    const AFTER: [&str; 4] = ["error", "errors", "when", "while"];
    let is_any = |of: &[&str], word: &str| of.iter().any(|it| it.eq_ignore_ascii_case(word));
    let mut words = line.split(|it: char| !it.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    let (mut before, mut last) = ("", None);
    while let Some(word) = words.next() {
        let is_told = is_any(&BEFORE, before) || words.peek().is_some_and(|after| is_any(&AFTER, after));
        last = meaning(word).filter(|_| is_told).map(|of| (word, of)).or(last);
        before = word;
    }
    let (status, of) = last?;
    families().find(|(word, _)| *word == of).map(|(_, codes)| (status, codes))
}

/// What the text of a status says.
fn meaning(status: &str) -> Option<&'static str> {
    Some(match status {
        "401" => "unauthorized",
        "403" => "forbidden",
        "404" => "not found",
        "429" => "too many",
        "500" | "502" | "503" | "504" => "server error",
        _ => return None,
    })
}

/// Whether the text has what only texts about images and secrets have, beside the words of a failure.
fn is_of_an_image(parsed: &Parsed) -> bool {
    const WORDS: [&str; 9] =
        ["secret", "image", "manifest", "registry", "repositor", "pull", "layer", "docker://", "oci://"];
    parsed.has(Sign::EcrLogin) || WORDS.iter().any(|it| parsed.plain.tight.contains(it))
}

/// The words that stand last in the line as whole words, the longest of those that end together, and their codes.
fn by_words(line: &str) -> Option<(&'static str, &'static str)> {
    let is_whole = |found: &Range<usize>| {
        let (before, words, after) =
            (&line.as_bytes()[..found.start], &line.as_bytes()[found.clone()], &line.as_bytes()[found.end..]);
        let begins_before = match before {
            // A part of a name: `ip-10-0-1-5.ec2.internal error`.
            [.., letter, b'.' | b'-'] | [.., letter] => letter.is_ascii_alphanumeric(),
            [] => false,
        };
        let goes_on = [words.last(), after.first()].iter().all(|it| it.is_some_and(u8::is_ascii_alphanumeric));
        !begins_before && !goes_on && !is_of_reference(line, found)
    };
    let mut last = None;
    GENERAL.keywords.each(line, |nth, found| {
        if is_whole(&found) {
            last = last.max(Some((found.end, found.len(), nth)));
        }
    });
    let (_, _, nth) = last?;
    GENERAL.words.get(nth).copied()
}

/// So many bytes around the words are looked at.
const AROUND: usize = 256;

/// Whether words are a part of the name of an image, or of a path: `registry.example.com/team/snapshot-manager:1`.
fn is_of_reference(line: &str, found: &Range<usize>) -> bool {
    let ends = |it: char| it == ' ' || matches!(it, '"' | '\'' | ',' | '(' | ')' | '{' | '}' | '[' | ']' | '<' | '>');
    let words = &line[found.clone()];
    let before = &line[line.ceil_char_boundary(found.start.saturating_sub(AROUND))..found.start];
    let after = &line[found.end..line.floor_char_boundary(found.end + AROUND)];
    let before = before.rsplit(ends).next().unwrap_or_default();
    let after = after.split(ends).next().unwrap_or_default();
    !words.contains([' ', '/', '<']) && (before.contains('/') || after.contains('/'))
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
        assert_eq!(pull("greased by quarantined, not found"), ["IMG-02", "IMG-01"]);
        assert_eq!(pull("not found greased by quarantined"), ["IMG-14"]);
        assert_eq!(pull("example.com/team/snapshot-manager:1 is out of grease"), [""; 0]);
        assert_eq!(pull("the greaser is inaccessible"), ["IAM-12"]);
        assert_eq!(pull("the greaser is uninaccessible"), [""; 0]);
        assert_eq!(causes("Getting 403 when pulling images from ghcr.io, and no login helps"), ["IAM-12"]);
        let node = "kubelet, ip-10-0-1-5.ec2.internal  Error: ErrImagePull";
        assert_eq!(
            causes(&format!("Failed to pull image \"ghcr.io/a/b:1\": frobber: greased by quarantined\n{node}")),
            ["IMG-14"]
        );
        // Docker has more than images.
        assert_eq!(causes("Error response from daemon: network prod_default not found"), [""; 0]);
    }
}
