//! Every question against moto, in a world that boto3 made: the facts are what boto3 was told to create.
//!
//! What moto has otherwise than AWS is not held: addresses outside of subnets, no description of interfaces, no CIDRs of
//! AWS's lists, and 500 where it has no operation (pull-through cache rules, DNS Firewall).

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use ecr_probe::model::facts::Question;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::asked::{Asked, REGION, outcome};
use crate::moto_start;
use crate::process::{Daemon, clean, run_well};
use crate::questions::ACCOUNT;
use crate::tools;

/// moto takes seconds to import itself on a busy machine, and boto3 too.
const START: Duration = Duration::from_secs(60);

pub struct Moto {
    made: Value,
    pub asked: Asked,
    _daemon: Daemon,
    _folder: TempDir,
}

impl Moto {
    /// `None` where there is no moto.
    fn start() -> Option<Moto> {
        let Some(python) = tools::python_with_moto() else {
            tools::skip("moto[server] for python3");
            return None;
        };
        let folder = TempDir::with_prefix("ecr-probe-account-").expect("a temporary folder");
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
            listener.local_addr().expect("it is bound").port()
        };
        let url = format!("http://127.0.0.1:{port}");
        let command = |program: &std::path::Path| -> Command {
            let mut command = clean(program, folder.path());
            command.env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true");
            command.envs([("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")]);
            command
        };
        let mut server = command(&python);
        server.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        let mut daemon = Daemon::start("moto", server, folder.path());
        daemon.wait_until(START, |_| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        let mut world = command(&python);
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/account/world.py");
        world.arg(script).args([&url, REGION]);
        let made = run_well(world, START);
        let made = serde_json::from_str(&made).expect("the script prints JSON");
        let asked = Asked::at(&url, &[]).known();
        Some(Moto { made, asked, _daemon: daemon, _folder: folder })
    }

    pub fn id(&self, name: &str) -> String {
        self.made[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    pub fn ids(&self, name: &str) -> Vec<String> {
        self.made[name].as_array().into_iter().flatten().map(|id| id.as_str().expect("a text").to_owned()).collect()
    }

    /// What is known of the one subject of a question, without `result`.
    #[track_caller]
    pub fn known(&self, question: &Question) -> Value {
        known(self.asked.fact(question))
    }
}

#[track_caller]
pub fn known(mut fact: Value) -> Value {
    assert_eq!(fact["outcome"]["result"], "known", "{fact}");
    let mut outcome = fact["outcome"].take();
    outcome.as_object_mut().expect("an object").remove("result");
    outcome
}

#[test]
fn moto_tells_what_boto3_made() {
    let Some(moto) = Moto::start() else { return };
    network(&moto);
    filters(&moto);
    routes(&moto);
    endpoints(&moto);
    names(&moto);
    moto_start::roles(&moto);
    moto_start::tasks(&moto);
    moto_start::images(&moto);
    moto_start::start(&moto);
    nothing_of_a_secret(&moto);
    side_by_side(&moto);
}

fn network(moto: &Moto) {
    let (vpc, subnets) = (moto.id("vpc"), moto.ids("subnets"));
    let gone = "subnet-0123456789abcdef0".to_owned();
    let facts = moto.asked.facts(&Question::Subnets { ids: [subnets.clone(), vec![gone.clone()]].concat() });
    assert_eq!(facts[&gone]["outcome"], json!({ "result": "absent" }));
    for (at, (subnet, zone)) in subnets.iter().zip(["eu-west-1a", "eu-west-1b"]).enumerate() {
        let mut fact = known(facts[subnet].clone());
        assert!(fact["az_id"].take().as_str().unwrap().starts_with("euw1-az"));
        let expected = json!({
            "id": subnet, "vpc_id": vpc, "az": zone, "az_id": null, "cidr": format!("10.0.{at}.0/24"),
            "ipv6_cidrs": [], "owner": ACCOUNT, "dns64": false,
        });
        assert_eq!(fact, expected);
    }
    let expected = json!({
        "id": vpc, "cidrs": ["10.0.0.0/16", "10.1.0.0/16"], "ipv6_cidrs": [], "dhcp_options_id": moto.id("dhcp"),
        "owner": ACCOUNT,
    });
    assert_eq!(moto.known(&Question::Vpc { id: vpc.clone() }), expected);
    let dns = moto.known(&Question::VpcDns { vpc });
    assert_eq!(dns, json!({ "support": true, "hostnames": true }));
    let options = moto.known(&Question::DhcpOptions { id: moto.id("dhcp") });
    assert_eq!(options, json!({ "id": moto.id("dhcp"), "name_servers": ["10.9.0.2", "10.9.0.3"] }));
    let instance = moto.known(&Question::Instances { ids: vec![moto.id("instance")] });
    let expected = json!({
        "id": moto.id("instance"), "subnet_id": subnets[0], "vpc_id": moto.id("vpc"), "groups": [moto.id("group")],
        "public_ip": null, "profile_arn": moto.id("profile"),
    });
    assert_eq!(instance, expected);
}

fn filters(moto: &Moto) {
    let (group, other) = (moto.id("group"), moto.id("other"));
    let gone = "sg-0123456789abcdef0".to_owned();
    let question = Question::SecurityGroups { ids: vec![group.clone(), gone.clone(), other.clone()] };
    let facts = moto.asked.facts(&question);
    let why = &facts[&gone]["outcome"]["why"];
    assert_eq!((&why["status"], &why["code"]), (&json!(400), &json!("InvalidGroup.NotFound")));
    let one = |id: &str| json!({ "id": id, "owner": ACCOUNT, "peering_status": null });
    let rule = |protocol: &str, port: u16, cidrs: Value, lists: Value, groups: Value| json!({ "protocol": protocol, "ports": [port, port], "cidrs": cidrs, "prefix_lists": lists, "groups": groups });
    let expected = json!({
        "id": group, "name": "task", "vpc_id": moto.id("vpc"), "owner": ACCOUNT, "ingress": [],
        "egress": [
            rule("tcp", 443, json!([]), json!([moto.id("s3_list")]), json!([one(&other)])),
            rule("udp", 53, json!(["10.9.0.0/24"]), json!([]), json!([])),
            rule("tcp", 53, json!(["2001:db8::/32"]), json!([]), json!([])),
        ],
    });
    assert_eq!(known(facts[&group].clone()), expected);
    let of_endpoint = known(facts[&other].clone());
    assert_eq!(of_endpoint["ingress"], json!([rule("tcp", 443, json!([]), json!([]), json!([one(&group)]))]));
    let all = json!([{ "protocol": "-1", "ports": null, "cidrs": ["0.0.0.0/0"], "prefix_lists": [], "groups": [] }]);
    assert_eq!(of_endpoint["egress"], all);

    let facts = moto.asked.facts(&Question::NetworkAcls { vpc: moto.id("vpc") });
    let acl = known(facts[&moto.id("acl")].clone());
    let entry = json!({
        "number": 90, "egress": true, "allow": false, "protocol": "6", "cidr": "10.0.9.0/24", "ports": [443, 443],
    });
    assert_eq!(acl, json!({ "id": moto.id("acl"), "vpc_id": moto.id("vpc"), "subnets": [], "entries": [entry] }));
    let list = known(facts[&format!("{} network-acl", moto.id("vpc"))].clone());
    assert_eq!(list["ids"].as_array().map(Vec::len), Some(2), "that of the VPC, and ours");
    let of_vpc = facts.values().find(|it| it["outcome"]["subnets"] != json!([]) && it["check"] == "network-acl");
    let entries = of_vpc.expect("it has the subnets")["outcome"]["entries"].as_array().unwrap();
    let last = json!({
        "number": 32767, "egress": true, "allow": false, "protocol": "-1", "cidr": "0.0.0.0/0", "ports": null,
    });
    assert!(entries.contains(&last), "{entries:?}");
}

fn routes(moto: &Moto) {
    let facts = moto.asked.facts(&Question::RouteTables { vpc: moto.id("vpc") });
    let table = known(facts[&moto.id("table")].clone());
    let route = |destination: &str, target: &str| json!({ "destination": destination, "target": target, "state": "active", "propagated": false });
    assert_eq!((&table["main"], &table["subnets"]), (&json!(false), &json!([moto.ids("subnets")[1]])));
    let routes = table["routes"].as_array().unwrap();
    for (destination, target) in
        [("10.0.0.0/16", "local"), ("0.0.0.0/0", &moto.id("nat")), (&moto.id("s3_list"), &moto.id("gateway"))]
    {
        assert!(routes.contains(&route(destination, target)), "{destination}: {routes:?}");
    }
    let main = facts.values().filter(|it| it["outcome"]["main"] == true).count();
    assert_eq!(main, 1, "{facts:?}");

    let nat = moto.known(&Question::NatGateways { ids: vec![moto.id("nat")] });
    let expected = json!({
        "id": moto.id("nat"), "vpc_id": moto.id("vpc"), "subnet_id": moto.ids("subnets")[0], "route_table_id": null,
        "state": "available", "public": true, "public_ips": [moto.id("public_ip")],
    });
    assert_eq!(nat, expected);
    let facts = moto.asked.facts(&Question::InternetGateways { vpc: moto.id("vpc") });
    let expected = json!({ "id": moto.id("internet"), "vpcs": [moto.id("vpc")] });
    assert_eq!(known(facts[&moto.id("internet")].clone()), expected);
    let facts = moto.asked.facts(&Question::TransitAttachments { vpc: moto.id("vpc") });
    let expected = json!({
        "id": moto.id("attachment"), "transit_gateway_id": moto.id("transit"), "state": "available",
        "subnets": [moto.ids("subnets")[0]],
    });
    assert_eq!(known(facts[&moto.id("attachment")].clone()), expected);
    let list = moto.known(&Question::PrefixList { id: moto.id("customer_list") });
    assert_eq!(list["cidrs"], json!(["192.0.2.0/24"]));
    let name = "com.amazonaws.eu-west-1.s3".to_owned();
    let facts = moto.asked.facts(&Question::AwsPrefixList { name: name.clone() });
    assert_eq!(known(facts[&moto.id("s3_list")].clone())["name"], name);
}

fn endpoints(moto: &Moto) {
    let facts = moto.asked.facts(&Question::Endpoints { vpc: moto.id("vpc") });
    let list = known(facts[&format!("{} endpoint", moto.id("vpc"))].clone());
    assert_eq!(list["ids"], json!([moto.id("endpoint"), moto.id("gateway")]));
    let interface = known(facts[&moto.id("endpoint")].clone());
    for (member, expected) in [
        ("kind", json!("interface")),
        ("service", json!("com.amazonaws.eu-west-1.ecr.api")),
        ("state", json!("available")),
        ("private_dns", json!(true)),
        ("subnets", json!(moto.ids("subnets"))),
        ("groups", json!([moto.id("other")])),
        ("interfaces", json!(moto.ids("interfaces"))),
        ("owner", json!(ACCOUNT)),
    ] {
        assert_eq!(interface[member], expected, "{member}");
    }
    let gateway = known(facts[&moto.id("gateway")].clone());
    assert_eq!((&gateway["kind"], &gateway["route_tables"]), (&json!("gateway"), &json!([moto.id("table")])));
    assert_eq!(gateway["private_dns"], false);
    let policy: Value = serde_json::from_str(gateway["policy"].as_str().unwrap()).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter().map(|statement| statement["Sid"].clone());
    assert_eq!(statements.collect::<Vec<_>>(), [json!("a"), json!("b")], "whole, since a repair adds to it");

    let ids = moto.ids("interfaces");
    let facts = moto.asked.facts(&Question::Interfaces { ids: ids.clone() });
    let interface = known(facts[&ids[0]].clone());
    assert_eq!(interface["addresses"], json!([moto.id("address")]));
    let at = vec![moto.id("address"), "10.9.9.9".to_owned()];
    let facts = moto.asked.facts(&Question::InterfacesAt { vpc: moto.id("vpc"), addresses: at.clone() });
    assert_eq!(known(facts[&format!("{} network-interface", at[0])].clone())["ids"], json!([ids[0]]));
    assert_eq!(known(facts["10.9.9.9 network-interface"].clone())["ids"], json!([]));
    assert_eq!(known(facts[&ids[0]].clone()), interface);
}

fn names(moto: &Moto) {
    let (vpc, zone, name) = (moto.id("vpc"), moto.id("zone"), "ecr.eu-west-1.amazonaws.com");
    let facts = moto.asked.facts(&Question::HostedZones { vpc: vpc.clone(), region: REGION.into() });
    let mut expected = json!({
        "id": zone, "name": name, "owner_account": ACCOUNT, "owner_service": null, "records": null,
    });
    assert_eq!(known(facts[&zone].clone()), expected);
    let records = json!([{ "name": format!("*.{name}"), "kind": "A", "values": ["10.0.0.9"] }]);
    expected["records"] = records;
    assert_eq!(moto.known(&Question::ZoneRecords { zone, name: name.into() }), expected);
    let rules = moto.known(&Question::ResolverRules { vpc });
    assert_eq!(rules, json!({ "ids": [] }));
}

fn nothing_of_a_secret(moto: &Moto) {
    for question in [
        Question::TaskDefinition { name: "writer".into() },
        Question::Tasks { cluster: "files".into(), tasks: vec![moto.id("task")] },
        Question::Secret { id: moto.id("secret") },
        Question::Parameters { region: REGION.into(), ids: vec!["/db".into()] },
    ] {
        let told = format!("{:?}", moto.asked.ask(&question));
        for canary in ["hunter2", "abcdef0123456789", "%Y-canary"] {
            assert!(!told.contains(canary), "{canary} in {told}");
        }
    }
}

/// The calls of an audit of one service, eight at once.
fn side_by_side(moto: &Moto) {
    let vpc = || moto.id("vpc");
    let role = || moto.id("role");
    let questions = [
        Question::Services { cluster: "files".into(), names: vec!["web".into()] },
        Question::TaskDefinition { name: "writer".into() },
        Question::ListStoppedTasks { cluster: "files".into(), service: "web".into() },
        Question::Tasks { cluster: "files".into(), tasks: vec![moto.id("task")] },
        Question::Subnets { ids: moto.ids("subnets") },
        Question::Vpc { id: vpc() },
        Question::VpcDns { vpc: vpc() },
        Question::DhcpOptions { id: moto.id("dhcp") },
        Question::RouteTables { vpc: vpc() },
        Question::NetworkAcls { vpc: vpc() },
        Question::SecurityGroups { ids: vec![moto.id("group"), moto.id("other")] },
        Question::Endpoints { vpc: vpc() },
        Question::Interfaces { ids: moto.ids("interfaces") },
        Question::AwsPrefixList { name: "com.amazonaws.eu-west-1.s3".into() },
        Question::PrefixList { id: moto.id("customer_list") },
        Question::NatGateways { ids: vec![moto.id("nat")] },
        Question::InternetGateways { vpc: vpc() },
        Question::TransitAttachments { vpc: vpc() },
        Question::HostedZones { vpc: vpc(), region: REGION.into() },
        Question::ZoneRecords { zone: moto.id("zone"), name: "a".into() },
        Question::ResolverRules { vpc: vpc() },
        Question::Role { arn: role() },
        Question::AttachedPolicies { role: role() },
        Question::InlinePolicies { role: role() },
        Question::ManagedPolicy { role: role(), arn: moto.id("managed"), boundary: false },
        Question::ManagedPolicy { role: role(), arn: moto.id("boundary"), boundary: true },
        Question::InlinePolicy { role: role(), name: "in line".into() },
        Question::Repository { arn: moto.id("repository") },
        Question::RepositoryPolicy { arn: moto.id("repository") },
        Question::Image { repository: moto.id("repository"), reference: "both".into() },
        Question::LogGroup { region: REGION.into(), name: "/ecs/writer".into() },
        Question::Secret { id: moto.id("secret") },
        Question::KmsKey { id: moto.id("key") },
    ];
    let began = Instant::now();
    let told = moto.asked.together(&questions);
    let took = began.elapsed();
    let calls: u32 = told.iter().map(|told| told.calls).sum();
    println!("{} questions, {calls} calls, {took:?}", questions.len());
    let hidden =
        told.iter().flat_map(|told| &told.facts).filter(|(_, act)| outcome(act)["outcome"]["result"] != "known");
    assert_eq!(hidden.count(), 0);
    // moto answers one at a time; the machine may be busy with other things.
    assert!(took < Duration::from_secs(6), "{took:?}");
}
