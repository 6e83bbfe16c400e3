//! The probe as a Lambda function: one invocation after another, for as long as Lambda asks. An invocation keeps nothing for
//! the next one: it sets up the network and asks for credentials and tokens anew. Only one thing is kept: which versions of
//! which tasks were explained.

mod told;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use self::told::Told;
use super::metrics::Sinks;
use super::printer::Lines;
use super::{Exit, Failure, logging, lookup, print, runtime, say};
use crate::config::{Asked, KEPT_BACK, NotAsked, RuntimeAddress, Settings, UsageError, options};
use crate::edge::{Invocation, NoRuntime, Posted, RuntimeApi, address_ranges};
use crate::metrics::is_told;
use crate::model::Report;
use crate::reason::{Context, EXPLANATIONS_SCHEMA, Explanations, TaskChange};
use crate::wire::scrub;
use crate::{render, run};

/// The longest answer, in bytes: Lambda takes 6 MB (AWS Lambda Developer Guide, "Lambda quotas").
const LONGEST: usize = 6_000_000;

/// The longest line of the log, in bytes: an event of CloudWatch Logs (CloudWatch Logs User Guide, "CloudWatch Logs quotas";
/// this is the older limit, which is smaller than today's).
const LONGEST_LINE: usize = 256 * 1024 - 26;

/// A check has to end this long before the deadline, so that its result can still be sent.
const LAST: Duration = Duration::from_millis(500);

/// How long CloudWatch is waited for at most, when the report is there.
const LONGEST_SENDING: Duration = Duration::from_secs(10);

/// Lines that wait for Lambda to read stdout.
const WAITING: usize = 8;

/// Serves invocations until the runtime API says that there are no more, or gives none.
pub fn serve(address: &str) -> Result<Exit, Failure> {
    let api = RuntimeApi::new(RuntimeAddress::read(address)?);
    runtime()?.block_on(async {
        let log = match logging::start(&lookup, None) {
            Ok(log) => log,
            Err(wrong) => {
                let error = Wrong::Environment(wrong.clone());
                // Lambda ends the function in any case, and stderr says why.
                let _ = api.fail_to_begin(error.kind(), error.json()).await;
                return Err(Failure::Usage(wrong));
            }
        };
        let mut function =
            Function { api, log, stdout: Lines::start(WAITING, |line| drop(print(line))), told: Told::default() };
        let ended = function.serve().await;
        function.flush();
        ended.map(|never| match never {}).map_err(Failure::from)
    })
}

/// A value of this type is never made: serving ends with an error only.
enum Never {}

/// Why an invocation has no result.
#[derive(Debug, thiserror::Error)]
enum Wrong {
    /// The event, a setting in the environment, or the time that is left.
    #[error(transparent)]
    NotAsked(#[from] NotAsked),
    /// A setting in the environment that is not read with the event.
    #[error(transparent)]
    Environment(UsageError),
    /// The event was not read to its end.
    #[error("the event is longer than 8 MiB; a function takes at most 1 MiB")]
    LongEvent,
    /// The check did not end in time, although its budget ends before.
    #[error(
        "the check did not end before the function's deadline, although its budget ends {} s earlier; give the function more memory, with which its share of the CPU grows, or a longer timeout",
        KEPT_BACK.as_secs()
    )]
    Late,
    /// Its result is longer than Lambda takes.
    #[error(transparent)]
    TooLong(#[from] run::TooLong),
    /// The runtime API refused the result for its length, in bytes.
    #[error("Lambda does not take a result of {0} bytes: name fewer images")]
    NotTaken(usize),
}

impl Wrong {
    /// The type of the error, as the caller of the function sees it.
    fn kind(&self) -> &'static str {
        match self {
            Wrong::NotAsked(NotAsked::Event(_)) | Wrong::LongEvent => "WrongEvent",
            Wrong::NotAsked(NotAsked::Environment(_)) | Wrong::Environment(_) => "WrongEnvironment",
            Wrong::NotAsked(NotAsked::NoTime(_)) | Wrong::Late => "Late",
            Wrong::TooLong(_) | Wrong::NotTaken(_) => "TooLong",
        }
    }

    /// The error in one line, without secrets that a setting or an event may hold.
    fn message(&self) -> String {
        scrub(&self.to_string())
    }

    fn json(&self) -> String {
        let stack_trace: [&str; 0] = [];
        let error = json!({
            "errorMessage": self.message(),
            "errorType": self.kind(),
            "stackTrace": stack_trace,
        });
        error.to_string()
    }
}

/// The result of an invocation.
struct Done {
    json: String,
    /// The event of a task that it tells of.
    tells: Option<TaskChange>,
}

struct Function {
    api: RuntimeApi,
    log: Option<Lines>,
    stdout: Lines,
    told: Told,
}

impl Function {
    async fn serve(&mut self) -> Result<Never, NoRuntime> {
        loop {
            let mut invocation = self.api.next().await?;
            let done = self.result(&mut invocation).await;
            // The process may be frozen as soon as the result is told.
            self.flush();
            match done {
                Ok(done) => self.respond(&invocation, done).await?,
                Err(wrong) => self.fail(&invocation, &wrong).await?,
            }
        }
    }

    async fn result(&self, invocation: &mut Invocation) -> Result<Done, Wrong> {
        let event = invocation.event.take().ok_or(Wrong::LongEvent)?;
        match Asked::read(&event, &lookup, invocation.left())? {
            Asked::Check(settings) => {
                drop(event);
                let check = self.check(&settings, invocation);
                let Some(left) = invocation.left() else { return check.await };
                timeout(left.saturating_sub(LAST), check).await.unwrap_or(Err(Wrong::Late))
            }
            Asked::Explanation(event) => self.explain(&event),
        }
    }

    /// Checks as `check` does, with its numbers.
    async fn check(&self, settings: &Settings, invocation: &Invocation) -> Result<Done, Wrong> {
        // What it reads is the environment's: a CA bundle, address ranges, task metadata.
        let mut context = run::discover(settings).await.map_err(Wrong::Environment)?;
        context.vantage.account.clone_from(&invocation.account);
        let mut sinks = Sinks::new(settings);
        sinks.through(context.live.cloudwatch(context.region()));
        let report = run::check(settings, context, std::future::pending()).await;
        let lines = if is_told(&report, false) { sinks.take(&report, report.verdict) } else { String::new() };
        let json = self.logged(report);
        self.print(lines);
        let left = invocation.left().map_or(LONGEST_SENDING, |left| left.saturating_sub(2 * LAST));
        if let Err(why) = sinks.send(left.min(LONGEST_SENDING)).await {
            warn(&why.to_string());
        }
        Ok(Done { json: json?, tells: None })
    }

    /// The report for the caller. It is logged too: the result of an invocation that a schedule made goes nowhere.
    fn logged(&self, report: Report) -> Result<String, Wrong> {
        let json = render::json(&report);
        if json.len() <= LONGEST_LINE {
            self.print(format!("{json}\n"));
            return Ok(json);
        }
        drop(json);
        // Where the findings alone are longer than a line of the log, only the caller gets them.
        if let Ok(line) = run::fit(report.clone(), LONGEST_LINE) {
            self.print(format!("{line}\n"));
        }
        Ok(run::fit(report, LONGEST)?)
    }

    /// Says why a task stopped. An event that comes again gets the same answer: that this function gave it before does not
    /// mean that its caller received it.
    fn explain(&self, event: &Value) -> Result<Done, Wrong> {
        let task = TaskChange::read(event);
        let repeated = self.told.has(&task);
        let (summary, explanations) = if !task.is_stopped() || task.is_well() {
            (render::summary(&task, &[]), Vec::new())
        } else {
            let file = options::IP_RANGES.given(None, &lookup).map_err(Wrong::Environment)?;
            let ranges = address_ranges(file.as_deref()).map_err(Wrong::Environment)?;
            let context = Context { ranges, vpc: Vec::new() };
            let failures = task.failures(&context);
            (render::summary(&task, &failures), failures.into_iter().map(|it| it.explanation).collect())
        };
        let tells = Some(task.clone()).filter(TaskChange::is_stopped);
        let (schema, task_arn) = (EXPLANATIONS_SCHEMA, task.task_arn);
        let json = render::json(&Explanations { schema, task_arn, repeated, summary, explanations });
        // A metric filter counts lines: one for each version of a task.
        if !repeated {
            self.print(format!("{json}\n"));
        }
        Ok(Done { json, tells })
    }

    async fn respond(&mut self, invocation: &Invocation, done: Done) -> Result<(), NoRuntime> {
        let bytes = done.json.len();
        match self.api.respond(invocation, done.json).await {
            Ok(Posted::Taken) => {
                if let Some(task) = done.tells {
                    self.told.add(&task);
                }
                Ok(())
            }
            Ok(Posted::TooLarge) => self.fail(invocation, &Wrong::NotTaken(bytes)).await,
            Ok(Posted::Refused(status)) => {
                warn(&format!("the Lambda runtime API refused a result with HTTP {status}: the invocation is over"));
                Ok(())
            }
            // A server that refuses a long result may close the connection before it has read all of it.
            Err(NoRuntime::NoAnswer { .. }) if bytes > LONGEST / 6 => {
                self.fail(invocation, &Wrong::NotTaken(bytes)).await
            }
            Err(lost) => Err(lost),
        }
    }

    async fn fail(&self, invocation: &Invocation, wrong: &Wrong) -> Result<(), NoRuntime> {
        tracing::info!(error = wrong.message(), "the invocation failed");
        match self.api.fail(invocation, wrong.kind(), wrong.json()).await? {
            Posted::Taken => {}
            Posted::TooLarge => warn("the Lambda runtime API takes no error of this invocation: too large"),
            Posted::Refused(status) => {
                warn(&format!("the Lambda runtime API refused an error with HTTP {status}: the invocation is over"));
            }
        }
        Ok(())
    }

    fn print(&self, lines: String) {
        if !lines.is_empty() && !self.stdout.send(lines.into_bytes()) {
            warn("stdout is blocked: lines are dropped");
        }
    }

    fn flush(&self) {
        self.stdout.finish();
        if let Some(log) = &self.log {
            log.finish();
        }
    }
}

/// Warns by the log, or on stderr where no log was asked for.
fn warn(why: &str) {
    if tracing::enabled!(tracing::Level::WARN) { tracing::warn!("{why}") } else { say(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_check_is_not_advised_what_it_has_already() {
        let told = Wrong::Late.message();
        // The budget of every check ends before the deadline.
        assert!(
            told.contains("more memory") && told.contains("longer timeout") && !told.contains("or the event"),
            "{told}"
        );
    }
}
