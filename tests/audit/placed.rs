//! Where the tasks are: of one task, of the task that the probe is in, and on instances of ours.

use serde_json::{Value, json};

use crate::moto::{Moto, Seen, told};
use crate::responder::{Answer, Responder};

/// `ecr-probe audit --task`.
fn of_task(moto: &Moto, world: &Value, name: &str) -> Seen {
    moto.probe(&["audit", "--task", world[name].as_str().expect("an ARN"), "--output", "json"])
}

fn placement(report: &Value, key: &str) -> Value {
    report["placement"][key].clone()
}

#[test]
fn one_task_is_where_its_interface_is() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["tasks"]);
    let first = json!([world["subnets"][0]]);
    let groups = json!([world["task_group"]]);
    for name in ["task", "lone_task"] {
        let seen = of_task(&moto, &world, name);
        let report = seen.report();
        assert_eq!((seen.exit, &report["verdict"]), (0, &json!("healthy")), "{name}: {}", told(&report));
        assert_eq!(
            (placement(&report, "subnets"), placement(&report, "security_groups")),
            (first.clone(), groups.clone())
        );
    }

    // The task that the probe is in, by its metadata.
    let metadata = json!({
        "Cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/main", "TaskARN": world["task"], "Family": "scheduled-file-writer",
        "LaunchType": "FARGATE", "Containers": [],
    });
    let metadata = Responder::start(move |_, _| Answer::of(200, metadata.to_string()));
    let mut command = moto.command(&["audit", "--output", "json"]);
    command.env("ECS_CONTAINER_METADATA_URI_V4", format!("{}/v4/x", metadata.url())).env_remove("AWS_REGION");
    let seen = Seen::by(command);
    assert_eq!(seen.exit, 0, "{}{}", seen.stdout, seen.stderr);
    assert_eq!(placement(&seen.report(), "subnets"), first);
    assert_eq!(seen.report()["vantage"]["task_arn"], world["task"]);

    // What is wrong in other subnets does not concern it, and what is wrong in its own does.
    let world = moto.world(&["tasks", "rte_04"]);
    assert_eq!(of_task(&moto, &world, "task").exit, 0);
    let world = moto.world(&["tasks", "sg_01"]);
    let seen = of_task(&moto, &world, "lone_task");
    assert_eq!((seen.exit, &seen.report()["diagnoses"][0]["code"]), (1, &json!("SG-01")), "{}", seen.stdout);
}

/// The interface of a task that has stopped is gone, and ECS still tells in which subnet it was.
#[test]
fn of_a_task_that_has_stopped_the_service_tells_the_groups() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["tasks", "without_interfaces"]);
    let seen = of_task(&moto, &world, "task");
    let report = seen.report();
    assert_eq!(placement(&report, "security_groups"), json!([world["task_group"]]), "{}", told(&report));
    assert_eq!(placement(&report, "subnets"), json!([world["subnets"][0]]));
    assert_eq!(seen.exit, 0, "{}", told(&report));

    // Nobody tells those of a task that no service runs: whether they let packets out is not known.
    let seen = of_task(&moto, &world, "lone_task");
    let report = seen.report();
    assert_eq!((seen.exit, &report["verdict"]), (3, &json!("inconclusive")), "{}", told(&report));
    let unseen = report["unseen"].to_string();
    assert!(unseen.contains("ec2:DescribeNetworkInterfaces"), "{unseen}");

    // moto leaves out what AWS says of a task that it does not know.
    let nobody = "arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000000";
    let front = moto.front(move |request| {
        let answer = json!({ "tasks": [], "failures": [{ "arn": nobody, "reason": "MISSING" }] }).to_string();
        (request.operation() == "DescribeTasks").then(|| Answer::of(200, answer))
    });
    let seen = Seen::by(moto.command_behind(&front, &["audit", "--task", nobody]));
    assert_eq!((seen.exit, seen.stdout.as_str()), (2, ""), "{}", seen.stderr);
    assert!(seen.stderr.contains("an hour"), "{}", seen.stderr);
}

#[test]
fn on_instances_of_ours_the_instances_pull() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["instances"]);
    let seen = moto.audit(&["--output", "json"]);
    let report = seen.report();
    assert_eq!(placement(&report, "launch_type"), "ec2", "{}", told(&report));
    // In whatever order they are told of.
    let subnets = report["placement"]["subnets"].as_array().expect("a list");
    assert!(subnets.len() == 2 && (0..2).all(|nth| subnets.contains(&world["subnets"][nth])), "{}", told(&report));
    assert_eq!(placement(&report, "security_groups"), json!([world["instance_group"]]));
    assert_eq!(seen.exit, 0, "{}", told(&report));

    // Of one task the instance that it is on.
    let seen = of_task(&moto, &world, "task");
    let report = seen.report();
    assert_eq!((seen.exit, placement(&report, "subnets")), (0, json!([world["subnets"][1]])), "{}", told(&report));

    let world = moto.world(&["instances", "rte_04"]);
    let seen = moto.audit(&["--output", "json"]);
    let report = seen.report();
    assert_eq!((seen.exit, &report["diagnoses"][0]["code"]), (1, &json!("RTE-04")), "{}", told(&report));
    assert_eq!(report["diagnoses"][0]["where"], json!([world["subnets"][1]]));
}
