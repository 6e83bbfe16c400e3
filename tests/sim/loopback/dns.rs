//! The name servers, over UDP and TCP.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType, rdata};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::super::names::{Family, Question, Records, Says, answer};
use super::super::world::{DnsFault, DnsTrouble};
use super::network::Network;

/// One server for each of the world's, all on one port: this, or any where it is nought.
pub async fn stand(network: Arc<Network>, servers: &[IpAddr], mut port: u16) -> io::Result<Vec<SocketAddr>> {
    let closed = network.world().dns.for_all() == Some(&DnsFault::Trouble(DnsTrouble::Closed));
    let mut standing = Vec::new();
    for (server, last) in servers.iter().zip(1..) {
        let (udp, tcp) = bind(Ipv4Addr::new(127, 0, 0, last), port).await?;
        let at = udp.local_addr()?;
        port = at.port();
        standing.push(at);
        if closed {
            continue;
        }
        let asked = Arc::new(Server { network: network.clone(), address: *server, asked: Mutex::default() });
        tokio::spawn(serve_udp(asked.clone(), udp));
        tokio::spawn(serve_tcp(asked, tcp));
    }
    Ok(standing)
}

/// The same port for UDP and TCP; any that is free for both, where none is given.
async fn bind(address: Ipv4Addr, port: u16) -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = None;
    for _ in 0..16 {
        let udp = UdpSocket::bind((address, port)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::other("no port is free for UDP and TCP")))
}

struct Server {
    network: Arc<Network>,
    /// Its address in the world.
    address: IpAddr,
    /// How often each name was asked for, by type.
    asked: Mutex<HashMap<(String, RecordType), u32>>,
}

/// What goes back to the client.
enum Sent {
    Nothing,
    Bytes(Vec<u8>),
}

async fn serve_udp(server: Arc<Server>, socket: UdpSocket) {
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
        if let Sent::Bytes(bytes) = server.respond(&buffer[..length], true).await {
            let _ = socket.send_to(&bytes, client).await;
        }
    }
}

async fn serve_tcp(server: Arc<Server>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let server = server.clone();
        tokio::spawn(async move {
            let _ = converse(&server, stream).await;
        });
    }
}

async fn converse(server: &Server, mut stream: TcpStream) -> io::Result<()> {
    loop {
        let mut question = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut question).await?;
        if let Sent::Bytes(bytes) = server.respond(&question, false).await {
            stream.write_u16(u16::try_from(bytes.len()).map_err(io::Error::other)?).await?;
            stream.write_all(&bytes).await?;
        }
    }
}

impl Server {
    fn turn(&self, host: &str, kind: RecordType) -> u32 {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let count = asked.entry((host.to_owned(), kind)).or_default();
        *count += 1;
        *count - 1
    }

    async fn respond(&self, bytes: &[u8], over_udp: bool) -> Sent {
        let Ok(asked) = Message::from_vec(bytes) else { return Sent::Nothing };
        let Some(query) = asked.queries.first() else { return Sent::Nothing };
        let host = query.name.to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let family = match query.query_type {
            RecordType::AAAA => Family::Aaaa,
            _ => Family::A,
        };
        let turn = self.turn(&host, query.query_type);
        let says = answer(self.network.world(), Question { server: self.address, host: &host, family, turn });

        let mut reply = Message::response(asked.metadata.id, asked.metadata.op_code);
        reply.metadata.recursion_desired = true;
        reply.metadata.recursion_available = true;
        reply.add_query(query.clone());
        match says {
            Says::Nothing | Says::PortClosed => return Sent::Nothing,
            Says::Garbage => return Sent::Bytes(b"this is not a DNS message".to_vec()),
            Says::Cut if !over_udp => return Sent::Nothing,
            Says::Cut => reply.metadata.truncation = true,
            Says::ServerFailure => reply.metadata.response_code = ResponseCode::ServFail,
            Says::Refused => reply.metadata.response_code = ResponseCode::Refused,
            Says::NxDomain { aliases } => {
                reply.metadata.response_code = ResponseCode::NXDomain;
                self.records(&mut reply, &query.name, Records { aliases, ..Records::default() }).await;
            }
            Says::Records(records) if records.truncated && over_udp => reply.metadata.truncation = true,
            Says::Records(records) => self.records(&mut reply, &query.name, records).await,
        }
        reply.to_vec().map_or(Sent::Nothing, Sent::Bytes)
    }

    async fn records(&self, reply: &mut Message, asked: &Name, records: Records) {
        let mut owner = asked.clone();
        for alias in records.aliases {
            let Ok(target) = Name::from_ascii(format!("{}.", alias.target)) else { continue };
            reply.add_answer(Record::from_rdata(owner, alias.ttl, RData::CNAME(rdata::CNAME(target.clone()))));
            owner = target;
        }
        for (address, ttl) in records.addresses {
            // There is one IPv6 address on loopback, so what has only IPv6 has nothing here.
            if address.is_ipv6() {
                continue;
            }
            let opened = self.network.open(address).await;
            if let Err(error) = &opened {
                eprintln!("OPEN {address}: {error}");
            }
            if let Ok(IpAddr::V4(mine)) = opened {
                reply.add_answer(Record::from_rdata(owner.clone(), ttl, RData::A(rdata::A(mine))));
            }
        }
    }
}
