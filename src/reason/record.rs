//! Stopped tasks and events as AWS gives them: EventBridge, DescribeTasks, DescribeServices.

use serde_json::Value;

/// One failure, with what tells which task's it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// All that is said of it, line by line.
    pub text: String,
    pub task_arn: Option<String>,
    /// The service or family that the task is of, as ECS writes it: `service:writer`.
    pub group: Option<String>,
    /// When it stopped: RFC 3339 in events, seconds since the epoch in the API.
    pub stopped_at: Option<String>,
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

/// The failures in a document: of a task, of an event, of lists of either. Empty where it holds none.
pub fn records(document: &Value) -> Vec<Record> {
    match document {
        Value::String(text) => quoted(text).unwrap_or_else(|| vec![Record { text: text.clone(), ..Record::default() }]),
        Value::Array(items) => items.iter().flat_map(records).collect(),
        Value::Object(_) => of_object(document),
        _ => Vec::new(),
    }
}

fn of_object(object: &Value) -> Vec<Record> {
    // An EventBridge event, DescribeTasks, DescribeServices.
    if object["detail"].is_object() && object.get("detail-type").is_some() {
        return records(&object["detail"]);
    }
    for list in ["tasks", "services", "events", "Records"] {
        if let Some(items) = object[list].as_array().filter(|_| object.get("stoppedReason").is_none()) {
            return items.iter().flat_map(records).collect();
        }
    }
    let own = || TEXTS.iter().filter_map(|key| object[*key].as_str());
    if let Some(found) = own().find_map(quoted) {
        return found;
    }
    // The task's own reason is often the generic one, and the container's tells.
    let containers = object["containers"].as_array().into_iter().flatten().filter_map(|it| it["reason"].as_str());
    let text: Vec<&str> = own().chain(containers).filter(|text| !text.trim().is_empty()).collect();
    if text.is_empty() {
        return Vec::new();
    }
    vec![Record {
        text: text.join("\n"),
        task_arn: object["taskArn"].as_str().map(str::to_owned),
        group: object["group"].as_str().map(str::to_owned),
        stopped_at: object["stoppedAt"]
            .as_str()
            .map(str::to_owned)
            .or_else(|| Some(object["stoppedAt"].as_f64()?.to_string())),
    }]
}

/// The failures of a document in a string, as CloudWatch Logs gives events.
fn quoted(text: &str) -> Option<Vec<Record>> {
    let document = text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok())??;
    Some(of_object(&document)).filter(|found| !found.is_empty())
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
    fn what_says_nothing_is_no_record() {
        for empty in [json!({}), json!({ "tasks": [] }), json!(7), json!({ "detail": {} }), json!({ "reason": " " })] {
            assert!(records(&empty).is_empty(), "{empty}");
        }
        assert_eq!(records(&json!({ "message": "no basic auth credentials" })).len(), 1);
    }
}
