//! `--audit auto` in a task: packets are lost, and the account's configuration says why, or that it is not the reason.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use super::peers::probe::{self, Seen};
use super::peers::process::{Daemon, run_well};
use super::peers::subnet::Subnet;
use super::peers::{REGISTRY_HOST, REPOSITORY, services, tools};
use super::{API, Case, SYN, TIMEOUT, expect, lead};

pub const CASES: [(&str, Case); 7] = [
    ("SYNs dropped, and a sound configuration", sound),
    ("SYNs dropped, of a task that no service runs", sound_without_a_service),
    ("the endpoints' group lacks the task", closed),
    ("no permission to read anything", refused),
    ("no permission to read the network", network_refused),
    ("no way to the APIs that tell of the configuration", unreachable),
    ("a healthy check in a task reads nothing", reads_nothing),
];

/// EC2, IAM and the others; ECS.
const EC2: &str = "ip daddr 203.0.113.21";
const ECS: &str = "ip daddr 203.0.113.22";
/// How much longer a check may take with the configuration than without.
const LONGER: Duration = Duration::from_secs(2);
/// What two runs of the same may differ by on a busy machine.
const WEATHER: Duration = Duration::from_millis(700);

/// Carries out a verb of `account.py`, where moto is.
pub(super) fn account(subnet: &Subnet, arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subnet/account.py");
    let mut command = subnet.aws.command(tools::python_with_moto().expect("checked before"));
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).arg("http://127.0.0.1:8014").args(arguments);
    run_well(command, Duration::from_secs(60))
}

/// The ids of the account, which is made once.
pub(super) fn made(subnet: &Subnet) -> &'static Value {
    static MADE: OnceLock<Value> = OnceLock::new();
    MADE.get_or_init(|| serde_json::from_str(&account(subnet, &["make"])).expect("the script prints JSON"))
}

fn id(subnet: &Subnet, name: &str) -> &'static str {
    let made = made(subnet);
    made[name].as_str().unwrap_or_else(|| panic!("no {name} in {made}"))
}

/// A check inside of the task.
fn check(subnet: &Subnet, task: &str, arguments: &[&str]) -> Seen {
    subnet.vpc.shell("ip address add 169.254.170.2/32 dev lo 2> /dev/null || true");
    let mut metadata = subnet.vpc.command(tools::python_with_moto().expect("checked before"));
    metadata.arg(services::here("metadata.py")).args(["169.254.170.2", "80", "--task", id(subnet, task)]);
    metadata.arg(format!("{REGISTRY_HOST}/{REPOSITORY}:v1"));
    let mut metadata = Daemon::start("metadata", metadata, subnet.folder());
    let at = "169.254.170.2:80".parse().expect("an address");
    metadata.wait_until(Duration::from_secs(20), |_| subnet.vpc.listens(at));
    Seen::by(command(subnet, arguments))
}

fn command(subnet: &Subnet, arguments: &[&str]) -> Command {
    let mut command = subnet.vpc.command(probe::binary());
    command.env("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x");
    command.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x");
    command.arg("check").args(arguments);
    probe::arguments(&mut command, TIMEOUT, subnet.folder());
    command
}

/// Packets to the API are lost, and others with these rules.
fn api_drops(subnet: &Subnet, others: &[&str]) {
    let api = format!("forward {API} {SYN} drop");
    subnet.break_with(&[&[api.as_str()], others].concat());
}

/// The kinds of facts that the first finding cites.
fn cited(seen: &Seen) -> Vec<&str> {
    let ids = seen.at("/diagnoses/0/cites").as_array().expect("a list");
    let evidence = seen.at("/evidence").as_array().expect("a list");
    evidence.iter().filter(|it| ids.contains(&it["id"])).filter_map(|it| it["check"].as_str()).collect()
}

/// Nothing in the account stops them: without the configuration that is taken for the group.
fn silent_though_open(subnet: &Subnet, task: &str) -> String {
    api_drops(subnet, &[]);
    let plain = check(subnet, task, &[]);
    expect(&plain, 1, "unhealthy", &["SG-01"]);
    assert_eq!(plain.at("/diagnoses/0/strength"), "likely", "{}", plain.all());
    assert!(plain.at("/placement").is_null(), "{}", plain.all());

    let seen = check(subnet, task, &["--audit", "auto"]);
    assert_eq!(seen.codes().first(), Some(&"RTE-18"), "{}", seen.all());
    assert_eq!(seen.at("/diagnoses/0/strength"), "likely", "{}", seen.all());
    for fact in ["connect", "security-group", "network-acl", "endpoint"] {
        assert!(cited(&seen).contains(&fact), "no {fact} is cited: {}", seen.all());
    }
    let groups = seen.at("/placement/security_groups").as_array().expect("a list");
    assert_eq!(*groups, [id(subnet, "task_group")], "{}", seen.all());
    assert!(seen.took <= plain.took + LONGER + WEATHER, "{:?}, {:?}: {}", plain.took, seen.took, seen.all());
    expect(&seen, 1, "unhealthy", &["RTE-18"])
}

fn sound(subnet: &Subnet) -> String {
    silent_though_open(subnet, "task")
}

/// The groups are those of the task's interface.
fn sound_without_a_service(subnet: &Subnet) -> String {
    silent_though_open(subnet, "lone_task")
}

fn closed(subnet: &Subnet) -> String {
    let groups = [id(subnet, "endpoint_group"), id(subnet, "task_group")];
    account(subnet, &[&["close"], &groups[..]].concat());
    api_drops(subnet, &[]);
    let seen = check(subnet, "task", &["--audit", "auto"]);
    account(subnet, &[&["open"], &groups[..]].concat());
    assert_eq!(seen.codes().first(), Some(&"SG-01"), "{}", seen.all());
    assert_eq!(seen.at("/diagnoses/0/strength"), "proven", "{}", seen.all());
    let resources = seen.at("/diagnoses/0/resources").as_array().expect("a list");
    assert!(resources.contains(&groups[0].into()), "{}", seen.all());
    let fix = seen.at("/diagnoses/0/fixes/0");
    let command = fix["command"].as_str().unwrap_or_default();
    assert_eq!(fix["applicability"], "ready", "{}", seen.all());
    assert!(groups.iter().all(|group| command.contains(group)), "{command}");
    for fact in ["connect", "security-group"] {
        assert!(cited(&seen).contains(&fact), "no {fact} is cited: {}", seen.all());
    }
    expect(&seen, 1, "unhealthy", &["SG-01"])
}

/// What the configuration would add is left out, and nothing else is otherwise.
fn as_without(subnet: &Subnet, rules: &[&str]) -> (Seen, Seen) {
    api_drops(subnet, rules);
    let plain = check(subnet, "task", &[]);
    let seen = check(subnet, "task", &["--audit", "auto"]);
    let told = |seen: &Seen| -> Vec<(Value, Value, Value)> {
        let of = |it: &Value| (it["code"].clone(), it["strength"].clone(), it["alternatives"].clone());
        seen.at("/diagnoses").as_array().expect("a list").iter().map(of).collect()
    };
    assert_eq!(told(&plain), told(&seen), "{}\n{}", plain.all(), seen.all());
    assert!(seen.took <= plain.took + LONGER + WEATHER, "{:?}, {:?}: {}", plain.took, seen.took, seen.all());
    (plain, seen)
}

fn refused(subnet: &Subnet) -> String {
    let rules = [EC2, ECS].map(|service| lead(service, "10.77.2.29"));
    let (plain, seen) = as_without(subnet, &rules.each_ref().map(String::as_str));
    format!("{}, without {:.1} s", expect(&seen, 1, "unhealthy", &["SG-01"]), plain.took.as_secs_f64())
}

/// ECS tells where the task is, and EC2 nothing of what is there.
fn network_refused(subnet: &Subnet) -> String {
    let (plain, seen) = as_without(subnet, &[&lead(EC2, "10.77.2.29")]);
    let unseen = seen.at("/unseen").as_array().expect("a list");
    let of_groups =
        unseen.iter().find(|it| it["action"] == "ec2:DescribeSecurityGroups" || it["action"] == "ec2:DescribeSubnets");
    assert!(
        of_groups.is_some_and(|it| it["why"].as_str().unwrap_or_default().contains("UnauthorizedOperation")),
        "{}",
        seen.all()
    );
    format!("{}, without {:.1} s", expect(&seen, 1, "unhealthy", &["SG-01"]), plain.took.as_secs_f64())
}

/// In a subnet without a way to EC2's API the packets of the reads are lost as well.
fn unreachable(subnet: &Subnet) -> String {
    let mut lines = Vec::new();
    for rules in [&[EC2, ECS][..], &[EC2]] {
        let rules: Vec<String> = rules.iter().map(|service| format!("forward {service} {SYN} drop")).collect();
        let (plain, seen) = as_without(subnet, &rules.iter().map(String::as_str).collect::<Vec<_>>());
        lines.push(format!("{}, without {:.1} s", expect(&seen, 1, "unhealthy", &["SG-01"]), plain.took.as_secs_f64()));
    }
    lines.join("; ")
}

fn reads_nothing(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {EC2} counter"), &format!("forward {ECS} counter")]);
    let seen = check(subnet, "task", &["--audit", "auto"]);
    let counted = subnet.router.nft("list chain inet faults forward");
    let counters: Vec<&str> = counted.lines().filter(|line| line.contains("counter")).collect();
    assert_eq!(counters.len(), 2, "{counted}");
    assert!(counters.iter().all(|line| line.contains("packets 0 ")), "{counted}");
    assert!(seen.at("/placement").is_null(), "{}", seen.all());
    expect(&seen, 0, "healthy", &[])
}
