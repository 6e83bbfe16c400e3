//! Resources in HCL, as `terraform fmt` lays them out.

use serde_json::Value;

use super::resource::{Resource, Setting, quoted};

const STEP: &str = "  ";

/// All of them, with a blank line between two.
pub(super) fn text(resources: &[Resource]) -> Option<String> {
    Some(resources.iter().map(resource).collect::<Vec<_>>().join("\n\n"))
}

fn resource(resource: &Resource) -> String {
    let mut lines: Vec<String> = resource.notes.iter().map(|note| format!("# {note}")).collect();
    lines.push(format!("resource \"{}\" \"{}\" {{", resource.kind, label(&resource.label)));
    lines.extend(body(&resource.arguments, STEP));
    lines.push("}".to_owned());
    lines.join("\n")
}

/// Lower case, with one `_` for whatever a name cannot have.
fn label(label: &str) -> String {
    let words = label.split(|it: char| !it.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_ascii_lowercase()
}

/// The lines within the braces. Values of one line that follow each other stand in a column.
fn body(arguments: &[(&'static str, Setting)], indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut column: Vec<(&str, String)> = Vec::new();
    for (name, setting) in arguments {
        if let Some(blocks) = blocks(setting) {
            flush(&mut column, indent, &mut lines);
            for block in blocks {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.push(format!("{indent}{name} {{"));
                lines.extend(body(block, &format!("{indent}{STEP}")));
                lines.push(format!("{indent}}}"));
            }
            continue;
        }
        let value = value(setting, indent);
        if value.contains('\n') {
            flush(&mut column, indent, &mut lines);
            lines.push(format!("{indent}{name} = {value}"));
        } else {
            column.push((name, value));
        }
    }
    flush(&mut column, indent, &mut lines);
    lines
}

fn flush(column: &mut Vec<(&str, String)>, indent: &str, lines: &mut Vec<String>) {
    let width = column.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    lines.extend(column.drain(..).map(|(name, value)| format!("{indent}{name:width$} = {value}")));
}

fn blocks(setting: &Setting) -> Option<Vec<&[(&'static str, Setting)]>> {
    match setting {
        Setting::Block(arguments) => Some(vec![arguments]),
        Setting::List(settings) if !settings.is_empty() => {
            let blocks = settings.iter().map(|it| match it {
                Setting::Block(arguments) => Some(arguments.as_slice()),
                _ => None,
            });
            blocks.collect()
        }
        _ => None,
    }
}

fn value(setting: &Setting, indent: &str) -> String {
    match setting {
        Setting::Text(text) => template(text),
        Setting::Number(number) => number.to_string(),
        Setting::Flag(flag) => flag.to_string(),
        Setting::List(settings) => {
            let values: Vec<String> = settings.iter().map(|it| value(it, indent)).collect();
            format!("[{}]", values.join(", "))
        }
        // An object: a block stands in no list of values.
        Setting::Block(arguments) => {
            let lines = body(arguments, &format!("{indent}{STEP}"));
            format!("{{\n{}\n{indent}}}", lines.join("\n"))
        }
        Setting::Document(document) => format!("jsonencode({})", json(document, indent)),
    }
}

/// A JSON value as an expression. Keys are quoted: a bare `for` would begin another kind of expression.
fn json(document: &Value, indent: &str) -> String {
    let deeper = format!("{indent}{STEP}");
    match document {
        Value::String(text) => template(text),
        Value::Array(values) if values.is_empty() => "[]".to_owned(),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            let values: Vec<String> = values.iter().map(|value| json(value, indent)).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Array(values) => {
            let lines: Vec<String> = values.iter().map(|value| format!("{deeper}{},", json(value, &deeper))).collect();
            format!("[\n{}\n{indent}]", lines.join("\n").trim_end_matches(','))
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (template(key), json(value, &deeper)));
            format!("{{\n{}\n{indent}}}", columns(fields, &deeper).join("\n"))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => document.to_string(),
    }
}

/// Fields of an object, those of one line that follow each other in a column.
fn columns(fields: impl Iterator<Item = (String, String)>, indent: &str) -> Vec<String> {
    let fields: Vec<(String, String)> = fields.collect();
    let mut lines = Vec::new();
    for run in fields.chunk_by(|(_, one), (_, next)| !one.contains('\n') && !next.contains('\n')) {
        let width = run.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
        lines.extend(run.iter().map(|(key, value)| format!("{indent}{key:width$} = {value}")));
    }
    lines
}

/// A quoted text in which nothing is a template: `${` and `%{` begin one, and a doubled sign takes that away.
fn template(text: &str) -> String {
    quoted(text).replace("${", "$${").replace("%{", "%%{")
}
