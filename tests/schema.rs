//! `docs/report.schema.json` is the contract: what the probe writes is valid, what is valid the
//! probe reads back, and its closed lists are those of the model.

mod sim;
mod support;

#[path = "schema/audits.rs"]
mod audits;
#[path = "schema/configuration.rs"]
mod configuration;
#[path = "schema/facts.rs"]
mod facts;
#[path = "support/fed.rs"]
mod fed;
#[path = "schema/judge.rs"]
mod judge;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "healthy/layouts.rs"]
mod layouts;
#[path = "schema/lists.rs"]
mod lists;
#[path = "schema/mutants.rs"]
mod mutants;
#[path = "schema/replies.rs"]
mod replies;
#[path = "schema/variants.rs"]
mod variants;
#[path = "schema/whole.rs"]
mod whole;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use ecr_probe::model::{
    Check, Evidence, Hop, ImageSummary, Observation, Placement, Pull, Report, Timestamp, Vantage, Verdict,
};
use jsonschema::Validator;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use sim::{Page, World};
use whole::{configured, finding, full};

fn schema() -> Value {
    serde_json::from_str(include_str!("../docs/report.schema.json")).expect("the schema is JSON")
}

fn validator() -> &'static Validator {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        options.build(&schema()).unwrap_or_else(|error| panic!("{error}"))
    });
    &VALIDATOR
}

/// The report of every page's broken and fixed world, and of the healthy one.
fn page_reports() -> &'static [(String, Report)] {
    static REPORTS: LazyLock<Vec<(String, Report)>> = LazyLock::new(check_pages);
    &REPORTS
}

fn check_pages() -> Vec<(String, Report)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = Page::all(&folder).unwrap_or_else(|why| panic!("{why}"));
    let mut reports = vec![("healthy".to_owned(), support::check(World::healthy()))];
    for page in pages {
        for (which, world) in [("broken", page.world()), ("fixed", page.fixed_world())] {
            if let Some(world) = world.unwrap_or_else(|why| panic!("{why}")) {
                reports.push((format!("{} {which}", page.code), support::check(world)));
            }
        }
    }
    reports
}

/// What of a saved report can be read back, which is all but the findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Saved {
    schema: String,
    version: String,
    started_at: Timestamp,
    duration_ms: f64,
    verdict: Verdict,
    cut_short: Option<String>,
    trimmed: Option<usize>,
    vantage: Vantage,
    images: Vec<ImageSummary>,
    diagnoses: Value,
    unexplained: Vec<u32>,
    not_judged: Value,
    pull: Option<Pull>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    placement: Option<Placement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paths: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unseen: Option<Value>,
    evidence: Evidence,
}

/// Whether the model reads `report` and writes it again as it was.
fn survives(report: &Value) -> bool {
    Saved::deserialize(report).ok().and_then(|saved| serde_json::to_value(saved).ok()).as_ref() == Some(report)
}

fn json_of(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("the model has string keys and finite numbers")
}

/// What is wrong with a report, a line each.
fn complaints(validator: &Validator, report: &Value) -> Vec<String> {
    validator.iter_errors(report).map(|error| format!("{}: {error:.300}", error.instance_path())).collect()
}

#[test]
fn the_schema_is_one() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    validator();
}

/// Every object and every array in a schema, with its place.
fn subschemas<'s>(schema: &'s Value, place: &str, found: &mut Vec<(String, &'s Value)>) {
    found.push((place.to_owned(), schema));
    match schema {
        Value::Object(map) => map.iter().for_each(|(key, below)| subschemas(below, &format!("{place}/{key}"), found)),
        Value::Array(list) => list.iter().zip(0..).for_each(|(it, at)| subschemas(it, &format!("{place}/{at}"), found)),
        _ => (),
    }
}

#[test]
fn every_object_is_closed_and_every_key_described() {
    let schema = schema();
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    subschemas(&schema, "", &mut all);
    let described = |property: &Value| {
        let target = property["$ref"].as_str().and_then(|to| schema.pointer(to.strip_prefix('#')?));
        property.is_boolean()
            || property["const"].is_string() && property.as_object().is_some_and(|it| it.len() == 1)
            || property["description"].is_string()
            || target.is_some_and(|target| target["description"].is_string())
    };
    for (place, it) in &all {
        if it["type"] == "object" || it["type"] == json!(["object", "null"]) {
            let Some(properties) = it["properties"].as_object() else {
                // The observation's outcome: its shape depends on the check.
                assert_eq!(place, "/$defs/observation/properties/outcome");
                continue;
            };
            if it["additionalProperties"] != false {
                wrong.push(format!("{place} is open"));
            }
            for name in it["required"].as_array().into_iter().flatten() {
                if !properties.contains_key(name.as_str().unwrap_or_default()) {
                    wrong.push(format!("{place} requires {name} and does not have it"));
                }
            }
            let bare = properties.iter().filter(|(_, property)| !described(property));
            wrong.extend(bare.map(|(key, _)| format!("{place}/properties/{key} is not described")));
        }
        if it["$ref"].as_str().is_some_and(|to| schema.pointer(to.trim_start_matches('#')).is_none()) {
            wrong.push(format!("{place} refers to nothing"));
        }
    }
    for name in schema["$defs"].as_object().expect("an object").keys() {
        let reference = json!(format!("#/$defs/{name}"));
        if !all.iter().any(|(_, it)| it["$ref"] == reference) {
            wrong.push(format!("$defs/{name} is not used"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_report_of_every_page_is_valid_and_reads_back() {
    let mut wrong = Vec::new();
    for (name, report) in page_reports() {
        let report = json_of(report);
        wrong.extend(complaints(validator(), &report).into_iter().map(|why| format!("{name}: {why}")));
        if !survives(&report) {
            wrong.push(format!("{name}: it does not read back as it was"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_variant_is_valid_and_reads_back() {
    for observation in variants::observations() {
        let again: Observation =
            serde_json::from_value(json_of(&observation)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again, observation);
        let report = json_of(&full(vec![observation]));
        assert_eq!(complaints(validator(), &report), [""; 0], "{report}");
        assert!(survives(&report), "{report}");
    }
}

#[test]
fn every_value_of_a_closed_list_is_valid() {
    let mut report = full(Vec::new());
    report.diagnoses = Vec::new();
    for severity in lists::severities() {
        for strength in lists::strengths() {
            report.diagnoses.extend(lists::stages().into_iter().map(|stage| finding(severity, strength, stage)));
        }
    }
    for verdict in lists::verdicts() {
        for mode in lists::modes() {
            report.verdict = verdict;
            report.vantage.mode = mode;
            assert_eq!(complaints(validator(), &json_of(&report)), [""; 0]);
        }
    }
    for (passes, does) in lists::passes().into_iter().zip(lists::does()) {
        for kind in lists::hop_kinds() {
            let mut configured = configured();
            configured.paths[0].passes = passes;
            let hop = Hop { kind, does, ..configured.paths[0].hops[0].clone() };
            configured.paths[0].hops.push(hop);
            report.configured = Some(configured);
            assert_eq!(complaints(validator(), &json_of(&report)), [""; 0]);
        }
    }
    for launch_type in lists::launch_types() {
        for network_mode in lists::network_modes() {
            (report.vantage.launch_type, report.vantage.network_mode) = (Some(launch_type), Some(network_mode));
            assert_eq!(complaints(validator(), &json_of(&report)), [""; 0]);
        }
    }
}

/// A report of which next to nothing could be learnt.
#[test]
fn what_is_not_known_is_null() {
    let empty = Report {
        cut_short: None,
        trimmed: None,
        vantage: Vantage::default(),
        images: vec![ImageSummary::default()],
        diagnoses: Vec::new(),
        unexplained: Vec::new(),
        not_judged: Vec::new(),
        pull: None,
        configured: None,
        ..full(Vec::new())
    };
    let report = json_of(&empty);
    assert_eq!(complaints(validator(), &report), [""; 0]);
    assert!(survives(&report));
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn names<T: Serialize>(values: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    values.into_iter().filter_map(|value| json_of(&value).as_str().map(str::to_owned)).collect()
}

#[test]
fn the_closed_lists_are_those_of_the_model() {
    let schema = schema();
    let checks = Check::ALL.iter().map(|check| check.name());
    let causes = variants::no_answers().into_iter().map(|it| json_of(&it)["cause"].clone());
    for (list, of_model) in [
        ("verdict", names(lists::verdicts())),
        ("mode", names(lists::modes())),
        ("launch_type", names(lists::launch_types())),
        ("network_mode", names(lists::network_modes())),
        ("severity", names(lists::severities())),
        ("strength", names(lists::strengths())),
        ("stage", names(lists::stages())),
        ("applicability", names(lists::applicabilities())),
        ("role", names(lists::roles())),
        ("check", names(checks)),
        ("cause", names(causes)),
        ("address_class", names(lists::address_classes())),
        ("policy_layer", names(lists::policy_layers())),
        ("transport", names(lists::transports())),
        ("passes", names(lists::passes())),
        ("does", names(lists::does())),
        ("hop_kind", names(lists::hop_kinds())),
        ("endpoint_kind", names(lists::endpoint_kinds())),
        ("route_state", names(lists::route_states())),
        ("policy_kind", names(lists::policy_kinds())),
        ("image_status", names(lists::image_statuses())),
    ] {
        assert_eq!(texts(&schema["$defs"][list]["enum"]), of_model, "{list}");
    }
    let properties = |branch: &Value| branch["properties"].clone();
    let branches = schema["$defs"]["observation"]["oneOf"].as_array().expect("a list").iter().map(properties);
    for branch in branches {
        let outcome = branch["outcome"]["$ref"].as_str().and_then(|it| it.strip_prefix('#')).expect("a reference");
        let outcome = schema.pointer(outcome).expect("it is there");
        // Samples end as what they are samples of.
        let of_samples = || outcome["properties"]["failure"].as_object();
        let Some(outcomes) = outcome["oneOf"].as_array() else {
            assert!(of_samples().is_some(), "{outcome}");
            continue;
        };
        let mut results = BTreeSet::new();
        for it in outcomes {
            let it = match it["$ref"].as_str() {
                Some(to) => schema.pointer(to.trim_start_matches('#')).expect("it is there"),
                None => it,
            };
            let result = &it["properties"]["result"];
            results.extend(result["const"].as_str().map(str::to_owned));
            results.extend(texts(&result["enum"]));
        }
        let of_check = variants::acts().into_iter().filter(|act| branch["check"]["const"] == act.check().name());
        let of_model = names(of_check.map(|act| json_of(&act)["outcome"]["result"].clone()));
        assert_eq!(results, of_model, "{}", branch["check"]);
    }
}
