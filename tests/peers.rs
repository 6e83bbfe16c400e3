//! The probe on loopback against programs that others wrote: moto as the ECR API, STS and the
//! ECS API, docker-registry as a registry that serves its blobs itself. Needs no privilege.

#[path = "support/apart.rs"]
mod apart;
#[path = "support/fetching.rs"]
mod fetching;
#[path = "peers/mod.rs"]
mod peers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use ecr_probe::reason::records;
use serde_json::{Value, json};

use peers::loopback::Loopback;
use peers::probe::{self, Seen};
use peers::{LAYER_HOST, REGISTRY_HOST, REPOSITORY, services, tools};

type Case = fn(&Loopback) -> String;

const CASES: [(&str, Case); 5] = [
    ("a registry that serves its blobs itself", serves_itself),
    ("a registry that refuses the token", refuses_the_token),
    ("numbers that another client reads back", reads_back),
    ("stopped tasks of an ECS of others", stopped_tasks),
    ("an API that denies in a shape of its own", denies),
];

#[test]
fn diagnoses_over_loopback() {
    let missing = tools::missing(&[&services::PROGRAMS[..], &["curl", "python3"]].concat());
    if !missing.is_empty() {
        return tools::skip(&missing.join(", "));
    }
    if tools::python_with_moto().is_none() {
        return tools::skip("moto[server] for python3");
    }
    let loopback = Loopback::new();
    let mut failed = Vec::new();
    for (name, case) in CASES {
        match catch_unwind(AssertUnwindSafe(|| case(&loopback))) {
            Ok(line) => println!("{name}: {line}"),
            Err(_) => failed.push(name),
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed: {failed:?}", failed.len(), CASES.len());
}

/// No redirect is not a fault: the layers are verified from the registry itself.
fn serves_itself(loopback: &Loopback) -> String {
    let seen = Seen::by(check(loopback, loopback.registry.port()));
    assert_eq!(seen.at("/images/0/digest"), loopback.image.amd64_digest.as_str(), "{}", seen.all());
    assert_eq!(seen.at("/pull/layers_verified"), loopback.image.layers, "{}", seen.all());
    assert_eq!((seen.exit, seen.codes().len()), (0, 0), "{}", seen.all());
    seen.line()
}

fn refuses_the_token(loopback: &Loopback) -> String {
    let seen = Seen::by(check(loopback, loopback.foreign.port()));
    assert_eq!((seen.exit, seen.codes()), (1, vec!["TOK-02"]), "{}", seen.all());
    seen.line()
}

/// What the probe puts into CloudWatch, AWS's own client for Python finds there.
fn reads_back(loopback: &Loopback) -> String {
    let mut command = check(loopback, loopback.registry.port());
    let url = format!("https://{}", loopback.aws);
    command.args(["--metrics", "put"]).env("AWS_ENDPOINT_URL_CLOUDWATCH", &url);
    let seen = Seen::by(command);
    assert_eq!((seen.exit, seen.stderr.as_str()), (0, ""), "{}", seen.all());
    let mut command = loopback.command(tools::python_with_moto().expect("checked before"));
    command.arg(services::here("statistics.py")).arg(url).arg(loopback.folder().join("ca.pem"));
    let known = peers::process::run_well(command, Duration::from_secs(60));
    let known: Value = serde_json::from_str(&known).expect("the script prints JSON");
    let read = |name: &str, endpoint: Option<&str>| -> (Value, Value, Value) {
        let dimensions = endpoint.map_or(json!({}), |endpoint| json!({ "Endpoint": endpoint }));
        let is_it = |it: &&Value| it["name"] == name && it["dimensions"] == dimensions;
        let found: Vec<&Value> = known.as_array().into_iter().flatten().filter(is_it).collect();
        let [it] = found[..] else { panic!("{name} of {endpoint:?}: {found:?} in {known}") };
        (it["unit"].clone(), it["average"].clone(), it["count"].clone())
    };
    let number = |pointer: &str| seen.at(pointer).as_f64().unwrap_or(f64::NAN);
    let once = json!(1.0);
    assert_eq!(read("Healthy", None), (json!("None"), json!(1.0), once.clone()));
    assert_eq!(read("Inconclusive", None), (json!("None"), json!(0.0), once.clone()));
    assert_eq!(read("CheckDuration", None), (json!("Seconds"), json!(number("/duration_ms") / 1e3), once.clone()));
    let rate = (json!("Bytes/Second"), json!(number("/pull/bytes_per_second")), once.clone());
    assert_eq!(read("PullThroughput", None), rate);
    for endpoint in ["ecr-api", "ecr-dkr"] {
        assert_eq!(read("Reachable", Some(endpoint)), (json!("None"), json!(1.0), once.clone()));
        assert_eq!(read("HandshakeTime", Some(endpoint)).0, "Milliseconds");
    }
    format!("{}, {} metrics", seen.line(), known.as_array().map_or(0, Vec::len))
}

/// A task that was run and stopped through another client is described, alone and with its cluster.
fn stopped_tasks(loopback: &Loopback) -> String {
    let reason = "CannotPullContainerError: context canceled";
    let endpoint = format!("https://{}", loopback.aws);
    let mut command = loopback.command(tools::python_with_moto().expect("checked before"));
    command.arg(services::here("stopped_task.py")).arg(&endpoint).arg(loopback.folder().join("ca.pem"));
    command.args(["files", reason]);
    let arn = peers::process::run_well(command, Duration::from_secs(60));
    let arn = arn.trim();

    let ask = |task: Option<&str>, cluster: Option<&str>| {
        let mut command = loopback.command(std::env::current_exe().expect("this binary has a path"));
        command.envs(probe::credentials()).envs([("AWS_ENDPOINT_URL_ECS", &*endpoint), ("AWS_REGION", peers::REGION)]);
        let trust = loopback.folder().join("ca.pem").display().to_string();
        let arguments = ["--ca-bundle", &trust, "--timeout", "10s"].map(str::to_owned);
        let asked = serde_json::json!({ "arguments": arguments, "task": task, "cluster": cluster });
        let done = fetching::fetched(command, &asked);
        let [_, (_, secret)] = probe::credentials();
        assert!(!done.output.contains(secret), "{}", done.output);
        done.result
    };
    for fetched in [ask(Some(arn), None), ask(None, Some("files"))] {
        let fetched = fetched.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((fetched.replies.len(), fetched.incomplete), (1, None));
        let found = records(&fetched.replies[0]);
        assert_eq!((found.len(), found[0].task_arn.as_deref()), (1, Some(arn)));
        assert!(found[0].text.contains(reason), "{found:?}");
    }
    let forgotten = ask(Some(&format!("arn:aws:ecs:{}:{}:task/files/{:032}", peers::REGION, peers::ACCOUNT, 0)), None);
    assert!(forgotten.as_ref().is_err_and(|error| error.contains("about an hour")), "{forgotten:?}");
    let nowhere = ask(None, Some("nowhere"));
    assert!(nowhere.as_ref().is_err_and(|error| error.contains("no cluster nowhere")), "{nowhere:?}");
    for (wanted, says) in
        [(&["--task", arn][..], "error[INIT-08]"), (&["--cluster", "files", "--recent"], "1 of 1 stopped tasks")]
    {
        let mut command = loopback.command(probe::binary());
        command.envs(probe::credentials()).envs([("AWS_ENDPOINT_URL_ECS", &*endpoint), ("AWS_REGION", peers::REGION)]);
        command
            .arg("explain")
            .args(wanted)
            .args(["--timeout", "10s", "--ca-bundle"])
            .arg(loopback.folder().join("ca.pem"));
        let told = peers::process::run_well(command, Duration::from_secs(60));
        assert!(told.contains(says) && told.contains(reason), "{told}");
    }
    format!("{arn} is described and explained")
}

/// moto denies ECR's actions with an XML body, which ECR never does. What the probe calls it
/// is open; that it is no health and no crash is not.
fn denies(loopback: &Loopback) -> String {
    let mut command = loopback.command("curl");
    command.args(["--silent", "--fail", "--max-time", "10", "--header", "Content-Type: text/plain"]);
    command.args(["--data", "0", "--cacert"]);
    command.arg(loopback.folder().join("ca.pem")).arg(format!("https://{}/moto-api/reset-auth", loopback.aws));
    peers::process::run_well(command, Duration::from_secs(20));
    let seen = Seen::by(check(loopback, loopback.registry.port()));
    assert!(matches!(seen.exit, 1 | 3), "{}", seen.all());
    seen.line()
}

fn check(loopback: &Loopback, registry_port: u16) -> Command {
    let mut command = loopback.command(probe::binary());
    command.envs(probe::credentials());
    for service in ["ECR", "STS"] {
        command.env(format!("AWS_ENDPOINT_URL_{service}"), format!("https://{}", loopback.aws));
    }
    command.arg("check").arg(format!("{REGISTRY_HOST}/{REPOSITORY}:v1"));
    probe::arguments(&mut command, Duration::from_secs(2), loopback.folder());
    command.args(["--platform", "linux/amd64", "--dns-server", &loopback.resolver.to_string()]);
    // moto is the layer store as well, for when the registry's own path is closed.
    for (host, port) in [(REGISTRY_HOST, registry_port), (LAYER_HOST, loopback.aws.port())] {
        command.args(["--connect-to", &format!("{host}:443:127.0.0.1:{port}")]);
    }
    command
}
