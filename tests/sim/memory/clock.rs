//! Time that passes only when everybody waits.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How often the sleeper that is due next lets the others be polled before time moves on.
const PATIENCE: u32 = 16;

/// Microseconds since the start. Works under any executor of one thread: a sleeper wakes itself
/// until it is due, and the one that is due first moves the time once no other is left to begin.
#[derive(Debug, Default)]
pub struct VirtualClock {
    now_us: Cell<u64>,
    sleepers: RefCell<BTreeSet<(u64, u64)>>,
    begun: Cell<u64>,
    idle: Cell<u32>,
}

impl VirtualClock {
    pub fn now_ms(&self) -> f64 {
        self.now_us.get() as f64 / 1e3
    }

    pub fn now_s(&self) -> i64 {
        (self.now_us.get() / 1_000_000) as i64
    }

    pub fn sleep(&self, milliseconds: f64) -> Sleep<'_> {
        let due = self.now_us.get() + (milliseconds * 1e3).round() as u64;
        self.begun.set(self.begun.get() + 1);
        Sleep { clock: self, key: (due, self.begun.get()), waiting: false }
    }

    fn leave(&self, key: (u64, u64)) {
        self.sleepers.borrow_mut().remove(&key);
        self.idle.set(0);
    }
}

/// Ends when the virtual time is due.
#[derive(Debug)]
pub struct Sleep<'c> {
    clock: &'c VirtualClock,
    /// When, and which of those due then.
    key: (u64, u64),
    waiting: bool,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock;
        if !self.waiting {
            self.waiting = true;
            clock.sleepers.borrow_mut().insert(self.key);
            clock.idle.set(0);
        } else if clock.sleepers.borrow().first() == Some(&self.key) {
            clock.idle.set(clock.idle.get() + 1);
            if clock.idle.get() > PATIENCE {
                clock.now_us.set(clock.now_us.get().max(self.key.0));
                clock.leave(self.key);
                return Poll::Ready(());
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        self.clock.leave(self.key);
    }
}
