//! The service that is swept, and what is done about each of its subnets.

use super::plan::Plan;
use crate::account::launch_type_of;
use crate::config::{SweepVia, UsageError};
use crate::edge::{Reader, Remote};
use crate::model::facts::{Fact, Question, Service};
use crate::model::{Act, LaunchType};
use crate::observe::Frugal;
use crate::observe::sweep::candidates;
use crate::render::why_hidden;
use crate::sweep::{Assigned, Assignment, Candidate, Obstacle, assign};

/// The service, as far as it may be read.
///
/// # Errors
///
/// It does not exist, or its tasks' subnets are not where its images are pulled.
pub async fn service<R: Reader>(reader: &Frugal<'_, R>, plan: &Plan) -> Result<Fact<Service>, UsageError> {
    let (cluster, name) = (plan.aim.cluster.clone().unwrap_or_default(), plan.aim.service.clone().unwrap_or_default());
    let told = reader.ask(&Question::Services { cluster: cluster.clone(), names: vec![name.clone()] }).await;
    let region = &plan.aim.region;
    let fact = told.facts.into_iter().find_map(|(_, act)| match act {
        Act::Service(fact) => Some(fact),
        _ => None,
    });
    let audit = format!("ecr-probe audit --cluster {cluster} --service {name} judges those");
    match fact {
        None | Some(Fact::Absent) => Err(UsageError(format!("cluster {cluster} in {region} has no service {name}"))),
        Some(Fact::Known(service)) if launch_type_of(&service).is_some_and(|it| it.host().is_some()) => {
            Err(UsageError(format!(
                "service {name} runs on {}: the instances pull its images over their own network interfaces; {audit}, and the probe in a task with networkMode host checks from an instance",
                launch_type_of(&service).map_or("instances", LaunchType::title)
            )))
        }
        Some(Fact::Known(service)) if service.subnets.is_empty() => Err(UsageError(format!(
            "service {name} has no subnets of its own: its tasks use the network of their instances; {audit}"
        ))),
        Some(fact) => Ok(fact),
    }
}

/// What is done about each subnet: functions where there are some, tasks where there are none or they were asked for.
///
/// # Errors
///
/// A function that was named does not exist, or stands elsewhere.
pub async fn assignments<M: Remote>(
    remote: &M,
    plan: &Plan,
    service: &Service,
    notes: &mut Vec<String>,
) -> Result<Vec<Assignment>, UsageError> {
    let subnets = &service.subnets;
    let tasks = || subnets.iter().map(|it| Assignment { subnet: it.clone(), to: Assigned::Task }).collect();
    if plan.via == Some(SweepVia::RunTask) {
        return Ok(tasks());
    }
    let found = match candidates(remote, subnets, &plan.functions).await {
        Fact::Known(found) => found,
        Fact::Absent => Vec::new(),
        Fact::Hidden(hidden) if plan.via.is_none() => {
            let why = why_hidden(&hidden.why);
            notes.push(format!("functions could not be looked up ({}: {why}), so tasks are run", hidden.action));
            return Ok(tasks());
        }
        Fact::Hidden(hidden) => vec![Candidate { subnet: None, function: Fact::Hidden(hidden) }],
    };
    for (name, candidate) in plan.functions.iter().zip(&found) {
        exists(name, candidate, subnets, &plan.aim.region)?;
    }
    // A deleted function keeps its tags for a while.
    let found: Vec<Candidate> = found.into_iter().filter(|it| it.function != Fact::Absent).collect();
    if found.is_empty() && plan.via.is_none() {
        notes.push("no function has the tag ecr-probe:subnet with one of these subnets: tasks are run".to_owned());
        return Ok(tasks());
    }
    let mut assignments = assign(subnets, &service.groups, &found);
    if plan.via.is_none() && plan.functions.is_empty() {
        for assignment in assignments.iter_mut().filter(|it| it.to == Assigned::Nothing(Obstacle::NoFunction)) {
            assignment.to = Assigned::Task;
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
