//! A runtime API whose every answer a test chooses, and that remembers what it was told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::LONG;

/// What a request for the next invocation gets.
#[derive(Debug)]
pub enum Given {
    /// An event with these headers.
    Event { headers: String, body: Vec<u8> },
    /// These bytes as they stand, and then the end of the connection.
    Raw(Vec<u8>),
}

/// What the function told.
#[derive(Debug)]
pub struct Told {
    pub path: String,
    pub head: String,
    pub body: Vec<u8>,
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The result of an invocation that has one.
    pub fn result(&self) -> Value {
        assert!(self.path.ends_with("/response"), "{}: {}", self.path, String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The type and the message of one that has none.
    pub fn error(&self) -> (String, String) {
        assert!(self.path.ends_with("/error"), "{}: {}", self.path, String::from_utf8_lossy(&self.body));
        let error = self.json();
        let text = |key: &str| error[key].as_str().expect("it is a text").to_owned();
        let kind = text("errorType");
        assert!(
            self.head.to_lowercase().contains(&format!("lambda-runtime-function-error-type: {}", kind.to_lowercase()))
        );
        (kind, text("errorMessage"))
    }
}

/// What becomes of a result, beside an HTTP status.
pub const SILENCE: u16 = 0;
pub const HANG_UP: u16 = 1;

pub struct RuntimeApi {
    port: u16,
    given: Sender<Given>,
    told: Receiver<Told>,
    /// When the function asked for invocations.
    asked: Receiver<Instant>,
    /// What a response gets: a status, or one of the above.
    pub takes: Arc<AtomicU16>,
    /// The same for an error.
    pub takes_errors: Arc<AtomicU16>,
    events: AtomicUsize,
}

impl RuntimeApi {
    pub fn start() -> RuntimeApi {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("it is bound").port();
        let (given, to_give) = channel();
        let (tell, told) = channel();
        let (ask, asked) = channel();
        let (takes, takes_errors) = (Arc::new(AtomicU16::new(202)), Arc::new(AtomicU16::new(202)));
        let server = Server {
            to_give: Mutex::new(to_give),
            tell,
            ask,
            takes: takes.clone(),
            takes_errors: takes_errors.clone(),
        };
        let server = Arc::new(server);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                thread::spawn(move || server.serve(stream));
            }
        });
        RuntimeApi { port, given, told, asked, takes, takes_errors, events: AtomicUsize::new(0) }
    }

    /// As the function's environment has it.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn give(&self, given: Given) {
        self.given.send(given).expect("the server stands");
    }

    /// An event with an id of its own, whose function ends in so long.
    pub fn event(&self, body: impl Into<Vec<u8>>, left: Duration) {
        let id = self.events.fetch_add(1, Ordering::Relaxed);
        let deadline = since_1970() + left;
        let headers = format!(
            "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-{id:012}\r\nLambda-Runtime-Deadline-Ms: {}\r\n",
            deadline.as_millis()
        );
        self.give(Given::Event { headers, body: body.into() });
    }

    /// Gives the event, with a minute for it, and waits for what is told of it.
    pub fn invoke(&self, event: &Value) -> Told {
        self.event(event.to_string(), Duration::from_secs(60));
        self.told()
    }

    /// The next thing that is told.
    pub fn told(&self) -> Told {
        self.told.recv_timeout(LONG).expect("the function tells something in time")
    }

    /// Whether nothing more was told.
    pub fn has_told_all(&self) -> bool {
        self.told.try_recv().is_err()
    }

    /// When the function next asks for an invocation, or last did.
    pub fn asked(&self) -> Instant {
        self.asked.recv_timeout(LONG).expect("the function asks for an invocation")
    }

    /// How often it has asked since this was called last.
    pub fn asked_times(&self) -> usize {
        self.asked.try_iter().count()
    }
}

pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970")
}

struct Server {
    to_give: Mutex<Receiver<Given>>,
    tell: Sender<Told>,
    ask: Sender<Instant>,
    takes: Arc<AtomicU16>,
    takes_errors: Arc<AtomicU16>,
}

impl Server {
    /// One request a connection, which then ends: no client may rely on more.
    fn serve(&self, mut stream: TcpStream) {
        let Some((head, body)) = request(&mut stream) else { return };
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        if head.starts_with("GET /2018-06-01/runtime/invocation/next ") {
            let _ = self.ask.send(Instant::now());
            // Nobody else asks meanwhile; where the test is over, the function is ended.
            let Ok(given) = self.to_give.lock().expect("no thread panicked").recv() else { return };
            let bytes = match given {
                Given::Event { headers, body } => {
                    let head = format!(
                        "HTTP/1.1 200 OK\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    );
                    [head.into_bytes(), body].concat()
                }
                Given::Raw(bytes) => bytes,
            };
            let _ = stream.write_all(&bytes);
            return;
        }
        let is_error = path.ends_with("/error");
        let takes = if is_error { &self.takes_errors } else { &self.takes };
        let status = takes.load(Ordering::Relaxed);
        let _ = self.tell.send(Told { path, head, body });
        match status {
            SILENCE => drop(stream.read(&mut [0; 1])),
            HANG_UP => {}
            status => {
                let _ = stream.write_all(format!("HTTP/1.1 {status} Told\r\nContent-Length: 0\r\n\r\n").as_bytes());
            }
        }
    }
}

fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 64 * 1024];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    };
    let mut body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes).ok()?;
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.trim().parse().ok());
    while body.len() < length.unwrap_or(0_usize) {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&buffer[..read]);
    }
    Some((head, body))
}
