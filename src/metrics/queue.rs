//! Data that wait for CloudWatch.

use std::collections::VecDeque;

use super::Datum;

/// Several hours of a check a minute, in about a megabyte. CloudWatch takes data of up to two weeks ago.
pub const MOST: usize = 10_000;

/// Holds a bounded number of data; the oldest go first, to CloudWatch or for good.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Datum>,
    dropped: u64,
}

impl Queue {
    /// Adds data, and gives the oldest up where there is no room.
    pub fn add(&mut self, data: impl IntoIterator<Item = Datum>) {
        for datum in data {
            if self.waiting.len() == MOST {
                self.waiting.pop_front();
                self.dropped += 1;
            }
            self.waiting.push_back(datum);
        }
    }

    /// How many data wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The oldest data, at most so many. They stay until [`Queue::sent`] or [`Queue::give_up`] takes them.
    pub fn oldest(&self, most: usize) -> Vec<Datum> {
        self.waiting.iter().take(most).cloned().collect()
    }

    /// The oldest so many have arrived.
    pub fn sent(&mut self, count: usize) {
        self.waiting.drain(..count.min(self.waiting.len()));
    }

    /// The oldest so many will never be taken.
    pub fn give_up(&mut self, count: usize) {
        let before = self.waiting.len();
        self.sent(count);
        self.dropped += (before - self.waiting.len()) as u64;
    }

    /// How many were given up since this was last asked.
    pub fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metric;
    use crate::model::Timestamp;

    fn data(numbers: std::ops::Range<usize>) -> impl Iterator<Item = Datum> {
        numbers.map(|number| Datum {
            metric: Metric::Healthy,
            dimensions: [].into(),
            at: Timestamp(number as i64),
            value: 1.0,
        })
    }

    fn times(queue: &Queue, most: usize) -> Vec<i64> {
        queue.oldest(most).iter().map(|datum| datum.at.0).collect()
    }

    #[test]
    fn what_was_not_sent_waits_in_order_and_keeps_its_time() {
        let mut queue = Queue::default();
        queue.add(data(0..3));
        assert_eq!(times(&queue, 2), [0, 1]);
        queue.add(data(3..5));
        queue.sent(2);
        assert_eq!(times(&queue, 9), [2, 3, 4]);
        queue.sent(9);
        assert!(queue.is_empty());
        assert_eq!(queue.take_dropped(), 0);
    }

    #[test]
    fn the_oldest_go_where_there_is_no_room_and_are_counted_once() {
        let mut queue = Queue::default();
        queue.add(data(0..MOST + 7));
        assert_eq!((queue.len(), times(&queue, 1)), (MOST, vec![7]));
        assert_eq!((queue.take_dropped(), queue.take_dropped()), (7, 0));
        queue.give_up(MOST + 7);
        assert_eq!((queue.len(), queue.take_dropped()), (0, MOST as u64));
    }
}
