//! The runtime API of an emulator that others wrote: cargo-lambda's.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::function::{Function, command_in, event, pause};
use super::runtime_api::RuntimeApi;
use super::{HEALTHY, LONG, is_report, lab};

/// What the emulator calls a function that it did not start itself.
const NAME: &str = "_";

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// An emulator that ends with this value.
struct Emulator {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Emulator {
    /// It reads the manifest of a crate, which it is not to build.
    fn start(program: PathBuf) -> Emulator {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
        write(
            "Cargo.toml",
            "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[lib]\npath = \"lib.rs\"\n",
        );
        write("lib.rs", "");
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port is free");
        let port = free.port();
        let log = File::create(folder.path().join("log")).expect("a log");
        let mut command = Command::new(program);
        command.args(["lambda", "watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1", "--invoke-port"]);
        command.arg(port.to_string()).current_dir(folder.path()).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a file can be shared")).stderr(log);
        Emulator { child: command.spawn().expect("it starts"), port, folder }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Waits until it listens.
    #[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
    fn wait(&mut self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(self.child.try_wait().expect("it can be asked").is_none(), "it ended: {}", self.log());
            assert!(began.elapsed() < LONG, "it does not listen: {}", self.log());
            pause(20);
        }
    }

    /// The status and the answer of an invocation.
    #[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
    fn invoke(&self, event: &Value) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(LONG)).expect("it can be set");
        let body = event.to_string();
        let head = format!(
            "POST /2015-03-31/functions/{NAME}/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap_or_else(|error| panic!("{error}: {}", self.log()));
        let (head, body) = answer.split_once("\r\n\r\n").expect("it is HTTP");
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("it has a status");
        (status, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // An error here means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_emulator_of_others_is_served() {
    let Some(program) = find("cargo-lambda") else {
        let nothing = std::env::var_os("ECR_PROBE_SKIP_NOTHING").is_some();
        assert!(!nothing, "nothing may be skipped, and cargo-lambda is not installed");
        println!("skipped: cargo-lambda is not installed (.ci/run installs it)");
        return;
    };
    let mut emulator = Emulator::start(program);
    emulator.wait();
    let lab = lab(HEALTHY);
    let mut command = command_in(&lab, &RuntimeApi::start(), &[]);
    command.env("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{}/.rt", emulator.port));
    let mut function = Function::start(command);

    let (status, report) = emulator.invoke(&event(&lab, &json!({})));
    is_report(&report);
    assert_eq!((status, report["verdict"].as_str()), (200, Some("healthy")), "{report}");
    let (status, error) = emulator.invoke(&json!({ "image": "x" }));
    assert_eq!((status, error["errorType"].as_str()), (500, Some("WrongEvent")), "{error}");
    let stopped = json!({ "detail-type": "ECS Task State Change", "detail": { "taskArn": "a/b", "lastStatus": "STOPPED", "stoppedReason": "CannotPullContainerError: no basic auth credentials" } });
    let (status, told) = emulator.invoke(&stopped);
    assert_eq!((status, told["explanations"][0]["diagnoses"][0]["code"].as_str()), (200, Some("TOK-03")), "{told}");
    assert!(function.is_running(), "{}", function.stderr());
}
