//! The probe as a Lambda function in the subnet, where no image can be pulled, not even its own: what it says when it is
//! invoked, and what it says of the event of the task that has stopped there.

use serde_json::{Value, json};

use super::peers::function::{Function, MEMORY_MB};
use super::peers::probe::in_schema;
use super::peers::process::run;
use super::peers::subnet::Subnet;
use super::peers::{API_HOST, LAYER_HOST, REGISTRY_HOST, REPOSITORY};
use super::{API, CURL, Case, REGISTRY, STORE, SYN, blob_url, curl};

pub const CASES: [(&str, Case); 6] = [
    ("a function, healthy", healthy),
    ("a function, SYNs to the endpoints dropped", endpoints_drop),
    ("a function, SYNs to the registry dropped", registry_drops),
    ("a function, ECR's endpoints dead", endpoints_dead),
    ("a function, S3 dead", store_dead),
    ("a function, everything dropped", everything_drops),
];

/// What ECS says of a task that cannot reach ECR's API, by its address.
fn no_token(cause: &str) -> String {
    format!(
        "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from \
         Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. \
         operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error \
         StatusCode: 0, RequestID: , request send failed, Post \"https://{API_HOST}/\": {cause}"
    )
}

/// The same of the registry.
fn no_manifest(cause: &str) -> String {
    format!(
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
         {REGISTRY_HOST}/{REPOSITORY}:v1: failed to do request: Head \
         \"https://{REGISTRY_HOST}/v2/{REPOSITORY}/manifests/v1\": {cause}"
    )
}

/// The same of the layer store.
fn no_layer(cause: &str) -> String {
    format!(
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: \
         failed to do request: Get \"https://{LAYER_HOST}/1234-abcd/5678?X-Amz-Security-Token=…\": {cause}"
    )
}

/// The event of a task that could not start.
fn stopped(reason: &str) -> Value {
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task/files/9f30e41e3d7a4a16a3d1b1c6a8a5e1b2";
    json!({
        "version": "0",
        "id": "3317b2af-7005-947d-b652-f55e762e571a",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-11-27T10:04:12Z",
        "region": "eu-west-1",
        "resources": [arn],
        "detail": {
            "taskArn": arn,
            "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/files",
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stopCode": "TaskFailedToStart",
            "stoppedReason": reason,
            "version": 5,
            "containers": [{ "name": "app", "lastStatus": "STOPPED", "image": format!("{REGISTRY_HOST}/{REPOSITORY}:v1") }],
        },
    })
}

/// The codes of diagnoses, in order.
fn codes(of: &Value) -> Vec<&str> {
    of["diagnoses"].as_array().into_iter().flatten().filter_map(|it| it["code"].as_str()).collect()
}

/// The causes that an explanation gives for the words: its first diagnosis and what that cannot be told from.
fn causes(explanation: &Value) -> Vec<&str> {
    let first = &explanation["diagnoses"][0];
    let others = first["alternatives"].as_array().into_iter().flatten().filter_map(Value::as_str);
    first["code"].as_str().into_iter().chain(others).collect()
}

/// A program that others wrote does not get a layer either.
fn cannot_be_pulled(subnet: &Subnet, url: &str) {
    let mut command = curl(subnet);
    command.args(["--location", "--fail", "--output", "/dev/null", "--max-time", "3", url]);
    let ran = run(command, CURL);
    assert!(!ran.status.success(), "curl gets {url}");
}

/// One place, with one fault.
struct World<'s> {
    subnet: &'s Subnet,
    /// What its settings say of the tasks' public addresses.
    assign_public_ip: Option<&'s str>,
}

impl World<'_> {
    /// Invokes a function with `{}`, and with the event of the task that stops there with these words: the first code, and
    /// the verdict, of the one is among the causes of the other.
    fn explained(&self, expected: (&str, &str), words: &str) -> String {
        let (code, verdict) = expected;
        let environment: Vec<_> =
            self.assign_public_ip.map(|it| ("ECR_PROBE_ASSIGN_PUBLIC_IP", it)).into_iter().collect();
        let mut function = Function::start(self.subnet, &environment);
        let (report, took) = function.invoke(&json!({}));
        in_schema(&report);
        assert_eq!((codes(&report).first(), report["verdict"].as_str()), (Some(&code), Some(verdict)), "{report:#}");
        assert_eq!(report["unexplained"], json!([]), "{report:#}");
        // STS may be as silent as all else; the function's own ARN tells its account.
        assert_eq!(
            (&report["vantage"]["mode"], &report["vantage"]["account"]),
            (&json!("lambda"), &json!("123456789012"))
        );
        let (told, _) = function.invoke(&stopped(words));
        let explanation = &told["explanations"][0];
        let causes = causes(explanation);
        assert!(causes.contains(&code), "{code} is not among {causes:?}: {told:#}");
        assert!(told["summary"].as_str().is_some_and(|it| it.contains(causes[0])), "{told:#}");
        let log = function.log();
        assert!(log.contains("ecr-probe.explanations/1"), "no line for a metric filter: {log}");
        let seconds = took.as_secs_f64();
        format!("{verdict} {:?} in {seconds:.1} s, by the event {causes:?}; {}", codes(&report), used(&function))
    }
}

/// What it has used of its memory.
fn used(function: &Function) -> String {
    let memory = &function.memory;
    let Some(peak) = memory.peak() else { return format!("in {}", memory.kind()) };
    let mebibytes = peak as f64 / f64::from(1 << 20);
    assert!(mebibytes < MEMORY_MB as f64, "{mebibytes} MiB");
    format!("{mebibytes:.1} MiB of {MEMORY_MB} in {}", memory.kind())
}

fn healthy(subnet: &Subnet) -> String {
    let mut function = Function::start(subnet, &[]);
    let (report, took) = function.invoke(&json!({}));
    in_schema(&report);
    assert_eq!((report["verdict"].as_str(), codes(&report)), (Some("healthy"), vec![]), "{report:#}");
    let vantage = &report["vantage"];
    assert_eq!((&vantage["mode"], &vantage["function"]), (&json!("lambda"), &json!("ecr-probe-a")), "{report:#}");
    assert_eq!(vantage["subnet_id"], "subnet-0a1b2c3d4e5f60718", "{report:#}");
    assert_eq!(
        (&vantage["function_memory_mb"], &report["pull"]["layers_verified"]),
        (&json!(128), &json!(subnet.image.layers))
    );
    let open = report["not_judged"].as_array().into_iter().flatten().find(|it| it["code"] == "IAM-02");
    assert!(
        open.is_some_and(|it| it["needs"].as_str().is_some_and(|needs| needs.contains("ecr-probe audit"))),
        "{report:#}"
    );
    // Again in the same process: nothing of the first is in the way.
    let (again, second) = function.invoke(&json!({ "pull": "reach" }));
    assert_eq!(again["verdict"], "healthy", "{again:#}");
    format!("healthy in {:.2} s, again in {:.2} s, {}", took.as_secs_f64(), second.as_secs_f64(), used(&function))
}

fn endpoints_drop(subnet: &Subnet) -> String {
    let url = blob_url(subnet);
    let rules = [API, REGISTRY].map(|to| format!("forward {to} {SYN} drop"));
    subnet.break_with(&rules.each_ref().map(String::as_str));
    cannot_be_pulled(subnet, &url);
    let world = World { subnet, assign_public_ip: None };
    world.explained(("SG-01", "unhealthy"), &no_token("dial tcp 10.77.2.10:443: i/o timeout"))
}

fn registry_drops(subnet: &Subnet) -> String {
    let url = blob_url(subnet);
    subnet.break_with(&[&format!("forward {REGISTRY} {SYN} drop")]);
    cannot_be_pulled(subnet, &url);
    let world = World { subnet, assign_public_ip: None };
    world.explained(("SG-01", "unhealthy"), &no_manifest("dial tcp 10.77.2.11:443: i/o timeout"))
}

/// Nobody holds their addresses any more: the router says so.
fn endpoints_dead(subnet: &Subnet) -> String {
    let url = blob_url(subnet);
    let rules = [API, REGISTRY].map(|to| format!("forward {to} tcp dport 443 reject with icmp type host-unreachable"));
    subnet.break_with(&rules.each_ref().map(String::as_str));
    cannot_be_pulled(subnet, &url);
    let world = World { subnet, assign_public_ip: None };
    world.explained(("RTE-14", "unhealthy"), &no_manifest("dial tcp 10.77.2.11:443: connect: no route to host"))
}

/// Silence at public addresses: a function does not know whether its tasks have one of their own, unless it is told.
fn store_dead(subnet: &Subnet) -> String {
    let url = blob_url(subnet);
    subnet.break_with(&[&format!("forward {STORE} {SYN} drop")]);
    cannot_be_pulled(subnet, &url);
    let words = no_layer("dial tcp 198.51.100.12:443: i/o timeout");
    let unknown = World { subnet, assign_public_ip: None }.explained(("RTE-03", "inconclusive"), &words);
    let told = World { subnet, assign_public_ip: Some("DISABLED") }.explained(("RTE-03", "unhealthy"), &words);
    format!("{unknown}; told that tasks have no public address, {told}")
}

fn everything_drops(subnet: &Subnet) -> String {
    let url = blob_url(subnet);
    subnet.break_with(&["forward drop"]);
    cannot_be_pulled(subnet, &url);
    let cause =
        format!("dial tcp: lookup {API_HOST} on 10.77.2.53:53: read udp 10.77.1.2:41234->10.77.2.53:53: i/o timeout");
    World { subnet, assign_public_ip: None }.explained(("DNS-15", "unhealthy"), &no_token(&cause))
}
