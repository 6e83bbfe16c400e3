//! `ecr-probe watch`: round after round until it is told to stop.

use std::hash::{BuildHasher, RandomState};
use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::time::Instant;

use super::printer::Printer;
use super::{Exit, lookup, runtime, signals};
use crate::config::{Output, Settings, UsageError, WatchArguments, WatchSettings};
use crate::edge::state_file;
use crate::model::{Report, Verdict};
use crate::render::{self, Style};
use crate::run;
use crate::watch::{Change, History, Kind, Schedule, Standing, State};

/// How often the first round is tried: task metadata may come up after the container.
const FIRST_TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// How long a round may overrun its budget before it is given up as lost.
const OVERRUN: Duration = Duration::from_secs(5);

pub fn watch(arguments: &WatchArguments) -> Result<Exit, UsageError> {
    let settings = WatchSettings::read(arguments, &lookup)?;
    let runtime = runtime()?;
    let done = runtime.block_on(async {
        let stop = pin!(signals::stop());
        Watch::new(&settings).run(stop).await
    });
    runtime.shutdown_background();
    done
}

/// A watch under way.
struct Watch<'s> {
    settings: &'s WatchSettings,
    began: Instant,
    schedule: Schedule,
    history: History,
    printer: Printer,
    state_written: bool,
}

/// Why a round gave no report.
enum Ended {
    /// The process was told to stop.
    Stopped(String),
    Failed(UsageError),
}

impl<'s> Watch<'s> {
    fn new(settings: &'s WatchSettings) -> Self {
        Watch {
            settings,
            began: Instant::now(),
            schedule: Schedule::new(settings.interval, settings.verify_every, chance()),
            history: History::default(),
            printer: Printer::start(),
            state_written: true,
        }
    }

    async fn run(mut self, mut stop: Pin<&mut impl Future<Output = String>>) -> Result<Exit, UsageError> {
        tracing::info!(interval = ?self.settings.interval, state = %self.settings.state.display(), "watching");
        let mut rounds = 0_u32;
        let mut told = 0_u32;
        let why = loop {
            let began = self.began.elapsed();
            let kind = self.schedule.begin(began);
            rounds = rounds.saturating_add(1);
            match self.round(kind, stop.as_mut()).await {
                Ok(report) => {
                    told += 1;
                    self.tell(&report, kind);
                }
                Err(Ended::Stopped(why)) => break why,
                // Before anything was told, what is wrong is most likely the settings.
                Err(Ended::Failed(error)) if told == 0 && rounds >= FIRST_TRIES => return Err(error),
                Err(Ended::Failed(error)) => tracing::warn!(%error, "a round could not begin"),
            }
            let next = match told {
                0 => self.began.elapsed() + FIRST_PAUSE,
                _ => self.schedule.next(began, self.began.elapsed(), chance()),
            };
            tokio::select! {
                biased;
                why = stop.as_mut() => break why,
                () = tokio::time::sleep_until(self.began + next) => {}
            }
        };
        tracing::info!(rounds, why, "stopped");
        self.printer.finish();
        Ok(Exit::Healthy)
    }

    /// One round, within its budget. What is under way is given up when the process is to stop.
    async fn round(&self, kind: Kind, stop: Pin<&mut impl Future<Output = String>>) -> Result<Report, Ended> {
        let settings = match kind {
            Kind::Plain => &self.settings.plain,
            Kind::Verify => &self.settings.verify,
        };
        let check = async {
            let place = run::arrive(settings).await?;
            Ok(run::check(settings, place, std::future::pending()).await)
        };
        tokio::select! {
            biased;
            why = stop => Err(Ended::Stopped(why)),
            report = tokio::time::timeout(settings.budget + OVERRUN, check) => match report {
                Ok(report) => report.map_err(Ended::Failed),
                Err(_) => Err(Ended::Failed(UsageError(format!("the round did not end in {:?}", settings.budget + OVERRUN)))),
            },
        }
    }

    fn tell(&mut self, report: &Report, kind: Kind) {
        let (change, standing) = self.history.take(report, kind);
        log(report, &change, &standing);
        self.keep(report, &standing);
        let settings = &self.settings.plain;
        save(report, settings);
        self.printer.print(match settings.output {
            Output::Json => render::json(report) + "\n",
            Output::Text => render::text(report, Style::Plain) + "\n",
        });
    }

    /// Leaves the state for the health check. That it cannot be written is said once, and once that it can again.
    fn keep(&mut self, report: &Report, standing: &Standing) {
        let now = state_file::now();
        let state = State::new(standing.verdict, &standing.codes, now, self.settings.valid_for_s());
        let written = state_file::write(&self.settings.state, &state);
        let file = self.settings.state.display();
        match (&written, self.state_written) {
            (Err(why), true) => tracing::warn!(%file, why, "the state cannot be written: health will fail"),
            (Ok(()), false) => tracing::info!(%file, verdict = report.verdict.name(), "the state is written again"),
            _ => {}
        }
        self.state_written = written.is_ok();
    }
}

/// The report with all evidence, for whoever looks into the container.
fn save(report: &Report, settings: &Settings) {
    let Some(path) = &settings.save else { return };
    if let Err(error) = std::fs::write(path, render::json(report) + "\n") {
        tracing::warn!(file = %path.display(), %error, "the report cannot be saved");
    }
}

/// A change is told once, with the first diagnosis; a round like the one before is told to who asks for more.
fn log(report: &Report, change: &Change, standing: &Standing) {
    let verdict = standing.verdict.name();
    let codes = list(standing.codes.iter());
    let summary = report.diagnoses.first().map(|finding| finding.summary.as_str()).unwrap_or_default();
    let took_ms = report.duration_ms;
    let (was, appeared, gone) = match change {
        Change::Same => {
            tracing::debug!(verdict, codes, took_ms, "as before");
            return;
        }
        Change::First => ("", String::new(), String::new()),
        Change::Changed { was, appeared, gone } => (was.name(), list(appeared.iter()), list(gone.iter())),
    };
    match standing.verdict {
        Verdict::Healthy => tracing::info!(verdict, was, gone, took_ms, "pulls work"),
        Verdict::Degraded => tracing::warn!(verdict, was, codes, appeared, gone, summary, "pulls work, with faults"),
        Verdict::Inconclusive => {
            tracing::warn!(verdict, was, codes, appeared, gone, summary, "whether pulls work is not known");
        }
        Verdict::Unhealthy => tracing::error!(verdict, was, codes, appeared, gone, summary, "pulls fail"),
    }
}

fn list<'c>(codes: impl Iterator<Item = &'c crate::model::Code>) -> String {
    codes.map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Between 0 and 1, from the seed that the system gives each hasher.
fn chance() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    (random >> 11) as f64 / (1_u64 << 53) as f64
}
