//! One request on a connection of its own: SYN, handshake, answer, each as the world has it.

use ecr_probe::edge::{Edge, Endpoint, Wait};
use ecr_probe::model::outcome::{ConnectOutcome, HandshakeOutcome, NoAnswer};
use ecr_probe::wire::Reply;

use super::super::service::{Ending, Request, Served};
use super::MemoryEdge;

/// The most that is read of an error, or of an answer whose body does not matter.
pub const ERROR_LIMIT: usize = 64 * 1024;

/// A whole reply, with the probe's clock when it came.
pub type Answer = Result<(Reply, i64), NoAnswer>;

impl MemoryEdge {
    /// The head of an answer, with how its body will end.
    pub(super) async fn send(
        &self,
        endpoint: &Endpoint,
        request: Request,
        cost: f64,
        wait: Wait,
    ) -> Result<(Served, i64), NoAnswer> {
        let (connected, socket) = self.connect(endpoint.address).await;
        let Some(socket) = socket else { return Err(NoAnswer::Connect { reason: connect_reason(&connected) }) };
        match self.handshake(socket, &endpoint.target.host).await {
            HandshakeOutcome::Completed { .. } => {}
            other => return Err(NoAnswer::Handshake { reason: handshake_reason(&other) }),
        }
        self.clock.sleep(cost).await;
        let served = self.weather.answer(self.services.answer(&request, self.true_now()));
        match served.ending {
            Ending::Silent => {
                self.time_out_within(wait).await;
                Err(NoAnswer::TimedOut)
            }
            Ending::Reset => Err(NoAnswer::Reset),
            Ending::Close => Err(NoAnswer::Closed),
            Ending::Garbage => Err(NoAnswer::Malformed { reason: "invalid HTTP version parsed".into() }),
            _ => Ok((served, self.now())),
        }
    }

    /// The whole answer, of which at most `limit` bytes are read.
    pub(super) async fn fetch(&self, endpoint: &Endpoint, request: Request, limit: usize, cost: f64) -> Answer {
        self.fetch_within(endpoint, request, limit, cost, Wait::Usual).await
    }

    /// The same, where the answer is waited for so long.
    pub(super) async fn fetch_within(
        &self,
        endpoint: &Endpoint,
        request: Request,
        limit: usize,
        cost: f64,
        wait: Wait,
    ) -> Answer {
        let (served, now) = self.send(endpoint, request, cost, wait).await?;
        match served.ending {
            Ending::Huge => Err(NoAnswer::TooLarge { limit_bytes: limit as u64 }),
            Ending::StallAt(_) => {
                self.time_out().await;
                Err(NoAnswer::TimedOut)
            }
            Ending::ResetAt(_) => Err(NoAnswer::Reset),
            Ending::CloseAt(_) => Err(NoAnswer::Closed),
            _ => Ok((served.reply, now)),
        }
    }
}

fn connect_reason(outcome: &ConnectOutcome) -> String {
    let text = match outcome {
        ConnectOutcome::TimedOut => "timed out",
        ConnectOutcome::Refused => "connection refused",
        ConnectOutcome::HostUnreachable => "host unreachable",
        ConnectOutcome::NetworkUnreachable => "network unreachable",
        _ => "failed",
    };
    text.into()
}

fn handshake_reason(outcome: &HandshakeOutcome) -> String {
    let text = match outcome {
        HandshakeOutcome::UnknownIssuer { .. } => "unknown certificate issuer",
        HandshakeOutcome::NameMismatch { .. } => "certificate for another name",
        HandshakeOutcome::Expired { .. } | HandshakeOutcome::NotYetValid { .. } => "certificate outside its validity",
        HandshakeOutcome::Reset => "reset",
        HandshakeOutcome::Closed => "closed",
        HandshakeOutcome::TimedOut => "timed out",
        HandshakeOutcome::NotTls => "the answer is not TLS",
        _ => "failed",
    };
    text.into()
}
