//! Settings: arguments first, then the environment, then the default.
//!
//! A pure function of the arguments and a look-up, so that tests need no process environment.

mod arguments;
mod audit;
mod choice;
mod completions;
mod connect_to;
mod environment;
mod event;
mod event_keys;
mod ids;
pub mod options;
mod runtime_address;
mod sources;
mod sweep;
mod usage;
mod value;
mod wanted;
mod watch;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use arguments::{
    Arguments, AuditArguments, CheckArguments, Command, CommonArguments, ExplainArguments, FormArguments,
    HealthArguments, JudgeArguments, PlanArguments, SweepArguments, WatchArguments,
};
pub use audit::AuditSettings;
pub use choice::{AuditBeside, Depth, Every, FixForm, MetricsBy, MetricsTo, Output, PullDepth, Services, SweepVia};
pub use completions::CompletionsArguments;
pub use connect_to::ConnectTo;
pub use environment::{Environment, ServiceUrl};
pub use event::{Asked, KEPT_BACK, NotAsked};
pub use runtime_address::RuntimeAddress;
pub use sweep::SweepSettings;
pub use usage::{Lookup, UsageError};
pub use value::{ValueError, shown};
pub use wanted::Wanted;
pub use watch::{WatchSettings, health_state};

use crate::image::Reference;
use crate::model::{Mode, Role};
use crate::wire::oci::Platform;

/// Everything that steers a check.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What was asked for; empty means the task's own images.
    pub images: Vec<Reference>,
    /// How the report is printed.
    pub output: Output,
    /// Timeout of each act.
    pub timeout: Duration,
    /// Timeout of the whole check.
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
    /// Whether a check that failed reads the configuration besides.
    pub audit: AuditBeside,
    /// Whether a degraded verdict exits like an unhealthy one.
    pub fail_on_degraded: bool,
    /// Leave out the requests that other registries count as pulls, as Docker Hub does.
    pub skip_other_registries: bool,
    /// Where the numbers go.
    pub metrics: MetricsTo,
    /// Whose they are.
    pub metrics_by: MetricsBy,
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
        let mut environment = Environment::read(lookup)?;
        environment.assign_public_ip = arguments.assign_public_ip.or(environment.assign_public_ip);
        let named = images(&arguments.images, lookup)?;
        let common = &arguments.common;
        let pull = options::PULL.settled(arguments.pull, lookup)?;
        let budget = arguments.budget.unwrap_or(Duration::from_secs(if pull == PullDepth::Verify { 300 } else { 60 }));
        // It is used where nothing else tells the Region.
        if let (None, Some(text)) = (&common.region, &environment.region) {
            let name = if lookup("AWS_REGION").is_some() { "AWS_REGION" } else { "AWS_DEFAULT_REGION" };
            options::REGION.parse(name, text)?;
        }
        Ok(Settings {
            images: named,
            output: common.form.settled(lookup)?,
            timeout: options::TIMEOUT.settled(common.timeout, lookup)?,
            budget,
            pull,
            samples: options::SAMPLES.settled(arguments.samples, lookup)?,
            platform: options::PLATFORM.given(arguments.platform.clone(), lookup)?.unwrap_or_else(value::own_platform),
            region: common.region.clone(),
            also: arguments.also.clone().unwrap_or_default().0,
            dns_servers: common.dns_server.clone(),
            connect_to: common.connect_to.clone(),
            ca_bundle: options::CA_BUNDLE.given(common.ca_bundle.clone(), lookup)?,
            ip_ranges: options::IP_RANGES.given(common.ip_ranges.clone(), lookup)?,
            execution_role: options::EXECUTION_ROLE.given(arguments.execution_role.clone(), lookup)?,
            save: arguments.report.save.clone(),
            audit: options::AUDIT.settled(arguments.audit, lookup)?,
            fail_on_degraded: arguments.report.fail_on.is_some(),
            skip_other_registries: false,
            metrics: options::METRICS.settled(arguments.metrics, lookup)?,
            metrics_by: options::METRICS_BY.settled(arguments.metrics_by, lookup)?,
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
    match lookup(options::IMAGES).filter(|_| named.is_empty()) {
        Some(list) => {
            let texts: Vec<&str> = list.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
            references(&texts).map_err(|UsageError(why)| UsageError(format!("{}: {why}", options::IMAGES)))
        }
        None => references(named),
    }
}

/// Each image once.
///
/// # Errors
///
/// The first that is no image reference, or that there are too many.
fn references(texts: &[impl AsRef<str>]) -> Result<Vec<Reference>, UsageError> {
    const MOST: usize = 50;
    if texts.len() > MOST {
        return Err(UsageError(format!("{} images are too many: at most {MOST} a check", texts.len())));
    }
    let mut references: Vec<Reference> = Vec::new();
    for text in texts {
        let reference = Reference::parse(text.as_ref()).map_err(|error| UsageError(error.to_string()))?;
        if !references.iter().any(|known| known.text == reference.text) {
            references.push(reference);
        }
    }
    Ok(references)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables whose values have a form, each with a value that does not have it.
    const WRONG: [(&str, &str); 8] = [
        ("ECR_PROBE_OUTPUT", "yaml"),
        ("ECR_PROBE_PULL", "half"),
        ("ECR_PROBE_PLATFORM", "pdp11"),
        ("ECR_PROBE_EXECUTION_ROLE", "a b"),
        ("ECR_PROBE_AUDIT", "on"),
        ("ECR_PROBE_METRICS", "graphite"),
        ("ECR_PROBE_METRICS_BY", "image"),
        ("AWS_REGION", "EU west"),
    ];

    #[test]
    fn every_variable_of_a_check_is_read() {
        for (variable, value) in WRONG {
            let lookup = |name: &str| (name == variable).then(|| value.to_owned());
            let error = Settings::for_check(&CheckArguments::default(), &lookup).expect_err(variable).0;
            assert!(error.starts_with(&format!("{variable} \"{value}\": ")), "{error}");
        }
    }

    #[test]
    fn platform_and_depth_come_from_variables_too() {
        let lookup = |name: &str| match name {
            "ECR_PROBE_PLATFORM" => Some("linux/s390x".to_owned()),
            "ECR_PROBE_PULL" => Some("reach".to_owned()),
            _ => None,
        };
        let settings = Settings::for_check(&CheckArguments::default(), &lookup).expect("they are read");
        assert_eq!((settings.platform.to_string().as_str(), settings.pull), ("linux/s390x", PullDepth::Reach));
        assert_eq!(settings.budget, Duration::from_secs(60));
        let given = CheckArguments { pull: Some(PullDepth::Verify), ..CheckArguments::default() };
        assert_eq!(Settings::for_check(&given, &lookup).expect("they are read").pull, PullDepth::Verify);
    }
}
