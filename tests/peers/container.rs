//! The static binary as the container image will hold it: `FROM scratch`, not root, no
//! capabilities, nothing writable but what a task gives as a volume, in the subnet's network.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::namespace::Namespace;
use super::process::{PAUSE, Ran, clean, run, run_well};

/// The user of the image (Dockerfile).
const USER: u32 = 65532;

/// A container's bundle (OCI runtime specification), deleted with this value.
pub struct Container {
    name: String,
    state: PathBuf,
    bundle: PathBuf,
    home: PathBuf,
}

impl Container {
    /// Lays out root file system and configuration under `folder`.
    pub fn new(binary: &Path, network: &Namespace, folder: &Path, arguments: &[&str], variables: &[&str]) -> Container {
        let bundle = folder.join("bundle");
        let certificates = bundle.join("rootfs/etc/ssl/certs");
        std::fs::create_dir_all(&certificates).expect("the root file system can be made");
        std::fs::copy(binary, bundle.join("rootfs/ecr-probe")).expect("the binary can be copied");
        std::fs::copy(folder.join("ca.pem"), certificates.join("ca-certificates.crt")).expect("and the CA bundle");
        std::fs::copy(folder.join("ip-ranges.json"), bundle.join("rootfs/ip-ranges.json")).expect("and the ranges");
        // As the image has it (Dockerfile): what is mounted here takes its mode.
        let state = bundle.join("rootfs/tmp");
        std::fs::create_dir_all(&state).expect("and a folder for the state");
        std::fs::set_permissions(&state, Permissions::from_mode(0o1777)).expect("it is ours");
        let resolver = folder.join("resolv.conf");
        let config = json!({
            "ociVersion": "1.0.2",
            "process": {
                "user": {"uid": USER, "gid": USER}, "cwd": "/", "noNewPrivileges": true, "capabilities": {},
                "args": ([&["/ecr-probe"], arguments].concat()), "env": variables,
            },
            "root": {"path": "rootfs", "readonly": true},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "noexec", "mode=755"]},
                {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "noexec", "mode=1777"]},
                {"destination": "/etc/resolv.conf", "type": "bind", "source": resolver, "options": ["bind", "ro"]},
            ],
            "linux": {"namespaces": [
                {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
                {"type": "network", "path": format!("/proc/{}/ns/net", network.pid())},
            ]},
        });
        std::fs::write(bundle.join("config.json"), config.to_string()).expect("the configuration can be written");
        let name = format!("ecr-probe-test-{}", std::process::id());
        Container { name, state: folder.join("runc"), bundle, home: folder.to_owned() }
    }

    /// The command that runs it to its end.
    pub fn command(&self) -> Command {
        let mut command = self.runc("run");
        command.arg("--bundle").arg(&self.bundle).arg(&self.name);
        command
    }

    /// Runs it beside the test.
    pub fn start(&self) -> Running<'_> {
        let [stdout, stderr] = ["stdout", "stderr"].map(|name| self.bundle.join(name));
        let file = |path: &Path| File::create(path).expect("the bundle can be written to");
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(file(&stdout)).stderr(file(&stderr));
        let child = command.spawn().expect("runc starts");
        Running { container: self, child, stdout, stderr }
    }

    fn runc(&self, verb: &str) -> Command {
        let mut command = clean("runc", &self.home);
        command.arg("--root").arg(&self.state).arg(verb);
        command
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // One that ran to its end is gone already, and this says so.
        let mut command = self.runc("delete");
        command.args(["--force", &self.name]);
        run(command, Duration::from_secs(10));
    }
}

/// A container that runs, and is killed with this value.
pub struct Running<'c> {
    container: &'c Container,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running<'_> {
    /// Runs a command in it, as its health check is run.
    pub fn exec(&self, arguments: &[&str]) -> Ran {
        let mut command = self.container.runc("exec");
        command.arg(&self.container.name).args(arguments);
        run(command, Duration::from_secs(10))
    }

    /// What `/proc` says of its first process, from outside.
    pub fn status(&self) -> String {
        let mut command = self.container.runc("state");
        command.arg(&self.container.name);
        let state: Value = serde_json::from_str(&run_well(command, Duration::from_secs(10))).expect("JSON");
        std::fs::read_to_string(format!("/proc/{}/status", state["pid"])).expect("it runs")
    }

    /// Signals its first process and waits until it has ended, but no longer than that.
    pub fn kill(&mut self, signal: &str, within: Duration) -> ExitStatus {
        let mut command = self.container.runc("kill");
        command.args([&self.container.name, signal]);
        run_well(command, Duration::from_secs(10));
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours can be waited for") {
                return status;
            }
            assert!(began.elapsed() < within, "it did not end in {within:?}: {}", self.stderr());
            std::thread::sleep(PAUSE);
        }
    }

    pub fn stdout(&self) -> String {
        std::fs::read_to_string(&self.stdout).expect("it is text")
    }

    pub fn stderr(&self) -> String {
        std::fs::read_to_string(&self.stderr).expect("it is text")
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // An error here means that it has ended already. What runs inside is deleted with the container.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
