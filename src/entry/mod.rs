//! From the command line to an exit code.

mod asking;
mod audit;
mod check;
mod completions;
mod credentials;
mod exit;
mod explain;
mod failure;
mod forms;
mod guide;
mod health;
mod input;
mod lambda;
mod logging;
mod metrics;
mod offline;
mod printer;
mod process;
mod progress;
mod services;
mod signals;
pub mod stopped;
mod sweep;
mod terminal;
mod watch;

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Display;
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

pub use self::exit::Exit;
use self::failure::Failure;
use self::process::{lookup, runtime};
use self::terminal::{print, say, style};

use crate::config::options::RUNTIME_API;
use crate::config::{Arguments, Command, UsageError, shown};

/// The whole program. `arguments` begin with the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(broken));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Lambda starts its `bootstrap` without arguments.
    if let (..=1, Some(address)) = (arguments.len(), lookup(RUNTIME_API)) {
        return lambda::serve(&address).unwrap_or_else(|error| complain(&error)).into();
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return misread(&error).into(),
    };
    let log = match arguments.command {
        // Says nothing but its one line, whatever the watch beside it is to log.
        Command::Health(_) => Ok(None),
        Command::Watch(_) => logging::start(&lookup, Some("info")),
        _ => logging::start(&lookup, None),
    };
    let log = match log {
        Ok(log) => log,
        Err(error) => return complain(&error).into(),
    };
    let done = match arguments.command {
        Command::Check(check) => check::check(&check),
        Command::Audit(audit) => audit::audit(&audit),
        Command::Sweep(sweep) => sweep::sweep(&sweep),
        Command::Explain(explain) => explain::explain(&explain),
        Command::Watch(watch) => watch::watch(&watch),
        Command::Health(health) => Ok(health::health(&health)),
        Command::Judge(judge) => offline::judge(&judge),
        Command::Plan(plan) => offline::plan(&plan),
        Command::Completions(completions) => completions::completions(&completions),
    };
    if let Some(log) = log {
        log.finish();
    }
    done.unwrap_or_else(|error| complain(&error)).into()
}

/// The probe itself broke: that has an exit code of its own, and no backtrace for the user.
#[expect(clippy::disallowed_methods, reason = "a panic cannot return an exit code")]
fn broken(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    say(&format!("internal error at {place}; please report it"));
    std::process::exit(i32::from(Exit::Usage as u8));
}

/// Help and version go to stdout; what is wrong goes to stderr in one line.
fn misread(error: &clap::Error) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match print(&error.to_string()) {
            Ok(()) => Exit::Healthy,
            Err(error) => complain(&error),
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        say(guide::GUIDE);
        return Exit::Usage;
    }
    if let Some(wrong) = wrong_value(error).or_else(|| of_another_program(error)) {
        return complain(&UsageError(wrong));
    }
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let wanted: Vec<&str> = lines.clone().take_while(|line| line.starts_with(['<', '-'])).collect();
    let tip = lines.find_map(|line| line.strip_prefix("tip: ").map(|tip| format!("; {tip}"))).unwrap_or_default();
    let first = if wanted.is_empty() { first } else { format!("{first} {}", wanted.join(" ")) };
    complain(&UsageError(format!("{first}{tip} (see ecr-probe --help)")))
}

/// The option, its value and what is wrong with it, in the words for a wrong variable.
fn wrong_value(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let (option, value) = (text(ContextKind::InvalidArg)?, text(ContextKind::InvalidValue)?);
    let why = error.source()?;
    Some(format!("{} {}: {why}", option.split(' ').next()?, shown(value)))
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
    let ContextValue::String(given) = error.get(ContextKind::InvalidArg)? else { return None };
    let (name, instead) = INSTEAD.iter().find(|(name, _)| name == given)?;
    Some(format!("there is no option {name}: {instead}"))
}

/// One line on stderr, whatever the value in it.
fn complain(error: &impl Display) -> Exit {
    const LONGEST: usize = 400;
    let text = error.to_string();
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        line.push('…');
    }
    say(&line);
    Exit::Usage
}
