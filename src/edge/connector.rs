//! The AWS SDK on the probe's own connections, so that its failures are typed like all others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Full};

use super::http::{Peer, send};
use super::network::Network;
use crate::model::outcome::NoAnswer;

/// Why the SDK got no answer; travels inside its own error types.
#[derive(Debug, Clone)]
pub struct Unanswered(pub NoAnswer);

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no answer: {:?}", self.0)
    }
}

impl std::error::Error for Unanswered {}

/// Connects as the probe does: to the given address, or to the first that answers.
#[derive(Debug, Clone)]
struct Connector {
    network: Arc<Network>,
    via: Option<SocketAddr>,
}

/// A client for the SDK. `via` is the address to use whatever the name resolves to.
pub fn client(network: Arc<Network>, via: Option<SocketAddr>) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector { network, via });
    http_client_fn(move |_, _| connector.clone())
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl Connector {
    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let unanswered = |why: NoAnswer| ConnectorError::other(Unanswered(why).into(), None);
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
        let request = http::Request::from_parts(head, Full::new(body));

        let uri = request.uri().clone();
        let tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default().to_owned();
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let address = match self.via {
            Some(address) => address,
            None => self.network.first_address(&host, port).await.map_err(unanswered)?,
        };
        let peer = Peer { host: &host, address, tls: tls.then_some(&self.network.tls) };
        let bound: Duration = self.network.timeout;
        let response = send(&peer, request, bound).await.map_err(unanswered)?;
        let (head, body) = response.into_parts();
        // An answer of the API is small; a hostile one must not fill the memory.
        let (bytes, _) = super::http::read(body, super::http::MANIFEST_LIMIT * 2, bound).await.map_err(unanswered)?;
        let response = http::Response::from_parts(head, SdkBody::from(bytes));
        response.try_into().map_err(|error| ConnectorError::user(Box::new(error)))
    }
}
