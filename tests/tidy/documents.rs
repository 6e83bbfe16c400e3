//! What the documents say is what the code does.

use std::fmt::Write;
use std::process::Command;

use ecr_probe::diagnose::{Need, rules};

use super::code::root;
use super::imports::RANKS;

/// `docs/codes.md`: every code with its name, who names it, and its page's first sentence.
#[test]
fn the_index_of_codes_is_that_of_the_rules() {
    let mut index = String::from(
        "# Codes\n\n`ecr-probe explain CODE` prints the page of a code. Which command names it:\n\n\
         - `check`: a check or a watch, by its evidence.\n\
         - *or*: a check, as an alternative to another code that looks the same from inside.\n\
         - `explain`: only the message of another program shows it, or a setting with which no check starts.\n\n",
    );
    index.push_str("| code | name | named by | what it is |\n|---|---|---|---|\n");
    for rule in rules::all() {
        let sentence = rule.page.split("\n\n").nth(1).unwrap_or_default().replace('\n', " ");
        let (code, name) = (rule.code.id(), rule.name);
        let by = match rule.need {
            Need::Configuration => "*or*",
            Need::Start | Need::OtherProgram => "`explain`",
            _ => "`check`",
        };
        writeln!(index, "| [{code}](codes/{code}.md) | {name} | {by} | {sentence} |").expect("a string takes it");
    }
    let path = root().join("docs/codes.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &index).expect("the index can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == index, "docs/codes.md is not up to date: BLESS=1 cargo test --test tidy");
}

/// What the README says of a message is what the binary says of it.
#[test]
fn the_explanation_in_the_readme_is_one() {
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("there is a README");
    let (before, rest) = readme.split_once("```\necr-probe explain '").expect("a message is explained");
    let (message, rest) = rest.split_once("'\n```\n\n```\n").expect("its explanation follows");
    let (sample, after) = rest.split_once("```\n").expect("the block ends");
    let run = Command::new(env!("CARGO_BIN_EXE_ecr-probe")).args(["explain", message]).output().expect("it starts");
    assert_eq!(run.status.code(), Some(0));
    let said = String::from_utf8(run.stdout).expect("it is text");
    if sample != said && std::env::var_os("BLESS").is_some() {
        let blessed = format!("{before}```\necr-probe explain '{message}'\n```\n\n```\n{said}```\n{after}");
        std::fs::write(&path, blessed).expect("the README can be written");
        return;
    }
    assert!(sample == said, "README.md shows another explanation than\n{said}\nBLESS=1 cargo test --test tidy");
}

/// It is read in a minute: three reports, and what to run for whom.
#[test]
fn the_readme_is_short() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("there is a README");
    assert_eq!(readme.matches("```\nerror[").count(), 3, "reports");
    assert!(readme.lines().count() <= 150, "README.md has {} lines", readme.lines().count());
}

/// Sizes and bounds that the documents state are those of the code.
#[test]
fn documents_agree_with_the_code() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap_or_default();
    for command in ["cargo run --example lab", "cargo test --locked"] {
        assert!(readme.contains(command), "README.md does not say `{command}`");
    }
    let changes = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap_or_default();
    for rule in rules::all() {
        assert!(changes.contains(rule.code.id()), "CHANGELOG.md does not speak of {}", rule.code);
    }
    let architecture = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    assert!(architecture.lines().count() <= 150, "ARCHITECTURE.md is longer than 150 lines");
    for module in RANKS.iter().copied().flatten() {
        assert!(architecture.contains(&format!("`src/{module}")), "ARCHITECTURE.md does not speak of {module}");
    }
}
