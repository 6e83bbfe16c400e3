//! Structured logs on stderr, off until asked for.

use std::str::FromStr;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// `ECR_PROBE_LOG` is a level. Only our own events: the libraries' hold headers and URLs.
pub fn start(lookup: &dyn Fn(&str) -> Option<String>) {
    let Some(level) = lookup("ECR_PROBE_LOG").and_then(|text| Level::from_str(&text).ok()) else { return };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let only_ours = Targets::new().with_target("ecr_probe", level);
    let _ = tracing_subscriber::registry().with(layer.with_filter(only_ours)).try_init();
}
