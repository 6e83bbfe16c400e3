//! The real probe against real servers on loopback sees what the simulated edge says it would:
//! so the reports in the pages, which are made in memory, are true of the real thing.

#[path = "support/apart.rs"]
mod apart;
#[path = "support/fetching.rs"]
mod fetching;
mod sim;
#[path = "edge_live/stopped.rs"]
mod stopped;

use std::process::Command;
use std::sync::Mutex;

use ecr_probe::config::{Environment, PullDepth};
use ecr_probe::image::Reference;
use ecr_probe::observe::{Recorder, Sampling, Walk, facts, walk};
use ecr_probe::plan::Plan;
use ecr_probe::wire::oci::Platform;
use serde_json::Value;

use sim::{CANARIES, Loopback, MemoryEdge, Page, World};

/// Long enough for a busy machine, short enough for tests of time-outs.
const TIMEOUT: &str = "1500ms";
/// Worlds under way at once: most of the time they wait.
const SIDE_BY_SIDE: usize = 8;

/// The evidence of the probe's own process.
fn live(loopback: &Loopback, toml: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .arg("check")
        .args(loopback.world().references())
        .args(["--output", "json"])
        .args(["--platform", "linux/amd64", "--timeout", TIMEOUT])
        .args(["--samples", &loopback.world().samples.unwrap_or(1).to_string()])
        .args(loopback.arguments())
        .env_clear()
        .envs(loopback.environment())
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for canary in CANARIES {
        assert!(!stdout.contains(canary) && !stderr.contains(canary), "{toml}: {canary}");
    }
    assert_eq!(loopback.services().stray_credentials(), 0, "{toml}");
    let report: Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{toml}: {error}\n{stderr}"));
    report["evidence"].as_array().unwrap().clone()
}

fn simulated(world: World) -> Vec<Value> {
    let edge = MemoryEdge::new(world);
    let references: Vec<_> = edge.world().references().iter().map(|it| Reference::parse(it).unwrap()).collect();
    let environment = Environment::read(&|name| edge.world().variable(name)).unwrap();
    let world = edge.world();
    let plan = Plan::new(&references, &environment).with_services(&world.also, world.region());
    let how = Walk {
        platform: Platform::parse("linux/amd64").unwrap(),
        depth: PullDepth::Verify,
        sampling: Sampling { count: world.samples.unwrap_or(1), longest_ms: f64::INFINITY },
        skip_other_registries: false,
        caller_region: Some(edge.world().region().to_owned()),
        proxy_variables: environment.proxy_variables,
        facts: edge.facts(),
        tokens: None,
        until_ms: f64::INFINITY,
    };
    let recorder = Recorder::new(&edge);
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(walk(&recorder, &plan, &how));
    facts(&recorder, &how);
    recorder.finish().0.iter().map(|observation| serde_json::to_value(observation).unwrap()).collect()
}

/// What was seen, without what must differ: times, addresses, and the order of what ran side by side.
fn essence(evidence: Vec<Value>, loopback: Option<&Loopback>) -> Vec<String> {
    let line = |mut observation: Value| {
        for key in ["id", "began_ms", "took_ms"] {
            observation.as_object_mut().unwrap().remove(key);
        }
        level(&mut observation, loopback);
        observation.to_string()
    };
    // Who asks only adorns the report: the probe does not wait for an STS that does not answer.
    let matters = |it: &Value| it["check"] != "caller" || it["outcome"]["result"] != "no-answer";
    // Servers that are named with --dns-server are not compared with the VPC's own.
    let compared = |it: &Value| it["check"] == "vpc-resolve";
    let mut lines: Vec<String> = evidence.into_iter().filter(|it| matters(it) && !compared(it)).map(line).collect();
    lines.sort();
    lines
}

fn level(value: &mut Value, loopback: Option<&Loopback>) {
    match value {
        Value::Object(object) => {
            for key in [
                "tcp",
                "first_byte_ms",
                "not_before",
                "not_after",
                "now",
                "cipher",
                "valid_for_s",
                "resent",
                "p50_us",
                "p95_us",
                "max_us",
            ] {
                object.remove(key);
            }
            // What a body without an end got to depends on how it was chopped.
            if object.get("received").and_then(Value::as_u64) > object.get("expected").and_then(Value::as_u64) {
                object.remove("received");
            }
            // Loopback has one kind of unreachable, and keeps it outside every subnet.
            if object.get("result").is_some_and(|result| result == "host-unreachable") {
                object.insert("result".into(), "network-unreachable".into());
            }
            // The clocks of both ends are read a moment apart.
            if let Some(offset) = object.get_mut("clock_offset_s") {
                *offset = offset.as_i64().map_or(Value::Null, |seconds| ((seconds + 5).div_euclid(10) * 10).into());
            }
            if let (Some(loopback), Some(Value::String(text))) = (loopback, object.get_mut("address")) {
                let address = text.parse().unwrap();
                let server = loopback.world().vpc.name_servers().iter().position(|own| *own == address);
                *text = match server {
                    Some(nth) => loopback.name_servers()[nth].ip().to_string(),
                    None => loopback.address(address).to_string(),
                };
            }
            if object.get("address").and_then(Value::as_str).is_some_and(|text| text.starts_with("239.255.")) {
                object.remove("class");
            }
            object.values_mut().for_each(|value| level(value, loopback));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| level(value, loopback)),
        // `20261123T140000Z` in a message about signatures.
        Value::String(text) if text.starts_with("Signature ") => text.retain(|c| !c.is_ascii_digit()),
        _ => {}
    }
}

/// Both edges see the same in this world; no secret is in what they print, and none went astray.
fn compare(toml: &str) {
    let world = World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"));
    let loopback = Loopback::start(world.clone()).unwrap();
    let mut live = essence(live(&loopback, toml), None);
    let mut simulated = essence(simulated(world), Some(&loopback));
    // Loopback's one kind of unreachable is a route that is missing, and that is not tried again.
    if toml.contains("host-unreachable") {
        live.dedup();
        simulated.dedup();
    }
    let only = |these: &[String], those: &[String]| {
        these.iter().filter(|line| !those.contains(line)).map(|line| format!("  {line}\n")).collect::<String>()
    };
    let (only_live, only_simulated) = (only(&live, &simulated), only(&simulated, &live));
    assert!(live == simulated, "{toml}\nonly live:\n{only_live}only simulated:\n{only_simulated}");
}

/// All of the worlds, several at once.
fn same<T: AsRef<str>>(worlds: impl IntoIterator<Item = T>) {
    let worlds: Mutex<Vec<String>> = Mutex::new(worlds.into_iter().map(|toml| toml.as_ref().to_owned()).collect());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                let next = || worlds.lock().unwrap().pop();
                while let Some(toml) = next() {
                    compare(&toml);
                }
            });
        }
    });
}

/// Every pair, as a world.
fn each<'a>(heads: &'a [&str], tails: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    heads.iter().flat_map(move |head| tails.iter().map(move |tail| format!("{head} = '{tail}'")))
}

#[test]
fn in_health() {
    same([
        "",
        "mode = 'host'\n[vpc]\nnat = true\ninterface_endpoints = []\ns3_gateway = false",
        "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 's3', 'sts']\ns3_gateway = false",
        "[vpc]\nendpoint_network = '20.10.0'\ntask_subnet = '20.10.7.0/24'",
        "[vpc]\nname_servers = ['10.0.0.2', '10.8.0.53']",
        "proxy_variables = ['HTTPS_PROXY']",
        "[task]\nimage = 'ecr-probe:v1'\ndisk_mib = 30720\n[clock]\nsynchronized = false\nerror_bound_ms = 12.5",
        "[task]\ndisk_mib = 0",
    ]);
}

#[test]
fn when_names_do_not_resolve() {
    let troubles = [
        "nxdomain",
        "blocked-alias",
        "servfail",
        "aaaa-silent",
        "aaaa-servfail",
        "refused",
        "silent",
        "empty",
        "garbage",
        "truncated",
        "cut",
        "alternating",
    ];
    same(each(&["[dns]\necr-dkr"], &troubles));
    same(["[dns]\nall = 'closed'", "[dns]\necr-dkr = ['10.0.1.10']", "[vpc]\ndns_support = false"]);
}

#[test]
fn when_packets_are_lost_or_refused() {
    same([
        "[vpc]\nendpoint_sg_allows_task = false",
        "[vpc]\ns3_gateway = false",
        "[vpc]\nprivate_dns = false",
        "[vpc]\ninterface_endpoints = []\nnat = true\ntask_sg_allows_s3 = false",
        "[vpc]\ndead_endpoint_addresses = ['ecr-api/1', 'ecr-dkr/2']",
        "[tcp]\ns3 = 'refuse'\necr-dkr = 'net-unreachable'",
        "[tcp]\ns3 = 'host-unreachable'",
    ]);
}

#[test]
fn when_handshakes_fail() {
    let certificates =
        ["intercepted", "self-signed", "old-bundle", "expired", "not-yet-valid", "wrong-name", "malformed"];
    same(each(&["[tls]\nall"], &certificates));
    let flows = ["intercepted-trusted", "old-version", "alert", "reset", "close", "silent", "plaintext"];
    same(each(&["[tls]\ns3"], &flows));
    same(each(&["tls_at = ['52.218.36.24']\n[tls]\ns3"], &["intercepted", "reset"]));
}

#[test]
fn when_nobody_is_allowed() {
    let kinds = ["keys", "none", "no-task-role", "endpoint-not-found", "invalid", "expired"];
    same(each(&["[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']\n[credentials]\nkind"], &kinds));
    same(each(&["[credentials]\ntoken"], &["expired", "other-region", "refused"]));
    let actions = [
        "[deny]\n'ecr:GetAuthorizationToken'",
        "[deny]\n'ecr:BatchGetImage'",
        "[deny]\n'ecr:GetDownloadUrlForLayer'",
        "[deny]\n's3:GetObject'",
    ];
    same(each(&actions, &["identity", "explicit-scp", "vpc-endpoint", "bare"]));
}

#[test]
fn when_the_clock_is_wrong() {
    same(["[clock]\nskew_s = 420", "[clock]\nskew_s = -420"]);
}

#[test]
fn when_the_image_is_wrong() {
    same([
        "[image]\nrepository_exists = false",
        "[image]\ntag = 'v2'",
        "[image]\nplatforms = ['linux/arm64']",
        "[image]\nplatforms = ['linux/amd64', 'unknown/unknown']",
        "[image]\nindex = false\nconfig_platform = 'linux/arm64'",
        "[image]\nwrong_manifest_digest = true",
        "[image]\nmalformed_manifest = true",
        "[image]\nindex = false\nmedia_type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'",
        "[image]\nlayer_media_type = 'application/vnd.in-toto+json'",
        "[reply.manifest]\nstatus = 500\n[image]\ntag = 'v2'",
    ]);
}

#[test]
fn when_layers_are_wrong() {
    let faults = ["corrupt", "short", "truncated", "reset", "stall", "missing", "url-expired"];
    same(each(&["[layer]\nnumber = 2\nfault"], &faults));
    // Twice, and then the rest of it comes: by a range, or from a store that sends all of it again.
    let cut = ["reset", "truncated", "stall"];
    same(each(&["[layer]\ntimes = 2\nfault", "[layer]\ntimes = 2\nignores_range = true\nfault"], &cut));
    same(["[layer]\nstore = 'd2glxqk2uabbnd.cloudfront.net'\n[vpc]\nnat = true"]);
}

#[test]
fn when_answers_are_strange() {
    let html = "status = 403\nbody = '<html><title>Blocked</title></html>'\ncontent_type = 'text/html'";
    let forced = ["fault = 'silent'", "fault = 'reset'", "fault = 'close'", "fault = 'garbage'", "status = 503", html];
    for call in ["token", "registry", "registry-auth", "manifest", "blob", "layer"] {
        same(forced.map(|answer| format!("[reply.{call}]\n{answer}")));
    }
    same([
        "[reply.manifest]\nfault = 'huge'",
        "[reply.layer]\nfault = 'huge'",
        "[reply.blob]\nstatus = 307\nheaders = { Location = 'http://mirror.example/x' }",
        "[reply.blob]\nstatus = 200\ncontent_type = 'application/octet-stream'\nbody = 'the layer itself'",
        "[reply.layer]\nstatus = 307\nheaders = { Location = 'https://elsewhere.example/x' }",
        "[vpc]\ns3_gateway = true\n[reply.registry-auth]\nstatus = 429\ncode = 'TOOMANYREQUESTS'\nmessage = 'Rate exceeded'",
    ]);
}

#[test]
fn at_registries_that_are_not_ecr() {
    let world = |image: &str, rest: &str| format!("[vpc]\nnat = true\n[image]\nreference = '{image}'\n{rest}");
    let (hub, other) = ("docker.io/library/nginx:1.27", "registry.example.com/team/app:v1");
    let exists = "[elsewhere]\nhost = 'registry.example.com'\n";
    same(
        [hub, "public.ecr.aws/nginx/nginx:latest", "team/app:v1", "docker.io/library/nginx:gone"]
            .map(|it| world(it, "")),
    );
    same([
        world(hub, "[elsewhere]\ntoken_services_lost = true"),
        world(hub, "[tcp]\ncdn = 'drop'"),
        world(hub, "[layer]\nfault = 'corrupt'"),
        world(other, exists),
        world(other, &format!("{exists}open = true")),
        world(other, &format!("{exists}token_service = 'auth.example.com'\nstore = 'blobs.example.com'")),
    ]);
    same(
        ["Basic realm=\"x\"", "Bearer realm=\"https://169.254.169.254/\"", "Bearer realm=\"http://auth.example.com/\""]
            .map(|it| {
                world(
                    other,
                    &format!("{exists}[reply.registry]\nstatus = 401\nheaders = {{ Www-Authenticate = '{it}' }}"),
                )
            }),
    );
    let tokens =
        ["status = 429", "fault = 'silent'", "fault = 'huge'", "fault = 'garbage'", "body = '[]'", "status = 307"];
    same(tokens.map(|answer| world(hub, &format!("[reply.registry-token]\n{answer}"))));
    same([
        "[vpc]\nnat = true\n[image]\nsidecars = ['docker.io/library/nginx:1.27', 'public.ecr.aws/nginx/nginx:1.27']",
    ]);
}

/// As many as the budget has time for, and the pull after them; also where every fourth question is lost and asked again.
#[test]
fn more_samples_than_there_is_time_for() {
    for toml in ["", "[dns]\nall = 'flaky'"] {
        let report = with_many_samples(toml);
        assert_eq!((&report["verdict"], &report["cut_short"]), (&"healthy".into(), &Value::Null), "{toml}: {report:#}");
        let sampled = report["evidence"].as_array().unwrap().iter().filter(|it| it["check"] == "connect-samples");
        let tries: Vec<u64> = sampled.filter_map(|it| it["outcome"]["tries"].as_u64()).collect();
        assert!(!tries.is_empty() && tries.iter().all(|tries| (2..100).contains(tries)), "{toml}: {tries:?}");
    }
}

fn with_many_samples(toml: &str) -> Value {
    let world = World::from_toml(toml).expect("it is a world");
    let loopback = Loopback::start(world).expect("the simulated AWS stands");
    let output = Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .arg("check")
        .args(loopback.world().references())
        .args(["--output", "json", "--platform", "linux/amd64", "--samples", "1000"])
        .args(["--timeout", "400ms", "--budget", "8s"])
        .args(loopback.arguments())
        .env_clear()
        .envs(loopback.environment())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn in_the_worlds_of_the_pages() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = Page::all(&folder).unwrap_or_else(|error| panic!("{error}"));
    let possible = |toml: &String| {
        let world = World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"));
        // Loopback has one IPv6 address and one MTU, loses nothing, and nobody waits for a slow layer.
        let large_packets_lost = toml.contains("black-hole") || world.vpc.narrow_way_out;
        let lossy = toml.contains("flaky") || toml.contains("[times]");
        let ipv6 = world.vpc.dual_stack || world.vpc.ipv6_only || world.reference().contains(".on.aws/");
        !ipv6
            && !lossy
            && !large_packets_lost
            && world.layer.bytes_per_second >= World::healthy().layer.bytes_per_second
    };
    same(pages.into_iter().flat_map(|page| [page.world, page.fixed]).flatten().filter(possible));
}
