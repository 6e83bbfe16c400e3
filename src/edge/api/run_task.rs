//! ECS: running a task once, watching and stopping it. Names of members: botocore's service model `ecs`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{Asking, one};
use super::ecs::{TaskArns, call, list};
use crate::model::facts::{Fact, Hidden, Why};
use crate::model::outcome::NoAnswer;
use crate::sweep::{Launch, SeenTask, TaskOrder, TaskRun};

/// Why ECS is to stop a task; it shows as the task's stopped reason.
const STOPPED_BY: &str = "stopped by ecr-probe sweep";

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    tasks: Vec<Value>,
    #[serde(default)]
    failures: Vec<Value>,
}

impl Answer {
    /// As `reason` reads it.
    fn told(self) -> Value {
        json!({ "tasks": self.tasks, "failures": self.failures })
    }
}

fn input(order: &TaskOrder) -> Value {
    let environment: Vec<Value> =
        order.environment.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let public = if order.public_ip { "ENABLED" } else { "DISABLED" };
    let mut input = json!({
        "cluster": order.cluster,
        "taskDefinition": order.task_definition,
        "count": 1,
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [order.subnet], "securityGroups": order.groups, "assignPublicIp": public,
        }},
        "overrides": { "containerOverrides": [{ "name": order.container, "environment": environment }] },
        "startedBy": order.started_by,
        "clientToken": order.token,
    });
    match &order.launch {
        Launch::Default => {}
        Launch::Type(name) => input["launchType"] = name.as_str().into(),
        Launch::Provider(name) => {
            input["capacityProviderStrategy"] = json!([{ "capacityProvider": name, "weight": 1 }]);
        }
    }
    if let Some(version) = &order.platform_version {
        input["platformVersion"] = version.as_str().into();
    }
    input
}

/// `ecs:RunTask`. What ECS cannot do it tells with status 200, in `failures`.
pub async fn run_task(asking: &Asking<'_>, order: &TaskOrder) -> TaskRun {
    const OPERATION: &str = "RunTask";
    let found: Result<Answer, Hidden> = call(asking, OPERATION, &input(order)).await;
    match found {
        Err(hidden) => TaskRun::Not(hidden),
        Ok(answer) => match answer.tasks.iter().find_map(|task| task["taskArn"].as_str()) {
            Some(arn) => TaskRun::Started(arn.to_owned()),
            None if answer.failures.is_empty() => TaskRun::Not(malformed(OPERATION)),
            None => TaskRun::Refused(answer.told()),
        },
    }
}

/// `ecs:DescribeTasks` of one task.
pub async fn task(asking: &Asking<'_>, cluster: &str, arn: &str, container: &str) -> Fact<SeenTask> {
    const OPERATION: &str = "DescribeTasks";
    let found: Result<Answer, Hidden> = call(asking, OPERATION, &json!({ "cluster": cluster, "tasks": [arn] })).await;
    match found {
        Err(hidden) => Fact::Hidden(hidden),
        Ok(answer) => match (answer.tasks.first(), answer.failures.is_empty()) {
            (Some(task), _) => {
                let containers = task["containers"].as_array();
                let own = containers.into_iter().flatten().find(|it| it["name"] == container);
                Fact::Known(SeenTask {
                    last_status: task["lastStatus"].as_str().unwrap_or_default().to_owned(),
                    exit_code: own.and_then(|it| it["exitCode"].as_i64()),
                    told: answer.told(),
                })
            }
            // `MISSING`, which is also what ECS says in the first seconds of a task (eventual consistency).
            (None, _) => Fact::Absent,
        },
    }
}

/// `ecs:ListTasks` of what is to run and was started by that.
pub async fn started(asking: &Asking<'_>, cluster: &str, started_by: &str) -> Fact<Vec<String>> {
    one(list::<TaskArns>(asking, "ListTasks", json!({ "cluster": cluster, "startedBy": started_by })).await, &[])
}

/// `ecs:StopTask`. What kept the task from being stopped.
pub async fn stop_task(asking: &Asking<'_>, cluster: &str, arn: &str) -> Option<Hidden> {
    let input = json!({ "cluster": cluster, "task": arn, "reason": STOPPED_BY });
    call::<Value>(asking, "StopTask", &input).await.err()
}

fn malformed(operation: &str) -> Hidden {
    let how = NoAnswer::Malformed { reason: "neither a task nor a failure is in it".to_owned() };
    Hidden { action: format!("ecs:{operation}"), why: Why::NoAnswer { how } }
}
