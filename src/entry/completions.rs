//! `ecr-probe completions`: what a shell sources to complete commands, options and their values.

use std::error::Error;

use clap::builder::{PossibleValuesParser, ValueHint};
use clap::{Arg, Command, CommandFactory};
use clap_complete::{generate, shells};

use super::failure::Failure;
use super::{Exit, print};
use crate::config::{Arguments, CompletionsArguments, ValueError};

/// `ecr-probe completions`
pub fn completions(arguments: &CompletionsArguments) -> Result<Exit, Failure> {
    let mut all = with_values(Arguments::command());
    let name = all.get_name().to_owned();
    let mut script = Vec::new();
    match arguments.shell.as_str() {
        "bash" => generate(shells::Bash, &mut all, name, &mut script),
        "zsh" => generate(shells::Zsh, &mut all, name, &mut script),
        _ => {
            generate(shells::Fish, &mut all, name, &mut script);
            script.extend(fish_arguments(&all).into_bytes());
        }
    }
    // In bash nothing is completed after a command where the program's name has a hyphen, because its states are
    // written in two ways (clap-rs/clap#6421).
    let script = String::from_utf8_lossy(&script).replace("ecr__subcmd__probe", "ecr__probe");
    print(&script)?;
    Ok(Exit::Healthy)
}

/// What stands after a command without an option: fish offers files for it where nobody says otherwise, and
/// `clap_complete` says nothing.
fn fish_arguments(all: &Command) -> String {
    let commands = all.get_subcommands().filter(|it| !it.get_positionals().any(is_file));
    let line = |command: &Command| {
        let values = command.get_positionals().flat_map(Arg::get_possible_values);
        let words: Vec<String> = values.map(|it| it.get_name().to_owned()).collect();
        let words = if words.is_empty() { String::new() } else { format!(" -a \"{}\"", words.join(" ")) };
        let name = command.get_name();
        format!("complete -c ecr-probe -n \"__fish_ecr_probe_using_subcommand {name}\" -f{words}\n")
    };
    commands.map(line).collect()
}

fn is_file(arg: &Arg) -> bool {
    arg.get_value_names().is_some_and(|names| names[0] == "FILE")
}

/// The same commands, in which each option says what it takes: a file, or one of some words.
fn with_values(all: Command) -> Command {
    let names: Vec<String> = all.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let reading = all.clone();
    names.iter().fold(all, |all, name| {
        all.mut_subcommand(name, |it| {
            it.mut_args(|arg| match choices(&reading, name, &arg) {
                Some(words) => arg.value_parser(PossibleValuesParser::new(words)),
                None if is_file(&arg) => arg.value_hint(ValueHint::FilePath),
                None => arg,
            })
        })
    })
}

/// The words that an option takes where it takes no others: the error for a wrong value has them.
fn choices(reading: &Command, command: &str, arg: &Arg) -> Option<Vec<&'static str>> {
    let wrong = format!("--{}=?", arg.get_long().filter(|_| arg.get_action().takes_values())?);
    let error = reading.clone().try_get_matches_from([reading.get_name(), command, &wrong]).err()?;
    error.source()?.downcast_ref::<ValueError>()?.choices()
}
