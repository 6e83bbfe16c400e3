//! The client: sends a request over a connection of ours, tries again what was throttled, and bounds what comes back.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;

use super::call::Call;
use crate::aws::Service;
use crate::config::{Environment, ServiceUrl};
use crate::edge::connector::{ONLY_HERE, secrets};
use crate::edge::http::{Peer, Want, no_connection, receive, send_on};
use crate::edge::network::Network;
use crate::edge::tcp;
use crate::model::outcome::{NoAnswer, Rejection};
use crate::wire::{Reply, rejection};

/// The most that is read of one answer, in bytes. A page of EC2's longest lists has about a tenth of it.
pub const REPLY_LIMIT: usize = 8 * 1024 * 1024;

/// How patient a client is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The waits before what was throttled is tried again.
    pub pauses: &'static [Duration],
    /// Whether a connection that was cut is one more reason to try again.
    pub after_a_cut: bool,
    /// The most that is read of all answers together, in bytes.
    pub whole_limit: usize,
}

/// Why a call told nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The service answered with an error.
    Rejected(Box<Rejection>),
    /// No answer came that could be read.
    NoAnswer(NoAnswer),
}

/// Speaks AWS's query, REST XML and JSON protocols to any of its services, with one set of credentials.
#[derive(Debug)]
pub struct Client {
    network: Arc<Network>,
    credentials: Credentials,
    environment: Environment,
    patience: Patience,
    /// The bytes of all answers.
    read: Cell<usize>,
    /// Where hosts were found, so that each name is asked for once.
    found: RefCell<HashMap<(String, u16), Vec<SocketAddr>>>,
}

impl Client {
    /// A client that nothing was asked with yet.
    pub fn new(network: Arc<Network>, credentials: Credentials, environment: Environment, patience: Patience) -> Self {
        Client { network, credentials, environment, patience, read: Cell::default(), found: RefCell::default() }
    }

    fn endpoint(&self, service: Service, region: &str) -> Result<ServiceUrl, NoAnswer> {
        self.environment.endpoint(service, region).map_err(|error| NoAnswer::NotSent { reason: error.to_string() })
    }

    /// Where the connections for a service's endpoint go.
    async fn addresses(&self, service: Service, region: &str) -> Result<Vec<SocketAddr>, NoAnswer> {
        let endpoint = self.endpoint(service, region)?;
        let at = (endpoint.host, endpoint.port);
        if let Some(known) = self.found.borrow().get(&at) {
            return Ok(known.clone());
        }
        let addresses = self.network.addresses(&at.0, at.1).await?;
        self.found.borrow_mut().insert(at, addresses.clone());
        Ok(addresses)
    }

    /// Asks, and asks again where the service says "not now". What comes is the body of an answer with status 200.
    ///
    /// # Errors
    ///
    /// The service's error, or why there is no answer.
    pub async fn ask(&self, call: &Call<'_>) -> Result<Vec<u8>, Failure> {
        self.reply(call, self.network.timeout, REPLY_LIMIT).await.map(|reply| reply.body)
    }

    /// The same where the answer's headers matter, its head may come as late as `head_bound`, and its body may be no
    /// longer than `limit` bytes.
    ///
    /// # Errors
    ///
    /// The service's error, or why there is no answer.
    pub async fn reply(&self, call: &Call<'_>, head_bound: Duration, limit: usize) -> Result<Reply, Failure> {
        let mut pauses = self.patience.pauses.iter();
        let mut broken = 0;
        loop {
            let failure = match self.attempt(call, head_bound, limit).await {
                Ok(reply) if reply.status == 200 => return Ok(reply),
                Ok(reply) => Failure::Rejected(Box::new(rejection(&reply, seconds(SystemTime::now())))),
                Err(why) => Failure::NoAnswer(why),
            };
            // An error of the service's own seldom passes by waiting: it is tried again once.
            broken += u32::from(is_of_the_service(&failure));
            match pauses.next().filter(|_| self.may_pass(&failure) && broken < 2) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(failure),
            }
        }
    }

    /// EC2 throttles with 503 and `RequestLimitExceeded`, the JSON services with 400 and `ThrottlingException`, IAM and
    /// Route 53 with 400 and `Throttling`.
    fn may_pass(&self, failure: &Failure) -> bool {
        match failure {
            Failure::Rejected(rejection) => {
                let code = rejection.code.as_deref().unwrap_or_default();
                rejection.may_pass() || matches!(code, "RequestLimitExceeded" | "TooManyRequestsException")
            }
            Failure::NoAnswer(why) => self.patience.after_a_cut && matches!(why, NoAnswer::Reset | NoAnswer::Closed),
        }
    }

    async fn attempt(&self, call: &Call<'_>, head_bound: Duration, limit: usize) -> Result<Reply, NoAnswer> {
        let endpoint = self.endpoint(call.service, call.region)?;
        let addresses = self.addresses(call.service, call.region).await?;
        let plain = endpoint.plain_http;
        if plain && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
            return Err(NoAnswer::NotSent { reason: ONLY_HERE.into() });
        }
        let request = call.signed(&endpoint, &self.credentials, SystemTime::now())?;
        let sent = secrets(request.headers());
        let bound = self.network.timeout;
        let (address, stream) = match tcp::connect_any(&addresses, bound).await {
            (_, Some(connected)) => connected,
            (outcome, None) => return Err(no_connection(&outcome)),
        };
        let peer = Peer { host: &endpoint.host, address, tls: (!plain).then_some(&self.network.tls) };
        let response = send_on(stream, &peer, request, bound, head_bound).await?;
        let mut reply = receive(response, Want::Whole(limit), bound).await?;
        self.read.set(self.read.get().saturating_add(reply.body.len()));
        if self.read.get() > self.patience.whole_limit {
            return Err(NoAnswer::TooLarge { limit_bytes: self.patience.whole_limit as u64 });
        }
        reply.forget(sent.iter().map(String::as_str));
        reply.forget([self.credentials.access_key_id(), self.credentials.secret_access_key()]);
        Ok(reply)
    }

    /// The network that it uses.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The credentials that it signs with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The environment that names its endpoints.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}

/// Seconds since the epoch.
fn seconds(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}

/// Whether the service says that it is broken, and not that it is asked too much.
fn is_of_the_service(failure: &Failure) -> bool {
    matches!(failure, Failure::Rejected(rejection) if rejection.status >= 500 && rejection.status != 503)
}
