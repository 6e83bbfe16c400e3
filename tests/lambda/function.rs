//! The function as a process of ours.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::runtime_api::RuntimeApi;
use super::sim::Loopback;
use super::{LONG, binary};

/// All that a pipe has given so far; read as it comes, so that nobody waits for us.
type Given = Arc<Mutex<Vec<u8>>>;

/// A function that ends with this value.
pub struct Function {
    child: Child,
    stdout: Given,
    stderr: Given,
    readers: Vec<JoinHandle<()>>,
}

fn read(mut pipe: impl Read + Send + 'static) -> (Given, JoinHandle<()>) {
    let given = Given::default();
    let kept = given.clone();
    let reader = std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            kept.lock().expect("no thread panicked").extend_from_slice(&buffer[..length]);
        }
    });
    (given, reader)
}

/// As Lambda starts it, with this in its environment.
pub fn command(api: &str, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().env("AWS_LAMBDA_RUNTIME_API", api).env("AWS_LAMBDA_FUNCTION_NAME", "ecr-probe-a");
    command.env("AWS_REGION", "eu-west-1").env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(environment.iter().copied());
    command
}

/// The same in a simulated AWS, whose image is the one to check.
pub fn command_in(lab: &Loopback, api: &RuntimeApi, environment: &[(&str, &str)]) -> Command {
    let mut command = command(&api.address(), &[]);
    command.envs(lab.environment()).env("AWS_CA_BUNDLE", lab.ca_bundle());
    command.env("ECR_PROBE_IMAGES", lab.world().references().join(","));
    let arguments = lab.arguments();
    let ranges = arguments.iter().skip_while(|it| *it != "--ip-ranges").nth(1).expect("it has ranges of its own");
    command.env("ECR_PROBE_IP_RANGES", ranges);
    command.envs(environment.iter().copied());
    command
}

/// An event that leads into the simulated AWS, and these keys.
pub fn event(lab: &Loopback, keys: &Value) -> Value {
    let servers: Vec<String> = lab.name_servers().iter().map(ToString::to_string).collect();
    let mut event = json!({
        "dns_server": servers, "connect_to": [format!(":443::{}", lab.port())], "platform": "linux/amd64", "timeout": "2s",
    });
    let keys = keys.as_object().expect("keys are an object").clone();
    event.as_object_mut().expect("it is one").extend(keys);
    event
}

impl Function {
    pub fn start(mut command: Command) -> Function {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (stdout, of_stdout) = read(child.stdout.take().expect("it is piped"));
        let (stderr, of_stderr) = read(child.stderr.take().expect("it is piped"));
        Function { child, stdout, stderr, readers: vec![of_stdout, of_stderr] }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn stdout(&self) -> String {
        String::from_utf8(self.stdout.lock().expect("no thread panicked").clone()).expect("it is text")
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.stderr.lock().expect("no thread panicked").clone()).expect("it is text")
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_none()
    }

    /// Waits until it ends by itself; gives back how, and what it said on stderr.
    pub fn ended(&mut self, within: Duration) -> (ExitStatus, String) {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                break status;
            }
            assert!(began.elapsed() < within, "it does not end: {}", self.stderr());
            pause(5);
        };
        self.readers.drain(..).for_each(|reader| reader.join().expect("it reads to the end"));
        (status, self.stderr())
    }

    /// What `found` makes of stdout, as soon as it makes something of it.
    pub fn wait_for<T>(&self, what: &str, found: impl Fn(&str) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = found(&self.stdout()) {
                return found;
            }
            assert!(began.elapsed() < LONG, "no {what}: {}", self.stdout());
            pause(5);
        }
    }

    /// What proc(5) says of the process: a line of `status`, in KiB.
    pub fn kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("proc(5) has it");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("it runs").count()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // An error here means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
pub fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}
