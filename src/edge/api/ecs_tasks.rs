//! ECS: tasks that stopped, and container instances.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts};
use super::ecs::{Described, Failed, call, each};
use crate::model::facts::{self, Hidden};
use crate::model::{Act, Timestamp};
use crate::wire::scrub;

/// How many tasks or container instances one call describes (Amazon ECS API Reference).
const A_CALL: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tasks {
    tasks: Vec<Task>,
    #[serde(default)]
    failures: Vec<Failed>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Task {
    task_arn: String,
    task_definition_arn: String,
    group: Option<String>,
    launch_type: Option<String>,
    last_status: String,
    stop_code: Option<String>,
    stopped_reason: Option<String>,
    /// Seconds since the epoch, with a fraction.
    stopped_at: Option<f64>,
    containers: Vec<Container>,
    attachments: Vec<Attachment>,
    container_instance_arn: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Container {
    name: String,
    reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attachment {
    details: Vec<Detail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    name: String,
    value: String,
}

impl Task {
    fn fact(self) -> facts::StoppedTask {
        let details = || self.attachments.iter().flat_map(|it| &it.details);
        let detail = |name: &str| details().find(|it| it.name == name).map(|it| it.value.clone());
        let (subnet_id, interface_id) = (detail("subnetId"), detail("networkInterfaceId"));
        let said = |words: String| Some(scrub(&words)).filter(|words| !words.is_empty());
        let containers = self.containers.into_iter().filter_map(|it| {
            let reason = it.reason.and_then(said)?;
            Some(facts::StoppedContainer { name: it.name, reason: Some(reason) })
        });
        facts::StoppedTask {
            arn: self.task_arn,
            task_definition: self.task_definition_arn,
            group: self.group,
            launch_type: self.launch_type,
            last_status: self.last_status,
            stop_code: self.stop_code,
            reason: self.stopped_reason.and_then(said),
            stopped_at: self.stopped_at.and_then(rfc_3339),
            containers: containers.collect(),
            subnet_id,
            interface_id,
            container_instance: self.container_instance_arn,
        }
    }
}

fn rfc_3339(seconds: f64) -> Option<String> {
    /// The end of the year 9999.
    const LAST: f64 = 253_402_300_799.0;
    // In this range the conversion cuts the fraction and nothing else.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (0.0..=LAST).contains(&seconds).then(|| Timestamp(seconds as i64).to_string())
}

/// `ecs:DescribeTasks`.
pub async fn tasks(asking: &Asking<'_>, cluster: &str, arns: &[String]) -> Facts {
    const OPERATION: &str = "DescribeTasks";
    let mut told = Facts::new();
    for some in arns.chunks(A_CALL) {
        let found: Result<Tasks, Hidden> = call(asking, OPERATION, &json!({ "cluster": cluster, "tasks": some })).await;
        let found = found.map(|found| {
            let known = found.tasks.into_iter().map(|it| (it.task_arn.clone(), it.fact())).collect();
            Described { known, failures: found.failures }
        });
        told.extend(each(OPERATION, some, &found, str::to_owned, Act::StoppedTask));
    }
    told
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instances {
    container_instances: Vec<Instance>,
    #[serde(default)]
    failures: Vec<Failed>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Instance {
    container_instance_arn: String,
    ec2_instance_id: String,
    agent_connected: bool,
}

/// `ecs:DescribeContainerInstances`.
pub async fn container_instances(asking: &Asking<'_>, cluster: &str, arns: &[String]) -> Facts {
    const OPERATION: &str = "DescribeContainerInstances";
    let mut told = Facts::new();
    for some in arns.chunks(A_CALL) {
        let input = json!({ "cluster": cluster, "containerInstances": some });
        let found: Result<Instances, Hidden> = call(asking, OPERATION, &input).await;
        let found = found.map(|found| {
            let known = found.container_instances.into_iter().map(|it| {
                let instance = facts::ContainerInstance {
                    arn: it.container_instance_arn.clone(),
                    instance_id: it.ec2_instance_id,
                    agent_connected: it.agent_connected,
                };
                (it.container_instance_arn, instance)
            });
            Described { known: known.collect(), failures: found.failures }
        });
        told.extend(each(OPERATION, some, &found, str::to_owned, Act::ContainerInstance));
    }
    told
}
