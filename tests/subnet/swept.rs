//! Three subnets, each a network of its own with a function in it: `sweep` says which of them fails, why, and what it has
//! otherwise than those that work.

use std::net::SocketAddrV4;
use std::time::Duration;

use serde_json::{Value, json};

use super::configured::{account, made};
use super::peers::function::Function;
use super::peers::namespace::Namespace;
use super::peers::probe::{self, in_schema};
use super::peers::process::{Daemon, run};
use super::peers::subnet::Subnet;
use super::peers::{services, tools};
use super::{Case, REGISTRY, STORE, SYN};

pub const CASES: [(&str, Case); 3] = [
    ("a sweep of three subnets that are fine", fine),
    ("a sweep: one broken, one slow, one fine", broken_slow_fine),
    ("a sweep: packets lost in one zone, and the configuration is sound", lost_in_one_zone),
];

/// Where the stand-in for AWS's endpoint listens, beside moto.
const ENDPOINT: &str = "127.0.0.1:8015";
const LIMIT: Duration = Duration::from_secs(80);
/// What a function has for one invocation, in seconds; two of them are for the report.
const SECONDS: u64 = 14;

/// The networks beside that of the task, each behind an interface of the router's.
struct Networks {
    b: Namespace,
    c: Namespace,
}

impl Networks {
    fn new(subnet: &Subnet) -> Networks {
        let network = |name: &str, number: u8| {
            let namespace = Namespace::new(name, Some(&subnet.vpc), subnet.folder());
            let (inner, outer) = ("v0", format!("r{number}"));
            let router = subnet.router.pid().to_string();
            namespace.ip(&["link", "add", inner, "type", "veth", "peer", "name", &outer, "netns", &router]);
            namespace.ip(&["address", "add", &format!("10.77.{number}.2/24"), "dev", inner]);
            subnet.router.ip(&["address", "add", &format!("10.77.{number}.1/24"), "dev", &outer]);
            for (at, device) in [(&namespace, inner), (&subnet.router, outer.as_str())] {
                at.ip(&["link", "set", device, "up"]);
                at.shell(&format!("ethtool -K {device} tso off gso off gro off tx off"));
            }
            namespace.ip(&["route", "add", "default", "via", &format!("10.77.{number}.1")]);
            let resolver = subnet.folder().join("resolv.conf");
            namespace.shell(&format!("mount --bind {} /etc/resolv.conf", resolver.display()));
            namespace
        };
        Networks { b: network("vpc-b", 3), c: network("vpc-c", 4) }
    }
}

/// A sweep by functions in the three networks.
struct Swept {
    exit: i32,
    result: Value,
    text: String,
}

fn subnets(subnet: &Subnet) -> Vec<String> {
    serde_json::from_value(made(subnet)["subnets"].clone()).expect("ids")
}

fn sweep(subnet: &Subnet, networks: &Networks) -> Swept {
    let ids = subnets(subnet);
    let group = made(subnet)["task_group"].as_str().expect("an id");
    let named: Vec<(&Namespace, &String)> = [&subnet.vpc, &networks.b, &networks.c].into_iter().zip(&ids).collect();
    let functions: Vec<Function> = named
        .iter()
        .map(|(network, id)| {
            let environment = [("ECR_PROBE_SUBNET_ID", id.as_str()), ("ECR_PROBE_SECURITY_GROUP_IDS", group)];
            Function::start_in(network, subnet, SECONDS, &environment)
        })
        .collect();
    let mut endpoint = subnet.aws.command(tools::python_with_moto().expect("checked before"));
    endpoint.arg(services::here("lambda_api.py")).args(["8015", "8014"]);
    for (nth, function) in functions.iter().enumerate() {
        endpoint.arg(format!("probe-{nth}={}={group}={}", ids[nth], function.folder().display()));
    }
    let mut endpoint = Daemon::start("lambda-api", endpoint, subnet.folder());
    let at: SocketAddrV4 = ENDPOINT.parse().expect("an address");
    endpoint.wait_until(Duration::from_secs(20), |_| subnet.aws.listens(at));

    let saved = subnet.folder().join("sweep.json");
    let mut command = subnet.aws.command(probe::binary());
    command.args(["sweep", "--cluster", "main", "--service", "scheduled-file-writer", "--save"]).arg(&saved);
    command.envs(probe::credentials()).envs([("AWS_REGION", "eu-west-1")]);
    command.env("AWS_ENDPOINT_URL", format!("http://{ENDPOINT}"));
    command.arg("--ip-ranges").arg(subnet.folder().join("ip-ranges.json"));
    let ran = run(command, LIMIT);
    probe::no_secret(&ran.stdout);
    probe::no_secret(&ran.stderr);
    let result = std::fs::read_to_string(&saved).unwrap_or_else(|why| panic!("{why}: {}{}", ran.stdout, ran.stderr));
    probe::no_secret(&result);
    let result: Value = serde_json::from_str(&result).expect("JSON");
    assert_eq!(result["schema"], "ecr-probe.sweep/1");
    for place in result["places"].as_array().expect("a list") {
        let report = &place["report"];
        assert!(report.is_object(), "no report: {}\n{}", ran.stdout, functions[0].log());
        in_schema(report);
        assert_eq!((&report["vantage"]["mode"], &report["vantage"]["subnet_id"]), (&json!("lambda"), &place["subnet"]));
    }
    Swept { exit: ran.status.code().unwrap_or(-1), result, text: ran.stdout }
}

impl Swept {
    fn verdicts(&self) -> Vec<&str> {
        let places = self.result["places"].as_array().into_iter().flatten();
        places.filter_map(|place| place["verdict"].as_str()).collect()
    }

    fn line(&self) -> String {
        format!("exit {}, {}", self.exit, self.verdicts().join(" "))
    }
}

fn fine(subnet: &Subnet) -> String {
    let swept = sweep(subnet, &Networks::new(subnet));
    assert_eq!((swept.exit, swept.verdicts()), (0, vec!["healthy"; 3]), "{}", swept.text);
    let rows = swept.text.lines().filter(|line| line.contains("subnet-")).count();
    assert_eq!((rows, &swept.result["differs"]), (3, &json!([])), "{}", swept.text);
    assert!(swept.text.ends_with("healthy: the images of scheduled-file-writer can be pulled from all 3 subnets\n"));
    swept.line()
}

/// The second has no route to S3, in the account and in its network; the third has a link of 190 kilobytes a second for an
/// image of 64 megabytes.
fn broken_slow_fine(subnet: &Subnet) -> String {
    let networks = Networks::new(subnet);
    let mut shape = subnet.router.command("tc");
    shape.args("qdisc add dev r4 root tbf rate 1500kbit burst 16kb latency 400ms".split(' '));
    let shaped = run(shape, LIMIT);
    if !shaped.status.success() {
        tools::skip(&format!("a kernel with sch_tbf, for the slow link: {}", shaped.stderr.trim()));
        return "not tried".to_owned();
    }
    let ids = made(subnet);
    let of = |name: &str| ids[name].as_str().expect("an id");
    let table = ids["tables"][1].as_str().expect("an id");
    account(subnet, &["detach", of("s3"), table]);
    account(subnet, &["image", "large", of("role"), of("task_role")]);
    subnet.break_with(&[&format!("forward ip saddr 10.77.3.2 {STORE} {SYN} drop")]);
    let swept = sweep(subnet, &networks);
    account(subnet, &["attach", of("s3"), table]);
    account(subnet, &["image", "v1", of("role"), of("task_role")]);
    println!("{}", swept.text);

    // A function's network is not a task's, so that its speed is worth knowing and no fault; and this one had no time to
    // come to the end of the image.
    assert_eq!((swept.exit, swept.verdicts()), (1, vec!["healthy", "unhealthy", "inconclusive"]), "{}", swept.text);
    let names = subnets(subnet);
    let finding = |code: &str| {
        let all = swept.result["diagnoses"].as_array().expect("a list");
        all.iter().find(|it| it["code"] == code).unwrap_or_else(|| panic!("no {code}: {}", swept.text))
    };
    let cause = finding("RTE-04");
    assert_eq!((&cause["where"], &cause["strength"]), (&json!([names[1]]), &json!("proven")), "{}", swept.text);
    assert!(cause["resources"].to_string().contains(table), "{cause:#}");
    assert_eq!(finding("SLOW-01")["where"], json!([names[2]]), "{}", swept.text);
    let differs = &swept.result["differs"][0];
    assert_eq!((&differs["kind"], &differs["failing"]), (&json!("route-table"), &json!([table])), "{}", swept.text);
    assert!(differs["lines"].to_string().contains(of("s3")), "{differs:#}");
    let holds = [&names[1], &names[2]].map(|name| format!("in 1 of 3 subnets: {name}"));
    for words in [&holds[0], &holds[1], "another route table: ", "info[SLOW-01]", "ended before the layers did"] {
        assert!(swept.text.contains(words), "no {words:?} in\n{}", swept.text);
    }
    swept.line()
}

/// The account lets everything through, and the packets of one subnet are lost all the same.
fn lost_in_one_zone(subnet: &Subnet) -> String {
    let networks = Networks::new(subnet);
    subnet.break_with(&[&format!("forward ip saddr 10.77.3.2 {REGISTRY} {SYN} drop")]);
    let swept = sweep(subnet, &networks);
    println!("{}", swept.text);
    assert_eq!((swept.exit, swept.verdicts()), (1, vec!["healthy", "unhealthy", "healthy"]), "{}", swept.text);
    let names = subnets(subnet);
    let first = &swept.result["diagnoses"][0];
    assert_eq!(first["where"], json!([names[1]]), "{}", swept.text);
    let differs = &swept.result["differs"][0];
    assert_eq!((&differs["kind"], &differs["code"]), (&json!("zone"), &json!("RTE-07")), "{}", swept.text);
    assert!(differs["lines"].to_string().contains("eni-"), "the endpoints' interfaces there are named: {differs:#}");
    swept.line()
}
