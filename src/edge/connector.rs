//! The AWS SDK on the probe's own connections, so that its failures are typed like all others.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Full};

use super::http::{MANIFEST_LIMIT, Peer, Want, no_connection, receive, send_on};
use super::network::Network;
use super::tcp;
use crate::model::outcome::{ConnectOutcome, NoAnswer};

/// Why the SDK got no answer; travels inside its own error types.
#[derive(Debug, Clone)]
pub struct Unanswered {
    pub why: NoAnswer,
    /// Nothing came in time, be it to a SYN or to a request.
    pub late: bool,
}

impl Unanswered {
    /// The one among an error's causes.
    pub fn within<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Self> {
        let mut causes = std::iter::successors(Some(error), |&error| error.source());
        causes.find_map(|error| error.downcast_ref())
    }
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.why {
            NoAnswer::Connect { reason }
            | NoAnswer::Handshake { reason }
            | NoAnswer::Malformed { reason }
            | NoAnswer::NotSent { reason } => reason,
            NoAnswer::TimedOut => "no answer in time",
            NoAnswer::Reset => "connection reset",
            NoAnswer::Closed => "connection closed",
            NoAnswer::TooLarge { .. } => "the answer is too large",
        })
    }
}

impl Error for Unanswered {}

impl From<Unanswered> for ConnectorError {
    fn from(unanswered: Unanswered) -> Self {
        ConnectorError::other(unanswered.into(), None)
    }
}

impl From<NoAnswer> for Unanswered {
    fn from(why: NoAnswer) -> Self {
        Unanswered { late: why == NoAnswer::TimedOut, why }
    }
}

/// The most that is read of an answer: a manifest, as JSON within JSON.
const LIMIT: usize = 2 * MANIFEST_LIMIT;

/// Why a request with credentials in it is not sent.
pub const ONLY_HERE: &str = "plain http, and not to this machine";

/// Headers of a request that nobody else may see, even when a server echoes them.
const SECRET_HEADERS: [&str; 3] = ["authorization", "x-amz-security-token", "x-aws-ec2-metadata-token"];

/// Connects as the probe does: to the given address, or to the first of the name's that answers.
#[derive(Debug, Clone)]
struct Connector {
    network: Arc<Network>,
    via: Option<SocketAddr>,
    connect_bound: Duration,
    /// Of each of the handshake and the wait for an answer.
    answer_bound: Duration,
}

/// A client for the SDK. `via` is the address to use whatever the name resolves to.
pub fn client(network: Arc<Network>, via: Option<SocketAddr>) -> SharedHttpClient {
    http_client_fn(move |settings, _| {
        // The SDK waits one second for a machine's metadata, which most have not, and two for a
        // connection to a task's credentials.
        let bound = |own: Option<Duration>| own.map_or(network.timeout, |own| own.min(network.timeout));
        SharedHttpConnector::new(Connector {
            network: network.clone(),
            via,
            connect_bound: bound(settings.connect_timeout()),
            answer_bound: bound(settings.read_timeout()),
        })
    })
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl Connector {
    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
        let request = http::Request::from_parts(head, Full::new(body));

        let uri = request.uri().clone();
        let tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default().to_owned();
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let mut addresses = match self.via {
            Some(address) => vec![address],
            None => self.network.addresses(&host, port).await.map_err(Unanswered::from)?,
        };
        addresses.retain(|address| tls || hands_out_credentials(address.ip()));
        if addresses.is_empty() {
            return Err(Unanswered::from(NoAnswer::NotSent { reason: ONLY_HERE.into() }).into());
        }
        let sent = secrets(request.headers());
        let (connected, stream) = tcp::connect_any(&addresses, self.connect_bound).await;
        let (address, stream) = stream.ok_or_else(|| Unanswered {
            why: no_connection(&connected),
            late: connected == ConnectOutcome::TimedOut,
        })?;
        let peer = Peer { host: &host, address, tls: tls.then_some(&self.network.tls) };
        let response =
            send_on(stream, &peer, request, self.answer_bound, self.answer_bound).await.map_err(Unanswered::from)?;
        let reply = receive(response, Want::Whole(LIMIT), self.answer_bound).await;
        let mut reply = reply.map_err(Unanswered::from)?;
        reply.forget(sent.iter().map(String::as_str));
        let mut response = http::Response::builder().status(reply.status);
        for (name, value) in &reply.headers {
            response = response.header(name, value);
        }
        let response = response.body(SdkBody::from(reply.body)).map_err(|error| ConnectorError::user(error.into()))?;
        response.try_into().map_err(|error| ConnectorError::user(Box::new(error)))
    }
}

/// Whether credentials may be asked for, and sent, there without TLS: on this machine, or at the
/// link-local endpoints of ECS, EKS and EC2.
fn hands_out_credentials(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.segments().starts_with(&[0xfd00, 0xec2]),
    }
}

/// What was sent of secrets: each header as a whole, and its parts such as the signature.
pub fn secrets(sent: &http::HeaderMap) -> Vec<String> {
    let values = SECRET_HEADERS.iter().filter_map(|name| sent.get(*name)?.to_str().ok());
    values.flat_map(|value| std::iter::once(value).chain(value.split([' ', ',', '=']))).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for near in ["127.0.0.1", "169.254.170.2", "169.254.169.254", "::1", "fd00:ec2::23", "::ffff:127.0.0.1"] {
            assert!(hands_out_credentials(near.parse().unwrap()), "{near}");
        }
        for far in ["10.0.0.1", "198.51.100.7", "fd00::1", "2001:db8::1", "::ffff:198.51.100.7"] {
            assert!(!hands_out_credentials(far.parse().unwrap()), "{far}");
        }
    }

    #[test]
    fn a_signature_is_a_secret_by_itself() {
        let mut sent = http::HeaderMap::new();
        let value = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/eu-west-1/ecr/aws4_request, SignedHeaders=host, Signature=cafe51";
        sent.insert("authorization", value.parse().unwrap());
        sent.insert("x-amz-date", "20261123T140000Z".parse().unwrap());
        let secrets = secrets(&sent);
        assert!(secrets.iter().any(|it| it == "cafe51") && secrets.iter().any(|it| it == value), "{secrets:?}");
        assert!(!secrets.iter().any(|secret| secret.contains("20261123T")), "{secrets:?}");
    }
}
