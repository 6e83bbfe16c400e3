//! A command line that cannot be read: what is wrong with it, and which help tells.

use std::error::Error;
use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::code;
use crate::config::{Arguments, shown};

/// `help audit` as `audit --help`, and `version` as `--version`: clap's own `help` takes no option after it.
pub fn usual(mut arguments: Vec<OsString>) -> Vec<OsString> {
    match arguments.get(1).and_then(|it| it.to_str()) {
        Some("help") => {
            arguments.remove(1);
            arguments.truncate(2);
            arguments.push("--help".into());
        }
        Some("version") if arguments.len() == 2 => arguments[1] = "--version".into(),
        _ => {}
    }
    arguments
}

/// In one line, what is wrong with the command line.
pub fn why(error: &clap::Error, arguments: &[OsString]) -> String {
    if let Some(wrong) = wrong_value(error).or_else(|| of_another_program(error)) {
        return wrong;
    }
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let wanted: Vec<&str> = lines.clone().take_while(|line| line.starts_with(['<', '-'])).collect();
    let tip = lines.find_map(|line| line.strip_prefix("tip: ").map(|tip| format!("; {tip}"))).unwrap_or_default();
    let first = if wanted.is_empty() { first } else { format!("{first} {}", wanted.join(" ")) };
    if let Some(instead) = instead(error) {
        return format!("{first}; {instead}");
    }
    format!("{first}{tip} (see {} --help)", command(arguments))
}

/// Of a first word that is no command: which one takes it.
fn instead(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let word = context(error, ContextKind::InvalidSubcommand)?;
    if let Some(code) = code::meant(word) {
        return Some(format!("{code} is a code: ecr-probe explain {code}"));
    }
    // Nobody mistypes a command so.
    let is_message = word.contains([' ', ':']) && !word.contains(".dkr.ecr") || word.starts_with("CannotPull");
    is_message.then(|| "a message is explained by: ecr-probe explain 'MESSAGE'".to_owned())
}

/// The command that the line begins with, or the program.
fn command(arguments: &[OsString]) -> String {
    let name = arguments.get(1).and_then(|it| it.to_str());
    let known = name.filter(|name| Arguments::command().find_subcommand(name).is_some());
    known.map_or_else(|| "ecr-probe".to_owned(), |name| format!("ecr-probe {name}"))
}

/// Options that people know from the AWS CLI and others, and what stands for them here.
fn of_another_program(error: &clap::Error) -> Option<String> {
    const INSTEAD: [(&str, &str); 4] = [
        ("--profile", "name the profile by the variable AWS_PROFILE=NAME"),
        ("--json", "write --output json"),
        ("--format", "write --output FORM"),
        ("-o", "write --output FORM"),
    ];
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let given = context(error, ContextKind::InvalidArg)?;
    let (name, instead) = INSTEAD.iter().find(|(name, _)| *name == given)?;
    Some(format!("there is no option {name}: {instead}"))
}

/// The option, its value and what is wrong with it, in the words for a wrong variable.
fn wrong_value(error: &clap::Error) -> Option<String> {
    let (option, value) = (context(error, ContextKind::InvalidArg)?, context(error, ContextKind::InvalidValue)?);
    let why = error.source()?;
    Some(format!("{} {}: {why}", option.split(' ').next()?, shown(value)))
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_and_version_are_commands_too() {
        let usual = |words: &[&str]| -> Vec<String> {
            usual(words.iter().map(OsString::from).collect())
                .iter()
                .map(|it| it.to_string_lossy().into_owned())
                .collect()
        };
        assert_eq!(usual(&["p", "help"]), ["p", "--help"]);
        assert_eq!(usual(&["p", "help", "audit", "x"]), ["p", "audit", "--help"]);
        assert_eq!(usual(&["p", "version"]), ["p", "--version"]);
        assert_eq!(usual(&["p", "explain", "help"]), ["p", "explain", "help"]);
        assert_eq!(usual(&["p"]), ["p"]);
    }
}
