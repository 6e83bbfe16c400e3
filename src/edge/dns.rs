//! Asking one name server for one name, so that the evidence says who answered what.
//!
//! A resolver would hide which server answered and read an ICMP refusal as silence, so this
//! exchanges the messages itself, on a connected socket; hickory encodes and decodes them.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

use super::scarce::{any_of, scarce_for_tcp, scarce_for_udp};
use crate::model::outcome::{
    self as model, Alias, Answer, AnsweredAddress, ResolveOutcome, Scarce, Transport, Unanswered,
};
use crate::ranges::{Cidr, Ranges};

/// The largest UDP answer asked for (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;
/// A datagram that gets no answer is sent again after a third of the time.
const SENDS: u32 = 3;
/// How often the end of an unfinished CNAME chain is asked for.
const MOST_CHASES: usize = 4;
/// How much of an answer is read: over TCP it may hold thousands of records.
const MOST_ALIASES: usize = 16;
const MOST_ADDRESSES: usize = 64;

/// Asks `server` for A and AAAA side by side and reads the two answers as one.
pub async fn resolve(
    host: &str,
    server: SocketAddr,
    bound: Duration,
    ranges: &Ranges,
    own_subnets: &[Cidr],
) -> ResolveOutcome {
    // Absolute, so that no search list can turn one failure into another.
    let Ok(mut name) = Name::from_ascii(host) else {
        return ResolveOutcome::Malformed { reason: "the host is not a DNS name".into() };
    };
    name.set_fqdn(true);
    let deadline = Instant::now() + bound;
    let (four, six) =
        tokio::join!(ask(&name, RecordType::A, server, deadline), ask(&name, RecordType::AAAA, server, deadline));
    merge(four, six, |address| ranges.classify(address, own_subnets))
}

/// The address of a host that no name server is asked for.
pub fn literal(host: &str) -> Option<IpAddr> {
    let parsed = host.trim_start_matches('[').trim_end_matches(']').parse();
    // No name server need know this machine's own name (RFC 6761 section 6.3), and another machine must not be it.
    let last = host.trim_end_matches('.').rsplit('.').next();
    let is_localhost = last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"));
    parsed.ok().or_else(|| is_localhost.then_some(Ipv4Addr::LOCALHOST.into()))
}

/// What one question brought.
#[derive(Debug, Default)]
struct Records {
    addresses: Vec<(IpAddr, u32)>,
    aliases: Vec<Alias>,
    over_tcp: bool,
}

/// Why a question brought nothing.
type Failure = ResolveOutcome;

/// IPv4 speaks for both where neither has an address: every ECR name has A records. Where one has, the failure of the
/// other is kept: a resolver waits for both.
fn merge(
    four: Result<Records, Failure>,
    six: Result<Records, Failure>,
    classify: impl Fn(IpAddr) -> crate::model::KnownAddress,
) -> ResolveOutcome {
    let mut answer = Answer { addresses: Vec::new(), aliases: Vec::new(), transport: Transport::Udp, unanswered: None };
    for records in [&four, &six].into_iter().flatten() {
        if records.over_tcp {
            answer.transport = Transport::Tcp;
        }
        if answer.aliases.is_empty() {
            answer.aliases.clone_from(&records.aliases);
        }
        let known = records.addresses.iter().map(|&(address, ttl)| AnsweredAddress { known: classify(address), ttl });
        answer.addresses.extend(known);
    }
    if !answer.addresses.is_empty() {
        let failed = |record, records: Result<Records, Failure>| match records {
            // NXDOMAIN beside an answer is wrong (RFC 4074 section 4.2), and an answer all the same.
            Ok(_) | Err(ResolveOutcome::NxDomain { .. }) => None,
            Err(why) => Some(Unanswered { record, why: Box::new(why) }),
        };
        answer.unanswered = failed(model::RecordType::A, four).or_else(|| failed(model::RecordType::Aaaa, six));
        return ResolveOutcome::Answered(answer);
    }
    match (four, six) {
        (Ok(_), Ok(_)) => ResolveOutcome::NoData { aliases: answer.aliases },
        (Err(failure), _) | (Ok(_), Err(failure)) => failure,
    }
}

/// Asks once, and again for the end of a CNAME chain that the server left open.
async fn ask(name: &Name, kind: RecordType, server: SocketAddr, deadline: Instant) -> Result<Records, Failure> {
    let mut records = Records::default();
    let mut wanted = name.clone();
    for _ in 0..MOST_CHASES {
        let (message, over_tcp) = exchange(&wanted, kind, server, deadline).await?;
        records.over_tcp |= over_tcp;
        let end = collect(&message, &wanted, &mut records);
        match message.metadata.response_code {
            ResponseCode::NoError => {}
            ResponseCode::NXDomain => return Err(ResolveOutcome::NxDomain { aliases: records.aliases }),
            ResponseCode::ServFail => return Err(ResolveOutcome::ServerFailure),
            ResponseCode::Refused => return Err(ResolveOutcome::Refused),
            other => return Err(ResolveOutcome::OtherError { rcode: other.to_string() }),
        }
        if !records.addresses.is_empty() || end == wanted {
            break;
        }
        wanted = end;
    }
    Ok(records)
}

/// Follows the chain from `wanted` through the answer; gives back where it ends.
fn collect(message: &Message, wanted: &Name, records: &mut Records) -> Name {
    let mut at = wanted.clone();
    // A chain that runs in a circle ends here too.
    for _ in 0..MOST_ALIASES {
        let next = message.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == at => Some((target.0.clone(), record.ttl)),
            _ => None,
        });
        let Some((target, ttl)) = next else { break };
        records.aliases.push(Alias { name: plain(&at), target: plain(&target), ttl });
        at = target;
    }
    for record in message.answers.iter().filter(|record| record.name == at).take(MOST_ADDRESSES) {
        match &record.data {
            RData::A(address) => records.addresses.push((IpAddr::V4(address.0), record.ttl)),
            RData::AAAA(address) => records.addresses.push((IpAddr::V6(address.0), record.ttl)),
            _ => {}
        }
    }
    at
}

/// The name without its final dot.
fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_owned()
}

/// One question and its answer. A server that knows no EDNS is asked without it (RFC 6891 section 7), as resolvers do.
async fn exchange(
    name: &Name,
    kind: RecordType,
    server: SocketAddr,
    deadline: Instant,
) -> Result<(Message, bool), Failure> {
    let mut question = Message::new(random_id(), MessageType::Query, OpCode::Query);
    question.metadata.recursion_desired = true;
    question.add_query(Query::query(name.clone(), kind));
    let plain = question.clone();
    let mut edns = Edns::new();
    edns.set_max_payload(UDP_PAYLOAD);
    question.set_edns(edns);
    let answered = ask_once(&question, server, deadline).await?;
    match answered.0.metadata.response_code {
        ResponseCode::FormErr | ResponseCode::NotImp => ask_once(&plain, server, deadline).await,
        _ => Ok(answered),
    }
}

/// Over UDP, and over TCP where the answer was cut (RFC 7766).
async fn ask_once(question: &Message, server: SocketAddr, deadline: Instant) -> Result<(Message, bool), Failure> {
    let bytes = question.to_vec().map_err(|error| ResolveOutcome::Malformed { reason: error.to_string() })?;

    let answer = over_udp(question, &bytes, server, deadline).await?;
    if !answer.metadata.truncation {
        return Ok((answer, false));
    }
    // The server is there, whatever becomes of TCP: it is neither silent nor unreachable.
    let cut = |what: &str| ResolveOutcome::Truncated { reason: format!("TCP port 53 {what}") };
    let bytes = match timeout_at(deadline, over_tcp(&bytes, server)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => return Err(cut("is closed")),
        Ok(Err(error)) => {
            let cut = || cut(&format!("does not work: {error}"));
            return Err(scarce_for_tcp(&error, server).map_or_else(cut, not_sent));
        }
        Err(_) => return Err(cut("does not answer")),
    };
    let answer = read(question, &bytes).map_err(|reason| ResolveOutcome::Malformed { reason })?;
    Ok((answer, true))
}

async fn over_udp(question: &Message, bytes: &[u8], server: SocketAddr, deadline: Instant) -> Result<Message, Failure> {
    let socket = UdpSocket::bind(any_of(server))
        .await
        .map_err(|error| scarce_for_udp(&error).map_or_else(|| failure(&error), not_sent))?;
    // Connected, so that an ICMP error for the port comes back as an error.
    socket.connect(server).await.map_err(|error| failure(&error))?;

    let mut garbage = None;
    let mut buffer = vec![0; 4096];
    let step = deadline.saturating_duration_since(Instant::now()) / SENDS;
    for turn in 1..=SENDS {
        socket.send(bytes).await.map_err(|error| failure(&error))?;
        let until = if turn == SENDS { deadline } else { Instant::now() + step };
        while let Ok(received) = timeout_at(until, socket.recv(&mut buffer)).await {
            let length = received.map_err(|error| failure(&error))?;
            match read(question, buffer.get(..length).unwrap_or_default()) {
                Ok(answer) => return Ok(answer),
                Err(reason) => garbage = Some(reason),
            }
        }
    }
    Err(match garbage {
        Some(reason) => ResolveOutcome::Malformed { reason },
        None => ResolveOutcome::TimedOut,
    })
}

/// Messages over TCP carry their length in two bytes before them (RFC 1035 section 4.2.2).
async fn over_tcp(question: &[u8], server: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), question].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// Decodes an answer and checks that it is one to this question.
fn read(question: &Message, bytes: &[u8]) -> Result<Message, String> {
    let answer = Message::from_vec(bytes).map_err(|_| "not a DNS message".to_owned())?;
    let same_question = match (answer.queries.first(), question.queries.first()) {
        (Some(theirs), Some(ours)) => theirs.name == ours.name && theirs.query_type == ours.query_type,
        // A server that fails early may leave the question out.
        (None, _) => answer.answers.is_empty(),
        _ => false,
    };
    if answer.metadata.id != question.metadata.id || answer.metadata.message_type != MessageType::Response {
        return Err("the response does not match the query".into());
    }
    if !same_question {
        return Err("an answer to another question".into());
    }
    Ok(answer)
}

fn not_sent(lacking: Scarce) -> Failure {
    ResolveOutcome::NotSent { lacking }
}

fn failure(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::ConnectionRefused => ResolveOutcome::PortClosed,
        ErrorKind::TimedOut => ResolveOutcome::TimedOut,
        _ => ResolveOutcome::Unreachable { reason: error.to_string() },
    }
}

/// An id that cannot be guessed: together with the port it keeps forged answers out (RFC 5452).
fn random_id() -> u16 {
    let mut bytes = [0; 2];
    match ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes) {
        Ok(()) => u16::from_be_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(test)]
#[path = "tests/dns.rs"]
mod tests;
