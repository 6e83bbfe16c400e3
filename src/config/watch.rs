//! Settings of `watch` and `health`.

use std::path::PathBuf;
use std::time::Duration;

use super::{
    AuditBeside, CheckArguments, Every, HealthArguments, Lookup, Output, PullDepth, Settings, UsageError,
    WatchArguments, options,
};

/// What steers a watch.
#[derive(Debug, Clone)]
pub struct WatchSettings {
    /// Of the rounds that are like a check, with little of the layers fetched.
    pub plain: Settings,
    /// Of those that fetch every byte.
    pub verify: Settings,
    /// From the start of one round to the start of the next.
    pub interval: Duration,
    /// The first round begins within so long, at random.
    pub start_spread: Duration,
    /// `None` means never.
    pub verify_every: Option<Duration>,
    /// The file that `health` reads.
    pub state: PathBuf,
}

impl WatchSettings {
    /// # Errors
    ///
    /// The first value that cannot be read, with its name.
    pub fn read(arguments: &WatchArguments, lookup: Lookup<'_>) -> Result<Self, UsageError> {
        if arguments.check.report.fail_on.is_some() {
            return Err(UsageError("--fail-on is for check: a watch does not end with its verdict".to_owned()));
        }
        if arguments.check.audit == Some(AuditBeside::Auto) {
            return Err(UsageError("--audit is for check: a watch reads no configuration".to_owned()));
        }
        let with = |depth: PullDepth| CheckArguments { pull: Some(depth), ..arguments.check.clone() };
        let depth = options::PULL.given(arguments.check.pull, lookup)?.unwrap_or(PullDepth::Reach);
        let mut plain = Settings::for_check(&with(depth), lookup)?;
        let mut verify = Settings::for_check(&with(PullDepth::Verify), lookup)?;
        // One line a round, for whatever reads the log; text only where it is asked for.
        let form = arguments.check.common.form;
        let output = match options::OUTPUT.given(form.output, lookup)? {
            None => Output::Json,
            Some(output) if output.is_whole() => return Err(no_form_of_a_watch(arguments, output)),
            Some(_) => form.settled(lookup)?,
        };
        (plain.output, verify.output) = (output, output);
        (plain.audit, verify.audit) = (AuditBeside::Off, AuditBeside::Off);
        plain.skip_other_registries = plain.pull != PullDepth::Verify;
        let interval = options::INTERVAL.settled(arguments.interval, lookup)?;
        let verify_every = match options::VERIFY_EVERY.settled(arguments.verify_every, lookup)? {
            Every::Never => None,
            Every::Each(duration) => Some(duration),
        };
        Ok(WatchSettings {
            plain,
            verify,
            interval,
            start_spread: match options::START_SPREAD.settled(arguments.start_spread, lookup)? {
                Every::Never => Duration::ZERO,
                Every::Each(duration) => duration,
            },
            verify_every,
            state: options::STATE.settled(arguments.state.clone(), lookup)?,
        })
    }

    /// For how long the state of a round counts, in seconds: two rounds may fail to come, each as
    /// long as a round may be.
    pub fn valid_for_s(&self) -> u64 {
        let longest = self.interval.max(self.plain.budget);
        (longest * 2 + self.verify.budget + self.interval).as_secs().max(1)
    }
}

/// A watch has no end, and a document does.
fn no_form_of_a_watch(arguments: &WatchArguments, output: Output) -> UsageError {
    let name = match (arguments.check.common.form.output, options::OUTPUT.variable) {
        (None, Some(variable)) => variable,
        _ => options::OUTPUT.name,
    };
    let judge = format!("ecr-probe judge FILE --output {}", output.name());
    UsageError(format!(
        "{name} {:?}: a watch prints text or json, a report a round; keep its reports with --save FILE and run {judge}",
        output.name()
    ))
}

/// The file that `health` reads.
///
/// # Errors
///
/// The variable holds no path.
pub fn health_state(arguments: &HealthArguments, lookup: Lookup<'_>) -> Result<PathBuf, UsageError> {
    options::STATE.settled(arguments.state.clone(), lookup)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Depth, FormArguments};

    fn read(change: impl FnOnce(&mut WatchArguments)) -> Result<WatchSettings, UsageError> {
        let mut arguments = WatchArguments::default();
        change(&mut arguments);
        WatchSettings::read(&arguments, &|_| None)
    }

    #[test]
    fn a_watch_reaches_each_minute_and_verifies_now_and_then() {
        let settings = read(|_| {}).unwrap();
        assert_eq!((settings.plain.pull, settings.plain.budget), (PullDepth::Reach, Duration::from_secs(60)));
        assert_eq!((settings.verify.pull, settings.verify.budget), (PullDepth::Verify, Duration::from_secs(300)));
        assert_eq!((settings.plain.output, settings.interval), (Output::Json, Duration::from_secs(60)));
        assert_eq!(settings.verify_every, Some(Duration::from_secs(21_600)));
        assert!(settings.plain.skip_other_registries && !settings.verify.skip_other_registries);
        assert_eq!(settings.valid_for_s(), 480);
        let manifests = |name: &str| (name == "ECR_PROBE_PULL").then(|| "none".to_owned());
        let settings = WatchSettings::read(&WatchArguments::default(), &manifests).unwrap();
        assert_eq!((settings.plain.pull, settings.verify.pull), (PullDepth::None, PullDepth::Verify));
    }

    #[test]
    fn what_is_no_setting_of_a_watch_is_said_to_be_none() {
        assert!(read(|it| it.check.report.fail_on = Some("degraded".into())).unwrap_err().0.contains("--fail-on"));
        let often = |name: &str| (name == "ECR_PROBE_INTERVAL").then(|| "often".to_owned());
        let error = WatchSettings::read(&WatchArguments::default(), &often).unwrap_err().0;
        assert!(error.starts_with("ECR_PROBE_INTERVAL \"often\": not a duration"), "{error}");
        assert_eq!(read(|it| it.verify_every = Some(Every::Never)).unwrap().verify_every, None);
        let error = read(|it| it.check.common.form.output = Some(Output::Html)).unwrap_err().0;
        assert!(error.starts_with("--output \"html\": a watch prints text or json"), "{error}");
        let junit = |name: &str| (name == "ECR_PROBE_OUTPUT").then(|| "junit".to_owned());
        let error = WatchSettings::read(&WatchArguments::default(), &junit).unwrap_err().0;
        assert!(error.starts_with("ECR_PROBE_OUTPUT \"junit\": a watch"), "{error}");
        assert_eq!(
            read(|it| it.check.common.form.output = Some(Output::Text(Depth::Screen))).unwrap().plain.output,
            Output::Text(Depth::Screen)
        );
        let whole = read(|it| {
            it.check.common.form = FormArguments { output: Some(Output::Text(Depth::Screen)), verbose: true }
        });
        assert_eq!(whole.unwrap().plain.output, Output::Text(Depth::Whole));
    }
}
