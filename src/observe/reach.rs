//! Resolve, connect, shake hands: every host, every name server, every address, side by side.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;

use futures_util::future;
use futures_util::stream::{self, StreamExt};

use super::{Recorder, Step, side_by_side};
use crate::edge::{Edge, Endpoint};
use crate::model::outcome::{HandshakeOutcome, ResolveOutcome};
use crate::model::{Act, Target};

/// How long the comparison with the VPC's own resolver may take, in milliseconds.
const COMPARE_MS: f64 = 500.0;

/// Every host takes sockets for all its servers and addresses, and a process may have few.
const HOSTS_AT_ONCE: usize = 16;

/// A hostile answer may hold thousands of addresses.
const MOST_ADDRESSES: usize = 16;

/// A host with the addresses that completed a handshake, in the order of the answer.
#[derive(Debug, Clone)]
pub struct Reached {
    pub target: Target,
    pub addresses: Vec<SocketAddr>,
}

impl Reached {
    /// The host at the first address that works.
    pub fn endpoint(&self) -> Option<Endpoint> {
        self.addresses.first().map(|&address| Endpoint { target: self.target.clone(), address })
    }
}

pub async fn all<E: Edge>(recorder: &Recorder<'_, E>, targets: Vec<Target>) -> Vec<Reached> {
    stream::iter(targets).map(|target| one(recorder, target)).buffered(HOSTS_AT_ONCE).collect().await
}

pub async fn one<E: Edge>(recorder: &Recorder<'_, E>, target: Target) -> Reached {
    let resolved = resolve(recorder, &target).await;
    let mut route = recorder.edge.route(&target.host, target.port, &resolved);
    route.truncate(MOST_ADDRESSES);
    let tried = side_by_side(route.into_iter().map(|address| greet(recorder, &target, address))).await;
    Reached { target, addresses: tried.into_iter().flatten().collect() }
}

/// Asks every server; takes the answer of the first, in their order, that has one.
async fn resolve<E: Edge>(recorder: &Recorder<'_, E>, target: &Target) -> Vec<IpAddr> {
    let edge = recorder.edge;
    let servers = edge.name_servers();
    if servers.is_empty() {
        recorder.note(Step::on("resolve", target, None), Act::Resolve(ResolveOutcome::NoServers));
        return Vec::new();
    }
    let compared = compare(recorder, target);
    let asked = side_by_side(servers.into_iter().map(|server| {
        recorder.act(Step::on("resolve", target, server.ip()), async move {
            let outcome = edge.resolve(&target.host, server).await;
            let addresses: Vec<IpAddr> = outcome.addresses().iter().map(|known| known.address).collect();
            (Act::Resolve(outcome), addresses)
        })
    }));
    let (answers, ()) = future::join(asked, compared).await;
    answers.into_iter().find(|addresses| !addresses.is_empty()).unwrap_or_default()
}

/// Asks the VPC's own resolver too, where the configured servers are others.
async fn compare<E: Edge>(recorder: &Recorder<'_, E>, target: &Target) {
    let edge = recorder.edge;
    let Some(server) = edge.vpc_resolver().filter(|_| target.role.is_aws()) else { return };
    let ask = async { (Act::VpcResolve(edge.resolve(&target.host, server).await), ()) };
    let asking = recorder.act(Step::on("vpc-resolve", target, server.ip()), ask);
    // It answers in a millisecond or is not there: nothing waits for it.
    future::select(pin!(asking), pin!(edge.sleep(COMPARE_MS))).await;
}

/// Gives the address back when it speaks TLS as the host.
async fn greet<E: Edge>(recorder: &Recorder<'_, E>, target: &Target, address: SocketAddr) -> Option<SocketAddr> {
    let edge = recorder.edge;
    let socket = recorder
        .act(Step::on("connect", target, address.ip()), async {
            let (outcome, socket) = edge.connect(address).await;
            (Act::Connect(outcome), socket)
        })
        .await?;
    let outcome = recorder
        .act(Step::on("handshake", target, address.ip()), async {
            let outcome = edge.handshake(socket, &target.host).await;
            (Act::Handshake(outcome.clone()), outcome)
        })
        .await;
    if matches!(outcome, HandshakeOutcome::TimedOut) {
        clamped(recorder, target, address).await;
    }
    matches!(outcome, HandshakeOutcome::Completed { .. }).then_some(address)
}

/// The handshake again with small segments: if that gets an answer, it was the size of the packets.
async fn clamped<E: Edge>(recorder: &Recorder<'_, E>, target: &Target, address: SocketAddr) {
    let edge = recorder.edge;
    let again = async {
        let outcome = match edge.connect_clamped(address).await {
            (_, Some(socket)) => edge.handshake(socket, &target.host).await,
            (_, None) => HandshakeOutcome::Failed { reason: "it does not connect again".into() },
        };
        (Act::ClampedHandshake(outcome), ())
    };
    recorder.act(Step::on("clamped-handshake", target, address.ip()), again).await;
}
