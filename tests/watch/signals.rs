//! Told to stop at any moment, a watch ends at once, by itself, and leaves nothing half done.

use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use ecr_probe::watch::State;

use super::process::{Watch, pause};
use super::sim::Loopback;
use super::{HEALTHY, binary, lab, watch_within};

/// How often, and how many at a time: most of the time they wait.
const TIMES: u64 = 100;
const SIDE_BY_SIDE: usize = 6;
const BOUND: Duration = Duration::from_secs(2);

/// Rounds that succeed, and rounds that hang in a name server, in a connection, in a reply.
const WORLDS: [&str; 4] =
    [HEALTHY, "[dns]\nall = 'silent'", "[tcp]\nall = 'drop'", "[reply.manifest]\nfault = 'silent'"];
/// The first is over before the next begins; of the second there is one.
const INTERVALS: [&str; 3] = ["1ms", "60s", "30ms"];

/// A number below `limit` (Marsaglia's xorshift): the same moments in every run.
fn draw(seed: &mut u64, limit: u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed % limit
}

fn index(seed: &mut u64, length: usize) -> usize {
    usize::try_from(draw(seed, length as u64)).expect("it is small")
}

#[test]
fn a_signal_at_any_moment_ends_it_well() {
    let labs = WORLDS.map(lab);
    let left = Mutex::new(TIMES);
    let next = || {
        let mut left = left.lock().unwrap();
        *left = left.checked_sub(1)?;
        Some(*left)
    };
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(number) = next() {
                    one(&labs, number);
                }
            });
        }
    });
}

/// A shell runs tests in its background with SIGINT ignored (POSIX, Shell Command Language, 2.11), and a
/// program takes that over until its handler stands.
fn heeding(command: &Command) -> Command {
    let mut heeding = Command::new("/usr/bin/env");
    heeding.arg("--default-signal=INT").arg(command.get_program()).args(command.get_args());
    heeding.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    heeding
}

fn one(labs: &[Loopback], number: u64) {
    let mut seed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    draw(&mut seed, 1);
    let lab = &labs[index(&mut seed, labs.len())];
    let interval = INTERVALS[index(&mut seed, INTERVALS.len())];
    let name = ["TERM", "INT"][index(&mut seed, 2)];
    let delay = draw(&mut seed, 400);
    // So patient that a round which hangs does so until the end.
    let mut command = watch_within(lab, "30s", "60s");
    command.args(["--interval", interval]);
    let mut watch = Watch::start(heeding(&command));
    pause(delay);
    watch.signal(name);
    let ended = watch.ended(BOUND);
    let (stdout, stderr) = (watch.stdout.whole(), watch.stderr.whole());
    let shown = format!("number {number}, {name} after {delay} ms, {interval}: {ended}\n{stderr}");

    if ended.code().is_none() {
        // Nothing but the handler can keep a signal from ending a process that has just begun.
        assert!(stdout.is_empty() && stderr.is_empty(), "{shown}");
    } else {
        assert_eq!(ended.code(), Some(0), "{shown}");
        assert!(stderr.trim_end().lines().last().is_some_and(|line| line.contains("stopped")), "{shown}");
    }
    assert!(stdout.is_empty() || stdout.ends_with('\n'), "{shown}\na torn line");
    for line in stdout.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{shown}\n{line}");
    }
    if let Ok(state) = std::fs::read(watch.state()) {
        assert!(State::read(&state).is_ok(), "{shown}\n{}", String::from_utf8_lossy(&state));
    }
    assert!(watch.litter().is_empty(), "{shown}\n{:?}", watch.litter());
}

/// Of a task whose metadata never comes, a watch that waits for it ends as any other.
#[test]
fn a_watch_that_waits_for_metadata_ends_at_once() {
    // It takes connections into its queue and never says a word.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let at = format!("http://{}/v4/task", mute.local_addr().expect("it is bound"));
    let mut command = Command::new(binary());
    command.args(["watch", "--timeout", "30s", "--budget", "60s"]).env_clear();
    command.env("ECS_CONTAINER_METADATA_URI_V4", at).env("AWS_EC2_METADATA_DISABLED", "true");
    let mut watch = Watch::start(command);
    watch.wait_logged("watching");
    pause(300);
    assert_eq!(watch.health().0, 1);
    watch.stop();
    assert_eq!(watch.stdout.whole(), "");
}
