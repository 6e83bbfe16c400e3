//! Task metadata as Fargate gives it, and as it does not.

use serde_json::{Value, json};

use super::TaskMetadata;
use crate::model::outcome::{ClockOutcome, DiskOutcome, TaskPullOutcome};
use crate::model::{Act, LaunchType, NetworkMode};

const CURL: &str = "111122223333.dkr.ecr.us-west-2.amazonaws.com/curltest:latest";

/// After the example of the ECS Developer Guide for tasks on Fargate.
fn fargate() -> Value {
    json!({
        "Cluster": "arn:aws:ecs:us-west-2:111122223333:cluster/default",
        "TaskARN": "arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d5d8e4f258373e7b93ce9a3c3",
        "Family": "curltest",
        "ServiceName": "MyService",
        "Revision": "3",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": { "CPU": 0.25, "Memory": 512 },
        "PullStartedAt": "2020-10-08T20:47:16.053330955Z",
        "PullStoppedAt": "2020-10-08T20:47:19.592684631Z",
        "AvailabilityZone": "us-west-2a",
        "Containers": [{
            "DockerId": "e9028f8d5d8e4f258373e7b93ce9a3c3-2495160603",
            "Name": "curl",
            "DockerName": "curl",
            "Image": CURL,
            "ImageID": "sha256:25f3695bedfb454a50f12d127839a68ad3caf91e451c1da073db34c542c4d2cb",
            "Labels": {
                "com.amazonaws.ecs.cluster": "arn:aws:ecs:us-west-2:111122223333:cluster/default",
                "com.amazonaws.ecs.container-name": "curl",
                "com.amazonaws.ecs.task-definition-version": "2",
            },
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "Limits": { "CPU": 10, "Memory": 128 },
            "CreatedAt": "2020-10-08T20:47:20.567813946Z",
            "StartedAt": "2020-10-08T20:47:20.567813946Z",
            "Type": "NORMAL",
            "Networks": [{
                "NetworkMode": "awsvpc",
                "IPv4Addresses": ["192.0.2.3"],
                "AttachmentIndex": 0,
                "IPv4SubnetCIDRBlock": "192.0.2.0/24",
                "DomainNameServers": ["192.0.2.2"],
                "DomainNameSearchList": ["us-west-2.compute.internal"],
                "PrivateDNSName": "ip-10-0-0-222.us-west-2.compute.internal",
                "SubnetGatewayIpv4Address": "192.0.2.1/24",
            }],
            "ContainerARN": "arn:aws:ecs:us-west-2:111122223333:container/05966557-f16c-49cb-9352-24b3a0dcd0e1",
            "LogOptions": {
                "awslogs-create-group": "true",
                "awslogs-group": "/ecs/containerlogs",
                "awslogs-region": "us-west-2",
                "awslogs-stream": "ecs/curl/cd189a933e5849daa93386466019ab50",
            },
            "LogDriver": "awslogs",
            "Snapshotter": "overlayfs",
        }],
        "LaunchType": "FARGATE",
        "ClockDrift": {
            "ClockErrorBound": 0.5458234999999999,
            "ReferenceTimestamp": "2021-09-07T16:57:44Z",
            "ClockSynchronizationStatus": "SYNCHRONIZED",
        },
        "EphemeralStorageMetrics": { "Utilized": 261, "Reserved": 20496 },
        "FaultInjectionEnabled": false,
    })
}

fn read(document: &str) -> TaskMetadata {
    TaskMetadata::parse(document.as_bytes()).unwrap_or_else(|| panic!("{document}"))
}

/// The facts of the same task with one thing changed: `1e999` is no number that JSON's readers have.
fn facts_with(pointer: &str, value: &str) -> Vec<Act> {
    let mut document = fargate();
    *document.pointer_mut(pointer).expect("it is there") = json!("CHANGED");
    read(&document.to_string().replace("\"CHANGED\"", value)).facts
}

fn disk() -> Act {
    Act::Disk(DiskOutcome::Measured { reserved_mib: 20_496, utilized_mib: Some(261), holds: vec![CURL.into()] })
}

fn clock() -> Act {
    Act::Clock(ClockOutcome::Synchronized { error_bound_ms: Some(0.545_823_499_999_999_9) })
}

fn pull() -> Act {
    Act::TaskPull(TaskPullOutcome::Measured { seconds: 3.539, holds: vec![CURL.into()] })
}

#[test]
fn a_task_on_fargate_tells_its_place_its_disk_its_clock_and_its_pull() {
    let task = read(&fargate().to_string());
    assert_eq!(task.images(), [CURL]);
    assert_eq!((task.region(), task.account()), (Some("us-west-2"), Some("111122223333")));
    assert_eq!((task.subnet_cidr(), task.logs_in_own_region()), (Some("192.0.2.0/24"), true));
    assert_eq!((task.launch_type(), task.network_mode()), (Some(LaunchType::Fargate), Some(NetworkMode::Awsvpc)));
    assert_eq!((task.availability_zone.as_deref(), task.family.as_deref()), (Some("us-west-2a"), Some("curltest")));
    assert_eq!(task.facts, [disk(), clock(), pull()]);
}

#[test]
fn a_task_on_ec2_tells_its_pull_alone() {
    let mut document = fargate();
    for name in ["ClockDrift", "EphemeralStorageMetrics"] {
        document.as_object_mut().expect("an object").remove(name);
    }
    assert_eq!(read(&document.to_string()).facts, [pull()]);
}

#[test]
fn a_size_that_makes_no_sense_is_no_disk() {
    for value in ["0", "-1", "\"20496\"", "20496.5", "1e300", "18446744073709551615", "null", "[]", "{}", "true"] {
        assert_eq!(facts_with("/EphemeralStorageMetrics/Reserved", value), [clock(), pull()], "{value}");
    }
    for value in ["0", "null", "[20496]", "\"20496\""] {
        assert_eq!(facts_with("/EphemeralStorageMetrics", value), [clock(), pull()], "{value}");
    }
    // A number beyond all numbers spoils its neighbours, and not what the check needs.
    assert_eq!(facts_with("/EphemeralStorageMetrics/Reserved", "1e999"), []);
    assert_eq!(facts_with("/ClockDrift/ClockErrorBound", "-1e999"), []);
}

#[test]
fn what_is_used_may_be_unknown() {
    let unknown =
        Act::Disk(DiskOutcome::Measured { reserved_mib: 20_496, utilized_mib: None, holds: vec![CURL.into()] });
    for value in ["-1", "\"261\"", "null"] {
        assert_eq!(
            facts_with("/EphemeralStorageMetrics/Utilized", value),
            [unknown.clone(), clock(), pull()],
            "{value}"
        );
    }
}

#[test]
fn a_clock_is_one_of_two_things() {
    let status = "/ClockDrift/ClockSynchronizationStatus";
    let unsynchronized = Act::Clock(ClockOutcome::NotSynchronized { error_bound_ms: Some(0.545_823_499_999_999_9) });
    assert_eq!(facts_with(status, "\"NOT_SYNCHRONIZED\""), [disk(), unsynchronized, pull()]);
    for value in ["\"UNKNOWN\"", "\"\"", "null", "true", "0"] {
        assert_eq!(facts_with(status, value), [disk(), pull()], "{value}");
    }
    for value in ["-0.5", "\"0.5\"", "null", "[]", "1e300"] {
        let unbounded = Act::Clock(ClockOutcome::Synchronized { error_bound_ms: None });
        assert_eq!(facts_with("/ClockDrift/ClockErrorBound", value), [disk(), unbounded, pull()], "{value}");
    }
}

/// What the task took to pull, with one end of it changed.
fn seconds(pointer: &str, value: &str) -> Option<f64> {
    facts_with(pointer, value).iter().find_map(|fact| match fact {
        Act::TaskPull(TaskPullOutcome::Measured { seconds, .. }) => Some(*seconds),
        _ => None,
    })
}

#[test]
fn a_pull_has_two_ends_in_order() {
    for (value, expected) in [
        ("\"2020-10-08T20:47:16.053330955Z\"", Some(0.0)),
        ("\"2020-10-08T20:54:08.053330955Z\"", Some(412.0)),
        ("\"2020-10-08T22:47:18.053330955+02:00\"", Some(2.0)),
        ("\"2020-10-09T20:47:16Z\"", Some(86_399.947)),
        // It ends before it begins, or takes longer than a day.
        ("\"2020-10-08T20:47:16Z\"", None),
        ("\"2020-10-09T20:47:17Z\"", None),
        ("\"0001-01-01T00:00:00Z\"", None),
        ("\"2020-10-08\"", None),
        ("\"\"", None),
        ("1602190039", None),
        ("null", None),
        ("[]", None),
    ] {
        assert_eq!(seconds("/PullStoppedAt", value), expected, "{value}");
    }
    assert_eq!(seconds("/PullStartedAt", "null"), None);
    let mut zero = fargate();
    for end in ["PullStartedAt", "PullStoppedAt"] {
        zero[end] = json!("0001-01-01T00:00:00Z");
    }
    assert_eq!(read(&zero.to_string()).facts, [disk(), clock()]);
}

/// What the agent writes on EC2 for a task in awsvpc mode with Service Connect: the container that it adds has the type
/// `NORMAL` and an image that is loaded from the host's disk (amazon-ecs-agent, `agent/engine/serviceconnect`).
fn ec2() -> Value {
    let network = json!({
        "NetworkMode": "awsvpc",
        "IPv4Addresses": ["10.0.2.61"],
        "AttachmentIndex": 0,
        "MACAddress": "0e:10:e2:01:bd:91",
        "IPv4SubnetCIDRBlock": "10.0.2.0/24",
        "PrivateDNSName": "ip-10-0-2-61.us-west-2.compute.internal",
        "SubnetGatewayIpv4Address": "10.0.2.1/24",
    });
    let container = |name: &str, image: &str, kind: &str| {
        json!({
            "DockerId": format!("ee08638adaaf009d78c248913f629e38-{name}"),
            "Name": name,
            "DockerName": format!("ecs-curltest-26-{name}-a0e7dba5aca6d8cb2e00"),
            "Image": image,
            "ImageID": "",
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "Limits": { "CPU": 10, "Memory": 128 },
            "Type": kind,
            "Networks": [network],
        })
    };
    json!({
        "Cluster": "default",
        "TaskARN": "arn:aws:ecs:us-west-2:111122223333:task/default/158d1c8083dd49d6b527399fd6414f5c",
        "Family": "curltest",
        "Revision": "26",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "PullStartedAt": "2020-10-02T00:43:06.202617438Z",
        "PullStoppedAt": "2020-10-02T00:43:06.31288465Z",
        "AvailabilityZone": "us-west-2d",
        "VPCID": "vpc-1234567890abcdef0",
        "LaunchType": "EC2",
        "Containers": [
            container("~internal~ecs~pause", "amazon/amazon-ecs-pause:0.1.0", "CNI_PAUSE"),
            container("curl", CURL, "NORMAL"),
            container("ecs-service-connect-aBcDe", "ecs-service-connect-agent:interface-v1", "NORMAL"),
        ],
        "ServiceName": "MyService",
        "FaultInjectionEnabled": false,
    })
}

#[test]
fn only_what_the_task_definition_names_is_an_image_of_the_task() {
    assert_eq!(read(&ec2().to_string()).images(), [CURL]);
    // Fargate shows no image for what it adds, or one that the task starts without.
    let mut document = fargate();
    let of_aws = [
        ("ecs-service-connect-oRK9o", json!("")),
        ("ecs-service-connect-oRK9o", json!("1.dkr.ecr.us-west-2.amazonaws.com/appnet:v1")),
        (
            "aws-guardduty-agent-nm40lC",
            json!("733349766148.dkr.ecr.us-west-2.amazonaws.com/aws-guardduty-agent-fargate:v1"),
        ),
        ("a-daemon", json!("monitor:v1")),
        ("not-there-yet", Value::Null),
    ];
    for (name, image) in of_aws {
        let kind = if name == "a-daemon" { "MANAGED_DAEMON" } else { "NORMAL" };
        let added = json!({ "Name": name, "Image": image, "Type": kind });
        document["Containers"].as_array_mut().expect("a list").push(added);
    }
    assert_eq!(read(&document.to_string()).images(), [CURL]);
    // The oldest agents give no type.
    let mut document = fargate();
    document["Containers"][0].as_object_mut().expect("an object").remove("Type");
    assert_eq!(read(&document.to_string()).images(), [CURL]);
    for kind in [json!(null), json!("")] {
        document["Containers"][0]["Type"] = kind;
        assert_eq!(read(&document.to_string()).images(), [CURL]);
    }
}

/// Go writes a nil list or map that is not left out as `null`.
#[test]
fn null_is_empty() {
    for pointer in ["/Containers", "/Containers/0/LogOptions", "/Containers/0/Networks"] {
        let mut document = fargate();
        *document.pointer_mut(pointer).expect("it is there") = Value::Null;
        let task = read(&document.to_string());
        assert_eq!(task.region(), Some("us-west-2"), "{pointer}");
    }
}

#[test]
fn every_container_that_logs_is_looked_at() {
    let mut document = fargate();
    let elsewhere = json!({
        "Name": "first", "Image": CURL, "Type": "NORMAL", "LogDriver": "awslogs",
        "LogOptions": { "awslogs-region": "eu-west-1" },
    });
    document["Containers"].as_array_mut().expect("a list").insert(0, elsewhere);
    assert!(read(&document.to_string()).logs_in_own_region());
    document["Containers"][1]["LogDriver"] = json!("json-file");
    assert!(!read(&document.to_string()).logs_in_own_region());
    document["Containers"][0]["LogOptions"] = Value::Null;
    assert!(read(&document.to_string()).logs_in_own_region());
}

#[test]
fn what_the_agent_does_not_say_its_containers_tell() {
    let launch_type = |document: &Value| read(&document.to_string()).launch_type();
    for (text, expected) in [
        ("FARGATE", Some(LaunchType::Fargate)),
        ("EC2", Some(LaunchType::Ec2)),
        ("EXTERNAL", Some(LaunchType::External)),
        ("MANAGED_INSTANCES", Some(LaunchType::ManagedInstances)),
        ("SOMETHING_NEW", None),
    ] {
        let mut document = fargate();
        document["LaunchType"] = json!(text);
        assert_eq!(launch_type(&document), expected, "{text}");
    }
    let without = |mut document: Value, keys: &[&str]| {
        document.as_object_mut().expect("an object").retain(|key, _| !keys.contains(&key.as_str()));
        document
    };
    assert_eq!(launch_type(&without(fargate(), &["LaunchType"])), None);
    assert_eq!(launch_type(&without(ec2(), &["LaunchType"])), Some(LaunchType::Ec2));
    assert_eq!(launch_type(&without(ec2(), &["LaunchType", "VPCID"])), Some(LaunchType::Ec2));
    for (mode, expected) in [("bridge", NetworkMode::Bridge), ("host", NetworkMode::Host)] {
        let mut document = without(fargate(), &["LaunchType"]);
        document["Containers"][0]["Networks"] = json!([{ "NetworkMode": mode, "IPv4Addresses": [""] }]);
        let task = read(&document.to_string());
        assert_eq!((task.launch_type(), task.network_mode()), (Some(LaunchType::Ec2), Some(expected)));
        assert_eq!(task.subnet_cidr(), None);
    }
    // With Service Connect in bridge mode, the pause container is the one that has a network.
    let mut document = without(ec2(), &["LaunchType", "VPCID"]);
    document["Containers"][1]["Networks"] = json!([{ "NetworkMode": "container:0a1b2c", "IPv4Addresses": [""] }]);
    document["Containers"][0]["Networks"] = json!([{ "NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.2"] }]);
    assert_eq!(read(&document.to_string()).network_mode(), Some(NetworkMode::Bridge));
}
