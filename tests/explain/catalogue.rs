//! The fault catalogue's own texts, verbatim, each with the code that is the best single verdict and those that are
//! honest alternatives to it.

use ecr_probe::reason::explain;

use crate::corpus::{codes, context};

/// A text a line; below it `→` and its codes.
fn entries() -> Vec<(&'static str, Vec<&'static str>)> {
    let lines: Vec<&str> = include_str!("catalogue.txt").lines().collect();
    let entry = |pair: &[&'static str]| {
        let [text, codes] = pair else { panic!("{pair:?} is no entry") };
        (*text, codes.trim_start().strip_prefix('→').expect("an arrow").split_whitespace().collect())
    };
    lines.chunks(2).map(entry).collect()
}

#[test]
fn every_text_of_the_catalogue_is_answered() {
    let context = context();
    let entries = entries();
    assert_eq!(entries.len(), 45);
    let mut wrong = Vec::new();
    for (text, listed) in entries {
        let codes = codes(&explain(text, &context));
        let first = codes.first().is_some_and(|code| listed.contains(code));
        if !first || !codes.contains(&listed[0]) {
            wrong.push(format!("{codes:?}, and it is {listed:?}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
