//! `ecr-probe check`.

use super::{Exit, lookup, print, progress, signals, style};
use crate::config::{CheckArguments, Output, Settings, UsageError};
use crate::model::Report;
use crate::{render, run};

pub fn check(arguments: &CheckArguments) -> Result<Exit, UsageError> {
    let settings = Settings::for_check(arguments, &lookup)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| UsageError(format!("no runtime: {error}")))?;
    let report = runtime.block_on(async {
        let place = tokio::select! {
            place = run::arrive(&settings) => place?,
            why = signals::stop() => return Err(UsageError(format!("{why} before anything was checked"))),
        };
        let progress = place.live.progress();
        tokio::select! {
            report = run::check(&settings, place, signals::stop()) => Ok(report),
            () = progress::show(&progress) => unreachable!("progress never ends by itself"),
        }
    })?;
    if let Some(path) = &settings.save {
        std::fs::write(path, render::json(&report) + "\n")
            .map_err(|error| UsageError(format!("--save {}: {error}", path.display())))?;
    }
    show(&report, settings.output)?;
    Ok(Exit::of(&report, settings.fail_on_degraded))
}

/// Prints the report in the form asked for.
pub fn show(report: &Report, output: Output) -> Result<(), UsageError> {
    match output {
        Output::Json => print(&(render::json(report) + "\n")),
        Output::Text => print(&render::text(report, style())),
    }
}
