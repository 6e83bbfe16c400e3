//! Resolve, connect, shake hands: every host, every name server, every address, side by side.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;

use futures_util::future::{self, Either};
use futures_util::stream::{self, StreamExt};

use super::samples::{PAUSE_MS, Sampled, Sampling, Timed, sum, timed, wants_more};
use super::{Recorder, Step, side_by_side};
use crate::edge::{Edge, Endpoint};
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, ResolveOutcome};
use crate::model::{Act, AddressClass, Check, Target};

/// How long the comparison with the VPC's own resolver may take, in milliseconds.
const COMPARE_MS: f64 = 500.0;

/// Every host takes sockets for all its servers and addresses, and a process may have few.
const HOSTS_AT_ONCE: usize = 16;

/// How long to wait before what failed in passing is tried a second and a third time, in milliseconds.
const AGAIN_MS: [f64; 2] = [250.0, 750.0];

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

/// Resolves, connects and shakes hands with all of them side by side.
pub async fn all<E: Edge>(recorder: &Recorder<'_, E>, targets: Vec<Target>, sampling: Sampling) -> Vec<Reached> {
    stream::iter(targets).map(|target| one(recorder, target, sampling)).buffered(HOSTS_AT_ONCE).collect().await
}

/// Reaches a host; each name server and each address is tried as often as `sampling` says.
pub async fn one<E: Edge>(recorder: &Recorder<'_, E>, target: Target, sampling: Sampling) -> Reached {
    let resolved = resolve(recorder, &target, sampling).await;
    let mut route = recorder.edge.route(&target.host, target.port, &resolved);
    route.truncate(MOST_ADDRESSES);
    let tried = side_by_side(route.into_iter().map(|address| greet(recorder, &target, address, sampling))).await;
    Reached { target, addresses: tried.into_iter().flatten().collect() }
}

/// Asks every server; takes the answer of the first, in their order, that has one. Where none has, all are asked again.
async fn resolve<E: Edge>(recorder: &Recorder<'_, E>, target: &Target, sampling: Sampling) -> Vec<IpAddr> {
    let edge = recorder.edge;
    let servers = edge.name_servers();
    if servers.is_empty() {
        recorder.note(Step::on(Check::Resolve, target, None), Act::Resolve(ResolveOutcome::NoServers));
        return Vec::new();
    }
    let compared = compare(recorder, target);
    let first = side_by_side(servers.into_iter().map(|server| async move {
        let mut asked = Asked { server, tries: Vec::new(), patience: Patience::default() };
        asked.ask(recorder, target).await;
        asked
    }));
    let (mut asked, ()) = future::join(first, compared).await;
    // Where `--connect-to` names the address no answer is needed.
    let is_overridden = !edge.route(&target.host, target.port, &[]).is_empty();
    for pause in AGAIN_MS {
        // Samples tell of every server; a pull takes the first that answers.
        let answered = sampling.count == 1 && asked.iter().any(|it| !it.last().failed()) || is_overridden;
        let open: Vec<&mut Asked> = asked.iter_mut().filter(|it| it.last().may_pass()).collect();
        if answered || open.is_empty() {
            break;
        }
        edge.sleep(pause).await;
        side_by_side(open.into_iter().map(|it| it.ask(recorder, target))).await;
    }
    let sampled = side_by_side(asked.into_iter().map(|it| it.sample(recorder, target, sampling))).await;
    sampled.into_iter().find(|addresses| !addresses.is_empty()).unwrap_or_default()
}

/// One name server, and how it answered so far.
struct Asked {
    server: SocketAddr,
    tries: Vec<Timed<ResolveOutcome>>,
    patience: Patience,
}

impl Asked {
    /// How the last question ended; there is one.
    fn last(&self) -> &ResolveOutcome {
        self.tries.last().map_or(&ResolveOutcome::NoServers, |it| &it.outcome)
    }

    async fn ask<E: Edge>(&mut self, recorder: &Recorder<'_, E>, target: &Target) {
        let edge = recorder.edge;
        let late = self.last().clone();
        let ask = async {
            let asking = async { self.patience.bound(edge, edge.resolve(&target.host, self.server), late).await };
            let (asked, ()) = timed(edge, async { (asking.await, ()) }).await;
            (Act::Resolve(asked.outcome.clone()), asked)
        };
        let asked = recorder.act(Step::on(Check::Resolve, target, self.server.ip()), ask).await;
        self.patience.learn(&Act::Resolve(asked.outcome.clone()), asked.took_ms);
        self.tries.push(asked);
    }

    /// Asks as often as `sampling` says; gives back the addresses of the answer.
    async fn sample<E: Edge>(self, recorder: &Recorder<'_, E>, target: &Target, sampling: Sampling) -> Vec<IpAddr> {
        let edge = recorder.edge;
        let Asked { server, mut tries, .. } = self;
        let Some(found) = tries.last().map(|it| it.outcome.clone()) else { return Vec::new() };
        let is_name = !matches!(found, ResolveOutcome::IpLiteral(_));
        if !found.failed() && is_name && sampling.count > 1 {
            let until_ms = edge.elapsed_ms() + sampling.longest_ms;
            let more = async {
                while edge.elapsed_ms() < until_ms && wants_more(&tries, sampling.count) {
                    edge.sleep(PAUSE_MS).await;
                    tries.push(timed(edge, async { (edge.resolve(&target.host, server).await, ()) }).await.0);
                }
                (Act::ResolveSamples(sum(&tries)), ())
            };
            recorder.act(Step::on(Check::ResolveSamples, target, server.ip()), more).await;
            // An answer that leads elsewhere stands beside the first, as that of another server would.
            let other = tries.iter().map(|it| &it.outcome).find(|it| !it.failed() && classes(it) != classes(&found));
            if let Some(other) = other {
                recorder.note(Step::on(Check::Resolve, target, server.ip()), Act::Resolve(other.clone()));
            }
        }
        found.addresses().iter().map(|known| known.address).collect()
    }
}

/// Whose the addresses of an answer are.
fn classes(outcome: &ResolveOutcome) -> BTreeSet<AddressClass> {
    outcome.addresses().iter().map(|known| known.class).collect()
}

/// Asks the VPC's own resolver too, where the configured servers are others.
async fn compare<E: Edge>(recorder: &Recorder<'_, E>, target: &Target) {
    let edge = recorder.edge;
    let Some(server) = edge.vpc_resolver().filter(|_| target.role.is_aws()) else { return };
    let ask = async { (Act::VpcResolve(edge.resolve(&target.host, server).await), ()) };
    let asking = recorder.act(Step::on(Check::VpcResolve, target, server.ip()), ask);
    // It answers in a millisecond or is not there: nothing waits for it.
    future::select(pin!(asking), pin!(edge.sleep(COMPARE_MS))).await;
}

/// Gives the address back when it speaks TLS as the host, or takes the connection where none is spoken.
async fn greet<E: Edge>(
    recorder: &Recorder<'_, E>,
    target: &Target,
    address: SocketAddr,
    sampling: Sampling,
) -> Option<SocketAddr> {
    let edge = recorder.edge;
    let (mut connects, mut handshakes) = (Vec::new(), Vec::new());
    let mut patience = Patience::default();
    let mut pauses = AGAIN_MS.into_iter();
    let works = loop {
        let (connected, shaken) = once(recorder, target, address, &mut patience).await;
        let may_work = shaken.as_ref().map_or(connected.outcome.may_pass(), |it| it.outcome.may_pass());
        connects.push(connected);
        let outcome = shaken.as_ref().map(|it| it.outcome.clone());
        handshakes.extend(shaken);
        match pauses.next().filter(|_| may_work) {
            Some(pause) => edge.sleep(pause).await,
            None => break outcome,
        }
    };
    if target.plain_http {
        return connects.last().filter(|it| !it.outcome.failed()).map(|_| address);
    }
    match works? {
        HandshakeOutcome::Completed { .. } => {}
        HandshakeOutcome::TimedOut => {
            clamped(recorder, target, address).await;
            return None;
        }
        _ => return None,
    }
    if sampling.count > 1 {
        let until_ms = edge.elapsed_ms() + sampling.longest_ms;
        let more = async {
            while edge.elapsed_ms() < until_ms
                && wants_more(&connects, sampling.count)
                && wants_more(&handshakes, sampling.count)
            {
                edge.sleep(PAUSE_MS).await;
                let (connected, shaken) = again(edge, target, address).await;
                connects.push(connected);
                handshakes.extend(shaken);
            }
            (Act::ConnectSamples(sum(&connects)), ())
        };
        recorder.act(Step::on(Check::ConnectSamples, target, address.ip()), more).await;
        let shaken = Act::HandshakeSamples(sum(&handshakes));
        recorder.note(Step::on(Check::HandshakeSamples, target, address.ip()), shaken);
    }
    Some(address)
}

/// One connection, of which all is written down.
async fn once<E: Edge>(
    recorder: &Recorder<'_, E>,
    target: &Target,
    address: SocketAddr,
    patience: &mut Patience,
) -> (Timed<ConnectOutcome>, Option<Timed<HandshakeOutcome>>) {
    let edge = recorder.edge;
    let connect = async {
        let connecting = patience.bound(edge, edge.connect(address), (ConnectOutcome::TimedOut, None));
        let (connected, socket) = timed(edge, connecting).await;
        (Act::Connect(connected.outcome.clone()), (connected, socket))
    };
    let (connected, socket) = recorder.act(Step::on(Check::Connect, target, address.ip()), connect).await;
    patience.learn(&Act::Connect(connected.outcome.clone()), connected.took_ms);
    let Some(socket) = socket.filter(|_| !target.plain_http) else { return (connected, None) };
    let handshake = async {
        let shaking = patience.bound(edge, edge.handshake(socket, &target.host), HandshakeOutcome::TimedOut);
        let (shaken, ()) = timed(edge, async { (shaking.await, ()) }).await;
        (Act::Handshake(shaken.outcome.clone()), shaken)
    };
    let shaken = recorder.act(Step::on(Check::Handshake, target, address.ip()), handshake).await;
    patience.learn(&Act::Handshake(shaken.outcome.clone()), shaken.took_ms);
    (connected, Some(shaken))
}

/// How long a further try may take: what timed out is tried twice more, each for half as long. So silence, which must
/// not be a lost packet's, costs one more `--timeout`.
#[derive(Debug, Default)]
struct Patience {
    /// In milliseconds; `None` leaves it to the act's own bound.
    longest_ms: Option<f64>,
}

impl Patience {
    fn learn(&mut self, act: &Act, took_ms: f64) {
        if act.timed_out() && self.longest_ms.is_none() {
            self.longest_ms = Some(took_ms / 2.0);
        }
    }

    /// What `act` gives, or `late` where it takes too long.
    async fn bound<E: Edge, T>(&self, edge: &E, act: impl Future<Output = T>, late: T) -> T {
        let Some(longest_ms) = self.longest_ms else { return act.await };
        match future::select(pin!(act), pin!(edge.sleep(longest_ms))).await {
            Either::Left((done, _)) => done,
            Either::Right(_) => late,
        }
    }
}

/// The same as a sample, of which only the sum is written down.
async fn again<E: Edge>(
    edge: &E,
    target: &Target,
    address: SocketAddr,
) -> (Timed<ConnectOutcome>, Option<Timed<HandshakeOutcome>>) {
    let (connected, socket) = timed(edge, edge.connect(address)).await;
    let Some(socket) = socket else { return (connected, None) };
    let (shaken, ()) = timed(edge, async { (edge.handshake(socket, &target.host).await, ()) }).await;
    (connected, Some(shaken))
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
    recorder.act(Step::on(Check::ClampedHandshake, target, address.ip()), again).await;
}
