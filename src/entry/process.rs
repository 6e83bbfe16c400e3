//! What the process has: its environment and its one thread.

use super::failure::Failure;

/// An environment variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the look-up that settings are made from")]
pub fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// One thread runs everything.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)
}
