//! `docs/explain.schema.json` is the contract of `explain --output json`: every explanation of the
//! corpus is valid, and its keys and closed lists are those of the model.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, Explanation, SCHEMA, Verdict, explain, explain_event};
use jsonschema::{Registry, Validator};
use serde::Serialize;
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("../docs/explain.schema.json")).expect("the schema is JSON")
}

fn report_schema() -> Value {
    serde_json::from_str(include_str!("../docs/report.schema.json")).expect("the schema is JSON")
}

fn validator() -> &'static Validator {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
        let report = report_schema();
        let name = report["$id"].as_str().expect("it has a name").to_owned();
        let registry = Registry::new().add(name, report).and_then(jsonschema::RegistryBuilder::prepare);
        let registry = registry.unwrap_or_else(|error| panic!("{error}"));
        let options = jsonschema::draft202012::options().with_registry(&registry).should_validate_formats(true);
        options.build(&schema()).unwrap_or_else(|error| panic!("{error}"))
    });
    &VALIDATOR
}

fn context() -> Context {
    Context { ranges: Ranges::embedded(), vpc: Vec::new() }
}

fn json_of(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("the model has string keys and finite numbers")
}

/// What is wrong with an explanation, a line each.
fn complaints(explanation: &Value) -> Vec<String> {
    validator().iter_errors(explanation).map(|error| format!("{}: {error:.300}", error.instance_path())).collect()
}

/// Every text of the corpus, and what is no text of anybody's.
fn texts() -> Vec<String> {
    let corpus = include_str!("explain/stop-reasons.jsonl").lines();
    let record =
        |line: &str| serde_json::from_str::<Value>(line).expect("a record")["text"].as_str().map(str::to_owned);
    let mut texts: Vec<String> = corpus.filter_map(record).collect();
    assert!(texts.len() > 100, "{}", texts.len());
    texts.extend(["", "\u{0}", "hello", "{}", "\u{1f600}"].map(str::to_owned));
    texts
}

fn diagnosed() -> Explanation {
    explain("Error response from daemon: no basic auth credentials", &context())
}

#[test]
fn the_schema_is_one() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["schema"]["const"], SCHEMA);
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    validator();
}

#[test]
fn every_explanation_of_the_corpus_is_valid() {
    let context = context();
    let mut wrong = Vec::new();
    for text in texts() {
        let explanation = json_of(&explain(&text, &context));
        wrong.extend(complaints(&explanation).into_iter().map(|why| format!("{text:.60}: {why}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn whose_it_is_is_valid() {
    let task = json!({
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3", "group": "service:writer",
        "stoppedAt": "2026-11-23T13:00:00Z", "stoppedReason": "no basic auth credentials",
    });
    let mut called = json!({ "tasks": [task, { "stoppedAt": 1_795_442_400.5, "stoppedReason": "exit" }] });
    called["failures"] = json!([{ "arn": "arn:aws:ecs:eu-west-1:123456789012:task/files/9f4", "reason": "MISSING" }]);
    let found = explain_event(&called, &context());
    assert_eq!(found.len(), 3);
    for explanation in &found {
        assert_eq!(complaints(&json_of(explanation)), [""; 0]);
    }
    assert_eq!(found[0].task_arn.as_deref(), task["taskArn"].as_str());
}

#[test]
fn the_keys_and_the_closed_lists_are_those_of_the_model() {
    // The compiler says here which value the schema lacks.
    let verdicts = [Verdict::Diagnosed, Verdict::NotAPullProblem, Verdict::Unrecognised].map(|verdict| match verdict {
        Verdict::Diagnosed | Verdict::NotAPullProblem | Verdict::Unrecognised => json_of(&verdict),
    });
    let schema = schema();
    assert_eq!(schema["$defs"]["verdict"]["enum"], json!(verdicts));
    let of_model = json_of(&diagnosed());
    let of_model: BTreeSet<&str> = of_model.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    let properties = schema["properties"].as_object().expect("an object");
    assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), of_model);
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    assert_eq!(required.collect::<BTreeSet<_>>(), of_model);
}

#[test]
fn it_is_closed_and_every_key_described() {
    let schema = schema();
    assert_eq!(schema["additionalProperties"], false);
    for (key, property) in schema["properties"].as_object().expect("an object") {
        let target = property["$ref"].as_str().and_then(|to| schema.pointer(to.strip_prefix('#')?)).unwrap_or(property);
        assert!(target["description"].is_string(), "{key} is not described");
    }
    // What it takes from the report's schema is there, and closed.
    let report = report_schema();
    for name in ["stage", "diagnosis", "fix"] {
        let definition = &report["$defs"][name];
        assert!(definition["enum"].is_array() || definition["additionalProperties"] == false, "{name}");
    }
}

#[test]
fn what_is_none_is_refused() {
    let good = json_of(&diagnosed());
    assert_eq!(complaints(&good), [""; 0]);
    let without = |key: &str| {
        let mut bad = good.clone();
        bad.as_object_mut().expect("an object").remove(key);
        bad
    };
    let with = |place: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(place).expect("it is there") = value;
        bad
    };
    let mut more = good.clone();
    more["confidence"] = json!(0.5);
    let mut bad = vec![
        more,
        with("/schema", json!("ecr-probe.explain/2")),
        with("/verdict", json!("healthy")),
        with("/stage", json!("somewhere")),
        with("/stage", Value::Null),
        with("/diagnoses", json!([])),
        with("/diagnoses/0/code", json!("sg-1")),
        with("/diagnoses/0/severity", json!("fatal")),
        with("/diagnoses/0/fixes/0", json!({ "does": "it" })),
        with("/next", json!("look")),
    ];
    bad.extend(good.as_object().into_iter().flatten().map(|(key, _)| without(key)));
    for it in bad {
        assert!(!validator().is_valid(&it), "{it:.400}");
    }
}
