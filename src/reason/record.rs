//! Stopped tasks and events as AWS gives them: EventBridge, DescribeTasks, DescribeServices.

use serde_json::Value;

/// One failure, with what tells which task's it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// All that is said of it, line by line.
    pub text: String,
    /// The task that stopped.
    pub task_arn: Option<String>,
    /// The service or family that the task is of, as ECS writes it: `service:writer`.
    pub group: Option<String>,
    /// The cluster that it ran in: its name or ARN.
    pub cluster: Option<String>,
    /// The family of its task definition.
    pub family: Option<String>,
    /// The subnet of its network interface.
    pub subnet: Option<String>,
    /// The images of its containers: of those that give a reason, where one does.
    pub images: Vec<String>,
    /// When it stopped: RFC 3339 in events, seconds since the epoch in the API.
    pub stopped_at: Option<String>,
    /// What the API returned in the place of a task; the text is then its reason.
    pub failure: Option<ApiFailure>,
}

/// One of the `failures` of a reply: DescribeTasks, DescribeServices, RunTask (Amazon ECS API Reference, "Failure").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiFailure {
    /// The resource that was asked for, where it has an ARN.
    pub arn: Option<String>,
    /// ECS's word, such as `MISSING` or `RESOURCE:MEMORY`.
    pub reason: String,
    /// What ECS adds to it.
    pub detail: Option<String>,
}

impl ApiFailure {
    /// The failure, where the object is one.
    fn of(object: &Value) -> Option<Self> {
        let text = |key: &str| object[key].as_str().filter(|text| !text.trim().is_empty());
        Some(ApiFailure {
            arn: text("arn").map(name),
            reason: text("reason")?.to_owned(),
            detail: text("detail").map(str::to_owned),
        })
    }

    /// Whether ECS has no such resource, or no longer.
    pub fn is_missing(&self) -> bool {
        self.reason.trim().eq_ignore_ascii_case("MISSING")
    }
}

/// The keys under which programs put what happened.
const TEXTS: [&str; 12] = [
    "stoppedReason",
    "StoppedReason",
    "reason",
    "Reason",
    "message",
    "Message",
    "@message",
    "text",
    "eventMessage",
    "statusReason",
    "log",
    "error",
];

/// The keys of lists of tasks, services and events.
const LISTS: [&str; 4] = ["tasks", "services", "events", "Records"];

/// Deeper than AWS nests anything. A document that is made elsewhere than by a parser may go on without end.
const MOST_NESTED: usize = 16;

/// Longer than any ARN of a task.
const LONGEST_NAME: usize = 300;

/// The failures in a document: of a task, of an event, of lists of either. Empty where it holds none.
pub fn records(document: &Value) -> Vec<Record> {
    let mut found = Vec::new();
    collect(document, MOST_NESTED, &mut found);
    found
}

fn collect(document: &Value, depth: usize, found: &mut Vec<Record>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match document {
        Value::String(text) if !text.trim().is_empty() => match quoted(text) {
            Some(quoted) => collect(&quoted, depth, found),
            None => found.push(Record { text: text.clone(), ..Record::default() }),
        },
        Value::Array(items) if is_command(items) => {
            let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            found.push(Record { text: words.join(" "), ..Record::default() });
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth, found)),
        Value::Object(_) if document["detail"].is_object() && document.get("detail-type").is_some() => {
            collect(&document["detail"], depth, found);
        }
        Value::Object(_) => {
            let before = found.len();
            if document.get("stoppedReason").is_none() {
                let items = LISTS.iter().filter_map(|list| document[*list].as_array()).flatten();
                items.for_each(|item| collect(item, depth, found));
                found.extend(failures(document));
                let quoted = TEXTS.iter().filter_map(|key| document[*key].as_str()).find_map(quoted);
                quoted.iter().for_each(|it| collect(it, depth, found));
            }
            if found.len() == before {
                found.extend(of_object(document));
            }
        }
        _ => {}
    }
}

/// Whether a list is that of a command's arguments, of which none is a message.
fn is_command(items: &[Value]) -> bool {
    let is_word = |item: &Value| item.as_str().is_some_and(|it| !it.contains(' '));
    items.len() > 1
        && items.iter().all(is_word)
        && items.iter().any(|it| it.as_str().is_some_and(|it| it.starts_with('-')))
}

fn of_object(object: &Value) -> Option<Record> {
    let own = TEXTS.iter().filter_map(|key| object[*key].as_str());
    // The task's own reason is often the generic one, and the container's tells.
    let containers = object["containers"].as_array().into_iter().flatten().filter_map(|it| it["reason"].as_str());
    let text: Vec<&str> = own.chain(containers).filter(|text| !text.trim().is_empty()).collect();
    (!text.is_empty()).then(|| Record { text: text.join("\n"), ..of_task(object) })
}

/// What tells which task it is, and where it ran.
pub(super) fn of_task(object: &Value) -> Record {
    let stopped_at = &object["stoppedAt"];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let images = |of: &[Value]| of.iter().filter_map(|it| it["image"].as_str()).map(name).collect::<Vec<_>>();
    let containers = list(&object["containers"]);
    let (failed, _): (Vec<Value>, Vec<Value>) = containers.iter().cloned().partition(|it| it["reason"].is_string());
    let definition = object["taskDefinitionArn"].as_str().and_then(|arn| arn.split_once(":task-definition/"));
    let mut details = list(&object["attachments"]).into_iter().flat_map(|it| list(&it["details"]));
    Record {
        text: String::new(),
        task_arn: object["taskArn"].as_str().map(name),
        group: object["group"].as_str().map(name),
        cluster: object["clusterArn"].as_str().map(name),
        family: definition.and_then(|(_, family)| family.split(':').next()).map(name),
        subnet: details.find(|it| it["name"] == "subnetId").and_then(|it| it["value"].as_str().map(name)),
        images: images(if failed.is_empty() { &containers } else { &failed }),
        failure: None,
        stopped_at: stopped_at.as_str().map(name).or_else(|| stopped_at.is_number().then(|| stopped_at.to_string())),
    }
}

/// The keys beside which ECS returns `failures`.
const ASKED_FOR: [&str; 4] = ["tasks", "services", "containerInstances", "clusters"];

/// What the API returned in the place of what was asked for.
fn failures(reply: &Value) -> impl Iterator<Item = Record> {
    let of_ecs = ASKED_FOR.iter().any(|key| reply[*key].is_array());
    let failures = reply["failures"].as_array().filter(|_| of_ecs).into_iter().flatten();
    failures.filter_map(ApiFailure::of).map(|failure| Record {
        text: failure.reason.clone(),
        task_arn: failure.arn.clone().filter(|arn| arn.contains(":task/")),
        failure: Some(failure),
        ..Record::default()
    })
}

/// What is repeated of it is fit to print, also where foreign text is in it.
pub(super) fn name(text: &str) -> String {
    crate::wire::scrub(text).chars().take(LONGEST_NAME).collect()
}

/// A document that a log holds as a text: an event that EventBridge wrote there.
fn quoted(text: &str) -> Option<Value> {
    let document: Value = text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok())??;
    let known = ["stoppedReason", "containers", "detail", "tasks"];
    known.iter().any(|key| document.get(*key).is_some()).then_some(document)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_task_says_it_in_two_places() {
        let task = json!({
            "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3", "group": "service:writer",
            "stoppedReason": "Task failed to start",
            "containers": [{ "name": "writer", "reason": "CannotPullContainerError: context canceled" }, { "name": "x" }],
        });
        let event = json!({ "detail-type": "ECS Task State Change", "detail": task });
        let described = json!({ "tasks": [task, task], "failures": [] });
        let found = records(&event);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "Task failed to start\nCannotPullContainerError: context canceled");
        assert_eq!(found[0].group.as_deref(), Some("service:writer"));
        assert_eq!(records(&described).len(), 2);
        assert_eq!(records(&json!([described, event])).len(), 3);
    }

    #[test]
    fn an_event_may_be_quoted_in_a_log() {
        let event = json!({
            "detail-type": "ECS Task State Change",
            "detail": { "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3", "stoppedReason": "no basic auth" },
        });
        let log = json!({ "events": [{ "timestamp": 1, "message": event.to_string() }, { "message": "{not JSON" }] });
        let found = records(&log);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "no basic auth");
        assert!(found[0].task_arn.is_some());
        assert_eq!(found[1].text, "{not JSON");
        assert_eq!(records(&json!([event.to_string()])), found[..1]);
    }

    #[test]
    fn what_ecs_did_not_find_is_a_record() {
        let arn = "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3";
        let failure = json!({ "arn": arn, "reason": "MISSING" });
        let found = records(&json!({ "tasks": [], "failures": [failure] }));
        assert_eq!((found.len(), found[0].task_arn.as_deref()), (1, Some(arn)));
        assert!(found[0].failure.as_ref().is_some_and(ApiFailure::is_missing));
        // Beside what was found; and the failures of something else.
        let both = json!({ "tasks": [{ "stoppedReason": "no basic auth" }], "failures": [failure] });
        assert_eq!(records(&both).len(), 2);
        assert!(records(&json!({ "failures": [{ "reason": "assertion" }] })).is_empty());
    }

    /// Each word of it alone hides that the next is a secret.
    #[test]
    fn a_list_of_arguments_is_one_text() {
        let found = records(&json!(["docker", "login", "-p", "canary"]));
        assert_eq!(found.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["docker login -p canary"]);
        assert_eq!(records(&json!(["EOF", "no basic auth credentials"])).len(), 2);
    }

    #[test]
    fn what_says_nothing_is_no_record() {
        for empty in [json!({}), json!({ "tasks": [] }), json!(7), json!({ "detail": {} }), json!({ "reason": " " })] {
            assert!(records(&empty).is_empty(), "{empty}");
        }
        assert_eq!(records(&json!({ "message": "no basic auth credentials" })).len(), 1);
    }
}
