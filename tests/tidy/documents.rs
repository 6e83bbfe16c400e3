//! What the documents say is what the code does.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;

use ecr_probe::diagnose::{Need, rules};

use super::code::root;
use super::imports::RANKS;

/// `docs/codes.md`: every code with its name, who names it, and its page's first sentence.
#[test]
fn the_index_of_codes_is_that_of_the_rules() {
    let mut index = String::from(
        "# Codes\n\n`ecr-probe explain CODE` prints the page of a code. Who names it:\n\n\
         - `check`: a check or a watch whose evidence shows it.\n\
         - *or*: a check, as an alternative to another code that looks the same from inside.\n\
         - `explain`: only the words of another program show it, or settings with which no check begins.\n\n",
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

/// What the README shows first is what the page of that code, which is a test, shows.
#[test]
fn the_sample_in_the_readme_is_a_report() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("there is a README");
    let sample = readme.split("```\n").nth(1).expect("the README begins with a report");
    let report = rules::of("RTE-03").expect("it has a rule").page;
    for line in sample.lines().filter(|line| !line.is_empty() && *line != "…") {
        assert!(report.lines().any(|other| other == line), "not in the report of RTE-03: {line}");
    }
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

/// The options that the help of a command lists.
fn options_of(command: &str) -> Vec<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_ecr-probe")).args([command, "--help"]).output().expect("it starts");
    let help = String::from_utf8(help.stdout).expect("it is text");
    let options: Vec<String> = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-'))
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")))
        .map(|word| word.trim_end_matches(',').to_owned())
        .filter(|option| option != "--help")
        .collect();
    assert!(options.len() > 10, "{options:?}");
    options
}

/// The README's tables of options are those of the help: each row names one option, or several.
#[test]
fn the_readme_lists_every_option() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("there is a README");
    let of_check = options_of("check");
    let of_watch: Vec<String> = options_of("watch").into_iter().filter(|it| !of_check.contains(it)).collect();
    for (command, options, title) in [
        ("check", of_check, "### Options of `check`"),
        ("watch", of_watch, "### Options of `watch`"),
        ("explain", options_of("explain"), "| option of `explain` "),
    ] {
        let (_, section) = readme.split_once(title).expect("there is a table");
        let rows =
            section.lines().skip_while(|row| !row.starts_with("| `--")).take_while(|row| row.starts_with("| `--"));
        let named: Vec<&str> = rows
            .filter_map(|row| row.trim_start_matches("| ").split(" | ").next())
            .flat_map(|cell| cell.split(", "))
            .filter_map(|option| option.trim_start_matches('`').split([' ', '`']).next())
            .collect();
        for option in &options {
            assert!(named.contains(&option.as_str()), "README.md has no row for {option} of {command}");
        }
        for option in named {
            assert!(
                options.iter().any(|it| it == option),
                "README.md has a row for {option}, which {command} does not take"
            );
        }
    }
}

/// A section that names options in a table and below it, and none that the command does not take.
#[test]
fn the_readme_names_every_option_of_sweep() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("there is a README");
    let (_, section) = readme.split_once("### Options of `sweep`").expect("there is a section");
    let (section, _) = section.split_once("\n### ").expect("it ends");
    let (own, other) = section.split_once("`ecr-probe plan").expect("it names the permissions");
    assert!(!other.contains("`--"), "options after the command of plan");
    let named: BTreeSet<&str> =
        own.split("`--").skip(1).filter_map(|rest| rest.split([' ', '`']).next()).map(str::trim).collect();
    let taken = options_of("sweep");
    assert_eq!(named, taken.iter().map(|it| it.trim_start_matches("--")).collect());
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
