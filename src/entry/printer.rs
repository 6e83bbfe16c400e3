//! Lines to stdout without waiting for whoever reads it: a log driver that has lost its way blocks
//! the writer, and a watch must go on.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// Reports that wait for a reader; later ones are dropped and counted.
const WAITING: usize = 8;

/// How long the last lines are waited for at the end.
const GRACE: Duration = Duration::from_millis(500);

/// A thread that writes.
#[derive(Debug)]
pub struct Printer {
    lines: SyncSender<String>,
    done: Receiver<()>,
    dropped: u64,
}

impl Printer {
    pub fn start() -> Self {
        let (lines, waiting) = sync_channel::<String>(WAITING);
        let (finished, done) = sync_channel(1);
        std::thread::spawn(move || {
            while let Ok(line) = waiting.recv() {
                // A reader that has gone away is no reason to stop watching.
                let _ = super::print(&line);
            }
            let _ = finished.send(());
        });
        Printer { lines, done, dropped: 0 }
    }

    /// Hands the line on, unless the reader is too far behind.
    pub fn print(&mut self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.dropped += 1;
            tracing::warn!(dropped = self.dropped, "nobody reads stdout: a report was dropped");
        }
    }

    /// Waits for the last lines, but not for ever.
    pub fn finish(self) {
        drop(self.lines);
        let _ = self.done.recv_timeout(GRACE);
    }
}
