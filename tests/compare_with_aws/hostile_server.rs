//! A server on loopback that answers as it is told to, and remembers what it was sent.
#![allow(clippy::disallowed_methods, reason = "a server that is slow waits, and this is not the probe")]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use serde_json::json;

/// What the registry's image is made of.
pub const CONFIG: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
pub const LAYER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// How a request is answered.
pub type Answer = Box<dyn Fn(&Asked, &mut TcpStream) -> io::Result<()> + Send + Sync>;

/// The head of a request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub head: String,
}

impl Asked {
    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

pub struct Server {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(answer: Answer) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let at = listener.local_addr().expect("a bound socket has an address");
        let (asked, over) = (Arc::new(Mutex::default()), Arc::new(AtomicBool::default()));
        let (kept, ended) = (Arc::clone(&asked), Arc::clone(&over));
        // One connection after another, as the script makes them.
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                // A client that has heard enough goes: no fault of the server.
                let _ = stream.and_then(|stream| serve(stream, &answer, &kept));
            }
        });
        Server { at, asked, over, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Everything that it was sent.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for a connection.
        let _ = TcpStream::connect(self.at);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, answer: &Answer, kept: &Mutex<Vec<Asked>>) -> io::Result<()> {
    // Nothing of a test hangs for good.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let asked = Asked { head: String::from_utf8_lossy(&head).into_owned() };
    kept.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    answer(&asked, &mut stream)
}

/// An answer as HTTP wants it; the headers end with CRLF each.
pub fn whole(asked: &Asked, stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> io::Result<()> {
    let body = if asked.method() == "HEAD" { "" } else { body };
    write!(stream, "HTTP/1.1 {status} Told\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The manifest of an image with one layer.
pub fn manifest(asked: &Asked, stream: &mut TcpStream) -> io::Result<()> {
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let config = json!({ "mediaType": "application/vnd.oci.image.config.v1+json", "digest": CONFIG, "size": 2 });
    let layer = json!({ "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": LAYER, "size": 100 });
    let manifest = json!({ "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": [layer] });
    whole(asked, stream, 200, &format!("Content-Type: {media_type}\r\n"), &manifest.to_string())
}

/// The same bytes until the client goes.
pub fn without_end(stream: &mut TcpStream, begin: &str, then: &str) -> io::Result<()> {
    stream.write_all(begin.as_bytes())?;
    let piece = then.repeat(1 + 65_536 / then.len());
    loop {
        stream.write_all(piece.as_bytes())?;
    }
}

/// A byte now and then until the client goes.
pub fn slowly(stream: &mut TcpStream, begin: &str, then: &str) -> io::Result<()> {
    stream.write_all(begin.as_bytes())?;
    loop {
        for byte in then.bytes() {
            stream.write_all(&[byte])?;
            sleep(Duration::from_millis(20));
        }
    }
}

/// Nothing until the client goes.
pub fn silence(stream: &mut TcpStream) -> io::Result<()> {
    let mut byte = [0];
    while stream.read(&mut byte)? > 0 {}
    Ok(())
}
