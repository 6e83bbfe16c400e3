//! Events of tasks: explanations, logged once for each version of a task.

use std::sync::LazyLock;
use std::sync::atomic::Ordering;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::function::{Function, command};
use super::runtime_api::RuntimeApi;

const PULL: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
    123456789012.dkr.ecr.eu-west-1.amazonaws.com/writer:v1: failed to do request: Head \
    \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/writer/manifests/v1\": dial tcp 10.0.1.10:443: i/o timeout";

fn arn(task: &str) -> String {
    format!("arn:aws:ecs:eu-west-1:123456789012:task/files/{task}")
}

fn event(task: &str, version: u64, detail: &Value) -> Value {
    let mut whole = json!({
        "taskArn": arn(task), "group": "service:writer", "version": version, "lastStatus": "STOPPED", "stoppedAt": "2026-11-23T14:00:00Z",
    });
    whole.as_object_mut().expect("it is one").extend(detail.as_object().expect("it is one").clone());
    json!({ "version": "0", "source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": whole })
}

fn failed() -> Value {
    json!({
        "stopCode": "TaskFailedToStart", "stoppedReason": PULL,
        "containers": [
            { "name": "writer", "reason": PULL },
            { "name": "sidecar", "reason": "CannotPullContainerError: no basic auth credentials" },
            { "name": "other", "reason": "OutOfMemoryError: Container killed due to memory usage" },
            { "name": "quiet" },
        ],
    })
}

/// Fails where it is not as the published schema has it.
fn is_explanations(value: &Value) {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let read = |text| serde_json::from_str::<Value>(text).expect("the schema is JSON");
        let report = read(include_str!("../../docs/report.schema.json"));
        let explain = read(include_str!("../../docs/explain.schema.json"));
        let name = |schema: &Value| schema["$id"].as_str().expect("it has a name").to_owned();
        let registry = Registry::new().add(name(&report), report);
        let registry = registry.and_then(|it| it.add(name(&explain), explain));
        let registry =
            registry.and_then(jsonschema::RegistryBuilder::prepare).unwrap_or_else(|error| panic!("{error}"));
        let options = jsonschema::draft202012::options().with_registry(&registry);
        options
            .build(&read(include_str!("../../docs/explanations.schema.json")))
            .unwrap_or_else(|error| panic!("{error}"))
    });
    let wrong: Vec<String> =
        SCHEMA.iter_errors(value).map(|error| format!("{error:.300} at {}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "not as docs/explanations.schema.json has it:\n{}", wrong.join("\n"));
}

fn start() -> (RuntimeApi, Function) {
    let api = RuntimeApi::start();
    let function = Function::start(command(&api.address(), &[]));
    (api, function)
}

#[test]
fn a_stopped_task_is_explained_container_by_container() {
    let (api, function) = start();
    let told = api.invoke(&event("a1", 4, &failed())).result();
    is_explanations(&told);
    assert_eq!(told["task_arn"], arn("a1"));
    let explanations = told["explanations"].as_array().expect("a list");
    let codes: Vec<&Value> = explanations.iter().map(|it| &it["diagnoses"][0]["code"]).collect();
    assert_eq!(codes, [&json!("SG-01"), &json!("TOK-03"), &Value::Null], "{told}");
    assert!(
        explanations.iter().all(|it| it["group"] == "service:writer" && it["stopped_at"] == "2026-11-23T14:00:00Z")
    );
    let summary: Vec<&str> = told["summary"].as_str().expect("a text").lines().collect();
    assert_eq!(summary.len(), 4, "{summary:?}");
    assert_eq!(summary[0], "task a1 of service:writer stopped:");
    assert!(
        summary[1].starts_with("container writer: SG-01 (likely): ") && summary[1].contains("To fix it: "),
        "{summary:?}"
    );
    assert!(summary[2].starts_with("container sidecar: TOK-03"), "{summary:?}");
    assert!(summary[2].contains("audit --cluster") && !told.to_string().contains("docker login"), "{told}");
    assert!(summary[3].starts_with("container other: no failure of a pull: "), "{summary:?}");
    // One line, which a metric filter can match.
    assert_eq!(serde_json::from_str::<Value>(&function.line()).expect("it is JSON"), told);
    assert_eq!(function.stdout().lines().count(), 1);
}

/// Its answer may have been lost on the way to the caller, who then asks the same instance again.
#[test]
fn an_event_that_comes_again_gets_its_cause_again() {
    let (api, function) = start();
    let ask = |task, version| {
        let told = api.invoke(&event(task, version, &failed())).result();
        is_explanations(&told);
        assert_eq!(told["explanations"].as_array().map(Vec::len), Some(3), "{told}");
        told
    };
    let first = ask("a1", 4);
    assert_eq!(first["repeated"], false);
    let mut again = ask("a1", 4);
    assert_eq!(again["repeated"], true);
    again["repeated"] = json!(false);
    assert_eq!(again, first);
    assert_eq!((&ask("a1", 5)["repeated"], &ask("b2", 4)["repeated"]), (&json!(false), &json!(false)));
    // A line each of a1 in its two versions and of b2: what counts failures counts no event twice.
    assert_eq!(function.stdout().lines().count(), 3, "{}", function.stdout());
    // An answer that Lambda did not take is none.
    api.takes.store(413, Ordering::Relaxed);
    api.invoke(&event("c3", 1, &failed()));
    api.told().error();
    api.takes.store(202, Ordering::Relaxed);
    assert_eq!(ask("c3", 1)["repeated"], false);
}

#[test]
fn one_cause_of_many_containers_is_one_line() {
    let (api, _function) = start();
    let reason = "CannotPullContainerError: no basic auth credentials";
    let of = |count: usize| {
        let containers: Vec<Value> =
            (0..count).map(|nth| json!({ "name": format!("c{nth}"), "reason": reason })).collect();
        json!({ "stopCode": "TaskFailedToStart", "stoppedReason": reason, "containers": containers })
    };
    for (count, whose) in [
        (1, "container c0"),
        (3, "containers c0, c1, c2"),
        (12, "containers c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more"),
    ] {
        let told = api.invoke(&event(&format!("t{count}"), 1, &of(count))).result();
        is_explanations(&told);
        assert_eq!(told["explanations"].as_array().map(Vec::len), Some(count));
        let lines: Vec<&str> = told["summary"].as_str().expect("a text").lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].starts_with(&format!("{whose}: TOK-03 ")), "{lines:?}");
    }
}

/// A mail without a cause still says what to do.
#[test]
fn what_gives_no_reason_is_said_to_give_none() {
    let (api, _function) = start();
    let cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/files";
    for (nth, reason) in ["", " ", "\u{0}"].into_iter().enumerate() {
        let detail = json!({ "stopCode": "TaskFailedToStart", "stoppedReason": reason, "clusterArn": cluster });
        let told = api.invoke(&event(&format!("s{nth}"), 1, &detail)).result();
        is_explanations(&told);
        let next = "ecr-probe audit --region eu-west-1 --cluster files --service writer";
        let summary = told["summary"].as_str().expect("a text");
        assert!(summary.contains("\nthe task: ECS gives no reason. Next: ") && summary.ends_with(next), "{summary}");
        let explanation = &told["explanations"][0];
        assert_eq!(
            (&explanation["means"], &explanation["next"]["command"]),
            (&json!("ECS gives no reason"), &json!(next))
        );
    }
    let detail = json!({ "stopCode": "TaskFailedToStart", "stoppedReason": "Unexpected.", "clusterArn": cluster });
    let told = api.invoke(&event("words", 1, &detail)).result();
    let summary = told["summary"].as_str().expect("a text");
    assert!(summary.contains("the task: not recognised: Unexpected. Next: "), "{summary}");
}

#[test]
fn what_has_not_failed_is_said_to_have_not() {
    let (api, _function) = start();
    for (nth, (detail, summary)) in [
        (json!({ "lastStatus": "RUNNING" }), "task t of service:writer has not stopped: it is RUNNING"),
        (
            json!({ "stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)", "containers": [{ "name": "a", "exitCode": 143 }] }),
            "task t of service:writer stopped, and nothing failed: Scaling activity initiated by (deployment ecs-svc/1)",
        ),
        (
            json!({ "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited", "containers": [{ "name": "a", "exitCode": 0 }] }),
            "task t of service:writer stopped, and nothing failed: Essential container in task exited",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let told = api.invoke(&event("t", nth as u64, &detail)).result();
        is_explanations(&told);
        assert_eq!((&told["summary"], &told["explanations"]), (&json!(summary), &json!([])));
    }
    for odd in [json!({}), json!({ "containers": [{}, 7, null], "stoppedReason": 7 })] {
        let told = api.invoke(&event("odd", 1, &odd)).result();
        is_explanations(&told);
    }
}

/// As many as there may be, each with as much as an event may hold.
#[test]
fn many_containers_with_long_reasons_are_explained_in_time() {
    let (api, _function) = start();
    let containers: Vec<Value> = (0..100)
        .map(|nth| json!({ "name": format!("c{nth}"), "reason": format!("{PULL} {nth} {}", "again ".repeat(1_500)) }))
        .collect();
    let began = std::time::Instant::now();
    let told = api.invoke(&event(
        "many",
        1,
        &json!({ "stopCode": "TaskFailedToStart", "stoppedReason": "Task failed to start", "containers": containers }),
    ));
    is_explanations(&told.result());
    assert_eq!(told.result()["explanations"].as_array().map(Vec::len), Some(100));
    assert!(began.elapsed() < super::LONG / 3, "{:?}", began.elapsed());
}

/// A reason may repeat what nobody may see.
#[test]
fn a_secret_in_a_reason_is_not_repeated() {
    let (api, function) = start();
    let reason = "CannotPullContainerError: Get \"https://x.s3.amazonaws.com/a?X-Amz-Signature=canarySignature\": denied, Authorization: Basic Y2FuYXJ5U2VjcmV0S2V5";
    let told = api.invoke(&event("s", 1, &json!({ "stopCode": "TaskFailedToStart", "stoppedReason": reason, "containers": [{ "name": "a", "reason": reason }] })));
    for text in [String::from_utf8_lossy(&told.body).into_owned(), function.stdout()] {
        assert!(!text.contains("canarySignature") && !text.contains("Y2FuYXJ5"), "{text}");
    }
}
