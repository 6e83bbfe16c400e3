//! The schema is no rubber stamp: whatever is changed in a valid report is noticed.

use ecr_probe::model::{Check, Observation, Report};
use serde_json::{Value, json};

use super::{complaints, full, json_of, survives, validator, variants};

/// Texts that must be one of a list or of a form.
const CLOSED: [&str; 53] = [
    "/schema",
    "/version",
    "/started_at",
    "/verdict",
    "/vantage/mode",
    "/vantage/launch_type",
    "/vantage/network_mode",
    "/vantage/dns_servers",
    "/images/digest",
    "/images/index_digest",
    "/images/platform",
    "/diagnoses/code",
    "/diagnoses/name",
    "/diagnoses/severity",
    "/diagnoses/strength",
    "/diagnoses/stage",
    "/diagnoses/alternatives",
    "/diagnoses/fixes/applicability",
    "/not_judged/code",
    "/evidence/check",
    "/evidence/address",
    "/evidence/target/role",
    "/evidence/outcome/result",
    "/evidence/outcome/cause",
    "/evidence/outcome/why/cause",
    "/evidence/outcome/address",
    "/evidence/outcome/class",
    "/evidence/outcome/addresses/address",
    "/evidence/outcome/addresses/class",
    "/evidence/outcome/transport",
    "/evidence/outcome/unanswered/record",
    "/evidence/outcome/unanswered/why/result",
    "/evidence/outcome/lacking",
    "/evidence/outcome/denial/layer",
    "/evidence/outcome/digest",
    "/evidence/outcome/chosen",
    "/evidence/outcome/expected",
    "/evidence/outcome/actual",
    "/evidence/outcome/media_type",
    "/evidence/outcome/platform",
    "/evidence/outcome/platforms",
    "/evidence/outcome/wanted",
    "/evidence/outcome/offered",
    "/evidence/outcome/found",
    "/evidence/outcome/now",
    "/evidence/outcome/certificate/not_before",
    "/evidence/outcome/certificate/not_after",
    // Of an image reference; that of the caller is whatever STS says.
    "/evidence/outcome/account",
    "/placement/launch_type",
    "/paths/to",
    "/paths/passes",
    "/paths/hops/kind",
    "/paths/hops/does",
];

/// Texts of the account's configuration that must be one of a list or of a form, by check.
const CLOSED_FACTS: [(&str, &str); 6] = [
    ("endpoint", "/kind"),
    ("network-interface", "/addresses"),
    ("route-table", "/routes/state"),
    ("policy", "/kind"),
    ("image", "/status"),
    ("image", "/digest"),
];

/// Whole numbers that may be negative.
const SIGNED: [&str; 3] = ["clock_offset_s", "valid_for_s", "priority"];

/// Numbers that may have a fraction.
const FRACTIONS: [&str; 7] =
    ["duration_ms", "began_ms", "took_ms", "first_byte_ms", "seconds", "bytes_per_second", "estimated_full_seconds"];

/// Numbers of 16 or 32 bits.
const NARROW: [&str; 12] = [
    "id",
    "unexplained",
    "cites",
    "ttl",
    "rtt_us",
    "rtt_var_us",
    "retransmits",
    "send_mss",
    "path_mtu",
    "port",
    "ports",
    "number",
];

/// A valid report and the places in it that are worth changing.
struct Sample {
    report: Value,
    places: Vec<String>,
}

/// A full report without evidence, then one for each variant of each outcome.
fn samples() -> Vec<Sample> {
    let sample = |report: Value, below: &str| {
        let mut places = places(&report);
        places.retain(|place| place.starts_with(below));
        Sample { report, places }
    };
    let evidence = variants::observations().into_iter().map(|it| sample(json_of(&bare(it)), "/evidence/0"));
    std::iter::once(sample(json_of(&full(Vec::new())), "")).chain(evidence).collect()
}

/// A report of this observation and no more.
fn bare(observation: Observation) -> Report {
    Report { diagnoses: Vec::new(), configured: None, ..full(vec![observation]) }
}

/// Every place in a value, as JSON pointers; the first is the whole.
pub fn places(value: &Value) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, it)| (key.clone(), it)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, it)| (at.to_string(), it)).collect(),
        _ => Vec::new(),
    };
    let mut all = vec![String::new()];
    for (key, it) in below {
        all.extend(places(it).into_iter().map(|rest| format!("/{key}{rest}")));
    }
    all
}

/// Without the numbers of lists, and with what a sample failed of as if it were the outcome.
fn field(place: &str) -> String {
    let keys = place.split('/').filter(|part| part.parse::<usize>().is_err() && *part != "failure");
    keys.collect::<Vec<_>>().join("/")
}

/// The last key.
fn key(place: &str) -> String {
    field(place).rsplit('/').next().unwrap_or_default().to_owned()
}

/// Puts something else in every place that `with` has something else for, and compares what the
/// schema says to it with what `valid` expects.
fn check(with: impl Fn(&Value) -> Option<Value>, valid: impl Fn(&str, &Value) -> bool) {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for Sample { report, places } in samples() {
        for place in places {
            let Some(other) = report.pointer(&place).and_then(&with) else { continue };
            let mut mutant = report.clone();
            *mutant.pointer_mut(&place).expect("it is there") = other;
            if mutant == report {
                continue;
            }
            count += 1;
            let complaints = complaints(validator(), &mutant);
            if complaints.is_empty() != valid(&place, &mutant) {
                wrong.push(format!("{place} in {}: {complaints:?}", mutant["evidence"]));
            }
        }
    }
    assert!(count > 20, "{count} mutants");
    assert!(wrong.is_empty(), "{} of {count} mutants\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether the place is in what a fact of the configuration came to.
fn is_of_the_configuration(report: &Value, place: &str) -> bool {
    let check = report["evidence"][0]["check"].as_str().unwrap_or_default();
    let is_configuration = Check::ALL.iter().any(|it| it.name() == check && it.is_configuration());
    is_configuration && place.starts_with("/evidence/0/outcome/")
}

fn is_closed_fact(report: &Value, place: &str) -> bool {
    let check = report["evidence"][0]["check"].as_str().unwrap_or_default();
    let whole = field(place);
    let within = whole.strip_prefix("/evidence/outcome").unwrap_or_default();
    let of_any = ["/result", "/why/reason", "/why/how/cause"];
    let of_image = check == "image" && within == "/platforms";
    // What a request that got no answer says of itself is free.
    of_any.contains(&within) || of_image || CLOSED_FACTS.contains(&(check, within))
}

#[test]
fn an_unknown_key_is_refused_everywhere() {
    let with = |value: &Value| {
        let mut object = value.as_object()?.clone();
        object.insert("unheard_of".into(), Value::Null);
        Some(Value::Object(object))
    };
    check(with, |_, _| false);
}

#[test]
fn a_missing_key_is_refused_everywhere() {
    let mut count = 0;
    for Sample { report, places } in samples() {
        for place in places {
            let Some((parent, last)) = place.rsplit_once('/') else { continue };
            let mut mutant = report.clone();
            let Some(object) = mutant.pointer_mut(parent).and_then(Value::as_object_mut) else { continue };
            object.remove(last);
            if parent.ends_with("/log_options") {
                // A container has those that it sets.
                continue;
            }
            count += 1;
            assert!(!complaints(validator(), &mutant).is_empty(), "{place} in {mutant}");
        }
    }
    assert!(count > 500, "{count} mutants");
}

#[test]
fn null_is_taken_exactly_where_the_model_has_it() {
    // Findings, paths and what is unseen are made anew and not read back.
    const MADE_ANEW: [&str; 4] = ["/diagnoses", "/not_judged", "/paths", "/unseen"];
    const NULLS: [&str; 4] = ["/diagnoses/ecs_message", "/diagnoses/where", "/paths/az", "/paths/via"];
    let read_back = |place: &str| !MADE_ANEW.iter().any(|made| place.starts_with(made));
    let is_null = |place: &str| NULLS.contains(&field(place).as_str()) && !place.ends_with(char::is_numeric);
    check(|_| Some(Value::Null), |place, mutant| is_null(place) || read_back(place) && survives(mutant));
}

#[test]
fn nonsense_is_refused_wherever_a_list_or_a_form_is_closed() {
    let with = |value: &Value| value.is_string().then(|| json!("no such thing"));
    check(with, |place, mutant| {
        let caller = mutant["evidence"][0]["check"] == "caller" && place.ends_with("/outcome/account");
        let free = if is_of_the_configuration(mutant, place) {
            !is_closed_fact(mutant, place)
        } else {
            caller || !CLOSED.contains(&field(place).as_str())
        };
        assert!(!free || survives(mutant), "{place} in {mutant}");
        free
    });
}

#[test]
fn another_type_is_refused_everywhere() {
    let with = |value: &Value| {
        Some(match value {
            Value::Null => json!({}),
            Value::Bool(_) => json!("true"),
            Value::Number(number) => json!(number.to_string()),
            Value::String(_) => json!(7),
            Value::Array(_) => json!({}),
            Value::Object(_) => json!([]),
        })
    };
    check(with, |_, _| false);
}

#[test]
fn numbers_have_their_bounds() {
    let number = |other: Value| move |value: &Value| value.is_number().then(|| other.clone());
    check(number(json!(-1)), |place, _| SIGNED.contains(&key(place).as_str()));
    check(number(json!(0.5)), |place, _| FRACTIONS.contains(&key(place).as_str()));
    check(number(json!(1u64 << 32)), |place, _| {
        let key = key(place);
        !NARROW.contains(&key.as_str()) && !["status", "budget_seconds"].contains(&key.as_str())
    });
}

/// The schema and the model agree on which outcome belongs to which check, and on which fields
/// belong to which result.
#[test]
fn an_outcome_is_valid_exactly_where_the_model_reads_it() {
    let reports: Vec<Value> = variants::observations().into_iter().map(|it| json_of(&bare(it))).collect();
    let different = |place: &str| {
        let mut all: Vec<Value> = reports.iter().filter_map(|report| report.pointer(place)).cloned().collect();
        all.sort_by_key(ToString::to_string);
        all.dedup();
        all
    };
    let (mut valid, mut invalid) = (0, 0);
    for place in ["/evidence/0/check", "/evidence/0/outcome/result", "/evidence/0/outcome/cause"] {
        for other in different(place) {
            for report in &reports {
                let mut mutant = report.clone();
                let Some(value) = mutant.pointer_mut(place) else { continue };
                *value = other.clone();
                let is_valid = validator().is_valid(&mutant);
                assert_eq!(is_valid, survives(&mutant), "{place} in {}", mutant["evidence"]);
                *(if is_valid { &mut valid } else { &mut invalid }) += 1;
            }
        }
    }
    assert!(valid > 300 && invalid > 3_000, "{valid} valid, {invalid} invalid");
}
