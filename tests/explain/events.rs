//! Stopped tasks as EventBridge and the API give them, and documents that only look like them.

use ecr_probe::reason::{Explanation, Verdict, explain_event, records};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::corpus::{codes, context};

const REASON: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
     123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1: failed to do request: Head \
     \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/v1\": dial tcp 10.0.3.17:443: i/o timeout";

fn task(stopped: &str, containers: &Value) -> Value {
    json!({
        "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/files",
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3c51a2e8b74d0fa6b1c2d3e4f50617",
        "group": "service:scheduled-file-writer", "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
        "stopCode": "TaskFailedToStart", "stoppedReason": stopped, "containers": containers,
        "stoppedAt": "2026-01-02T03:04:05.678Z", "version": 5, "attachments": [{ "details": [{ "name": "x" }] }],
    })
}

fn event(task: &Value) -> Value {
    json!({
        "version": "0", "id": "9bcdac79-b31f-4d3d-9410-fbd727c29fab", "detail-type": "ECS Task State Change",
        "source": "aws.ecs", "account": "123456789012", "time": "2026-01-02T03:04:06Z", "region": "eu-west-1",
        "resources": [task["taskArn"]], "detail": task,
    })
}

fn explained(document: &Value) -> Vec<Explanation> {
    explain_event(document, &context())
}

fn firsts(document: &Value) -> Vec<Option<&'static str>> {
    explained(document).iter().map(|it| codes(it).first().copied()).collect()
}

#[test]
fn an_event_of_a_stopped_task_is_explained() {
    let found = explained(&event(&task(REASON, &json!([]))));
    let [found] = found.as_slice() else { panic!("{} records", found.len()) };
    assert_eq!(codes(found).first(), Some(&"SG-01"));
    assert!(found.task_arn.as_deref().is_some_and(|arn| arn.ends_with("task/files/9f3c51a2e8b74d0fa6b1c2d3e4f50617")));
    assert_eq!(found.group.as_deref(), Some("service:scheduled-file-writer"));
    assert_eq!(found.stopped_at.as_deref(), Some("2026-01-02T03:04:05.678Z"));
}

#[test]
fn the_container_tells_where_the_task_does_not() {
    let containers = json!([{ "name": "proxy" }, { "name": "writer", "reason": REASON, "exitCode": null }]);
    for generic in ["Task failed to start", "Essential container in task exited", ""] {
        assert_eq!(firsts(&event(&task(generic, &containers))), [Some("SG-01")], "{generic}");
    }
}

#[test]
fn every_task_of_a_list_is_explained() {
    let throttled = task("CannotPullContainerError: toomanyrequests: Rate exceeded", &json!([]));
    let lost = task(REASON, &json!([]));
    let described = json!({ "tasks": [lost, throttled, { "lastStatus": "RUNNING" }], "failures": [] });
    let both = [Some("SG-01"), Some("THR-02")];
    assert_eq!(firsts(&described), both);
    assert_eq!(firsts(&json!([event(&lost), event(&throttled)])), both);
    assert_eq!(firsts(&json!([[lost], [[throttled]]])), both);
    let services = json!({ "services": [{ "serviceName": "a", "events": [
        { "id": "1", "createdAt": 1.0, "message": format!("(service a) was unable to place a task. Reason: {REASON}.") },
    ] }] });
    assert_eq!(firsts(&services), [Some("SG-01")]);
    // What one list lacks, another may hold.
    assert_eq!(firsts(&json!({ "tasks": [], "events": [{ "message": REASON }] })), [Some("SG-01")]);
    assert_eq!(firsts(&json!({ "tasks": [], "message": REASON })), [Some("SG-01")]);
}

#[test]
fn times_are_kept_as_they_are_written() {
    let mut task = task(REASON, &json!([]));
    task["stoppedAt"] = json!(1_767_323_045.678);
    assert_eq!(explained(&task)[0].stopped_at.as_deref(), Some("1767323045.678"));
    task["stoppedAt"] = json!(1_767_323_045);
    assert_eq!(explained(&task)[0].stopped_at.as_deref(), Some("1767323045"));
    task["stoppedAt"] = Value::Null;
    assert_eq!(explained(&task)[0].stopped_at, None);
}

#[test]
fn odd_fields_are_passed_over() {
    let odd = json!({
        "taskArn": 7, "group": ["x"], "stoppedAt": { "x": 1 }, "stoppedReason": null, "message": 12,
        "containers": [null, 7, "x", { "reason": null }, { "reason": 4 }, { "reason": REASON }, [{ "reason": "x" }]],
    });
    let found = explained(&odd);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].task_arn, &found[0].group, &found[0].stopped_at), (&None, &None, &None));
    assert_eq!(firsts(&odd), [Some("SG-01")]);
    for empty in [
        json!(null),
        json!(true),
        json!(0),
        json!([]),
        json!({}),
        json!([null, 1, false]),
        json!({ "tasks": null, "detail": null, "detail-type": 3 }),
        json!({ "detail-type": "ECS Task State Change", "detail": {} }),
        json!({ "containers": { "reason": "x" } }),
        json!({ "tasks": [{ "containers": [{}] }], "failures": [] }),
        json!({ "tasks": [], "failures": [{ "reason": 4 }, null, "x", { "arn": "x" }] }),
    ] {
        assert!(explained(&empty).is_empty(), "{empty}");
    }
}

fn failed(arn: &str, reason: &str) -> Explanation {
    let reply = json!({ "tasks": [], "failures": [{ "arn": arn, "reason": reason }] });
    let mut found = explained(&reply);
    assert_eq!(found.len(), 1, "{reply}");
    found.remove(0)
}

#[test]
fn a_task_that_ecs_has_forgotten_is_said_to_be_forgotten() {
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3c51a2e8b74d0fa6b1c2d3e4f50617";
    let forgotten = failed(arn, "MISSING");
    assert_eq!(forgotten.verdict, Verdict::Unrecognised);
    assert!(forgotten.means.contains("about an hour"), "{}", forgotten.means);
    assert_eq!((forgotten.task_arn.as_deref(), forgotten.said.as_str()), (Some(arn), "MISSING"));
    let next = forgotten.next.expect("a way out");
    let command = next.command().expect("a command");
    assert!(command.contains("--cluster files") && command.contains("--region eu-west-1"), "{command}");
    assert!(next.does.contains("EventBridge") && next.does.contains("--task"), "{}", next.does);
    let old = failed("arn:aws:ecs:eu-west-1:123456789012:task/9f3c51a2e8b74d0fa6b1c2d3e4f50617", "MISSING");
    assert!(old.next.is_some_and(|next| next.command().is_some_and(|it| it.contains("--cluster CLUSTER"))));
}

#[test]
fn the_failures_of_the_api_are_told_apart() {
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3";
    for denied in ["ACCESS_DENIED", "AccessDeniedException"] {
        let found = failed(arn, denied);
        assert!(found.means.contains("denies") && !found.means.contains("hour"), "{}", found.means);
        assert_eq!(found.verdict, Verdict::Unrecognised);
    }
    for not_placed in ["RESOURCE:MEMORY", "AGENT", "ATTRIBUTE", "NO ACTIVE INSTANCES"] {
        assert_eq!(failed(arn, not_placed).verdict, Verdict::NotAPullProblem, "{not_placed}");
    }
    let service = failed("arn:aws:ecs:eu-west-1:123456789012:service/files/web", "MISSING");
    assert!(service.means.contains("no service web") && !service.means.contains("hour"), "{}", service.means);
    let other = failed(arn, "SOMETHING_NEW");
    assert!(other.means.contains("SOMETHING_NEW") && other.verdict == Verdict::Unrecognised, "{}", other.means);
    assert_eq!(codes(&failed(arn, REASON)).first(), Some(&"SG-01"));
    // One task that is there beside one that is not.
    let both = json!({ "tasks": [task(REASON, &json!([]))], "failures": [{ "arn": arn, "reason": "MISSING" }] });
    assert_eq!(firsts(&both), [Some("SG-01"), None]);
}

#[test]
fn what_is_repeated_is_short_and_clean() {
    let long = "x".repeat(100_000);
    let document = json!({
        "taskArn": format!("arn:aws:ecs:\u{1b}[31m{long}"), "group": format!("a\nb\u{7}{long}"),
        "stoppedAt": long, "stoppedReason": long,
    });
    let found = explained(&document);
    let text = serde_json::to_string(&found).expect("JSON");
    assert!(text.len() < 10_000, "{} bytes", text.len());
    let fields = [&found[0].task_arn, &found[0].group, &found[0].stopped_at];
    assert!(fields.iter().all(|it| it.as_deref().is_some_and(|it| !it.contains(char::is_control))), "{fields:?}");
}

/// Nested further than any parser goes: what is dropped level by level would overflow the stack by itself.
fn nested(depth: usize, wrap: impl Fn(Value) -> Value) -> std::mem::ManuallyDrop<Value> {
    std::mem::ManuallyDrop::new((0..depth).fold(json!({ "stoppedReason": REASON }), |inner, _| wrap(inner)))
}

#[test]
fn nesting_is_bounded() {
    let wraps: [fn(Value) -> Value; 3] = [
        |it| Value::Array(vec![it]),
        |it| Value::Object([("tasks".to_owned(), Value::Array(vec![it]))].into_iter().collect()),
        |it| {
            let kind = Value::String("ECS Task State Change".to_owned());
            Value::Object([("detail".to_owned(), it), ("detail-type".to_owned(), kind)].into_iter().collect())
        },
    ];
    for wrap in wraps {
        assert_eq!(records(&nested(3, wrap)).len(), 1);
        assert!(records(&nested(100_000, wrap)).is_empty());
    }
}

/// Any document, with the keys that are looked for.
fn any_document() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "tasks",
        "services",
        "events",
        "Records",
        "detail",
        "detail-type",
        "containers",
        "reason",
        "stoppedReason",
        "message",
        "taskArn",
        "group",
        "stoppedAt",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(Value::from(REASON)),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, it)| (key.to_owned(), it)).collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_read(document in any_document()) {
        let found = records(&document);
        prop_assert!(found.iter().all(|record| !record.text.trim().is_empty()));
        prop_assert_eq!(explained(&document).len(), found.len());
    }
}
