//! Pulls that nothing hinders, from every place the probe may stand in, and those that the
//! user's own words or credentials hinder.

use std::path::PathBuf;
use std::time::Duration;

use super::peers::container::Container;
use super::peers::probe::{self, Seen};
use super::peers::process::{Daemon, run};
use super::peers::subnet::Subnet;
use super::peers::{REGISTRY_HOST, REPOSITORY, services, tools};
use super::{Case, TIMEOUT, check, check_command, expect};

pub const CASES: [(&str, Case); 8] = [
    ("healthy", healthy),
    ("healthy, one manifest without an index", single_manifest),
    ("healthy, by digest", by_digest),
    ("healthy, in a task", in_a_task),
    ("healthy, as a container", as_a_container),
    ("no credentials", no_credentials),
    ("a tag that nobody pushed", unknown_tag),
    ("a platform that the index lacks", unknown_platform),
];

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
pub fn pulled(subnet: &Subnet, seen: &Seen) {
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
    probe::arguments(&mut command, TIMEOUT, subnet.folder());
    let seen = Seen::by(command);
    assert_eq!(seen.at("/vantage/mode"), "task", "{}", seen.all());
    assert_eq!(seen.at("/vantage/az"), "eu-west-1a", "{}", seen.all());
    assert_eq!(seen.at("/images").as_array().map(Vec::len), Some(2), "{}", seen.all());
    expect(&seen, 0, "healthy", &[])
}

/// The static binary where it is given and a container can be had: a dynamic one cannot run from scratch.
pub fn for_a_container() -> Result<PathBuf, String> {
    let Some(binary) = std::env::var_os("ECR_PROBE_STATIC") else {
        return Err("not tried: ECR_PROBE_STATIC does not name a static binary".to_owned());
    };
    if !tools::is_root() || tools::find("runc").is_none() {
        tools::skip("root and runc, for the container");
        return Err("not tried".to_owned());
    }
    Ok(binary.into())
}

fn as_a_container(subnet: &Subnet) -> String {
    let binary = match for_a_container() {
        Ok(binary) => binary,
        Err(why) => return why,
    };
    let image = format!("{REGISTRY_HOST}/{REPOSITORY}:v1");
    let arguments = ["check", &image, "--output", "json", "--timeout", "2s"];
    // No --ca-bundle: the bundle of the image must be found where the Dockerfile puts it.
    let mut variables = vec!["ECR_PROBE_IP_RANGES=/ip-ranges.json".to_owned()];
    variables.extend(probe::credentials().map(|(name, value)| format!("{name}={value}")));
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    let container = Container::new(&binary, &subnet.vpc, subnet.folder(), &arguments, &variables);
    let seen = Seen::by(container.command());
    pulled(subnet, &seen);
    expect(&seen, 0, "healthy", &[])
}

fn no_credentials(subnet: &Subnet) -> String {
    let mut command = check_command(subnet, ":v1", TIMEOUT);
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
