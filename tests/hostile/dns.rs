//! A name server whose answers go in circles, or hold more than any client could use.

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::time::Instant;

use super::MOST_TIME;

/// Bytes of a report in which every answer is hostile.
const LONGEST_REPORT: usize = 256 * 1024;

/// A record of the name that was asked for: its owner is a pointer to the question (RFC 1035 section 4.1.4).
fn record(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).expect("it is short");
    [&[0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, length], data].concat()
}

/// The answer to a question, with as many records as a message takes.
fn answer(question: &[u8], cut: bool, number: impl Fn(u16) -> Vec<u8>) -> Option<Vec<u8>> {
    let name = question.get(12..)?.iter().position(|byte| *byte == 0)?;
    let asked = question.get(12..12 + name + 5)?;
    let mut records = Vec::new();
    let mut count = 0u16;
    while !cut && records.len() < 63_000 {
        records.extend(number(count));
        count += 1;
    }
    let flags = if cut { 0x82 } else { 0x80 };
    let [high, low] = count.to_be_bytes();
    Some([question.get(..2)?, &[flags | 1, 0x80, 0, 1, high, low, 0, 0, 0, 0], asked, &records].concat())
}

/// Answers over UDP that the answer is too long, and over TCP with it, until the test is over.
fn serve(number: fn(u16) -> Vec<u8>) -> std::net::SocketAddr {
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = tcp.local_addr().expect("it is bound");
    let udp = UdpSocket::bind(address).expect("the port is free for UDP too");
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut buffer) {
            let cut = answer(&buffer[..length], true, number).unwrap_or_default();
            let _ = udp.send_to(&cut, client);
        }
    });
    std::thread::spawn(move || {
        for stream in tcp.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut length = [0; 2];
            let Ok(()) = stream.read_exact(&mut length) else { continue };
            let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
            let Ok(()) = stream.read_exact(&mut question) else { continue };
            let whole = answer(&question, false, number).unwrap_or_default();
            let length = u16::try_from(whole.len()).expect("it fits").to_be_bytes();
            let _ = stream.write_all(&[&length[..], &whole].concat());
        }
    });
    address
}

#[test]
fn endless_answers_end() {
    let servers: [fn(u16) -> Vec<u8>; 3] = [
        // An alias of itself.
        |_| record(5, &[0xc0, 12]),
        // Aliases that lead to a label more with every turn.
        |_| record(5, &[1, b'a', 0xc0, 12]),
        // Addresses of this host, where nothing listens.
        |number| record(1, &[127, 9, number.to_be_bytes()[0], number.to_be_bytes()[1]]),
    ];
    for number in servers {
        let server = serve(number);
        let began = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
            .args(["check", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1", "--output", "json"])
            .args(["--timeout", "2s", "--dns-server", &server.to_string()])
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .expect("the binary starts");
        assert!(began.elapsed() < MOST_TIME, "{:?}", began.elapsed());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 3)), "{:?}: {error}", output.status);
        assert!(output.stdout.len() < LONGEST_REPORT, "{} bytes", output.stdout.len());
        assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok());
    }
}
