//! SIGINT and SIGTERM end a check early; what was seen until then is still judged.

use tokio::signal::unix::{SignalKind, signal};

use crate::edge::hangup;

/// Resolves when the process is asked to stop, with the reason. Listens from the call on, within a
/// runtime: process 1 of a container gets no signal that it has no handler for.
pub fn stop() -> impl Future<Output = String> {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => "interrupted".to_owned(),
            _ = terminate.recv() => "asked to terminate".to_owned(),
        }
    }
}

/// The same, and when the terminal is closed: for a command that has to end what it started elsewhere.
pub fn stop_or_hangup() -> impl Future<Output = String> {
    let (stop, hangup) = (stop(), if hangup::is_ignored() { None } else { signal(SignalKind::hangup()).ok() });
    async {
        let Some(mut hangup) = hangup else { return stop.await };
        tokio::select! {
            why = stop => why,
            _ = hangup.recv() => "the terminal was closed".to_owned(),
        }
    }
}
