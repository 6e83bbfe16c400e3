//! What EventBridge says of a task: "ECS Task State Change" (Amazon ECS Developer Guide, "Amazon ECS task state change
//! events").

use serde::Serialize;
use serde_json::Value;

use super::explanation::{Context, Explanation, Verdict, explain_task};
use super::record::{Record, name, of_task};

/// The schema's name; the number changes when a reader must.
pub const EXPLANATIONS_SCHEMA: &str = "ecr-probe.explanations/1";

/// The code of a reason that points to the containers' reasons.
const SAYS_NOTHING: &str = "INIT-09";

/// What a function answers to such an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanations {
    /// [`EXPLANATIONS_SCHEMA`].
    pub schema: &'static str,
    /// The task.
    pub task_arn: Option<String>,
    /// Whether this instance of the function has answered an event of this version of the task before.
    pub repeated: bool,
    /// All of it as lines for a mail.
    pub summary: String,
    /// One for each failure; none where the task has not failed.
    pub explanations: Vec<Explanation>,
}

/// A task of ECS's at a moment of its life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskChange {
    /// The task.
    pub task_arn: Option<String>,
    /// The cluster that it ran in.
    pub cluster_arn: Option<String>,
    /// What started it: `service:NAME` or `family:NAME`.
    pub group: Option<String>,
    /// Rises with each change of the task: an event that comes twice has the same.
    pub version: Option<u64>,
    /// Such as `STOPPED`.
    pub status: String,
    /// Why it stopped, in ECS's words.
    pub reason: String,
    /// The same and more, as a record without a text.
    record: Record,
    stop_code: String,
    containers: Vec<Container>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Container {
    name: String,
    reason: String,
    exit_code: Option<i64>,
}

/// One failure of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// The container whose it is; `None` for that of the task.
    pub container: Option<String>,
    /// What it means.
    pub explanation: Explanation,
}

impl TaskChange {
    /// Reads the `detail` of the event. What it lacks is empty.
    pub fn read(event: &Value) -> Self {
        let detail = &event["detail"];
        let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
        let container = |it: &Value| Container {
            name: it["name"].as_str().map(name).unwrap_or_default(),
            reason: text(&it["reason"]),
            exit_code: it["exitCode"].as_i64(),
        };
        TaskChange {
            task_arn: detail["taskArn"].as_str().map(name),
            cluster_arn: detail["clusterArn"].as_str().map(name),
            group: detail["group"].as_str().map(name),
            version: detail["version"].as_u64(),
            status: detail["lastStatus"].as_str().map(name).unwrap_or_default(),
            reason: text(&detail["stoppedReason"]),
            record: of_task(detail),
            stop_code: text(&detail["stopCode"]),
            containers: detail["containers"].as_array().into_iter().flatten().map(container).collect(),
        }
    }

    /// Whether it runs no longer. Before that ECS may still change what it says.
    pub fn is_stopped(&self) -> bool {
        self.status == "STOPPED"
    }

    /// Whether it stopped because it was told to, or because its work was done. What ends on a signal has no exit code of
    /// success.
    pub fn is_well(&self) -> bool {
        let is_done = || {
            let mut codes = self.containers.iter().filter_map(|it| it.exit_code).peekable();
            codes.peek().is_some() && codes.all(|code| code == 0)
        };
        let said_nothing = self.containers.iter().all(|it| it.reason.is_empty());
        said_nothing
            && match self.stop_code.as_str() {
                "UserInitiated" => true,
                "ServiceSchedulerInitiated" => self.reason.to_lowercase().starts_with("scaling activity initiated"),
                "EssentialContainerExited" | "" => is_done(),
                _ => false,
            }
    }

    /// What failed: each container by its own reason, and the task by its own where that says something else.
    pub fn failures(&self, context: &Context) -> Vec<Failed> {
        let told = |container: Option<&Container>, text: &str| Failed {
            container: container.map(|it| it.name.clone()),
            explanation: self
                .explained(explain_task(&Record { text: text.to_owned(), ..self.record.clone() }, context)),
        };
        let with_reason = || self.containers.iter().filter(|it| !it.reason.is_empty());
        let mut failures: Vec<Failed> = with_reason().map(|it| told(Some(it), &it.reason)).collect();
        let known = |failures: &[Failed]| failures.iter().any(|it| it.explanation.verdict != Verdict::Unrecognised);
        if !with_reason().any(|it| it.reason.contains(&self.reason)) {
            let own = told(None, &self.reason);
            let code = |it: &Failed| it.explanation.diagnoses.first().map(|finding| finding.code);
            let is_news = own.explanation.verdict == Verdict::Diagnosed
                && code(&own).is_some_and(|code| code.id() != SAYS_NOTHING)
                && failures.iter().all(|it| code(it) != code(&own));
            if failures.is_empty() || is_news {
                failures.insert(0, own);
            }
        }
        if failures.len() > 1 && !known(&failures) {
            // Each says too little: all of it together may say enough.
            let all: Vec<&str> =
                std::iter::once(self.reason.as_str()).chain(with_reason().map(|it| it.reason.as_str())).collect();
            failures = vec![told(None, &all.join("\n"))];
        }
        failures
    }

    /// What the words mean, of this task.
    fn explained(&self, explanation: Explanation) -> Explanation {
        let is_silent = explanation.said.is_empty();
        Explanation {
            task_arn: self.task_arn.clone(),
            group: self.group.clone(),
            stopped_at: self.record.stopped_at.clone(),
            means: if is_silent { "ECS gives no reason".to_owned() } else { explanation.means },
            ..explanation
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Fix;
    use crate::ranges::Ranges;

    const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3c51a2e8b74d0fa6b1c2d3e4f50617";

    fn change(detail: &Value) -> TaskChange {
        let mut whole = json!({ "taskArn": ARN, "group": "service:writer", "lastStatus": "STOPPED", "version": 4 });
        whole.as_object_mut().unwrap().extend(detail.as_object().unwrap().clone());
        TaskChange::read(&json!({ "detail-type": "ECS Task State Change", "detail": whole }))
    }

    /// The containers that failed, with the code or the verdict of each.
    fn failures(change: &TaskChange) -> Vec<(String, String)> {
        let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
        let what = |it: &Explanation| {
            it.diagnoses.first().map_or(format!("{:?}", it.verdict), |finding| finding.code.to_string())
        };
        change
            .failures(&context)
            .iter()
            .map(|it| (it.container.clone().unwrap_or_default(), what(&it.explanation)))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
    }

    #[test]
    fn each_container_says_its_own() {
        let pull = "CannotPullContainerError: no basic auth credentials";
        let change = change(&json!({
            "stopCode": "TaskFailedToStart",
            "stoppedReason": pull,
            "containers": [
                { "name": "writer", "reason": pull },
                { "name": "sidecar", "reason": "OutOfMemoryError: Container killed due to memory usage" },
                { "name": "other" },
            ],
        }));
        assert!(change.is_stopped() && !change.is_well());
        assert_eq!((change.task_arn.as_deref(), change.version), (Some(ARN), Some(4)));
        let told = failures(&change);
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!((told[0].0.as_str(), told[1].0.as_str()), ("writer", "sidecar"));
        assert!(told[0].1.contains('-') && told[1].1 == "NotAPullProblem", "{told:?}");
    }

    #[test]
    fn the_tasks_own_reason_is_told_where_no_container_has_one() {
        let of_secret = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: \
            unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:x from secrets manager: AccessDeniedException";
        let alone = change(
            &json!({ "stopCode": "TaskFailedToStart", "stoppedReason": of_secret, "containers": [{ "name": "a" }] }),
        );
        assert_eq!(failures(&alone).len(), 1);
        let generic = change(&json!({
            "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
            "containers": [{ "name": "a", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage" }],
        }));
        assert_eq!(failures(&generic), pairs(&[("a", "NotAPullProblem")]));
        let both = change(&json!({
            "stopCode": "TaskFailedToStart", "stoppedReason": of_secret,
            "containers": [{ "name": "a", "reason": "no basic auth credentials" }],
        }));
        assert_eq!(failures(&both).len(), 2);
        assert_eq!(failures(&both)[0].0, "");
    }

    #[test]
    fn where_ecs_gives_no_reason_the_configuration_is_next() {
        let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
        let cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/files";
        let of_task = format!("ecr-probe audit --region eu-west-1 --task {ARN}");
        let of_service = "ecr-probe audit --region eu-west-1 --cluster files --service writer";
        for (detail, command) in [
            (json!({ "clusterArn": cluster }), of_service),
            (
                json!({ "clusterArn": cluster, "stoppedReason": " \u{0}\n", "containers": [{ "name": "a", "reason": "" }] }),
                of_service,
            ),
            (json!({ "clusterArn": cluster, "group": "family:writer" }), &of_task),
            // The task's ARN has the cluster.
            (json!({}), of_service),
            (json!({ "taskArn": null }), "ecr-probe audit --region REGION --cluster CLUSTER --service writer"),
        ] {
            let told = change(&detail).failures(&context);
            let [only] = &told[..] else { panic!("{told:?}") };
            let Explanation { verdict, said, means, next, .. } = &only.explanation;
            assert_eq!((*verdict, said.as_str(), means.as_str()), (Verdict::Unrecognised, "", "ECS gives no reason"));
            assert_eq!(next.as_ref().and_then(Fix::command), Some(command), "{detail}");
        }
    }

    #[test]
    fn what_stopped_well_is_told_from_what_failed() {
        let is_well = |code: &str, reason: &str, exit_code: i64| {
            change(&json!({
                "stopCode": code, "stoppedReason": reason, "containers": [{ "name": "a", "exitCode": exit_code }],
            }))
            .is_well()
        };
        assert!(is_well("EssentialContainerExited", "Essential container in task exited", 0));
        assert!(!is_well("EssentialContainerExited", "Essential container in task exited", 1));
        assert!(is_well("UserInitiated", "Task stopped by user", 143));
        assert!(is_well("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", 137));
        assert!(!is_well("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)", 0));
        assert!(!is_well("SpotInterruption", "Your Spot Task was interrupted.", 0));
        assert!(!change(&json!({ "stopCode": "TaskFailedToStart" })).is_well());
        assert!(!change(&json!({ "lastStatus": "DEPROVISIONING" })).is_stopped());
    }

    #[test]
    fn an_event_that_says_nothing_is_read() {
        for odd in [
            json!({}),
            json!({ "detail": null }),
            json!({ "detail": { "containers": {}, "version": "4", "taskArn": 7 } }),
        ] {
            let change = TaskChange::read(&odd);
            assert_eq!((change.task_arn, change.version, change.status.as_str()), (None, None, ""));
        }
    }
}
