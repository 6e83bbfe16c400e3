//! `ecr-probe audit`: what the account's configuration would do to a pull.

use std::pin::pin;

use super::asking::{Asking, begin, is_no_cluster, no_cluster, no_service, unreached};
use super::check::deliver;
use super::services::services;
use super::{Exit, Failure, lookup, progress, runtime, signals};
use crate::account::{Account, Aim, Seen};
use crate::config::{AuditArguments, AuditSettings, UsageError};
use crate::diagnose::configured::hidden;
use crate::model::Observation;
use crate::model::facts::{Hidden, Why};
use crate::observe::Frugal;
use crate::run::audit::audit as read;
use crate::run::{Observed, judge_for};

/// How many requests the audit of a service or a task sends at most.
const REQUESTS: u32 = 60;

/// `ecr-probe audit`
pub fn audit(arguments: &AuditArguments) -> Result<Exit, Failure> {
    let settings = AuditSettings::new(arguments, &lookup)?;
    let runtime = runtime()?;
    let done = runtime.block_on(run(settings));
    // A thread may still wait, for the reader of stdout or in a library: nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn run(settings: AuditSettings) -> Result<Exit, Failure> {
    let asking = tokio::select! {
        asking = begin(settings) => asking?,
        why = signals::stop() => return Err(Failure::Stopped { why, before: "anything was read" }),
    };
    if asking.settings.is_of_a_cluster() {
        return services(asking).await;
    }
    let observed = {
        let Asking { settings, aim, account, principal, started_at } = &asking;
        let frugal = Frugal::new(account, REQUESTS);
        let stop = pin!(signals::stop());
        let reading = read(&frugal, aim, principal.clone(), *started_at, settings.settings.budget, stop);
        tokio::select! {
            observed = reading => observed,
            () = progress::answers(|| frugal.answered()) => unreachable!("progress never ends by itself"),
        }
    };
    exists(&asking.aim, &observed)?;
    is_reached(&asking, &observed)?;
    let report = judge_for(observed, asking.settings.form);
    let exit = Exit::of(&report, asking.settings.settings.fail_on_degraded);
    let settings = asking.settings.settings;
    tokio::select! {
        done = tokio::task::spawn_blocking(move || deliver(&report, "", &settings)) => {
            done.unwrap_or_else(|panic| Err(panic.into()))?;
        }
        // Nobody may be reading.
        why = signals::stop() => return Err(Failure::Stopped { why, before: "the report was read" }),
    }
    Ok(exit)
}

/// A cluster, a service or a task that does not exist is a mistake of the arguments, and no finding.
fn exists(aim: &Aim, observed: &Observed) -> Result<(), UsageError> {
    let account = Account::arrange(&observed.evidence);
    let cluster = aim.cluster.as_deref().unwrap_or("default");
    if let Some(service) = &aim.service {
        match account.service(service) {
            Seen::Absent(_) => {
                return Err(no_service(cluster, service, &aim.region));
            }
            Seen::Hidden(_, hidden) if is_no_cluster(hidden) => return Err(no_cluster(cluster, &aim.region)),
            _ => {}
        }
    }
    if let Some(task) = &aim.task {
        match account.stopped_task(task) {
            Seen::Absent(_) => {
                let why = "ECS does not know the task, or no longer: it remembers a stopped task for an hour";
                return Err(UsageError(format!("--task {task}: {why}")));
            }
            Seen::Hidden(_, hidden) if is_no_cluster(hidden) => return Err(no_cluster(cluster, &aim.region)),
            _ => {}
        }
    }
    if let Some(id) = aim.subnets.iter().find(|id| matches!(account.subnet(id), Seen::Absent(_))) {
        return Err(UsageError(format!("the subnet {id} does not exist in {}", aim.region)));
    }
    if let Some(id) = aim.security_groups.iter().find(|id| account.is_no_group(id)) {
        return Err(UsageError(format!("the security group {id} does not exist in {}", aim.region)));
    }
    if let Some(name) =
        aim.task_definition.as_deref().filter(|name| matches!(account.task_definition(name), Seen::Absent(_)))
    {
        return Err(UsageError(format!("there is no task definition {name} in {}", aim.region)));
    }
    Ok(())
}

/// Where no API gave any answer there is nothing to report of.
fn is_reached(asking: &Asking, observed: &Observed) -> Result<(), UsageError> {
    let account = Account::arrange(&observed.evidence);
    let mut silent = account.facts().map(|it: &Observation| match hidden(&it.act) {
        Some(Hidden { action, why: Why::NoAnswer { how } }) => Some((action, how)),
        _ => None,
    });
    match silent.next().flatten() {
        Some((action, how)) if observed.cut_short.is_none() && silent.all(|it| it.is_some()) => {
            Err(unreached(asking, action, how))
        }
        _ => Ok(()),
    }
}
