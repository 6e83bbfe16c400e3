//! A sweep from settings to result.

mod place;

use std::cell::Cell;
use std::time::Duration;

use serde_json::json;

use self::place::Placing;
use super::audit::audit;
use super::judge_for;
use crate::account::{Account, Aim};
use crate::config::{FixForm, SweepVia, UsageError};
use crate::edge::{Reader, Remote};
use crate::model::facts::{ContainerFact, Fact, Question, Service, TaskDefinition};
use crate::model::{Act, Finding, Report, Severity, Timestamp};
use crate::observe::Frugal;
use crate::observe::sweep::{Errand, Stop, candidates, carry_out};
use crate::ranges::Ranges;
use crate::sweep::{
    Assigned, Assignment, Candidate, Launch, LogStream, SCHEMA, Shared, Sweep, TaskOrder, assign, compare, differ,
    worst,
};

/// What is swept, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The service, with Region and account.
    pub aim: Aim,
    /// The caller, as STS names it.
    pub principal: Option<String>,
    /// By the clock here.
    pub started_at: Timestamp,
    /// What the checks are done by; `None` means what is there.
    pub via: Option<SweepVia>,
    /// Functions, in place of those with the tag.
    pub functions: Vec<String>,
    /// The task definition of the probe.
    pub task_definition: String,
    /// How long each task or function is waited for.
    pub budget: Duration,
    /// How long the configuration is read.
    pub reading: Duration,
    /// In which form fixes are.
    pub form: FixForm,
    /// AWS's published address ranges.
    pub ranges: Ranges,
    /// What tells this sweep's tasks from others.
    pub name: String,
}

/// How far a sweep is, for a line on a terminal.
#[derive(Debug, Default)]
pub struct Going {
    /// Subnets whose check has ended.
    pub done: Cell<usize>,
    /// All subnets; 0 until they are known.
    pub all: Cell<usize>,
}

/// The whole sweep. The configuration is read while the checks run.
///
/// # Errors
///
/// A service, a function or a task definition that is not there, or a service without subnets: a mistake of the caller.
pub async fn sweep<R: Reader, M: Remote>(
    reader: &Frugal<'_, R>,
    remote: &M,
    plan: &Plan,
    going: &Going,
    stop: &Stop,
) -> Result<Sweep, UsageError> {
    let began_ms = remote.elapsed_ms();
    let mut notes = Vec::new();
    let service = match service(reader, plan).await? {
        Fact::Known(service) => service,
        other => {
            let action = other.hidden().map(|it| it.action.clone()).unwrap_or_default();
            notes.push(format!("the service cannot be read, so that its subnets are not known: allow {action}"));
            Service::default()
        }
    };
    going.all.set(service.subnets.len());
    let assignments =
        if service.subnets.is_empty() { Vec::new() } else { assignments(remote, plan, &service, &mut notes).await? };
    let runs_tasks = assignments.iter().any(|it| it.to == Assigned::Task);
    let errand = errand(reader, plan, &service, runs_tasks, &mut notes).await?;

    let reading = audit(reader, &plan.aim, plan.principal.clone(), plan.started_at, plan.reading, stop.clone());
    let checking = carry_out(remote, &assignments, &errand, &going.done, stop);
    let (observed, came) = futures_util::future::join(reading, checking).await;
    let duration_ms = ((remote.elapsed_ms() - began_ms) * 1e3).round() / 1e3;

    let audited = judge_for(observed, plan.form);
    let account = Account::arrange(&audited.evidence);
    let placing = Placing { account: &account, audited: &audited, ranges: &plan.ranges, form: plan.form };
    let places: Vec<_> = came.into_iter().map(|came| placing.place(came)).collect();
    let diagnoses = compare(&places);
    let stopped = futures_util::FutureExt::now_or_never(stop.clone());
    Ok(Sweep {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: plan.started_at,
        duration_ms,
        verdict: worst(&places),
        cut_short: stopped,
        region: plan.aim.region.clone(),
        account: plan.aim.account.clone(),
        cluster: plan.aim.cluster.clone().unwrap_or_default(),
        service: plan.aim.service.clone().unwrap_or_default(),
        via: places.iter().find_map(|place| place.via),
        differs: differ(&places, &account),
        configured: configured(&audited, &diagnoses),
        unseen: audited.configured.as_ref().map(|it| it.unseen.clone()).unwrap_or_default(),
        places,
        diagnoses,
        notes,
    })
}

/// The service, as far as it may be read.
async fn service<R: Reader>(reader: &Frugal<'_, R>, plan: &Plan) -> Result<Fact<Service>, UsageError> {
    let (cluster, name) = (plan.aim.cluster.clone().unwrap_or_default(), plan.aim.service.clone().unwrap_or_default());
    let told = reader.ask(&Question::Services { cluster: cluster.clone(), names: vec![name.clone()] }).await;
    let region = &plan.aim.region;
    let fact = told.facts.into_iter().find_map(|(_, act)| match act {
        Act::Service(fact) => Some(fact),
        _ => None,
    });
    match fact {
        None | Some(Fact::Absent) => Err(UsageError(format!("cluster {cluster} in {region} has no service {name}"))),
        Some(Fact::Known(service)) if service.subnets.is_empty() => Err(UsageError(format!(
            "service {name} has no subnets of its own: its tasks use the network of their instances; ecr-probe audit --cluster {cluster} --service {name} judges those"
        ))),
        Some(fact) => Ok(fact),
    }
}

/// What is done about each subnet: functions where there are some, tasks where there are none or they were asked for.
async fn assignments<M: Remote>(
    remote: &M,
    plan: &Plan,
    Service { subnets, groups, .. }: &Service,
    notes: &mut Vec<String>,
) -> Result<Vec<Assignment>, UsageError> {
    let tasks = || subnets.iter().map(|it| Assignment { subnet: it.clone(), to: Assigned::Task }).collect();
    if plan.via == Some(SweepVia::RunTask) {
        return Ok(tasks());
    }
    let found = match candidates(remote, subnets, &plan.functions).await {
        Fact::Known(found) => found,
        Fact::Absent => Vec::new(),
        Fact::Hidden(hidden) if plan.via.is_none() => {
            notes.push(format!("functions were not looked for: {} told nothing; tasks are run", hidden.action));
            return Ok(tasks());
        }
        Fact::Hidden(hidden) => vec![Candidate { subnet: None, function: Fact::Hidden(hidden) }],
    };
    for (name, candidate) in plan.functions.iter().zip(&found) {
        exists(name, candidate, subnets, &plan.aim.region)?;
    }
    if found.is_empty() && plan.via.is_none() {
        notes.push("no function has the tag ecr-probe:subnet with one of these subnets: tasks are run".to_owned());
        return Ok(tasks());
    }
    let assignments = assign(subnets, &found);
    let mut groups = groups.to_vec();
    groups.sort();
    for assignment in &assignments {
        let Assigned::Function(function) = &assignment.to else { continue };
        let mut own = function.groups.clone();
        own.sort();
        let name = &function.name;
        if own.is_empty() {
            notes.push(format!(
                "Lambda does not tell the security groups of function {name}: they may not be the service's"
            ));
        } else if own != groups {
            let (own, of_service) = (own.join(", "), groups.join(", "));
            notes.push(format!(
                "function {name} has the security groups {own}, and the service {of_service}: what its groups let through or stop is not what the service's do"
            ));
        }
    }
    Ok(assignments)
}

/// A function that was named is there, and stands in the service's subnets.
fn exists(name: &str, candidate: &Candidate, subnets: &[String], region: &str) -> Result<(), UsageError> {
    match &candidate.function {
        Fact::Absent => Err(UsageError(format!("--function {name}: there is none in {region}"))),
        Fact::Known(function) if !function.subnets.iter().any(|it| subnets.contains(it)) => {
            let stands = if function.subnets.is_empty() {
                "it is in no VPC".to_owned()
            } else {
                format!("it is in {}", function.subnets.join(", "))
            };
            let of_service = subnets.join(", ");
            Err(UsageError(format!("--function {name}: {stands}, and the service is in {of_service}")))
        }
        Fact::Known(_) | Fact::Hidden(_) => Ok(()),
    }
}

/// What is sent to the subnets: the service's images, as its own role pulls them.
async fn errand<R: Reader>(
    reader: &Frugal<'_, R>,
    plan: &Plan,
    service: &Service,
    runs_tasks: bool,
    notes: &mut Vec<String>,
) -> Result<Errand, UsageError> {
    let own = definition(reader, &service.task_definition).await;
    let own = own.known().cloned().unwrap_or_default();
    let mut images: Vec<String> = Vec::new();
    for container in own.containers {
        if !images.contains(&container.image) {
            images.push(container.image);
        }
    }
    let role = plan.aim.execution_role.clone().or(own.execution_role_arn);
    if images.is_empty() && !service.subnets.is_empty() {
        notes.push(format!(
            "the service's task definition could not be read: {} checks the images that it is set up with",
            if runs_tasks { "each task" } else { "each function" }
        ));
    }
    let mut errand = Errand { name: plan.name.clone(), budget: plan.budget, ..Errand::default() };
    let mut event = json!({ "assign_public_ip": service.assign_public_ip });
    let mut environment = vec![("ECR_PROBE_OUTPUT".to_owned(), "json".to_owned())];
    if !images.is_empty() {
        environment.push(("ECR_PROBE_IMAGES".to_owned(), images.join(",")));
        event["images"] = images.into();
    }
    if let Some(role) = role {
        environment.push(("ECR_PROBE_EXECUTION_ROLE".to_owned(), role.clone()));
        event["execution_role"] = role.into();
    }
    errand.event = event.to_string();
    if runs_tasks {
        let container = probe(reader, plan).await?;
        errand.log = log_of(&container);
        errand.task = TaskOrder {
            cluster: plan.aim.cluster.clone().unwrap_or_default(),
            task_definition: plan.task_definition.clone(),
            groups: service.groups.clone(),
            public_ip: service.assign_public_ip,
            launch: launch(service),
            platform_version: service.platform_version.clone(),
            container: container.name,
            environment,
            ..TaskOrder::default()
        };
    }
    Ok(errand)
}

async fn definition<R: Reader>(reader: &Frugal<'_, R>, name: &str) -> Fact<TaskDefinition> {
    if name.is_empty() {
        return Fact::Absent;
    }
    let told = reader.ask(&Question::TaskDefinition { name: name.to_owned() }).await;
    let fact = told.facts.into_iter().find_map(|(_, act)| match act {
        Act::TaskDefinition(fact) => Some(fact),
        _ => None,
    });
    fact.unwrap_or(Fact::Absent)
}

/// The name of the probe's container in `deploy/probe-task-definition.json`.
const CONTAINER: &str = "ecr-probe";

/// The container that runs the probe: the one of its name, or the first.
async fn probe<R: Reader>(reader: &Frugal<'_, R>, plan: &Plan) -> Result<ContainerFact, UsageError> {
    let name = &plan.task_definition;
    match definition(reader, name).await {
        Fact::Absent => Err(UsageError(format!(
            "there is no task definition {name} in {}: register deploy/probe-task-definition.json, deploy deploy/lambda.yaml, or name one with --task-definition or --function",
            plan.aim.region
        ))),
        Fact::Known(definition) => {
            let all = || definition.containers.iter();
            let container = all().find(|it| it.name == CONTAINER).or_else(|| all().next());
            container.cloned().ok_or_else(|| UsageError(format!("task definition {name} has no container")))
        }
        // ECS says no where there is no such container.
        Fact::Hidden(_) => Ok(ContainerFact { name: CONTAINER.to_owned(), ..ContainerFact::default() }),
    }
}

fn log_of(container: &ContainerFact) -> Option<LogStream> {
    let option = |name: &str| container.log_options.get(name).cloned();
    let is_read = container.log_driver.as_deref() == Some("awslogs");
    let (group, prefix) = (option("awslogs-group")?, option("awslogs-stream-prefix")?);
    let prefix = format!("{prefix}/{}", container.name);
    is_read.then_some(LogStream { region: option("awslogs-region"), group, prefix })
}

/// As the service's own tasks are placed. Of several capacity providers the plain one: Spot may have none left.
fn launch(service: &Service) -> Launch {
    let providers = &service.capacity_providers;
    let plain = providers.iter().find(|name| *name == "FARGATE").or_else(|| providers.first());
    match (&service.launch_type, plain) {
        (_, Some(provider)) => Launch::Provider(provider.clone()),
        (Some(name), None) => Launch::Type(name.clone()),
        (None, None) => Launch::Default,
    }
}

/// What the configuration shows and no check does.
fn configured(audited: &Report, diagnoses: &[Shared]) -> Vec<Finding> {
    let resources = |finding: &Finding| finding.blame.as_ref().map(|it| it.resources.clone()).unwrap_or_default();
    let is_shown = |finding: &Finding| {
        diagnoses.iter().any(|it| {
            it.finding.code == finding.code
                && (resources(&it.finding).is_empty() || resources(&it.finding) == resources(finding))
        })
    };
    let all = audited.diagnoses.iter().filter(|it| it.severity != Severity::Info && !is_shown(it));
    all.cloned().collect()
}
