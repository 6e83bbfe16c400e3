//! The corpora beside this file: the README tells what the fields mean and how they are scored.

use std::collections::BTreeSet;

use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, Explanation, Verdict, explain};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Record {
    pub id: String,
    pub text: String,
    pub scope: String,
    pub expect_top: Vec<String>,
    pub expect_any: Vec<String>,
    pub must_not: Vec<String>,
}

pub fn records() -> Vec<Record> {
    parsed(include_str!("stop-reasons.jsonl"))
}

/// Texts that were collected, and answered by hand, before any rule was made for them.
pub fn strangers() -> Vec<Record> {
    parsed(include_str!("strangers.jsonl"))
}

/// Texts that were held back until the vocabulary was there.
pub fn held_back() -> Vec<Record> {
    parsed(include_str!("held-back.jsonl"))
}

/// Texts that were collected once the vocabulary was there, and answered by hand before the program was asked.
pub fn later() -> Vec<Record> {
    parsed(include_str!("later.jsonl"))
}

fn parsed(lines: &str) -> Vec<Record> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

pub fn context() -> Context {
    Context { ranges: Ranges::embedded(), vpc: Vec::new() }
}

/// The codes of an explanation, the likeliest first.
pub fn codes(explanation: &Explanation) -> Vec<&'static str> {
    explanation.diagnoses.iter().map(|finding| finding.code.id()).collect()
}

/// Whether an answer claims what the text does not bear out.
fn is_wrong(record: &Record, explanation: &Explanation) -> bool {
    use ecr_probe::model::Strength;
    explanation.diagnoses.iter().any(|finding| {
        let code = finding.code.id().to_owned();
        let sure = finding.strength > Strength::Possible && !record.expect_any.contains(&code);
        record.must_not.contains(&code) || record.must_not.iter().any(|it| it == "*") && sure
    })
}

#[test]
fn the_corpora_are_answered() {
    let all = [records(), strangers(), held_back(), later()].map(|records| score(&records));
    let sum = |of: fn(&Score) -> usize| all.iter().map(of).sum::<usize>();
    let (top, pulls, wrong, count) = (sum(|it| it.top), sum(|it| it.pulls), sum(|it| it.wrong), sum(|it| it.records));
    println!("{top} of {pulls} first right; {wrong} wrong claims in {count}");
    assert!(top * 100 >= pulls * 97 && wrong * 1000 <= count * 5);
}

/// What became of the records of a corpus.
struct Score {
    records: usize,
    pulls: usize,
    top: usize,
    wrong: usize,
}

/// Asks for at least 95 first answers that are right, 97 right ones anywhere, and at most one wrong
/// claim, in a hundred.
fn score(records: &[Record]) -> Score {
    let context = context();
    let (mut pulls, mut top, mut any, mut wrong) = (0, 0, 0, 0);
    let (mut others, mut cleared) = (0, 0);
    let mut log = String::new();
    for record in records {
        let explanation = explain(&record.text, &context);
        let codes = codes(&explanation);
        let claims = is_wrong(record, &explanation);
        wrong += usize::from(claims);
        let mut fault = if claims { "WRONG " } else { "" }.to_owned();
        if record.scope == "pull" {
            pulls += 1;
            let first = codes.first().is_some_and(|code| record.expect_top.iter().any(|it| it == code));
            let expected: BTreeSet<&str> =
                record.expect_any.iter().chain(&record.expect_top).map(String::as_str).collect();
            let found = codes.iter().any(|code| expected.contains(code));
            top += usize::from(first);
            any += usize::from(found);
            if !first {
                fault.push_str("first ");
            }
            if !found {
                fault.push_str("missed ");
            }
        } else if record.scope == "other-problem" {
            others += 1;
            cleared += usize::from(explanation.verdict == Verdict::NotAPullProblem);
            if explanation.verdict == Verdict::Diagnosed {
                fault.push_str("blamed ");
            }
        }
        if !fault.is_empty() {
            log.push_str(&format!(
                "{} {fault}{codes:?} for {:?} not {:?}: {}\n",
                record.id, record.expect_top, record.must_not, explanation.means
            ));
        }
    }
    println!(
        "{log}{} records, {pulls} of a pull: {top} first right, {any} named; {wrong} wrong claims; {cleared} of {others} others are said to be no pull's",
        records.len()
    );
    assert!(top * 100 >= pulls * 95 && any * 100 >= pulls * 97 && wrong * 100 <= records.len(), "{log}");
    Score { records: records.len(), pulls, top, wrong }
}
