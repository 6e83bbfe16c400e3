//! One thing broken: it is named, and its fix works. Two things: both.

use serde_json::Value;

use crate::moto::{Moto, Seen};

/// What a broken world must come to.
struct Case {
    /// A function of `world.py`.
    fault: &'static str,
    /// The first finding.
    code: &'static str,
    /// The id in `resources`, by its name in the world; with `:N` one of a list.
    resource: &'static str,
    /// Whether the first fix is one command that moto carries out in full.
    fixed_by_a_command: bool,
}

const fn case(fault: &'static str, code: &'static str, resource: &'static str, fixed_by_a_command: bool) -> Case {
    Case { fault, code, resource, fixed_by_a_command }
}

const CASES: &[Case] = &[
    case("sg_01", "SG-01", "endpoint_group", true),
    case("sg_02", "SG-02", "default_group", true),
    case("sg_03", "SG-03", "task_group", true),
    case("sg_04", "SG-04", "task_group", true),
    case("sg_05", "SG-05", "endpoint_group", true),
    case("dns_02", "DNS-02", "vpc", true),
    // moto takes no change of private DNS.
    case("dns_03", "DNS-03", "ecr.api", false),
    case("dns_11", "DNS-11", "ecr.api", true),
    case("rte_01", "RTE-01", "tables:2", true),
    case("rte_02", "RTE-02", "igw", true),
    case("rte_03", "RTE-03", "tables:0", true),
    case("rte_04", "RTE-04", "s3", true),
    case("rte_17", "RTE-17", "nat", true),
    case("acl_04", "ACL-04", "acl", true),
    case("iam_01", "IAM-01", "role", true),
    case("iam_02", "IAM-02", "role", true),
    case("iam_03", "IAM-03", "role", true),
    case("iam_06", "IAM-06", "role", true),
    case("iam_07", "IAM-07", "role", true),
    case("iam_09", "IAM-09", "repository", false),
    case("vpe_01", "VPE-01", "ecr.api", true),
    case("vpe_03", "VPE-03", "ecr.dkr", true),
    case("vpe_04", "VPE-04", "s3", true),
    case("vpe_05", "VPE-05", "s3", true),
    case("vpe_08", "VPE-08", "s3", true),
    case("img_01", "IMG-01", "", false),
    case("img_02", "IMG-02", "repository", false),
    case("img_04", "IMG-04", "repository", false),
    case("init_04", "INIT-04", "", false),
    case("init_06", "INIT-06", "", true),
];

#[track_caller]
fn codes(report: &Value) -> Vec<String> {
    let findings = report["diagnoses"].as_array().expect("a list");
    findings.iter().filter(|it| it["severity"] != "info").map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

fn id(world: &Value, name: &str) -> Value {
    match name.split_once(':') {
        Some((list, nth)) => world[list][nth.parse::<usize>().expect("a number")].clone(),
        None => world[name].clone(),
    }
}

/// Healthy as far as it can be seen: exit 0 and nothing but remarks.
fn wrong_with_health(seen: &Seen) -> Option<String> {
    let report = seen.report();
    let codes = codes(&report);
    (seen.exit != 0 || !codes.is_empty()).then(|| format!("exit {}, {codes:?}, {}", seen.exit, report["verdict"]))
}

#[test]
fn what_is_broken_is_proven_and_its_command_repairs_it() {
    proven_and_repaired(CASES.iter().step_by(2));
}

/// The others, beside them: moto uses one core.
#[test]
fn what_else_is_broken_is_proven_and_its_command_repairs_it() {
    proven_and_repaired(CASES.iter().skip(1).step_by(2));
}

fn proven_and_repaired(cases: impl Iterator<Item = &'static Case>) {
    let Some(mut moto) = Moto::start() else { return };
    let mut wrong = Vec::new();
    for case in cases {
        let world = moto.world(&[case.fault]);
        let seen = moto.audit(&["--output", "json"]);
        let report = seen.report();
        let first = &report["diagnoses"][0];
        let mut say = |what: String| wrong.push(format!("{}: {what}", case.fault));
        if (seen.exit, first["code"].as_str()) != (1, Some(case.code)) {
            say(format!("exit {}, {:?}", seen.exit, codes(&report)));
            continue;
        }
        if first["strength"] != "proven" {
            say(format!("{}: {}", first["strength"], first["reason"]));
        }
        let resources = first["resources"].as_array().expect("a list");
        if !case.resource.is_empty() && !resources.contains(&id(&world, case.resource)) {
            say(format!("{resources:?} has no {}", case.resource));
        }
        let fix = &first["fixes"][0];
        if case.fixed_by_a_command {
            if fix["applicability"] != "ready" {
                say(format!("the first fix is {fix}"));
                continue;
            }
            // What is found besides has commands of its own.
            for finding in report["diagnoses"].as_array().expect("a list") {
                if let Some(command) = finding["fixes"][0]["command"].as_str() {
                    moto.run(command);
                }
            }
            if let Some(why) = wrong_with_health(&moto.audit(&["--output", "json"])) {
                say(format!("after {}: {why}", fix["command"]));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn sound_layouts_are_sound() {
    let Some(mut moto) = Moto::start() else { return };
    for layout in [&[][..], &["healthy_nat"]] {
        moto.world(layout);
        assert_eq!(wrong_with_health(&moto.audit(&["--output", "json"])), None, "{layout:?}");
    }
}

#[test]
fn a_fault_in_one_subnet_names_it_and_two_faults_are_both_told() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["rte_04"]);
    let report = moto.audit(&["--output", "json"]).report();
    assert_eq!(report["diagnoses"][0]["where"], Value::Array(vec![world["subnets"][1].clone()]));
    let failing = |path: &&Value| path["passes"] == "no";
    let from: Vec<&Value> =
        report["paths"].as_array().unwrap().iter().filter(failing).map(|path| &path["from"]).collect();
    assert_eq!(from, [&world["subnets"][1]]);

    moto.world(&["sg_01"]);
    let everywhere = moto.audit(&["--output", "json"]).report();
    assert_eq!(everywhere["diagnoses"][0]["where"], Value::Null);

    moto.world(&["rte_04", "iam_02", "vpe_01"]);
    let several = codes(&moto.audit(&["--output", "json"]).report());
    for code in ["RTE-04", "IAM-02", "VPE-01"] {
        assert!(several.contains(&code.to_owned()), "{several:?}");
    }
}
