//! The first bytes of a layer over a connection with small segments: whether full ones are lost.

use std::net::SocketAddr;
use std::time::Instant;

use http::header::RANGE;

use super::http::{Peer, Want, get, no_body, no_connection, read, receive, send_on};
use super::network::Network;
use super::{BlobQuery, FIRST_BYTES, tcp};
use crate::model::outcome::{LayerBytesOutcome, NoAnswer};
use crate::wire::{LayerUrl, rejection};

/// The first bytes of a blob over a connection with small segments.
pub async fn first_bytes(
    network: &Network,
    address: SocketAddr,
    url: &LayerUrl,
    query: &BlobQuery,
    now: i64,
) -> LayerBytesOutcome {
    match fetch(network, address, url, query, now).await {
        Ok(outcome) => outcome,
        Err(why) => LayerBytesOutcome::NoAnswer(why),
    }
}

async fn fetch(
    network: &Network,
    address: SocketAddr,
    url: &LayerUrl,
    query: &BlobQuery,
    now: i64,
) -> Result<LayerBytesOutcome, NoAnswer> {
    let bound = network.timeout;
    let (connected, stream) = tcp::connect_clamped(address, bound).await;
    let Some(stream) = stream else { return Err(no_connection(&connected)) };
    let request = get(url.for_request())?.header(RANGE, format!("bytes=0-{}", FIRST_BYTES - 1));
    let peer = Peer { host: &url.host, address, tls: url.https.then_some(&network.tls) };
    let began = Instant::now();
    let response = send_on(stream, &peer, no_body(request)?, bound, bound).await?;
    let first_byte_ms = began.elapsed().as_secs_f64() * 1e3;
    if !response.status().is_success() {
        let mut reply = receive(response, Want::Head, bound).await?;
        reply.forget(url.forms());
        return Ok(LayerBytesOutcome::Rejected(rejection(&reply, now)));
    }
    let expected = FIRST_BYTES.min(query.size);
    let (body, end) = read(response.into_body(), FIRST_BYTES as usize, bound).await;
    let received = body.len() as u64;
    Ok(match end {
        _ if received >= expected => LayerBytesOutcome::Reached { bytes: received, first_byte_ms },
        Ok(()) => LayerBytesOutcome::LengthMismatch { expected, received },
        Err(why) => LayerBytesOutcome::Broken { received, why },
    })
}
