//! Where the numbers of a check go: log lines on stdout, CloudWatch, both or nowhere.

use std::time::Duration;

use crate::config::{MetricsBy, Settings};
use crate::edge::{CloudWatch, NotSent};
use crate::metrics::{Metric, Queue, dropped, emf, gather};
use crate::model::{Report, Verdict};

/// Numbers that did not reach CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metrics not sent: {why} ({waiting} waiting)")]
pub struct Unsent {
    why: NotSent,
    /// How many data wait for the next call.
    waiting: usize,
}

/// The sinks that were asked for, over all checks of a process.
#[derive(Debug)]
pub struct Sinks {
    lines: bool,
    puts: bool,
    by: MetricsBy,
    /// From where the last check stood; a watch arrives anew each round.
    cloudwatch: Option<CloudWatch>,
    queue: Queue,
    /// What was told to be the time that the task's own images took to pull.
    task_pull: Option<f64>,
}

impl Sinks {
    /// Where the settings say that numbers go.
    pub fn new(settings: &Settings) -> Self {
        let (lines, puts) = (settings.metrics.has_lines(), settings.metrics.puts());
        Sinks { lines, puts, by: settings.metrics_by, cloudwatch: None, queue: Queue::default(), task_pull: None }
    }

    /// Where CloudWatch is from now on.
    pub fn through(&mut self, cloudwatch: CloudWatch) {
        self.cloudwatch = Some(cloudwatch).filter(|_| self.puts);
    }

    /// Takes in a check: queues its numbers for CloudWatch, and gives the lines that belong on stdout after the report.
    /// `verdict` is the report's, or a worse one that stands from a check before it.
    pub fn take(&mut self, report: &Report, verdict: Verdict) -> String {
        let data = gather(report, verdict, self.task_pull, self.by);
        let pull = data.iter().find(|it| it.metric == Metric::TaskImagePullTime);
        self.task_pull = pull.map(|it| it.value).or(self.task_pull);
        let lines = if self.lines { emf(report, verdict, &data) } else { String::new() };
        if self.puts {
            self.queue.add(data);
            let lost = self.queue.take_dropped();
            self.queue.add(dropped(report, lost, self.by));
        }
        lines
    }

    /// Sends what waits. What cannot be sent waits for the next call.
    ///
    /// # Errors
    ///
    /// Why it was not sent and how much waits: neither the report nor the exit code tells.
    pub async fn send(&mut self, within: Duration) -> Result<(), Unsent> {
        let Some(cloudwatch) = &self.cloudwatch else { return Ok(()) };
        let sent = cloudwatch.send(&mut self.queue, within).await;
        sent.map_err(|why| Unsent { why, waiting: self.queue.len() })
    }
}
