//! The servers on loopback, looked at with clients that know nothing of the probe.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::sim::Loopback;
use super::world;

const API: &str = "api.ecr.eu-west-1.amazonaws.com";
const DKR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const STORE: &str = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";

fn in_world<T>(toml: &str, act: impl AsyncFnOnce(&Loopback) -> T) -> T {
    let loopback = Loopback::start(world(toml)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), act(&loopback)).await }).unwrap()
}

async fn ask(loopback: &Loopback, host: &str) -> Option<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(loopback.name_servers()[0]).await.unwrap();
    let mut question = Message::new(7, MessageType::Query, OpCode::Query);
    question.add_query(Query::query(Name::from_ascii(host).unwrap(), RecordType::A));
    socket.send(&question.to_vec().unwrap()).await.unwrap();
    let mut buffer = [0; 2048];
    let received = tokio::time::timeout(Duration::from_millis(300), socket.recv(&mut buffer)).await.ok()?.ok()?;
    Message::from_vec(&buffer[..received]).ok()
}

async fn addresses(loopback: &Loopback, host: &str) -> Vec<SocketAddr> {
    let answer = ask(loopback, host).await.expect("an answer");
    let address = |data: &RData| match data {
        RData::A(address) => Some(SocketAddr::new(IpAddr::V4(address.0), loopback.port())),
        _ => None,
    };
    answer.answers.iter().filter_map(|record| address(&record.data)).collect()
}

async fn connect(at: SocketAddr) -> Result<TcpStream, ErrorKind> {
    match tokio::time::timeout(Duration::from_millis(700), TcpStream::connect(at)).await {
        Ok(connected) => connected.map_err(|error| error.kind()),
        Err(_) => Err(ErrorKind::TimedOut),
    }
}

/// The whole of what comes back for one request.
async fn get(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> String {
    stream.write_all(format!("{request}\r\n\r\n").as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    while tokio::time::timeout(Duration::from_millis(300), stream.read_buf(&mut bytes))
        .await
        .is_ok_and(|it| it.unwrap() > 0)
    {}
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn every_address_that_dns_gives_is_there() {
    in_world("", async |loopback| {
        for host in [API, DKR, STORE] {
            let found = addresses(loopback, host).await;
            assert_eq!(found.len(), 2, "{host}");
            for at in found {
                connect(at).await.unwrap();
            }
        }
        assert_eq!(addresses(loopback, API).await[0].ip().to_string(), "127.0.1.10");
        assert_eq!(addresses(loopback, API).await[1].ip().to_string(), "127.0.12.10");
        assert_eq!(
            ask(loopback, "api.ecr.eu-wst-1.amazonaws.com").await.unwrap().metadata.response_code,
            ResponseCode::NXDomain
        );
    });
}

#[test]
fn a_dropped_syn_times_out_and_a_refused_one_is_refused_at_once() {
    in_world("[vpc]\ns3_gateway = false\n[tcp]\necr-dkr = 'refuse'\necr-api = 'net-unreachable'", async |loopback| {
        for (host, expected) in
            [(STORE, ErrorKind::TimedOut), (DKR, ErrorKind::ConnectionRefused), (API, ErrorKind::NetworkUnreachable)]
        {
            for at in addresses(loopback, host).await {
                assert_eq!(connect(at).await.unwrap_err(), expected, "{host}");
                // Nor does the next one get through.
                assert_eq!(connect(at).await.unwrap_err(), expected, "{host}");
            }
        }
    });
}

#[test]
fn a_name_server_is_silent_or_closed_where_the_world_says_so() {
    in_world("[dns]\ns3 = 'silent'", async |loopback| {
        assert!(ask(loopback, STORE).await.is_none());
        assert!(ask(loopback, API).await.is_some());
    });
    in_world("[dns]\nall = 'closed'", async |loopback| {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(loopback.name_servers()[0]).await.unwrap();
        socket.send(b"anything").await.unwrap();
        assert_eq!(socket.recv(&mut [0; 16]).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn the_store_tells_whether_credentials_strayed_there() {
    in_world("", async |loopback| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(
            CertificateDer::pem_file_iter(loopback.ca_bundle()).unwrap().map(Result::unwrap),
        );
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let at = addresses(loopback, STORE).await[0];
        let name = ServerName::try_from(STORE).unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, connect(at).await.unwrap()).await.unwrap();

        let answer = get(&mut stream, &format!("GET / HTTP/1.1\r\nHost: {STORE}")).await;
        assert!(
            answer.starts_with("HTTP/1.1 403 Forbidden") && answer.contains("<Code>AccessDenied</Code>"),
            "{answer}"
        );
        assert_eq!(loopback.services().stray_credentials(), 0);
        let answer = get(&mut stream, &format!("GET / HTTP/1.1\r\nHost: {STORE}\r\nAuthorization: Basic eA==")).await;
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert_eq!(loopback.services().stray_credentials(), 1);
    });
}

#[test]
fn the_task_has_metadata_and_credentials() {
    in_world("", async |loopback| {
        let environment = loopback.environment();
        let url = |name: &str| {
            let value = environment.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()).unwrap();
            let (authority, path) = value.strip_prefix("http://").unwrap().split_once('/').unwrap();
            (authority.parse::<SocketAddr>().unwrap(), format!("/{path}"))
        };
        let (at, path) = url("ECS_CONTAINER_METADATA_URI_V4");
        let task = get(&mut connect(at).await.unwrap(), &format!("GET {path}/task HTTP/1.1")).await;
        assert!(task.contains("\"IPv4SubnetCIDRBlock\":\"127.0.1.0/24\"") && task.contains("scheduled-file-writer:v1"));
        let (at, path) = url("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let credentials = get(&mut connect(at).await.unwrap(), &format!("GET {path} HTTP/1.1")).await;
        assert!(credentials.contains("AccessKeyId"), "{credentials}");
    });
}
