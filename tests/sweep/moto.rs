//! In an account that boto3 made at moto: what differs is read there, and tasks are run there.

use serde_json::{Value, json};

use crate::aws::{bodies_for, json_body, operation};
use crate::moto_world::{Moto, Seen};
use crate::responder::{Answer, Request, Responder};

const SERVICE: [&str; 5] = ["sweep", "--cluster", "main", "--service", "scheduled-file-writer"];

/// moto's account, with functions beside it that stand in its subnets and find what `broken` says.
fn front(moto: &Moto, world: &Value, broken: Vec<usize>) -> Responder {
    let subnets: Vec<String> = serde_json::from_value(world["subnets"].clone()).expect("ids");
    moto.front(move |request| functions(request, &subnets, &broken))
}

fn functions(request: &Request, subnets: &[String], broken: &[usize]) -> Option<Answer> {
    let ok = |value: &Value| Some(Answer::of(200, value.to_string()));
    let line = request.head.lines().next().unwrap_or_default();
    let arn = |nth: usize| format!("arn:aws:lambda:eu-west-1:123456789012:function:probe-{nth}");
    let nth = || (0..subnets.len()).find(|nth| line.contains(&format!("probe-{nth}"))).expect("one of ours");
    match operation(request).as_str() {
        "GetResources" => {
            let of = |(nth, subnet): (usize, &String)| json!({ "ResourceARN": arn(nth), "Tags": [{ "Key": "ecr-probe:subnet", "Value": subnet }] });
            let wanted = json_body(request)["TagFilters"][0]["Values"].clone();
            assert_eq!(wanted, json!(subnets), "the service's subnets are asked for");
            let all: Vec<Value> = subnets.iter().enumerate().map(of).collect();
            ok(&json!({ "ResourceTagMappingList": all, "PaginationToken": "" }))
        }
        "GetFunctionConfiguration" => ok(&json!({
            "FunctionName": format!("probe-{}", nth()), "FunctionArn": arn(nth()), "Timeout": 60, "State": "Active",
            "VpcConfig": { "SubnetIds": [subnets[nth()]] },
        })),
        "Invoke" => {
            ok(if broken.contains(&nth()) { &bodies_for("lambda").broken } else { &bodies_for("lambda").healthy })
        }
        _ => None,
    }
}

fn swept(moto: &Moto, front: &Responder, arguments: &[&str]) -> (i32, Value) {
    let seen = Seen::by(moto.command_behind(front, &[&SERVICE[..], arguments, &["--output", "json"]].concat()));
    let told = seen.report();
    crate::schema::in_schema(&told);
    (seen.exit, told)
}

fn text(moto: &Moto, front: &Responder) -> String {
    Seen::by(moto.command_behind(front, &SERVICE)).stdout
}

#[test]
fn what_differs_is_read_in_the_account() {
    let Some(mut moto) = Moto::start() else { return };
    // The S3 endpoint is not on the second subnet's route table.
    let world = moto.world(&["rte_04"]);
    let front = front(&moto, &world, vec![1]);
    let (exit, told) = swept(&moto, &front, &[]);
    assert_eq!((exit, &told["verdict"]), (1, &json!("unhealthy")), "{told:#}");
    let subnet = &world["subnets"][1];
    let place = &told["places"][1];
    assert_eq!(
        (&place["subnet"], &place["az"], &place["verdict"]),
        (subnet, &json!("eu-west-1b"), &json!("unhealthy"))
    );
    assert!(place["az_id"].is_string(), "{place:#}");
    // The packets alone say RTE-03, likely; with the configuration it is proven, and the resource has its id.
    let first = &told["diagnoses"][0];
    assert_eq!((&first["code"], &first["strength"]), (&json!("RTE-04"), &json!("proven")), "{first:#}");
    assert_eq!(first["where"], json!([subnet]));
    assert_eq!(first["fixes"][0]["applicability"], "ready", "{first:#}");
    let differs = &told["differs"][0];
    assert_eq!(
        (&differs["kind"], &differs["failing"]),
        (&json!("route-table"), &json!([world["tables"][1]])),
        "{differs:#}"
    );
    assert!(differs["lines"].to_string().contains("only in"), "{differs:#}");
    let text = text(&moto, &front);
    println!("{text}");
    assert!(text.contains("another route table: ") && text.contains("proven"), "{text}");

    // The same answers of the functions in a sound account: nothing but the zone differs.
    let world = moto.world(&[]);
    let front = self::front(&moto, &world, vec![1]);
    let (exit, told) = swept(&moto, &front, &[]);
    assert_eq!(exit, 1);
    let kinds: Vec<&Value> = told["differs"].as_array().expect("a list").iter().map(|it| &it["kind"]).collect();
    assert_eq!((kinds, &told["differs"][0]["code"]), (vec![&json!("zone")], &json!("RTE-07")), "{told:#}");
    let (exit, told) = swept(&moto, &self::front(&moto, &world, Vec::new()), &[]);
    assert_eq!((exit, &told["configured"], &told["differs"]), (0, &json!([]), &json!([])), "{told:#}");
    // A principal that may see nothing of the network is told what to allow.
    let subnets: Vec<String> = serde_json::from_value(world["subnets"].clone()).expect("ids");
    let blind = moto.front(move |request| {
        functions(request, &subnets, &[1]).or_else(|| {
            let hidden = ["DescribeRouteTables", "DescribeNetworkAcls"].contains(&operation(request).as_str());
            hidden.then(|| crate::moto_world::refusal(request))
        })
    });
    let (exit, told) = swept(&moto, &blind, &[]);
    let unread = told["differs"][0]["unread"].to_string();
    assert_eq!(exit, 1);
    assert!(unread.contains("ec2:DescribeRouteTables") && unread.contains("ec2:DescribeNetworkAcls"), "{unread}");
}

/// A function asks as its own role: what the execution role may not do shows in its policies alone.
#[test]
fn a_role_that_may_not_pull_is_no_good_news() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["iam_01"]);
    let front = front(&moto, &world, Vec::new());
    let (exit, told) = swept(&moto, &front, &[]);
    assert_eq!((exit, &told["verdict"]), (1, &json!("unhealthy")), "{told:#}");
    assert_eq!(told["configured"][0]["code"], "IAM-01");
    let text = text(&moto, &front);
    println!("{text}");
    assert!(text.contains("aws iam put-role-policy") || text.contains("aws iam attach-role-policy"), "{text}");
    assert!(text.contains("unhealthy: the configuration does not let scheduled-file-writer start: IAM-01"), "{text}");
}

/// moto makes the tasks, tells their status, and keeps the log; only the functions are not there.
#[test]
fn tasks_are_run_at_moto() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["probe_task"]);
    let front = moto.front(|request| {
        // moto's tasks have no containers that run, and it keeps no tags of functions that nobody made.
        let task = || json!({ "name": "ecr-probe", "exitCode": 0 });
        let arn = || json_body(request)["tasks"][0].clone();
        match operation(request).as_str() {
            "GetResources" => Some(Answer::of(200, json!({ "ResourceTagMappingList": [] }).to_string())),
            "DescribeTasks" => {
                let told = json!({ "tasks": [{ "taskArn": arn(), "lastStatus": "STOPPED", "containers": [task()] }], "failures": [] });
                Some(Answer::of(200, told.to_string()))
            }
            _ => None,
        }
    });
    let (exit, told) = swept(&moto, &front, &[]);
    assert_eq!(
        (exit, &told["places"][0]["via"], &told["verdict"]),
        (0, &json!("run-task"), &json!("healthy")),
        "{told:#}"
    );
    for (nth, place) in told["places"].as_array().expect("a list").iter().enumerate() {
        assert_eq!(place["subnet"], world["subnets"][nth]);
        assert!(place["by"].as_str().is_some_and(|arn| arn.contains(":task/")), "{place:#}");
        assert!(place["notes"].to_string().contains("exit code 0"), "{place:#}");
    }
    assert!(told["notes"].to_string().contains("tasks are run"), "{}", told["notes"]);
    let started = front.seen().iter().filter(|it| operation(it) == "RunTask").count();
    assert_eq!(started, 3);
}
