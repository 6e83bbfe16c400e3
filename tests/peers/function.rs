//! The shipped binary as a Lambda function in the subnet: `bootstrap`, with a runtime API on its own loopback interface and
//! 128 MB of memory.

use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::memory_limit::MemoryLimit;
use super::namespace::Namespace;
use super::process::{Daemon, PAUSE};
use super::subnet::Subnet;
use super::{REGISTRY_HOST, REPOSITORY, probe, services, tools};

/// What a function gets that asks for the least.
pub const MEMORY_MB: u64 = 128;

const LIMIT: Duration = Duration::from_secs(70);
/// What an invocation may take, in seconds.
const LONGEST_S: u64 = 60;
const START: Duration = Duration::from_secs(20);

/// A function with its role's credentials, the task's place and the image in its environment.
pub struct Function {
    bootstrap: Daemon,
    _runtime: Daemon,
    folder: TempDir,
    pub memory: MemoryLimit,
    invoked: u32,
}

impl Function {
    /// Starts it; `environment` adds to what the template sets.
    pub fn start(subnet: &Subnet, environment: &[(&str, &str)]) -> Function {
        Function::start_in(&subnet.vpc, subnet, LONGEST_S, environment)
    }

    /// The same in another network of the subnet's, with so many seconds for each invocation.
    pub fn start_in(network: &Namespace, subnet: &Subnet, seconds: u64, environment: &[(&str, &str)]) -> Function {
        let folder = TempDir::with_prefix("ecr-probe-function-").expect("a temporary folder");
        let at: SocketAddrV4 = "127.0.0.1:9001".parse().expect("an address");
        let mut command = network.command(tools::python_with_moto().expect("checked before"));
        command.arg(services::here("runtime_api.py")).args([&at.ip().to_string(), &at.port().to_string()]);
        command.arg(folder.path()).arg(seconds.to_string());
        let mut runtime = Daemon::start("runtime-api", command, folder.path());
        runtime.wait_until(START, |_| network.listens(at));

        let memory = MemoryLimit::new(MEMORY_MB);
        let mut command = network.command("sh");
        command.args(["-euc", &format!("{}; exec \"$0\"", memory.enter())]).arg(bootstrap(&folder));
        command.envs(probe::credentials()).env("AWS_LAMBDA_RUNTIME_API", at.to_string());
        command.envs([
            ("AWS_LAMBDA_FUNCTION_NAME", "ecr-probe-a"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_REGION", "eu-west-1"),
            ("ECR_PROBE_SUBNET_ID", "subnet-0a1b2c3d4e5f60718"),
            ("ECR_PROBE_SECURITY_GROUP_IDS", "sg-0fedcba9876543210"),
        ]);
        command.env("ECR_PROBE_IMAGES", format!("{REGISTRY_HOST}/{REPOSITORY}:v1"));
        command.env("AWS_CA_BUNDLE", subnet.folder().join("ca.pem"));
        command.env("ECR_PROBE_IP_RANGES", subnet.folder().join("ip-ranges.json"));
        command.envs(environment.iter().copied());
        let bootstrap = Daemon::start("bootstrap", command, folder.path());
        Function { bootstrap, _runtime: runtime, folder, memory, invoked: 0 }
    }

    /// What the function answers to the event, and how long it took.
    pub fn invoke(&mut self, event: &Value) -> (Value, Duration) {
        self.invoked += 1;
        let path = |what: &str| self.folder.path().join(format!("{what}-{}.json", self.invoked));
        std::fs::write(path("event.new"), event.to_string()).expect("the folder can be written");
        std::fs::rename(path("event.new"), path("event")).expect("a file of ours can be renamed");
        let began = Instant::now();
        let result = path("result");
        while !result.exists() {
            assert!(began.elapsed() < LIMIT, "no result of {event}:\n{}", self.bootstrap.log_tail());
            sleep(PAUSE);
        }
        let took = began.elapsed();
        let text = std::fs::read_to_string(&result).expect("a result can be read");
        let mut result: Value = serde_json::from_str(&text).expect("the runtime API writes JSON");
        probe::no_secret(&text);
        assert_eq!(result["ended"], "response", "{result:#}\n{}", self.bootstrap.log_tail());
        (result["body"].take(), took)
    }

    /// Where its events and results are, as files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it printed besides.
    pub fn log(&self) -> String {
        self.bootstrap.log_tail()
    }
}

/// The binary under the name that Lambda starts.
fn bootstrap(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("bootstrap");
    std::fs::copy(probe::binary(), &path).expect("the binary can be copied");
    path
}
