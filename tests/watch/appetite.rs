//! A watch beside an application for a long time: what it takes of the machine, and that it does
//! not take more and more. `ECR_PROBE_SOAK` says for how many rounds; without it they are few.

use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::process::{Watch, pause, until};
use super::{HEALTHY, healthy, lab, watch};

/// Enough for a leak of a few kilobytes a round to show.
const ROUNDS: usize = 300;

/// Three times what 20,000 rounds take on two cores.
const LONGEST: Duration = Duration::from_secs(1200);

/// Of the release: a task of 512 MiB shall not notice it. Most of it are pages of the program, which the kernel may drop.
const MOST_KIB: u64 = 12 * 1024;
const MOST_CPU_MS: f64 = 30.0;
const MOST_TO_FIRST_PACKET: Duration = Duration::from_millis(50);

/// The kernel counts CPU time in hundredths of a second on every architecture (`USER_HZ`, time(7)).
const TICK_MS: f64 = 10.0;

/// What proc(5) says of a process.
#[derive(Debug, Clone, Copy)]
struct Taken {
    resident_kib: u64,
    threads: u64,
    descriptors: usize,
    cpu_ms: f64,
}

fn taken(pid: u32) -> Taken {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let value = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("proc(5) has it");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    };
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    // utime and stime are the 12th and 13th after the name, which may hold anything.
    let (_, after_name) = stat.rsplit_once(") ").expect("a name in parentheses");
    let ticks: f64 = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("it runs").count();
    Taken { resident_kib: value("VmRSS:"), threads: value("Threads:"), descriptors, cpu_ms: ticks * TICK_MS }
}

fn is_release() -> bool {
    std::env::var_os("ECR_PROBE_STATIC").is_some()
}

/// Counts lines without keeping them: a soak prints as much as a disk holds.
#[derive(Clone, Default)]
struct Counter(Arc<(AtomicUsize, AtomicUsize)>);

impl Counter {
    fn of(pipe: impl Read + Send + 'static) -> Counter {
        let counter = Counter::default();
        let counted = counter.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines() {
                let healthy = line.is_ok_and(|line| line.contains("\"verdict\":\"healthy\""));
                counted.0.1.fetch_add(usize::from(healthy), Ordering::Relaxed);
                counted.0.0.fetch_add(1, Ordering::Relaxed);
            }
        });
        counter
    }

    fn rounds(&self) -> usize {
        self.0.0.load(Ordering::Relaxed)
    }

    fn healthy(&self) -> usize {
        self.0.1.load(Ordering::Relaxed)
    }

    /// What the watch has taken once it has told so many rounds, or at the deadline.
    fn reaches(&self, rounds: usize, deadline: Instant, watch: &Watch) -> Taken {
        while self.rounds() < rounds && Instant::now() < deadline {
            let before = self.rounds();
            until("another round", || self.rounds() > before);
        }
        at_most(watch)
    }
}

/// What is resident and open goes up and down within a round: the most of several looks.
fn at_most(watch: &Watch) -> Taken {
    let mut most = taken(watch.pid());
    for _ in 0..50 {
        pause(3);
        let now = taken(watch.pid());
        most.resident_kib = most.resident_kib.max(now.resident_kib);
        most.descriptors = most.descriptors.max(now.descriptors);
        most.threads = most.threads.max(now.threads);
    }
    most
}

fn start(mut command: Command) -> (Watch, Counter) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    command.stdout(writer).stderr(Stdio::piped());
    (Watch::start_into(command), Counter::of(reader))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
fn it_takes_no_more_as_time_goes_by() {
    let rounds = std::env::var("ECR_PROBE_SOAK").map_or(ROUNDS, |text| text.parse().expect("a number of rounds"));
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "1ms", "--pull", "reach"]);
    let began = Instant::now();
    let (mut watch, counter) = start(command);
    let early = counter.reaches(rounds / 10, began + LONGEST, &watch);
    let late = counter.reaches(rounds, began + LONGEST, &watch);
    let (told, took) = (counter.rounds(), began.elapsed());
    watch.stop();
    let rate = told as f64 / took.as_secs_f64();
    println!("{told} rounds, {rate:.0} a second: first {early:?}, then {late:?}");

    assert!(told >= rounds, "no more than {told} rounds in {took:.0?}");
    assert!(late.resident_kib <= early.resident_kib * 11 / 10 + 512, "{early:?}, {late:?}");
    assert!(late.descriptors <= early.descriptors + 8, "{early:?}, {late:?}");
    assert!(late.threads <= early.threads, "{early:?}, {late:?}");
    if is_release() {
        assert!(late.resident_kib < MOST_KIB, "{late:?}");
    }
    // On a machine that does much else, a second may pass before somebody answers.
    assert!(counter.healthy() * 100 >= told * 99, "{} of {told} rounds healthy", counter.healthy());
}

/// Without credentials nothing is sent: as much waits for CloudWatch as ever does.
#[test]
fn numbers_that_wait_take_little() {
    // Of some twenty numbers each: more than wait.
    let rounds = if is_release() { 700 } else { 20 };
    let lab = lab(&format!("{HEALTHY}\n[credentials]\nkind = 'no-task-role'"));
    let mut command = watch(&lab);
    command.args(["--interval", "1ms", "--metrics", "put"]);
    let (mut watch, counter) = start(command);
    let full = counter.reaches(rounds, Instant::now() + LONGEST, &watch);
    watch.stop();
    println!("{} rounds: {full:?}", counter.rounds());
    assert_eq!(watch.logged("metrics not sent: there are no credentials").len(), 1, "{}", watch.stderr.text());
    if is_release() {
        assert!(full.resident_kib < MOST_KIB, "{full:?}");
    }
}

#[test]
fn a_round_takes_little_of_the_processor() {
    const ROUNDS: usize = 40;
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "10ms", "--pull", "none"]);
    let (mut watch, counter) = start(command);
    let at = |rounds: usize| {
        counter.reaches(rounds, Instant::now() + LONGEST, &watch);
        (counter.rounds(), taken(watch.pid()).cpu_ms)
    };
    let ((from, before), (to, after)) = (at(5), at(5 + ROUNDS));
    watch.stop();
    let each = (after - before) / (to - from) as f64;
    println!("{each:.1} ms of the processor each round");
    if is_release() {
        assert!(each < MOST_CPU_MS, "{each:.1} ms");
    }
}

/// The quickest of several starts: the others waited for the machine.
#[test]
fn the_first_packet_leaves_at_once() {
    let quickest = (0..8).map(|_| first_packet()).min().expect("there are some");
    println!("{quickest:.1?} from the start to the first packet");
    if is_release() {
        assert!(quickest < MOST_TO_FIRST_PACKET, "{quickest:?}");
    }
}

fn first_packet() -> Duration {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    server.set_read_timeout(Some(super::LONG)).expect("it can be set");
    let mut command = Command::new(super::binary());
    command.args(["watch", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1", "--dns-server"]);
    command.arg(server.local_addr().expect("it is bound").to_string());
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    let began = Instant::now();
    let _watch = Watch::start(command);
    server.recv(&mut [0; 512]).expect("a question");
    began.elapsed()
}
