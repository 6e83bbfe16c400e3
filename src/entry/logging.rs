//! Structured logs on stderr: of a watch its changes, of the other commands nothing until asked for.

use std::io::{self, Write};
use std::str::FromStr;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use super::printer::Lines;
use crate::config::options::LOG;
use crate::config::{Lookup, UsageError};

/// Events that wait for a reader of stderr; later ones are lost, since there is nowhere to say so.
const WAITING: usize = 64;

/// `ECR_PROBE_LOG` is a level, or else `default`. Only our own events: the libraries' hold headers and URLs.
/// What is given back is to be waited for at the end.
///
/// # Errors
///
/// A value that is no level.
pub fn start(lookup: Lookup<'_>, default: Option<&str>) -> Result<Option<Lines>, UsageError> {
    let Some(text) = lookup(LOG).or_else(|| default.map(str::to_owned)) else { return Ok(None) };
    let level = Level::from_str(&text)
        .map_err(|_| UsageError(format!("{LOG}={text:?}: take error, warn, info, debug or trace")))?;
    let lines = Lines::start(WAITING, |line| drop(io::stderr().write_all(line)));
    let events = lines.clone();
    let layer = tracing_subscriber::fmt::layer().with_writer(move || Event(events.clone())).with_ansi(false);
    let only_ours = Targets::new().with_target("ecr_probe", level);
    let _ = tracing_subscriber::registry().with(layer.with_filter(only_ours)).try_init();
    Ok(Some(lines))
}

/// Takes one event, which comes in one piece.
struct Event(Lines);

impl Write for Event {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.send(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
