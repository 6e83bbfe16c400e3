//! SIGINT and SIGTERM end a check early; what was seen until then is still judged.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when the process is asked to stop, with the reason.
pub async fn stop() -> String {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => "interrupted".to_owned(),
        _ = terminate.recv() => "asked to terminate".to_owned(),
    }
}
