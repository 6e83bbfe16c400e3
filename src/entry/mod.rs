//! From the command line to an exit code.

mod check;
mod explain;
mod health;
mod input;
mod logging;
mod metrics;
mod offline;
mod printer;
mod progress;
mod signals;
pub mod stopped;
mod watch;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::config::{Arguments, Command, UsageError};
use crate::model::{Report, Verdict};
use crate::render::Style;

/// The exit codes, which are part of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Healthy = 0,
    /// A fault was diagnosed.
    Diagnosed = 1,
    /// Bad usage or settings, or the probe itself broke.
    Usage = 2,
    /// Something failed that nothing explains, or nothing could be tested.
    Inconclusive = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    fn of(report: &Report, fail_on_degraded: bool) -> Self {
        match report.verdict {
            Verdict::Healthy => Exit::Healthy,
            Verdict::Degraded if fail_on_degraded => Exit::Diagnosed,
            Verdict::Degraded => Exit::Healthy,
            Verdict::Unhealthy => Exit::Diagnosed,
            Verdict::Inconclusive => Exit::Inconclusive,
        }
    }
}

/// The whole program. `arguments` begin with the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(broken));
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
        Command::Explain(explain) => explain::explain(&explain),
        Command::Watch(watch) => watch::watch(&watch),
        Command::Health(health) => Ok(health::health(&health)),
        Command::Judge(judge) => offline::judge(&judge),
        Command::Plan(plan) => offline::plan(&plan),
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

/// An environment variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the look-up that settings are made from")]
fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
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
        return complain(&UsageError("no command: try ecr-probe check IMAGE, or ecr-probe --help".to_owned()));
    }
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let wanted: Vec<&str> = lines.clone().take_while(|line| line.starts_with(['<', '-'])).collect();
    let tip = lines.find_map(|line| line.strip_prefix("tip: ").map(|tip| format!("; {tip}"))).unwrap_or_default();
    let first = if wanted.is_empty() { first } else { format!("{first} {}", wanted.join(" ")) };
    complain(&UsageError(format!("{first}{tip} (see ecr-probe --help)")))
}

/// One line on stderr, whatever the value in it.
fn complain(error: &UsageError) -> Exit {
    const LONGEST: usize = 400;
    let mut line: String = error.0.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    if error.0.chars().count() > LONGEST {
        line.push('…');
    }
    say(&line);
    Exit::Usage
}

/// A line on stderr; `eprintln` panics where stderr is a pipe that nobody reads.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "ecr-probe: {line}");
}

/// One thread runs everything.
fn runtime() -> Result<tokio::runtime::Runtime, UsageError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| UsageError(format!("no runtime: {error}")))
}

/// Writes to stdout. A reader that has gone away is no error of ours.
fn print(text: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), UsageError> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(UsageError(format!("stdout cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Colour on a terminal, unless `NO_COLOR` is set (no-color.org).
fn style() -> Style {
    if std::io::stdout().is_terminal() && lookup("NO_COLOR").is_none() { Style::Colour } else { Style::Plain }
}
