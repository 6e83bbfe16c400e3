//! `PutMetricData`: what waits goes to CloudWatch, the oldest first. Whatever fails here touches no verdict.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use tokio::time::{sleep, timeout};

use super::aws;
use super::connector::Unanswered;
use super::network::Network;
use crate::config::Environment;
use crate::metrics::{Datum, Queue};
use crate::model::METRICS_NAMESPACE;
use crate::model::outcome::{NoAnswer, Rejection};
use crate::wire::scrub;

/// CloudWatch takes 1,000 data and 1 MB in a request (API Reference, "PutMetricData"). A datum with the longest
/// dimensions has less than 1 kB: half as many stay well below both.
const MOST_IN_A_REQUEST: usize = 500;

/// About as many data as one check has. They share its time and its place: what is wrong with one is wrong with all.
const OF_ONE_CHECK: usize = 32;

/// How long to wait before each further try: three tries in all.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];

/// CloudWatch in the probe's own Region, on the probe's own connections.
#[derive(Debug)]
pub struct CloudWatch {
    network: Arc<Network>,
    environment: Environment,
    region: Option<String>,
}

/// Why data did not reach CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The time for it is over.
    #[error("no time was left")]
    OutOfTime,
    /// Nothing says in which Region.
    #[error("no Region is known: set AWS_REGION")]
    NoRegion,
    /// The credential chain has none.
    #[error("there are no credentials")]
    NoCredentials,
    /// CloudWatch refuses the data themselves, which are given up.
    #[error("{count} data are refused: {why}")]
    Refused {
        /// How many data.
        count: usize,
        /// What CloudWatch says, scrubbed.
        why: String,
    },
    /// A request failed; the data wait.
    #[error("{why}")]
    Failed {
        /// How it failed, scrubbed.
        why: String,
    },
}

/// Why a request was not taken, in a few words.
#[derive(Debug)]
struct Refusal {
    why: String,
    /// It may be taken in a moment.
    may_pass: bool,
    /// These very data will never be taken: too old, or malformed.
    of_data: bool,
}

impl CloudWatch {
    /// CloudWatch of a Region; without one nothing is sent.
    pub(super) fn new(network: Arc<Network>, environment: Environment, region: Option<String>) -> Self {
        CloudWatch { network, environment, region }
    }

    /// Sends what waits in the queue. What was not sent stays there; one batch may arrive twice, where time ran out
    /// between its arrival and the answer.
    ///
    /// # Errors
    ///
    /// Why not all were sent.
    pub async fn send(&self, queue: &mut Queue, within: Duration) -> Result<(), NotSent> {
        if queue.is_empty() {
            return Ok(());
        }
        timeout(within, self.drain(queue)).await.unwrap_or(Err(NotSent::OutOfTime))
    }

    async fn drain(&self, queue: &mut Queue) -> Result<(), NotSent> {
        let region = self.region.as_deref().ok_or(NotSent::NoRegion)?;
        // Those of a task change every few hours, and asking for them is a matter of this machine.
        let (_, credentials) = aws::find(&self.network, region).await;
        let credentials = credentials.ok_or(NotSent::NoCredentials)?;
        let client = aws::cloudwatch(&self.network, &credentials, region, &self.environment);
        let (mut ended, mut most) = (Ok(()), MOST_IN_A_REQUEST);
        while !queue.is_empty() {
            let batch = queue.oldest(most);
            match put(&client, &batch).await {
                Ok(()) => {
                    queue.sent(batch.len());
                    most = MOST_IN_A_REQUEST.min(most * 2);
                }
                // A request is refused for one datum in it.
                Err(Refusal { of_data: true, .. }) if batch.len() > OF_ONE_CHECK => most = batch.len().div_ceil(2),
                // Those behind them may be sound.
                Err(Refusal { why, of_data: true, .. }) => {
                    queue.give_up(batch.len());
                    ended = Err(NotSent::Refused { count: batch.len(), why });
                }
                Err(Refusal { why, .. }) => return Err(NotSent::Failed { why }),
            }
        }
        ended
    }
}

/// One request, tried again while it fails in a way that may pass.
async fn put(client: &Client, batch: &[Datum]) -> Result<(), Refusal> {
    let data: Vec<MetricDatum> = batch.iter().map(datum).collect();
    let mut pauses = PAUSES.into_iter();
    loop {
        let call = client.put_metric_data().namespace(METRICS_NAMESPACE).set_metric_data(Some(data.clone()));
        let Err(error) = call.send().await else { return Ok(()) };
        let refusal = refusal(&error);
        match pauses.next().filter(|_| refusal.may_pass) {
            Some(pause) => sleep(pause).await,
            None => return Err(refusal),
        }
    }
}

fn datum(datum: &Datum) -> MetricDatum {
    let dimensions = datum.dimensions.iter().map(|it| Dimension::builder().name(it.name).value(&it.value).build());
    MetricDatum::builder()
        .metric_name(datum.metric.name())
        .set_dimensions(Some(dimensions.collect()))
        .timestamp(DateTime::from_secs(datum.at.0))
        .value(datum.value)
        .unit(StandardUnit::from(datum.metric.unit().name()))
        .build()
}

fn refusal<E>(error: &aws::CallError<E>) -> Refusal
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Some(response) = error.raw_response() else {
        let why = Unanswered::within(error).map_or(&NoAnswer::TimedOut, |unanswered| &unanswered.why);
        let may_pass = !matches!(why, NoAnswer::NotSent { .. });
        return Refusal { why: scrub(&no_answer(why)), may_pass, of_data: false };
    };
    let said = error.as_service_error().map(ProvideErrorMetadata::meta);
    let rejection = Rejection {
        status: response.status().as_u16(),
        code: said.and_then(|said| said.code()).map(scrub),
        message: said.and_then(|said| said.message()).map(scrub),
        ..Rejection::default()
    };
    let code = rejection.code.as_deref().unwrap_or_default();
    let of_data = ["InvalidParameter", "MissingRequired", "Validation"].iter().any(|of_data| code.starts_with(of_data));
    let message = rejection.message.as_deref().unwrap_or_default();
    let why = format!("HTTP {} {code} {message}", rejection.status).trim_end().to_owned();
    Refusal { why, may_pass: rejection.may_pass(), of_data }
}

fn no_answer(why: &NoAnswer) -> String {
    match why {
        NoAnswer::Connect { reason } => format!("no connection: {reason}"),
        NoAnswer::Handshake { reason } => format!("no TLS: {reason}"),
        NoAnswer::TimedOut => "no answer in time".to_owned(),
        NoAnswer::Reset | NoAnswer::Closed => "the connection was cut".to_owned(),
        NoAnswer::Malformed { .. } | NoAnswer::TooLarge { .. } => "the answer cannot be read".to_owned(),
        NoAnswer::NotSent { reason } => format!("not sent: {reason}"),
    }
}
