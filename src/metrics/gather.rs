//! From a report to data.

use std::iter;
use std::sync::Arc;

use super::catalogue::{Metric, truth};
use super::{Datum, Dimension, endpoint};
use crate::config::MetricsBy;
use crate::diagnose::{Case, clock_offset};
use crate::model::outcome::TaskPullOutcome;
use crate::model::{Act, Report, Vantage, Verdict};

/// CloudWatch takes at most 1,024 characters as a dimension's value, and older readers of the embedded metric format 255.
const LONGEST_VALUE: usize = 255;

/// All data of one check, those of one dimension set together. `verdict` is the report's, or a worse one that stands
/// from a check before it. `task_pull` are the seconds that were told as [`Metric::TaskImagePullTime`]: what was measured
/// at the task's start is told once, or an average would be made of repetitions.
pub fn gather(report: &Report, verdict: Verdict, task_pull: Option<f64>, by: MetricsBy) -> Vec<Datum> {
    let case = Case::new(&report.evidence, &report.vantage);
    let base = base(&report.vantage, by);
    let pull = own_pull(&case).filter(|seconds| task_pull != Some(*seconds));
    let mut of_check = of_check(report, verdict, &case);
    of_check.extend(pull.map(|seconds| (Metric::TaskImagePullTime, seconds)));
    let of_endpoints = endpoint::all(&case).map(|(endpoint, numbers)| {
        let endpoint = Dimension { name: "Endpoint", value: endpoint.name().to_owned() };
        (base.iter().cloned().chain([endpoint]).collect(), numbers)
    });
    let sets: Vec<(Arc<[Dimension]>, _)> = iter::once((base.clone(), of_check)).chain(of_endpoints).collect();
    let datum = |(metric, value), dimensions| Datum { metric, dimensions, at: report.started_at, value };
    sets.into_iter()
        .flat_map(|(dimensions, numbers)| numbers.into_iter().map(move |it| datum(it, dimensions.clone())))
        .filter(|datum| datum.value.is_finite())
        .collect()
}

/// Whether a check's numbers mean anything: somebody who ends one before its end makes it inconclusive, and a task that
/// is stopped would ring an alarm at each deployment. `stopped` tells whether a signal ended it.
pub fn is_told(report: &Report, stopped: bool) -> bool {
    !(stopped && report.verdict == Verdict::Inconclusive)
}

/// How many data were given up before this check; nothing where there were none.
pub fn dropped(report: &Report, count: u64, by: MetricsBy) -> Option<Datum> {
    let (metric, value) = (Metric::MetricsDropped, count as f64);
    (count > 0).then(|| Datum { metric, dimensions: base(&report.vantage, by), at: report.started_at, value })
}

fn of_check(report: &Report, verdict: Verdict, case: &Case<'_>) -> Vec<(Metric, f64)> {
    // Degraded is a warning: pulls work. What is not known is no health, or an alarm would sleep through it.
    let pulls = matches!(verdict, Verdict::Healthy | Verdict::Degraded);
    let mut data = vec![
        (Metric::Healthy, truth(pulls)),
        (Metric::Inconclusive, truth(verdict == Verdict::Inconclusive)),
        (Metric::CheckDuration, report.duration_ms / 1e3),
    ];
    // Where there is no estimate, too few bytes came: their rate is that of round trips.
    let estimate = report.pull.as_ref().and_then(|pull| pull.estimated_full_seconds.map(|seconds| (pull, seconds)));
    if let Some((pull, seconds)) = estimate {
        data.extend(pull.bytes_per_second.map(|rate| (Metric::PullThroughput, rate)));
        data.push((Metric::EstimatedPullTime, seconds));
    }
    data.extend(clock_offset(case).map(|offset| (Metric::ClockOffset, offset as f64)));
    data
}

fn own_pull(case: &Case<'_>) -> Option<f64> {
    case.evidence.iter().find_map(|it| match &it.act {
        Act::TaskPull(TaskPullOutcome::Measured { seconds, .. }) => Some(*seconds),
        _ => None,
    })
}

/// Whose numbers they are: the service's, or its task family's where there is none, in each zone. A host has neither.
/// A Lambda function stands in one subnet and knows nothing of services: its name, by the dimension that Lambda's own
/// metrics have, is all.
/// The cluster, which task metadata has by name or ARN, is a dimension where it is asked for: with it they are other
/// metrics to CloudWatch than without.
pub(super) fn base(vantage: &Vantage, by: MetricsBy) -> Arc<[Dimension]> {
    let dimension = |name, value: Option<&str>| value.and_then(sound).map(|value| Dimension { name, value });
    if let Some(function) = dimension("FunctionName", vantage.function.as_deref()) {
        return [function].into();
    }
    let whose = dimension("Service", vantage.service.as_deref());
    let whose = whose.or_else(|| dimension("Family", vantage.family.as_deref()));
    let cluster = vantage.cluster.as_deref().and_then(|cluster| cluster.rsplit('/').next());
    let cluster = dimension("ClusterName", cluster.filter(|_| by == MetricsBy::Cluster));
    whose.into_iter().chain(cluster).chain(dimension("AvailabilityZone", vantage.az.as_deref())).collect()
}

/// CloudWatch takes ASCII without control characters, and something that is no space (API Reference, "Dimension").
fn sound(value: &str) -> Option<String> {
    let taken = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    let value: String = value.trim().chars().take(LONGEST_VALUE).map(taken).collect();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(vantage: &Vantage) -> Vec<(&'static str, String)> {
        named_by(vantage, MetricsBy::Service)
    }

    fn named_by(vantage: &Vantage, by: MetricsBy) -> Vec<(&'static str, String)> {
        base(vantage, by).iter().map(|it| (it.name, it.value.clone())).collect()
    }

    #[test]
    fn a_service_goes_before_a_family() {
        let (service, family, az) = (Some("writer".into()), Some("file-writer".into()), Some("eu-west-1a".into()));
        let family_only = Vantage { family, ..Vantage::default() };
        assert_eq!(named(&family_only), [("Family", "file-writer".to_owned())]);
        let both = Vantage { service, az, ..family_only };
        assert_eq!(named(&both), [("Service", "writer".to_owned()), ("AvailabilityZone", "eu-west-1a".to_owned())]);
        let function = Vantage { function: Some("ecr-probe-a".into()), ..Vantage::default() };
        assert_eq!(named(&function), [("FunctionName", "ecr-probe-a".to_owned())]);
        assert_eq!(named(&Vantage::default()), []);
    }

    #[test]
    fn a_cluster_is_a_dimension_where_it_is_asked_for() {
        let (service, az) = (Some("web".to_owned()), Some("eu-west-1a".to_owned()));
        for cluster in ["prod", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"] {
            let (service, az, cluster) = (service.clone(), az.clone(), Some(cluster.to_owned()));
            let vantage = Vantage { service, az, cluster, ..Vantage::default() };
            let zone = ("AvailabilityZone", "eu-west-1a".to_owned());
            let (web, prod) = (("Service", "web".to_owned()), ("ClusterName", "prod".to_owned()));
            assert_eq!(named(&vantage), [web.clone(), zone.clone()]);
            assert_eq!(named_by(&vantage, MetricsBy::Cluster), [web, prod, zone]);
        }
        assert_eq!(named_by(&Vantage::default(), MetricsBy::Cluster), []);
    }

    #[test]
    fn a_function_has_its_name_and_nothing_else() {
        let function =
            Vantage { function: Some("ecr-probe-a".into()), az: Some("eu-west-1a".into()), ..Vantage::default() };
        for by in [MetricsBy::Service, MetricsBy::Cluster] {
            assert_eq!(named_by(&function, by), [("FunctionName", "ecr-probe-a".to_owned())]);
        }
    }

    #[test]
    fn a_dimension_is_what_cloudwatch_takes() {
        assert_eq!(sound(" a b "), Some("a b".into()));
        assert_eq!(sound("a\u{7}b\u{e9}"), Some("a?b?".into()));
        assert_eq!(sound(" \t"), None);
        assert_eq!(sound(&"x".repeat(2_000)).map(|value| value.len()), Some(LONGEST_VALUE));
    }
}
