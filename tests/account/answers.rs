//! Answers in AWS's shapes that moto does not give.

use ecr_probe::model::facts::Question;
use ecr_probe::wire::oci::Digest;
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::questions::REPOSITORY;
use crate::responder::{Answer, Request, Responder};

fn asked(answer: impl Fn(&Request) -> Value + Send + Sync + 'static) -> (Responder, Asked) {
    let responder = Responder::start(move |request, _| Answer::of(200, answer(request).to_string()));
    let asked = Asked::at(&responder.url(), &[]);
    (responder, asked)
}

/// A service's own fields say what it is to be; what it leaves out, its primary deployment has. An older deployment's
/// fields count for nothing.
#[test]
fn a_service_is_what_it_is_to_be() {
    let network = |subnet: &str| json!({ "awsvpcConfiguration": { "subnets": [subnet], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED" } });
    let (_responder, asked) = asked(move |_| {
        json!({
            "services": [
                {
                    "serviceName": "web", "serviceArn": "arn/web", "clusterArn": "arn/files", "status": "ACTIVE",
                    "launchType": null, "desiredCount": 3, "runningCount": 1, "taskDefinition": "td:3",
                    "deployments": [
                        { "status": "ACTIVE", "taskDefinition": "td:1", "networkConfiguration": network("subnet-old") },
                        { "status": "PRIMARY", "taskDefinition": "td:2", "platformVersion": "1.4.0",
                          "capacityProviderStrategy": [{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }],
                          "networkConfiguration": network("subnet-new") },
                    ],
                    "events": [
                        { "message": "(service web) was unable to place a task. token=canary0123456789abcdef" },
                        { "message": "(service web) has reached a steady state." },
                    ],
                },
                { "serviceName": "old", "status": "INACTIVE" },
            ],
            "failures": [
                { "arn": "arn:aws:ecs:eu-west-1:1:service/files/none", "reason": "MISSING" },
                { "arn": "arn:aws:ecs:eu-west-1:1:service/files/odd", "reason": "ODD", "detail": "for a reason" },
            ],
        })
    });
    let names = ["web", "old", "none", "odd", "silent"].map(str::to_owned).to_vec();
    let facts = asked.facts(&Question::Services { cluster: "files".into(), names });
    let web = &facts["web"]["outcome"];
    for (member, expected) in [
        ("task_definition", json!("td:3")),
        ("subnets", json!(["subnet-new"])),
        ("assign_public_ip", json!(true)),
        ("capacity_providers", json!(["FARGATE_SPOT"])),
        ("launch_type", Value::Null),
        ("platform_version", json!("1.4.0")),
        ("desired", json!(3)),
    ] {
        assert_eq!(web[member], expected, "{member}");
    }
    assert_eq!(web["events"].as_array().map(Vec::len), Some(1), "{web}");
    assert_eq!(facts["old"]["outcome"]["result"], "absent");
    assert_eq!(facts["none"]["outcome"]["result"], "absent");
    assert_eq!(facts["odd"]["outcome"]["why"]["code"], "ODD");
    assert_eq!(facts["silent"]["outcome"]["why"]["how"]["cause"], "malformed");
}

#[test]
fn a_stopped_task_says_when_and_why() {
    let (_responder, asked) = asked(|_| {
        json!({ "tasks": [{
            "taskArn": "arn/1", "taskDefinitionArn": "td:1", "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart",
            "stoppedReason": "CannotPullContainerError: https://x.example/?X-Amz-Signature=canary", "stoppedAt": 1_795_441_800.123,
            "containers": [{ "name": "app", "reason": "i/o timeout" }, { "name": "quiet" }],
            "attachments": [{ "type": "ElasticNetworkInterface", "details": [{ "name": "subnetId", "value": "subnet-1" }] }],
        }], "failures": [{ "arn": "arn/2", "reason": "MISSING" }] })
    });
    let tasks = vec!["arn/1".to_owned(), "arn/2".to_owned()];
    let facts = asked.facts(&Question::Tasks { cluster: "files".into(), tasks });
    let task = &facts["arn/1"]["outcome"];
    assert_eq!(task["stopped_at"], "2026-11-23T13:50:00Z");
    assert_eq!(task["containers"], json!([{ "name": "app", "reason": "i/o timeout" }]));
    assert!(!task.to_string().contains("canary"), "{task}");
    assert_eq!(facts["arn/2"]["outcome"]["result"], "absent");
}

/// The configuration of a single image is fetched from where ECR says that it is, and must be what was asked for.
#[test]
fn the_platform_of_one_image_is_its_configurations() {
    const CONFIGURATION: &str = r#"{"os":"linux","architecture":"arm64","config":{"Env":["PASSWORD=canary"]}}"#;
    for (served, platforms) in [(CONFIGURATION, json!(["linux/arm64"])), ("{\"os\":\"linux\"}", Value::Null)] {
        let blobs = Responder::start(move |request, _| {
            assert!(request.header("authorization").is_none(), "{request:?}");
            Answer::of(200, served)
        });
        let url = format!("{}/blob?X-Amz-Signature=abc", blobs.url());
        let digest = Digest::sha256_of(CONFIGURATION.as_bytes()).to_string();
        let (_responder, asked) = asked(move |request| match request.operation().as_str() {
            "DescribeImages" => json!({ "imageDetails": [{ "imageDigest": "sha256:1", "imageSizeInBytes": 7 }] }),
            "BatchGetImage" => {
                let manifest = json!({ "schemaVersion": 2, "config": { "digest": digest }, "layers": [] });
                json!({ "images": [{ "imageManifest": manifest.to_string() }], "failures": [] })
            }
            "GetDownloadUrlForLayer" => json!({ "downloadUrl": url, "layerDigest": digest }),
            other => panic!("{other}"),
        });
        let fact = asked.fact(&Question::Image { repository: REPOSITORY.into(), reference: "v1".into() });
        assert_eq!(fact["outcome"]["platforms"], platforms, "{fact}");
        assert_eq!((&fact["outcome"]["status"], &fact["outcome"]["bytes"]), (&json!("active"), &json!(7)));
        assert_eq!(blobs.seen().len(), 1);
        assert!(!fact.to_string().contains("canary") && !fact.to_string().contains("Signature"), "{fact}");
    }
}

#[test]
fn an_archived_image_is_not_asked_for_its_manifest() {
    let (responder, asked) =
        asked(|_| json!({ "imageDetails": [{ "imageDigest": "sha256:1", "imageStatus": "ARCHIVED" }] }));
    let reference = format!("sha256:{}", "0".repeat(64));
    let facts = asked.facts(&Question::Image { repository: REPOSITORY.into(), reference: reference.clone() });
    let fact = &facts[&format!("{REPOSITORY}@{reference}")];
    assert_eq!((&fact["outcome"]["status"], responder.seen().len()), (&json!("archived"), 1));
}

#[test]
fn rules_of_a_registry_and_of_the_firewall() {
    let (_responder, asked) = asked(|request| match request.operation().as_str() {
        "DescribePullThroughCacheRules" => json!({ "pullThroughCacheRules": [
            { "ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io", "credentialArn": "arn/secret" }] }),
        "ListFirewallRuleGroupAssociations" => json!({ "FirewallRuleGroupAssociations": [
            { "FirewallRuleGroupId": "rslvr-frg-1", "VpcId": "vpc-1", "Priority": 101, "Status": "COMPLETE" },
            { "FirewallRuleGroupId": "rslvr-frg-2", "VpcId": "vpc-2", "Priority": 5, "Status": "COMPLETE" }] }),
        "ListFirewallRules" => json!({ "FirewallRules": [
            { "Name": "block", "FirewallDomainListId": "rslvr-fdl-1", "Priority": 2, "Action": "BLOCK" },
            { "Name": "advanced", "FirewallThreatProtectionId": "t", "Priority": 3, "Action": "ALERT" }] }),
        "ListFirewallDomains" => json!({ "Domains": ["*.Amazonaws.Com.", "x.example"] }),
        other => panic!("{other}"),
    });
    let rules = asked.fact(&Question::CacheRules { account: "123456789012".into(), region: "eu-west-1".into() });
    let rule = json!({ "prefix": "hub", "upstream": "registry-1.docker.io", "credential_arn": "arn/secret" });
    assert_eq!(rules["outcome"]["rules"], json!([rule]));
    let told = asked.ask(&Question::FirewallRules { vpc: "vpc-1".into() });
    assert_eq!((told.calls, told.facts.len()), (3, 3));
    let facts = asked.facts(&Question::FirewallRules { vpc: "vpc-1".into() });
    let block = json!({
        "result": "known", "group_id": "rslvr-frg-1", "name": "block", "priority": [101, 2], "action": "BLOCK",
        "domains": ["*.amazonaws.com", "x.example"],
    });
    assert_eq!(facts["rslvr-frg-1 block"]["outcome"], block);
    assert_eq!(facts["rslvr-frg-1 advanced"]["outcome"]["domains"], Value::Null);
}
