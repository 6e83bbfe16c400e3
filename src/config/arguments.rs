//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const AFTER_HELP: &str = "\
Exit codes: 0 healthy, 1 a fault was diagnosed, 2 bad usage, 3 inconclusive.
Logs go to stderr when ECR_PROBE_LOG is set (error, warn, info, debug, trace).";

/// Walks an Amazon ECR image pull from where it stands and says what is wrong.
#[derive(Debug, Parser)]
#[command(name = "ecr-probe", version, about, after_help = AFTER_HELP, disable_help_subcommand = true)]
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
    /// Say what ECS's own words mean: a stopped reason, an event, a log line; or print a code's page
    Explain(ExplainArguments),
    /// Diagnose the evidence of a saved report again
    Judge(JudgeArguments),
    /// Print the hosts a check would touch and the IAM actions it would use
    Plan(PlanArguments),
}

/// What several commands take.
#[derive(Debug, Clone, Default, Args)]
pub struct CommonArguments {
    /// Form of the report: text or json [env: ECR_PROBE_OUTPUT] [default: text]
    #[arg(long, value_name = "FORM")]
    pub output: Option<String>,

    /// Bound of each network act: 500ms, 5s, 2m [default: 5s]
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,

    /// Region that the probe stands in [env: AWS_REGION]; each image's own comes from its host
    #[arg(long)]
    pub region: Option<String>,

    /// Ask this name server instead of the system's (repeatable)
    #[arg(long, value_name = "IP[:PORT]")]
    pub dns_server: Vec<String>,

    /// Connect elsewhere for a host, as curl does; empty parts mean any or unchanged (repeatable)
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    pub connect_to: Vec<String>,

    /// PEM file of the roots to trust [env: AWS_CA_BUNDLE] [default: the system's, else built-in]
    #[arg(long, value_name = "FILE")]
    pub ca_bundle: Option<PathBuf>,

    /// AWS's ip-ranges.json, in place of the built-in dated table [env: ECR_PROBE_IP_RANGES]
    #[arg(long, value_name = "FILE")]
    pub ip_ranges: Option<PathBuf>,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Default, Args)]
pub struct CheckArguments {
    /// Images to pull; none means ECR_PROBE_IMAGES (comma-separated), else every image of this ECS task
    #[arg(value_name = "IMAGE")]
    pub images: Vec<String>,

    /// What several commands take.
    #[command(flatten)]
    pub common: CommonArguments,

    /// How far to pull: none (manifests), reach (first bytes), verify (every byte) [default: verify]
    #[arg(long, value_name = "DEPTH")]
    pub pull: Option<String>,

    /// Also reach what else the task's start needs: logs, secretsmanager, ssm, kms (comma-separated)
    #[arg(long, value_name = "SERVICES")]
    pub also: Option<String>,

    /// Resolve, connect and shake hands this often, up to 1000 and as far as the budget has time for it, and report
    /// losses and percentiles [default: 1]
    #[arg(long, value_name = "COUNT")]
    pub samples: Option<String>,

    /// Bound of the whole check [default: 5m with --pull verify, else 60s]
    #[arg(long, value_name = "DURATION")]
    pub budget: Option<String>,

    /// Platform to pull for, such as linux/arm64 [default: the probe's own]
    #[arg(long, value_name = "OS/ARCH")]
    pub platform: Option<String>,

    /// Role that pulls, by name or ARN: a denial to it is a fault, one to another role a warning
    /// [env: ECR_PROBE_EXECUTION_ROLE]
    #[arg(long, value_name = "ROLE")]
    pub execution_role: Option<String>,

    /// Also write the report, with all evidence, to this file
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,

    /// Exit 1 for a degraded verdict too
    #[arg(long, value_name = "VERDICT", value_parser = ["degraded"])]
    pub fail_on: Option<String>,

    /// Numbers for CloudWatch: off, emf (lines on stdout), put (PutMetricData), both [env: ECR_PROBE_METRICS] [default: off]
    #[arg(long, value_name = "SINK")]
    pub metrics: Option<String>,
}

/// Arguments of `watch`.
#[derive(Debug, Clone, Default, Args)]
pub struct WatchArguments {
    /// Those of each round.
    #[command(flatten)]
    pub check: CheckArguments,

    /// From the start of one round to that of the next, give or take a tenth [env: ECR_PROBE_INTERVAL] [default: 60s]
    #[arg(long, value_name = "DURATION")]
    pub interval: Option<String>,

    /// How often a round fetches and hashes every byte, or off [default: 6h]
    #[arg(long, value_name = "DURATION")]
    pub verify_every: Option<String>,

    /// Where the state for `health` is kept [env: ECR_PROBE_STATE] [default: /tmp/ecr-probe.state]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Arguments of `health`.
#[derive(Debug, Clone, Default, Args)]
pub struct HealthArguments {
    /// The state that the watch keeps [env: ECR_PROBE_STATE] [default: /tmp/ecr-probe.state]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(
    override_usage = "ecr-probe explain [OPTIONS] CODE\n       ecr-probe explain [OPTIONS] TEXT\n       ecr-probe explain [OPTIONS] -\n       ecr-probe explain [OPTIONS] --task ARN\n       ecr-probe explain [OPTIONS] --cluster NAME --recent"
)]
/// Arguments of `explain`.
pub struct ExplainArguments {
    /// A code such as SG-01; or what ECS, Docker or containerd printed; - reads stdin: text, JSON, JSON lines
    #[arg(value_name = "CODE|TEXT|-")]
    pub what: Vec<String>,

    /// Fetch this task from ECS and explain why it stopped (needs ecs:DescribeTasks)
    #[arg(long, value_name = "ARN", conflicts_with_all = ["what", "recent"])]
    pub task: Option<String>,

    /// The cluster that --recent looks at
    #[arg(long, value_name = "NAME", requires = "recent")]
    pub cluster: Option<String>,

    /// Explain all stopped tasks that ECS still remembers, by cause (needs ecs:ListTasks too)
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
    /// A report that `check --save` or `--output json` wrote; - is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Form of the report: text or json [env: ECR_PROBE_OUTPUT] [default: text]
    #[arg(long, value_name = "FORM")]
    pub output: Option<String>,

    /// Exit 1 for a degraded verdict too
    #[arg(long, value_name = "VERDICT", value_parser = ["degraded"])]
    pub fail_on: Option<String>,
}

/// Arguments of `plan`.
#[derive(Debug, Clone, Args)]
pub struct PlanArguments {
    /// Images to plan for; none means ECR_PROBE_IMAGES, else every image of this ECS task
    #[arg(value_name = "IMAGE")]
    pub images: Vec<String>,

    /// Print the least IAM policy for the probe, as JSON
    #[arg(long)]
    pub policy: bool,

    /// As in check: with put or both, the policy allows cloudwatch:PutMetricData [env: ECR_PROBE_METRICS]
    #[arg(long, value_name = "SINK")]
    pub metrics: Option<String>,
}
