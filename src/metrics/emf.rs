//! The embedded metric format: log lines that CloudWatch Logs makes metrics of
//! (CloudWatch User Guide, "Specification: Embedded metric format").

use serde_json::{Map, Value, json};

use super::{Datum, Dimension};
use crate::model::{METRICS_NAMESPACE, Report, Verdict};

/// A line for each dimension set: a line has one value for each dimension. Each ends with a line feed.
///
/// Beside the metrics a line has what a log query filters by: the verdict, the first diagnosis's code and the task.
/// They are properties and no dimensions.
pub fn emf(report: &Report, verdict: Verdict, data: &[Datum]) -> String {
    let sets = data.chunk_by(|one, other| one.dimensions == other.dimensions);
    sets.map(|set| line(report, verdict, set) + "\n").collect()
}

/// A metric is in a set once, and there are fewer of them than the hundred that a directive may name.
fn line(report: &Report, verdict: Verdict, set: &[Datum]) -> String {
    let Some(Datum { dimensions, at, .. }) = set.first() else { return String::new() };
    let names: Vec<&str> = dimensions.iter().map(|it| it.name).collect();
    let metrics: Vec<Value> =
        set.iter().map(|it| json!({ "Name": it.metric.name(), "Unit": it.metric.unit().name() })).collect();
    let mut root = Map::new();
    let directive = json!({ "Namespace": METRICS_NAMESPACE, "Dimensions": [names], "Metrics": metrics });
    root.insert("_aws".into(), json!({ "Timestamp": at.0.saturating_mul(1_000), "CloudWatchMetrics": [directive] }));
    root.extend(dimensions.iter().map(|Dimension { name, value }| ((*name).to_owned(), json!(value))));
    root.extend(set.iter().map(|it| (it.metric.name().to_owned(), json!(it.value))));
    root.insert("verdict".into(), json!(verdict.name()));
    root.extend(report.diagnoses.first().map(|first| ("code".to_owned(), json!(first.code.id()))));
    root.extend(task_id(report).map(|id| ("task".to_owned(), json!(id))));
    Value::Object(root).to_string()
}

/// The last part of the task's ARN.
fn task_id(report: &Report) -> Option<&str> {
    report.vantage.task_arn.as_deref()?.rsplit('/').next()
}
