//! The watch is paused or killed, and the servers go away under its hands: it goes on and tells, or
//! its health check does.

use std::process::Command;

use super::process::{Watch, pause, until};
use super::{HEALTHY, binary, healthy, lab, watch, watch_within, world};

/// At the same time: most of it is waiting.
#[test]
fn it_goes_on_whatever_goes_away() {
    std::thread::scope(|scope| {
        for case in
            [pause_of_its_own, hanging_and_death_of_its_own, servers_that_die_in_mid_round, a_name_server, metadata]
        {
            scope.spawn(case);
        }
    });
}

fn pause_of_its_own() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "100ms", "--pull", "none"]);
    let mut watch = Watch::start(command);
    watch.round(2);
    watch.signal("STOP");
    pause(1_500);
    watch.signal("CONT");
    // The round that was under way may have run out of time; the next ones have not.
    watch.next();
    assert_eq!(watch.next()["verdict"], "healthy");
    assert_eq!(watch.health().0, 0);
    watch.signal("STOP");
    watch.signal("TERM");
    watch.signal("CONT");
    assert_eq!(watch.ended(std::time::Duration::from_secs(2)).code(), Some(0));
}

fn hanging_and_death_of_its_own() {
    let lab = healthy();
    // The state counts for two seconds.
    let mut command = watch_within(&lab, "700ms", "700ms");
    command.args(["--interval", "100ms", "--pull", "none"]);
    let watch = Watch::start(command);
    let is_healthy = || watch.health().0 == 0;
    until("health", is_healthy);
    watch.signal("STOP");
    until("a stale state", || !is_healthy());
    let (exit, line) = watch.health();
    assert!(exit == 1 && line.contains("no round of the watch has ended"), "{exit} {line}");
    watch.signal("CONT");
    until("health again", is_healthy);
    watch.signal("KILL");
    until("a stale state", || !is_healthy());
}

fn servers_that_die_in_mid_round() {
    // A round that hangs in the registry's answer.
    let mut lab = lab("[reply.manifest]\nfault = 'silent'");
    let mut command = watch(&lab);
    command.args(["--interval", "100ms"]);
    let mut watch = Watch::start(command);
    for _ in 0..2 {
        let told = watch.told();
        pause(500);
        lab.stop();
        let report = watch.round(told + 2);
        assert_ne!(report["verdict"], "healthy", "{report:#}");
        assert_eq!(watch.health().0, 1);
        lab.turn_into(&world(HEALTHY)).expect("the ports are free again");
        watch.next();
        assert_eq!(watch.next()["verdict"], "healthy");
        assert_eq!(watch.health().0, 0);
        lab.turn_into(&world("[reply.manifest]\nfault = 'silent'")).expect("the ports are free again");
    }
    watch.stop();
}

fn a_name_server() {
    let mut lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "500ms"]);
    let mut watch = Watch::start(command);
    watch.round(1);
    for trouble in ["closed", "silent"] {
        lab.turn_into(&world(&format!("[dns]\nall = '{trouble}'"))).expect("the ports are free again");
        let report = watch.next();
        let code = report["diagnoses"][0]["code"].as_str().unwrap_or("none");
        assert!(code.starts_with("DNS-"), "{trouble}: {report:#}");
        assert!(!watch.logged(code).is_empty(), "{}", watch.stderr.text());
        assert_eq!(watch.health().0, 1);
        lab.turn_into(&world(HEALTHY)).expect("the ports are free again");
        watch.next();
        assert_eq!(watch.next()["verdict"], "healthy");
    }
    watch.stop();
}

/// In a task whose images only its metadata names: no round can begin without it, which is told once.
fn metadata() {
    let mut lab = healthy();
    let mut command = Command::new(binary());
    command.arg("watch").args(lab.arguments()).env_clear().envs(lab.environment());
    // The state counts for two seconds.
    command.args(["--platform", "linux/amd64", "--timeout", "700ms", "--budget", "700ms"]);
    command.args(["--interval", "100ms", "--verify-every", "off", "--pull", "none"]);
    let mut watch = Watch::start(command);
    watch.round(1);
    lab.stop();
    watch.wait_logged("failed to start");
    until("a stale state", || watch.health().0 == 1);
    lab.turn_into(&world(HEALTHY)).expect("the ports are free again");
    watch.wait_logged("rounds begin again");
    until("health", || watch.health().0 == 0);
    watch.stop();
    assert_eq!(watch.logged("failed to start").len(), 1, "{}", watch.stderr.text());
}
