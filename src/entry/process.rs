//! What the process has: its environment and its one thread.

use crate::config::UsageError;

/// An environment variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the look-up that settings are made from")]
pub fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// One thread runs everything.
pub fn runtime() -> Result<tokio::runtime::Runtime, UsageError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| UsageError(format!("no runtime: {error}")))
}
