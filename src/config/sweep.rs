//! What `sweep` is to look at and by what, of arguments and environment.

use std::time::Duration;

use super::{AuditArguments, AuditSettings, Lookup, SweepArguments, SweepVia, UsageError, options};

/// Everything that steers a sweep.
#[derive(Debug, Clone)]
pub struct SweepSettings {
    /// How AWS is asked, which service it is about, and how the result is told.
    pub audit: AuditSettings,
    /// What the checks are done by; `None` means what is there.
    pub via: Option<SweepVia>,
    /// Functions, by name or ARN, in place of those with the tag.
    pub functions: Vec<String>,
    /// The task definition of the probe.
    pub task_definition: String,
    /// How long each task or function is waited for.
    pub budget: Duration,
}

impl SweepSettings {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// A value that cannot be read, or options that contradict each other.
    pub fn new(arguments: &SweepArguments, lookup: Lookup<'_>) -> Result<Self, UsageError> {
        let audit = AuditArguments {
            cluster: Some(arguments.cluster.clone()),
            service: Some(arguments.service.clone()),
            fix: arguments.fix,
            report: arguments.report.clone(),
            common: arguments.common.clone(),
            ..AuditArguments::default()
        };
        if arguments.via == Some(SweepVia::RunTask) && !arguments.function.is_empty() {
            return Err(UsageError("--function is for --via lambda: leave out one of the two".to_owned()));
        }
        let invokes = arguments.via == Some(SweepVia::Lambda) || !arguments.function.is_empty();
        if invokes && arguments.task_definition.is_some() {
            return Err(UsageError(
                "--task-definition is for --via run-task, and functions are to be invoked: leave it out".to_owned(),
            ));
        }
        Ok(SweepSettings {
            audit: AuditSettings::new(&audit, lookup)?,
            via: arguments.via,
            functions: arguments.function.clone(),
            task_definition: options::PROBE.settled(arguments.task_definition.clone(), lookup)?,
            budget: options::SWEEP_BUDGET.settled(arguments.budget, lookup)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(change: impl FnOnce(&mut SweepArguments)) -> Result<SweepSettings, String> {
        let mut arguments =
            SweepArguments { cluster: "main".into(), service: "web".into(), ..SweepArguments::default() };
        change(&mut arguments);
        let lookup = |name: &str| (name == "AWS_REGION").then(|| "eu-west-1".to_owned());
        SweepSettings::new(&arguments, &lookup).map_err(|error| error.0)
    }

    #[test]
    fn a_sweep_is_of_one_service() {
        let settings = read(|_| {}).unwrap();
        assert_eq!(settings.audit.aim.service.as_deref(), Some("web"));
        assert_eq!((settings.task_definition.as_str(), settings.budget), ("ecr-probe", Duration::from_secs(600)));
        assert!(read(|it| it.service = "a b".into()).unwrap_err().starts_with("--service \"a b\""));
        assert!(read(|it| it.cluster = "a b".into()).unwrap_err().starts_with("--cluster \"a b\""));
    }

    #[test]
    fn options_that_contradict_each_other_are_named() {
        let function = |it: &mut SweepArguments| it.function = vec!["probe-a".into()];
        let error = read(|it| {
            function(it);
            it.via = Some(SweepVia::RunTask);
        });
        assert!(error.unwrap_err().starts_with("--function is for --via lambda"));
        let error = read(|it| {
            function(it);
            it.task_definition = Some("probe".into());
        });
        assert!(error.unwrap_err().starts_with("--task-definition is for --via run-task"));
        assert_eq!(read(function).unwrap().functions, ["probe-a"]);
    }
}
