//! The static binary as the container image will hold it: `FROM scratch`, not root, no
//! capabilities, nothing writable, in the subnet's network.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::namespace::Namespace;
use super::process::{clean, run};

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
