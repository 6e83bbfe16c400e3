//! The Lambda runtime API: a function asks it for its next invocation and tells it the result (AWS Lambda Developer Guide,
//! "Using the Lambda runtime API"). Plain HTTP on this machine, a connection a request.
//!
//! The crate `lambda_runtime` (1.5.0) does the same in 236 kB and twelve crates more. It goes on as if a result had been told
//! that the API refused (413, 500), waits without a bound for a result to be taken, ends at the first connection that
//! fails, and speaks to any host that the variable names: so the requests are made here.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Request;
use http::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use http_body_util::Full;
use hyper::body::Bytes;
use tokio::time::{Instant, sleep};

use super::http::{Peer, Want, fetch, get, no_body, read, send, user_agent};
use crate::aws::{Arn, is_account};
use crate::config::RuntimeAddress;
use crate::model::outcome::NoAnswer;
use crate::render::no_answer;

/// Of the API.
const VERSION: &str = "2018-06-01";

/// The most that is read of an event: above Lambda's own limit of 6 MB, so that a longer one can be said to be one.
const EVENT_LIMIT: usize = 8 * 1024 * 1024;

/// Between two invocations the function is frozen, for as long as nobody invokes it.
const FOR_EVER: Duration = Duration::from_secs(10 * 365 * 86_400);

/// For everything but the wait for an invocation: it is this machine that answers.
const BOUND: Duration = Duration::from_secs(5);

/// How long to wait before each further try to get an invocation.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(500), Duration::from_secs(1)];

const DAY: Duration = Duration::from_secs(86_400);

const ID: &str = "lambda-runtime-aws-request-id";
const DEADLINE: &str = "lambda-runtime-deadline-ms";
const FUNCTION_ARN: &str = "lambda-runtime-invoked-function-arn";
/// Newer runtime APIs send it with an invocation and want it back with the result.
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";

/// Where a function is given its invocations.
#[derive(Debug, Clone)]
pub struct RuntimeApi(RuntimeAddress);

/// One invocation.
#[derive(Debug)]
pub struct Invocation {
    id: String,
    invocation_id: Option<HeaderValue>,
    /// When Lambda ends the function; `None` where it did not say.
    pub deadline: Option<Instant>,
    /// The AWS account of the function, by its own ARN: twelve digits.
    pub account: Option<String>,
    /// `None` where it is longer than any of Lambda's.
    pub event: Option<Vec<u8>>,
}

impl Invocation {
    /// How long it is until Lambda ends the function.
    pub fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// What became of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It is told.
    Taken,
    /// It is larger than Lambda takes (413): nothing is told yet.
    TooLarge,
    /// The invocation has ended without it, such as by its time-out, or is another one: the HTTP status.
    Refused(u16),
}

/// Why there are no more invocations.
#[derive(Debug, thiserror::Error)]
pub enum NoRuntime {
    /// There was no answer.
    #[error("the Lambda runtime API does not answer {doing}: {}", no_answer(why))]
    NoAnswer {
        /// What was asked.
        doing: &'static str,
        /// Why not.
        why: NoAnswer,
    },
    /// It says that the function must end (500), or what no runtime API says.
    #[error("the Lambda runtime API answers {doing} with HTTP {status}")]
    Status {
        /// What was asked.
        doing: &'static str,
        /// Of HTTP.
        status: u16,
    },
    /// An invocation without an id cannot be answered.
    #[error("the Lambda runtime API gave an invocation without an id")]
    NoId,
}

impl RuntimeApi {
    /// Speaks to it there.
    pub fn new(address: RuntimeAddress) -> Self {
        RuntimeApi(address)
    }

    /// Waits for the next invocation, however long that takes. A connection that fails is tried again a few times.
    ///
    /// # Errors
    ///
    /// There will be none.
    pub async fn next(&self) -> Result<Invocation, NoRuntime> {
        let mut pauses = PAUSES.iter();
        loop {
            match (self.one().await, pauses.next()) {
                (Err(NoRuntime::NoAnswer { why, .. }), Some(pause)) => {
                    tracing::warn!(why = no_answer(&why), "the runtime API gave no invocation: asking again");
                    sleep(*pause).await;
                }
                (one, _) => return one,
            }
        }
    }

    async fn one(&self) -> Result<Invocation, NoRuntime> {
        let doing = "invocation/next";
        let lost = |why| NoRuntime::NoAnswer { doing, why };
        let request = get(&self.url(doing)).and_then(no_body).map_err(lost)?;
        let response = send(&self.peer(), request, BOUND, FOR_EVER).await.map_err(lost)?;
        let (head, body) = response.into_parts();
        let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        if head.status != 200 {
            return Err(NoRuntime::Status { doing, status: head.status.as_u16() });
        }
        let id = text(ID).filter(|id| is_id(id)).ok_or(NoRuntime::NoId)?.to_owned();
        let deadline = text(DEADLINE).and_then(|it| it.parse().ok()).and_then(instant);
        let account = text(FUNCTION_ARN).and_then(Arn::parse).map(|arn| arn.account).filter(|it| is_account(it));
        let account = account.map(str::to_owned);
        let event = match read(body, EVENT_LIMIT, BOUND).await {
            (event, Ok(())) => Some(event),
            (_, Err(NoAnswer::TooLarge { .. })) => None,
            (_, Err(why)) => return Err(lost(why)),
        };
        Ok(Invocation { id, invocation_id: head.headers.get(INVOCATION_ID).cloned(), deadline, account, event })
    }

    /// Tells the result, which is JSON.
    ///
    /// # Errors
    ///
    /// The API says that the function must end, or nothing.
    pub async fn respond(&self, to: &Invocation, result: String) -> Result<Posted, NoRuntime> {
        self.post("invocation/response", &format!("invocation/{}/response", to.id), Some(to), None, result).await
    }

    /// Tells that an invocation failed: `error_type` is one word, `error` an object of JSON with `errorMessage` and
    /// `errorType`.
    ///
    /// # Errors
    ///
    /// As for [`RuntimeApi::respond`].
    pub async fn fail(&self, to: &Invocation, error_type: &'static str, error: String) -> Result<Posted, NoRuntime> {
        self.post("invocation/error", &format!("invocation/{}/error", to.id), Some(to), Some(error_type), error).await
    }

    /// Tells that the function cannot begin. The process ends then.
    ///
    /// # Errors
    ///
    /// As for [`RuntimeApi::respond`].
    pub async fn fail_to_begin(&self, error_type: &'static str, error: String) -> Result<Posted, NoRuntime> {
        self.post("init/error", "init/error", None, Some(error_type), error).await
    }

    async fn post(
        &self,
        doing: &'static str,
        path: &str,
        to: Option<&Invocation>,
        error_type: Option<&'static str>,
        json: String,
    ) -> Result<Posted, NoRuntime> {
        let mut request = Request::post(self.url(path)).header(USER_AGENT, user_agent());
        request = request.header(CONTENT_TYPE, "application/json");
        if let Some(error_type) = error_type {
            request = request.header(ERROR_TYPE, error_type);
        }
        if let Some(id) = to.and_then(|to| to.invocation_id.as_ref()) {
            request = request.header(INVOCATION_ID, id);
        }
        let lost = |why| NoRuntime::NoAnswer { doing, why };
        let not_sent = |_| lost(NoAnswer::NotSent { reason: "a header has a wrong value".into() });
        let request = request.body(Full::new(Bytes::from(json))).map_err(not_sent)?;
        let reply = fetch(&self.peer(), request, Want::Head, BOUND).await.map_err(lost)?;
        match reply.status {
            200..=299 => Ok(Posted::Taken),
            413 => Ok(Posted::TooLarge),
            status @ 400..=499 => Ok(Posted::Refused(status)),
            status => Err(NoRuntime::Status { doing, status }),
        }
    }

    fn peer(&self) -> Peer<'_> {
        Peer { host: &self.0.host, address: self.0.address, tls: None }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}:{}{}/{VERSION}/runtime/{path}", self.0.host, self.0.address.port(), self.0.base)
    }
}

/// It becomes part of a path.
fn is_id(text: &str) -> bool {
    let in_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=128).contains(&text.len()) && text.bytes().all(in_id)
}

/// A time of the system's clock, in milliseconds since 1970, by the clock of this process; now where it is over. `None` for
/// what is a day away or more: no function runs that long, and emulators send any number.
fn instant(milliseconds: u64) -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = Duration::from_millis(milliseconds);
    (at.abs_diff(since) < DAY).then(|| Instant::now() + at.saturating_sub(since))
}
