//! Settings that are one of several words, or a list of them.

use std::time::Duration;

use crate::model::Role;

/// How much of a text is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Depth {
    /// What fits on one screen.
    #[default]
    Screen,
    /// All of it.
    Whole,
}

/// How the report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Text(Depth),
    /// One object, as `docs/report.schema.json` describes it.
    Json,
    /// One file for a browser, with all in it.
    Html,
    /// For tickets, pull requests and step summaries.
    Markdown,
    /// For the test reports of CI.
    Junit,
}

impl Output {
    /// As the option has it.
    pub fn name(self) -> &'static str {
        match self {
            Output::Text(_) => "text",
            Output::Json => "json",
            Output::Html => "html",
            Output::Markdown => "markdown",
            Output::Junit => "junit",
        }
    }

    /// The same form, as deep as that where it is text.
    pub fn with(self, depth: Depth) -> Self {
        match self {
            Output::Text(_) => Output::Text(depth),
            Output::Json | Output::Html | Output::Markdown | Output::Junit => self,
        }
    }

    /// Whether what several reports or explanations tell is one document, which ends with the last of them.
    pub fn is_whole(self) -> bool {
        matches!(self, Output::Html | Output::Markdown | Output::Junit)
    }
}

/// How much of each layer is fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PullDepth {
    /// Nothing: manifests only.
    None,
    /// The first bytes of each layer.
    Reach,
    /// Every byte, hashed.
    #[default]
    Verify,
}

/// Where a check's numbers go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetricsTo {
    /// There are none.
    #[default]
    Nowhere,
    /// Lines of the embedded metric format on stdout.
    Lines,
    /// `PutMetricData`.
    CloudWatch,
    /// Lines, and `PutMetricData`.
    Both,
}

impl MetricsTo {
    /// Whether stdout gets lines.
    pub fn has_lines(self) -> bool {
        matches!(self, MetricsTo::Lines | MetricsTo::Both)
    }

    /// Whether `PutMetricData` is called.
    pub fn puts(self) -> bool {
        matches!(self, MetricsTo::CloudWatch | MetricsTo::Both)
    }
}

/// What tells the numbers of one task from those of another, beside its zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetricsBy {
    /// Its service, or its task family where it has none.
    #[default]
    Service,
    /// Its cluster besides: two clusters may have services of one name.
    Cluster,
}

/// Whether a check that failed reads the account's configuration besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditBeside {
    /// It does not.
    #[default]
    Off,
    /// It does, where it may and in two seconds.
    Auto,
}

/// The form in which fixes are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FixForm {
    /// A call of the AWS CLI.
    #[default]
    Cli,
    /// A resource for Terraform's AWS provider.
    Terraform,
    /// A resource of a CloudFormation template, in YAML.
    CloudFormation,
}

/// What a sweep has the checks done by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepVia {
    /// Functions that stand in the subnets.
    Lambda,
    /// Tasks that are run there once.
    RunTask,
}

/// How often something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Not at all.
    Never,
    /// From one time to the next.
    Each(Duration),
}

/// Services of a task's start, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Services(pub Vec<Role>);
