//! Every metric: its name, its unit, and what it says.

/// What a metric is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// The check as a whole.
    Check,
    /// Each part that a host plays in the pull.
    Endpoint,
}

/// As CloudWatch names it (API Reference, "MetricDatum").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// No unit: 0 or 1.
    None,
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Bytes a second.
    BytesPerSecond,
}

impl Unit {
    /// As CloudWatch writes it.
    pub fn name(self) -> &'static str {
        match self {
            Unit::None => "None",
            Unit::Count => "Count",
            Unit::Seconds => "Seconds",
            Unit::Milliseconds => "Milliseconds",
            Unit::BytesPerSecond => "Bytes/Second",
        }
    }
}

/// The names are part of the contract: alarms are made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Whether the image can be pulled: 1 or 0.
    Healthy,
    /// Whether that is not known: 1 or 0.
    Inconclusive,
    /// How long the check took, in seconds.
    CheckDuration,
    /// The rate at which the layers' bytes came.
    PullThroughput,
    /// What all layers take at that rate, in seconds.
    EstimatedPullTime,
    /// What the task's own images took to pull when it started, in seconds.
    TaskImagePullTime,
    /// AWS's clock minus ours, in seconds.
    ClockOffset,
    /// How many data were given up.
    MetricsDropped,
    /// Whether an address of each host completes a TLS handshake: 1 or 0.
    Reachable,
    /// From the question to the name server's answer, in milliseconds.
    ResolveTime,
    /// A TCP connect, in milliseconds.
    ConnectTime,
    /// A TLS handshake, in milliseconds.
    HandshakeTime,
    /// From a request to its answer, in milliseconds.
    RequestTime,
}

impl Metric {
    /// Every metric, in the order of docs/reference.md.
    pub const ALL: [Metric; 13] = [
        Metric::Healthy,
        Metric::Inconclusive,
        Metric::CheckDuration,
        Metric::PullThroughput,
        Metric::EstimatedPullTime,
        Metric::TaskImagePullTime,
        Metric::ClockOffset,
        Metric::MetricsDropped,
        Metric::Reachable,
        Metric::ResolveTime,
        Metric::ConnectTime,
        Metric::HandshakeTime,
        Metric::RequestTime,
    ];

    /// As CloudWatch shows it.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Healthy => "Healthy",
            Metric::Inconclusive => "Inconclusive",
            Metric::CheckDuration => "CheckDuration",
            Metric::PullThroughput => "PullThroughput",
            Metric::EstimatedPullTime => "EstimatedPullTime",
            Metric::TaskImagePullTime => "TaskImagePullTime",
            Metric::ClockOffset => "ClockOffset",
            Metric::MetricsDropped => "MetricsDropped",
            Metric::Reachable => "Reachable",
            Metric::ResolveTime => "ResolveTime",
            Metric::ConnectTime => "ConnectTime",
            Metric::HandshakeTime => "HandshakeTime",
            Metric::RequestTime => "RequestTime",
        }
    }

    /// The unit that CloudWatch is told.
    pub fn unit(self) -> Unit {
        match self {
            Metric::Healthy | Metric::Inconclusive | Metric::Reachable => Unit::None,
            Metric::MetricsDropped => Unit::Count,
            Metric::PullThroughput => Unit::BytesPerSecond,
            Metric::CheckDuration | Metric::EstimatedPullTime | Metric::TaskImagePullTime | Metric::ClockOffset => {
                Unit::Seconds
            }
            Metric::ResolveTime | Metric::ConnectTime | Metric::HandshakeTime | Metric::RequestTime => {
                Unit::Milliseconds
            }
        }
    }

    /// What it is told of.
    pub fn per(self) -> Per {
        match self {
            Metric::Reachable
            | Metric::ResolveTime
            | Metric::ConnectTime
            | Metric::HandshakeTime
            | Metric::RequestTime => Per::Endpoint,
            _ => Per::Check,
        }
    }

    /// A sentence for docs/reference.md.
    pub fn meaning(self) -> &'static str {
        match self {
            Metric::Healthy => {
                "1 when the image can be pulled (healthy, degraded); 0 when it cannot (unhealthy) and when that is not known (inconclusive), so that an alarm on it is never blind"
            }
            Metric::Inconclusive => {
                "1 when the verdict is inconclusive, else 0: tells the two reasons for `Healthy` 0 apart"
            }
            Metric::CheckDuration => "how long the check took",
            Metric::PullThroughput => {
                "rate at which the layers' bytes came, where whole layers were fetched (`--pull verify`)"
            }
            Metric::EstimatedPullTime => "what all layers take at that rate; a pull has 300 s",
            Metric::TaskImagePullTime => {
                "what the task's own images took to pull when it started (task metadata); sent once; the EC2 agent moves the end on with each image, and then it is sent again"
            }
            Metric::ClockOffset => {
                "AWS's clock minus the clock here, by the `Date` of answers, to the second; AWS refuses signatures beyond 300 s either way"
            }
            Metric::MetricsDropped => {
                "data given up because CloudWatch could not be reached for too long or refused them; sent only when there are any"
            }
            Metric::Reachable => "1 when an address of each of its hosts completes a TLS handshake, else 0",
            Metric::ResolveTime => "question to answer of the name server; the slowest of its hosts",
            Metric::ConnectTime => "TCP connect; the slowest address that works",
            Metric::HandshakeTime => "TLS handshake; the slowest address that works",
            Metric::RequestTime => {
                "request to answer, its own connection included; for `s3` to the first byte; the slowest that was answered"
            }
        }
    }
}

/// How CloudWatch is told whether something holds: 1 or 0.
pub(super) fn truth(it: bool) -> f64 {
    if it { 1.0 } else { 0.0 }
}
