//! `ecr-probe sweep`: the check from every subnet of a service.

use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;

use super::asking::{Asking, begin};
use super::{Exit, Failure, lookup, print, progress, runtime, signals, style};
use crate::config::{Output, Settings, SweepArguments, SweepSettings};
use crate::edge::{address_ranges, whole_file};
use crate::observe::Frugal;
use crate::observe::sweep::Stop;
use crate::render;
use crate::run::sweep::{Going, Plan, sweep as run};
use crate::sweep::Sweep;

/// How many requests the reading of the configuration sends at most.
const REQUESTS: u32 = 70;

/// `ecr-probe sweep`
pub fn sweep(arguments: &SweepArguments) -> Result<Exit, Failure> {
    let settings = SweepSettings::new(arguments, &lookup)?;
    let runtime = runtime()?;
    let done = runtime.block_on(walk(settings));
    // A thread may still wait, for the reader of stdout or in a library: nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn walk(settings: SweepSettings) -> Result<Exit, Failure> {
    let SweepSettings { audit, via, functions, task_definition, budget } = settings;
    let ranges = address_ranges(audit.settings.ip_ranges.as_deref())?;
    let stop: Stop = signals::stop_or_hangup().boxed_local().shared();
    let asking = tokio::select! {
        asking = begin(audit) => asking?,
        why = stop.clone() => return Err(Failure::Stopped { why, before: "anything was checked" }),
    };
    let Asking { settings, aim, account, principal, started_at } = asking;
    let plan = Plan {
        aim,
        principal,
        started_at,
        via,
        functions,
        task_definition,
        budget,
        reading: settings.settings.budget,
        form: settings.form,
        ranges,
        name: name(),
    };
    let (frugal, remote, going) = (Frugal::new(&account, REQUESTS), account.remote(), Going::default());
    let sweep = tokio::select! {
        sweep = run(&frugal, &remote, &plan, &going, &stop) => sweep?,
        why = early(stop.clone(), &going) => return Err(Failure::Stopped { why, before: "anything was checked" }),
        why = again(stop.clone()) => {
            let before = if going.runs_tasks.get() {
                "the probe's tasks were stopped: aws ecs list-tasks with --family lists those that still run"
            } else {
                "the result was complete"
            };
            return Err(Failure::Stopped { why, before });
        }
        () = progress::subnets(|| (going.done.get(), going.all.get())) => unreachable!("progress never ends by itself"),
    };
    let exit = Exit::of_verdict(sweep.verdict, settings.settings.fail_on_degraded);
    let settings = settings.settings;
    tokio::select! {
        done = tokio::task::spawn_blocking(move || deliver(&sweep, &settings)) => {
            done.unwrap_or_else(|panic| Err(panic.into()))?;
        }
        // Nobody may be reading.
        why = signals::stop() => return Err(Failure::Stopped { why, before: "the result was read" }),
    }
    Ok(exit)
}

/// A signal ends at once what has sent nothing to any subnet yet.
async fn early(stop: Stop, going: &Going) -> String {
    let why = stop.await;
    if going.has_begun.get() { std::future::pending().await } else { why }
}

/// A second signal ends at once what the first one asked to end.
async fn again(first: Stop) -> String {
    first.await;
    signals::stop().await
}

/// What tells the tasks of this sweep from those of others: ECS takes letters, digits, hyphens and underscores.
fn name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("ecr-probe-sweep-{:x}-{:x}", since.as_nanos(), std::process::id())
}

/// Prints and saves. A file that cannot be written must not cost the result, nor the other way round.
fn deliver(sweep: &Sweep, settings: &Settings) -> Result<(), Failure> {
    let json = || render::json(sweep) + "\n";
    let shown = match settings.output {
        Output::Json => print(&json()),
        Output::Text => print(&render::sweep(sweep, style())),
    };
    let saved = settings.save.as_ref().map_or(Ok(()), |path| {
        whole_file::replace(path, json().as_bytes()).map_err(|source| Failure::Save { path: path.clone(), source })
    });
    shown.and(saved)
}
