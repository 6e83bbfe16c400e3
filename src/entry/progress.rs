//! A line on a terminal's stderr while layers come.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::rc::Rc;
use std::time::Duration;

/// How often the line changes.
const EVERY: Duration = Duration::from_millis(200);

/// Shows the bytes received until dropped; the future never ends.
pub async fn show(received: Rc<Cell<u64>>) {
    if !std::io::stderr().is_terminal() {
        return std::future::pending().await;
    }
    let _erase = Erase;
    let mut before = received.get();
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        let now = received.get();
        if now > 0 {
            let rate = (now - before) as f64 / EVERY.as_secs_f64() / 1e6;
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "\r\u{1b}[Kpulling: {:.1} MB, {rate:.1} MB/s", now as f64 / 1e6);
            let _ = stderr.flush();
        }
        before = now;
    }
}

struct Erase;

impl Drop for Erase {
    fn drop(&mut self) {
        let _ = write!(std::io::stderr(), "\r\u{1b}[K");
    }
}
