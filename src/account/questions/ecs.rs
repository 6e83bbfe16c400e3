//! Of ECS: the service, its task definition, its stopped tasks, and the instances that pull for it.

use super::batch::{about, unknown};
use crate::account::{Account, Aim, Seen};
use crate::model::facts::Question;
use crate::model::{Check, LaunchType};

/// How many tasks or instances one call describes (Amazon ECS API Reference, "DescribeTasks").
const A_CALL: usize = 100;

/// What a service, its tasks and the instances that they run on lead to.
pub fn questions(account: &Account<'_>, aim: &Aim) -> Vec<Question> {
    let mut questions = Vec::new();
    if let (Some(task), Some(cluster)) = (&aim.task, &aim.cluster) {
        questions.push(Question::Tasks { cluster: cluster.clone(), tasks: vec![task.clone()] });
    }
    if let Some(name) = account.definition_name(aim) {
        questions.push(Question::TaskDefinition { name });
    }
    let Some(cluster) = aim.cluster.clone() else { return questions };
    if let Some(name) = account.service_name(aim) {
        questions.push(Question::Services { cluster: cluster.clone(), names: vec![name.clone()] });
        let listed = if aim.with_others {
            questions.push(Question::ListClusterStoppedTasks { cluster: cluster.clone() });
            account.list(Check::StoppedTask, &cluster).known()
        } else {
            questions.push(Question::ListStoppedTasks { cluster: cluster.clone(), service: name.clone() });
            account.list(Check::StoppedTask, &name).known()
        };
        let tasks = unknown(listed.iter().flat_map(|list| list.ids.iter().take(A_CALL)), |task| {
            !matches!(account.stopped_task(task), Seen::NotAsked)
        });
        questions.extend(about(tasks, |tasks| Question::Tasks { cluster: cluster.clone(), tasks }));
    }
    let on_instances = matches!(account.launch_type(aim), Some(LaunchType::Ec2 | LaunchType::ManagedInstances));
    if on_instances && aim.subnets.is_empty() {
        questions.extend(instances(account, aim, &cluster));
    }
    questions
}

fn instances(account: &Account<'_>, aim: &Aim, cluster: &str) -> Vec<Question> {
    let mut questions = Vec::new();
    let own = account.judged_task(aim).and_then(|task| task.container_instance.clone());
    let listed = match (own, &aim.task) {
        // The one that the task runs on pulls for it.
        (Some(own), _) => vec![own],
        (None, Some(task)) if matches!(account.stopped_task(task), Seen::NotAsked) => Vec::new(),
        (None, _) => {
            questions.push(Question::ListContainerInstances { cluster: cluster.to_owned() });
            let listed = account.list(Check::ContainerInstance, cluster).known();
            listed.map(|list| list.ids.clone()).unwrap_or_default()
        }
    };
    let arns = unknown(listed.iter().take(A_CALL), |arn| !matches!(account.container_instance(arn), Seen::NotAsked));
    questions.extend(about(arns, |instances| Question::ContainerInstances { cluster: cluster.to_owned(), instances }));
    let ids = unknown(account.container_instances().map(|(_, it)| &it.instance_id), |id| {
        !id.starts_with("i-") || !matches!(account.instance(id), Seen::NotAsked)
    });
    questions.extend(about(ids, |ids| Question::Instances { ids }));
    let profiles = account.instances().filter_map(|(_, instance)| instance.profile_arn.as_ref());
    let profiles = unknown(profiles, |arn| !matches!(account.instance_profile(arn), Seen::NotAsked));
    questions.extend(profiles.into_iter().map(|arn| Question::InstanceProfile { arn }));
    questions
}
