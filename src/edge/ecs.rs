//! The Amazon ECS API, as far as stopped tasks need it: `ListTasks` and `DescribeTasks`.
//!
//! A client that makes types of the replies would not do: what reads them takes the JSON, which may as well have been
//! pasted.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::api::{self, Call, Input, Patience};
use super::aws;
use super::live::Live;
use super::network::Network;
use crate::aws::Service;
use crate::config::{Environment, Wanted};
use crate::model::outcome::{CredentialsOutcome, NoAnswer, Rejection};
use crate::wire::scrub;

/// How many tasks a call lists or describes at the most (Amazon ECS API Reference).
const A_CALL: usize = 100;
/// How many pages are read. A cluster with more tasks that stopped within the hour has the same failure many times.
const PAGES: usize = 20;
/// A task is a few kilobytes.
const PATIENCE: Patience = Patience {
    pauses: &[Duration::from_millis(300), Duration::from_millis(1_200)],
    after_a_cut: false,
    whole_limit: 32 * 1024 * 1024,
};

/// An operation of the API, which is an IAM action too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `ecs:ListTasks`
    ListTasks,
    /// `ecs:DescribeTasks`
    DescribeTasks,
}

impl Action {
    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Action::ListTasks => "ListTasks",
            Action::DescribeTasks => "DescribeTasks",
        }
    }
}

/// What ECS remembers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stopped {
    /// The replies to `DescribeTasks`, as they came.
    pub replies: Vec<Value>,
    /// Why there may be more than these.
    pub cut: Option<Cut>,
}

/// Why not every task was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// More than so many tasks are not read.
    After(usize),
    /// A call failed after others had given tasks.
    Failed(Failure),
}

/// Why ECS tells nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// There are no credentials to ask with.
    Credentials(CredentialsOutcome),
    /// ECS answered with an error.
    Rejected(Action, Box<Rejection>),
    /// No HTTP answer came.
    NoAnswer(Action, NoAnswer),
    /// ECS does not know the task, or no longer.
    Forgotten,
    /// ECS tells of the task what it calls a failure.
    Told {
        /// ECS's word, such as `MISSING`.
        reason: String,
    },
    /// The time for all of it is over.
    Late(Duration),
}

impl Live {
    /// What ECS knows of stopped tasks, asked for so long at the most. What was read before a failure counts.
    ///
    /// # Errors
    ///
    /// Why nothing was read.
    pub async fn stopped(&self, wanted: &Wanted, within: Duration) -> Result<Stopped, Failure> {
        let mut stopped = Stopped::default();
        let asking = ask(&self.network, &self.environment, wanted, &mut stopped);
        let ended = timeout(within, asking).await.unwrap_or(Err(Failure::Late(within)));
        match ended {
            Err(failure) if stopped.replies.is_empty() => return Err(failure),
            Err(failure) => stopped.cut = Some(Cut::Failed(failure)),
            Ok(()) => {}
        }
        Ok(stopped)
    }
}

async fn ask(
    network: &Arc<Network>,
    environment: &Environment,
    wanted: &Wanted,
    stopped: &mut Stopped,
) -> Result<(), Failure> {
    let credentials = match aws::find(network, &wanted.region).await {
        (_, Some(credentials)) => credentials,
        (outcome, None) => return Err(Failure::Credentials(outcome)),
    };
    let client = api::Client::new(network.clone(), credentials, environment.clone(), PATIENCE);
    let client = Client { client, wanted };
    match &wanted.task {
        Some(task) => {
            let reply = client.describe(&[task]).await?;
            know(&reply)?;
            stopped.replies.push(reply);
            Ok(())
        }
        None => client.recent(stopped).await,
    }
}

/// Whether ECS knows the task it was asked for.
fn know(reply: &Value) -> Result<(), Failure> {
    if reply["tasks"].as_array().is_some_and(|tasks| !tasks.is_empty()) {
        return Ok(());
    }
    // "MISSING" is what the API calls it (Amazon ECS Developer Guide, "API failures messages").
    match reply["failures"][0]["reason"].as_str() {
        None | Some("MISSING") => Err(Failure::Forgotten),
        Some(reason) => Err(Failure::Told { reason: scrub(reason) }),
    }
}

struct Client<'w> {
    client: api::Client,
    wanted: &'w Wanted,
}

impl Client<'_> {
    /// Every task of the cluster that ECS remembers as stopped.
    async fn recent(&self, stopped: &mut Stopped) -> Result<(), Failure> {
        let mut ask = json!({ "cluster": self.wanted.cluster, "desiredStatus": "STOPPED", "maxResults": A_CALL });
        let mut room = PAGES * A_CALL;
        for _ in 0..PAGES {
            let page = self.call(Action::ListTasks, &ask, "taskArns").await?;
            let tasks: Vec<&str> =
                page["taskArns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let read = tasks.get(..room).unwrap_or(&tasks);
            for some in read.chunks(A_CALL) {
                stopped.replies.push(self.describe(some).await?);
            }
            room -= read.len();
            match page["nextToken"].as_str().filter(|token| !token.is_empty()) {
                None if read.len() == tasks.len() => return Ok(()),
                None => break,
                Some(token) => ask["nextToken"] = token.into(),
            }
        }
        stopped.cut = Some(Cut::After(PAGES * A_CALL - room));
        Ok(())
    }

    async fn describe(&self, tasks: &[&str]) -> Result<Value, Failure> {
        let ask = json!({ "cluster": self.wanted.cluster, "tasks": tasks });
        self.call(Action::DescribeTasks, &ask, "tasks").await
    }

    /// Calls. The reply is an object with the list `holds`.
    async fn call(&self, action: Action, ask: &Value, holds: &str) -> Result<Value, Failure> {
        let call = Call {
            service: Service::Ecs,
            region: &self.wanted.region,
            operation: action.name(),
            input: Input::Json(ask.to_string()),
        };
        let body = self.client.ask(&call).await.map_err(|failure| match failure {
            api::Failure::Rejected(rejection) => Failure::Rejected(action, rejection),
            api::Failure::NoAnswer(why) => Failure::NoAnswer(action, why),
        })?;
        let malformed = |reason: &str| Failure::NoAnswer(action, NoAnswer::Malformed { reason: reason.into() });
        let value: Value = serde_json::from_slice(&body).map_err(|_| malformed("it is not JSON"))?;
        if value[holds].is_array() { Ok(value) } else { Err(malformed("it is not what ECS answers")) }
    }
}
