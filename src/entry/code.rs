//! The page of a code, and what a reader may have meant who wrote another word.

use super::{Exit, Failure, forms, print};
use crate::config::{Output, UsageError, shown};
use crate::diagnose::{Rule, rules};
use crate::model::Code;

/// Where all codes are listed.
const ALL: &str = "docs/codes.md lists all codes";

/// How many are proposed.
const PROPOSED: usize = 6;

/// Prints the page, where the words are a code; `None` where they are something else.
pub fn told(text: &str, output: impl FnOnce() -> Result<Output, UsageError>) -> Option<Result<Exit, Failure>> {
    match rules::of(text) {
        Some(rule) => Some(page(rule, output)),
        None => slip(text).map(|why| Err(UsageError(why).into())),
    }
}

fn page(rule: &Rule, output: impl FnOnce() -> Result<Output, UsageError>) -> Result<Exit, Failure> {
    print(&forms::code(rule, output()?)?)?;
    Ok(Exit::Healthy)
}

/// The code that a word of the command line stands for, however it is written: `SG-01`, `sg01`, `security-group-blocks`.
pub fn meant(word: &str) -> Option<&'static str> {
    let by_number = || rules::of(&written(word)?);
    let by_name = || rules::all().find(|rule| rule.name.eq_ignore_ascii_case(word));
    by_number().or_else(by_name).map(|rule| rule.code.id())
}

/// Why there is no page of what is nearly a code; `None` of all other words.
fn slip(text: &str) -> Option<String> {
    if text.split([' ', ',']).filter(|word| !word.is_empty()).all(|word| rules::of(word).is_some()) {
        let first = text.split([' ', ',']).find_map(rules::of)?;
        return Some(format!("one code at a time: ecr-probe explain {}", first.code));
    }
    if let Some(code) = meant(text) {
        return Some(format!("no code {}: did you mean {code}? ecr-probe explain {code}", shown(text)));
    }
    let code = written(text);
    let family = code.as_deref().and_then(|code| code.split_once('-')).map(|(family, _)| family);
    let of_family = |name: &str| -> Vec<&str> {
        let is_of = |id: &&str| id.split_once('-').is_some_and(|(family, _)| family == name);
        let mut known: Vec<&str> = rules::all().map(|rule| rule.code.id()).filter(is_of).collect();
        known.sort_unstable();
        known
    };
    if let (Some(code), Some(family)) = (&code, family) {
        let known = of_family(family);
        let naming: Vec<&str> = rules::naming(code).map(Code::id).take(PROPOSED).collect();
        if !naming.is_empty() {
            return Some(format!("{code} has no page of its own; it is spoken of in {}", naming.join(", ")));
        }
        if !known.is_empty() {
            return Some(format!("no code {code}; of {family} there are {}", known.join(" ")));
        }
        // The words of other programs have this form, too: `HTTP 404`.
        return is_code(text).then(|| format!("no code {code}; the families are {}; {ALL}", families().join(" ")));
    }
    // The name of a code begins so, and no message has no blank and so many hyphens.
    let is_name = text.len() >= 5 && text.contains('-') && text.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
    let named = rules::all().filter(|rule| is_name && rule.name.starts_with(text.trim_end_matches('-')));
    let named: Vec<String> = named.take(PROPOSED).map(|rule| format!("{} ({})", rule.code, rule.name)).collect();
    (!named.is_empty()).then(|| format!("no code {}: did you mean {}?", shown(text), named.join(", ")))
}

fn families() -> Vec<&'static str> {
    let mut families: Vec<&str> = Vec::new();
    for (family, _) in rules::all().filter_map(|rule| rule.code.id().split_once('-')) {
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

/// `sg1`, `SG_01` and `sg-001` as `SG-01`.
fn written(text: &str) -> Option<String> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (family, rest) = text.split_at_checked(letters)?;
    let number = rest.trim_start_matches(['-', '_', ' ', '–']);
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    let number: u8 = number.parse().ok().filter(|number| is_number && *number < 100)?;
    (1..=6).contains(&family.len()).then(|| format!("{}-{number:02}", family.to_ascii_uppercase()))
}

/// `FAMILY-NN`.
fn is_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(_, number)| number.len() == 2) && written(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_messages() {
        for (text, expected) in [
            ("SG01", "did you mean SG-01? ecr-probe explain SG-01"),
            ("sg-1", "did you mean SG-01?"),
            ("RTE_3", "did you mean RTE-03?"),
            ("SG-01 RTE-03", "one code at a time: ecr-probe explain SG-01"),
            ("log-group-not-found", "did you mean INIT-06?"),
            ("SG-99", "of SG there are SG-01 SG-02"),
            ("XX-99", "the families are "),
            ("XX-99", "docs/codes.md"),
        ] {
            let why = slip(text).unwrap_or_default();
            assert!(why.contains(expected), "{text}: {why}");
            assert!(why.len() < 400, "{text}: {why}");
        }
        let rule = rules::of("SG-01").expect("a code");
        let begin = &rule.name[..rule.name.len() - 3];
        assert!(slip(begin).is_some_and(|why| why.contains("SG-01 (")), "{:?}", slip(begin));
        for message in
            ["HTTP 404", "E0433", "no basic auth credentials", "unexpected-eof", "CannotPullContainerError", "42", ""]
        {
            assert_eq!(slip(message).filter(|_| !message.is_empty()), None, "{message}");
        }
    }
}
