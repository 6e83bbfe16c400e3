//! Resources of a template of CloudFormation, in YAML whose values are JSON.

use serde_json::Value;

use super::resource::{Resource, Setting, quoted, texts};

/// CloudFormation puts something else in the place of these, wherever they stand in a text (CloudFormation User Guide,
/// "Dynamic references").
const DYNAMIC: &str = "{{resolve:";
/// Longer keys are none to YAML 1.2.
const LONGEST_KEY: usize = 1000;

/// All of them, under the heading of a template; `None` where CloudFormation would put something of its own in the
/// place of a value.
pub(super) fn text(resources: &[Resource]) -> Option<String> {
    let mut lines = vec!["Resources:".to_owned()];
    for resource in resources {
        lines.extend(resource.notes.iter().map(|note| format!("  # {note}")));
        lines.push(format!("  {}:", label(&resource.label)));
        lines.push(format!("    Type: {}", resource.kind));
        lines.push("    Properties:".to_owned());
        for (name, setting) in &resource.arguments {
            argument(name, setting, 6, &mut lines)?;
        }
    }
    Some(lines.join("\n"))
}

/// Letters and digits, each word with a capital first.
fn label(label: &str) -> String {
    let words = label.split(|it: char| !it.is_ascii_alphanumeric());
    words
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

fn argument(name: &str, setting: &Setting, indent: usize, lines: &mut Vec<String>) -> Option<()> {
    let margin = " ".repeat(indent);
    match setting {
        Setting::Block(arguments) => {
            lines.push(format!("{margin}{name}:"));
            for (name, setting) in arguments {
                argument(name, setting, indent + 2, lines)?;
            }
        }
        Setting::List(settings) if !settings.is_empty() => {
            lines.push(format!("{margin}{name}:"));
            for setting in settings {
                item(setting, indent + 2, lines)?;
            }
        }
        _ => lines.push(format!("{margin}{name}: {}", scalar(setting, &margin)?)),
    }
    Some(())
}

fn item(setting: &Setting, indent: usize, lines: &mut Vec<String>) -> Option<()> {
    let margin = " ".repeat(indent);
    match setting {
        Setting::Block(arguments) => {
            let from = lines.len();
            for (name, setting) in arguments {
                argument(name, setting, indent + 2, lines)?;
            }
            // The first argument stands beside the dash.
            let first = lines.get_mut(from)?;
            first.replace_range(indent..indent + 1, "-");
        }
        _ => lines.push(format!("{margin}- {}", scalar(setting, &margin)?)),
    }
    Some(())
}

fn scalar(setting: &Setting, margin: &str) -> Option<String> {
    match setting {
        Setting::Text(text) => is_literal(text).then(|| quoted(text)),
        Setting::Number(number) => Some(number.to_string()),
        Setting::Flag(flag) => Some(flag.to_string()),
        Setting::Document(document) => {
            let is_safe = texts(document).into_iter().all(is_literal) && has_safe_keys(document);
            is_safe.then(|| json(document, margin))
        }
        Setting::List(settings) => settings.is_empty().then(|| "[]".to_owned()),
        Setting::Block(_) => None,
    }
}

fn is_literal(value: &str) -> bool {
    !value.contains(DYNAMIC)
}

/// Whether no key makes a function of CloudFormation's of what it stands in, and all are keys to YAML.
fn has_safe_keys(document: &Value) -> bool {
    match document {
        Value::Object(fields) => fields.iter().all(|(key, value)| {
            key.len() < LONGEST_KEY && key != "Ref" && !key.starts_with("Fn::") && has_safe_keys(value)
        }),
        Value::Array(values) => values.iter().all(has_safe_keys),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// JSON over several lines, which is YAML too.
fn json(document: &Value, margin: &str) -> String {
    let deeper = format!("{margin}  ");
    match document {
        Value::String(text) => quoted(text),
        Value::Array(values) if values.is_empty() => "[]".to_owned(),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            let values: Vec<String> = values.iter().map(|value| json(value, margin)).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Array(values) => {
            let lines: Vec<String> = values.iter().map(|value| format!("{deeper}{}", json(value, &deeper))).collect();
            format!("[\n{}\n{margin}]", lines.join(",\n"))
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (quoted(key), json(value, &deeper)));
            let lines: Vec<String> = fields.map(|(key, value)| format!("{deeper}{key}: {value}")).collect();
            format!("{{\n{}\n{margin}}}", lines.join(",\n"))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => document.to_string(),
    }
}
