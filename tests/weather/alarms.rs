//! The alarms of `deploy/monitoring.yaml`, as CloudWatch evaluates them (User Guide, "Evaluating an alarm").

use std::collections::BTreeMap;
use std::path::Path;

use ecr_probe::metrics::{Datum, Metric};

/// An alarm on one metric, with the template's defaults.
#[derive(Debug)]
pub struct Alarm {
    pub resource: &'static str,
    metric: Metric,
    statistic: fn(&[f64]) -> f64,
    /// Whether a value is on the wrong side of the threshold.
    breaches: fn(f64, f64) -> bool,
    threshold: f64,
    period_s: i64,
    periods: usize,
    to_alarm: usize,
    missing_breaches: bool,
}

const BELOW: fn(f64, f64) -> bool = |value, threshold| value < threshold;
const ABOVE: fn(f64, f64) -> bool = |value, threshold| value > threshold;

impl Alarm {
    /// Those that a watch can ring.
    pub fn all() -> Vec<Alarm> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/monitoring.yaml");
        let template = std::fs::read_to_string(path).expect("the template is there");
        let average: fn(&[f64]) -> f64 = |values| values.iter().sum::<f64>() / values.len() as f64;
        let count: fn(&[f64]) -> f64 = |values| values.len() as f64;
        let largest: fn(&[f64]) -> f64 = |values| values.iter().fold(0.0, |most, value| most.max(value.abs()));
        let read = |resource, metric: Metric, statistic, breaches| {
            let block = block(&template, resource);
            assert!(block.contains(&format!("MetricName: {}\n", metric.name())), "{resource}: {block}");
            let periods = value(block, "EvaluationPeriods").expect("each has one") as usize;
            Alarm {
                resource,
                metric,
                statistic,
                breaches,
                threshold: number(&template, block, "Threshold").expect("each has one"),
                period_s: number(&template, block, "Period").expect("each has one") as i64,
                periods,
                to_alarm: value(block, "DatapointsToAlarm").map_or(periods, |it| it as usize),
                missing_breaches: block.contains("TreatMissingData: breaching"),
            }
        };
        vec![
            read("Unhealthy1", Metric::Healthy, average, BELOW),
            read("Silent1", Metric::Healthy, count, BELOW),
            read("SlowPull", Metric::EstimatedPullTime, largest, ABOVE),
            read("SlowStart", Metric::TaskImagePullTime, largest, ABOVE),
            read("ClockOff", Metric::ClockOffset, largest, ABOVE),
        ]
    }

    /// Whether it rings at any time of these data.
    pub fn rings(&self, data: &[Datum]) -> bool {
        let mut periods: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        // A period without any datum is there and empty.
        for datum in data.iter().filter(|datum| !datum.dimensions.iter().any(|it| it.name == "Endpoint")) {
            let values = periods.entry(datum.at.0 / self.period_s).or_default();
            values.extend((datum.metric == self.metric).then_some(datum.value));
        }
        let (Some((&first, _)), Some((&last, _))) = (periods.first_key_value(), periods.last_key_value()) else {
            return self.missing_breaches;
        };
        let bad: Vec<bool> = (first..=last)
            .map(|period| match periods.get(&period).filter(|values| !values.is_empty()) {
                Some(values) => (self.breaches)((self.statistic)(values), self.threshold),
                None => self.missing_breaches,
            })
            .collect();
        bad.windows(self.periods.min(bad.len()))
            .any(|window| window.iter().filter(|bad| **bad).count() >= self.to_alarm)
    }
}

/// The lines of a parameter or a resource.
fn block<'t>(template: &'t str, name: &str) -> &'t str {
    let (_, rest) = template.split_once(&format!("\n  {name}:\n")).unwrap_or_else(|| panic!("{name} is there"));
    let mut at = 0;
    let inside = |line: &&str| line.starts_with("    ") || line.trim().is_empty();
    for line in rest.split_inclusive('\n').take_while(inside) {
        at += line.len();
    }
    &rest[..at]
}

fn text<'t>(block: &'t str, key: &str) -> Option<&'t str> {
    block.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "))
}

fn value(block: &str, key: &str) -> Option<f64> {
    text(block, key)?.parse().ok()
}

/// A number, or the default of the parameter that stands there.
fn number(template: &str, within: &str, key: &str) -> Option<f64> {
    match text(within, key)?.strip_prefix("!Ref ") {
        Some(parameter) => value(block(template, parameter), "Default"),
        None => value(within, key),
    }
}

#[test]
fn an_alarm_rings_when_the_template_says_so() {
    let datum = |minute: i64, value| Datum {
        metric: Metric::Healthy,
        dimensions: [].into(),
        at: ecr_probe::model::Timestamp(minute * 60),
        value,
    };
    let alarms = Alarm::all();
    let rings = |bad: &[i64]| {
        let data: Vec<Datum> = (0..60).map(|minute| datum(minute, f64::from(!bad.contains(&minute)))).collect();
        alarms.iter().filter(|alarm| alarm.rings(&data)).map(|alarm| alarm.resource).collect::<Vec<_>>()
    };
    assert_eq!(rings(&[]), Vec::<&str>::new());
    assert_eq!(rings(&[10, 11, 12]), Vec::<&str>::new(), "one bad period");
    assert_eq!(rings(&[10, 11, 12, 15, 16, 17]), ["Unhealthy1"]);
    let with_a_gap: Vec<Datum> = [0, 40].map(|minute| datum(minute, 1.0)).into();
    assert!(alarms[1].rings(&with_a_gap) && !alarms[0].rings(&with_a_gap));
}
