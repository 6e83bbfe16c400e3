//! The options that take a value: how each is read, which variable stands in for it, and what holds where neither is given.
//! The command line, its help and the settings are all made from here.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::value::{self, ValueError, shown};
use super::{
    AuditBeside, ConnectTo, Every, FixForm, Lookup, MetricsBy, MetricsTo, Output, PullDepth, Services, SweepVia,
    UsageError,
};
use crate::model::LaunchType;
use crate::wire::oci::Platform;

/// The images of a check, comma-separated, where none are named.
pub const IMAGES: &str = "ECR_PROBE_IMAGES";

/// What is logged to stderr.
pub const LOG: &str = "ECR_PROBE_LOG";

/// Where a Lambda function is given its invocations (AWS Lambda Developer Guide, "Using the Lambda runtime API").
pub const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// The subnet that the probe stands in, where nothing else tells it.
pub const SUBNET_ID: &str = "ECR_PROBE_SUBNET_ID";

/// The security groups of the probe's interface, comma-separated, where nothing else tells them.
pub const SECURITY_GROUP_IDS: &str = "ECR_PROBE_SECURITY_GROUP_IDS";

/// Whether the tasks beside a Lambda function get a public IPv4 address, as ECS writes it.
pub const ASSIGN_PUBLIC_IP: &str = "ECR_PROBE_ASSIGN_PUBLIC_IP";

/// What holds where an option is not given.
#[derive(Debug, Clone, Copy)]
pub enum Otherwise {
    /// Nothing.
    None,
    /// As if this had been given.
    Value(&'static str),
    /// Something that depends on the rest, in words.
    Words(&'static str),
}

/// One option.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec<T> {
    /// With its dashes.
    pub name: &'static str,
    /// What it does, as the help says it.
    pub about: &'static str,
    /// The environment variable that stands in for it.
    pub variable: Option<&'static str>,
    /// What holds without either.
    pub default: Otherwise,
    /// Reads a value of it.
    pub read: fn(&str) -> Result<T, ValueError>,
}

impl<T> OptionSpec<T> {
    /// The line of the help.
    pub fn help(&self) -> String {
        let variable = self.variable.map(|name| format!(" [env: {name}]")).unwrap_or_default();
        let default = match self.default {
            Otherwise::None => String::new(),
            Otherwise::Value(text) | Otherwise::Words(text) => format!(" [default: {text}]"),
        };
        format!("{}{variable}{default}", self.about)
    }

    /// Reads a value that is called `name` where it came from.
    ///
    /// # Errors
    ///
    /// The text is no value of the option; the error names both.
    pub fn parse(&self, name: &str, text: &str) -> Result<T, UsageError> {
        (self.read)(text).map_err(|why| UsageError(format!("{name} {}: {why}", shown(text))))
    }

    /// What was given, or else what the variable says.
    ///
    /// # Errors
    ///
    /// The variable holds no value of the option.
    pub fn given(&self, given: Option<T>, lookup: Lookup<'_>) -> Result<Option<T>, UsageError> {
        let from_variable = || {
            let (name, text) = self.variable.and_then(|name| Some((name, lookup(name)?)))?;
            Some(self.parse(name, &text))
        };
        given.map(Ok).or_else(from_variable).transpose()
    }

    /// The same, or else the default value.
    ///
    /// # Errors
    ///
    /// The variable holds no value of the option, or there is no default.
    pub fn settled(&self, given: Option<T>, lookup: Lookup<'_>) -> Result<T, UsageError> {
        match (self.given(given, lookup)?, self.default) {
            (Some(given), _) => Ok(given),
            (None, Otherwise::Value(text)) => self.parse(self.name, text),
            (None, _) => Err(UsageError(format!("{} is needed", self.name))),
        }
    }
}

/// How the report is printed.
pub const OUTPUT: OptionSpec<Output> = OptionSpec {
    name: "--output",
    about: "Form of the report: text, json, html (one page for a browser), markdown, junit; of a watch json, unless text is asked for",
    variable: Some("ECR_PROBE_OUTPUT"),
    default: Otherwise::Value("text"),
    read: value::output,
};

/// Timeout of each act.
pub const TIMEOUT: OptionSpec<Duration> = OptionSpec {
    name: "--timeout",
    about: "Timeout of each network operation: 500ms, 5s, 2m",
    variable: None,
    default: Otherwise::Value("5s"),
    read: value::duration,
};

/// Where the probe stands.
pub const REGION: OptionSpec<String> = OptionSpec {
    name: "--region",
    about: "Region that the probe stands in; each image's own comes from its host",
    variable: Some("AWS_REGION"),
    default: Otherwise::None,
    read: value::region,
};

/// Name servers in place of the system's.
pub const DNS_SERVER: OptionSpec<SocketAddr> = OptionSpec {
    name: "--dns-server",
    about: "Ask this name server instead of the system's (repeatable)",
    variable: None,
    default: Otherwise::None,
    read: value::name_server,
};

/// Where connections go in place of what DNS gives.
pub const CONNECT_TO: OptionSpec<ConnectTo> = OptionSpec {
    name: "--connect-to",
    about: "Connect elsewhere for a host, as curl does; empty parts mean any or unchanged (repeatable)",
    variable: None,
    default: Otherwise::None,
    read: str::parse,
};

/// The roots to trust.
pub const CA_BUNDLE: OptionSpec<PathBuf> = OptionSpec {
    name: "--ca-bundle",
    about: "PEM file of the roots to trust",
    variable: Some("AWS_CA_BUNDLE"),
    default: Otherwise::Words("the system's, else built-in"),
    read: value::path,
};

/// AWS's address ranges.
pub const IP_RANGES: OptionSpec<PathBuf> = OptionSpec {
    name: "--ip-ranges",
    about: "AWS's ip-ranges.json, in place of the built-in dated table",
    variable: Some("ECR_PROBE_IP_RANGES"),
    default: Otherwise::None,
    read: value::path,
};

/// How much of each layer is fetched.
pub const PULL: OptionSpec<PullDepth> = OptionSpec {
    name: "--pull",
    about: "How far to pull: none (manifests), reach (first bytes), verify (every byte)",
    variable: Some("ECR_PROBE_PULL"),
    default: Otherwise::Value("verify"),
    read: value::pull_depth,
};

/// Services of the task's start to reach besides.
pub const ALSO: OptionSpec<Services> = OptionSpec {
    name: "--also",
    about: "Also reach what else the task's start needs: logs, secretsmanager, ssm, kms (comma-separated)",
    variable: None,
    default: Otherwise::None,
    read: value::services,
};

/// How often the reach part is done.
pub const SAMPLES: OptionSpec<u32> = OptionSpec {
    name: "--samples",
    about: "Resolve, connect and complete a TLS handshake this often, up to 1000 and as far as the budget has time for it, and report losses and percentiles",
    variable: None,
    default: Otherwise::Value("1"),
    read: value::samples,
};

/// Timeout of the whole check.
pub const BUDGET: OptionSpec<Duration> = OptionSpec {
    name: "--budget",
    about: "Timeout of the whole check",
    variable: None,
    default: Otherwise::Words("5m with --pull verify, else 60s"),
    read: value::duration,
};

/// Whether a check that failed reads the configuration besides.
pub const AUDIT: OptionSpec<AuditBeside> = OptionSpec {
    name: "--audit",
    about: "After a check that failed, read the configuration of the probe's own task too, where it may, for at most 2s: off, auto",
    variable: Some("ECR_PROBE_AUDIT"),
    default: Otherwise::Value("off"),
    read: value::audit_beside,
};

/// Timeout of a whole audit.
pub const AUDIT_BUDGET: OptionSpec<Duration> = OptionSpec {
    name: "--budget",
    about: "Timeout of the whole audit",
    variable: None,
    default: Otherwise::Value("60s"),
    read: value::duration,
};

/// What a sweep has the checks done by.
pub const VIA: OptionSpec<SweepVia> = OptionSpec {
    name: "--via",
    about: "What carries out the checks: lambda (functions in the subnets), run-task (the probe as a task in each)",
    variable: None,
    default: Otherwise::Words("lambda in each subnet that has a function, run-task in the others"),
    read: value::sweep_via,
};

/// The task definition of the probe.
pub const PROBE: OptionSpec<String> = OptionSpec {
    name: "--task-definition",
    about: "Task definition of the probe: FAMILY, FAMILY:REVISION or an ARN",
    variable: None,
    default: Otherwise::Value("ecr-probe"),
    read: value::task_definition,
};

/// A function that probes.
pub const FUNCTION: OptionSpec<String> = OptionSpec {
    name: "--function",
    about: "Function that stands in one of the subnets, by name or ARN, in place of those with the tag ecr-probe:subnet (repeatable)",
    variable: None,
    default: Otherwise::None,
    read: value::function,
};

/// How long a check elsewhere is waited for.
pub const SWEEP_BUDGET: OptionSpec<Duration> = OptionSpec {
    name: "--budget",
    about: "How long each task or function is waited for; a task that has not ended by then is stopped",
    variable: None,
    default: Otherwise::Value("10m"),
    read: value::duration,
};

/// In which form fixes are printed.
pub const FIX: OptionSpec<FixForm> = OptionSpec {
    name: "--fix",
    about: "Form of the fixes: cli, terraform, cloudformation",
    variable: None,
    default: Otherwise::Value("cli"),
    read: value::fix_form,
};

/// What tasks run on.
pub const LAUNCH_TYPE: OptionSpec<LaunchType> = OptionSpec {
    name: "--launch-type",
    about: "What the tasks run on: fargate, ec2",
    variable: None,
    default: Otherwise::Words("the service's own"),
    read: value::launch_type,
};

/// The platform to pull for.
pub const PLATFORM: OptionSpec<Platform> = OptionSpec {
    name: "--platform",
    about: "Platform to pull for, such as linux/arm64",
    variable: Some("ECR_PROBE_PLATFORM"),
    default: Otherwise::Words("the probe's own"),
    read: value::platform,
};

/// The role that pulls.
pub const EXECUTION_ROLE: OptionSpec<String> = OptionSpec {
    name: "--execution-role",
    about: "Role that pulls, by name or ARN: a denial to it is a fault, one to another role a warning",
    variable: Some("ECR_PROBE_EXECUTION_ROLE"),
    default: Otherwise::None,
    read: value::role,
};

/// Where the numbers go.
pub const METRICS: OptionSpec<MetricsTo> = OptionSpec {
    name: "--metrics",
    about: "Numbers for CloudWatch: off, emf (lines on stdout), put (PutMetricData), both",
    variable: Some("ECR_PROBE_METRICS"),
    default: Otherwise::Value("off"),
    read: value::metrics,
};

/// Whose the numbers are.
pub const METRICS_BY: OptionSpec<MetricsBy> = OptionSpec {
    name: "--metrics-by",
    about: "Dimensions of the numbers: service (and zone), cluster (ClusterName besides)",
    variable: Some("ECR_PROBE_METRICS_BY"),
    default: Otherwise::Value("service"),
    read: value::metrics_by,
};

/// From the start of one round to that of the next.
pub const INTERVAL: OptionSpec<Duration> = OptionSpec {
    name: "--interval",
    about: "From the start of one round to that of the next, give or take a tenth",
    variable: Some("ECR_PROBE_INTERVAL"),
    default: Otherwise::Value("60s"),
    read: value::duration,
};

/// How long after its start a watch begins at the latest.
pub const START_SPREAD: OptionSpec<Every> = OptionSpec {
    name: "--start-spread",
    about: "Begin at a random moment within so long, so that a fleet that starts together does not ask for tokens together, or off",
    variable: Some("ECR_PROBE_START_SPREAD"),
    default: Otherwise::Value("off"),
    read: value::every,
};

/// How often a round verifies.
pub const VERIFY_EVERY: OptionSpec<Every> = OptionSpec {
    name: "--verify-every",
    about: "How often a round fetches and hashes every byte, or off",
    variable: None,
    default: Otherwise::Value("6h"),
    read: value::every,
};

/// The state of a watch. A task with a read-only root has the folder as a volume.
pub const STATE: OptionSpec<PathBuf> = OptionSpec {
    name: "--state",
    about: "The state that the watch keeps for health",
    variable: Some("ECR_PROBE_STATE"),
    default: Otherwise::Value("/tmp/ecr-probe.state"),
    read: value::path,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Depth;

    #[test]
    fn what_is_given_stands_before_the_variable_and_that_before_the_default() {
        let json = |name: &str| (name == "ECR_PROBE_OUTPUT").then(|| "json".to_owned());
        assert_eq!(OUTPUT.settled(Some(Output::Text(Depth::Screen)), &json), Ok(Output::Text(Depth::Screen)));
        assert_eq!(OUTPUT.settled(None, &json), Ok(Output::Json));
        assert_eq!(OUTPUT.settled(None, &|_| None), Ok(Output::Text(Depth::Screen)));
        assert_eq!(OUTPUT.given(None, &|_| None), Ok(None));
    }

    #[test]
    fn a_wrong_variable_is_named_with_its_value() {
        let yaml = |name: &str| (name == "ECR_PROBE_OUTPUT").then(|| "yaml".to_owned());
        let error = OUTPUT.settled(None, &yaml).unwrap_err().0;
        assert_eq!(error, "ECR_PROBE_OUTPUT \"yaml\": take text, json, html, markdown or junit");
        assert_eq!(OUTPUT.settled(Some(Output::Text(Depth::Screen)), &yaml), Ok(Output::Text(Depth::Screen)));
    }

    #[test]
    fn the_help_says_what_holds() {
        assert!(OUTPUT.help().ends_with(" [env: ECR_PROBE_OUTPUT] [default: text]"), "{}", OUTPUT.help());
        assert_eq!(BUDGET.help(), "Timeout of the whole check [default: 5m with --pull verify, else 60s]");
        assert_eq!(DNS_SERVER.help(), DNS_SERVER.about);
    }

    #[test]
    fn every_default_is_a_value() {
        fn check<T>(spec: &OptionSpec<T>) {
            assert!(spec.settled(None, &|_| None).is_ok(), "{}", spec.name);
        }
        check(&OUTPUT);
        check(&TIMEOUT);
        check(&PULL);
        check(&SAMPLES);
        check(&METRICS);
        check(&AUDIT);
        check(&AUDIT_BUDGET);
        check(&FIX);
        check(&METRICS_BY);
        check(&INTERVAL);
        check(&START_SPREAD);
        check(&VERIFY_EVERY);
        check(&STATE);
    }
}
