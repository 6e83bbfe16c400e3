//! Functions and tasks of the account, as a sweep uses them.

use std::time::{Duration, Instant};

use super::asking::Asking;
use super::client::{Client, Patience};
use super::{LiveAccount, lambda, logs, run_task, tagging};
use crate::edge::remote::Remote;
use crate::model::facts::{Fact, Hidden};
use crate::sweep::{Function, Invoked, LogStream, SeenTask, Tagged, TaskOrder, TaskRun};

/// A throttled request is sent three times more. A request whose answer was cut is not: it may have been carried out.
const PATIENCE: Patience = Patience {
    pauses: &[Duration::from_millis(300), Duration::from_millis(1_000), Duration::from_millis(3_000)],
    after_a_cut: false,
    whole_limit: 512 * 1024 * 1024,
};

/// Runs and watches, with the credentials of an account that is read.
#[derive(Debug)]
pub struct LiveRemote {
    began: Instant,
    client: Client,
    region: String,
}

impl LiveAccount {
    /// What does things in this account.
    pub fn remote(&self) -> LiveRemote {
        LiveRemote { began: Instant::now(), client: self.client_with(PATIENCE), region: self.region().to_owned() }
    }
}

impl LiveRemote {
    fn asking(&self) -> Asking<'_> {
        Asking::new(&self.client, &self.region, None)
    }
}

impl Remote for LiveRemote {
    fn elapsed_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    async fn sleep(&self, milliseconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(milliseconds.max(0.0) / 1e3)).await;
    }

    async fn tagged(&self, subnets: &[String]) -> Fact<Vec<Tagged>> {
        tagging::tagged(&self.asking(), subnets).await
    }

    async fn function(&self, name: &str) -> Fact<Function> {
        lambda::function(&self.asking(), name).await
    }

    async fn invoke(&self, function: &Function, event: &str, within: Duration) -> Invoked {
        lambda::invoke(&self.client, &self.region, &function.arn, event, within).await
    }

    async fn run_task(&self, order: &TaskOrder) -> TaskRun {
        run_task::run_task(&self.asking(), order).await
    }

    async fn started(&self, cluster: &str, started_by: &str) -> Fact<Vec<String>> {
        run_task::started(&self.asking(), cluster, started_by).await
    }

    async fn task(&self, cluster: &str, arn: &str, container: &str) -> Fact<SeenTask> {
        run_task::task(&self.asking(), cluster, arn, container).await
    }

    async fn stop_task(&self, cluster: &str, arn: &str) -> Option<Hidden> {
        run_task::stop_task(&self.asking(), cluster, arn).await
    }

    async fn log(&self, stream: &LogStream, task: &str) -> Fact<Vec<String>> {
        let region = stream.region.as_deref().unwrap_or(&self.region);
        logs::events(&self.asking(), region, &stream.group, &format!("{}/{task}", stream.prefix)).await
    }
}
