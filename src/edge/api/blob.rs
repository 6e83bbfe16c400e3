//! The configuration of an image, from where ECR keeps it.

use crate::edge::connector::ONLY_HERE;
use crate::edge::http::{Peer, Want, get, no_body, no_connection, receive, send_on};
use crate::edge::network::Network;
use crate::edge::tcp;
use crate::model::outcome::NoAnswer;
use crate::wire::LayerUrl;
use crate::wire::oci::Digest;

/// The most that is read of a configuration, in bytes: most have a few kilobytes.
const LIMIT: usize = 1024 * 1024;

/// Fetches a blob by a presigned URL; `None` where that fails, or where the bytes are not those of the digest.
pub async fn fetch(network: &Network, url: &str, digest: &Digest) -> Option<Vec<u8>> {
    let url = LayerUrl::parse(url).ok()?;
    match bytes(network, &url).await {
        Ok(bytes) if Digest::sha256_of(&bytes) == *digest => Some(bytes),
        Ok(_) => None,
        Err(why) => {
            tracing::debug!(?why, "an image configuration was not read");
            None
        }
    }
}

async fn bytes(network: &Network, url: &LayerUrl) -> Result<Vec<u8>, NoAnswer> {
    let addresses = network.addresses(&url.host, url.port).await?;
    if !url.https && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
        return Err(NoAnswer::NotSent { reason: ONLY_HERE.into() });
    }
    let bound = network.timeout;
    let (address, stream) = match tcp::connect_any(&addresses, bound).await {
        (_, Some(connected)) => connected,
        (outcome, None) => return Err(no_connection(&outcome)),
    };
    let peer = Peer { host: &url.host, address, tls: url.https.then_some(&network.tls) };
    let request = no_body(get(url.for_request())?)?;
    let response = send_on(stream, &peer, request, bound, bound).await?;
    let reply = receive(response, Want::Whole(LIMIT), bound).await?;
    match reply.status {
        200 => Ok(reply.body),
        status => Err(NoAnswer::Malformed { reason: format!("the status is {status}") }),
    }
}
