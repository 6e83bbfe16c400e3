//! What a page shows as the message of its fault is explained as that fault.

use std::collections::BTreeSet;

use ecr_probe::diagnose::{Need, Rule, rules};
use ecr_probe::reason::{Context, explain};

use crate::corpus::{codes, context};

/// Pages whose first block is no message of a program, or one that tells neither a host nor a step.
const UNTOLD: [(&str, &str); 1] = [("SG-06", "a time-out in the log of an application")];

/// Pages whose message is that of a more frequent cause, word for word: what tells it apart is not in a text. The page
/// of that cause leads on to it.
const UNLISTED: [&str; 12] = [
    "ACL-03", "ACL-04", "DNS-07", "DNS-14", "IAM-05", "RTE-07", "RTE-09", "RTE-10", "RTE-11", "RTE-15", "RTE-17",
    "RTE-18",
];

/// Pages of what only other programs say, whose message admits a likelier cause.
const NOT_FIRST: [(&str, &str); 2] = [
    ("IAM-07", "the name of the role tells, and whose it is only the task definition knows"),
    ("CFG-04", "a client that nobody logged in says the same of a dual-stack host"),
];

/// Messages further down a page that `explain` does not take for its fault, by their beginnings.
const UNTAKEN: [(&str, &str); 2] = [
    ("IAM-06", "User: arn:aws:sts::123456789012:assumed-role/ecsInfrastructureRole"),
    ("INIT-14", "ResourceInitializationError: failed to validate logger args: create stream has been retried 7"),
];

/// The section of a page under a heading.
fn section<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let (_, after) = page.split_once(&format!("\n## {heading}\n"))?;
    Some(after.split("\n## ").next().unwrap_or(after))
}

/// What lines begin with that somebody types, or has in a policy.
const INPUT: [&str; 14] = [
    "\"Resource\"",
    "apiclient ",
    "aws ",
    "cat ",
    "containerd ",
    "crictl ",
    "curl ",
    "docker ",
    "ecr-probe ",
    "env ",
    "jq ",
    "kubectl ",
    "nc ",
    "ps ",
];

/// The lines of each block under "See it" that are messages and no commands.
fn blocks(rule: &Rule) -> impl Iterator<Item = Vec<&'static str>> {
    let after = section(rule.page, "See it").unwrap_or_default().split("```text\n").skip(1);
    after.map(|rest| {
        let lines = rest.split("\n```").next().unwrap_or_default().lines();
        lines.filter(|line| INPUT.iter().all(|start| !line.starts_with(start))).collect()
    })
}

/// Those of the first block, one variant each.
fn messages(rule: &Rule) -> Option<Vec<&'static str>> {
    blocks(rule).next().filter(|lines| !lines.is_empty())
}

/// The codes that a text names.
fn named(text: &str) -> BTreeSet<&'static str> {
    rules::all().map(|rule| rule.code.id()).filter(|code| text.contains(code)).collect()
}

/// What a page's messages mean.
struct Answers {
    codes: Vec<(&'static str, Vec<&'static str>)>,
    /// The page shows the decisive words alone: they were read as the end of an error of ECS's.
    are_wrapped: bool,
}

fn answers(rule: &Rule, context: &Context) -> Option<Answers> {
    let messages = messages(rule)?;
    let with = |before: &str| -> Vec<_> {
        let explained = |text: &&'static str| (*text, codes(&explain(&format!("{before}{text}"), context)));
        messages.iter().map(explained).collect()
    };
    let alone = with("");
    let are_wrapped = alone.iter().all(|(_, codes)| codes.is_empty());
    Some(Answers { codes: if are_wrapped { with("CannotPullContainerError: ") } else { alone }, are_wrapped })
}

/// What is wrong with the answers to a page's messages.
fn faults(rule: &Rule, Answers { codes: answers, are_wrapped }: &Answers) -> Vec<String> {
    let code = rule.code.id();
    let limits = named(section(rule.page, "Limits").unwrap_or_default());
    let of_page = named(rule.page);
    let mut faults = Vec::new();
    let any = |wanted: &dyn Fn(&'static str) -> bool| answers.iter().any(|(_, it)| it.iter().any(|code| wanted(code)));
    if !any(&|it| it == code || limits.contains(it)) {
        faults.push("neither its code nor one of its limits is named".to_owned());
    }
    if !any(&|it| it == code) && !UNLISTED.contains(&code) {
        faults.push("its code is not named".to_owned());
    }
    for (text, codes) in answers {
        let Some(first) = codes.first().filter(|_| !are_wrapped) else { continue };
        if !of_page.contains(first) {
            faults.push(format!("{first} comes first, of which the page says nothing: {text}"));
        }
        if rule.need == Need::OtherProgram && *first != code && NOT_FIRST.iter().all(|(it, _)| *it != code) {
            faults.push(format!("{first} comes first: {text}"));
        }
    }
    faults
}

#[test]
fn every_message_of_a_page_is_explained() {
    let context = context();
    let (mut count, mut wrong) = (0, Vec::new());
    let is_told = |rule: &&Rule| {
        let code = rule.code.id();
        UNTOLD.iter().all(|(it, _)| *it != code)
    };
    for rule in rules::all().filter(is_told) {
        let Some(answers) = answers(rule, &context) else { continue };
        count += 1;
        wrong.extend(
            faults(rule, &answers).iter().map(|fault| format!("{}: {fault}, {:?}", rule.code.id(), answers.codes)),
        );
    }
    assert!(count > 80, "{count} pages show a message");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a page of words shows further down is named as its fault too, if not always first.
#[test]
fn the_other_messages_of_a_page_are_explained() {
    let context = context();
    let (mut count, mut wrong) = (0, Vec::new());
    let of_words = |rule: &&Rule| rule.need == Need::OtherProgram;
    for rule in rules::all().filter(of_words) {
        let code = rule.code.id();
        for text in blocks(rule).skip(1).flatten() {
            count += 1;
            let codes = codes(&explain(text, &context));
            let is_untaken = UNTAKEN.iter().any(|(of, start)| *of == code && text.starts_with(start));
            if codes.contains(&code) == is_untaken {
                wrong.push(format!("{code}: {codes:?}, excepted: {is_untaken}: {text}"));
            }
        }
    }
    assert!(count > 5, "{count}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_exceptions_are_still_exceptions() {
    let context = context();
    for code in UNLISTED.iter().chain(NOT_FIRST.iter().map(|(code, _)| code)) {
        let rule = rules::of(code).expect("a code");
        let answers = answers(rule, &context).expect("a message");
        assert!(
            answers.codes.iter().all(|(_, it)| it.first() != Some(code)),
            "{code} comes first, and need not be excepted"
        );
    }
}
