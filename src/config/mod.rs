//! Settings: arguments first, then the environment, then the default.
//!
//! A pure function of the arguments and a look-up, so that tests need no process environment.

mod arguments;
mod choice;
mod connect_to;
mod environment;
mod usage;
mod value;
mod wanted;
mod watch;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use arguments::{
    Arguments, CheckArguments, Command, CommonArguments, ExplainArguments, HealthArguments, JudgeArguments,
    PlanArguments, WatchArguments,
};
pub use choice::{MetricsTo, Output, PullDepth};
pub use connect_to::ConnectTo;
pub use environment::{Environment, ServiceUrl};
pub use usage::{Lookup, UsageError};
pub use value::output;
pub use wanted::Wanted;
pub use watch::{WatchSettings, health_state};

use crate::image::Reference;
use crate::model::{Mode, Role};
use crate::wire::oci::Platform;

impl MetricsTo {
    /// The option's value, or else that of `ECR_PROBE_METRICS`.
    ///
    /// # Errors
    ///
    /// A value that is none.
    pub fn read(option: Option<&str>, lookup: Lookup<'_>) -> Result<Self, UsageError> {
        let text = option.map(str::to_owned).or_else(|| lookup("ECR_PROBE_METRICS"));
        text.map(|text| value::metrics(&text)).transpose().map(Option::unwrap_or_default)
    }
}

/// Everything that steers a check.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What was asked for; empty means the task's own images.
    pub images: Vec<Reference>,
    /// How the report is printed.
    pub output: Output,
    /// Bound of each single act.
    pub timeout: Duration,
    /// Bound of the whole check.
    pub budget: Duration,
    /// How much of each layer is fetched.
    pub pull: PullDepth,
    /// How often each name is asked for and each address connected to.
    pub samples: u32,
    /// `None` means the platform the probe runs on.
    pub platform: Platform,
    /// As the option says; the environment's own word is in `environment`.
    pub region: Option<String>,
    /// Services of the task's start to reach besides.
    pub also: Vec<Role>,
    /// Empty means the system's.
    pub dns_servers: Vec<SocketAddr>,
    /// Where connections go instead of the address that DNS gives; the first that matches counts.
    pub connect_to: Vec<ConnectTo>,
    /// PEM file of the roots to trust; `None` means the system's, else the built-in ones.
    pub ca_bundle: Option<PathBuf>,
    /// AWS's `ip-ranges.json`, in place of the built-in table.
    pub ip_ranges: Option<PathBuf>,
    /// The role that pulls, a name or an ARN.
    pub execution_role: Option<String>,
    /// Where the report is written as JSON besides.
    pub save: Option<PathBuf>,
    /// Whether a degraded verdict exits like an unhealthy one.
    pub fail_on_degraded: bool,
    /// Leave out the requests that other registries count as pulls, as Docker Hub does.
    pub spare_registries: bool,
    /// Where the numbers go.
    pub metrics: MetricsTo,
    /// What the process environment says.
    pub environment: Environment,
}

impl Settings {
    /// Settings of `check`.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its name.
    pub fn for_check(arguments: &CheckArguments, lookup: Lookup<'_>) -> Result<Self, UsageError> {
        let environment = Environment::read(lookup)?;
        let named = images(&arguments.images, lookup)?;
        let common = &arguments.common;
        let output = match common.output.clone().or_else(|| lookup("ECR_PROBE_OUTPUT")) {
            Some(text) => value::output(&text)?,
            None => Output::default(),
        };
        let pull = arguments.pull.as_deref().map(value::pull_depth).transpose()?.unwrap_or_default();
        let budget = match &arguments.budget {
            Some(text) => value::duration("--budget", text)?,
            None if pull == PullDepth::Verify => Duration::from_secs(300),
            None => Duration::from_secs(60),
        };
        let platform = match &arguments.platform {
            Some(text) => Platform::parse(text).map_err(|error| UsageError(format!("--platform: {error}")))?,
            None => value::own_platform(),
        };
        let samples = arguments.samples.as_deref().map(value::samples).transpose()?.unwrap_or(1);
        let also = arguments.also.as_deref().map(value::services).transpose()?.unwrap_or_default();
        let dns_servers =
            common.dns_server.iter().map(|text| value::name_server(text)).collect::<Result<Vec<_>, _>>()?;
        let connect_to = common.connect_to.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>()?;
        let region = common.region.as_deref().map(|text| value::region("--region", text)).transpose()?;
        if let (None, Some(text)) = (&region, &environment.region) {
            let name = if lookup("AWS_REGION").is_some() { "AWS_REGION" } else { "AWS_DEFAULT_REGION" };
            value::region(name, text)?;
        }
        let execution_role = arguments.execution_role.clone().or_else(|| lookup("ECR_PROBE_EXECUTION_ROLE"));
        Ok(Settings {
            images: named,
            output,
            timeout: value::duration("--timeout", common.timeout.as_deref().unwrap_or("5s"))?,
            budget,
            pull,
            samples,
            platform,
            region,
            also,
            dns_servers,
            connect_to,
            ca_bundle: common.ca_bundle.clone().or_else(|| lookup("AWS_CA_BUNDLE").map(PathBuf::from)),
            ip_ranges: common.ip_ranges.clone().or_else(|| lookup("ECR_PROBE_IP_RANGES").map(PathBuf::from)),
            execution_role: execution_role.map(|text| value::role(&text)).transpose()?,
            save: arguments.save.clone(),
            fail_on_degraded: arguments.fail_on.is_some(),
            spare_registries: false,
            metrics: MetricsTo::read(arguments.metrics.as_deref(), lookup)?,
            environment,
        })
    }

    /// The kind of place that the probe runs in.
    pub fn mode(&self) -> Mode {
        self.environment.mode
    }
}

/// The images named by argument, or else by `ECR_PROBE_IMAGES`. Each is kept once.
///
/// # Errors
///
/// The first that is no image reference.
pub fn images(named: &[String], lookup: Lookup<'_>) -> Result<Vec<Reference>, UsageError> {
    const MOST: usize = 50;
    let from_environment = if named.is_empty() { lookup("ECR_PROBE_IMAGES") } else { None };
    let texts: Vec<&str> = match &from_environment {
        Some(list) => list.split(',').map(str::trim).filter(|text| !text.is_empty()).collect(),
        None => named.iter().map(String::as_str).collect(),
    };
    if texts.len() > MOST {
        return Err(UsageError(format!("{} images are too many: at most {MOST} a check", texts.len())));
    }
    let mut references: Vec<Reference> = Vec::new();
    for text in texts {
        let reference = Reference::parse(text).map_err(|error| UsageError(error.to_string()))?;
        if !references.iter().any(|known| known.text == reference.text) {
            references.push(reference);
        }
    }
    Ok(references)
}
