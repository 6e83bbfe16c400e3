//! Errors in JSON: the registry's envelope and AWS's own form.

use serde_json::{Map, Value};

use super::said::Said;

/// `{"errors":[{"code","message"}]}` of the OCI distribution specification, and AWS's
/// `{"__type":"ns#Code:uri","message"}`. `None` where the text is not one whole JSON object.
pub(super) fn read(body: &str) -> Option<Said> {
    let Ok(Value::Object(object)) = serde_json::from_str(body) else { return None };
    let first = object.get("errors").and_then(Value::as_array).and_then(|errors| errors.first());
    Some(match first {
        Some(Value::Object(error)) => Said {
            code: text(error, &["code"]),
            message: text(error, &["message"]).or_else(|| text(error, &["detail"])),
            request_id: None,
        },
        _ => Said {
            code: text(&object, &["__type", "code", "Code"]).map(|code| bare(&code).to_owned()),
            message: text(&object, &["message", "Message", "errorMessage"]),
            request_id: None,
        },
    })
}

/// The first of those members that is a text with something in it.
fn text(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let text = |name: &&str| object.get(*name)?.as_str().filter(|text| !text.trim().is_empty());
    names.iter().find_map(text).map(str::to_owned)
}

/// `com.amazonaws.ecr#Code:http://internal…` is `Code` (Smithy, "AWS JSON 1.1 protocol").
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}
