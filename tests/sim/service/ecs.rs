//! The ECS API, as far as stopped tasks go: AWS JSON 1.1, operations by `X-Amz-Target`.

use std::sync::atomic::Ordering;

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;
use serde_json::{Value, json};

use super::super::aws::{Host, partition};
use super::super::world::{ACCOUNT, Action, Call};
use super::task::{CLUSTER, FAMILY, TASK_ID};
use super::{Request, Services, aws_json, error_json, principal, signature_problem, sigv4};

const TARGET: &str = "AmazonEC2ContainerServiceV20141113.";
/// What both operations take at the most.
const MOST: usize = 100;

impl Services {
    pub(super) fn ecs(&self, request: &Request, host: &Host, now: i64) -> (Option<Call>, Reply) {
        let operation = request.header("x-amz-target").unwrap_or_default().strip_prefix(TARGET);
        let (call, action) = match operation {
            Some("ListTasks") => (Call::ListTasks, Action::ListTasks),
            Some("DescribeTasks") => (Call::DescribeTasks, Action::DescribeTasks),
            _ => return (None, error_json(400, "UnknownOperationException", "")),
        };
        let problem = signature_problem(request, host, now).or_else(|| sigv4::problem(request));
        let reply = match problem {
            Some((code, message)) => error_json(400, code, &message),
            None => {
                let nth = self.ecs_calls.fetch_add(1, Ordering::Relaxed);
                let ecs = &self.world.ecs;
                match nth.checked_sub(ecs.throttled) {
                    Some(nth) if nth < ecs.answers => self.ecs_permitted(action, request, host),
                    _ => error_json(400, "ThrottlingException", "Rate exceeded"),
                }
            }
        };
        (Some(call), reply)
    }

    fn ecs_permitted(&self, action: Action, request: &Request, host: &Host) -> Reply {
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let region = host.region.as_deref().unwrap_or_default();
        let cluster = asked["cluster"].as_str().unwrap_or("default").rsplit('/').next().unwrap_or_default();
        let resource = match action {
            Action::ListTasks => "*".to_owned(),
            _ => asked["tasks"][0].as_str().unwrap_or_default().to_owned(),
        };
        let denied = self.world.deny.message(action, Role::Registry, &principal(&self.world), &resource);
        if let Some(message) = denied {
            return error_json(400, "AccessDeniedException", &message);
        }
        if cluster != CLUSTER {
            return error_json(400, "ClusterNotFoundException", "Cluster not found.");
        }
        match action {
            Action::ListTasks => self.list_tasks(&asked, region),
            _ => self.describe_tasks(&asked, region),
        }
    }

    fn list_tasks(&self, asked: &Value, region: &str) -> Reply {
        let ecs = &self.world.ecs;
        let first: usize = asked["nextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let wanted = asked["maxResults"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
        if asked["desiredStatus"] != "STOPPED" || wanted > MOST {
            return error_json(400, "InvalidParameterException", "this is not what is simulated");
        }
        let end = (first + wanted.min(ecs.page)).min(ecs.stopped);
        let arns: Vec<String> = (first..end).map(|nth| arn(region, nth)).collect();
        let next = (end < ecs.stopped).then(|| end.to_string());
        aws_json(200, &json!({ "taskArns": arns, "nextToken": next }))
    }

    fn describe_tasks(&self, asked: &Value, region: &str) -> Reply {
        let asked: Vec<&str> = asked["tasks"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if asked.is_empty() || asked.len() > MOST {
            return error_json(400, "InvalidParameterException", "Tasks cannot be empty, nor more than 100.");
        }
        let known: Vec<String> = (0..self.world.ecs.stopped).map(|nth| arn(region, nth)).collect();
        let (known, missing): (Vec<&str>, Vec<&str>) =
            asked.into_iter().partition(|asked| known.iter().any(|known| known == asked));
        let failures: Vec<Value> = missing.iter().map(|arn| json!({ "arn": arn, "reason": "MISSING" })).collect();
        let tasks: Vec<Value> = known.iter().map(|arn| self.stopped_task(arn)).collect();
        aws_json(200, &json!({ "tasks": tasks, "failures": failures }))
    }

    fn stopped_task(&self, arn: &str) -> Value {
        let image = self.world.reference();
        json!({
            "taskArn": arn,
            "clusterArn": arn.replace(":task/", ":cluster/").rsplit_once('/').map(|(cluster, _)| cluster),
            "group": format!("family:{FAMILY}"),
            "desiredStatus": "STOPPED",
            "lastStatus": "STOPPED",
            "stopCode": "TaskFailedToStart",
            "stoppedAt": 1_795_441_800.123,
            "stoppedReason": format!(
                "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
                 {image}: failed to do request: dial tcp 10.0.1.10:443: i/o timeout"
            ),
            "containers": [{ "name": "writer", "image": image, "lastStatus": "STOPPED" }],
        })
    }
}

/// The task that stopped as the nth: the first is the one whose metadata is simulated.
pub fn arn(region: &str, nth: usize) -> String {
    let id = match nth {
        0 => TASK_ID.to_owned(),
        nth => format!("{nth:032x}"),
    };
    format!("arn:{}:ecs:{region}:{ACCOUNT}:task/{CLUSTER}/{id}", partition(region))
}
