//! Callers who may not read, keys that AWS does not take, and how much is asked.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::moto::{Moto, Seen, refusal, told};
use crate::responder::{Answer, Request, Responder};

const SERVICE: [&str; 7] = ["audit", "--cluster", "main", "--service", "scheduled-file-writer", "--output", "json"];

fn is_of_sts(request: &Request) -> bool {
    request.operation() == "GetCallerIdentity"
}

#[test]
fn what_may_not_be_read_is_told_and_decides_nothing() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&["sg_01"]);
    let everything = moto.front(|request| (!is_of_sts(request)).then(|| refusal(request)));
    let seen = Seen::by(moto.command_behind(&everything, &SERVICE));
    let report = seen.report();
    assert_eq!((seen.exit, &report["verdict"]), (3, &json!("inconclusive")), "{}", told(&report));
    let unseen = report["unseen"].as_array().expect("a list");
    let services = unseen.iter().find(|it| it["action"] == "ecs:DescribeServices").expect("it is told");
    assert!(services["why"].as_str().unwrap_or_default().contains("AccessDeniedException"), "{services}");

    // Who tells where the tasks are, and not what is there.
    let network = moto.front(|request| {
        let refused = request.operation().starts_with("Describe") && request.header("x-amz-target").is_none();
        refused.then(|| refusal(request))
    });
    let seen = Seen::by(moto.command_behind(&network, &SERVICE));
    let report = seen.report();
    assert_eq!(seen.exit, 3, "{}", told(&report));
    assert_eq!(report["diagnoses"].as_array().map(Vec::len), Some(0), "{}", told(&report));
    let unseen = report["unseen"].to_string();
    for action in ["ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"] {
        assert!(unseen.contains(action) && unseen.contains("UnauthorizedOperation"), "{unseen}");
    }

    // One thing alone: what needs it is not known, and what is known is told.
    for (refused, action) in [
        ("DescribeSecurityGroups", "ec2:DescribeSecurityGroups"),
        ("DescribeRouteTables", "ec2:DescribeRouteTables"),
        ("GetRole", "iam:GetRole"),
        ("GetPolicyVersion", "iam:GetPolicyVersion"),
        ("DescribeTaskDefinition", "ecs:DescribeTaskDefinition"),
    ] {
        moto.world(&[]);
        let front = moto.front(move |request| (request.operation() == refused).then(|| refusal(request)));
        let seen = Seen::by(moto.command_behind(&front, &SERVICE));
        let report = seen.report();
        assert_eq!((seen.exit, &report["verdict"]), (3, &json!("inconclusive")), "{refused}: {}", told(&report));
        assert!(report["unseen"].to_string().contains(action), "{refused}: {}", report["unseen"]);
    }
}

#[test]
fn keys_that_aws_does_not_take_are_a_mistake_of_the_caller() {
    let Some(moto) = Moto::start() else { return };
    for code in ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"] {
        let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>No.</Message></Error></ErrorResponse>");
        let front = Responder::start(move |_, _| Answer::of(403, body.clone()));
        let seen = Seen::by(moto.command_behind(&front, &SERVICE));
        assert_eq!((seen.exit, seen.stdout.as_str()), (2, ""), "{code}: {}", seen.stderr);
        assert!(seen.stderr.contains(code) && !seen.stderr.contains("canary"), "{code}: {}", seen.stderr);
    }
    let mut command = moto.command(&SERVICE);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let seen = Seen::by(command);
    assert_eq!((seen.exit, seen.stdout.as_str()), (2, ""), "{}", seen.stderr);
    assert!(seen.stderr.contains("credentials"), "{}", seen.stderr);
}

/// The keys of a profile's program, and none in the environment.
#[test]
fn a_profile_is_enough() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&["rte_04"]);
    let home = tempfile::tempdir().expect("a temporary folder");
    let program = home.path().join("keys");
    let keys =
        json!({ "Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "canary-of-the-profile" });
    std::fs::write(&program, keys.to_string()).expect("a file");
    std::fs::create_dir(home.path().join(".aws")).expect("a folder");
    let profile = format!("[profile work]\nregion = eu-west-1\ncredential_process = cat {}\n", program.display());
    std::fs::write(home.path().join(".aws/config"), profile).expect("a file");
    let mut command = moto.command(&SERVICE);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
        command.env_remove(name);
    }
    command.env("HOME", home.path()).env("AWS_PROFILE", "work").env("PATH", "/usr/bin:/bin");
    let seen = Seen::by(command);
    assert_eq!(seen.exit, 1, "{}{}", seen.stdout, seen.stderr);
    assert_eq!(seen.report()["diagnoses"][0]["code"], "RTE-04");
    assert!(!seen.stdout.contains("canary") && !seen.stderr.contains("canary"), "{}", seen.stdout);
}

/// How often each request was sent, without its pages.
fn counted(front: &Responder) -> (usize, Vec<String>) {
    let mut equal: BTreeMap<(String, String), usize> = BTreeMap::new();
    let seen = front.seen();
    for request in &seen {
        *equal.entry((request.operation(), request.body.clone())).or_default() += 1;
    }
    // What is broken is asked for once more: moto has no operation for it.
    let twice = equal.into_iter().filter(|(_, count)| *count > 2).map(|((does, _), count)| format!("{does} {count}"));
    (seen.len(), twice.collect())
}

#[test]
fn a_service_takes_sixty_requests_and_fifty_services_twice_as_many() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&["many_services", "healthy_nat"]);
    for (arguments, most) in [(&SERVICE[..], 60), (&["audit", "--cluster", "main"], 120)] {
        let front = moto.front(|_| None);
        let began = Instant::now();
        let seen = Seen::by(moto.command_behind(&front, arguments));
        let took = began.elapsed();
        assert_eq!(seen.exit, 0, "{}{}", seen.stdout, seen.stderr);
        let (count, twice) = counted(&front);
        println!("{arguments:?}: {count} requests in {took:?}");
        assert!((10..=most).contains(&count), "{arguments:?}: {count}");
        assert!(twice.is_empty(), "{arguments:?}: {twice:?}");
        if most == 60 {
            // AWS's answers take longer than moto's, and a machine in use is no measure.
            assert!(took < Duration::from_secs(6), "{took:?}");
        }
    }
}
