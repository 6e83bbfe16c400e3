//! The Amazon ECS API, as far as stopped tasks need it: `ListTasks` and `DescribeTasks`.
//!
//! The SDK's own signer signs, and the request goes over a connection of ours. A client of the SDK would make types of
//! the replies; what reads them takes the JSON, which may as well have been pasted.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::Request;
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::aws;
use super::connector::{ONLY_HERE, secrets};
use super::http::{Peer, Want, no_connection, receive, send_on, user_agent};
use super::live::Live;
use super::network::Network;
use super::tcp;
use crate::config::{ServiceUrl, Wanted};
use crate::model::outcome::{CredentialsOutcome, NoAnswer, Rejection};
use crate::wire::{Reply, rejection, scrub};

/// How many tasks a call lists or describes at the most (Amazon ECS API Reference).
const A_CALL: usize = 100;
/// How many pages are read. Whoever has more tasks that stopped within the hour has the same failure many times.
const PAGES: usize = 20;
/// The most that is read of a reply, and of all of them: a task is a few kilobytes.
const REPLY_LIMIT: usize = 8 * 1024 * 1024;
const WHOLE_LIMIT: usize = 4 * REPLY_LIMIT;
/// The waits before what was throttled is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1_200)];

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
        let endpoint = wanted.endpoint(&self.environment);
        let mut stopped = Stopped::default();
        let asking = ask(&self.network, &endpoint, wanted, &mut stopped);
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
    endpoint: &ServiceUrl,
    wanted: &Wanted,
    stopped: &mut Stopped,
) -> Result<(), Failure> {
    let credentials = match aws::find(network, &wanted.region).await {
        (_, Some(credentials)) => credentials,
        (outcome, None) => return Err(Failure::Credentials(outcome)),
    };
    let first = if wanted.task.is_some() { Action::DescribeTasks } else { Action::ListTasks };
    let addresses = network.addresses(&endpoint.host, endpoint.port).await;
    let addresses = addresses.map_err(|why| Failure::NoAnswer(first, why))?;
    let client = Client { network, credentials, endpoint, addresses, wanted, read: Cell::new(0) };
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

struct Client<'c> {
    network: &'c Network,
    credentials: Credentials,
    endpoint: &'c ServiceUrl,
    addresses: Vec<SocketAddr>,
    wanted: &'c Wanted,
    /// The bytes of all replies.
    read: Cell<usize>,
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

    /// Calls, and again where ECS says "not now". The reply is an object with the list `holds`.
    async fn call(&self, action: Action, ask: &Value, holds: &str) -> Result<Value, Failure> {
        let ask = Bytes::from(ask.to_string());
        let mut pauses = PAUSES.iter();
        loop {
            let reply = self.attempt(action, ask.clone()).await.map_err(|why| Failure::NoAnswer(action, why))?;
            if reply.status == 200 {
                let malformed = |reason: &str| Failure::NoAnswer(action, NoAnswer::Malformed { reason: reason.into() });
                let value: Value = serde_json::from_slice(&reply.body).map_err(|_| malformed("it is not JSON"))?;
                return if value[holds].is_array() { Ok(value) } else { Err(malformed("it is not what ECS answers")) };
            }
            let rejection = rejection(&reply, seconds(SystemTime::now()));
            match pauses.next().filter(|_| rejection.may_pass()) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(Failure::Rejected(action, Box::new(rejection))),
            }
        }
    }

    async fn attempt(&self, action: Action, ask: Bytes) -> Result<Reply, NoAnswer> {
        let plain = self.endpoint.plain_http;
        if plain && !self.addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
            return Err(NoAnswer::NotSent { reason: ONLY_HERE.into() });
        }
        let request = self.signed(action, ask, SystemTime::now())?;
        let sent = secrets(request.headers());
        let bound = self.network.timeout;
        let (address, stream) = match tcp::connect_any(&self.addresses, bound).await {
            (_, Some(connected)) => connected,
            (outcome, None) => return Err(no_connection(&outcome)),
        };
        let peer = Peer { host: &self.endpoint.host, address, tls: (!plain).then_some(&self.network.tls) };
        let response = send_on(stream, &peer, request, bound, bound).await?;
        let mut reply = receive(response, Want::Whole(REPLY_LIMIT), bound).await?;
        self.read.set(self.read.get() + reply.body.len());
        if self.read.get() > WHOLE_LIMIT {
            return Err(NoAnswer::TooLarge { limit_bytes: WHOLE_LIMIT as u64 });
        }
        reply.forget(sent.iter().map(String::as_str));
        reply.forget([self.credentials.access_key_id(), self.credentials.secret_access_key()]);
        Ok(reply)
    }

    /// A request with its signature (AWS JSON 1.1; Signature Version 4).
    fn signed(&self, action: Action, ask: Bytes, now: SystemTime) -> Result<Request<Full<Bytes>>, NoAnswer> {
        let not_sent = |reason: &str| NoAnswer::NotSent { reason: reason.into() };
        let unsigned = || not_sent("it cannot be signed");
        let ServiceUrl { url, host, port, plain_http } = self.endpoint;
        let given: http::Uri = url.parse().map_err(|_| not_sent("the endpoint's URL cannot be read"))?;
        let path = format!("{}/", given.path().trim_end_matches('/'));
        let (scheme, its_port) = if *plain_http { ("http", 80) } else { ("https", 443) };
        let authority = if *port == its_port { host.clone() } else { format!("{host}:{port}") };
        let url = format!("{scheme}://{authority}{path}");
        let target = format!("AmazonEC2ContainerServiceV20141113.{}", action.name());
        let headers =
            [("host", &*authority), ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &*target)];

        // The signer and the request must be of one mind about the token: it is a header's value or nothing.
        let token = self.credentials.session_token().unwrap_or_default();
        http::HeaderValue::from_str(token).map_err(|_| not_sent("the session token is not a header's value"))?;
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.wanted.region)
            .name("ecs")
            .time(now)
            .settings(SigningSettings::default());
        let params = params.build().map_err(|_| unsigned())?.into();
        let signable = SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(&ask));
        let signed = sign(signable.map_err(|_| unsigned())?, &params).map_err(|_| unsigned())?;

        let mut request = Request::post(&url).header(http::header::USER_AGENT, user_agent());
        for (name, value) in headers.into_iter().chain(signed.output().headers()) {
            request = request.header(name, value);
        }
        request.body(Full::new(ask)).map_err(|_| not_sent("a header has a wrong value"))
    }
}

/// Seconds since the epoch.
fn seconds(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}
