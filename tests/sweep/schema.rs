//! `docs/sweep.schema.json` is the contract of `sweep --output json`: every result of these tests is valid, and its keys and
//! closed lists are those of the model.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ecr_probe::model::facts::{Hidden, Why};
use ecr_probe::model::outcome::NoAnswer;
use ecr_probe::model::{Timestamp, Unseen};
use ecr_probe::sweep::{Difference, DifferenceKind, Obstacle, Place, SCHEMA, Sweep, Via, compare, worst};
use jsonschema::{Registry, Validator};
use serde::Serialize;
use serde_json::{Value, json};

use crate::aws::checked;
use crate::compared::explained;

static SCHEMA_TEXT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../docs/sweep.schema.json")).expect("the schema is JSON"));

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let others = [include_str!("../../docs/report.schema.json"), include_str!("../../docs/explain.schema.json")];
    let mut registry = Registry::new();
    for other in others {
        let other: Value = serde_json::from_str(other).expect("the schema is JSON");
        let name = other["$id"].as_str().expect("it has a name").to_owned();
        registry = registry.add(name, other).unwrap_or_else(|error| panic!("{error}"));
    }
    let registry = registry.prepare().unwrap_or_else(|error| panic!("{error}"));
    let options = jsonschema::draft202012::options().with_registry(&registry).should_validate_formats(true);
    options.build(&SCHEMA_TEXT).unwrap_or_else(|error| panic!("{error}"))
});

fn complaints(result: &Value) -> Vec<String> {
    VALIDATOR.iter_errors(result).map(|error| format!("{}: {error:.300}", error.instance_path())).collect()
}

/// Fails where it is not as the schema has it.
#[track_caller]
pub fn in_schema(result: &Value) {
    let wrong = complaints(result);
    assert!(wrong.is_empty(), "not as docs/sweep.schema.json has it:\n{}", wrong.join("\n"));
}

fn json_of(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("the model has string keys and finite numbers")
}

fn hidden() -> Hidden {
    let why = Why::NoAnswer { how: NoAnswer::TooLarge { limit_bytes: 6 } };
    Hidden { action: "lambda:InvokeFunction".to_owned(), why }
}

/// Each once; the compiler says which is missing.
fn obstacles() -> Vec<Obstacle> {
    let words = || "words".to_owned();
    let all = vec![
        Obstacle::NoFunction,
        Obstacle::FunctionElsewhere { subnets: vec![words()] },
        Obstacle::FunctionNotReady { reason: None },
        Obstacle::OtherGroups { groups: vec![words()], service: vec![words()] },
        Obstacle::FunctionFailed { error: words(), message: Some(words()) },
        Obstacle::NotAllowed { hidden: hidden() },
        Obstacle::Throttled { hidden: Hidden { why: Why::NotAsked, ..hidden() } },
        Obstacle::NoAnswer {
            hidden: Hidden { why: Why::Refused { status: 400, code: words(), message: None }, ..hidden() },
        },
        Obstacle::NotAReport { reason: words() },
        Obstacle::OtherSubnet { reported: words() },
        Obstacle::NotStarted,
        Obstacle::NeverRan,
        Obstacle::NeverStopped { status: words(), waited_s: 600.0 },
        Obstacle::Lost,
        Obstacle::Interrupted,
        Obstacle::ProbeFailed { log: Some(hidden()) },
        Obstacle::ProbeFailed { log: None },
    ];
    for obstacle in &all {
        match obstacle {
            Obstacle::NoFunction
            | Obstacle::FunctionElsewhere { .. }
            | Obstacle::FunctionNotReady { .. }
            | Obstacle::OtherGroups { .. }
            | Obstacle::FunctionFailed { .. }
            | Obstacle::NotAllowed { .. }
            | Obstacle::Throttled { .. }
            | Obstacle::NoAnswer { .. }
            | Obstacle::NotAReport { .. }
            | Obstacle::OtherSubnet { .. }
            | Obstacle::NotStarted
            | Obstacle::NeverRan
            | Obstacle::NeverStopped { .. }
            | Obstacle::Lost
            | Obstacle::Interrupted
            | Obstacle::ProbeFailed { .. } => {}
        }
    }
    all
}

fn differences() -> Vec<Difference> {
    use DifferenceKind::{NetworkAcl, Nothing, RouteTable, Unknown, Zone};
    let of = |kind| Difference {
        kind,
        code: None,
        fails: vec!["subnet-0b".to_owned()],
        works: vec!["subnet-0a".to_owned()],
        failing: vec!["rtb-2".to_owned()],
        working: vec!["rtb-1".to_owned()],
        lines: vec!["only in rtb-1: 0.0.0.0/0 → nat-1".to_owned()],
        unread: vec![Unseen {
            what: "subnets".to_owned(),
            action: "ec2:DescribeSubnets".to_owned(),
            why: "timed out".to_owned(),
        }],
    };
    [RouteTable, NetworkAcl, Zone, Nothing, Unknown].map(of).to_vec()
}

/// Every kind of place and difference.
fn full() -> Sweep {
    let mut places: Vec<Place> = obstacles().into_iter().map(|it| Place::new("subnet-0a").obstructed(it)).collect();
    places.push(Place { via: Some(Via::Lambda), ..Place::new("subnet-0b").reported(checked("")) });
    places.push(Place { via: Some(Via::RunTask), az: Some("eu-west-1a".into()), ..explained("subnet-0c") });
    places.push(Place::new("subnet-0d").exited(1));
    Sweep {
        schema: SCHEMA,
        version: "0".to_owned(),
        started_at: Timestamp(0),
        duration_ms: 1.0,
        verdict: worst(&places),
        cut_short: None,
        region: "eu-west-1".to_owned(),
        account: None,
        cluster: "main".to_owned(),
        service: "web".to_owned(),
        diagnoses: compare(&places),
        places,
        differs: differences(),
        configured: Vec::new(),
        unseen: Vec::new(),
        notes: vec![String::new()],
    }
}

#[test]
fn it_is_a_schema_and_every_kind_of_place_is_in_it() {
    jsonschema::meta::validate(&SCHEMA_TEXT).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(SCHEMA_TEXT["properties"]["schema"]["const"], SCHEMA);
    in_schema(&json_of(&full()));
}

#[test]
fn its_keys_are_those_of_the_model() {
    let full = json_of(&full());
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().expect("an object").keys().cloned().collect() };
    let of = |pointer: &str| keys(SCHEMA_TEXT.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")));
    assert_eq!(keys(&full), of("/properties"));
    assert_eq!(keys(&full["places"][0]), of("/$defs/place/properties"));
    assert_eq!(keys(&full["differs"][0]), of("/$defs/difference/properties"));
    assert_eq!(keys(&full["diagnoses"][0]), of("/$defs/diagnosis/properties"));
    for name in ["", "/$defs/place", "/$defs/difference", "/$defs/diagnosis"] {
        let definition = SCHEMA_TEXT.pointer(name).expect("it is there");
        assert_eq!(definition["additionalProperties"], false, "{name}");
        let required: BTreeSet<&str> =
            definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = definition["properties"].as_object().expect("an object");
        assert_eq!(required, properties.keys().map(String::as_str).collect(), "{name}");
    }
}

#[test]
fn what_is_none_is_refused() {
    let good = json_of(&full());
    let with = |place: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(place).expect("it is there") = value;
        bad
    };
    let mut more = good.clone();
    more["confidence"] = json!(0.5);
    for bad in [
        more,
        with("/schema", json!("ecr-probe.sweep/2")),
        with("/verdict", json!("fine")),
        with("/places/0/via", json!("ssh")),
        with("/places/0/obstacle/kind", json!("mystery")),
        with("/places/0/report", json!({})),
        with("/differs/0/kind", json!("weather")),
        with("/diagnoses/0/of", json!("3")),
    ] {
        assert!(!VALIDATOR.is_valid(&bad), "{bad:.300}");
    }
}
