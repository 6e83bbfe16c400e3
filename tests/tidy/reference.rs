//! The tables of `docs/reference.md` are made from the command line, and its lists from what `plan` prints.
//! `BLESS=1 cargo test --test tidy` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command as Process;

use clap::{Arg, ArgAction, Command, CommandFactory};
use ecr_probe::config::Arguments;
use ecr_probe::entry::Exit;

use super::code::{files, root};

const PATH: &str = "docs/reference.md";

fn reference() -> String {
    std::fs::read_to_string(root().join(PATH)).expect("there is a reference")
}

/// The commands that take all the common options.
const LARGE: [&str; 5] = ["check", "watch", "audit", "sweep", "explain"];

fn command<'c>(all: &'c Command, name: &str) -> &'c Command {
    all.find_subcommand(name).unwrap_or_else(|| panic!("no command {name}"))
}

/// The arguments that say something of their own.
fn arguments(command: &Command) -> Vec<&Arg> {
    command.get_arguments().filter(|it| !it.is_hide_set() && it.get_id() != "help").collect()
}

/// The same option in two commands: its name and its words.
fn is_same(one: &Arg, other: &Arg) -> bool {
    one.get_long() == other.get_long() && words(one) == words(other)
}

fn words(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

fn is_in(arg: &Arg, command: &Command) -> bool {
    arg.get_long().is_some() && arguments(command).into_iter().any(|it| is_same(it, arg))
}

fn is_common(all: &Command, arg: &Arg) -> bool {
    LARGE.iter().all(|name| is_in(arg, command(all, name)))
}

/// What an argument is called: `--output FORM`, `IMAGE…`.
fn name(arg: &Arg) -> String {
    let value = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let choices: Vec<String> = arg.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect();
    let short = arg.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
    match (arg.get_long(), arg.get_action().takes_values()) {
        (None, _) if matches!(arg.get_action(), ArgAction::Append) => format!("{value}…"),
        (None, _) => value,
        (Some(long), false) => format!("{short}--{long}"),
        (Some(long), true) if choices.is_empty() => format!("{short}--{long} {value}"),
        (Some(long), true) => format!("{short}--{long} {}", choices.join("|")),
    }
}

/// `text [KEY: value]` without the bracket, and the value.
fn taken(text: &str, key: &str) -> (String, String) {
    let begin = format!(" [{key}: ");
    match text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(']')?))) {
        Some((before, (value, after))) => (format!("{before}{after}"), value.to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", cell(text)) }
}

fn table<'a>(rows: impl IntoIterator<Item = &'a Arg>) -> String {
    let mut table = String::from("| option | environment | default | |\n|---|---|---|---|\n");
    for arg in rows {
        let (text, default) = taken(&words(arg), "default");
        let (text, variable) = taken(&text, "env");
        let is_value = default.split(' ').count() == 1;
        let default = if arg.is_required_set() && arg.get_long().is_some() {
            "required".to_owned()
        } else if is_value {
            code(&default)
        } else {
            cell(&default)
        };
        writeln!(table, "| {} | {} | {default} | {} |", code(&name(arg)), code(&variable), cell(&text))
            .expect("a string takes it");
    }
    table
}

fn options_of(all: &Command, of: &str) -> String {
    let it = command(all, of);
    let check = command(all, "check");
    let has_all_of_check =
        of != "check" && arguments(check).iter().all(|arg| arg.get_long().is_none() || is_in(arg, it));
    let (own, shared): (Vec<&Arg>, Vec<&Arg>) = arguments(it).into_iter().partition(|arg| {
        !is_common(all, arg) && !(has_all_of_check && (is_in(arg, check) || arg.get_long().is_none()))
    });
    let mut text = table(own);
    if has_all_of_check {
        text.push_str("\nAlso the images and all options of [`check`](#check).\n");
    } else if !shared.is_empty() {
        let names: Vec<String> = shared.iter().filter_map(|arg| Some(format!("`--{}`", arg.get_long()?))).collect();
        writeln!(text, "\nAlso the [common options](#common-options) {}.", names.join(", "))
            .expect("a string takes it");
    }
    text
}

fn printed(arguments: &[&str]) -> String {
    let run =
        Process::new(env!("CARGO_BIN_EXE_ecr-probe")).args(arguments).env_clear().output().expect("the binary starts");
    assert!(run.status.success(), "{arguments:?}");
    format!("```\n{}```\n", String::from_utf8(run.stdout).expect("it is text"))
}

/// Everything between a `begin` and an `end`.
fn block(all: &Command, name: &str) -> String {
    const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1";
    match name {
        "commands" => {
            let mut text = String::from("| command | what it does |\n|---|---|\n");
            for it in all.get_subcommands() {
                let about = it.get_about().map(ToString::to_string).unwrap_or_default();
                writeln!(text, "| `ecr-probe {}` | {} |", it.get_name(), cell(&about)).expect("a string takes it");
            }
            text
        }
        "common options" => table(arguments(command(all, "check")).into_iter().filter(|arg| is_common(all, arg))),
        "plan of a check" => printed(&["plan", IMAGE]),
        "plan of an audit" => printed(&["plan", "--audit"]),
        "plan of a sweep" => printed(&["plan", "--sweep"]).split_once("IAM actions that run").map_or_else(
            || panic!("the plan of a sweep has another form"),
            |(_, own)| format!("```\nIAM actions that run{own}"),
        ),
        other => options_of(all, other.strip_prefix("options of ").expect("a known block")),
    }
}

#[test]
fn the_reference_is_that_of_the_program() {
    let all = Arguments::command();
    let found = reference();
    let mut rest = found.as_str();
    let (mut wanted, mut names) = (String::new(), BTreeSet::new());
    while let Some((before, after)) = rest.split_once("<!-- begin: ") {
        let (name, after) = after.split_once(" -->\n").expect("the comment ends");
        let end = format!("<!-- end: {name} -->\n");
        let (_, after) = after.split_once(&end).unwrap_or_else(|| panic!("{name} has no end"));
        write!(wanted, "{before}<!-- begin: {name} -->\n{}{end}", block(&all, name)).expect("a string takes it");
        names.insert(name.to_owned());
        rest = after;
    }
    wanted.push_str(rest);
    for it in all.get_subcommands() {
        let of = format!("options of {}", it.get_name());
        assert!(names.contains(&of) || arguments(it).iter().all(|arg| arg.get_long().is_none()), "{PATH} has no {of}");
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(root().join(PATH), &wanted).expect("the reference can be written");
    } else {
        assert!(found == wanted, "{PATH} is not up to date: BLESS=1 cargo test --test tidy");
    }
}

/// Every option of a command is a row of its table, or is named below it.
#[test]
fn every_option_is_in_the_reference() {
    let all = Arguments::command();
    for it in all.get_subcommands() {
        let mut text = options_of(&all, it.get_name());
        if text.contains("all options of [`check`]") {
            text += &options_of(&all, "check");
        }
        let named: BTreeSet<&str> = text.split("--").skip(1).filter_map(|rest| rest.split([' ', '`']).next()).collect();
        for long in arguments(it).iter().filter_map(|arg| arg.get_long()) {
            assert!(named.contains(long), "--{long} of {}", it.get_name());
        }
    }
}

/// Names of variables in a text, such as `AWS_REGION`.
fn variables(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .filter(|word| {
            ["ECR_PROBE_", "AWS_", "ECS_CONTAINER_", "SSL_CERT_", "NO_COLOR"].iter().any(|it| word.starts_with(it))
        })
        .filter(|word| !word.ends_with('_'))
        .collect()
}

/// Strings of the source that are names of variables, each alone in its quotes.
#[test]
fn every_variable_is_in_the_reference() {
    let text = reference();
    let (_, section) = text.split_once("\n## Environment\n").expect("there is a section");
    let (section, _) = section.split_once("\n## ").expect("it ends");
    let endpoints: BTreeSet<String> = section
        .lines()
        .find(|row| row.contains("`AWS_ENDPOINT_URL_`"))
        .expect("a row has the endpoints")
        .split('`')
        .map(|word| format!("AWS_ENDPOINT_URL_{word}"))
        .collect();
    let told = variables(section);
    let mut known = BTreeSet::new();
    for (name, source) in files("src") {
        for word in source.split('"').filter(|word| variables(word).contains(word)) {
            assert!(told.contains(word) || endpoints.contains(word), "{PATH} does not speak of {word} ({name})");
            known.insert(word.to_owned());
        }
    }
    // The SDK reads these itself.
    known.extend(["AWS_CONTAINER_CREDENTIALS", "AWS_EC2_METADATA_DISABLED"].map(str::to_owned));
    let unknown: Vec<&&str> = told.iter().filter(|word| !known.contains(**word)).collect();
    assert!(unknown.is_empty(), "{PATH} has variables that nothing reads: {unknown:?}");
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let text = reference();
    let (_, section) = text.split_once("\n## Exit codes\n").expect("there is a section");
    let codes: Vec<u8> = section
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .map_while(|row| row.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    assert_eq!(codes, [Exit::Healthy, Exit::Diagnosed, Exit::Usage, Exit::Inconclusive].map(|it| it as u8));
    let help = Arguments::command().render_help().to_string();
    assert!(help.contains("Exit codes: 0 healthy, 1 a fault was diagnosed, 2 bad usage, 3 inconclusive."), "{help}");
}

/// What an event of a Lambda function may have, as the help lists it.
#[test]
fn the_keys_of_an_event_are_in_the_reference() {
    let help = Arguments::command().render_help().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, keys) = help.split_once("an object with any of ").expect("the help has the keys");
    let (keys, _) = keys.split_once(';').expect("the list ends");
    let text = reference();
    let (_, section) = text.split_once("\n## Lambda function\n").expect("there is a section");
    let (section, _) = section.split_once("\n## ").expect("it ends");
    assert!(keys.split(", ").count() > 10, "{keys}");
    for key in keys.split(", ") {
        assert!(section.contains(&format!("`{key}`")), "{PATH} does not speak of {key}");
    }
}
