//! An HTTP server on loopback whose every answer a test chooses, and that remembers what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Request line and headers.
    pub head: String,
    pub body: String,
}

impl Request {
    /// The operation, whatever the protocol.
    pub fn operation(&self) -> String {
        if let Some(target) = self.header("x-amz-target") {
            return target.rsplit('.').next().unwrap_or_default().to_owned();
        }
        match self.parameter("Action") {
            Some(action) => action,
            None if self.head.contains("/hostedzonesbyvpc") => "ListHostedZonesByVPC".to_owned(),
            None => "ListResourceRecordSets".to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    /// Which of the services' protocols it is in.
    pub fn protocol(&self) -> Protocol {
        match (self.header("x-amz-target"), self.parameter("Version").as_deref()) {
            (Some(_), _) => Protocol::Json,
            (None, Some("2016-11-15")) => Protocol::Ec2,
            (None, Some(_)) => Protocol::Iam,
            (None, None) => Protocol::Route53,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Ec2,
    Iam,
    Route53,
    Json,
}

/// What is done with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    Http {
        status: u16,
        headers: String,
        body: Vec<u8>,
    },
    /// As it stands, then the end.
    Raw(Vec<u8>),
    /// Nothing, for a while.
    Silence,
    /// RST.
    Reset,
}

impl Answer {
    pub fn of(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer::Http { status, headers: String::new(), body: body.into() }
    }
}

pub struct Responder {
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Responder {
    pub fn start(answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Responder {
        Responder::on(None, answer)
    }

    /// With a certificate for these names, whose root is written to `root`.
    pub fn with_tls(
        names: &[&str],
        root: &Path,
        answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) -> Responder {
        Responder::on(Some(Arc::new(tls(names, root))), answer)
    }

    fn on(
        tls: Option<Arc<ServerConfig>>,
        answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) -> Responder {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("it is bound").port();
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (known, answer) = (seen.clone(), Arc::new(answer));
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (known, answer, tls) = (known.clone(), answer.clone(), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(&mut &stream, &stream, &known, &*answer),
                    Some(tls) => {
                        let connection = ServerConnection::new(tls).expect("the settings are good");
                        let mut secured = StreamOwned::new(connection, stream.try_clone().expect("it can be shared"));
                        serve(&mut secured, &stream, &known, &*answer);
                        secured.conn.send_close_notify();
                        let _ = secured.flush();
                    }
                });
            }
        });
        Responder { port, seen }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("nobody panicked").clone()
    }
}

fn serve(
    stream: &mut (impl Read + Write),
    socket: &TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &(dyn Fn(&Request, usize) -> Answer + Send + Sync),
) {
    let Some(request) = request(stream) else { return };
    let count = {
        let mut seen = seen.lock().expect("nobody panicked");
        seen.push(request.clone());
        seen.len() - 1
    };
    // A client that has gone away is no matter.
    match answer(&request, count) {
        Answer::Http { status, headers, body } => {
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
        Answer::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Answer::Silence => thread::sleep(Duration::from_secs(10)),
        Answer::Reset => reset(socket),
    }
}

fn tls(names: &[&str], root: &Path) -> ServerConfig {
    let key = || KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, key()).expect("a root certificate");
    std::fs::write(root, authority.pem()).expect("the root certificate can be written");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let key = key();
    let leaf = CertificateParams::new(names).and_then(|leaf| leaf.signed_by(&key, &authority)).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key))
        .expect("the settings are good")
}

/// Closes with RST in the place of FIN (socket(7), `SO_LINGER`).
#[expect(unsafe_code, reason = "the standard library has no stable way to set SO_LINGER")]
fn reset(stream: &TcpStream) {
    use std::os::fd::AsRawFd;
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    let length = libc::socklen_t::try_from(size_of_val(&linger)).expect("it is small");
    // SAFETY: the descriptor is open, and the kernel reads `length` bytes of `linger`.
    let set = unsafe {
        libc::setsockopt(stream.as_raw_fd(), libc::SOL_SOCKET, libc::SO_LINGER, (&raw const linger).cast(), length)
    };
    assert_eq!(set, 0);
}

/// Reads one request.
pub fn request(stream: &mut impl Read) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let request = Request { head: head.to_owned(), body: body.to_owned() };
            let length: usize = request.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(request);
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
