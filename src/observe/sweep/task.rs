//! The check by a task that is run once.

use futures_util::FutureExt;

use super::errand::{Came, End, Errand, NoReport, Stop};
use crate::edge::Remote;
use crate::model::facts::{Fact, Hidden, Why};
use crate::sweep::{Obstacle, SeenTask, TaskOrder, TaskRun, Via, report_in};

/// The pause before ECS is asked again, in milliseconds: it doubles up to the longest. A task takes half a minute to start
/// where all is well, and minutes where its image cannot be pulled.
const FIRST_PAUSE_MS: f64 = 500.0;
const LONGEST_PAUSE_MS: f64 = 8_000.0;

/// How long ECS may not know a task that it has just made, in milliseconds (Amazon ECS API Reference, "RunTask": the API is
/// eventually consistent).
const UNKNOWN_MS: f64 = 30_000.0;

/// The pauses before ECS is asked for a task that a lost request may have made, in milliseconds.
const MADE_PAUSES_MS: [f64; 3] = [0.0, 1_000.0, 4_000.0];

/// How often in a row a task may not be told.
const SILENT: usize = 4;

/// The pauses before the log is read again, in milliseconds: the last lines of a container come a little later.
const LOG_PAUSES_MS: [f64; 5] = [500.0, 1_000.0, 2_000.0, 3_000.0, 4_000.0];

/// How long stopping a task may take, in milliseconds.
const STOPPING_MS: f64 = 10_000.0;

/// Runs it, waits for its end and looks for the report in its log. Whatever ends the wait early stops the task.
pub async fn run<M: Remote>(remote: &M, order: &TaskOrder, errand: &Errand, stop: Stop) -> Came {
    let came = |end: End| Came::new(&order.subnet, Some(Via::RunTask), end);
    if stop.clone().now_or_never().is_some() {
        return came(End::Not(Obstacle::Interrupted));
    }
    // Not cut by the signal: a task whose ARN is not known could not be stopped.
    let arn = match start(remote, order).await {
        Ok(arn) => arn,
        Err(end) => return came(end),
    };
    let came = |end: End| Came { by: Some(arn.clone()), ..came(end) };
    let seen = match watch(remote, order, &arn, errand, stop.clone()).await {
        Ok(seen) => seen,
        Err(obstacle) => {
            let not_stopped = end(remote, &order.cluster, &arn).await;
            return Came { not_stopped, ..came(End::Not(obstacle)) };
        }
    };
    let Some(code) = seen.exit_code else {
        return came(End::NotStarted(Obstacle::NeverRan, seen.told));
    };
    let end = tokio::select! {
        biased;
        end = log(remote, errand, &arn) => end,
        _ = stop => End::Exited { log: NoReport::Interrupted },
    };
    Came { exit_code: Some(code), ..came(end) }
}

/// Starts the task. Where the answer is lost, the same request is sent once more; its token prevents a second task. Then ECS
/// is asked for the task, since only this sweep would stop it.
async fn start<M: Remote>(remote: &M, order: &TaskOrder) -> Result<String, End> {
    let mut run = remote.run_task(order).await;
    let is_lost = is_unanswered(&run);
    if is_lost {
        run = remote.run_task(order).await;
    }
    let end = match run {
        TaskRun::Started(arn) => return Ok(arn),
        TaskRun::Refused(told) => End::NotStarted(Obstacle::NotStarted, told),
        TaskRun::Not(hidden) => End::Not(Obstacle::of(hidden)),
    };
    let made = if is_lost { made(remote, order).await } else { None };
    made.ok_or(end)
}

/// The task that a request made whose answer was lost. ECS's lists may be some seconds behind.
async fn made<M: Remote>(remote: &M, order: &TaskOrder) -> Option<String> {
    for pause_ms in MADE_PAUSES_MS {
        remote.sleep(pause_ms).await;
        if let Fact::Known(arns) = remote.started(&order.cluster, &order.started_by).await
            && let Some(arn) = arns.into_iter().next()
        {
            return Some(arn);
        }
    }
    None
}

/// No answer, or an error of ECS's own: it may have made the task.
fn is_unanswered(run: &TaskRun) -> bool {
    match run {
        TaskRun::Not(Hidden { why: Why::NoAnswer { .. }, .. }) => true,
        TaskRun::Not(Hidden { why: Why::Refused { status, .. }, .. }) => *status >= 500,
        _ => false,
    }
}

/// Asks for the task until it has stopped.
async fn watch<M: Remote>(
    remote: &M,
    order: &TaskOrder,
    arn: &str,
    errand: &Errand,
    stop: Stop,
) -> Result<SeenTask, Obstacle> {
    let began_ms = remote.elapsed_ms();
    let budget_ms = errand.budget.as_secs_f64() * 1e3;
    let (mut pause_ms, mut silent, mut status) = (FIRST_PAUSE_MS, 0, "PROVISIONING".to_owned());
    let mut unknown_since_ms = began_ms;
    loop {
        let left_ms = budget_ms - (remote.elapsed_ms() - began_ms);
        if left_ms <= 0.0 {
            return Err(Obstacle::NeverStopped { status, waited_s: errand.budget.as_secs_f64() });
        }
        let next = async {
            remote.sleep(pause_ms.min(left_ms)).await;
            remote.task(&order.cluster, arn, &order.container).await
        };
        let seen = tokio::select! {
            biased;
            _ = stop.clone() => return Err(Obstacle::Interrupted),
            seen = next => seen,
        };
        pause_ms = (pause_ms * 2.0).min(LONGEST_PAUSE_MS);
        match seen {
            Fact::Known(seen) if seen.has_stopped() => return Ok(seen),
            Fact::Known(seen) => {
                (status, silent, unknown_since_ms) = (seen.last_status, 0, remote.elapsed_ms());
            }
            Fact::Absent if remote.elapsed_ms() - unknown_since_ms > UNKNOWN_MS => return Err(Obstacle::Lost),
            Fact::Absent => {}
            Fact::Hidden(hidden) => {
                silent += 1;
                let obstacle = Obstacle::of(hidden);
                if silent >= SILENT || matches!(obstacle, Obstacle::NotAllowed { .. }) {
                    return Err(obstacle);
                }
            }
        }
    }
}

/// Stops the task, as far as that can be done in time. What is returned stood in the way.
async fn end<M: Remote>(remote: &M, cluster: &str, arn: &str) -> Option<Hidden> {
    let late = || Hidden { action: "ecs:StopTask".to_owned(), why: Why::NotAsked };
    tokio::select! {
        kept = remote.stop_task(cluster, arn) => kept,
        () = remote.sleep(STOPPING_MS) => Some(late()),
    }
}

/// The report, as soon as the log has it.
async fn log<M: Remote>(remote: &M, errand: &Errand, arn: &str) -> End {
    let Some(stream) = &errand.log else { return End::Exited { log: NoReport::NotLogged } };
    let task = arn.rsplit('/').next().unwrap_or(arn);
    let mut why = NoReport::NoStream;
    for pause in LOG_PAUSES_MS.map(Some).into_iter().chain([None]) {
        match remote.log(stream, task).await {
            Fact::Known(events) => {
                if let Some(report) = report_in(&events) {
                    return End::Report(report);
                }
                why = NoReport::NotInIt;
            }
            Fact::Absent => why = NoReport::NoStream,
            Fact::Hidden(hidden) => {
                let is_final = matches!(Obstacle::of(hidden.clone()), Obstacle::NotAllowed { .. });
                why = NoReport::Hidden(hidden);
                if is_final {
                    break;
                }
            }
        }
        match pause {
            Some(pause) => remote.sleep(pause).await,
            None => break,
        }
    }
    End::Exited { log: why }
}
