//! moto, the driver that makes worlds in it, and the probe that audits them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Daemon, clean};
use crate::responder::{Answer, Protocol, Request, Responder};
use crate::tools;

/// moto takes seconds to import itself on a busy machine, and boto3 too.
const START: Duration = Duration::from_secs(60);

fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit").join(file)
}

/// What the probe printed, and how it ended.
pub struct Seen {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Seen {
    /// Runs the command to its end.
    pub fn by(mut command: Command) -> Seen {
        let output = command.output().expect("the probe runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Seen { exit: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The report.
    #[track_caller]
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}: {}\n{}", self.stdout, self.stderr))
    }
}

/// What a failure's message shows of a report.
pub fn told(report: &Value) -> String {
    let findings = report["diagnoses"].as_array().into_iter().flatten();
    let findings: Vec<String> =
        findings.map(|it| format!("{} {} {}", it["code"], it["strength"], it["summary"])).collect();
    let paths = report["paths"].as_array().into_iter().flatten().filter(|path| path["passes"] != "yes");
    let paths: Vec<&Value> = paths.collect();
    format!(
        "{}\n{findings:#?}\n{}\n{}\n{}\n{paths:#?}",
        report["verdict"], report["placement"], report["unseen"], report["not_judged"]
    )
}

/// moto's answer, as it stands.
fn handed_on(at: &str, request: &Request) -> Answer {
    let mut stream = TcpStream::connect(at).expect("moto listens");
    let (first, rest) = request.head.split_once("\r\n").expect("a request has headers");
    write!(stream, "{first}\r\nConnection: close\r\n{rest}\r\n\r\n{}", request.body).expect("moto reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("moto answers");
    Answer::Raw(answer)
}

/// What AWS says to somebody who may not ask, in the shape of the protocol: EC2 403 `UnauthorizedOperation`, IAM, STS and
/// Route 53 403 `AccessDenied`, and the JSON services 400 `AccessDeniedException`.
pub fn refusal(request: &Request) -> Answer {
    let who = "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform";
    let does = request.operation();
    let xml = |code: &str| format!("<Error><Code>{code}</Code><Message>{who}: {does}</Message></Error>");
    match request.protocol() {
        Protocol::Ec2 => {
            Answer::of(403, format!("<Response><Errors>{}</Errors></Response>", xml("UnauthorizedOperation")))
        }
        Protocol::Iam | Protocol::Route53 => {
            Answer::of(403, format!("<ErrorResponse>{}</ErrorResponse>", xml("AccessDenied")))
        }
        Protocol::Json => {
            let body = json!({ "__type": "AccessDeniedException", "message": format!("{who}: {does}") });
            Answer::of(400, body.to_string())
        }
    }
}

pub struct Moto {
    url: String,
    driver: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    _server: Daemon,
    _folder: TempDir,
}

impl Moto {
    /// `None` where there is no moto, or no AWS CLI beside it.
    pub fn start() -> Option<Moto> {
        let Some(python) = tools::python_with_moto() else {
            tools::skip("moto[server] for python3");
            return None;
        };
        let folder = TempDir::with_prefix("ecr-probe-audit-").expect("a temporary folder");
        let cli = clean(&python, folder.path()).args(["-c", "import awscli"]).status();
        if !cli.is_ok_and(|status| status.success()) {
            tools::skip("awscli for python3");
            return None;
        }
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
            listener.local_addr().expect("it is bound").port()
        };
        let url = format!("http://127.0.0.1:{port}");
        let mut server = clean(&python, folder.path());
        server.env("PYTHONDONTWRITEBYTECODE", "1").arg(here("server.py")).args([
            "-H",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ]);
        let mut server = Daemon::start("moto", server, folder.path());
        server.wait_until(START, |_| TcpStream::connect(("127.0.0.1", port)).is_ok());
        let mut driver = clean(&python, folder.path());
        driver.env("PYTHONDONTWRITEBYTECODE", "1").arg(here("driver.py")).arg(&url);
        let mut driver = driver.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
        let asks = driver.stdin.take().expect("it is piped");
        let answers = BufReader::new(driver.stdout.take().expect("it is piped"));
        Some(Moto { url, driver, asks, answers, _server: server, _folder: folder })
    }

    #[track_caller]
    fn ask(&mut self, asked: &Value) -> Value {
        writeln!(self.asks, "{asked}").expect("the driver reads");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the driver answers");
        serde_json::from_str(&line).unwrap_or_else(|why| panic!("{asked}: {why}: {line:?}"))
    }

    /// A new world with these faults of `world.py`, and the ids in it.
    #[track_caller]
    pub fn world(&mut self, faults: &[&str]) -> Value {
        self.ask(&json!({ "world": faults }))
    }

    /// Carries out a command of the AWS CLI.
    #[track_caller]
    pub fn run(&mut self, command: &str) {
        let done = self.ask(&json!({ "run": command }));
        assert_eq!(done["code"], 0, "{command}: {}", done["said"]);
    }

    /// `ecr-probe audit` of the service, with further arguments.
    pub fn audit(&self, arguments: &[&str]) -> Seen {
        self.probe(&[&["audit", "--cluster", "main", "--service", "scheduled-file-writer"], arguments].concat())
    }

    /// The probe, with keys and moto in the place of AWS.
    pub fn probe(&self, arguments: &[&str]) -> Seen {
        Seen::by(self.command(arguments))
    }

    /// The same, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecr-probe"));
        command.env_clear().args(arguments).env("AWS_ENDPOINT_URL", &self.url).env("AWS_REGION", "eu-west-1");
        command.envs([("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "canary-in-the-key")]);
        command.stdin(Stdio::null());
        command
    }

    /// The same, behind somebody who sees each request and may answer it himself.
    pub fn command_behind(&self, front: &Responder, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("AWS_ENDPOINT_URL", front.url());
        command
    }

    /// Hands requests on to moto, but for those that `own` answers.
    pub fn front(&self, own: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static) -> Responder {
        let at = self.url.trim_start_matches("http://").to_owned();
        Responder::start(move |request, _| own(request).unwrap_or_else(|| handed_on(&at, request)))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
