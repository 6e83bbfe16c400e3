//! Settings that are one of several words.

/// How the report is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Output {
    #[default]
    Text,
    Json,
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
    #[default]
    Nowhere,
    /// Lines of the embedded metric format on stdout.
    Lines,
    /// `PutMetricData`.
    CloudWatch,
    Both,
}

impl MetricsTo {
    pub fn has_lines(self) -> bool {
        matches!(self, MetricsTo::Lines | MetricsTo::Both)
    }

    pub fn puts(self) -> bool {
        matches!(self, MetricsTo::CloudWatch | MetricsTo::Both)
    }
}
