//! `ecr-probe watch`: round after round until it is told to stop.

mod chance;
mod log;
mod rounds;

use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::time::Instant;

use self::chance::chance;
use self::log::log;
use self::rounds::{LiveRounds, Rounds};
use super::metrics::Sinks;
use super::printer::Printer;
use super::{Exit, Failure, lookup, runtime, signals};
use crate::config::{Depth, Output, PullDepth, UsageError, WatchArguments, WatchSettings};
use crate::edge::{state_file, whole_file};
use crate::model::{Report, Verdict};
use crate::render::short::{self, Screen};
use crate::render::{self, Style};
use crate::run::no_image;
use crate::watch::{History, Kind, Schedule, Standing, State};

/// How long a first round is tried for. Task metadata may come up after the container, and ECS does not start a container
/// again that ran for less than the `restartAttemptPeriod` of its restart policy, five minutes unless set.
const FIRST_TRIES: Duration = Duration::from_secs(5);
const FIRST_TRIES_IN_A_TASK: Duration = Duration::from_secs(6 * 60);
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// How long CloudWatch is waited for after a round, and when the watch is told to stop: ECS kills a
/// container that takes too long to go.
const LONGEST_SENDING: Duration = Duration::from_secs(10);
const LAST_SENDING: Duration = Duration::from_millis(500);

/// `ecr-probe watch`
pub fn watch(arguments: &WatchArguments) -> Result<Exit, Failure> {
    let settings = WatchSettings::read(arguments, &lookup)?;
    if settings.plain.images.is_empty() && settings.plain.environment.metadata_uri.is_none() {
        // Nothing that comes up later names one.
        return Err(UsageError(no_image()).into());
    }
    let runtime = runtime()?;
    let done = runtime.block_on(async {
        let stop = pin!(signals::stop());
        let mut printer = Printer::start();
        let rounds = LiveRounds::new(&settings);
        let done = Watch::new(&settings, rounds, |line| printer.print(line)).run(stop).await;
        printer.finish();
        done
    });
    runtime.shutdown_background();
    done
}

/// Whether what each round does beside its report failed the last time.
#[derive(Debug, Default)]
struct Failing(bool);

impl Failing {
    /// The outcome, where it is another than the last: a failure is told once, and once its end.
    fn turn<E>(&mut self, outcome: Result<(), E>) -> Option<Result<(), E>> {
        let failed = outcome.is_err();
        (std::mem::replace(&mut self.0, failed) != failed).then_some(outcome)
    }
}

/// A watch under way.
struct Watch<'s, R, P> {
    settings: &'s WatchSettings,
    rounds: R,
    print: P,
    began: Instant,
    schedule: Schedule,
    history: History,
    sinks: Sinks,
    /// As it was left last.
    state: Option<State>,
    stateless: Failing,
    unsaved: Failing,
    unsent: Failing,
}

impl<'s, R: Rounds, P: FnMut(String)> Watch<'s, R, P> {
    fn new(settings: &'s WatchSettings, rounds: R, print: P) -> Self {
        Watch {
            settings,
            rounds,
            print,
            began: Instant::now(),
            schedule: Schedule::new(settings.interval, settings.verify_every, chance()),
            history: History::default(),
            sinks: Sinks::new(&settings.plain),
            state: None,
            stateless: Failing::default(),
            unsaved: Failing::default(),
            unsent: Failing::default(),
        }
    }

    /// Goes on until `stop` says why not. What is under way then is given up.
    async fn run(mut self, mut stop: Pin<&mut impl Future<Output = String>>) -> Result<Exit, Failure> {
        tracing::info!(interval = ?self.settings.interval, state = %self.settings.state.display(), "watching");
        let in_a_task = self.settings.plain.environment.metadata_uri.is_some();
        let patience = if in_a_task { FIRST_TRIES_IN_A_TASK } else { FIRST_TRIES };
        let mut told = 0_u64;
        let mut lost = None;
        if let Some(why) = self.hold_back(stop.as_mut()).await {
            tracing::info!(rounds = told, why, "stopped");
            return Ok(Exit::Healthy);
        }
        let why = loop {
            let began = self.began.elapsed();
            let kind = self.schedule.begin(began);
            let round = tokio::select! {
                biased;
                why = stop.as_mut() => break why,
                round = self.rounds.round(kind) => round,
            };
            match round {
                Ok(round) => {
                    told += 1;
                    if lost.take().is_some() {
                        tracing::info!("rounds begin again");
                    }
                    self.tell(&round.report, kind, began);
                    round.cloudwatch.into_iter().for_each(|it| self.sinks.through(it));
                    tokio::select! {
                        biased;
                        why = stop.as_mut() => break why,
                        () = self.send(LONGEST_SENDING) => {}
                    }
                }
                // Before anything was told, what is wrong is most likely the settings.
                Err(error) if told == 0 && self.began.elapsed() + FIRST_PAUSE > patience => return Err(error),
                // Said once, however long it lasts.
                Err(error) => {
                    let error = error.to_string();
                    if lost.as_ref() != Some(&error) {
                        tracing::warn!(%error, "a check round failed to start");
                    }
                    self.lose(&error);
                    // It has seen no byte.
                    if kind == Kind::Verify {
                        self.schedule.verified(true, began);
                    }
                    lost = Some(error);
                }
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
        self.send(LAST_SENDING).await;
        tracing::info!(rounds = told, why, "stopped");
        Ok(Exit::Healthy)
    }

    /// Waits for the first round's moment, as `--start-spread` says; gives back why the watch stops meanwhile. The state
    /// says what is waited for: the task has just been started, so that its images were pulled.
    async fn hold_back(&mut self, stop: Pin<&mut impl Future<Output = String>>) -> Option<String> {
        if self.settings.start_spread.is_zero() {
            return None;
        }
        let wait = self.settings.start_spread.mul_f64(chance());
        tracing::info!(?wait, "the first round waits, so that a fleet does not ask at once");
        let not_begun = Some(format!("the first round waits {} s (--start-spread)", wait.as_secs()));
        let valid_for_s = wait.as_secs() + self.settings.valid_for_s();
        self.keep(State { not_begun, ..State::new(&Standing::unknown(), state_file::now(), valid_for_s) });
        tokio::select! {
            biased;
            why = stop => Some(why),
            () = tokio::time::sleep(wait) => {
                self.began = Instant::now();
                None
            }
        }
    }

    fn tell(&mut self, report: &Report, kind: Kind, began: Duration) {
        let is_full = kind == Kind::Verify || self.settings.plain.pull == PullDepth::Verify;
        let (change, standing) = self.history.take(report, is_full);
        if kind == Kind::Verify {
            self.schedule.verified(matches!(report.verdict, Verdict::Unhealthy | Verdict::Inconclusive), began);
        }
        log(report, &change, &standing);
        self.keep(State::new(&standing, state_file::now(), self.settings.valid_for_s()));
        self.save(report);
        let settings = &self.settings.plain;
        let shown = match settings.output {
            Output::Text(Depth::Screen) => short::report(report, Screen::PLAIN),
            Output::Text(Depth::Whole) => render::text(report, Style::Plain),
            _ => render::json(report),
        };
        (self.print)(format!("{shown}\n{}", self.sinks.take(report, standing.verdict)));
    }

    /// Gives CloudWatch what waits for it. That it does not get it is said once, and once that it does again.
    async fn send(&mut self, within: Duration) {
        let sent = self.sinks.send(within).await;
        match self.unsent.turn(sent) {
            Some(Err(why)) => tracing::warn!("{why}"),
            Some(Ok(())) => tracing::info!("metrics are sent again"),
            None => {}
        }
    }

    /// Leaves the state for the health check. That it cannot be written is said once, and once that it can again.
    fn keep(&mut self, state: State) {
        let written = state_file::write(&self.settings.state, &state);
        let file = self.settings.state.display();
        match self.stateless.turn(written) {
            Some(Err(why)) => tracing::warn!(%file, %why, "the state cannot be written: health will fail"),
            Some(Ok(())) => tracing::info!(%file, verdict = state.verdict.name(), "the state is written again"),
            None => {}
        }
        self.state = Some(state);
    }

    /// Leaves in the state of the last round why no other begins, so that the health check says which of the two it is:
    /// a watch that runs and gets nowhere, or none.
    fn lose(&mut self, why: &str) {
        if let Some(state) = self.state.take() {
            self.keep(State { not_begun: Some(why.to_owned()), ..state });
        }
    }

    /// Leaves the report for somebody who looks into the container. That it cannot be is said once, and once that it can again.
    fn save(&mut self, report: &Report) {
        let Some(path) = &self.settings.plain.save else { return };
        let saved = whole_file::replace(path, (render::json(report) + "\n").as_bytes());
        let file = path.display();
        match self.unsaved.turn(saved) {
            Some(Err(why)) => tracing::warn!(%file, %why, "the report cannot be saved"),
            Some(Ok(())) => tracing::info!(%file, "the report is saved again"),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::rounds::Round;
    use super::*;
    use crate::config::UsageError;
    use crate::watch::blank_report;

    /// Rounds that take as long as they are told to and end as they are told to.
    struct Scripted {
        took: Duration,
        verdicts: RefCell<Vec<Verdict>>,
        seen: RefCell<Vec<(Duration, Kind)>>,
        began: Instant,
    }

    impl Rounds for &Scripted {
        async fn round(&self, kind: Kind) -> Result<Round, Failure> {
            self.seen.borrow_mut().push((self.began.elapsed(), kind));
            tokio::time::sleep(self.took).await;
            match self.verdicts.borrow_mut().pop() {
                Some(verdict) => Ok(Round { report: blank_report(verdict), cloudwatch: None }),
                None => Err(Failure::Usage(UsageError("task metadata is silent".into()))),
            }
        }
    }

    fn scripted(took: Duration, verdicts: Vec<Verdict>) -> Scripted {
        let (verdicts, seen) = (RefCell::new(verdicts), RefCell::default());
        Scripted { took, verdicts, seen, began: Instant::now() }
    }

    /// Watches for so long; gives back how it ended and how many lines it printed.
    async fn watch_for(rounds: &Scripted, long: Duration, state: &std::path::Path) -> (Result<Exit, Failure>, usize) {
        watch_in(&|_| None, rounds, long, state).await
    }

    /// As above, where these environment variables are.
    async fn watch_in(
        variable: &dyn Fn(&str) -> Option<String>,
        rounds: &Scripted,
        long: Duration,
        state: &std::path::Path,
    ) -> (Result<Exit, Failure>, usize) {
        let arguments = WatchArguments { state: Some(state.to_owned()), ..WatchArguments::default() };
        let settings = WatchSettings::read(&arguments, variable).unwrap();
        let mut lines = 0;
        let stop = pin!(async {
            tokio::time::sleep(long).await;
            "the test ends".to_owned()
        });
        let done = Watch::new(&settings, rounds, |_| lines += 1).run(stop).await;
        (done, lines)
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_has_a_round_a_minute_and_four_full_ones() {
        let folder = tempfile::tempdir().unwrap();
        let rounds = scripted(Duration::from_secs(2), vec![Verdict::Healthy; 2_000]);
        let (done, lines) = watch_for(&rounds, Duration::from_secs(86_400), &folder.path().join("state")).await;
        assert_eq!(done.unwrap(), Exit::Healthy);
        let seen = rounds.seen.borrow();
        assert!((1_400..1_480).contains(&seen.len()), "{}", seen.len());
        assert!(lines == seen.len() || lines + 1 == seen.len());
        let deep = seen.iter().filter(|(_, kind)| *kind == Kind::Verify).count();
        assert!((3..=5).contains(&deep), "{deep}");
        // Give or take a tenth, and never two at once.
        let gaps = seen.windows(2).map(|pair| pair[1].0 - pair[0].0);
        assert!(gaps.clone().all(|gap| (54..=66).contains(&gap.as_secs())), "{:?}", gaps.collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn rounds_that_take_longer_than_the_interval_do_not_overlap() {
        let folder = tempfile::tempdir().unwrap();
        let rounds = scripted(Duration::from_secs(100), vec![Verdict::Degraded; 100]);
        watch_for(&rounds, Duration::from_secs(1_000), &folder.path().join("state")).await.0.unwrap();
        let seen = rounds.seen.borrow();
        assert!(seen.windows(2).all(|pair| pair[1].0 - pair[0].0 >= Duration::from_secs(101)), "{seen:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_that_never_begins_ends_and_one_that_has_begun_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let never = scripted(Duration::ZERO, Vec::new());
        let (done, lines) = watch_for(&never, Duration::from_secs(600), &state).await;
        assert_eq!(
            (done.unwrap_err().to_string().as_str(), lines, never.seen.borrow().len()),
            ("task metadata is silent", 0, 3)
        );
        assert!(!state.exists());
        let once = scripted(Duration::ZERO, vec![Verdict::Unhealthy]);
        let (done, lines) = watch_for(&once, Duration::from_secs(600), &state).await;
        assert_eq!((done.unwrap(), lines), (Exit::Healthy, 1));
        assert!(once.seen.borrow().len() >= 9, "{:?}", once.seen.borrow());
        assert_eq!(state_file::read(&state).unwrap().verdict, Verdict::Unhealthy);
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_whose_rounds_fail_to_start_says_so_in_its_state() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let once = scripted(Duration::ZERO, vec![Verdict::Healthy]);
        watch_for(&once, Duration::from_secs(600), &state).await.0.unwrap();
        let left = state_file::read(&state).unwrap();
        let later = crate::model::Timestamp(left.at.0 + 86_400);
        let why = left.vouches(later).unwrap_err().to_string();
        assert!(why.ends_with("rounds fail to start: task metadata is silent"), "{why}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_round_that_did_not_come_about_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let once = scripted(Duration::ZERO, vec![Verdict::Healthy]);
        watch_for(&once, Duration::from_secs(86_400), &folder.path().join("state")).await.0.unwrap();
        let seen = once.seen.borrow();
        let first =
            seen.iter().skip(1).position(|(_, kind)| *kind == Kind::Verify).expect("there is one in six hours") + 1;
        assert_eq!(seen[first + 1].1, Kind::Verify);
    }

    /// Beyond the time after which ECS starts a container again that ended.
    #[tokio::test(start_paused = true)]
    async fn in_a_task_a_watch_waits_for_metadata_beyond_the_restart_period() {
        let folder = tempfile::tempdir().unwrap();
        let never = scripted(Duration::from_secs(1), Vec::new());
        let in_a_task =
            |name: &str| (name == "ECS_CONTAINER_METADATA_URI_V4").then(|| "http://169.254.170.2/v4/x".to_owned());
        let state = folder.path().join("state");
        let (done, _) = watch_in(&in_a_task, &never, Duration::from_secs(3_600), &state).await;
        assert!(done.is_err());
        let lasted = never.began.elapsed().as_secs();
        assert!((301..400).contains(&lasted), "{lasted}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_state_that_cannot_be_written_stops_nothing() {
        let rounds = scripted(Duration::ZERO, vec![Verdict::Healthy; 100]);
        let (done, lines) = watch_for(&rounds, Duration::from_secs(600), "/no/such/folder/state".as_ref()).await;
        assert_eq!(done.unwrap(), Exit::Healthy);
        assert!(lines >= 9);
    }
}
