//! What programs print that neither pulled an image nor started a task: `explain` names no code for it.

use std::collections::BTreeMap;
use std::fmt::Write;

use ecr_probe::reason::{Verdict, explain};

use crate::corpus::{codes, context};

/// Each text with the heading that it stands under. A line that begins with a tab goes on the text before it.
fn texts() -> Vec<(&'static str, String)> {
    let mut texts: Vec<(&str, String)> = Vec::new();
    let mut heading = "";
    for line in include_str!("not-pulls.txt").lines() {
        if let Some(name) = line.strip_prefix("# ") {
            heading = name;
        } else if let (Some(rest), Some((_, text))) = (line.strip_prefix('\t'), texts.last_mut()) {
            text.push('\n');
            text.push_str(rest);
        } else {
            texts.push((heading, line.to_owned()));
        }
    }
    texts
}

#[test]
fn no_code_is_named_for_what_is_no_pull() {
    let context = context();
    let texts = texts();
    let programs: BTreeMap<&str, usize> = texts.iter().fold(BTreeMap::new(), |mut programs, (heading, _)| {
        *programs.entry(*heading).or_default() += 1;
        programs
    });
    assert!(texts.len() > 400 && programs.len() > 20, "{} texts of {} kinds", texts.len(), programs.len());
    let (mut log, mut claimed, mut proven, mut cleared) = (String::new(), 0, 0, 0);
    for (heading, text) in &texts {
        let explanation = explain(text, &context);
        cleared += usize::from(explanation.verdict == Verdict::NotAPullProblem);
        if explanation.verdict == Verdict::Diagnosed || !explanation.diagnoses.is_empty() {
            claimed += 1;
            let sure = explanation.diagnoses.iter().filter(|it| it.strength == ecr_probe::model::Strength::Proven);
            proven += usize::from(sure.count() > 0);
            writeln!(log, "{heading}: {:?} {:?}: {text}", explanation.verdict, codes(&explanation)).expect("a string");
        }
    }
    println!(
        "{} texts that are no pull: a code for {claimed}, {proven} of them proven; {cleared} are said to be no pull's",
        texts.len()
    );
    assert!(log.is_empty(), "\n{log}");
}
