//! What a Lambda function is asked: an event, whose keys are options of `check` and stand before the environment.

use std::time::Duration;

use serde_json::{Map, Value};

use super::options::{self, IMAGES, OptionSpec};
use super::value::shown;
use super::{AuditBeside, CheckArguments, Lookup, Output, Settings, UsageError};

/// The longest event that is read, in bytes: EventBridge and asynchronous invocations have no longer ones (AWS Lambda
/// Developer Guide, "Lambda quotas").
const LONGEST: usize = 1024 * 1024;

/// How much of the time until the function's deadline is kept back to tell the result.
pub const KEPT_BACK: Duration = Duration::from_secs(2);

/// The events of EventBridge that are explained.
pub const TASK_STATE_CHANGE: &str = "ECS Task State Change";

/// What an event asks for.
#[derive(Debug)]
pub enum Asked {
    /// A check.
    Check(Box<Settings>),
    /// Why a task stopped: the whole event of EventBridge.
    Explanation(Value),
}

/// Takes the value of a key into the arguments.
type Take = fn(&mut CheckArguments, &str, &Value) -> Result<(), UsageError>;

/// The keys of an event, each an option of `check` by its name.
const KEYS: [(&str, Take); 11] = [
    ("images", |it, key, value| texts(key, value).map(|images| it.images = images)),
    ("also", |it, key, value| {
        let list = texts(key, value)?.join(",");
        options::ALSO.parse(&named(key), &list).map(|also| it.also = Some(also))
    }),
    ("pull", |it, key, value| read(&options::PULL, key, value).map(|depth| it.pull = Some(depth))),
    ("samples", |it, key, value| read(&options::SAMPLES, key, value).map(|count| it.samples = Some(count))),
    ("timeout", |it, key, value| read(&options::TIMEOUT, key, value).map(|bound| it.common.timeout = Some(bound))),
    ("budget", |it, key, value| read(&options::BUDGET, key, value).map(|bound| it.budget = Some(bound))),
    ("platform", |it, key, value| read(&options::PLATFORM, key, value).map(|it_is| it.platform = Some(it_is))),
    ("execution_role", |it, key, value| {
        read(&options::EXECUTION_ROLE, key, value).map(|role| it.execution_role = Some(role))
    }),
    ("region", |it, key, value| read(&options::REGION, key, value).map(|region| it.common.region = Some(region))),
    ("dns_server", |it, key, value| {
        each(&options::DNS_SERVER, key, value).map(|servers| it.common.dns_server = servers)
    }),
    ("connect_to", |it, key, value| {
        each(&options::CONNECT_TO, key, value).map(|rules| it.common.connect_to = rules)
    }),
];

/// What a function takes, for whoever gave it something else.
pub fn takes() -> String {
    let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
    format!(
        "a function takes {{}} or an object with any of {}; or an event of EventBridge with the detail-type \"{TASK_STATE_CHANGE}\"",
        keys.join(", ")
    )
}

impl Asked {
    /// Reads an event. A check has `left` until the function's deadline, of which [`KEPT_BACK`] is kept back.
    ///
    /// # Errors
    ///
    /// What is wrong with the event or the environment, and what is taken in its place.
    pub fn read(event: &[u8], lookup: Lookup<'_>, left: Option<Duration>) -> Result<Self, UsageError> {
        if event.len() > LONGEST {
            return Err(UsageError(format!("the event has {} bytes, and the longest that is read has {LONGEST}; {}", event.len(), takes())));
        }
        if event.trim_ascii().is_empty() {
            return check(&Map::new(), lookup, left);
        }
        match serde_json::from_slice(event) {
            Ok(Value::Object(keys)) if keys.contains_key("detail-type") => of_event_bridge(keys),
            Ok(Value::Object(keys)) if keys.contains_key("Records") => Err(UsageError(format!(
                "the event has \"Records\", as those of SNS and SQS have: let the rule of EventBridge invoke the function itself; {}",
                takes()
            ))),
            Ok(Value::Object(keys)) => check(&keys, lookup, left),
            Ok(other) => Err(UsageError(format!("the event is {}; {}", kind(&other), takes()))),
            Err(error) => Err(UsageError(format!("the event is no JSON that can be read ({error}); {}", takes()))),
        }
    }
}

fn of_event_bridge(event: Map<String, Value>) -> Result<Asked, UsageError> {
    let kind_of_event = event.get("detail-type").and_then(Value::as_str).unwrap_or_default();
    match (kind_of_event, event.get("detail")) {
        (TASK_STATE_CHANGE, Some(Value::Object(_))) => Ok(Asked::Explanation(Value::Object(event))),
        (TASK_STATE_CHANGE, _) => Err(UsageError("the event's \"detail\" is no object: EventBridge has the task there".to_owned())),
        ("Scheduled Event", _) => Err(UsageError(format!(
            "the event is a \"Scheduled Event\" of EventBridge: give the schedule a constant input such as {{}}; {}",
            takes()
        ))),
        _ => Err(UsageError(format!("the event has the detail-type {}; {}", shown(kind_of_event), takes()))),
    }
}

fn check(keys: &Map<String, Value>, lookup: Lookup<'_>, left: Option<Duration>) -> Result<Asked, UsageError> {
    let mut arguments = CheckArguments::default();
    for (key, value) in keys {
        let Some((key, take)) = KEYS.iter().find(|(known, _)| known == key) else {
            return Err(UsageError(format!("{}: no such key; {}", named(key), takes())));
        };
        take(&mut arguments, key, value)?;
    }
    let mut settings = Settings::for_check(&arguments, lookup)?;
    if settings.images.is_empty() && settings.environment.metadata_uri.is_none() {
        return Err(UsageError(format!(
            "no image to check: name one in the event, {{\"images\": [\"IMAGE\"]}}, or set {IMAGES} in the function's environment"
        )));
    }
    if let Some(left) = left {
        let longest = left.saturating_sub(KEPT_BACK);
        if longest.is_zero() {
            return Err(UsageError(format!(
                "no time for a check: the function's deadline is in {:.1} s, and the last {} s are kept for the answer; give the function a longer timeout",
                left.as_secs_f64(),
                KEPT_BACK.as_secs()
            )));
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
