//! Asking one name server for one name, so that the evidence says who answered what.
//!
//! A resolver would hide which server answered and read an ICMP refusal as silence, so this
//! exchanges the messages itself, on a connected socket; hickory encodes and decodes them.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

use crate::model::outcome::{Alias, Answer, AnsweredAddress, ResolveOutcome, Transport};
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

/// The servers that `/etc/resolv.conf` names, at most three as in resolv.conf(5).
pub fn system_servers() -> Vec<SocketAddr> {
    match hickory_resolver::system_conf::read_system_conf() {
        Ok((config, _)) => config.name_servers().iter().take(3).map(|server| SocketAddr::new(server.ip, 53)).collect(),
        Err(error) => {
            tracing::warn!(%error, "the system names no name server");
            Vec::new()
        }
    }
}

/// The address at which every VPC's own resolver answers (VPC User Guide, "Amazon DNS server").
const AMAZON_DNS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);

/// The VPC's own resolver, unless one of `servers` may be it: by this address, or as the third
/// address of the VPC's CIDR, whose last byte is two more than a multiple of sixteen.
pub fn vpc_resolver(servers: &[SocketAddr]) -> Option<SocketAddr> {
    let may_be_it = |server: &SocketAddr| match server.ip() {
        IpAddr::V4(address) => address == AMAZON_DNS || address.octets()[3] % 16 == 2,
        // fd00:ec2::253
        IpAddr::V6(address) => address.segments()[..2] == [0xfd00, 0xec2],
    };
    (!servers.is_empty() && !servers.iter().any(may_be_it)).then_some(SocketAddr::new(AMAZON_DNS.into(), 53))
}

/// Asks `server` for A and AAAA side by side and reads the two answers as one.
pub async fn resolve(
    host: &str,
    server: SocketAddr,
    bound: Duration,
    ranges: &Ranges,
    own_subnets: &[Cidr],
) -> ResolveOutcome {
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return ResolveOutcome::IpLiteral(ranges.classify(address, own_subnets));
    }
    // No name server need know it (RFC 6761 section 6.3), and another machine must not be it.
    if is_localhost(host) {
        return ResolveOutcome::IpLiteral(ranges.classify(Ipv4Addr::LOCALHOST.into(), own_subnets));
    }
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

/// This machine's own name, and the names below it.
pub fn is_localhost(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next();
    last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
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

/// IPv4 speaks for both where neither has an address: every ECR name has A records.
fn merge(
    four: Result<Records, Failure>,
    six: Result<Records, Failure>,
    classify: impl Fn(IpAddr) -> crate::model::KnownAddress,
) -> ResolveOutcome {
    let mut answer = Answer { addresses: Vec::new(), aliases: Vec::new(), transport: Transport::Udp };
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

/// One question and its answer, over UDP, and over TCP where the answer was cut (RFC 7766).
async fn exchange(
    name: &Name,
    kind: RecordType,
    server: SocketAddr,
    deadline: Instant,
) -> Result<(Message, bool), Failure> {
    let mut question = Message::new(random_id(), MessageType::Query, OpCode::Query);
    question.metadata.recursion_desired = true;
    question.add_query(Query::query(name.clone(), kind));
    let mut edns = Edns::new();
    edns.set_max_payload(UDP_PAYLOAD);
    question.set_edns(edns);
    let bytes = question.to_vec().map_err(|error| ResolveOutcome::Malformed { reason: error.to_string() })?;

    let answer = over_udp(&question, &bytes, server, deadline).await?;
    if !answer.metadata.truncation {
        return Ok((answer, false));
    }
    // The server is there, whatever becomes of TCP: it is neither silent nor unreachable.
    let cut = |what: &str| ResolveOutcome::Truncated { reason: format!("TCP port 53 {what}") };
    let bytes = match timeout_at(deadline, over_tcp(&bytes, server)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => return Err(cut("is closed")),
        Ok(Err(error)) => return Err(cut(&format!("does not work: {error}"))),
        Err(_) => return Err(cut("does not answer")),
    };
    let answer = read(&question, &bytes).map_err(|reason| ResolveOutcome::Malformed { reason })?;
    Ok((answer, true))
}

async fn over_udp(question: &Message, bytes: &[u8], server: SocketAddr, deadline: Instant) -> Result<Message, Failure> {
    let any = match server {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await.map_err(|error| failure(&error))?;
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
        return Err("an answer to no question of ours".into());
    }
    if !same_question {
        return Err("an answer to another question".into());
    }
    Ok(answer)
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
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What is made of a server whose answers over UDP are cut, and which does `over_tcp` then.
    fn asked(over_tcp: impl AsyncFn(TcpListener)) -> ResolveOutcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = tcp.local_addr().unwrap();
            let udp = UdpSocket::bind(server).await.unwrap();
            let cutting = async {
                let mut buffer = [0; 512];
                loop {
                    let (length, client) = udp.recv_from(&mut buffer).await.unwrap();
                    // An answer, and a cut one: QR and TC (RFC 1035 section 4.1.1).
                    buffer[2] |= 0x82;
                    udp.send_to(&buffer[..length], client).await.unwrap();
                }
            };
            let ranges = Ranges::embedded();
            tokio::select! {
                outcome = resolve("host.example", server, Duration::from_millis(300), &ranges, &[]) => outcome,
                ((), ()) = async { tokio::join!(cutting, over_tcp(tcp)) } => unreachable!("it serves for ever"),
            }
        })
    }

    #[test]
    fn a_server_without_tcp_is_not_a_silent_one() {
        let outcomes = [
            asked(async |_silent| std::future::pending().await),
            asked(async |listener| {
                drop(listener);
                std::future::pending::<()>().await;
            }),
            asked(async |listener| while listener.accept().await.is_ok() {}),
        ];
        for (outcome, what) in outcomes.into_iter().zip(["does not answer", "is closed", "does not work"]) {
            let ResolveOutcome::Truncated { reason } = &outcome else { panic!("{outcome:?}") };
            assert!(reason.starts_with(&format!("TCP port 53 {what}")), "{reason}");
        }
    }

    #[test]
    fn the_vpcs_resolver_is_asked_only_beside_servers_that_are_surely_others() {
        let compared = |servers: &[&str]| {
            let servers: Vec<_> = servers.iter().map(|it| SocketAddr::new(it.parse().unwrap(), 53)).collect();
            vpc_resolver(&servers).map(|server| server.to_string())
        };
        let amazon = Some("169.254.169.253:53".to_owned());
        assert_eq!(compared(&["10.20.0.53"]), amazon);
        assert_eq!(compared(&["127.0.0.11", "10.20.0.53"]), amazon);
        for own in ["169.254.169.253", "10.0.0.2", "172.31.16.18", "fd00:ec2::253"] {
            assert_eq!(compared(&["10.20.0.53", own]), None, "{own}");
        }
        assert_eq!(compared(&[]), None);
    }
}
