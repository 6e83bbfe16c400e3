//! Lines to stdout and stderr without waiting for their reader: a log driver that reads no
//! more blocks the writer, and a watch must go on.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Reports that wait for a reader; later ones are dropped and counted.
const WAITING: usize = 8;

/// How long the last lines are waited for at the end.
const GRACE: Duration = Duration::from_millis(500);

/// A thread that writes, and what waits for it.
#[derive(Debug, Clone)]
pub struct Lines {
    queue: SyncSender<Vec<u8>>,
    unwritten: Arc<Unwritten>,
}

/// How many lines were taken and are not out yet.
#[derive(Debug, Default)]
struct Unwritten {
    count: Mutex<usize>,
    none: Condvar,
}

impl Unwritten {
    fn add(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn take(&self) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.none.notify_all();
        }
    }
}

impl Lines {
    /// At most so many wait.
    pub fn start(waiting: usize, mut write: impl FnMut(&[u8]) + Send + 'static) -> Self {
        let (queue, lines) = sync_channel::<Vec<u8>>(waiting);
        let unwritten = Arc::new(Unwritten::default());
        let counted = unwritten.clone();
        std::thread::spawn(move || {
            while let Ok(line) = lines.recv() {
                write(&line);
                counted.take();
            }
        });
        Lines { queue, unwritten }
    }

    /// Takes the line, unless too many wait already.
    pub fn send(&self, line: Vec<u8>) -> bool {
        // Counted first: the thread may have written it before `try_send` returns.
        self.unwritten.add();
        let taken = self.queue.try_send(line).is_ok();
        if !taken {
            self.unwritten.take();
        }
        taken
    }

    /// Waits until all that was taken is written, but not for ever.
    pub fn finish(&self) {
        let count = self.unwritten.count.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.unwritten.none.wait_timeout_while(count, GRACE, |count| *count > 0);
    }
}

/// Reports to stdout.
#[derive(Debug)]
pub struct Printer {
    lines: Lines,
    dropped: u64,
}

impl Printer {
    /// A printer with its thread.
    pub fn start() -> Self {
        // A reader that has gone away is no reason to stop watching.
        let lines = Lines::start(WAITING, |line| drop(super::print(line)));
        Printer { lines, dropped: 0 }
    }

    /// Hands the report on, unless the reader is too far behind: that is said once, and once that
    /// it is over.
    pub fn print(&mut self, line: String) {
        if self.lines.send(line.into_bytes()) {
            if self.dropped > 0 {
                tracing::info!(dropped = self.dropped, "stdout is read again");
                self.dropped = 0;
            }
            return;
        }
        if self.dropped == 0 {
            tracing::warn!("stdout is blocked: reports are dropped");
        }
        self.dropped += 1;
    }

    /// Waits for the last lines, but not for ever.
    pub fn finish(self) {
        self.lines.finish();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_was_taken_is_written_in_order_before_the_end() {
        let (written, seen) = channel();
        let lines = Lines::start(8, move |line| written.send(line.to_vec()).unwrap());
        assert!((0..5_u8).all(|nth| lines.send(vec![nth])));
        lines.finish();
        assert_eq!(seen.try_iter().map(|line| line[0]).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_reader_that_does_not_read_stops_nobody() {
        let (go, wait) = channel::<()>();
        let lines = Lines::start(2, move |_| {
            let _ = wait.recv();
        });
        // One is being written at the most, two wait.
        let taken = (0..100_u8).filter(|nth| lines.send(vec![*nth])).count();
        assert!((2..=3).contains(&taken), "{taken}");
        let began = std::time::Instant::now();
        lines.finish();
        assert!(began.elapsed() >= GRACE);
        drop(go);
        lines.finish();
        assert_eq!(*lines.unwritten.count.lock().unwrap(), 0);
    }
}
