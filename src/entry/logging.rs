//! Structured logs on stderr: of a watch its changes, of the other commands nothing until asked for.

use std::str::FromStr;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::config::{Lookup, UsageError};

/// `ECR_PROBE_LOG` is a level, or else `default`. Only our own events: the libraries' hold headers and URLs.
///
/// # Errors
///
/// A value that is no level.
pub fn start(lookup: Lookup<'_>, default: Option<&str>) -> Result<(), UsageError> {
    let Some(text) = lookup("ECR_PROBE_LOG").or_else(|| default.map(str::to_owned)) else { return Ok(()) };
    let level = Level::from_str(&text)
        .map_err(|_| UsageError(format!("ECR_PROBE_LOG={text:?}: take error, warn, info, debug or trace")))?;
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let only_ours = Targets::new().with_target("ecr_probe", level);
    let _ = tracing_subscriber::registry().with(layer.with_filter(only_ours)).try_init();
    Ok(())
}
