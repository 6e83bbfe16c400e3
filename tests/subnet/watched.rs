//! A watch as a task runs it: a container beside the application's, with a health check of its own.

use std::time::{Duration, Instant};

use super::peers::container::{Container, Running};
use super::peers::probe;
use super::peers::process::PAUSE;
use super::peers::subnet::Subnet;
use super::peers::{REGISTRY_HOST, REPOSITORY};
use super::pulls::for_a_container;
use super::{Case, STORE};

pub const CASES: [(&str, Case); 1] = [("a watch, as a container with a health check", watched)];

const LONG: Duration = Duration::from_secs(30);

/// Who it is and what it may do, as proc(5) has it.
const HUMBLE: [&str; 4] =
    ["Uid:\t65532\t65532\t65532\t65532", "NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"];

fn watched(subnet: &Subnet) -> String {
    let binary = match for_a_container() {
        Ok(binary) => binary,
        Err(why) => return why,
    };
    let image = format!("{REGISTRY_HOST}/{REPOSITORY}:v1");
    let arguments = ["watch", &image, "--interval", "1s", "--timeout", "1s", "--verify-every", "off"];
    let mut variables = vec!["ECR_PROBE_IP_RANGES=/ip-ranges.json".to_owned()];
    variables.extend(probe::credentials().map(|(name, value)| format!("{name}={value}")));
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    let container = Container::new(&binary, &subnet.vpc, subnet.folder(), &arguments, &variables);
    let began = Instant::now();
    let mut running = container.start();

    health(&running, 0, "healthy");
    let healthy_after = began.elapsed();
    let status = running.status();
    for line in HUMBLE {
        assert!(status.lines().any(|own| own == line), "not {line}: {status}");
    }
    subnet.break_with(&[&format!("forward {STORE} drop")]);
    health(&running, 1, "unhealthy: ");
    subnet.restore();
    health(&running, 0, "healthy");

    let began = Instant::now();
    let ended = running.kill("TERM", Duration::from_secs(2));
    let took = began.elapsed();
    assert_eq!(ended.code(), Some(0), "{}", running.stderr());
    let (stdout, stderr) = (running.stdout(), running.stderr());
    assert!(stdout.ends_with('\n'), "a torn line: {stdout}");
    let reports = stdout.lines().map(|line| serde_json::from_str(line).expect("a line is a report"));
    let rounds = reports.inspect(probe::in_schema).count();
    for (said, times) in [("pulls work", 2), ("pulls fail", 1), ("stopped", 1)] {
        assert_eq!(stderr.matches(said).count(), times, "{said}: {stderr}");
    }
    format!("healthy after {healthy_after:.1?}, {rounds} rounds, ended in {took:.1?}")
}

/// Waits until the health check says so, in one line on stdout and none on stderr.
#[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
fn health(running: &Running<'_>, exit: i32, saying: &str) {
    let began = Instant::now();
    loop {
        let ran = running.exec(&["/ecr-probe", "health"]);
        if ran.status.code() == Some(exit) && ran.stdout.starts_with(saying) {
            assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
            return;
        }
        let seen = format!("{} {}{}", ran.status, ran.stdout, ran.stderr);
        assert!(began.elapsed() < LONG, "not {exit} {saying}: {seen}{}", running.stderr());
        std::thread::sleep(PAUSE * 50);
    }
}
