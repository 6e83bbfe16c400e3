//! A bar on a terminal's stderr while layers come.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use super::terminal::takes_escapes;
use crate::edge::Progress;

/// How often the bar is drawn.
const EVERY: Duration = Duration::from_millis(200);
/// Its width, in characters.
const WIDTH: u64 = 30;

/// Whether somebody looks at stderr, and can have a line erased.
fn is_drawn() -> bool {
    std::io::stderr().is_terminal() && takes_escapes()
}

/// Draws until dropped; the future never ends.
pub async fn show(progress: &Progress) {
    if !is_drawn() {
        return std::future::pending().await;
    }
    let _erase = Erase;
    let mut before = 0;
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        let (received, expected) = progress.get();
        if expected > 0 {
            let rate = received.saturating_sub(before) as f64 / EVERY.as_secs_f64();
            write(&format!("\r\u{1b}[K{}", bar(received, expected, rate)));
        }
        before = received;
    }
}

/// Shows how many answers have come, until dropped; the future never ends.
pub async fn answers(count: impl Fn() -> u32) {
    if !is_drawn() {
        return std::future::pending().await;
    }
    let _erase = Erase;
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        write(&format!("\r\u{1b}[Kreading the configuration: {} answers", count()));
    }
}

/// Shows how many subnets are done, until dropped; the future never ends.
pub async fn subnets(done: impl Fn() -> (usize, usize)) {
    if !is_drawn() {
        return std::future::pending().await;
    }
    let _erase = Erase;
    let began = tokio::time::Instant::now();
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        let (done, all) = done();
        if all > 0 {
            let seconds = began.elapsed().as_secs();
            write(&format!("\r\u{1b}[Kchecking from every subnet: {done} of {all} done, {seconds} s"));
        }
    }
}

/// `pulling [=======>      ] 120.5 of 500.0 MB, 93.1 MB/s`; `rate` is in bytes per second.
fn bar(received: u64, expected: u64, rate: f64) -> String {
    let received = received.min(expected);
    let done = usize::try_from(received.saturating_mul(WIDTH) / expected.max(1)).unwrap_or_default();
    let width = WIDTH as usize;
    let head = if done < width { ">" } else { "" };
    format!(
        "pulling [{:<width$}] {:.1} of {:.1} MB, {:.1} MB/s",
        format!("{}{head}", "=".repeat(done)),
        received as f64 / 1e6,
        expected as f64 / 1e6,
        rate / 1e6,
    )
}

struct Erase;

impl Drop for Erase {
    fn drop(&mut self) {
        write("\r\u{1b}[K");
    }
}

/// A terminal that has gone away is no reason to end a check.
fn write(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn the_bar_grows_and_keeps_its_width() {
        assert_eq!(bar(0, 100_000_000, 0.0), format!("pulling [>{}] 0.0 of 100.0 MB, 0.0 MB/s", " ".repeat(29)));
        assert_eq!(
            bar(50_000_000, 100_000_000, 25e6),
            format!("pulling [{}>{}] 50.0 of 100.0 MB, 25.0 MB/s", "=".repeat(15), " ".repeat(14))
        );
        assert_eq!(bar(2, 1, 0.0), format!("pulling [{}] 0.0 of 0.0 MB, 0.0 MB/s", "=".repeat(30)));
        assert!(bar(u64::MAX, u64::MAX, f64::MAX).starts_with("pulling ["));
    }
}
