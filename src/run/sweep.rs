//! A sweep from settings to result.

mod assigned;
mod configured;
mod errand;
mod place;
mod plan;

use std::cell::Cell;

use self::assigned::{assignments, service};
use self::configured::{configured, fails_everywhere};
use self::errand::Sending;
use self::place::Placing;
pub use self::plan::Plan;
use super::audit::audit;
use super::judge_for;
use crate::account::Account;
use crate::config::UsageError;
use crate::edge::{Reader, Remote};
use crate::model::facts::{Fact, Hidden, Service};
use crate::model::{Verdict, to_thousandths};
use crate::observe::Frugal;
use crate::observe::sweep::{Stop, carry_out};
use crate::render::why_hidden;
use crate::sweep::{Assigned, Obstacle, SCHEMA, Sweep, compare, differ, worst};

/// How far a sweep is, for a line on a terminal.
#[derive(Debug, Default)]
pub struct Going {
    /// Subnets whose check has ended.
    pub done: Cell<usize>,
    /// All subnets; 0 until they are known.
    pub all: Cell<usize>,
    /// Checks were begun: there is something to tell.
    pub has_begun: Cell<bool>,
    /// Tasks may have been started.
    pub runs_tasks: Cell<bool>,
}

/// Why there is no row, and what to allow where the caller may not look.
fn unknown_subnets(hidden: &Hidden) -> String {
    let action = &hidden.action;
    let is_denied = matches!(Obstacle::of(hidden.clone()), Obstacle::NotAllowed { .. });
    let fix = if is_denied { format!("; allow {action}") } else { String::new() };
    format!("the subnets are not known, since {action} failed: {}{fix}", why_hidden(&hidden.why))
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
            notes.extend(other.hidden().map(unknown_subnets));
            Service::default()
        }
    };
    going.all.set(service.subnets.len());
    let mut assignments =
        if service.subnets.is_empty() { Vec::new() } else { assignments(remote, plan, &service, &mut notes).await? };
    let errand = Sending { reader, plan, service: &service }.errand(&mut assignments, &mut notes).await?;
    going.runs_tasks.set(assignments.iter().any(|it| it.to == Assigned::Task));
    going.has_begun.set(true);

    let reading = audit(reader, &plan.aim, plan.principal.clone(), plan.started_at, plan.reading, stop.clone());
    let checking = carry_out(remote, &assignments, &errand, &going.done, stop);
    let (observed, came) = futures_util::future::join(reading, checking).await;
    let duration_ms = to_thousandths(remote.elapsed_ms() - began_ms);

    let audited = judge_for(observed, plan.form);
    let account = Account::arrange(&audited.evidence);
    let placing = Placing { plan, service: &service, assignments: &assignments, account: &account, audited: &audited };
    let places: Vec<_> = came.into_iter().map(|came| placing.place(came)).collect();
    let diagnoses = compare(&places);
    let configured = configured(&audited, &diagnoses);
    let verdict = if fails_everywhere(&configured, &places) { Verdict::Unhealthy } else { worst(&places) };
    let stopped = futures_util::FutureExt::now_or_never(stop.clone());
    Ok(Sweep {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: plan.started_at,
        duration_ms,
        verdict,
        cut_short: stopped,
        region: plan.aim.region.clone(),
        account: plan.aim.account.clone(),
        cluster: plan.aim.cluster.clone().unwrap_or_default(),
        service: plan.aim.service.clone().unwrap_or_default(),
        differs: differ(&places, &account),
        configured,
        unseen: audited.configured.as_ref().map(|it| it.unseen.clone()).unwrap_or_default(),
        places,
        diagnoses,
        notes,
    })
}
