//! The shipped binary in a private subnet of network namespaces, against programs that
//! others wrote: real names, real ports, real packets lost.
//!
//! One test, since the subnet takes seconds to set up: it runs every case, prints what the
//! probe made of it, and fails at the end with all that differed.

#[path = "peers/mod.rs"]
mod peers;

#[path = "subnet/configured.rs"]
mod configured;
#[path = "subnet/function.rs"]
mod function;
#[path = "subnet/layers.rs"]
mod layers;
#[path = "subnet/names.rs"]
mod names;
#[path = "subnet/paths.rs"]
mod paths;
#[path = "subnet/pulls.rs"]
mod pulls;
#[path = "subnet/swept.rs"]
mod swept;
#[path = "subnet/watched.rs"]
mod watched;
#[path = "subnet/weather.rs"]
mod weather;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use peers::probe::{self, Seen};
use peers::process::run_well;
use peers::subnet::Subnet;
use peers::{LAYER_HOST, PASSWORD, REGISTRY_HOST, REPOSITORY, services, tools};

type Case = fn(&Subnet) -> String;

const CASES: [&[(&str, Case)]; 9] = [
    &pulls::CASES,
    &names::CASES,
    &paths::CASES,
    &layers::CASES,
    &weather::CASES,
    &watched::CASES,
    &configured::CASES,
    &function::CASES,
    &swept::CASES,
];

/// A task's packet that opens a connection: what a security group judges.
const SYN: &str = "tcp dport 443 tcp flags & (syn | ack) == syn";
const API: &str = "ip daddr 10.77.2.10";
const REGISTRY: &str = "ip daddr 10.77.2.11";
const STORE: &str = "ip daddr 198.51.100.12";
/// What `--timeout` is here, and how much longer a stage may take.
const TIMEOUT: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(2);
const CURL: Duration = Duration::from_secs(30);

#[test]
fn diagnoses_a_private_subnet() {
    if let Some(missing) = missing() {
        return tools::skip(&missing);
    }
    let subnet = Subnet::new();
    sound_by_curl(&subnet);
    let mut failed = Vec::new();
    // All of them, or those whose names have these words.
    let wanted = tools::variable("ECR_PROBE_SUBNET_CASES");
    let cases: Vec<_> = CASES.concat().into_iter().filter(|(name, _)| name.contains(&wanted)).collect();
    assert!(!cases.is_empty(), "no case is called {wanted}");
    for &(name, case) in &cases {
        subnet.restore();
        match catch_unwind(AssertUnwindSafe(|| case(&subnet))) {
            Ok(line) => println!("{name}: {line}"),
            Err(_) => failed.push(name),
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed: {failed:?}", failed.len(), cases.len());
}

/// What the machine lacks for this test.
fn missing() -> Option<String> {
    let programs = [&services::PROGRAMS[..], &["curl", "ethtool", "ip", "nft", "python3", "tc"]].concat();
    let missing = tools::missing(&programs);
    if !missing.is_empty() {
        return Some(missing.join(", "));
    }
    if tools::python_with_moto().is_none() {
        return Some("moto[server] for python3".to_owned());
    }
    (!tools::namespaces_allowed()).then(|| "the right to make network namespaces".to_owned())
}

/// The subnet without the probe: if curl cannot pull a blob, no verdict of the probe counts.
fn sound_by_curl(subnet: &Subnet) {
    let mut command = curl(subnet);
    let shown = "%{http_code} %{remote_ip} %{url_effective}";
    command.args(["--location", "--output", "/dev/null", "--write-out", shown, &blob_url(subnet)]);
    let seen = run_well(command, CURL);
    assert!(seen.starts_with(&format!("200 198.51.100.12 https://{LAYER_HOST}/")), "curl sees {seen}");
    println!("by curl: {}", seen.split('?').next().unwrap_or_default());
}

/// Where the registry has the largest layer, by its manifest.
fn blob_url(subnet: &Subnet) -> String {
    let base = format!("https://{REGISTRY_HOST}/v2/{REPOSITORY}");
    let mut command = curl(subnet);
    command.arg("--fail").arg(format!("{base}/manifests/{}", subnet.image.amd64_digest));
    let manifest: serde_json::Value = serde_json::from_str(&run_well(command, CURL)).expect("a manifest");
    format!("{base}/blobs/{}", manifest["layers"][0]["digest"].as_str().expect("a layer"))
}

fn curl(subnet: &Subnet) -> Command {
    let mut command = subnet.vpc.command("curl");
    command.args(["--silent", "--show-error", "--max-time", "20"]);
    command.args(["--header", "Accept: application/vnd.oci.image.manifest.v1+json"]);
    command.arg("--cacert").arg(subnet.folder().join("ca.pem"));
    command.args(["--user", &format!("AWS:{PASSWORD}")]);
    command
}

/// Each stage that waits for the one before may take its time-out and a little more.
fn in_time(seen: &Seen, stages: u32) {
    assert!(seen.took <= (TIMEOUT + GRACE) * stages, "took {:?}: {}", seen.took, seen.all());
}

/// Leads the task's packets for a service to somebody else, as a firewall on the way does.
fn lead(service: &str, to: &str) -> String {
    format!("detour ip saddr 10.77.1.2 {service} tcp dport 443 dnat ip to {to}")
}

fn check(subnet: &Subnet, tag_or_digest: &str, arguments: &[&str]) -> Seen {
    let mut command = check_command(subnet, tag_or_digest, TIMEOUT);
    command.args(arguments);
    Seen::by(command)
}

fn check_command(subnet: &Subnet, tag_or_digest: &str, timeout: Duration) -> Command {
    let mut command = subnet.vpc.command(probe::binary());
    command.envs(probe::credentials());
    command.arg("check").arg(format!("{REGISTRY_HOST}/{REPOSITORY}{tag_or_digest}"));
    probe::arguments(&mut command, timeout, subnet.folder());
    command
}

/// Exactly these codes, in whatever order, with this verdict and exit code, and no failure
/// that they leave unexplained.
fn expect(seen: &Seen, exit: i32, verdict: &str, codes: &[&str]) -> String {
    let mut found = seen.codes();
    found.sort_unstable();
    let explained = seen.at("/unexplained").as_array().is_some_and(Vec::is_empty);
    let as_wanted = seen.exit == exit && seen.verdict() == verdict && found == codes && explained;
    assert!(as_wanted, "wanted exit {exit} {verdict} {codes:?}, saw {}", seen.all());
    seen.line()
}
