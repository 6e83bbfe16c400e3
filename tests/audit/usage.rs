//! What a user may do wrong, and what must not show.

use crate::moto::{Moto, Seen};

#[test]
fn what_is_not_there_is_a_mistake_of_the_arguments() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&[]);
    for (arguments, says) in [
        (&["audit", "--cluster", "main", "--service", "other"][..], "no service other; `aws ecs list-services"),
        (&["audit", "--cluster", "other", "--service", "scheduled-file-writer"], "no cluster other in"),
        (&["audit", "--cluster", "other"], "`aws ecs list-clusters --region"),
        (&["audit", "--profile", "work"], "AWS_PROFILE=NAME"),
        (&["audit"], "--cluster NAME"),
    ] {
        let seen = moto.probe(arguments);
        assert_eq!(seen.exit, 2, "{arguments:?}: {}{}", seen.stdout, seen.stderr);
        assert!(seen.stderr.contains(says) && seen.stdout.is_empty(), "{arguments:?}: {}", seen.stderr);
    }
}

#[test]
fn a_placement_by_hand_is_judged_alike() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["rte_04"]);
    let subnet = |nth: usize| world["subnets"][nth].as_str().expect("an id").to_owned();
    let (good, bad) = (subnet(0), subnet(1));
    let group = world["task_group"].as_str().expect("an id");
    let audit = |subnet: &str| {
        moto.probe(&[
            "audit",
            "--subnet",
            subnet,
            "--security-group",
            group,
            "--task-definition",
            "scheduled-file-writer",
            "--launch-type",
            "fargate",
            "--output",
            "json",
        ])
    };
    assert_eq!(audit(&good).exit, 0);
    let broken = audit(&bad);
    assert_eq!((broken.exit, broken.report()["diagnoses"][0]["code"].as_str()), (1, Some("RTE-04")));
}

#[test]
fn a_placement_that_does_not_exist_is_no_finding() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["sg_05"]);
    let subnet = world["subnets"][0].as_str().expect("an id");
    let group = world["task_group"].as_str().expect("an id");
    for (subnet, group, says) in [
        ("subnet-deadbeef", group, "the subnet subnet-deadbeef does not exist in "),
        (subnet, "sg-deadbeef", "the security group sg-deadbeef does not exist in "),
    ] {
        let definition = ["--task-definition", "scheduled-file-writer", "--launch-type", "fargate"];
        let given = ["audit", "--subnet", subnet, "--security-group", group];
        let seen = moto.probe(&[&given[..], &definition[..]].concat());
        assert_eq!((seen.exit, seen.stdout.as_str()), (2, ""), "{}", seen.stderr);
        assert!(seen.stderr.contains(says), "{}", seen.stderr);
    }
}

#[test]
fn an_audit_that_reaches_no_api_says_why() {
    let Some(moto) = Moto::start() else { return };
    for arguments in [&["audit", "--cluster", "main", "--service", "x"][..], &["audit", "--cluster", "main"]] {
        let mut command = moto.command(arguments);
        // Nobody listens there.
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://proxy.example:3128");
        let seen = Seen::by(command);
        assert_eq!((seen.exit, seen.stdout.as_str()), (2, ""), "{}", seen.stderr);
        for says in ["127.0.0.1 cannot be reached", "refused", "HTTPS_PROXY is set"] {
            assert!(seen.stderr.contains(says), "{says}: {}", seen.stderr);
        }
    }
}

#[test]
fn no_secret_and_no_environment_value_shows() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&["vpe_05", "init_04"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let saved = folder.path().join("report.json");
    for output in ["json", "text"] {
        let seen = moto.audit(&["--output", output, "--save", saved.to_str().expect("a path in UTF-8")]);
        let kept = std::fs::read_to_string(&saved).expect("it is saved");
        for text in [&seen.stdout, &seen.stderr, &kept] {
            assert!(!text.contains("canary"), "{text}");
        }
    }
    // The saved report is judged again without asking anybody.
    let first = moto.audit(&["--output", "json"]).report();
    let again = moto.probe(&["judge", saved.to_str().expect("a path in UTF-8"), "--output", "json"]);
    let again = again.report();
    for key in ["verdict", "diagnoses", "paths", "unseen", "placement", "not_judged"] {
        let without_ids = |value: &serde_json::Value| value.to_string();
        if key != "diagnoses" {
            assert_eq!(without_ids(&first[key]), without_ids(&again[key]), "{key}");
        }
    }
    let codes = |report: &serde_json::Value| -> Vec<String> {
        report["diagnoses"].as_array().unwrap().iter().map(|it| it["code"].to_string()).collect()
    };
    assert_eq!(codes(&first), codes(&again));
}
