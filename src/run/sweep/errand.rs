//! What is sent to the subnets: the service's images, as its own role pulls them.

use serde_json::{Map, Value};

use super::plan::Plan;
use crate::account::{is_of_windows, platform};
use crate::config::UsageError;
use crate::edge::Reader;
use crate::model::Act;
use crate::model::facts::{ContainerFact, Fact, Question, Service, TaskDefinition};
use crate::observe::Frugal;
use crate::observe::sweep::Errand;
use crate::sweep::{Assigned, Assignment, Launch, LogStream, Obstacle, TaskOrder};

/// The name of the probe's container in `deploy/probe-task-definition.json`.
const CONTAINER: &str = "ecr-probe";

/// What the checks are sent with.
pub struct Sending<'s, 'r, R> {
    /// What tells of the task definitions.
    pub reader: &'s Frugal<'r, R>,
    /// What is swept.
    pub plan: &'s Plan,
    /// The service.
    pub service: &'s Service,
}

/// An option of `check`, as a function's event has it and as a task's environment has it.
struct Setting {
    key: &'static str,
    variable: &'static str,
    value: Value,
}

impl<R: Reader> Sending<'_, '_, R> {
    /// What is sent. A subnet without a function gets no task where the probe has no task definition.
    ///
    /// # Errors
    ///
    /// Tasks are all that is left, and the probe has no task definition.
    pub async fn errand(&self, assignments: &mut [Assignment], notes: &mut Vec<String>) -> Result<Errand, UsageError> {
        let plan = self.plan;
        let has_functions = assignments.iter().any(|it| matches!(it.to, Assigned::Function(_)));
        let runs_tasks = assignments.iter().any(|it| it.to == Assigned::Task);
        let container = if runs_tasks { self.probe().await } else { Ok(ContainerFact::default()) };
        if let Err(missing) = &container {
            if !has_functions {
                return Err(missing.clone());
            }
            for assignment in assignments.iter_mut().filter(|it| it.to == Assigned::Task) {
                assignment.to = Assigned::Nothing(Obstacle::NoFunction);
            }
        }
        let container = container.unwrap_or_default();
        let settings = self.settings(notes).await;
        let event = |it: &Setting| (it.key.to_owned(), it.value.clone());
        let mut event: Map<String, Value> = settings.iter().map(event).collect();
        event.insert("assign_public_ip".to_owned(), self.service.assign_public_ip.into());
        Ok(Errand {
            event,
            log: log_of(&container),
            task: self.order(container.name, &settings),
            name: plan.name.clone(),
            budget: plan.budget,
        })
    }

    /// What the service's own task definition says of its pull.
    async fn settings(&self, notes: &mut Vec<String>) -> Vec<Setting> {
        let told = self.definition(&self.service.task_definition).await;
        let own = told.known().cloned().unwrap_or_default();
        let mut images: Vec<String> = Vec::new();
        for container in &own.containers {
            if !images.contains(&container.image) {
                images.push(container.image.clone());
            }
        }
        let mut settings = Vec::new();
        if !images.is_empty() {
            settings.push(Setting { key: "images", variable: "ECR_PROBE_IMAGES", value: images.into() });
        } else if !self.service.subnets.is_empty() {
            notes.push(
                "the service's task definition could not be read: each check pulls the images of its own ECR_PROBE_IMAGES"
                    .to_owned(),
            );
        }
        if let Some(role) = self.plan.aim.execution_role.clone().or_else(|| own.execution_role_arn.clone()) {
            let variable = "ECR_PROBE_EXECUTION_ROLE";
            settings.push(Setting { key: "execution_role", variable, value: role.into() });
        }
        if is_of_windows(&own) {
            notes.push("the service's images are for Windows: only the way to them is checked".to_owned());
            settings.push(Setting { key: "pull", variable: "ECR_PROBE_PULL", value: "reach".into() });
        } else if let Some(platform) = told.known().and_then(|own| platform(own, true)) {
            settings.push(Setting { key: "platform", variable: "ECR_PROBE_PLATFORM", value: platform.into() });
        }
        settings
    }

    /// The task, as the service's own tasks are placed.
    fn order(&self, container: String, settings: &[Setting]) -> TaskOrder {
        let text = |value: &Value| match value {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let output = std::iter::once(("ECR_PROBE_OUTPUT".to_owned(), "json".to_owned()));
        let service = self.service;
        TaskOrder {
            cluster: self.plan.aim.cluster.clone().unwrap_or_default(),
            task_definition: self.plan.task_definition.clone(),
            groups: service.groups.clone(),
            public_ip: service.assign_public_ip,
            launch: launch(service),
            platform_version: service.platform_version.clone(),
            container,
            environment: output.chain(settings.iter().map(|it| (it.variable.to_owned(), text(&it.value)))).collect(),
            ..TaskOrder::default()
        }
    }

    async fn definition(&self, name: &str) -> Fact<TaskDefinition> {
        if name.is_empty() {
            return Fact::Absent;
        }
        let told = self.reader.ask(&Question::TaskDefinition { name: name.to_owned() }).await;
        let fact = told.facts.into_iter().find_map(|(_, act)| match act {
            Act::TaskDefinition(fact) => Some(fact),
            _ => None,
        });
        fact.unwrap_or(Fact::Absent)
    }

    /// The container that runs the probe: the one of its name, or the first.
    async fn probe(&self) -> Result<ContainerFact, UsageError> {
        let name = &self.plan.task_definition;
        match self.definition(name).await {
            Fact::Absent => Err(UsageError(format!(
                "there is no task definition {name} in {}: register deploy/probe-task-definition.json, deploy deploy/lambda.yaml, or name one with --task-definition or --function",
                self.plan.aim.region
            ))),
            Fact::Known(definition) => {
                let all = || definition.containers.iter();
                let container = all().find(|it| it.name == CONTAINER).or_else(|| all().next());
                container.cloned().ok_or_else(|| UsageError(format!("task definition {name} has no container")))
            }
            // RunTask fails where there is no such container.
            Fact::Hidden(_) => Ok(ContainerFact { name: CONTAINER.to_owned(), ..ContainerFact::default() }),
        }
    }
}

fn log_of(container: &ContainerFact) -> Option<LogStream> {
    let option = |name: &str| container.log_options.get(name).cloned();
    let is_read = container.log_driver.as_deref() == Some("awslogs");
    let (group, prefix) = (option("awslogs-group")?, option("awslogs-stream-prefix")?);
    let prefix = format!("{prefix}/{}", container.name);
    is_read.then_some(LogStream { region: option("awslogs-region"), group, prefix })
}

/// Of several capacity providers the plain one: Spot may have none left.
fn launch(service: &Service) -> Launch {
    let providers = &service.capacity_providers;
    let plain = providers.iter().find(|name| *name == "FARGATE").or_else(|| providers.first());
    match (&service.launch_type, plain) {
        (_, Some(provider)) => Launch::Provider(provider.clone()),
        (Some(name), None) => Launch::Type(name.clone()),
        (None, None) => Launch::Default,
    }
}
