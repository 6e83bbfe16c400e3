//! `ecr-probe check`.

use std::cell::Cell;
use std::pin::pin;
use std::time::{Duration, Instant};

use super::metrics::Sinks;
use super::{Exit, Failure, forms, lookup, print, progress, runtime, say, signals};
use crate::config::{CheckArguments, Output, Settings};
use crate::edge::whole_file;
use crate::metrics::is_told;
use crate::model::Report;
use crate::{render, run};

/// How long CloudWatch is waited for at most, when the report is out.
const LONGEST_SENDING: Duration = Duration::from_secs(10);

/// `ecr-probe check`
pub fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let settings = Settings::for_check(arguments, &lookup)?;
    let runtime = runtime()?;
    let done = runtime.block_on(walk(settings));
    // A thread may still wait, for the reader of stdout or in a library: nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn walk(settings: Settings) -> Result<Exit, Failure> {
    let began = Instant::now();
    let mut stop = pin!(signals::stop());
    let context = tokio::select! {
        context = run::discover(&settings) => context?,
        why = &mut stop => return Err(Failure::Stopped { why, before: "anything was checked" }),
    };
    let stopped = Cell::new(false);
    let stop = async {
        let why = stop.await;
        stopped.set(true);
        why
    };
    let mut sinks = Sinks::new(&settings);
    sinks.through(context.live.cloudwatch(context.region()));
    let progress = context.live.progress();
    let report = tokio::select! {
        report = run::check(&settings, context, stop) => report,
        () = progress::show(&progress) => unreachable!("progress never ends by itself"),
    };
    let exit = Exit::of(&report, settings.fail_on_degraded);
    let lines = if is_told(&report, stopped.get()) { sinks.take(&report, report.verdict) } else { String::new() };
    let budget = settings.budget;
    let delivered = tokio::select! {
        done = tokio::task::spawn_blocking(move || deliver(&report, &lines, &settings)) => {
            done.unwrap_or_else(|panic| Err(panic.into()))
        }
        // A log driver that reads no more blocks the writer.
        why = signals::stop() => return Err(Failure::Stopped { why, before: "the report was read" }),
    };
    if !stopped.get() {
        let left = budget.saturating_sub(began.elapsed()).min(LONGEST_SENDING);
        tokio::select! {
            sent = sinks.send(left) => sent.unwrap_or_else(|why| warn(&why.to_string())),
            _ = signals::stop() => {}
        }
    }
    delivered.map(|()| exit)
}

/// A reader who asked for no log still wants to know why the dashboard is empty.
fn warn(why: &str) {
    if tracing::enabled!(tracing::Level::WARN) { tracing::warn!("{why}") } else { say(why) }
}

/// Prints and saves. A file that cannot be written must not cost the report, nor the other way round.
pub(super) fn deliver(report: &Report, lines: &str, settings: &Settings) -> Result<(), Failure> {
    let shown = show(report, settings.output).and_then(|()| print(lines));
    let saved = settings.save.as_ref().map_or(Ok(()), |path| {
        let bytes = render::json(report) + "\n";
        whole_file::replace(path, bytes.as_bytes()).map_err(|source| Failure::Save { path: path.clone(), source })
    });
    shown.and(saved)
}

/// Prints the report in the form asked for.
pub fn show(report: &Report, output: Output) -> Result<(), Failure> {
    print(&forms::report(report, output))
}
