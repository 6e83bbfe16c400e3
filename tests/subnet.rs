//! The shipped binary in a private subnet of network namespaces, against programs that
//! others wrote: real names, real ports, real packets lost.
//!
//! One test, since the subnet takes seconds to set up: it runs every case, prints what the
//! probe made of it, and fails at the end with all that differed.

#[path = "peers/mod.rs"]
mod peers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use peers::container::Container;
use peers::probe::{self, Seen};
use peers::process::{Daemon, run, run_well};
use peers::subnet::Subnet;
use peers::{LAYER_HOST, PASSWORD, REGISTRY_HOST, REPOSITORY, services, tools};

type Case = fn(&Subnet) -> String;

const CASES: [(&str, Case); 27] = [
    ("healthy", healthy),
    ("healthy, one manifest without an index", single_manifest),
    ("healthy, by digest", by_digest),
    ("healthy, in a task", in_a_task),
    ("healthy, as a container", as_a_container),
    ("no credentials", no_credentials),
    ("a tag that nobody pushed", unknown_tag),
    ("a platform that the index lacks", unknown_platform),
    ("SYNs to the registry dropped", registry_drops),
    ("SYNs to the API dropped", api_drops),
    ("SYNs to S3 dropped", store_drops),
    ("SYNs to the registry and to S3 dropped", registry_and_store_drop),
    ("replies of the registry dropped", replies_drop),
    ("RST from the registry", registry_resets),
    ("ICMP host unreachable", host_unreachable),
    ("ICMP administratively prohibited", prohibited),
    ("DNS dropped", dns_drops),
    ("everything dropped", everything_drops),
    ("everything but DNS dropped", all_but_dns_drops),
    ("one of two addresses dead", one_dead_address),
    ("an inspector's certificate", inspected),
    ("an expired certificate", expired),
    ("a certificate for another name", other_name),
    ("plaintext on 443", plaintext),
    ("layers that stall", stalled_layer),
    ("layers that are reset", reset_layer),
    ("large packets lost without a word", mtu_black_hole),
];

/// A task's packet that opens a connection: what a security group judges.
const SYN: &str = "tcp dport 443 tcp flags & (syn | ack) == syn";
const API: &str = "ip daddr 10.77.2.10";
const REGISTRY: &str = "ip daddr 10.77.2.11";
const STORE: &str = "ip daddr 198.51.100.12";
/// What `--timeout` is here, and how much longer a stage may take.
const TIMEOUT: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(2);

#[test]
fn diagnoses_a_private_subnet() {
    if let Some(missing) = missing() {
        return tools::skip(&missing);
    }
    let subnet = Subnet::new();
    sound_by_curl(&subnet);
    let mut failed = Vec::new();
    for (name, case) in CASES {
        subnet.mend();
        match catch_unwind(AssertUnwindSafe(|| case(&subnet))) {
            Ok(line) => println!("{name}: {line}"),
            Err(_) => failed.push(name),
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed: {failed:?}", failed.len(), CASES.len());
}

/// What the machine lacks for this test.
fn missing() -> Option<String> {
    let programs = [&services::PROGRAMS[..], &["curl", "ethtool", "ip", "nft", "python3"]].concat();
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
    let base = format!("https://{REGISTRY_HOST}/v2/{REPOSITORY}");
    let manifest = curl(subnet, &[&format!("{base}/manifests/{}", subnet.image.amd64_digest)]);
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("a manifest");
    let digest = manifest["layers"][0]["digest"].as_str().expect("a layer");
    let shown = "%{http_code} %{remote_ip} %{url_effective}";
    let blob = format!("{base}/blobs/{digest}");
    let seen = curl(subnet, &["--location", "--output", "/dev/null", "--write-out", shown, &blob]);
    assert!(seen.starts_with(&format!("200 198.51.100.12 https://{LAYER_HOST}/")), "curl sees {seen}");
    println!("by curl: {}", seen.split('?').next().unwrap_or_default());
}

fn curl(subnet: &Subnet, arguments: &[&str]) -> String {
    let mut command = subnet.vpc.command("curl");
    command.args(["--silent", "--show-error", "--fail", "--max-time", "20"]);
    command.args(["--header", "Accept: application/vnd.oci.image.manifest.v1+json"]);
    command.arg("--cacert").arg(subnet.folder().join("ca.pem"));
    command.args(["--user", &format!("AWS:{PASSWORD}")]).args(arguments);
    run_well(command, Duration::from_secs(30))
}

fn healthy(subnet: &Subnet) -> String {
    let seen = check(subnet, ":v1", &[]);
    pulled(subnet, &seen);
    assert_eq!(seen.at("/images/0/index_digest"), subnet.image.index_digest.as_str(), "{}", seen.all());
    let peak = seen.peak_kib.map_or("?".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
    format!("{}, at most {peak} resident", expect(&seen, 0, "healthy", &[]))
}

fn single_manifest(subnet: &Subnet) -> String {
    let seen = check(subnet, ":amd64", &[]);
    pulled(subnet, &seen);
    assert!(seen.at("/images/0/index_digest").is_null(), "{}", seen.all());
    expect(&seen, 0, "healthy", &[])
}

fn by_digest(subnet: &Subnet) -> String {
    let seen = check(subnet, &format!("@{}", subnet.image.index_digest), &[]);
    pulled(subnet, &seen);
    expect(&seen, 0, "healthy", &[])
}

/// Every layer of linux/amd64 came and was hashed.
fn pulled(subnet: &Subnet, seen: &Seen) {
    let image = &subnet.image;
    assert_eq!(seen.at("/images/0/digest"), image.amd64_digest.as_str(), "{}", seen.all());
    assert_eq!(seen.at("/images/0/bytes"), image.amd64_bytes, "{}", seen.all());
    assert_eq!(seen.at("/pull/layers_verified"), image.layers, "{}", seen.all());
    assert_eq!(seen.at("/pull/layers_total"), image.layers, "{}", seen.all());
}

/// Images, credentials and the subnet's CIDR from the task's own metadata.
fn in_a_task(subnet: &Subnet) -> String {
    subnet.vpc.shell("ip address add 169.254.170.2/32 dev lo 2> /dev/null || true");
    let mut command = subnet.vpc.command(tools::python_with_moto().expect("checked before"));
    command.arg(services::here("metadata.py")).args(["169.254.170.2", "80"]);
    command.args(["v1", "amd64"].map(|tag| format!("{REGISTRY_HOST}/{REPOSITORY}:{tag}")));
    let mut metadata = Daemon::start("metadata", command, subnet.folder());
    let at = "169.254.170.2:80".parse().expect("an address");
    metadata.wait_until(Duration::from_secs(20), |_| subnet.vpc.listens(at));

    let mut command = subnet.vpc.command(probe::binary());
    command.env("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x");
    command.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x");
    command.arg("check");
    probe::arguments(&mut command, subnet.folder());
    let seen = Seen::by(command);
    assert_eq!(seen.at("/vantage/mode"), "task", "{}", seen.all());
    assert_eq!(seen.at("/vantage/az"), "eu-west-1a", "{}", seen.all());
    assert_eq!(seen.at("/images").as_array().map(Vec::len), Some(2), "{}", seen.all());
    expect(&seen, 0, "healthy", &[])
}

/// Only where the static binary is given: a dynamic one cannot run from scratch.
fn as_a_container(subnet: &Subnet) -> String {
    let Some(binary) = std::env::var_os("ECR_PROBE_STATIC") else {
        return "not tried: ECR_PROBE_STATIC does not name a static binary".to_owned();
    };
    if !tools::is_root() || tools::find("runc").is_none() {
        tools::skip("root and runc, for the container");
        return "not tried".to_owned();
    }
    let image = format!("{REGISTRY_HOST}/{REPOSITORY}:v1");
    let arguments = ["check", &image, "--output", "json", "--timeout", "2s"];
    // No --ca-bundle: the bundle of the image must be found where the Dockerfile puts it.
    let mut variables = vec!["ECR_PROBE_IP_RANGES=/ip-ranges.json".to_owned()];
    variables.extend(probe::credentials().map(|(name, value)| format!("{name}={value}")));
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    let container = Container::new(Path::new(&binary), &subnet.vpc, subnet.folder(), &arguments, &variables);
    let seen = Seen::by(container.command());
    pulled(subnet, &seen);
    expect(&seen, 0, "healthy", &[])
}

fn no_credentials(subnet: &Subnet) -> String {
    let mut command = check_command(subnet, ":v1");
    for (name, _) in probe::credentials() {
        command.env_remove(name);
    }
    let seen = Seen::by(command);
    // Nothing waits for moto here, which answers in its own time: the first reply is the registry's.
    let entering = run(subnet.vpc.command("true"), Duration::from_secs(5)).took;
    let first = seen.first_reply_ms().map_or(f64::NAN, |ms| ms - entering.as_secs_f64() * 1000.0);
    format!("{}, first HTTPS reply {first:.0} ms after exec", expect(&seen, 3, "inconclusive", &["IAM-13"]))
}

fn unknown_tag(subnet: &Subnet) -> String {
    expect(&check(subnet, ":never-pushed", &[]), 1, "unhealthy", &["IMG-02"])
}

fn unknown_platform(subnet: &Subnet) -> String {
    expect(&check(subnet, ":v1", &["--platform", "linux/s390x"]), 1, "unhealthy", &["IMG-04"])
}

fn registry_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} {SYN} drop")]);
    endpoint_sealed(&check(subnet, ":v1", &[]))
}

fn api_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {API} {SYN} drop")]);
    endpoint_sealed(&check(subnet, ":v1", &[]))
}

/// The access list lets the SYN out and not the answer in: from inside it looks the same.
fn replies_drop(subnet: &Subnet) -> String {
    subnet.break_with(&["forward ip saddr 10.77.2.11 tcp sport 443 drop"]);
    endpoint_sealed(&check(subnet, ":v1", &[]))
}

/// Silence from an endpoint's address: its group, the task's, or an access list.
fn endpoint_sealed(seen: &Seen) -> String {
    let alternatives = seen.alternatives("SG-01");
    for cause in ["SG-03", "ACL-01"] {
        assert!(alternatives.contains(&cause), "{cause} is no alternative: {}", seen.all());
    }
    expect(seen, 1, "unhealthy", &["SG-01"])
}

fn store_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {STORE} {SYN} drop")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-03"])
}

fn registry_and_store_drop(subnet: &Subnet) -> String {
    let rules = [REGISTRY, STORE].map(|to| format!("forward {to} {SYN} drop"));
    subnet.break_with(&rules.each_ref().map(String::as_str));
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-03", "SG-01"])
}

fn registry_resets(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with tcp reset")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-13"])
}

fn host_unreachable(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with icmp type host-unreachable")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-14"])
}

fn prohibited(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with icmp type admin-prohibited")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-14"])
}

fn dns_drops(subnet: &Subnet) -> String {
    subnet.break_with(&["forward udp dport 53 drop", "forward tcp dport 53 drop"]);
    let seen = check(subnet, ":v1", &[]);
    in_time(&seen, 1);
    expect(&seen, 1, "unhealthy", &["DNS-15"])
}

fn everything_drops(subnet: &Subnet) -> String {
    subnet.break_with(&["forward drop"]);
    let seen = check(subnet, ":v1", &[]);
    in_time(&seen, 1);
    expect(&seen, 1, "unhealthy", &["DNS-15"])
}

fn all_but_dns_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {SYN} drop")]);
    let seen = check(subnet, ":v1", &[]);
    in_time(&seen, 1);
    expect(&seen, 1, "unhealthy", &["RTE-03", "SG-01"])
}

/// Each stage that waits for the one before may take its time-out and a little more.
fn in_time(seen: &Seen, stages: u32) {
    assert!(seen.took <= (TIMEOUT + GRACE) * stages, "took {:?}: {}", seen.took, seen.all());
}

/// This resolver also gives an address of the registry that no packet reaches.
fn one_dead_address(subnet: &Subnet) -> String {
    expect(&check(subnet, ":v1", &["--dns-server", "10.77.2.54"]), 0, "degraded", &["RTE-07"])
}

fn inspected(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.21"), 1, "unhealthy", &["TLS-01"])
}

fn expired(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.22"), 1, "unhealthy", &["TLS-06"])
}

fn other_name(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.23"), 1, "unhealthy", &["TLS-03"])
}

fn plaintext(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.24"), 1, "unhealthy", &["CFG-03"])
}

/// Leads the packets for the registry to a box in between, as a firewall does.
fn check_by_way_of(subnet: &Subnet, address: &str) -> Seen {
    let task = "ip saddr 10.77.1.2";
    subnet.break_with(&[&format!("detour {task} {REGISTRY} tcp dport 443 dnat ip to {address}")]);
    check(subnet, ":v1", &[])
}

/// The first half megabyte of each flow passes, then nothing.
fn stalled_layer(subnet: &Subnet) -> String {
    subnet.count_bytes();
    subnet.break_with(&["forward ip saddr 198.51.100.12 tcp sport 443 ct reply bytes > 500000 drop"]);
    cut_off(&check(subnet, ":v1", &[]))
}

fn reset_layer(subnet: &Subnet) -> String {
    subnet.count_bytes();
    // The client's own packets, so that it is the client that is reset.
    subnet.break_with(&[&format!("forward {STORE} tcp dport 443 ct reply bytes > 500000 reject with tcp reset")]);
    cut_off(&check(subnet, ":v1", &[]))
}

/// A link of 1,400 bytes whose router's complaints (ICMP type 3 code 4) are filtered.
fn mtu_black_hole(subnet: &Subnet) -> String {
    subnet.break_with(&["output icmp type destination-unreachable icmp code frag-needed drop"]);
    subnet.router.ip(&["link", "set", "r0", "mtu", "1400"]);
    let seen = check(subnet, ":v1", &[]);
    subnet.router.ip(&["link", "set", "r0", "mtu", "1500"]);
    expect(&seen, 1, "unhealthy", &["MTU-01"])
}

/// The path opens and then breaks: an appliance, a limit on size, or the path's MTU.
fn cut_off(seen: &Seen) -> String {
    assert!(seen.alternatives("ECR-03").contains(&"LYR-04"), "LYR-04 is no alternative: {}", seen.all());
    expect(seen, 1, "unhealthy", &["ECR-03"])
}

fn check(subnet: &Subnet, tag_or_digest: &str, arguments: &[&str]) -> Seen {
    let mut command = check_command(subnet, tag_or_digest);
    command.args(arguments);
    Seen::by(command)
}

fn check_command(subnet: &Subnet, tag_or_digest: &str) -> Command {
    let mut command = subnet.vpc.command(probe::binary());
    command.envs(probe::credentials());
    command.arg("check").arg(format!("{REGISTRY_HOST}/{REPOSITORY}{tag_or_digest}"));
    probe::arguments(&mut command, subnet.folder());
    command
}

/// Exactly these codes, in whatever order, with this verdict and exit code.
fn expect(seen: &Seen, exit: i32, verdict: &str, codes: &[&str]) -> String {
    let mut found = seen.codes();
    found.sort_unstable();
    let as_wanted = seen.exit == exit && seen.verdict() == verdict && found == codes;
    assert!(as_wanted, "wanted exit {exit} {verdict} {codes:?}, saw {}", seen.all());
    seen.line()
}
