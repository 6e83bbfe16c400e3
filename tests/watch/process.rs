//! A watch as a process of ours, and what it says while it runs.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::{LONG, binary, report};

/// What a pipe has given so far; read as it comes, so that nobody waits for us.
#[derive(Clone, Default)]
pub struct Stream(Arc<(Mutex<Given>, Condvar)>);

#[derive(Default)]
struct Given {
    bytes: Vec<u8>,
    ended: bool,
}

impl Stream {
    pub fn of(mut pipe: impl Read + Send + 'static) -> Stream {
        let stream = Stream::default();
        let (kept, mut buffer) = (stream.clone(), vec![0; 64 * 1024]);
        std::thread::spawn(move || {
            loop {
                let length = pipe.read(&mut buffer).unwrap_or(0);
                let mut given = kept.0.0.lock().unwrap();
                given.bytes.extend_from_slice(&buffer[..length]);
                given.ended = length == 0;
                kept.0.1.notify_all();
                if given.ended {
                    return;
                }
            }
        });
        stream
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.0.lock().unwrap().bytes.clone()).expect("it is text")
    }

    /// All of it, once nobody can write any more.
    pub fn whole(&self) -> String {
        let (given, timeout) =
            self.0.1.wait_timeout_while(self.0.0.lock().unwrap(), LONG, |given| !given.ended).unwrap();
        assert!(!timeout.timed_out(), "the pipe is held open");
        String::from_utf8(given.bytes.clone()).expect("it is text")
    }

    /// What `found` makes of the text, as soon as it makes something of it.
    pub fn wait<T>(&self, what: &str, found: impl Fn(&str) -> Option<T>) -> T {
        let began = Instant::now();
        let mut given = self.0.0.lock().unwrap();
        loop {
            let text = String::from_utf8_lossy(&given.bytes);
            if let Some(found) = found(&text) {
                return found;
            }
            let left = LONG.checked_sub(began.elapsed());
            let left = left.unwrap_or_else(|| panic!("no {what} in {LONG:?}: …{}", tail(&text)));
            drop(text);
            given = self.0.1.wait_timeout(given, left).unwrap().0;
        }
    }
}

fn tail(text: &str) -> String {
    text.chars().rev().take(2_000).collect::<Vec<_>>().into_iter().rev().collect()
}

/// A watch that ends with this value, and the folder that its state is in.
pub struct Watch {
    child: Child,
    folder: TempDir,
    pub stdout: Stream,
    pub stderr: Stream,
}

impl Watch {
    /// Starts it with both pipes read.
    pub fn start(mut command: Command) -> Watch {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Watch::start_into(command)
    }

    /// Starts it with stdout and stderr as the command has them.
    pub fn start_into(mut command: Command) -> Watch {
        let folder = TempDir::with_prefix("ecr-probe-watch-").expect("a temporary folder");
        if !command.get_args().any(|argument| argument == "--state") {
            command.arg("--state").arg(folder.path().join("state"));
        }
        let mut child = command.stdin(Stdio::null()).spawn().expect("the binary starts");
        let stdout = child.stdout.take().map(Stream::of).unwrap_or_default();
        let stderr = child.stderr.take().map(Stream::of).unwrap_or_default();
        Watch { child, folder, stdout, stderr }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Waits for the report of the round of that number, from 1.
    pub fn round(&self, number: usize) -> Value {
        self.stdout.wait(&format!("round {number}"), |text| {
            let (whole, _) = text.rsplit_once('\n')?;
            whole.lines().nth(number - 1).map(report)
        })
    }

    /// How many rounds were told so far.
    pub fn told(&self) -> usize {
        self.stdout.text().matches('\n').count()
    }

    /// Waits for a report of a round that begins from now on. Two may be needed: one was under way.
    pub fn next(&self) -> Value {
        self.round(self.told() + 2)
    }

    /// Lines of the log with this word in them.
    pub fn logged(&self, word: &str) -> Vec<String> {
        self.stderr.text().lines().filter(|line| line.contains(word)).map(str::to_owned).collect()
    }

    pub fn wait_logged(&self, word: &str) {
        self.stderr.wait(word, |text| text.contains(word).then_some(()));
    }

    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(killed.expect("kill runs").success(), "{name}");
    }

    /// How it ended, which it does within that time.
    pub fn ended(&mut self, within: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status;
            }
            assert!(began.elapsed() < within, "it did not end in {within:?}: {}\n{}", self.stderr.text(), self.doing());
            pause(5);
        }
    }

    /// What each of its threads is at, as the kernel knows it: for the reader of a failure.
    fn doing(&self) -> String {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).into_iter().flatten().flatten();
        let of = |task: &Path, file: &str| std::fs::read_to_string(task.join(file)).unwrap_or_default();
        let lines = tasks.map(|task| {
            let path = task.path();
            let status = of(&path, "status");
            let told =
                status.lines().filter(|line| ["Name", "State", "Sig", "ShdPnd"].iter().any(|it| line.starts_with(it)));
            let told: Vec<&str> = told.collect();
            format!("{} in {} at {}", told.join(" "), of(&path, "wchan"), of(&path, "syscall").trim_end())
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Tells it to stop, by the word of an orchestrator, and waits for that.
    pub fn stop(&mut self) {
        self.signal("TERM");
        assert_eq!(self.ended(Duration::from_secs(2)).code(), Some(0), "{}", self.stderr.text());
    }

    /// What lies beside the state: nothing may.
    pub fn litter(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the folder can be read");
        entries.map(|entry| entry.expect("it can be read").path()).filter(|path| *path != self.state()).collect()
    }

    /// The health check beside it.
    pub fn health(&self) -> (i32, String) {
        health(&self.state())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // An error here means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Exit code and line of a health check, which never says a word on stderr.
pub fn health(state: &Path) -> (i32, String) {
    let mut command = Command::new(binary());
    said(&command.env_clear().arg("health").arg("--state").arg(state).output().expect("the binary starts"))
}

pub fn said(output: &Output) -> (i32, String) {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stderr.is_empty(), "{stderr}");
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    (output.status.code().expect("it ends by itself"), stdout.trim_end().to_owned())
}

/// Waits until it holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < LONG, "{what}: not in {LONG:?}");
        pause(20);
    }
}

#[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
pub fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}
