//! The network changes while the watch runs: each change is told once.

use serde_json::Value;

use super::process::{Watch, until};
use super::{HEALTHY, healthy, lab, watch, watch_fully, world};

/// A fault of the registry's and one of the layer store's, both found at once.
const DENIED: &str = "[deny]\n'ecr:BatchGetImage' = 'identity'";
const REFUSED: &str = "[tcp]\ns3 = 'refuse'";

fn first_code(report: &Value) -> &str {
    report["diagnoses"][0]["code"].as_str().unwrap_or("none")
}

#[test]
fn each_change_is_one_line_of_the_log() {
    const ROUNDS: usize = 2;
    let mut lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "1s", "--execution-role", "fileWriterTaskRole"]);
    let mut watch = Watch::start(command);
    let mut wanted = vec![("INFO", "pulls work", "none".to_owned())];
    let steps = [(DENIED, "ERROR", "pulls fail"), (REFUSED, "ERROR", "pulls fail"), ("", "INFO", "pulls work")];
    for (toml, level, saying) in steps {
        // Between two rounds: the next begins most of an interval after this one is told.
        let told = watch.told();
        watch.round(told + 1);
        lab.turn_into(&world(&format!("{HEALTHY}\n{toml}"))).expect("the ports are free again");
        let report = watch.round(told + 1 + ROUNDS);
        let code = first_code(&report).to_owned();
        assert_eq!(code == "none", level == "INFO", "{toml}: {report:#}");
        wanted.push((level, saying, code));
    }
    watch.stop();

    let log = watch.stderr.whole();
    let lines: Vec<&str> = log.lines().collect();
    let [first, changes @ .., last] = &lines[..] else { panic!("{log}") };
    assert!(first.contains("watching") && last.contains("stopped"), "{log}");
    assert_eq!(changes.len(), wanted.len(), "{wanted:?}\n{log}");
    for (line, (level, saying, code)) in changes.iter().zip(&wanted) {
        assert!(line.contains(level) && line.contains(saying), "{level} {saying}: {line}");
        assert!(code == "none" || line.contains(&format!("appeared=\"{code}\"")), "{code}: {line}");
    }
    assert!(changes[2].contains(&format!("gone=\"{}\"", wanted[1].2)), "{log}");
    assert!(
        changes[3].contains(&format!("gone=\"{}\"", wanted[2].2)) && changes[3].contains("was=\"unhealthy\""),
        "{log}"
    );
}

#[test]
fn a_watch_that_begins_in_trouble_says_so_and_when_it_is_over() {
    let mut lab = lab(REFUSED);
    let mut command = watch(&lab);
    command.args(["--interval", "1s"]);
    let mut watch = Watch::start(command);
    let code = first_code(&watch.round(2)).to_owned();
    assert_eq!(watch.health(), (1, format!("unhealthy: {code}")));
    lab.turn_into(&world(HEALTHY)).expect("the ports are free again");
    watch.wait_logged("pulls work");
    watch.stop();
    assert_eq!(watch.logged("pulls fail").len(), 1, "{}", watch.stderr.text());
    assert_eq!(watch.logged("pulls work").len(), 1, "{}", watch.stderr.text());
    assert_eq!(watch.health().0, 0);
}

/// Rounds that do not look at the bytes are no recovery, neither for the log nor for the health check nor for an alarm.
#[test]
fn wrong_bytes_stand_until_a_round_has_seen_them_right() {
    const CORRUPT: &str = "[layer]\nfault = 'corrupt'\nnumber = 2";
    let mut lab = lab(&format!("{HEALTHY}\n{CORRUPT}"));
    let mut command = watch_fully(&lab);
    command.args(["--interval", "100ms", "--verify-every", "3s", "--metrics", "emf"]);
    let mut watch = Watch::start(command);
    watch.wait_logged("LYR-03");
    let (told, logged) = (watch.stdout.text().len(), watch.stderr.text().len());
    let since = || watch.stdout.text().split_off(told);
    let healthy = |line: &str| line.starts_with("{\"schema\"") && line.contains("\"verdict\":\"healthy\"");
    until("rounds that do not look", || since().lines().filter(|line| healthy(line)).count() >= 3);
    assert_eq!(watch.health(), (1, "unhealthy: LYR-03".to_owned()));
    assert_eq!(since().matches("\"Healthy\":1").count(), 0, "{}", since());
    assert!(since().matches("\"Healthy\":0").count() >= 2, "{}", since());
    assert!(watch.stderr.text().len() == logged, "{}", watch.stderr.text());

    lab.turn_into(&world(HEALTHY)).expect("the ports are free again");
    watch.stderr.wait("the end of it", |text| text[logged..].contains("pulls work").then_some(()));
    until("health", || watch.health().0 == 0);
    watch.stop();
}
