//! From the command line to an exit code.

mod asking;
mod audit;
mod batch;
mod check;
mod code;
mod completions;
mod credentials;
mod exit;
mod explain;
mod failure;
mod foreign;
mod forms;
mod guide;
mod health;
mod input;
mod lambda;
mod logging;
mod metrics;
mod misread;
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

use std::ffi::OsString;
use std::fmt::Display;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

pub use self::exit::Exit;
use self::failure::Failure;
use self::process::{lookup, runtime};
use self::terminal::{print, say, style};

use crate::config::options::RUNTIME_API;
use crate::config::{Arguments, Command, UsageError};

/// The whole program. `arguments` begin with the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(broken));
    let given = misread::usual(arguments.into_iter().collect());
    // Lambda starts its `bootstrap` without arguments.
    if let (..=1, Some(address)) = (given.len(), lookup(RUNTIME_API)) {
        return lambda::serve(&address).unwrap_or_else(|error| complain(&error)).into();
    }
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => return misread(&error, &given).into(),
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
fn misread(error: &clap::Error, given: &[OsString]) -> Exit {
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
    complain(&UsageError(misread::why(error, given)))
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
