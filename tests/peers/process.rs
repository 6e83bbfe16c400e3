//! Starting other people's programs and ending exactly those.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks at something that is waited for.
pub const PAUSE: Duration = Duration::from_millis(2);

/// A command with an environment of its own: what the machine sets (a CA bundle, a proxy,
/// credentials) must not reach a peer. docker-registry dies of `AWS_CA_BUNDLE`.
pub fn clean(program: impl AsRef<Path>, home: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command.env_clear().env("PATH", search_path()).env("LANG", "C.UTF-8").env("HOME", home).stdin(Stdio::null());
    command
}

pub fn search_path() -> String {
    std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin"
}

/// A running program that ends with this value.
pub struct Daemon {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it; what it prints goes to `<folder>/<name>.log`.
    pub fn start(name: &str, mut command: Command, folder: &Path) -> Daemon {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).unwrap_or_else(|error| panic!("cannot write {}: {error}", log.display()));
        let copy = file.try_clone().expect("a file can be shared");
        let child = command.stdin(Stdio::null()).stdout(file).stderr(copy).spawn();
        let child = child.unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Daemon { name: name.to_owned(), child, log }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it is ready; fails with the end of its log when it ends or takes too long.
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut(u32) -> bool) {
        let began = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("{} ended while it started ({status}):\n{}", self.name, self.log_tail());
            }
            if ready(self.child.id()) {
                return;
            }
            assert!(began.elapsed() < limit, "{} was not ready in {limit:?}:\n{}", self.name, self.log_tail());
            sleep(PAUSE);
        }
    }

    pub fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // An error here means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program that ran to its end left.
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    /// The most memory that was resident, in KiB, as of a moment before the end.
    pub peak_kib: Option<u64>,
}

/// Runs a program to its end, or for `limit` and no longer.
pub fn run(mut command: Command, limit: Duration) -> Ran {
    // Files rather than pipes: a full pipe would stop the program while we wait for it.
    let mut stdout = tempfile::tempfile().expect("a temporary file");
    let mut stderr = tempfile::tempfile().expect("a temporary file");
    command.stdin(Stdio::null());
    command.stdout(stdout.try_clone().expect("a file can be shared"));
    command.stderr(stderr.try_clone().expect("a file can be shared"));
    let began = Instant::now();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let mut peak_kib = None;
    let status = loop {
        peak_kib = peak_of(child.id()).or(peak_kib);
        match child.try_wait().expect("a child of ours can be waited for") {
            Some(status) => break status,
            None if began.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("{command:?} did not end in {limit:?}; it said:\n{}", read(&mut stderr));
            }
            None => sleep(PAUSE),
        }
    };
    let took = began.elapsed();
    Ran { status, stdout: read(&mut stdout), stderr: read(&mut stderr), took, peak_kib }
}

/// Runs a program that must succeed, and returns what it printed.
pub fn run_well(command: Command, limit: Duration) -> String {
    let shown = format!("{command:?}");
    let ran = run(command, limit);
    assert!(ran.status.success(), "{shown} failed ({}):\n{}{}", ran.status, ran.stdout, ran.stderr);
    ran.stdout
}

/// `VmHWM` of proc(5); it starts anew with every exec.
fn peak_of(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn read(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().expect("a file can be rewound");
    file.read_to_end(&mut bytes).expect("a file of ours can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}
