//! Network namespaces without names: each lives as long as a process that sleeps in it.
//!
//! Nothing is written under /run/netns or /etc/netns, so runs beside each other cannot
//! collide, and a run that is killed leaves nothing: the sleepers die with it.

use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{Daemon, clean, run_well};
use super::tools;

const LIMIT: Duration = Duration::from_secs(10);
/// The sleepers end by themselves in the end, whatever happens to us.
const LIFETIME_SECONDS: &str = "1800";

/// A host of its own: interfaces, routes, ports and mounts that nothing else sees.
pub struct Namespace {
    sleeper: Daemon,
    /// Whether it lies in a user namespace, made because we are not root.
    in_user_namespace: bool,
    home: PathBuf,
}

impl Namespace {
    /// Makes one; `beside` is one whose user namespace it is to share.
    pub fn new(name: &str, beside: Option<&Namespace>, folder: &Path) -> Namespace {
        let in_user_namespace = !tools::is_root();
        let mut command = match beside {
            Some(other) if in_user_namespace => {
                let mut command = clean("nsenter", folder);
                let target = other.pid().to_string();
                command.args(["--target", &target, "--user", "--preserve-credentials", "--", "unshare"]);
                command
            }
            _ => clean("unshare", folder),
        };
        if in_user_namespace && beside.is_none() {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--net", "--mount", "--"]);
        command.args(["setpriv", "--pdeathsig", "KILL", "sleep", LIFETIME_SECONDS]);
        let mut sleeper = Daemon::start(&format!("namespace-{name}"), command, folder);
        sleeper.wait_until(LIMIT, |pid| {
            std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|it| it == "sleep\n")
        });
        let namespace = Namespace { sleeper, in_user_namespace, home: folder.to_owned() };
        namespace.ip(&["link", "set", "lo", "up"]);
        namespace
    }

    /// The process that holds it: its /proc entry names the namespaces.
    pub fn pid(&self) -> u32 {
        self.sleeper.pid()
    }

    /// A command inside, in a clean environment, that dies with us.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = clean("nsenter", &self.home);
        command.args(["--target", &self.pid().to_string(), "--net", "--mount"]);
        if self.in_user_namespace {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.args(["--", "setpriv", "--pdeathsig", "KILL"]).arg(program.as_ref());
        command
    }

    pub fn ip(&self, arguments: &[&str]) {
        let mut command = self.command("ip");
        command.args(arguments);
        run_well(command, LIMIT);
    }

    /// Runs a line of the shell, for what only files under /proc and mount(8) can do.
    pub fn shell(&self, line: &str) -> String {
        let mut command = self.command("sh");
        command.args(["-euc", line]);
        run_well(command, LIMIT)
    }

    /// Runs nft with the given script.
    pub fn nft(&self, script: &str) -> String {
        let mut command = self.command("nft");
        command.arg(script);
        run_well(command, LIMIT)
    }

    /// Whether something listens on the TCP or UDP address here.
    pub fn listens(&self, at: SocketAddrV4) -> bool {
        // proc(5): local address in hexadecimal, in the machine's byte order; state 0A is LISTEN,
        // and 07 is what a UDP socket without a peer has.
        let local = format!("{:08X}:{:04X}", u32::from_ne_bytes(at.ip().octets()), at.port());
        [("tcp", "0A"), ("udp", "07")].iter().any(|(protocol, state)| {
            let table = std::fs::read_to_string(format!("/proc/{}/net/{protocol}", self.pid())).unwrap_or_default();
            table.lines().any(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                words.get(1) == Some(&local.as_str()) && words.get(3) == Some(state)
            })
        })
    }
}
