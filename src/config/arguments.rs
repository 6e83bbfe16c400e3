//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::completions::CompletionsArguments;
use super::options::{self, IMAGES, LOG, RUNTIME_API, SECURITY_GROUP_IDS, SUBNET_ID};
use super::{
    AuditBeside, ConnectTo, Depth, Every, FixForm, Lookup, MetricsBy, MetricsTo, Output, PullDepth, Services, SweepVia,
    UsageError,
};
use crate::model::LaunchType;
use crate::wire::oci::Platform;

fn after_help() -> String {
    format!(
        "Exit codes: 0 healthy, 1 a fault was diagnosed, 2 bad usage, 3 inconclusive.\nLogs go to stderr when {LOG} is set (error, warn, info, debug, trace).\n\nAs a Lambda function: without arguments and with {RUNTIME_API} set, invocations are served: {}. The environment names the rest: {IMAGES}, {SUBNET_ID}, {SECURITY_GROUP_IDS}.",
        super::event_keys::takes()
    )
}

/// What stands in for images that are not named.
fn images(what_for: &str) -> String {
    format!("Images to {what_for}; none means {IMAGES} (comma-separated), else every image of this ECS task")
}

/// Walks an Amazon ECR image pull from where it stands and says what is wrong.
#[derive(Debug, Parser)]
#[command(name = "ecr-probe", version, about, after_help = after_help(), disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk the whole pull once, hop by hop, and say what is wrong
    Check(CheckArguments),
    /// Check again and again beside an application, and keep a state for its health check
    Watch(WatchArguments),
    /// Exit 0 while a watch says that pulls work, else 1: for a container health check
    Health(HealthArguments),
    /// Read the account's configuration from anywhere and say what a pull would meet: routes, groups, endpoints, policies
    Audit(AuditArguments),
    /// Run the check in every subnet of a service, by Lambda functions or tasks, and say how the subnets differ
    Sweep(SweepArguments),
    /// Say what ECS's own words mean: a stopped reason, an event, a log line; or print a code's page
    Explain(ExplainArguments),
    /// Diagnose the evidence of a saved report again
    Judge(JudgeArguments),
    /// Print the hosts a check would touch and the IAM actions it would use
    Plan(PlanArguments),
    /// Print the completion script of a shell
    Completions(CompletionsArguments),
}

/// How a report or an explanation is printed.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct FormArguments {
    /// The form.
    #[arg(long, value_name = "FORM", value_parser = options::OUTPUT.read, help = options::OUTPUT.help())]
    pub output: Option<Output>,

    /// Print the whole text: every finding, observation, fix and note. The other forms have them always
    #[arg(short, long)]
    pub verbose: bool,
}

impl FormArguments {
    /// The form, by the options and the environment.
    ///
    /// # Errors
    ///
    /// The variable holds no form.
    pub fn settled(self, lookup: Lookup<'_>) -> Result<Output, UsageError> {
        let output = options::OUTPUT.settled(self.output, lookup)?;
        Ok(output.with(if self.verbose { Depth::Whole } else { Depth::Screen }))
    }
}

/// What several commands take.
#[derive(Debug, Clone, Default, Args)]
pub struct CommonArguments {
    /// How the report is printed.
    #[command(flatten)]
    pub form: FormArguments,

    /// Timeout of each act.
    #[arg(long, value_name = "DURATION", value_parser = options::TIMEOUT.read, help = options::TIMEOUT.help())]
    pub timeout: Option<Duration>,

    /// Where the probe stands.
    #[arg(long, value_parser = options::REGION.read, help = options::REGION.help())]
    pub region: Option<String>,

    /// Name servers in place of the system's.
    #[arg(long, value_name = "IP[:PORT]", value_parser = options::DNS_SERVER.read, help = options::DNS_SERVER.help())]
    pub dns_server: Vec<SocketAddr>,

    /// Where connections go in place of what DNS gives.
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT", value_parser = options::CONNECT_TO.read, help = options::CONNECT_TO.help())]
    pub connect_to: Vec<ConnectTo>,

    /// The roots to trust.
    #[arg(long, value_name = "FILE", help = options::CA_BUNDLE.help())]
    pub ca_bundle: Option<PathBuf>,

    /// AWS's address ranges.
    #[arg(long, value_name = "FILE", help = options::IP_RANGES.help())]
    pub ip_ranges: Option<PathBuf>,
}

/// What becomes of a report, besides that it is printed.
#[derive(Debug, Clone, Default, Args)]
pub struct ReportArguments {
    /// Also write the report, with all evidence, to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,

    /// Exit 1 for a degraded verdict too
    #[arg(long, value_name = "VERDICT", value_parser = ["degraded"])]
    pub fail_on: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Default, Args)]
pub struct CheckArguments {
    /// What to pull.
    #[arg(value_name = "IMAGE", help = images("pull"))]
    pub images: Vec<String>,

    /// What several commands take.
    #[command(flatten)]
    pub common: CommonArguments,

    /// How much of each layer is fetched.
    #[arg(long, value_name = "DEPTH", value_parser = options::PULL.read, help = options::PULL.help())]
    pub pull: Option<PullDepth>,

    /// Services of the task's start to reach besides.
    #[arg(long, value_name = "SERVICES", value_parser = options::ALSO.read, help = options::ALSO.help())]
    pub also: Option<Services>,

    /// How often the reach part is done.
    #[arg(long, value_name = "COUNT", value_parser = options::SAMPLES.read, help = options::SAMPLES.help())]
    pub samples: Option<u32>,

    /// Timeout of the whole check.
    #[arg(long, value_name = "DURATION", value_parser = options::BUDGET.read, help = options::BUDGET.help())]
    pub budget: Option<Duration>,

    /// The platform to pull for.
    #[arg(long, value_name = "OS/ARCH", value_parser = options::PLATFORM.read, help = options::PLATFORM.help())]
    pub platform: Option<Platform>,

    /// The role that pulls.
    #[arg(long, value_name = "ROLE", value_parser = options::EXECUTION_ROLE.read, help = options::EXECUTION_ROLE.help())]
    pub execution_role: Option<String>,

    /// Whether the tasks get a public IPv4 address: only the event of a Lambda function says so.
    #[arg(skip)]
    pub assign_public_ip: Option<bool>,

    /// Whether the configuration is read besides.
    #[arg(long, value_name = "WHEN", value_parser = options::AUDIT.read, help = options::AUDIT.help())]
    pub audit: Option<AuditBeside>,

    /// What becomes of the report.
    #[command(flatten)]
    pub report: ReportArguments,

    /// Where the numbers go.
    #[arg(long, value_name = "SINK", value_parser = options::METRICS.read, help = options::METRICS.help())]
    pub metrics: Option<MetricsTo>,

    /// Whose the numbers are.
    #[arg(long, value_name = "WHOSE", value_parser = options::METRICS_BY.read, help = options::METRICS_BY.help())]
    pub metrics_by: Option<MetricsBy>,
}

/// Arguments of `watch`.
#[derive(Debug, Clone, Default, Args)]
pub struct WatchArguments {
    /// Those of each round.
    #[command(flatten)]
    pub check: CheckArguments,

    /// From the start of one round to that of the next.
    #[arg(long, value_name = "DURATION", value_parser = options::INTERVAL.read, help = options::INTERVAL.help())]
    pub interval: Option<Duration>,

    /// How long after its start a watch begins at the latest.
    #[arg(long, value_name = "DURATION", value_parser = options::START_SPREAD.read, help = options::START_SPREAD.help())]
    pub start_spread: Option<Every>,

    /// How often a round verifies.
    #[arg(long, value_name = "DURATION", value_parser = options::VERIFY_EVERY.read, help = options::VERIFY_EVERY.help())]
    pub verify_every: Option<Every>,

    /// The state of the watch.
    #[arg(long, value_name = "FILE", help = options::STATE.help())]
    pub state: Option<PathBuf>,
}

/// Arguments of `audit`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    override_usage = "ecr-probe audit [OPTIONS] --cluster NAME [--service NAME]\n       ecr-probe audit [OPTIONS] --task ARN\n       ecr-probe audit [OPTIONS] --subnet ID... --security-group ID... (--task-definition NAME | IMAGE...)\n       ecr-probe audit [OPTIONS]    (in a task: that task)"
)]
pub struct AuditArguments {
    /// Images, where no task definition names them
    #[arg(value_name = "IMAGE")]
    pub images: Vec<String>,

    /// The cluster, by name or ARN; without --service every service of it is audited
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,

    /// The service whose tasks cannot pull
    #[arg(long, value_name = "NAME", requires = "cluster", conflicts_with = "task")]
    pub service: Option<String>,

    /// A task, running or stopped
    #[arg(long, value_name = "ARN")]
    pub task: Option<String>,

    /// A subnet of the tasks (repeatable)
    #[arg(long, value_name = "ID", conflicts_with_all = ["service", "task"])]
    pub subnet: Vec<String>,

    /// A security group of the tasks (repeatable)
    #[arg(long, value_name = "ID", requires = "subnet")]
    pub security_group: Vec<String>,

    /// The tasks get public IPv4 addresses
    #[arg(long, requires = "subnet")]
    pub assign_public_ip: bool,

    /// What the tasks run on: fargate, ec2
    #[arg(long, value_name = "TYPE", value_parser = options::LAUNCH_TYPE.read, help = options::LAUNCH_TYPE.help())]
    pub launch_type: Option<LaunchType>,

    /// The role that pulls, by name or ARN, in place of that of the task definition
    #[arg(long, value_name = "ROLE", value_parser = options::EXECUTION_ROLE.read)]
    pub execution_role: Option<String>,

    /// FAMILY, FAMILY:REVISION or an ARN, in place of the service's own
    #[arg(long, value_name = "NAME")]
    pub task_definition: Option<String>,

    /// In which form fixes are printed.
    #[arg(long, value_name = "FORM", value_parser = options::FIX.read, help = options::FIX.help())]
    pub fix: Option<FixForm>,

    /// Timeout of the whole audit.
    #[arg(long, value_name = "DURATION", value_parser = options::AUDIT_BUDGET.read, help = options::AUDIT_BUDGET.help())]
    pub budget: Option<Duration>,

    /// What becomes of the report.
    #[command(flatten)]
    pub report: ReportArguments,

    /// What several commands take.
    #[command(flatten)]
    pub common: CommonArguments,
}

/// Arguments of `sweep`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "It runs nothing but the probe: invocations of the functions, or one task a subnet, which it stops when it is interrupted. IAM has no condition key for the subnets of ecs:RunTask: a caller who may run the task may run it in any subnet. ecr-probe plan --sweep prints the permissions."
)]
pub struct SweepArguments {
    /// The cluster, by name or ARN
    #[arg(long, value_name = "NAME")]
    pub cluster: String,

    /// The service whose subnets are swept
    #[arg(long, value_name = "NAME")]
    pub service: String,

    /// What carries out the checks.
    #[arg(long, value_name = "WAY", value_parser = options::VIA.read, help = options::VIA.help())]
    pub via: Option<SweepVia>,

    /// Functions that probe.
    #[arg(long, value_name = "NAME", value_parser = options::FUNCTION.read, help = options::FUNCTION.help())]
    pub function: Vec<String>,

    /// The task definition of the probe.
    #[arg(long, value_name = "NAME", value_parser = options::PROBE.read, help = options::PROBE.help())]
    pub task_definition: Option<String>,

    /// How long a check elsewhere is waited for.
    #[arg(long, value_name = "DURATION", value_parser = options::SWEEP_BUDGET.read, help = options::SWEEP_BUDGET.help())]
    pub budget: Option<Duration>,

    /// In which form fixes are printed.
    #[arg(long, value_name = "FORM", value_parser = options::FIX.read, help = options::FIX.help())]
    pub fix: Option<FixForm>,

    /// What becomes of the report.
    #[command(flatten)]
    pub report: ReportArguments,

    /// What several commands take.
    #[command(flatten)]
    pub common: CommonArguments,
}

/// Arguments of `health`.
#[derive(Debug, Clone, Default, Args)]
pub struct HealthArguments {
    /// The state of the watch.
    #[arg(long, value_name = "FILE", help = options::STATE.help())]
    pub state: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(
    override_usage = "ecr-probe explain [OPTIONS] CODE\n       ecr-probe explain [OPTIONS] TEXT\n       ecr-probe explain [OPTIONS] FILE\n       ecr-probe explain [OPTIONS] -\n       ecr-probe explain [OPTIONS] --task ARN\n       ecr-probe explain [OPTIONS] --cluster NAME"
)]
/// Arguments of `explain`.
pub struct ExplainArguments {
    /// A code such as SG-01; or what ECS, Docker or containerd printed; or a file with it. - reads stdin: text, a log, JSON, JSON lines
    #[arg(value_name = "CODE|TEXT|FILE|-")]
    pub what: Vec<String>,

    /// Fetch this task from ECS and explain why it stopped (needs ecs:DescribeTasks)
    #[arg(long, value_name = "ARN", conflicts_with_all = ["what", "recent"])]
    pub task: Option<String>,

    /// Explain all stopped tasks of this cluster that ECS still remembers, by cause (needs ecs:ListTasks too)
    #[arg(long, value_name = "NAME", conflicts_with = "what")]
    pub cluster: Option<String>,

    /// The same as --cluster alone
    #[arg(long, requires = "cluster", conflicts_with = "what")]
    pub recent: bool,

    /// Range of the VPC that the words came from: its addresses are endpoints' (repeatable)
    #[arg(long, value_name = "CIDR")]
    pub vpc_cidr: Vec<String>,

    /// What several commands take.
    #[command(flatten)]
    pub common: CommonArguments,
}

/// Arguments of `judge`.
#[derive(Debug, Clone, Args)]
pub struct JudgeArguments {
    /// A report that `check` or `audit` wrote with `--save` or `--output json`, or several, a line each; - is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// How the report is printed.
    #[command(flatten)]
    pub form: FormArguments,

    /// In which form fixes are printed, where the account's configuration was read.
    #[arg(long, value_name = "FORM", value_parser = options::FIX.read, help = options::FIX.help())]
    pub fix: Option<FixForm>,

    /// Exit 1 for a degraded verdict too
    #[arg(long, value_name = "VERDICT", value_parser = ["degraded"])]
    pub fail_on: Option<String>,
}

/// Arguments of `plan`.
#[derive(Debug, Clone, Args)]
pub struct PlanArguments {
    /// What to plan for.
    #[arg(value_name = "IMAGE", help = images("plan for"))]
    pub images: Vec<String>,

    /// Print the least IAM policy for the role that the probe runs as, as JSON; no policy of the task is read
    #[arg(long)]
    pub policy: bool,

    /// Print what an audit asks for in place of a check: read-only IAM actions
    #[arg(long, conflicts_with_all = ["images", "metrics"])]
    pub audit: bool,

    /// Print what a sweep asks for and does: the actions of an audit, and those that invoke functions or run tasks
    #[arg(long, conflicts_with_all = ["images", "metrics", "audit"])]
    pub sweep: bool,

    /// As in check: with put or both, the policy allows cloudwatch:PutMetricData
    #[arg(long, value_name = "SINK", value_parser = options::METRICS.read)]
    pub metrics: Option<MetricsTo>,
}
