//! The first bytes of a layer over a connection with small segments: whether full ones are lost.

use std::net::SocketAddr;
use std::time::Instant;

use http::header::RANGE;

use super::http::{Peer, get, no_body, read, send_on};
use super::network::Network;
use super::{BlobQuery, FIRST_BYTES, tcp};
use crate::model::outcome::{LayerBytesOutcome, NoAnswer};
use crate::wire::LayerUrl;

pub async fn first_bytes(
    network: &Network,
    address: SocketAddr,
    url: &LayerUrl,
    query: &BlobQuery,
) -> LayerBytesOutcome {
    match fetch(network, address, url, query).await {
        Ok(outcome) => outcome,
        Err(why) => LayerBytesOutcome::NoAnswer(why),
    }
}

async fn fetch(
    network: &Network,
    address: SocketAddr,
    url: &LayerUrl,
    query: &BlobQuery,
) -> Result<LayerBytesOutcome, NoAnswer> {
    let bound = network.timeout;
    let (_, stream) = tcp::connect_clamped(address, bound).await;
    let stream = stream.ok_or(NoAnswer::Connect { reason: "it does not connect again".into() })?;
    let request = get(url.for_request())?.header(RANGE, format!("bytes=0-{}", FIRST_BYTES - 1));
    let peer = Peer { host: &url.host, address, tls: url.https.then_some(&network.tls) };
    let began = Instant::now();
    let response = send_on(stream, &peer, no_body(request)?, bound).await?;
    let first_byte_ms = began.elapsed().as_secs_f64() * 1e3;
    let status = response.status();
    if !status.is_success() {
        return Ok(LayerBytesOutcome::BadRedirect { reason: format!("HTTP {}", status.as_u16()) });
    }
    let wanted = FIRST_BYTES.min(query.size);
    let (bytes, _) = read(response.into_body(), FIRST_BYTES as usize, bound).await?;
    let received = bytes.len() as u64;
    Ok(match received >= wanted {
        true => LayerBytesOutcome::Reached { bytes: received, first_byte_ms },
        false => LayerBytesOutcome::LengthMismatch { expected: wanted, received },
    })
}
