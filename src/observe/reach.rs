//! Resolve, connect, TLS handshake: every host, every name server, every address, side by side.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;

use futures_util::future;
use futures_util::stream::{self, StreamExt};

use super::hedge::hedged;
use super::samples::{PAUSE_MS, Sampled, Sampling, Timed, sum, timed, wants_more};
use super::{Recorder, Step, side_by_side};
use crate::edge::{Edge, Endpoint, When, literal};
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, ResolveOutcome};
use crate::model::{Act, AddressClass, Check, KnownAddress, Target};

/// How long the comparison with the VPC's own resolver may take, in milliseconds.
const COMPARE_MS: f64 = 500.0;

/// Every host takes sockets for all its servers and addresses, three times where they are silent, and a process may have
/// few.
const HOSTS_AT_ONCE: usize = 8;

/// How long to wait before what failed in passing is tried a second and a third time, in milliseconds. What was silent is
/// not: it was tried again in the time that it took.
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

/// Resolves, connects and completes a TLS handshake with all of them side by side.
pub async fn all<E: Edge>(recorder: &Recorder<'_, E>, targets: Vec<Target>, sampling: Sampling) -> Vec<Reached> {
    stream::iter(targets).map(|target| one(recorder, target, sampling)).buffered(HOSTS_AT_ONCE).collect().await
}

/// Reaches a host; each name server and each address is tried as often as `sampling` says.
pub async fn one<E: Edge>(recorder: &Recorder<'_, E>, target: Target, sampling: Sampling) -> Reached {
    let resolved = resolve(recorder, &target, sampling).await;
    let addresses: Vec<IpAddr> = resolved.iter().map(|known| known.address).collect();
    let mut route = recorder.edge.route(&target.host, target.port, &addresses);
    route.truncate(MOST_ADDRESSES);
    let tried =
        side_by_side(route.into_iter().map(|address| reach_address(recorder, &target, address, sampling))).await;
    let all_lost = !tried.is_empty() && tried.iter().all(|it| *it == Met::Silence);
    if all_lost && resolved.iter().any(|it| it.class.is_public_aws()) {
        compare(recorder, &target, When::Lost).await;
    }
    let works = |met| match met {
        Met::Host(address) => Some(address),
        Met::Silence | Met::Failure => None,
    };
    Reached { target, addresses: tried.into_iter().filter_map(works).collect() }
}

/// What was met at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    /// It speaks TLS as the host, or takes the connection where none is spoken.
    Host(SocketAddr),
    /// No SYN was answered.
    Silence,
    /// Anything else.
    Failure,
}

/// Asks every server, unless the host is an address by itself; takes the answer of the first, in their order, that has one. Where none has, all are asked again.
async fn resolve<E: Edge>(recorder: &Recorder<'_, E>, target: &Target, sampling: Sampling) -> Vec<KnownAddress> {
    let edge = recorder.edge;
    if let Some(address) = literal(&target.host) {
        let known = edge.classify(address);
        // No server has answered for it.
        recorder.note(Step::on(Check::Resolve, target, None), Act::Resolve(ResolveOutcome::IpLiteral(known.clone())));
        return vec![known];
    }
    let servers = edge.name_servers();
    if servers.is_empty() {
        recorder.note(Step::on(Check::Resolve, target, None), Act::Resolve(ResolveOutcome::NoServers));
        return Vec::new();
    }
    let compared = compare(recorder, target, When::Always);
    let first = side_by_side(servers.into_iter().map(|server| async move {
        let mut asked = Asked { server, tries: Vec::new() };
        asked.ask(recorder, target).await;
        asked
    }));
    let (mut asked, ()) = future::join(first, compared).await;
    // Where `--connect-to` names the address no answer is needed.
    let is_overridden = !edge.route(&target.host, target.port, &[]).is_empty();
    for pause in AGAIN_MS {
        // Samples tell of every server; a pull takes the first that answers.
        let answered = sampling.count == 1 && asked.iter().any(|it| !it.last().failed()) || is_overridden;
        let open: Vec<&mut Asked> = asked.iter_mut().filter(|it| it.may_pass()).collect();
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
}

impl Asked {
    /// How the last question ended; there is one.
    fn last(&self) -> &ResolveOutcome {
        self.tries.last().map_or(&ResolveOutcome::NoServers, |it| &it.outcome)
    }

    /// Whether it is worth asking once more.
    fn may_pass(&self) -> bool {
        self.last().may_pass() && !Act::Resolve(self.last().clone()).timed_out()
    }

    async fn ask<E: Edge>(&mut self, recorder: &Recorder<'_, E>, target: &Target) {
        let ask = async || (recorder.edge.resolve(&target.host, self.server).await, ());
        let step = Step::on(Check::Resolve, target, self.server.ip());
        let asked = hedged(recorder, step, Act::Resolve, ResolveOutcome::TimedOut, ask).await;
        asked.into_tries(&mut self.tries);
    }

    /// Asks as often as `sampling` says; gives back the addresses of the answer.
    async fn sample<E: Edge>(
        self,
        recorder: &Recorder<'_, E>,
        target: &Target,
        sampling: Sampling,
    ) -> Vec<KnownAddress> {
        let edge = recorder.edge;
        let Asked { server, mut tries } = self;
        let Some(found) = tries.last().map(|it| it.outcome.clone()) else { return Vec::new() };
        if !found.failed() && sampling.count > 1 {
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
        found.addresses().into_iter().cloned().collect()
    }
}

/// Whose the addresses of an answer are.
fn classes(outcome: &ResolveOutcome) -> BTreeSet<AddressClass> {
    outcome.addresses().iter().map(|known| known.class).collect()
}

/// Asks the VPC's own resolver too, where the configured servers are others and this is the time for it.
async fn compare<E: Edge>(recorder: &Recorder<'_, E>, target: &Target, now: When) {
    let edge = recorder.edge;
    let compares = |(_, when): &(SocketAddr, When)| *when == now && target.role.is_aws();
    let Some((server, _)) = edge.vpc_resolver().filter(compares) else { return };
    let ask = async { (Act::VpcResolve(edge.resolve(&target.host, server).await), ()) };
    let asking = recorder.act(Step::on(Check::VpcResolve, target, server.ip()), ask);
    // It answers in a millisecond or is not there: nothing waits for it.
    future::select(pin!(asking), pin!(edge.sleep(COMPARE_MS))).await;
}

/// Connects and completes a TLS handshake, as often as it takes.
async fn reach_address<E: Edge>(
    recorder: &Recorder<'_, E>,
    target: &Target,
    address: SocketAddr,
    sampling: Sampling,
) -> Met {
    let edge = recorder.edge;
    let mut tries = Tries::default();
    let mut ended = tries.once(recorder, target, address).await;
    for pause in AGAIN_MS {
        if !ended.may_pass() || ended.timed_out() {
            break;
        }
        edge.sleep(pause).await;
        ended = tries.once(recorder, target, address).await;
    }
    if ended == Act::Handshake(HandshakeOutcome::TimedOut) && clamped(recorder, target, address).await {
        // Small segments pass. Full ones, once more, tell a path that loses them from one that was silent for a while.
        ended = tries.once(recorder, target, address).await;
    }
    if ended == Act::Connect(ConnectOutcome::TimedOut) {
        return Met::Silence;
    }
    if ended.is_symptom() {
        return Met::Failure;
    }
    if target.plain_http {
        return Met::Host(address);
    }
    let Tries { mut connects, mut handshakes } = tries;
    if sampling.count > 1 {
        let until_ms = edge.elapsed_ms() + sampling.longest_ms;
        let more = async {
            while edge.elapsed_ms() < until_ms
                && wants_more(&connects, sampling.count)
                && wants_more(&handshakes, sampling.count)
            {
                edge.sleep(PAUSE_MS).await;
                let (connected, handshake) = again(edge, target, address).await;
                connects.push(connected);
                handshakes.extend(handshake);
            }
            (Act::ConnectSamples(sum(&connects)), ())
        };
        recorder.act(Step::on(Check::ConnectSamples, target, address.ip()), more).await;
        let samples = Act::HandshakeSamples(sum(&handshakes));
        recorder.note(Step::on(Check::HandshakeSamples, target, address.ip()), samples);
    }
    Met::Host(address)
}

/// How connections to one address, and the handshakes over them, ended so far.
#[derive(Debug, Default)]
struct Tries {
    connects: Vec<Timed<ConnectOutcome>>,
    handshakes: Vec<Timed<HandshakeOutcome>>,
}

impl Tries {
    /// One connection, of which all is written down. Gives back its last act.
    async fn once<E: Edge>(&mut self, recorder: &Recorder<'_, E>, target: &Target, address: SocketAddr) -> Act {
        let edge = recorder.edge;
        let connect = async || edge.connect(address).await;
        let step = Step::on(Check::Connect, target, address.ip());
        let connected = hedged(recorder, step, Act::Connect, ConnectOutcome::TimedOut, connect).await;
        let ended = Act::Connect(connected.outcome().clone());
        let socket = connected.into_tries(&mut self.connects);
        let Some(socket) = socket.filter(|_| !target.plain_http) else { return ended };

        let socket = Cell::new(Some(socket));
        let attempt = async || {
            // Each further try has a connection of its own.
            let socket = match socket.take() {
                Some(socket) => Some(socket),
                None => edge.connect(address).await.1,
            };
            match socket {
                Some(socket) => (edge.handshake(socket, &target.host).await, ()),
                None => (HandshakeOutcome::TimedOut, ()),
            }
        };
        let step = Step::on(Check::Handshake, target, address.ip());
        let handshake = hedged(recorder, step, Act::Handshake, HandshakeOutcome::TimedOut, attempt).await;
        let ended = Act::Handshake(handshake.outcome().clone());
        handshake.into_tries(&mut self.handshakes);
        ended
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
    let (handshake, ()) = timed(edge, async { (edge.handshake(socket, &target.host).await, ()) }).await;
    (connected, Some(handshake))
}

/// The handshake again with small segments: if that gets an answer, it was the size of the packets. Says whether it did.
async fn clamped<E: Edge>(recorder: &Recorder<'_, E>, target: &Target, address: SocketAddr) -> bool {
    let edge = recorder.edge;
    let again = async {
        let outcome = match edge.connect_clamped(address).await {
            (_, Some(socket)) => edge.handshake(socket, &target.host).await,
            (_, None) => HandshakeOutcome::Failed { reason: "it does not connect again".into() },
        };
        let is_answered = outcome != HandshakeOutcome::TimedOut;
        (Act::ClampedHandshake(outcome), is_answered)
    };
    recorder.act(Step::on(Check::ClampedHandshake, target, address.ip()), again).await
}
