//! The event of a Lambda function. Its keys are options of `check`, and win over the environment.

use std::time::Duration;

use serde_json::{Map, Value};

use super::environment::assign_public_ip;
use super::event_keys::{TASK_STATE_CHANGE, takes};
use super::options::{self, IMAGES, OptionSpec};
use super::value::shown;
use super::{AuditBeside, CheckArguments, Lookup, Output, Settings, UsageError, references};

/// The longest event that is read, in bytes: EventBridge and asynchronous invocations have no longer ones (AWS Lambda
/// Developer Guide, "Lambda quotas").
const LONGEST: usize = 1024 * 1024;

/// How much of the time until the function's deadline is kept back to tell the result.
pub const KEPT_BACK: Duration = Duration::from_secs(2);

/// What an event asks for.
#[derive(Debug)]
pub enum Asked {
    /// A check.
    Check(Box<Settings>),
    /// Why a task stopped: the whole event of EventBridge.
    Explanation(Value),
}

/// Why an event asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// The event is wrong.
    #[error(transparent)]
    Event(UsageError),
    /// A setting of the function's environment is wrong.
    #[error(transparent)]
    Environment(UsageError),
    /// The function's deadline is in so long, which is no more than [`KEPT_BACK`].
    #[error(
        "no time for a check: the function's deadline is in {:.1} s, and the last {} s are kept for the answer; give the function a longer timeout",
        .0.as_secs_f64(),
        KEPT_BACK.as_secs()
    )]
    NoTime(Duration),
}

fn wrong(why: String) -> NotAsked {
    NotAsked::Event(UsageError(why))
}

/// Takes the value of a key into the arguments. `None` where there is no such key.
fn take(it: &mut CheckArguments, key: &str, value: &Value) -> Option<Result<(), UsageError>> {
    Some(match key {
        "images" => images(key, value).map(|images| it.images = images),
        "also" => texts(key, value)
            .and_then(|list| options::ALSO.parse(&named(key), &list.join(",")))
            .map(|also| it.also = Some(also)),
        "pull" => read(&options::PULL, key, value).map(|depth| it.pull = Some(depth)),
        "samples" => read(&options::SAMPLES, key, value).map(|count| it.samples = Some(count)),
        "timeout" => read(&options::TIMEOUT, key, value).map(|bound| it.common.timeout = Some(bound)),
        "budget" => read(&options::BUDGET, key, value).map(|bound| it.budget = Some(bound)),
        "platform" => read(&options::PLATFORM, key, value).map(|platform| it.platform = Some(platform)),
        "execution_role" => read(&options::EXECUTION_ROLE, key, value).map(|role| it.execution_role = Some(role)),
        "assign_public_ip" => public_ip(key, value).map(|assigned| it.assign_public_ip = Some(assigned)),
        "region" => read(&options::REGION, key, value).map(|region| it.common.region = Some(region)),
        "dns_server" => each(&options::DNS_SERVER, key, value).map(|servers| it.common.dns_server = servers),
        "connect_to" => each(&options::CONNECT_TO, key, value).map(|rules| it.common.connect_to = rules),
        _ => return None,
    })
}

impl Asked {
    /// Reads an event. A check has `left` until the function's deadline, of which [`KEPT_BACK`] is kept back.
    ///
    /// # Errors
    ///
    /// What is wrong with the event or the environment, and what is taken in its place.
    pub fn read(event: &[u8], lookup: Lookup<'_>, left: Option<Duration>) -> Result<Self, NotAsked> {
        if event.len() > LONGEST {
            return Err(wrong(format!(
                "the event has {} bytes, and the longest that is read has {LONGEST}; {}",
                event.len(),
                takes()
            )));
        }
        if event.trim_ascii().is_empty() {
            return check(&Map::new(), lookup, left);
        }
        match serde_json::from_slice(event) {
            Ok(Value::Object(keys)) if keys.contains_key("detail-type") => of_event_bridge(keys),
            Ok(Value::Object(keys)) if keys.contains_key("Records") => Err(wrong(format!(
                "the event has \"Records\", as those of SNS and SQS have: let the rule of EventBridge invoke the function itself; {}",
                takes()
            ))),
            Ok(Value::Object(keys)) => check(&keys, lookup, left),
            Ok(other) => Err(wrong(format!("the event is {}; {}", kind(&other), takes()))),
            Err(error) => Err(wrong(format!("the event is no JSON that can be read ({error}); {}", takes()))),
        }
    }
}

fn of_event_bridge(event: Map<String, Value>) -> Result<Asked, NotAsked> {
    let kind_of_event = event.get("detail-type").and_then(Value::as_str).unwrap_or_default();
    match (kind_of_event, event.get("detail")) {
        (TASK_STATE_CHANGE, Some(Value::Object(_))) => Ok(Asked::Explanation(Value::Object(event))),
        (TASK_STATE_CHANGE, _) => {
            Err(wrong("the event's \"detail\" is no object: EventBridge has the task there".to_owned()))
        }
        ("Scheduled Event", _) => Err(wrong(format!(
            "the event is a \"Scheduled Event\" of EventBridge: give the schedule a constant input such as {{}}; {}",
            takes()
        ))),
        _ => Err(wrong(format!("the event has the detail-type {}; {}", shown(kind_of_event), takes()))),
    }
}

fn check(keys: &Map<String, Value>, lookup: Lookup<'_>, left: Option<Duration>) -> Result<Asked, NotAsked> {
    let mut arguments = CheckArguments::default();
    for (key, value) in keys {
        let unknown = || wrong(format!("{}: no such key; {}", named(key), takes()));
        take(&mut arguments, key, value).ok_or_else(unknown)?.map_err(NotAsked::Event)?;
    }
    // What the keys say is read by now: the rest is of the environment.
    let mut settings = Settings::for_check(&arguments, lookup).map_err(NotAsked::Environment)?;
    if settings.images.is_empty() && settings.environment.metadata_uri.is_none() {
        return Err(wrong(format!(
            "no image to check: name one in the event, {{\"images\": [\"IMAGE\"]}}, or set {IMAGES} in the function's environment"
        )));
    }
    if let Some(left) = left {
        let longest = left.saturating_sub(KEPT_BACK);
        if longest.is_zero() {
            return Err(NotAsked::NoTime(left));
        }
        settings.budget = arguments.budget.unwrap_or(longest).min(longest);
    }
    // No task is the function's own, and the answer has one form.
    (settings.audit, settings.output) = (AuditBeside::Off, Output::Json);
    Ok(Asked::Check(Box::new(settings)))
}

/// The key as errors name it.
fn named(key: &str) -> String {
    format!("event key {}", shown(key))
}

/// A value of an option: a text, or a number as one.
fn read<T>(option: &OptionSpec<T>, key: &str, value: &Value) -> Result<T, UsageError> {
    match value {
        Value::String(text) => option.parse(&named(key), text),
        Value::Number(number) => option.parse(&named(key), &number.to_string()),
        other => Err(UsageError(format!("{} is {}; it takes a text: {}", named(key), kind(other), option.about))),
    }
}

/// Images, of which each is a reference.
fn images(key: &str, value: &Value) -> Result<Vec<String>, UsageError> {
    let texts = texts(key, value)?;
    references(&texts).map_err(|UsageError(why)| UsageError(format!("{}: {why}", named(key))))?;
    Ok(texts)
}

/// Values of an option that is repeatable.
fn each<T>(option: &OptionSpec<T>, key: &str, value: &Value) -> Result<Vec<T>, UsageError> {
    texts(key, value)?.iter().map(|text| option.parse(&named(key), text)).collect()
}

fn texts(key: &str, value: &Value) -> Result<Vec<String>, UsageError> {
    let wrong = |what: &str| UsageError(format!("{} {what}; it takes a list of texts, [\"…\"]", named(key)));
    let Value::Array(items) = value else { return Err(wrong(&format!("is {}", kind(value)))) };
    items
        .iter()
        .map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            other => Err(wrong(&format!("holds {}", kind(other)))),
        })
        .collect()
}

/// As JSON has it, or as ECS writes it.
fn public_ip(key: &str, value: &Value) -> Result<bool, UsageError> {
    match value {
        Value::Bool(assigned) => Ok(*assigned),
        Value::String(text) => assign_public_ip(&named(key), text),
        other => Err(UsageError(format!("{} is {}; it takes true or false", named(key), kind(other)))),
    }
}

/// What a value is, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::PullDepth;

    const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    const LEFT: Option<Duration> = Some(Duration::from_secs(60));

    fn environment(name: &str) -> Option<String> {
        match name {
            "AWS_REGION" => Some("eu-west-1".into()),
            "AWS_LAMBDA_FUNCTION_NAME" => Some("ecr-probe-a".into()),
            IMAGES => Some(IMAGE.into()),
            "ECR_PROBE_EXECUTION_ROLE" => Some("of-the-environment".into()),
            "ECR_PROBE_AUDIT" => Some("auto".into()),
            _ => None,
        }
    }

    fn settings(event: &Value) -> Settings {
        match Asked::read(event.to_string().as_bytes(), &environment, LEFT) {
            Ok(Asked::Check(settings)) => *settings,
            other => panic!("{event}: {other:?}"),
        }
    }

    fn error(event: &str) -> String {
        match Asked::read(event.as_bytes(), &environment, LEFT) {
            Err(NotAsked::Event(UsageError(why))) => why,
            other => panic!("{event}: {other:?}"),
        }
    }

    #[test]
    fn an_empty_event_is_what_the_environment_says() {
        let read = settings(&json!({}));
        assert_eq!((read.images[0].text.as_str(), read.pull, read.samples), (IMAGE, PullDepth::Verify, 1));
        assert_eq!(read.execution_role.as_deref(), Some("of-the-environment"));
        assert_eq!((read.mode(), read.audit), (crate::model::Mode::Lambda, AuditBeside::Off));
        assert!(matches!(Asked::read(b" \n", &environment, LEFT), Ok(Asked::Check(_))));
    }

    #[test]
    fn an_event_stands_before_the_environment() {
        let read = settings(&json!({
            "images": ["public.ecr.aws/nginx/nginx:1", "public.ecr.aws/nginx/nginx:1"],
            "also": ["logs", "ssm"], "pull": "reach", "samples": 7, "timeout": "250ms", "budget": 5,
            "platform": "linux/arm64", "execution_role": "of-the-event", "region": "us-east-1",
            "dns_server": ["10.0.0.2"], "connect_to": [":443::8443"],
        }));
        assert_eq!((read.images.len(), read.images[0].text.as_str()), (1, "public.ecr.aws/nginx/nginx:1"));
        assert_eq!((read.also.len(), read.pull, read.samples), (2, PullDepth::Reach, 7));
        assert_eq!((read.timeout, read.budget), (Duration::from_millis(250), Duration::from_secs(5)));
        assert_eq!((read.execution_role.as_deref(), read.region.as_deref()), (Some("of-the-event"), Some("us-east-1")));
        assert_eq!((read.dns_servers.len(), read.connect_to[0].to_port), (1, Some(8443)));
    }

    #[test]
    fn every_key_is_taken() {
        for key in crate::config::event_keys::NAMES {
            assert!(take(&mut CheckArguments::default(), key, &json!(null)).is_some_and(|it| it.is_err()), "{key}");
        }
        assert_eq!(take(&mut CheckArguments::default(), "save", &json!("x")), None);
    }

    #[test]
    fn the_budget_ends_before_the_function() {
        let budget = |event: &Value, left: Option<u64>| match Asked::read(
            event.to_string().as_bytes(),
            &environment,
            left.map(Duration::from_millis),
        ) {
            Ok(Asked::Check(settings)) => Ok(settings.budget.as_millis()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(budget(&json!({}), Some(600_000)), Ok(598_000));
        assert_eq!(budget(&json!({ "budget": "10s" }), Some(600_000)), Ok(10_000));
        assert_eq!(budget(&json!({ "budget": "10s" }), Some(3_000)), Ok(1_000));
        assert_eq!(budget(&json!({}), None), Ok(300_000));
        for late in [0, 700, 2_000] {
            let error = budget(&json!({}), Some(late)).unwrap_err();
            assert!(error.starts_with("no time for a check") && error.contains("longer timeout"), "{error}");
        }
    }

    #[test]
    fn wrong_keys_and_values_are_named_in_the_words_of_the_options() {
        for (event, begins, holds) in [
            ("{\"image\": [\"a\"]}", "event key \"image\": no such key", "images, also, pull"),
            ("{\"timeout\": \"5x\"}", "event key \"timeout\" \"5x\": not a duration", "500ms"),
            ("{\"timeout\": 5.5}", "event key \"timeout\" \"5.5\": not a duration", "500ms"),
            ("{\"timeout\": true}", "event key \"timeout\" is true or false", "Timeout of each"),
            ("{\"pull\": \"all\"}", "event key \"pull\" \"all\": take none, reach or verify", ""),
            ("{\"samples\": 0}", "event key \"samples\" \"0\": not a number from 1", ""),
            ("{\"samples\": -3}", "event key \"samples\" \"-3\": not a number from 1", ""),
            ("{\"samples\": [1]}", "event key \"samples\" is a list", ""),
            ("{\"images\": \"a\"}", "event key \"images\" is a text; it takes a list", ""),
            ("{\"images\": [7]}", "event key \"images\" holds a number", ""),
            ("{\"images\": null}", "event key \"images\" is null", ""),
            (
                "{\"images\": [\"a b\"]}",
                "event key \"images\": image reference \"a b\" holds white space",
                "leave them out",
            ),
            ("{\"also\": [\"sqs\"]}", "event key \"also\" \"sqs\"", "secretsmanager"),
            ("{\"execution_role\": \"a b\"}", "event key \"execution_role\" \"a b\": it takes the name", ""),
            ("{\"dns_server\": [\"x\"]}", "event key \"dns_server\" \"x\": it takes an IP", ""),
            ("{\"connect_to\": [\"x\"]}", "event key \"connect_to\" \"x\"", "HOST:PORT:ADDR:PORT"),
            ("[]", "the event is a list", "an object with any of images"),
            ("7", "the event is a number", "ECS Task State Change"),
            ("\"x\"", "the event is a text", ""),
            ("null", "the event is null", ""),
            ("{", "the event is no JSON that can be read", "line 1 column 1"),
            ("\u{0}", "the event is no JSON that can be read", ""),
        ] {
            let error = error(event);
            assert!(error.starts_with(begins) && error.contains(holds), "{event}: {error}");
        }
    }

    #[test]
    fn a_wrong_setting_is_no_wrong_event() {
        for (name, value, begins) in [
            (IMAGES, "a b", "ECR_PROBE_IMAGES: image reference \"a b\" holds white space"),
            (IMAGES, "https://me:canary@x/y", "ECR_PROBE_IMAGES: image reference \"https://…@x/y\" is a URL"),
            ("ECR_PROBE_METRICS", "loud", "ECR_PROBE_METRICS \"loud\""),
            (options::SUBNET_ID, "vpc-1", options::SUBNET_ID),
            ("AWS_ENDPOINT_URL", "ftp://me:canary@", "AWS_ENDPOINT_URL"),
        ] {
            let look = |asked: &str| if asked == name { Some(value.to_owned()) } else { environment(asked) };
            match Asked::read(b"{}", &look, LEFT) {
                Err(NotAsked::Environment(UsageError(why))) => {
                    assert!(why.starts_with(begins) && !why.contains("canary"), "{why}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        assert_eq!(Asked::read(b"{}", &environment, Some(KEPT_BACK)).unwrap_err(), NotAsked::NoTime(KEPT_BACK));
    }

    #[test]
    fn other_events_are_told_what_is_taken() {
        for (event, holds) in [
            (json!({ "detail-type": "ECS Service Action", "detail": {} }), "detail-type \"ECS Service Action\""),
            (json!({ "detail-type": 7 }), "ECS Task State Change"),
            (json!({ "detail-type": "Scheduled Event", "detail": {} }), "constant input"),
            (json!({ "detail-type": TASK_STATE_CHANGE }), "\"detail\" is no object"),
            (json!({ "Records": [{ "Sns": {} }] }), "SNS and SQS"),
        ] {
            let error = error(&event.to_string());
            assert!(error.contains(holds), "{error}");
        }
        let change = json!({ "detail-type": TASK_STATE_CHANGE, "detail": { "taskArn": "a" } });
        assert!(matches!(Asked::read(change.to_string().as_bytes(), &environment, LEFT), Ok(Asked::Explanation(_))));
    }

    #[test]
    fn what_is_large_or_deep_is_refused_at_once() {
        assert!(error(&"[".repeat(LONGEST)).contains("no JSON that can be read"));
        let long = format!("{{\"images\": [\"{}\"]}}", "a".repeat(LONGEST));
        assert!(error(&long).starts_with(&format!("the event has {} bytes", long.len())));
        let name = "k".repeat(5_000);
        assert!(error(&format!("{{\"{name}\": 1}}")).len() < 1_000);
    }

    #[test]
    fn without_an_image_the_event_is_told_of() {
        let error = Asked::read(b"{}", &|_| None, LEFT).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("{\"images\": [") && error.contains(IMAGES), "{error}");
    }
}
